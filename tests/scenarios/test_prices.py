"""Over real connections: a price is read first, agreed to, and then paid once."""

import pytest

from scenarios.channel import answer_to, cards_of, until_connected, until_told

PROMPT = {"prompt": "A fox in the snow"}


@pytest.fixture
def environment():
    return {"PRICES": "sd2_manxue_720p=2/s", "LIMITS": "credits_per_day=15"}


async def test_a_price_is_asked_about_once_and_taken_once(bot, discord, sandbox, environment):
    alice = discord.add_member("alice")

    async with bot(**environment) as process:
        await until_connected(discord)
        asked = await discord.slash(alice, discord.channel, "video text", options=PROMPT)
        assert await answer_to(discord, asked) == "This takes 10 of your 15 credits."
        [question] = asked.shown
        await discord.click(alice, question, "Make it")
        await discord.until(lambda: "on its way" in question.content)
        await until_told(discord)
        refused = await discord.slash(alice, discord.channel, "video text", options=PROMPT)
        assert "10 of your 15 credits" in await answer_to(discord, refused)
        assert "Traceback" not in process.output()

    assert question.components == []
    assert "10 credits" in str(cards_of(discord)[0].embeds[0]["fields"])
    assert sandbox.world.create_count == 1


async def test_the_models_are_offered_with_their_prices(bot, discord, environment):
    alice = discord.add_member("alice")

    async with bot(**environment):
        await until_connected(discord)
        typed = await discord.autocomplete(
            alice,
            discord.channel,
            "video text",
            options=PROMPT | {"model": "720p standard"},
            focused="model",
        )
        await discord.until(lambda: typed.choices is not None)

    assert [choice["name"] for choice in typed.choices] == [
        "Videos 720p · standard · 1 credit",
        "SD2 Manxue 720p · standard · 2 credits per second (default)",
    ]
