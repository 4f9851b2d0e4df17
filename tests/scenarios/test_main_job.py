"""A member types a prompt; the video comes back to the channel."""

import asyncio

import pytest

from scenarios.channel import cards_of, replies_of, title_of, until_connected, until_told
from standin import HANG, Answer


async def test_a_prompt_brings_a_video_back_to_the_channel(bot, discord, wire, sandbox):
    alice = discord.add_member("alice")

    async with bot() as process:
        await until_connected(discord)
        interaction = await discord.slash(
            alice, discord.channel, "video text", options={"prompt": "A fox @everyone in the snow"}
        )
        await until_told(discord)
        code = await process.terminate()

    (card,), (reply,), (task,) = cards_of(discord), replies_of(discord), sandbox.world.tasks.values()
    assert card.attachments[0].data == sandbox.world.file_bytes(task.task_id)
    assert card.attachments[0].filename.endswith(".mp4")
    assert card.components[0]["components"][0]["url"] == f"{wire.url}/files/{task.file_name}"
    assert title_of(card).startswith("✅")
    assert interaction.is_ephemeral
    assert (card.pings, reply.pings) == (set(), {alice.id})
    assert sandbox.world.creates[0]["prompt"] == "A fox @everyone in the snow"
    assert code == 0


async def test_no_secret_stands_in_the_log(bot, discord):
    async with bot(LOG_LEVEL="DEBUG") as process:
        await until_connected(discord)
        interaction = await discord.slash(
            discord.add_member("alice"), discord.channel, "video text", options={"prompt": "A fox"}
        )
        await until_told(discord)

    for secret in (discord.world.token, "sandbox-key-0123456789", interaction.token):
        assert secret not in process.output()


async def test_two_hundred_commands_at_once_are_answered_whatever_the_api_takes(bot, discord, wire, sandbox):
    members = [discord.add_member(f"member {number}") for number in range(200)]
    held_up = wire.faults.add("POST", "^/v1/", action=HANG, count=len(members))

    async with bot():
        await until_connected(discord)
        interactions = await asyncio.gather(
            *(
                discord.slash(
                    member, discord.channel, "video text", options={"prompt": f"Fox of {member.name}"}
                )
                for member in members
            )
        )
        await discord.until(lambda: all(interaction.callback for interaction in interactions))
        assert sandbox.world.creates == []
        held_up.release()
        await discord.until(lambda: len(sandbox.world.creates) == 200, timeout_s=120)

    assert sorted(body["prompt"] for body in sandbox.world.creates) == sorted(
        f"Fox of {member.name}" for member in members
    )
    assert len(cards_of(discord)) == 200


async def test_a_gateway_that_refuses_the_first_handshakes_is_tried_again(bot, discord):
    discord.gateway.refuse_next(2)

    async with bot() as process:
        await discord.until(lambda: discord.gateway.is_connected)

    assert "Discord's gateway cannot be reached; trying again." in process.output()
    assert "Traceback" not in process.output()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"DISCORD_TOKEN": ""}, "Showrunner cannot start: DISCORD_TOKEN is not set."),
        ({"DISCORD_TOKEN": "wrong"}, "Showrunner cannot start: DISCORD_TOKEN is not accepted by Discord."),
        (
            {"POLL_INTERVAL_S": "-1"},
            "Showrunner cannot start: POLL_INTERVAL_S is wrong: should be greater than 0.",
        ),
    ],
)
async def test_a_wrong_variable_is_one_plain_sentence(bot, variables, sentence):
    async with bot(**variables) as process:
        assert await process.ended() == 1

    assert sentence in process.output()
    assert "Traceback" not in process.output()


async def test_a_second_process_on_the_same_file_refuses(bot, discord):
    async with bot():
        await until_connected(discord)
        async with bot() as second:
            assert await second.ended() == 1

    assert "Another Showrunner is already using" in second.output()


async def test_commands_are_registered_only_when_they_changed(bot, discord):
    async with bot() as process:
        await until_connected(discord)
        await process.terminate()
        await process.start()
        await until_connected(discord)

    assert len(discord.requests_to("PUT", "/commands")) == 1


async def test_a_lost_answer_to_a_command_does_not_lose_the_video(bot, discord, sandbox):
    discord.faults.add("POST", "/callback", when="after", action=Answer(503))

    async with bot():
        await until_connected(discord)
        await discord.slash(
            discord.add_member("alice"), discord.channel, "video text", options={"prompt": "A fox"}
        )
        await until_told(discord)

    assert len(cards_of(discord)) == len(sandbox.world.creates) == 1
