"""What holds is read from what the operator decided, what moderators set and what was used."""

from datetime import timedelta

import pytest

from bot.limits.limits import Limits, ServerSettings, Source
from bot.limits.policy import Barrier
from bot.limits.prices import Price
from bot.limits.rulebook import OperatorRules, Rulebook
from builders import NOON, make_generation, make_member
from storage import generations, ledger, settings
from storage.ledger import Entry, Verb
from storage.records import Notice, State
from storage.settings import Scope, Subject

SERVER, OTHER_SERVER = 10, 11
DAY = timedelta(days=1)


def set_for(transaction, scope, id=0, /, **values):
    settings.put(transaction, Subject(guild_id=SERVER, scope=scope, id=id), values)


def limits_of(transaction, rulebook, member):
    return rulebook.limits_of(transaction, member, rulebook.of_server(transaction, member.guild_id))


def standing_of(transaction, rulebook, *, member=None, now=NOON):
    member = member or make_member()
    return rulebook.standing_of(
        transaction, member, rulebook.of_server(transaction, member.guild_id), now=now
    )


def use(transaction, credits, *, at=NOON, guild_id=SERVER, member_id=30):
    ledger.lock(transaction, guild_id=guild_id, member_ids=[member_id])
    entry = Entry(
        at=at,
        verb=Verb.RESERVE,
        guild_id=guild_id,
        member_id=member_id,
        generation_id=make_generation().id,
        allowance_credits=credits,
        counted_at=at,
    )
    ledger.add(transaction, entry)


async def test_a_server_that_set_nothing_has_the_defaults(database):
    rules = await database.transaction(Rulebook(OperatorRules()).of_server, SERVER)

    assert (rules.settings, rules.limits.model_fields_set) == (ServerSettings(), set())


async def test_a_servers_content_holds_limits_settings_and_prices(database):
    content = {
        "credits_per_day": 5,
        "gifts": True,
        "prices": {"videos": "7", "gone": "1", "videos_fast": "?"},
    }
    await database.transaction(set_for, Scope.SERVER, **content)
    operator = OperatorRules(prices={"videos": Price(2), "videos_fast": Price(3)})

    rules = await database.transaction(Rulebook(operator).of_server, SERVER)

    assert (rules.limits.credits_per_day, rules.settings.gifts) == (5, True)
    assert [rules.prices.of(model) for model in ("videos", "videos_fast")] == [Price(7), Price(3)]


SCOPES = [
    ([], 1, Source.DEFAULT),
    ([(Scope.SERVER, 0, 2)], 2, Source.SERVER),
    ([(Scope.SERVER, 0, 9), (Scope.ROLE, 7, 3), (Scope.ROLE, 8, 4), (Scope.ROLE, 99, 50)], 4, Source.ROLE),
    ([(Scope.ROLE, 7, 9), (Scope.MEMBER, 30, 5), (Scope.MEMBER, 31, 50)], 5, Source.MEMBER),
]


@pytest.mark.parametrize(("given", "expected", "source"), SCOPES)
async def test_the_narrowest_scope_holds(given, expected, source, database):
    for scope, id, credits in given:
        await database.transaction(set_for, scope, id, credits_per_day=credits)
    rulebook = Rulebook(OperatorRules(limits=Limits(credits_per_day=1)))
    member = make_member(role_ids=frozenset({7, 8}))

    found = await database.transaction(limits_of, rulebook, member)

    assert (found.limits.credits_per_day, found.sources["credits_per_day"]) == (expected, source)


async def test_what_another_server_set_does_not_matter(database):
    await database.transaction(set_for, Scope.MEMBER, 30, credits_per_day=5)

    found = await database.transaction(
        limits_of, Rulebook(OperatorRules()), make_member(guild_id=OTHER_SERVER)
    )

    assert found.limits.credits_per_day is None


