"""``/operator`` as the people who run the bot see it; what a decision brings about is tested with the service."""

from typing import Any

import discord
import pytest
from simcord import MemberActor

from bot import texts
from bot.generation.resolution import Outcome
from bot.upstream.families import model_named
from builders import NOON, make_generation, make_request
from simulated import Simulated, embed_text, reply_text
from storage import generations, settings
from storage.records import Generation, Notice, State
from storage.settings import Scope, Subject


@pytest.fixture
def operator(simulated: Simulated) -> MemberActor:
    """An administrator who runs the bot."""
    member = _administrator(simulated, "carol")
    simulated.application.services.operators.learn_owners([member.id])
    return member


async def has(simulated: Simulated, **changes: Any) -> Generation:
    fields = {
        "state": State.UNCERTAIN,
        "notice": Notice.TOLD,
        "ended_at": NOON,
        "reason": "no *answer*",
        "guild_id": simulated.guild.id,
        "channel_id": simulated.channel.id,
        "card_id": 77,
        "asker_id": simulated.alice.id,
        "request": make_request(prompt="A fox in the snow"),
    }
    generation = make_generation(**fields | changes)
    await simulated.application.database.transaction(generations.add, generation)
    return generation


def _administrator(simulated: Simulated, name: str) -> MemberActor:
    role = simulated.guild.create_role(name, permissions=discord.Permissions(administrator=True))
    return simulated.guild.add_member(simulated.env.create_user(name), roles=[role])


def test_every_outcome_has_its_words() -> None:
    assert texts.OUTCOMES.keys() == {outcome.value for outcome in Outcome}


async def test_an_administrator_who_does_not_run_the_bot_learns_and_decides_nothing(
    simulated: Simulated, operator: MemberActor
) -> None:
    stranger = _administrator(simulated, "dave")
    generation = await has(simulated)

    listed = await stranger.slash(simulated.channel, "operator uncertain")
    resolved = await stranger.slash(
        simulated.channel, "operator resolve", generation=generation.id, outcome=Outcome.DID_NOT.value
    )
    offered = await stranger.autocomplete(simulated.channel, "operator resolve", "generation", "")

    assert reply_text(listed) == reply_text(resolved) == texts.ONLY_OPERATORS
    assert offered == []


async def test_the_list_shows_who_asked_for_what_and_why_nobody_knows(
    simulated: Simulated, operator: MemberActor
) -> None:
    generation = await has(simulated)

    shown = embed_text(await operator.slash(simulated.channel, "operator uncertain"))

    for words in (
        simulated.alice.mention,
        "A fox in the snow",
        r"no \*answer\*",
        f"/{simulated.channel.id}/77",
        generation.id,
    ):
        assert words in shown


async def test_an_empty_list_says_so(simulated: Simulated, operator: MemberActor) -> None:
    shown = embed_text(await operator.slash(simulated.channel, "operator uncertain"))

    assert shown == texts.UNRESOLVED_NONE


async def test_a_long_list_fits(simulated: Simulated, operator: MemberActor) -> None:
    for _ in range(30):
        await has(simulated, reason="word " * 100, request=make_request(prompt="fox " * 100))

    shown = embed_text(await operator.slash(simulated.channel, "operator uncertain"))

    assert len(shown) <= 4096
    assert shown.endswith("more")


async def test_what_waits_for_a_decision_is_offered_by_what_one_types(
    simulated: Simulated, operator: MemberActor
) -> None:
    fox = await has(simulated)
    await has(simulated, request=make_request(prompt="An owl"))

    offered = await operator.autocomplete(simulated.channel, "operator resolve", "generation", "fox")

    assert [choice["value"] for choice in offered] == [fox.id]


async def test_a_second_operator_is_told_that_it_is_decided(
    simulated: Simulated, operator: MemberActor
) -> None:
    generation = await has(simulated)
    options = {"generation": generation.id, "outcome": Outcome.DID_NOT.value}

    first = await operator.slash(simulated.channel, "operator resolve", **options)
    second = await operator.slash(simulated.channel, "operator resolve", **options)

    assert reply_text(first) == texts.RESOLVED_ENDED
    assert texts.HEADLINES[State.REFUSED] in reply_text(second)


async def test_a_price_is_set_for_this_server_and_taken_back(
    simulated: Simulated, operator: MemberActor
) -> None:
    own = texts.PRICE_LINE.format(
        model=model_named("videos").label, price="7 credits", source=texts.LIMIT_SOURCES["server"]
    )

    with_price = await operator.slash(simulated.channel, "operator price", model="videos", price="7")
    without = await operator.slash(simulated.channel, "operator price", model="videos")

    assert own in embed_text(with_price)
    assert own not in embed_text(without)


async def test_a_price_that_is_none_is_refused(simulated: Simulated, operator: MemberActor) -> None:
    answer = await operator.slash(simulated.channel, "operator price", model="videos", price="much")

    assert "needs a price" in reply_text(answer)


async def test_models_are_offered_with_their_prices_to_operators_alone(
    simulated: Simulated, operator: MemberActor
) -> None:
    stranger = _administrator(simulated, "dave")

    offered = [
        await member.autocomplete(simulated.channel, "operator price", "model", "videos_fast")
        for member in (operator, stranger)
    ]

    label = model_named("videos_fast").label
    assert offered == [[{"name": f"{label} · 1 credit", "value": "videos_fast"}], []]


async def test_only_operators_see_budgets_and_set_prices(simulated: Simulated, operator: MemberActor) -> None:
    stranger = _administrator(simulated, "dave")

    priced = await stranger.slash(simulated.channel, "operator price", model="videos", price="0")
    seen = await stranger.slash(simulated.channel, "operator budget")

    assert reply_text(priced) == reply_text(seen) == texts.ONLY_OPERATORS


async def test_budgets_are_shown_with_their_use(simulated: Simulated, operator: MemberActor) -> None:
    server = Subject(guild_id=simulated.guild.id, scope=Scope.SERVER)
    await simulated.application.database.transaction(settings.put, server, {"budget_per_month": 50})

    shown = embed_text(await operator.slash(simulated.channel, "operator budget"))

    assert texts.BUDGET_NONE_INSTANCE in shown
    assert "This server, this month: **0** of 50 credits used · begins again <t:" in shown
