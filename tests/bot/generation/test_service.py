"""Members ask, cancel and list; what they may not do is refused and changes nothing."""

from datetime import timedelta

import pytest

from bot.generation.intake import Checked
from bot.generation.line import Line, Paused
from bot.generation.service import (
    LISTED_COUNT,
    Asked,
    GenerationService,
    NotYours,
    Stopping,
    TooLate,
    UnknownGeneration,
)
from bot.generation.states import CANCELLABLE, ENDS
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.upstream.errors import AccountProblem, AccountTrouble
from builders import NOON, make_generation, make_member, make_request
from fakes import HandClock
from storage import generations
from storage.records import GenerationId, Notice, State

ALICE, BOB = 30, 31


@pytest.fixture
def changed():
    return []


@pytest.fixture
def line():
    return Line(place_count=1, clock=HandClock())


@pytest.fixture
def service(sqlite_database, changed, line):
    return GenerationService(
        sqlite_database,
        clock=HandClock(),
        line=line,
        reservations=Reservations(Rulebook(OperatorRules())),
        on_change=changed.append,
        on_warning=lambda: None,
        cancel_window_s=3.0,
    )


async def admit(service, *, interaction_id=1, asker_id=ALICE, guild_id=10, parent_id=None):
    member = make_member(id=asker_id, guild_id=guild_id)
    asked = Asked(interaction_id=interaction_id, channel_id=20, member=member)
    return await service.admit(Checked(request=make_request(), parent_id=parent_id), asked)


async def test_nothing_new_is_taken_while_the_api_refuses_our_account(service, line, changed):
    line.pause(AccountProblem("no balance", kind=AccountTrouble.BALANCE))

    with pytest.raises(Paused, match="not your fault"):
        await admit(service)
    assert changed == []


async def has(database, **changes):
    generation = make_generation(asker_id=ALICE, **changes)
    await database.transaction(generations.add, generation)
    return generation


async def test_what_is_admitted_is_written_and_handed_over(service, sqlite_database, changed):
    generation = await admit(service)

    assert await sqlite_database.transaction(generations.get, generation.id) == generation
    assert changed == [generation]
    assert (generation.state, generation.due_at) == (State.ADMITTED, NOON + timedelta(seconds=3))


async def test_an_interaction_that_arrives_twice_counts_once(service, sqlite_database):
    first = await admit(service, interaction_id=7)
    second = await admit(service, interaction_id=7)

    assert first == second
    assert len(await sqlite_database.transaction(generations.unfinished)) == 1


async def test_nothing_is_admitted_while_stopping(service, sqlite_database, changed):
    service.stop_intake()

    with pytest.raises(Stopping):
        await admit(service)

    assert changed == []
    assert await sqlite_database.transaction(generations.unfinished) == []


@pytest.mark.parametrize("state", sorted(CANCELLABLE))
async def test_the_asker_cancels_what_was_not_sent(state, service, sqlite_database, changed):
    generation = await has(sqlite_database, state=state, card_id=1)

    cancelled = await service.cancel(generation.id, member_id=ALICE, card_id=1)

    assert (cancelled.state, cancelled.notice) == (State.CANCELLED, Notice.DUE)
    assert changed == [await sqlite_database.transaction(generations.get, generation.id)]


async def test_a_press_may_be_faster_than_our_note_of_the_card(service, sqlite_database):
    generation = await has(sqlite_database, card_id=None)

    assert (await service.cancel(generation.id, member_id=ALICE, card_id=77)).card_id == 77


async def test_cancelling_twice_is_cancelling_once(service, sqlite_database):
    generation = await has(sqlite_database, card_id=1)

    first = await service.cancel(generation.id, member_id=ALICE, card_id=1)
    second = await service.cancel(generation.id, member_id=ALICE, card_id=1)

    assert first == second


@pytest.mark.parametrize("state", sorted(set(State) - CANCELLABLE - {State.CANCELLED}))
async def test_what_was_sent_or_is_over_cannot_be_cancelled(state, service, sqlite_database, changed):
    generation = await has(sqlite_database, state=state)

    with pytest.raises(TooLate) as refused:
        await service.cancel(generation.id, member_id=ALICE, card_id=1)

    assert ("already come to its end" in refused.value.message) == (state in ENDS)
    assert changed == []


async def test_nobody_cancels_what_somebody_else_asked_for(service, sqlite_database):
    generation = await has(sqlite_database)

    with pytest.raises(NotYours):
        await service.cancel(generation.id, member_id=BOB, card_id=1)

    assert await sqlite_database.transaction(generations.get, generation.id) == generation


async def test_what_nobody_knows_cannot_be_cancelled(service):
    with pytest.raises(UnknownGeneration):
        await service.cancel(GenerationId("0000000000000000"), member_id=ALICE, card_id=1)


async def test_a_member_sees_the_newest_of_their_own_in_this_server(service, sqlite_database):
    rows = [
        await has(sqlite_database, asked_at=NOON + timedelta(seconds=number))
        for number in range(LISTED_COUNT + 2)
    ]
    await admit(service, asker_id=BOB)
    await admit(service, interaction_id=2, guild_id=11)

    latest = await service.latest(asker_id=ALICE, guild_id=10)

    assert list(latest) == rows[:1:-1]


@pytest.mark.parametrize(("channel_id", "card_id", "found"), [(20, 5, 5), (20, None, None), (21, 5, None)])
async def test_a_remix_knows_the_card_of_what_it_was_made_from_in_its_own_channel(
    channel_id, card_id, found, service, sqlite_database
):
    parent = await has(sqlite_database, channel_id=channel_id, card_id=card_id)

    remix = await admit(service, parent_id=parent.id)

    assert (remix.parent_id, remix.parent_card_id) == (parent.id, found)
