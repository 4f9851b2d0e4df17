"""What a video costs is taken whole, within every limit, or nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot import texts
from bot.limits.limits import Limits
from bot.limits.policy import Barrier
from bot.limits.prices import Price
from bot.limits.reservations import Quote, Reservation, Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.wording import LimitsReached
from bot.upstream.families import Billing, family_of
from builders import NOON, make_generation, make_member, make_request
from storage import budget_warnings, ledger, settings
from storage.database import Database
from storage.ledger import Account, Entry, Verb
from storage.settings import Scope, Subject

DAY = timedelta(days=1)
MODEL = make_request().model


@dataclass
class Desk:
    """Where a test reserves; the price of every video is one number."""

    database: Database
    limits: Limits = field(default_factory=Limits)
    price_credits: int = 1
    prices: Mapping[str, Price] = field(default_factory=dict)
    budget_per_day: int | None = None
    budget_per_month: int | None = None

    async def reserve(self, *, member=None, at=NOON, accepted_credits=None):
        rules = OperatorRules(
            limits=self.limits,
            prices=self.prices or {MODEL: Price(self.price_credits)},
            budget_per_day=self.budget_per_day,
            budget_per_month=self.budget_per_month,
        )
        reservations = Reservations(Rulebook(rules))

        def reserve(transaction):
            reservations.lock(transaction, member or make_member())
            return reservations.reserve(
                transaction,
                make_request(),
                member=member or make_member(),
                generation_id=make_generation().id,
                accepted_credits=accepted_credits,
                at=at,
            )

        return await self.database.transaction(reserve)

    async def account(self, member_id=30):
        return await self.database.transaction(ledger.account, ledger.member_holder(10, member_id))

    async def set(self, **values):
        subject = Subject(guild_id=10, scope=Scope.SERVER)
        await self.database.transaction(settings.put, subject, values)

    async def grant(self, credits):
        def grant(transaction):
            ledger.lock(transaction, guild_id=10, member_ids=[30])
            entry = Entry(
                at=NOON, verb=Verb.GRANT, guild_id=10, member_id=30, balance_credits=credits, counted_at=NOON
            )
            ledger.add(transaction, entry)

        await self.database.transaction(grant)


async def test_without_limits_the_price_is_held_and_counted(database):
    desk = Desk(database, price_credits=3)

    taken = await desk.reserve()

    assert taken == Reservation(price_credits=3, running_max=None, warns=False)
    assert await desk.account() == Account(held_credits=3)


async def test_beyond_a_limit_nothing_is_taken_and_everything_is_named(database):
    desk = Desk(database, limits=Limits(credits_per_day=1, videos_per_day=1))
    await desk.reserve()

    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve()

    assert [obstacle.barrier for obstacle in refusal.value.obstacles] == [
        Barrier.CREDITS_PER_DAY,
        Barrier.VIDEOS_PER_DAY,
    ]
    assert await desk.account() == Account(held_credits=1)


# Prices per second of cheaper models, the limits, and what is said to do instead of 4 credits a second for 5 seconds.
CHEAPER = [
    (
        {"sd2_manxue_1080p": 1, "sd2_manxue_2k": 2},
        {"credits_per_day": 10},
        "SD2 Manxue 2K · standard takes 10",
    ),
    (
        {"sd2_manxue_1080p": 1, "sd2_manxue_2k": 2},
        {"credits_per_day": 9},
        "SD2 Manxue 1080p · standard takes 5",
    ),
    (
        {"sd2_manxue_1080p": 1, "sd2_manxue_fast_1080p": 2, "sd2_manxue_fast_720p": 2},
        {"credits_per_day": 10},
        "SD2 Manxue 1080p · standard takes 5",
    ),
    ({"sd2_manxue_1080p": 1}, {"credits_per_day": 9, "models": (MODEL,)}, None),
    ({"sd2_manxue_1080p": 1}, {"credits_per_day": 9, "videos_per_day": 0}, None),
    ({"sd2_manxue_1080p": 1}, {"credits_per_day": 4}, None),
]


@pytest.mark.parametrize(("cheaper", "limits", "words"), CHEAPER)
async def test_a_refusal_names_the_best_model_that_would_do(cheaper, limits, words, sqlite_database):
    dear = {model.name: Price(4, Billing.PER_SECOND) for model in family_of(MODEL).models}
    prices = dear | {model: Price(amount, Billing.PER_SECOND) for model, amount in cheaper.items()}
    desk = Desk(sqlite_database, limits=Limits(**limits), prices=prices)

    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve()

    _, is_named, named = refusal.value.message.partition(texts.CHEAPER_MODEL.partition("{")[0])
    assert (named == f"{words} credits.") if words else not is_named


async def test_a_refusal_names_the_moment_at_which_it_is_no_longer_true(database):
    desk = Desk(database, limits=Limits(credits_per_day=1))
    await desk.reserve()
    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve()
    frees_at = refusal.value.obstacles[0].frees_at

    with pytest.raises(LimitsReached):
        await desk.reserve(at=frees_at - timedelta(microseconds=1))
    assert isinstance(await desk.reserve(at=frees_at), Reservation)


async def test_own_credits_are_taken_when_the_allowance_is_used_up(database):
    desk = Desk(database, limits=Limits(credits_per_day=4), price_credits=3)
    await desk.grant(2)

    await desk.reserve()
    await desk.reserve()

    assert await desk.account() == Account(balance_credits=0, held_credits=6)


async def test_a_member_learns_how_many_may_run_at_once(database):
    desk = Desk(database, limits=Limits(running_at_once=2))

    assert (await desk.reserve()).running_max == 2


# Above which price is asked, the price, what was accepted, and whether it is asked.
ASKED = [
    (5, 5, None, False),
    (5, 6, None, True),
    (5, 6, 6, False),
    (5, 6, 9, False),
    # The price has gone up since they said yes.
    (5, 7, 6, True),
    (0, 1, None, True),
    (0, 0, None, False),
    (None, 99, None, False),
]


@pytest.mark.parametrize(("asks_above", "price", "accepted", "is_asked"), ASKED)
async def test_above_a_price_the_member_is_asked_first(
    asks_above, price, accepted, is_asked, sqlite_database
):
    desk = Desk(sqlite_database, price_credits=price)
    await desk.set(confirm_above=asks_above)

    taken = await desk.reserve(accepted_credits=accepted)

    assert isinstance(taken, Quote) is is_asked
    assert (await desk.account()).held_credits == (0 if is_asked else price)


async def test_a_quote_says_what_is_left(sqlite_database):
    desk = Desk(sqlite_database, limits=Limits(credits_per_day=10), price_credits=6)
    await desk.grant(2)

    assert await desk.reserve() == Quote(price_credits=6, left_credits=12)


async def test_what_is_refused_anyway_is_not_asked_about(sqlite_database):
    desk = Desk(sqlite_database, limits=Limits(credits_per_day=5), price_credits=6)

    with pytest.raises(LimitsReached):
        await desk.reserve()


@pytest.mark.parametrize("name", ["budget_per_day", "budget_per_month"])
async def test_a_servers_budget_stops_everybody_there(name, database):
    desk = Desk(database)
    await desk.set(**{name: 1})
    await desk.reserve()

    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve(member=make_member(id=31))

    assert [obstacle.barrier for obstacle in refusal.value.obstacles] == [Barrier(name)]
    assert await desk.reserve(member=make_member(guild_id=11))


@pytest.mark.parametrize("name", ["budget_per_day", "budget_per_month"])
async def test_the_operators_budget_stops_everybody_everywhere(name, database):
    desk = Desk(database, **{name: 1})
    await desk.reserve()

    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve(member=make_member(id=31, guild_id=11))

    assert [obstacle.barrier for obstacle in refusal.value.obstacles] == [Barrier(f"instance_{name}")]


async def test_a_days_budget_is_free_at_the_moment_that_is_named(database):
    desk = Desk(database, budget_per_day=2)
    await desk.reserve()
    await desk.reserve(at=NOON + timedelta(minutes=3))
    with pytest.raises(LimitsReached) as refusal:
        await desk.reserve(at=NOON + timedelta(hours=1))

    assert await desk.reserve(at=refusal.value.obstacles[0].frees_at)


async def test_moderators_are_warned_once_in_a_period(sqlite_database):
    desk = Desk(sqlite_database)
    await desk.set(budget_per_day=5, budget_per_month=10)

    taken = [await desk.reserve() for _ in range(5)]

    assert [one.warns for one in taken] == [False, False, False, True, False]
    (warning,) = await sqlite_database.transaction(budget_warnings.untold, limit=10)
    assert (warning.guild_id, warning.kind, warning.at) == (10, Barrier.SERVER_BUDGET_PER_DAY, NOON)


async def test_moderators_are_warned_before_the_first_refusal_however_high_the_price(sqlite_database):
    desk = Desk(sqlite_database, price_credits=7)
    await desk.set(budget_per_day=10, confirm_above=None)

    assert (await desk.reserve()).warns


async def test_in_the_next_period_they_are_warned_anew(sqlite_database):
    desk = Desk(sqlite_database)
    await desk.set(budget_per_month=1)

    await desk.reserve()
    await desk.reserve(at=NOON + 31 * DAY)

    warnings = await sqlite_database.transaction(budget_warnings.untold, limit=10)
    assert [warning.at for warning in warnings] == [NOON, NOON + 31 * DAY]


async def test_a_moderator_chooses_when_to_be_warned(sqlite_database):
    desk = Desk(sqlite_database)
    await desk.set(budget_per_day=10, warn_at_percent=20)

    taken = [await desk.reserve() for _ in range(2)]

    assert [one.warns for one in taken] == [False, True]


async def test_what_is_refused_warns_nobody(sqlite_database):
    desk = Desk(sqlite_database, limits=Limits(credits_per_day=0))
    await desk.set(budget_per_day=1)

    with pytest.raises(LimitsReached):
        await desk.reserve()

    assert await sqlite_database.transaction(budget_warnings.untold, limit=10) == []


async def test_operators_hear_each_time_that_their_budget_runs_out(sqlite_database):
    desk = Desk(sqlite_database, budget_per_day=5)

    taken = [await desk.reserve() for _ in range(5)]

    assert [one.warns for one in taken] == [False, False, False, True, False]
    (warning,) = await sqlite_database.transaction(budget_warnings.untold, limit=10)
    assert warning.kind == Barrier.INSTANCE_BUDGET_PER_DAY


async def test_a_new_month_gives_a_new_allowance(database):
    desk = Desk(database, limits=Limits(credits_per_month=1))
    await desk.reserve()

    assert isinstance(await desk.reserve(at=NOON + 31 * DAY), Reservation)
