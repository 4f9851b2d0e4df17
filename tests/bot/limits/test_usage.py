"""What a member sees is what the decision goes by: of limits, of videos, and of each day on their calendar."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits.limits import Limits
from bot.limits.policy import Barrier, Standing, Wanted, decide
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.usage import (
    CHANGES_SHOWN,
    DAYS_SHOWN,
    HISTORY_SHOWN,
    RUNNING_SHOWN,
    Meter,
    Restriction,
    UsageService,
    days_of,
    meters_of,
    restrictions_of,
)
from builders import NOON, make_generation, make_member
from fakes import HandClock
from storage import generations, ledger, settings
from storage.charges import Charge
from storage.ledger import Account, Entry, Verb
from storage.records import Notice, State
from storage.settings import Scope, Subject

HOUR = timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
APRIL = datetime(2026, 4, 1, tzinfo=UTC)


def standing(*, used=(), **fields):
    """How a member stands who used credits some hours ago, each time for one video."""
    limits = Limits(**{name: value for name, value in fields.items() if name in Limits.model_fields})
    charges = tuple(
        Charge(counted_at=NOON - hours * HOUR, allowance_credits=credits, credits=credits, videos=1)
        for hours, credits in used
    )
    others = {name: value for name, value in fields.items() if name not in Limits.model_fields}
    return Standing(now=NOON, zone=ZoneInfo("UTC"), limits=limits, charges=charges, **others)


def hours_ago_again(hours):
    return NOON + timedelta(days=1) - hours * HOUR


# What was used how many hours ago and the limits; what is used then, and when more and all of it is free.
WINDOWS = [
    ([], {"credits_per_day": 10}, 0, None, None),
    ([(5, 3)], {"credits_per_day": 10}, 3, hours_ago_again(5), hours_ago_again(5)),
    ([(5, 3), (2, 4)], {"credits_per_day": 10}, 7, hours_ago_again(5), hours_ago_again(2)),
    ([(25, 3)], {"credits_per_day": 10}, 0, None, None),
    # A limit that was lowered: only what is below it again counts as more.
    ([(5, 3), (2, 4)], {"credits_per_day": 4}, 7, hours_ago_again(2), hours_ago_again(2)),
    ([(5, 3)], {"credits_per_day": 0}, 3, None, None),
    ([(5, 3)], {"credits_per_month": 10}, 3, APRIL, APRIL),
    ([(13, 3)], {"credits_per_month": 10}, 0, None, None),
    ([(5, 0), (2, 0)], {"videos_per_day": 3}, 2, hours_ago_again(5), hours_ago_again(2)),
    ([(5, 0)], {"videos_per_month": 3}, 1, APRIL, APRIL),
]


@pytest.mark.parametrize(("used", "limits", "expected", "more_at", "full_at"), WINDOWS)
def test_a_limit_shows_what_is_used_and_when_it_is_free_again(used, limits, expected, more_at, full_at):
    [name] = limits

    [meter] = meters_of(standing(used=used, **limits))

    assert meter == Meter(name=name, allowed=limits[name], used=expected, more_at=more_at, full_at=full_at)


# Allowed at once and in line, waiting to be sent and in the making; how many places of each are left.
PLACES = [
    ({"running_at_once": 2}, 0, 0, {"running_at_once": 2}),
    ({"running_at_once": 2}, 3, 2, {"running_at_once": 0}),
    ({"running_at_once": 2, "waiting_in_line": 3}, 1, 0, {"running_at_once": 1, "waiting_in_line": 3}),
    ({"running_at_once": 2, "waiting_in_line": 3}, 1, 2, {"running_at_once": 0, "waiting_in_line": 2}),
    ({"waiting_in_line": 3}, 1, 9, {"waiting_in_line": 2}),
    ({"waiting_in_line": 0}, 0, 9, {"waiting_in_line": 1}),
]


@pytest.mark.parametrize(("limits", "unsent", "running", "left"), PLACES)
def test_places_are_filled_from_the_front(limits, unsent, running, left):
    meters = meters_of(standing(**limits, unsent_count=unsent, running_count=running))

    assert {meter.name: meter.left for meter in meters} == left


FEW = st.integers(0, 4)


@given(at_once=st.none() | st.integers(1, 4), in_line=FEW, unsent=FEW, running=FEW)
def test_a_place_is_left_exactly_when_another_video_is_allowed(at_once, in_line, unsent, running):
    stands = standing(
        running_at_once=at_once, waiting_in_line=in_line, unsent_count=unsent, running_count=running
    )
    wanted = Wanted(model="any", seconds=5, price_credits=1)

    is_allowed = not decide(wanted, make_member(), stands).obstacles

    assert any(meter.left for meter in meters_of(stands)) == is_allowed


@pytest.mark.parametrize(
    ("used", "allowed", "bar"),
    [
        (0, 10, "▰▰▰▰▰▰▰▰▰▰"),
        (3, 10, "▰▰▰▰▰▰▰▱▱▱"),
        (999, 1000, "▰▱▱▱▱▱▱▱▱▱"),
        (12, 10, "▱▱▱▱▱▱▱▱▱▱"),
        (0, 0, "▱▱▱▱▱▱▱▱▱▱"),
    ],
)
def test_a_bar_is_empty_only_when_nothing_is_left(used, allowed, bar):
    assert Meter(name="videos_per_day", allowed=allowed, used=used).bar == bar


def test_a_pause_shows_when_it_is_over():
    rules = restrictions_of(make_member(), standing(used=[(1, 0)], cooldown_s=7200))

    assert list(rules) == [Restriction(name="cooldown_s", value=7200, over_at=NOON + HOUR)]


def test_an_age_is_shown_only_to_who_is_too_young():
    limits = {"account_age_days": 7, "membership_days": 7}
    newcomer = make_member(joined_at=NOON - timedelta(days=6))

    rules = list(restrictions_of(newcomer, standing(**limits)))

    assert rules == [Restriction(name="membership_days", value=7, over_at=NOON + timedelta(days=1))]
    assert list(restrictions_of(make_member(), standing(**limits))) == []


def test_what_a_video_may_be_is_shown_always_and_what_allows_all_never():
    rules = restrictions_of(make_member(), standing(cooldown_s=0, longest_s=10, models=()))

    assert list(rules) == [Restriction(name="longest_s", value=10), Restriction(name="models", value=())]


# Now, an instant of use, the zone, and the day it stands at.
DAYS = [
    ("2026-03-01T00:30", "2026-02-28T23:30", "UTC", date(2026, 2, 28)),
    ("2026-03-01T00:30", "2026-02-28T23:30", "Europe/Berlin", date(2026, 3, 1)),
    ("2028-03-01T12:00", "2028-02-29T12:00", "UTC", date(2028, 2, 29)),
    ("2027-01-01T12:00", "2026-12-31T12:00", "UTC", date(2026, 12, 31)),
    ("2027-01-01T12:00", "2026-12-31T12:00", "Pacific/Auckland", date(2027, 1, 1)),
    # The clocks go forward at 01:00 UTC on March 29, back on October 25.
    ("2026-03-29T12:00", "2026-03-28T22:59", "Europe/Berlin", date(2026, 3, 28)),
    ("2026-03-29T12:00", "2026-03-28T23:00", "Europe/Berlin", date(2026, 3, 29)),
    ("2026-03-30T12:00", "2026-03-29T21:59", "Europe/Berlin", date(2026, 3, 29)),
    ("2026-03-30T12:00", "2026-03-29T22:00", "Europe/Berlin", date(2026, 3, 30)),
    ("2026-10-26T12:00", "2026-10-25T22:59", "Europe/Berlin", date(2026, 10, 25)),
    ("2026-10-26T12:00", "2026-10-25T23:00", "Europe/Berlin", date(2026, 10, 26)),
]


@pytest.mark.parametrize(("now", "used_at", "zone", "on"), DAYS)
def test_use_stands_at_its_day_on_the_server_s_calendar(now, used_at, zone, on):
    use = Charge(counted_at=_utc(used_at), allowance_credits=1, credits=3, videos=1, held_credits=2)

    days = days_of([use, use], now=_utc(now), zone=ZoneInfo(zone))

    assert [(day.on, day.credits, day.held_credits, day.videos) for day in days if day.videos] == [
        (on, 6, 4, 2)
    ]


@pytest.mark.parametrize("now", ["2026-03-30T00:30", "2026-10-25T23:30", "2027-01-15T00:00"])
def test_the_days_shown_follow_each_other_up_to_today(now):
    days = [day.on for day in days_of([], now=_utc(now), zone=BERLIN)]

    assert len(days) == DAYS_SHOWN
    assert days[-1] == _utc(now).astimezone(BERLIN).date()
    assert {later - earlier for earlier, later in pairwise(days)} == {timedelta(days=1)}


def test_what_is_older_than_the_days_shown_is_not_in_them():
    old = Charge(counted_at=NOON - timedelta(days=DAYS_SHOWN), allowance_credits=1, credits=1, videos=1)

    assert not any(day.videos for day in days_of([old], now=NOON, zone=BERLIN))


def _utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def service(sqlite_database):
    return service_of(sqlite_database)


def service_of(database, **rules):
    return UsageService(database, clock=HandClock(), rulebook=Rulebook(OperatorRules(**rules)))


async def has(database, *verbs, price=3, balance=0, **fields):
    """A video, and what became of the credits reserved for it."""
    generation = make_generation(price_credits=price, **fields)
    entry = Entry(
        at=NOON,
        verb=Verb.RESERVE,
        guild_id=10,
        member_id=30,
        generation_id=generation.id,
        allowance_credits=price - balance,
        balance_credits=balance,
        counted_at=generation.asked_at,
    )
    await database.transaction(_write, generation, entry)
    for verb in verbs:
        await database.transaction(verb, generation.id, at=NOON)
    return generation


def _write(transaction, generation, entry):
    ledger.lock(transaction, guild_id=entry.guild_id, member_ids=[entry.member_id])
    generations.add(transaction, generation)
    ledger.add(transaction, entry)


async def test_whoever_did_nothing_and_is_not_limited_has_nothing_to_see(service):
    usage = await service.of(make_member())

    assert (usage.meters, usage.restrictions, usage.budgets, usage.running, usage.history) == (
        (),
        (),
        (),
        (),
        (),
    )
    assert usage.account == Account()
    assert not usage.is_exempt


async def test_what_is_under_way_comes_apart_from_what_is_over(service, sqlite_database):
    running = await has(sqlite_database, state=State.QUEUED)
    over = await has(sqlite_database, ledger.settle, state=State.DELIVERED, notice=Notice.SHOWN)

    usage = await service.of(make_member())

    assert [video.generation for video in usage.running] == [running]
    assert [video.generation for video in usage.history] == [over]


@pytest.mark.parametrize(
    ("verbs", "expected"),
    [
        ((), Verb.RESERVE),
        ((ledger.settle,), Verb.SETTLE),
        ((ledger.release,), Verb.RELEASE),
        ((ledger.settle, ledger.refund), Verb.REFUND),
    ],
)
async def test_the_history_says_what_became_of_the_credits(verbs, expected, service, sqlite_database):
    await has(sqlite_database, *verbs, balance=1, state=State.UNCERTAIN, notice=Notice.TOLD)

    [video] = (await service.of(make_member())).history

    assert (video.credits, video.verb) == (3, expected)


async def test_what_somebody_else_pays_is_not_free_until_it_is_given_back(service, sqlite_database):
    asked, given_back = [
        await has(sqlite_database, price=0, state=State.UNCERTAIN, notice=Notice.TOLD) for _ in range(2)
    ]
    for generation in (asked, given_back):
        await sqlite_database.transaction(_write_share, generation, member_id=31)
    await sqlite_database.transaction(ledger.release, given_back.id, at=NOON)

    history = (await service.of(make_member())).history

    assert {it.generation.id: it.is_paid_by_others for it in history} == {
        asked.id: True,
        given_back.id: False,
    }


def _write_share(transaction, generation, *, member_id):
    ledger.lock(transaction, guild_id=10, member_ids=[member_id])
    share = Entry(
        at=NOON,
        verb=Verb.RESERVE,
        guild_id=10,
        member_id=member_id,
        generation_id=generation.id,
        allowance_credits=3,
        videos=0,
        counted_at=NOON,
    )
    ledger.add(transaction, share)


async def test_what_somebody_helps_to_pay_for_others_is_shown_with_their_part(service, sqlite_database):
    making = await has(sqlite_database, asker_id=31, state=State.QUEUED)
    over = await has(sqlite_database, asker_id=31, state=State.DELIVERED, notice=Notice.TOLD)
    await has(sqlite_database, asker_id=31, state=State.DELIVERED, notice=Notice.TOLD)
    for generation in (making, over):
        await sqlite_database.transaction(_write_share, generation, member_id=32)
    await sqlite_database.transaction(ledger.settle, over.id, at=NOON)

    usage = await service.of(make_member(id=32))

    assert [(it.generation, it.credits, it.verb) for it in usage.running] == [(making, 3, Verb.RESERVE)]
    assert [(it.generation, it.credits, it.verb) for it in usage.history] == [(over, 3, Verb.SETTLE)]


async def test_a_refund_leads_to_its_video(service, sqlite_database):
    fox = await has(sqlite_database, ledger.settle, ledger.refund, state=State.DELIVERED)

    usage = await service.of(make_member())

    assert ([entry.verb for entry in usage.changes], usage.refunded) == ([Verb.REFUND], {fox.id: fox})


async def test_the_newest_are_shown_and_none_twice(service, sqlite_database):
    made = [
        await has(sqlite_database, state=State.QUEUED, asked_at=NOON + timedelta(seconds=number))
        for number in range(RUNNING_SHOWN + HISTORY_SHOWN + 1)
    ]

    usage = await service.of(make_member())

    shown = [video.generation for video in (*usage.running, *usage.history)]
    assert shown == made[:0:-1]


async def test_use_of_the_last_days_and_credits_of_one_s_own_are_read(service, sqlite_database):
    await has(sqlite_database, ledger.settle, asked_at=NOON - timedelta(days=DAYS_SHOWN - 1))
    await has(sqlite_database, balance=2)

    usage = await service.of(make_member())

    used = [(day.credits, day.held_credits) for day in usage.days if day.videos]
    assert used == [(3, 0), (3, 3)]
    assert usage.account == Account(balance_credits=-2, held_credits=3, spent_credits=3)


async def test_what_others_did_with_ones_credits_is_read_the_newest_first(service, sqlite_database):
    for number in range(1, CHANGES_SHOWN + 2):
        await sqlite_database.transaction(_grant, number)

    changes = (await service.of(make_member())).changes

    assert [entry.credits for entry in changes] == list(range(CHANGES_SHOWN + 1, 1, -1))


def _grant(transaction, credits):
    ledger.lock(transaction, guild_id=10, member_ids=[30])
    granted = {"balance_credits": credits, "counted_at": NOON, "actor_id": 99}
    ledger.add(transaction, Entry(at=NOON, verb=Verb.GRANT, guild_id=10, member_id=30, **granted))


async def test_a_budget_is_shown_only_when_it_is_used_up(sqlite_database):
    service = service_of(sqlite_database, budget_per_day=3, budget_per_month=4)

    await has(sqlite_database)

    [budget] = (await service.of(make_member())).budgets
    assert (budget.barrier, budget.frees_at(1)) == (Barrier.INSTANCE_BUDGET_PER_DAY, NOON + timedelta(days=1))


async def test_whoever_is_exempt_sees_no_limits(sqlite_database):
    service = service_of(sqlite_database, limits=Limits(credits_per_day=5))
    role = Subject(guild_id=10, scope=Scope.ROLE, id=77)
    await sqlite_database.transaction(settings.put, role, {"exempt": True})

    usage = await service.of(make_member(role_ids=frozenset({77})))

    assert (usage.is_exempt, usage.meters) == (True, ())