async def test_nothing_limits_who_is_exempt_but_budgets(database):
    rulebook = Rulebook(OperatorRules(limits=Limits(credits_per_day=1, running_at_once=1), budget_per_day=9))
    await database.transaction(set_for, Scope.ROLE, 7, exempt=True)

    standing = await database.transaction(standing_of, rulebook, member=make_member(role_ids=frozenset({7})))

    assert standing.limits == Limits()
    assert [window.barrier for window in standing.budgets] == [Barrier.INSTANCE_BUDGET_PER_DAY]


async def test_only_what_a_member_used_in_this_server_counts(database):
    await database.transaction(use, 3)
    await database.transaction(use, 5, guild_id=OTHER_SERVER)
    await database.transaction(use, 7, member_id=31)

    rulebook = Rulebook(OperatorRules(limits=Limits(credits_per_day=100)))
    standing = await database.transaction(standing_of, rulebook)

    assert [charge.credits for charge in standing.charges] == [3]


# How long a pause is set, how long ago the last video was, and whether it is still known of on the first of March.
@pytest.mark.parametrize(
    ("cooldown", "ago", "is_known"), [(0, DAY, True), (0, 3 * DAY, False), (4 * DAY, 3 * DAY, True)]
)
async def test_a_pause_longer_than_a_day_reaches_into_the_last_month(cooldown, ago, is_known, database):
    pause_s = int(cooldown.total_seconds()) if cooldown else None
    await database.transaction(use, 1, at=NOON - ago)

    rulebook = Rulebook(OperatorRules(limits=Limits(credits_per_month=100, cooldown_s=pause_s)))
    standing = await database.transaction(standing_of, rulebook)

    assert bool(standing.charges) is is_known


WAITING = [State.ADMITTED, State.WAITING, State.PREPARING]
RUNNING = [State.SUBMITTING, State.QUEUED, State.PROCESSING]


async def test_what_waits_and_what_runs_is_counted_by_server(database):
    rows = [make_generation(state=state) for state in State]
    rows += [
        make_generation(guild_id=OTHER_SERVER),
        make_generation(guild_id=None),
        make_generation(asker_id=31),
    ]
    rows += [make_generation(state=State.CANCELLED, notice=Notice.TOLD)]
    for row in rows:
        await database.transaction(generations.add, row)

    standing = await database.transaction(standing_of, Rulebook(OperatorRules()))

    assert (standing.unsent_count, standing.running_count) == (len(WAITING), len(RUNNING))


async def test_budgets_count_what_everybody_used(database):
    await database.transaction(set_for, Scope.SERVER, budget_per_day=10, budget_per_month=20)
    rulebook = Rulebook(OperatorRules(budget_per_day=30, budget_per_month=40))
    await database.transaction(use, 1)
    await database.transaction(use, 2, member_id=31, at=NOON - timedelta(hours=13))
    await database.transaction(use, 4, guild_id=OTHER_SERVER)

    standing = await database.transaction(standing_of, rulebook)

    assert [(window.barrier, window.allowed, window.used) for window in standing.budgets] == [
        (Barrier.SERVER_BUDGET_PER_DAY, 10, 3),
        (Barrier.SERVER_BUDGET_PER_MONTH, 20, 1),
        (Barrier.INSTANCE_BUDGET_PER_DAY, 30, 7),
        (Barrier.INSTANCE_BUDGET_PER_MONTH, 40, 5),
    ]


async def test_a_servers_month_begins_in_its_own_time_zone(database):
    await database.transaction(set_for, Scope.SERVER, budget_per_month=20, time_zone="America/New_York")
    await database.transaction(use, 2, at=NOON - timedelta(hours=8))

    standing = await database.transaction(standing_of, Rulebook(OperatorRules()))

    # At four in the morning in UTC it was still February there.
    assert [window.used for window in standing.budgets] == [0]


async def test_outside_of_servers_only_the_operators_rules_hold(database):
    await database.transaction(set_for, Scope.SERVER, credits_per_day=1)
    await database.transaction(generations.add, make_generation(guild_id=None))
    rulebook = Rulebook(OperatorRules(limits=Limits(credits_per_day=9)))

    standing = await database.transaction(standing_of, rulebook, member=make_member(guild_id=0))

    assert (standing.limits.credits_per_day, standing.unsent_count) == (9, 1)
