"""Above a server's threshold a member reads the price and presses a button before any credit is taken."""

import pytest
from simcord import InteractionResult

from bot import texts
from simulated import Simulated, reply_text
from storage import settings
from storage.records import State
from storage.settings import Scope, Subject


@pytest.fixture(autouse=True)
async def _six_credits(simulated: Simulated) -> None:
    await simulated.rule(prices={"sd2_manxue_720p": "6"}, credits_per_day=10)


async def test_the_question_names_the_price_and_what_is_left(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)

    assert reply_text(question) == "This takes 6 of your 10 credits."
    assert _labels(question) == [texts.BUTTON_MAKE_IT, texts.BUTTON_LEAVE_IT]
    assert await _count_of(simulated) == 0


async def test_where_nothing_limits_a_member_the_question_names_the_price_alone(
    simulated: Simulated,
) -> None:
    await simulated.rule(confirm_above=0)

    question = await simulated.ask(simulated.alice)

    assert reply_text(question) == "This takes 1 credit."


async def test_a_price_up_to_the_threshold_is_not_asked_about(simulated: Simulated) -> None:
    await simulated.rule(prices={"sd2_manxue_720p": "6"}, confirm_above=6)

    assert reply_text(await simulated.ask(simulated.alice)) == texts.ADMITTED


async def test_a_yes_takes_the_place_of_the_question_and_the_video_is_made(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)

    await _press(simulated, question, texts.BUTTON_MAKE_IT)

    assert reply_text(question) == texts.ADMITTED
    assert _labels(question) == []
    fields = {field.name: field.value for field in (await simulated.card(State.QUEUED)).embeds[0].fields}
    assert fields[texts.FIELD_COST] == "6 credits"


async def test_a_no_takes_nothing(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)

    await _press(simulated, question, texts.BUTTON_LEAVE_IT)

    assert reply_text(question) == texts.LEFT
    assert _labels(question) == []
    assert await _count_of(simulated) == 0


async def test_a_price_that_has_risen_is_asked_about_again_in_the_same_place(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)
    await simulated.rule(prices={"sd2_manxue_720p": "8"})

    await _press(simulated, question, texts.BUTTON_MAKE_IT)
    assert reply_text(question) == "This takes 8 credits."

    await _press(simulated, question, texts.BUTTON_MAKE_IT)
    assert reply_text(question) == texts.ADMITTED


async def test_a_limit_reached_meanwhile_takes_the_place_of_the_question(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)
    await simulated.rule(prices={"sd2_manxue_720p": "6"}, credits_per_day=3)

    await _press(simulated, question, texts.BUTTON_MAKE_IT)

    assert texts.LIMITS_REACHED in reply_text(question)
    assert texts.NOT_CHARGED in reply_text(question)
    assert _labels(question) == []


async def test_a_role_that_was_lost_meanwhile_no_longer_counts(simulated: Simulated) -> None:
    fans = simulated.guild.create_role("Fans")
    carol = simulated.guild.add_member(simulated.env.create_user("carol"), roles=[fans])
    await simulated.rule(prices={"sd2_manxue_720p": "6"}, credits_per_day=3)
    subject = Subject(guild_id=simulated.guild.id, scope=Scope.ROLE, id=fans.id)
    await simulated.application.database.transaction(settings.put, subject, {"credits_per_day": 10})
    question = await simulated.ask(carol)
    simulated.guild.remove_member(carol)
    simulated.guild.add_member(carol.user)

    assert question.response is not None
    await carol.click(question.response, label=texts.BUTTON_MAKE_IT)

    assert texts.LIMITS_REACHED in reply_text(question)


async def test_a_question_from_before_a_restart_is_no_longer_open(simulated: Simulated) -> None:
    question = await simulated.ask(simulated.alice)

    await simulated.restart()
    await _press(simulated, question, texts.BUTTON_MAKE_IT)

    assert reply_text(question) == f"{texts.NO_LONGER_OPEN}\n{texts.NO_LONGER_OPEN_HINT}"
    assert await _count_of(simulated) == 0


async def test_again_asks_about_the_price_too(simulated: Simulated) -> None:
    await _press(simulated, await simulated.ask(simulated.alice), texts.BUTTON_MAKE_IT)
    card = await simulated.finished_card()

    question = await simulated.bob.click(card, label=texts.BUTTON_AGAIN)

    assert reply_text(question) == "This takes 6 of your 10 credits."


async def test_a_form_shows_the_prices_and_asks_too(simulated: Simulated) -> None:
    await _press(simulated, await simulated.ask(simulated.alice), texts.BUTTON_MAKE_IT)
    card = await simulated.finished_card()

    form = await simulated.bob.click(card, label=texts.BUTTON_REMIX)
    assert form.modal is not None
    prompt = form.modal["components"][0]["component"]
    question = await simulated.bob.submit_modal(form, {prompt["custom_id"]: "A red fox"})

    assert "SD2 Manxue 720p · standard · 6 credits (default)" in str(form.modal)
    assert reply_text(question) == "This takes 6 of your 10 credits."


async def _press(simulated: Simulated, question: InteractionResult, label: str) -> None:
    assert question.response is not None
    await simulated.alice.click(question.response, label=label)


def _labels(question: InteractionResult) -> list[str]:
    assert question.response is not None
    return [button.label for row in question.response.message.components for button in row.children]


async def _count_of(simulated: Simulated) -> int:
    service = simulated.application.services.generations
    return len(await service.latest(asker_id=simulated.alice.id, guild_id=simulated.guild.id))
