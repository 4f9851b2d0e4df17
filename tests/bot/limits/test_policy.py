"""The one decision: every limit that stands in the way is named, with its numbers and the moment it frees."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits.limits import Limits
from bot.limits.periods import DAY, month_start, next_month
from bot.limits.policy import (
    INSTANCE_BUDGETS,
    Barrier,
    Obstacle,
    Standing,
    Wanted,
    Window,
    day_window,
    decide,
    month_window,
)
from builders import NOON, make_member
from storage.charges import Charge

UTC_ZONE = ZoneInfo("UTC")
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
INSTANT, HOUR = timedelta(microseconds=1), timedelta(hours=1)
YESTERDAY = NOON - DAY


def make_wanted(**changes):
    return Wanted(**({"model": "videos", "seconds": 5, "price_credits": 1} | changes))


def charge(at, credits=1, *, videos=1):
    return Charge(counted_at=at, allowance_credits=credits, credits=credits, videos=videos)


def make_standing(*, charges=(), limits=None, **changes):
    values = {"now": NOON, "zone": UTC_ZONE, "limits": Limits(**(limits or {})), "charges": tuple(charges)}
    return Standing(**(values | changes))


def obstacles(standing, *, member=None, **wanted):
    return decide(make_wanted(**wanted), member or make_member(), standing).obstacles


def budget(barrier, allowed, used, **changes):
    return Window(barrier=barrier, allowed=allowed, uses=((NOON - HOUR, used),), **changes)


def test_without_limits_everything_is_allowed_and_nothing_is_counted_down():
    found = decide(make_wanted(price_credits=7), make_member(), make_standing())

    assert (found.obstacles, found.allowance_credits, found.balance_credits) == ((), 7, 0)
    assert found.left_credits is None


# How a member stands, what they want, and the one thing in the way.
ALONE = [
    (
        make_standing(limits={"credits_per_day": 5}, charges=[charge(NOON - HOUR, 3), charge(NOON, 1)]),
        {"price_credits": 2},
        Obstacle(barrier=Barrier.CREDITS_PER_DAY, allowed=5, used=4, needed=2, frees_at=NOON - HOUR + DAY),
    ),
    (
        make_standing(limits={"credits_per_month": 5}, charges=[charge(NOON - HOUR, 4)]),
        {"price_credits": 2},
        Obstacle(barrier=Barrier.CREDITS_PER_MONTH, allowed=5, used=4, needed=2, frees_at=APRIL),
    ),
    (
        make_standing(limits={"videos_per_day": 1}, charges=[charge(NOON - HOUR, 0)]),
        {},
        Obstacle(barrier=Barrier.VIDEOS_PER_DAY, allowed=1, used=1, frees_at=NOON - HOUR + DAY),
    ),
    (
        make_standing(limits={"videos_per_month": 1}, charges=[charge(NOON - HOUR, 0)]),
        {},
        Obstacle(barrier=Barrier.VIDEOS_PER_MONTH, allowed=1, used=1, frees_at=APRIL),
    ),
    (
        make_standing(limits={"waiting_in_line": 2}, unsent_count=2, running_count=9),
        {},
        Obstacle(barrier=Barrier.WAITING_IN_LINE, allowed=2, used=2),
    ),
    (
        make_standing(limits={"waiting_in_line": 2, "running_at_once": 3}, unsent_count=3, running_count=2),
        {},
        Obstacle(barrier=Barrier.WAITING_IN_LINE, allowed=5, used=5),
    ),
    (
        make_standing(limits={"cooldown_s": 60}, charges=[charge(NOON - timedelta(seconds=59))]),
        {},
        Obstacle(barrier=Barrier.COOLDOWN, allowed=60, frees_at=NOON + timedelta(seconds=1)),
    ),
    (
        make_standing(limits={"longest_s": 4}),
        {"seconds": 5},
        Obstacle(barrier=Barrier.LONGEST, allowed=4, needed=5),
    ),
    (
        make_standing(limits={"models": ("videos_fast",)}),
        {},
        Obstacle(barrier=Barrier.MODELS, models=("videos_fast",)),
    ),
    (
        make_standing(budgets=(budget(Barrier.SERVER_BUDGET_PER_DAY, 9, 8),)),
        {"price_credits": 2},
        Obstacle(
            barrier=Barrier.SERVER_BUDGET_PER_DAY, allowed=9, used=8, needed=2, frees_at=NOON - HOUR + DAY
        ),
    ),
    (
        make_standing(budgets=(budget(Barrier.INSTANCE_BUDGET_PER_MONTH, 9, 9, resets_at=APRIL),)),
        {},
        Obstacle(barrier=Barrier.INSTANCE_BUDGET_PER_MONTH, allowed=9, used=9, frees_at=APRIL),
    ),
    # A limit that is too small in itself does not free.
    (
        make_standing(limits={"credits_per_day": 1}),
        {"price_credits": 2},
        Obstacle(barrier=Barrier.CREDITS_PER_DAY, allowed=1, needed=2),
    ),
    (
        make_standing(limits={"credits_per_month": 1}),
        {"price_credits": 2},
        Obstacle(barrier=Barrier.CREDITS_PER_MONTH, allowed=1, needed=2),
    ),
]


@pytest.mark.parametrize(
    ("standing", "wanted", "obstacle"), ALONE, ids=[f"{case[2].barrier}, {case[2].needed}" for case in ALONE]
)
def test_each_limit_stands_in_the_way_by_itself(standing, wanted, obstacle):
    assert obstacles(standing, **wanted) == (obstacle,)


# What is just enough.
ENOUGH = [
    (make_standing(limits={"credits_per_day": 5}, charges=[charge(NOON, 3)]), {"price_credits": 2}),
    (make_standing(limits={"credits_per_day": 1}, charges=[charge(YESTERDAY)]), {}),
    (
        make_standing(
            limits={"credits_per_month": 1}, charges=[charge(month_start(NOON, UTC_ZONE) - INSTANT)]
        ),
        {},
    ),
    (make_standing(limits={"videos_per_day": 2}, charges=[charge(NOON)]), {}),
    (make_standing(limits={"waiting_in_line": 2}, unsent_count=1), {}),
    (make_standing(limits={"waiting_in_line": 0}), {}),
    (make_standing(limits={"waiting_in_line": 0, "running_at_once": 1}), {}),
    (make_standing(limits={"running_at_once": 1}, unsent_count=99, running_count=99), {}),
    (make_standing(limits={"cooldown_s": 60}, charges=[charge(NOON - timedelta(seconds=60))]), {}),
    # A gift is no video.
    (make_standing(limits={"cooldown_s": 60, "videos_per_day": 1}, charges=[charge(NOON, videos=0)]), {}),
    (make_standing(limits={"longest_s": 5}), {"seconds": 5}),
    (make_standing(limits={"models": ("videos",)}), {}),
    (make_standing(budgets=(budget(Barrier.SERVER_BUDGET_PER_DAY, 9, 8),)), {}),
    # What is free needs no credits.
    (make_standing(limits={"credits_per_day": 0}), {"price_credits": 0}),
    (make_standing(limits={"credits_per_day": 1}, charges=[charge(NOON, 5)]), {"price_credits": 0}),
]


@pytest.mark.parametrize(("standing", "wanted"), ENOUGH)
def test_what_is_just_enough_is_allowed(standing, wanted):
    assert obstacles(standing, **wanted) == ()


def test_everything_in_the_way_is_named_at_once():
    limits = {
        "credits_per_day": 1,
        "credits_per_month": 1,
        "videos_per_day": 1,
        "videos_per_month": 1,
        "running_at_once": 1,
        "waiting_in_line": 0,
        "cooldown_s": 60,
        "longest_s": 4,
        "models": ("videos_fast",),
        "account_age_days": 3000,
        "membership_days": 3000,
    }
    budgets = tuple(budget(barrier, 1, 1) for barrier in Barrier if "budget" in barrier)
    standing = make_standing(limits=limits, charges=[charge(NOON)], unsent_count=1, budgets=budgets)

    assert {obstacle.barrier for obstacle in obstacles(standing)} == set(Barrier)


AGES = [
    (Barrier.ACCOUNT_AGE, "account_age_days", "account_created_at"),
    (Barrier.MEMBERSHIP, "membership_days", "joined_at"),
]


@pytest.mark.parametrize(("barrier", "limit", "since"), AGES)
def test_a_new_member_waits_until_they_are_no_longer_new(barrier, limit, since):
    standing, member = make_standing(limits={limit: 7}), make_member(**{since: NOON - timedelta(days=6)})
    (obstacle,) = obstacles(standing, member=member)

    assert obstacle == Obstacle(barrier=barrier, allowed=7, frees_at=NOON + DAY)
    assert obstacles(replace(standing, now=NOON + DAY - INSTANT), member=member) == (obstacle,)
    assert obstacles(replace(standing, now=NOON + DAY), member=member) == ()


def test_where_nobody_knows_when_they_joined_nobody_has_to_wait():
    standing = make_standing(limits={"membership_days": 7})

    assert obstacles(standing, member=make_member(joined_at=None)) == ()


# What is left of the limits, a member's own credits, the price, and what is taken from where.
SPLITS = [
    (10, 5, 3, (3, 0)),
    (2, 5, 3, (2, 1)),
    (0, 5, 3, (0, 3)),
    (0, 3, 3, (0, 3)),
    (3, 0, 3, (3, 0)),
    (0, 0, 0, (0, 0)),
]


@pytest.mark.parametrize(("left", "balance", "price", "taken"), SPLITS)
def test_the_allowance_is_taken_first_then_the_members_own(left, balance, price, taken):
    standing = make_standing(limits={"credits_per_day": left}, balance_credits=balance)
    found = decide(make_wanted(price_credits=price), make_member(), standing)

    assert (found.obstacles, found.left_credits) == ((), left + balance)
    assert (found.allowance_credits, found.balance_credits) == taken


def test_the_smaller_of_two_allowances_counts():
    limits = {"credits_per_day": 9, "credits_per_month": 4}
    standing = make_standing(limits=limits, charges=[charge(NOON, 1)], balance_credits=2)
    found = decide(make_wanted(price_credits=5), make_member(), standing)

    assert (found.allowance_credits, found.balance_credits, found.left_credits) == (3, 2, 5)


def test_it_frees_when_the_allowance_covers_what_their_own_credits_do_not():
    standing = make_standing(limits={"credits_per_day": 1}, charges=[charge(NOON)], balance_credits=2)
    (obstacle,) = obstacles(standing, price_credits=3)

    assert (obstacle.needed, obstacle.balance_credits, obstacle.frees_at) == (3, 2, NOON + DAY)


def test_a_limit_made_smaller_takes_nothing_back_but_has_nothing_left():
    standing = make_standing(limits={"credits_per_day": 2}, charges=[charge(NOON, 9)], balance_credits=1)

    assert decide(make_wanted(), make_member(), standing).left_credits == 1


def test_own_credits_do_not_help_against_budgets():
    standing = make_standing(balance_credits=99, budgets=(budget(Barrier.SERVER_BUDGET_PER_DAY, 1, 1),))

    assert [obstacle.barrier for obstacle in obstacles(standing)] == [Barrier.SERVER_BUDGET_PER_DAY]


def test_the_instances_budgets_are_two():
    assert len(INSTANCE_BUDGETS) == 2


# The last days of months, and where a month's uses count no more.
MONTH_ENDS = [
    ("2026-01-31", "UTC", "2026-02-01T00:00"),
    ("2026-02-28", "UTC", "2026-03-01T00:00"),
    ("2028-02-29", "UTC", "2028-03-01T00:00"),
    ("2026-12-31", "UTC", "2027-01-01T00:00"),
    ("2026-03-31", "Europe/Berlin", "2026-03-31T22:00"),
    ("2023-09-30", "America/Asuncion", "2023-10-01T04:00"),
    ("2026-10-31", "America/Havana", "2026-11-01T04:00"),
]


@pytest.mark.parametrize(("day", "zone", "frees_at"), MONTH_ENDS)
def test_a_month_frees_at_its_midnight_there_and_not_before(day, zone, frees_at):
    used_at = datetime.fromisoformat(f"{day}T12:00+00:00")
    limits, charges = {"credits_per_month": 1}, [charge(used_at)]
    standing = make_standing(limits=limits, charges=charges, zone=ZoneInfo(zone), now=used_at)
    freed_at = datetime.fromisoformat(f"{frees_at}+00:00")

    assert [obstacle.frees_at for obstacle in obstacles(standing)] == [freed_at]
    assert obstacles(replace(standing, now=freed_at - INSTANT)) != ()
    assert obstacles(replace(standing, now=freed_at)) == ()


def test_a_day_is_24_hours_also_when_clocks_change():
    # In Berlin, the 25th of October 2026 has 25 hours.
    used_at, zone = datetime(2026, 10, 24, 12, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    standing = make_standing(limits={"videos_per_day": 1}, charges=[charge(used_at)], zone=zone, now=used_at)

    assert obstacles(standing)[0].frees_at == used_at + DAY
    assert obstacles(replace(standing, now=used_at + DAY)) == ()


@pytest.mark.parametrize("ahead", [timedelta(seconds=1), 6 * HOUR, 40 * DAY])
def test_a_clock_set_back_lends_nobody_anything(ahead):
    limits = {"credits_per_day": 1, "videos_per_day": 1}
    standing = make_standing(limits=limits, charges=[charge(NOON + ahead)])
    barriers = [obstacle.barrier for obstacle in obstacles(standing)]

    assert barriers == [Barrier.CREDITS_PER_DAY, Barrier.VIDEOS_PER_DAY]


@pytest.mark.parametrize(("ahead_s", "waits_s"), [(0, 60), (1, 61), (60, 120), (61, None), (86_400, None)])
def test_a_clock_set_back_makes_no_pause_of_days(ahead_s, waits_s):
    used_at = NOON + timedelta(seconds=ahead_s)
    found = obstacles(make_standing(limits={"cooldown_s": 60}, charges=[charge(used_at)]))

    assert [it.frees_at for it in found] == ([NOON + timedelta(seconds=waits_s)] if waits_s else [])


def test_a_month_promises_nothing_that_a_clock_set_back_makes_untrue():
    standing = make_standing(limits={"credits_per_month": 1}, charges=[charge(NOON), charge(APRIL)])
    alone = make_standing(limits={"credits_per_month": 1}, charges=[charge(NOON)])

    assert [obstacle.frees_at for obstacle in obstacles(standing)] == [None]
    assert [obstacle.frees_at for obstacle in obstacles(alone)] == [APRIL]


ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/Santiago", "Africa/Cairo", "Asia/Beirut", "America/Asuncion"]
)
LIMITS = st.builds(
    Limits,
    credits_per_day=st.none() | st.integers(0, 6),
    credits_per_month=st.none() | st.integers(0, 6),
    videos_per_day=st.none() | st.integers(0, 4),
    videos_per_month=st.none() | st.integers(0, 4),
    cooldown_s=st.none() | st.integers(0, 200_000),
    account_age_days=st.none() | st.integers(0, 3),
)
STARTS = st.timedeltas(timedelta(0), timedelta(days=800)).map(
    lambda span: datetime(2026, 1, 1, tzinfo=UTC) + span
)
# How long before now something was used, how many credits it took, and whether it was a video.
USES = st.lists(
    st.tuples(st.timedeltas(timedelta(0), timedelta(days=40)), st.integers(0, 3), st.integers(0, 1)),
    max_size=8,
)


@st.composite
def standings(draw):
    now, zone = draw(STARTS), ZoneInfo(draw(ZONES))
    charges = sorted(
        (charge(now - ago, credits, videos=videos) for ago, credits, videos in draw(USES)),
        key=lambda one: one.counted_at,
    )
    uses, of_all = [(one.counted_at, one.credits) for one in charges], draw(st.integers(0, 9))
    standing = make_standing(now=now, zone=zone, charges=charges, balance_credits=draw(st.integers(0, 2)))
    return replace(standing, limits=draw(LIMITS)), uses, of_all


def at(standing, uses, of_all, now):
    """The same member at another instant, in a server with two budgets."""
    budgets = (
        *day_window(Barrier.SERVER_BUDGET_PER_DAY, of_all, uses, now=now),
        *month_window(Barrier.SERVER_BUDGET_PER_MONTH, of_all, uses, at=now, zone=standing.zone),
    )
    return replace(standing, now=now, budgets=budgets)


@given(standings(), st.integers(0, 5), st.integers(0, 4))
def test_what_frees_is_free_at_that_moment_and_not_one_microsecond_before(drawn, price, age_days):
    now = drawn[0].now
    member = make_member(account_created_at=now - age_days * DAY)
    found = obstacles(at(*drawn, now), member=member, price_credits=price)

    for obstacle in found:
        if obstacle.frees_at is None:
            assert obstacle.needed > obstacle.allowed
            continue
        before = obstacles(at(*drawn, obstacle.frees_at - INSTANT), member=member, price_credits=price)
        then = obstacles(at(*drawn, obstacle.frees_at), member=member, price_credits=price)
        assert obstacle.barrier in {one.barrier for one in before}
        assert obstacle.barrier not in {one.barrier for one in then}


@given(standings(), st.integers(0, 5))
def test_when_all_has_freed_only_what_never_frees_is_left(drawn, price):
    now = drawn[0].now
    found = obstacles(at(*drawn, now), price_credits=price)
    never = {obstacle.barrier for obstacle in found if obstacle.frees_at is None}

    freed_at = max((obstacle.frees_at for obstacle in found if obstacle.frees_at), default=now)

    assert {left.barrier for left in obstacles(at(*drawn, freed_at), price_credits=price)} == never


@given(standings(), st.integers(0, 5))
def test_what_is_allowed_is_covered_to_the_credit(drawn, price):
    standing = drawn[0]
    found = decide(make_wanted(price_credits=price), make_member(), standing)
    if found.obstacles:
        return

    assert found.allowance_credits + found.balance_credits == price
    assert 0 <= found.balance_credits <= standing.balance_credits
    assert found.left_credits is None or price <= found.left_credits


def test_a_month_window_ends_when_the_next_begins():
    (window,) = month_window(Barrier.SERVER_BUDGET_PER_MONTH, 1, [], at=NOON, zone=UTC_ZONE)

    assert window.resets_at == next_month(NOON, UTC_ZONE) == APRIL
