"""Moderators hear once in a period that a budget runs out, whatever dies in between."""

import asyncio

import pytest

from bot import texts
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.warner import PATIENCE, RETRY_S, BudgetWarner
from builders import make_member, make_request
from fakes import HandClock, Script, until
from storage import settings
from storage.settings import Scope, Subject

SERVER = Subject(guild_id=10, scope=Scope.SERVER)


class FakeModerators(Script):
    """Can be told, unless the script says otherwise."""

    async def tell(self, guild_id, text, *, channel_id, nonce):
        return self.play("tell", guild_id, text, channel_id, nonce, usual=True)

    async def tell_operators(self, text):
        return self.play("tell operators", text, usual=True)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def moderators():
    return FakeModerators()


@pytest.fixture
def rulebook():
    return Rulebook(OperatorRules(budget_per_month=10))


@pytest.fixture
def warner(sqlite_database, clock, moderators, rulebook):
    return BudgetWarner(
        sqlite_database,
        clock=clock,
        rulebook=rulebook,
        tell=moderators.tell,
        tell_operators=moderators.tell_operators,
    )


@pytest.fixture
def ask(sqlite_database, clock, rulebook):
    service = GenerationService(
        sqlite_database,
        clock=clock,
        line=Line(place_count=1, clock=clock),
        reservations=Reservations(rulebook),
        on_change=lambda generation: None,
        on_warning=lambda: None,
        cancel_window_s=3.0,
    )

    async def ask(count):
        for _ in range(count):
            ask.number += 1
            asked = Asked(interaction_id=ask.number, channel_id=20, member=make_member())
            await service.admit(Checked(request=make_request()), asked)

    ask.number = 0
    return ask


async def has(database, **content):
    await database.transaction(settings.put, SERVER, content)


async def test_nobody_is_told_before_the_share_that_moderators_chose(
    sqlite_database, ask, warner, moderators
):
    await has(sqlite_database, budget_per_day=4, warn_at_percent=75)
    await ask(2)

    assert await warner.tell_due()
    assert moderators.calls == []


async def test_moderators_are_told_once_with_numbers(sqlite_database, ask, warner, moderators):
    await has(sqlite_database, budget_per_day=4, warn_at_percent=75, moderator_channel=77)
    await ask(4)

    await warner.tell_due()
    await warner.tell_due()

    text = texts.BUDGET_DAY_SHORT.format(used=4, allowed=4)
    assert moderators.calls == [("tell", 10, text, 77, "budget-1")]


async def test_a_month_names_the_moment_of_the_next(sqlite_database, ask, warner, moderators):
    await has(sqlite_database, budget_per_month=1)
    await ask(1)

    await warner.tell_due()

    ((_, _, text, _, _),) = moderators.calls
    assert "<t:1775001600:R>" in text  # the first of April 2026, 00:00 UTC


async def test_after_a_day_they_are_told_again(sqlite_database, ask, warner, moderators, clock):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    await warner.tell_due()
    clock.jump(seconds=86_401)
    await ask(1)

    await warner.tell_due()

    assert len(moderators.calls) == 2


async def test_who_cannot_be_told_now_is_told_later(sqlite_database, ask, warner, moderators, clock):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    moderators.coming["tell"] = [False]
    telling = asyncio.create_task(warner.keep_telling())
    await until(lambda: moderators.calls)
    await until(lambda: clock.waits_s)

    await clock.turn(RETRY_S)
    await until(lambda: len(moderators.calls) == 2)

    telling.cancel()
    await asyncio.wait({telling})
    assert {call[-1] for call in moderators.calls} == {"budget-1"}


async def test_a_budget_that_was_taken_away_needs_no_words(sqlite_database, ask, warner, moderators):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    await has(sqlite_database)

    assert await warner.tell_due()
    assert moderators.calls == []


async def test_a_budget_that_was_raised_warns_again_once(sqlite_database, ask, warner, moderators):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    await warner.tell_due()
    await has(sqlite_database, budget_per_day=4)

    for _ in range(3):
        await ask(1)
        await warner.tell_due()

    numbers = [(1, 1), (4, 4)]
    assert [text for _, _, text, _, _ in moderators.calls] == [
        texts.BUDGET_DAY_SHORT.format(used=used, allowed=allowed) for used, allowed in numbers
    ]


async def test_a_budget_that_was_raised_before_anybody_was_told_needs_no_words(
    sqlite_database, ask, warner, moderators
):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    await has(sqlite_database, budget_per_day=4)

    assert await warner.tell_due()
    assert moderators.calls == []


async def test_operators_hear_of_their_own_budget_once_even_after_a_crash(
    sqlite_database, ask, warner, moderators
):
    await ask(8)
    moderators.coming["tell operators"] = [False]

    assert not await warner.tell_due()
    assert await warner.tell_due()
    await ask(1)
    assert await warner.tell_due()

    (first, second) = moderators.calls
    assert first == second
    assert "8 of the 10 credits" in first[1]


async def test_whom_nobody_can_reach_for_a_day_is_given_up(sqlite_database, ask, warner, moderators, clock):
    await has(sqlite_database, budget_per_day=1)
    await ask(1)
    moderators.coming["tell"] = [False, False]

    assert not await warner.tell_due()
    clock.jump(seconds=PATIENCE.total_seconds() - 60)
    assert not await warner.tell_due()
    clock.jump(seconds=60)
    assert await warner.tell_due()
