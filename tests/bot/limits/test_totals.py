"""What a server and everybody together used is summed up."""

from datetime import timedelta

import pytest

from bot.limits.policy import Barrier
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.limits.totals import TotalsService
from builders import NOON, make_generation
from fakes import HandClock
from storage import ledger, settings
from storage.charges import MemberUse
from storage.ledger import Entry, Verb
from storage.settings import Scope, Subject

GUILD, ALICE, BOB = 10, 30, 31


@pytest.fixture
def totals(sqlite_database):
    operator = OperatorRules(budget_per_month=50)
    return TotalsService(sqlite_database, clock=HandClock(), rulebook=Rulebook(operator))


@pytest.fixture
def use(sqlite_database):
    async def use(member_id, credits, *, at=NOON, guild_id=GUILD):
        entry = Entry(
            at=at,
            verb=Verb.RESERVE,
            guild_id=guild_id,
            member_id=member_id,
            generation_id=make_generation().id,
            allowance_credits=credits,
            counted_at=at,
        )
        await sqlite_database.transaction(_write, entry)

    return use


def _write(transaction, entry):
    ledger.lock(transaction, guild_id=entry.guild_id, member_ids=[entry.member_id])
    ledger.add(transaction, entry)


async def test_the_top_is_who_used_most_in_these_days(totals, use):
    await use(ALICE, 2)
    await use(BOB, 1)
    await use(BOB, 3)
    await use(ALICE, 100, at=NOON - timedelta(days=8))
    await use(ALICE, 100, guild_id=11)

    top = await totals.top(GUILD, days=7)

    assert top == [
        MemberUse(member_id=BOB, credits=4, videos=2),
        MemberUse(member_id=ALICE, credits=2, videos=1),
    ]


async def test_budgets_are_those_there_are(totals, use, sqlite_database):
    await sqlite_database.transaction(
        settings.put, Subject(guild_id=GUILD, scope=Scope.SERVER), {"budget_per_day": 20}
    )
    await use(ALICE, 2)
    await use(BOB, 3, guild_id=11)

    found = await totals.budgets(GUILD)

    used = [(one.barrier, one.used, one.allowed) for one in (*found.instance, *found.server)]
    assert used == [(Barrier.INSTANCE_BUDGET_PER_MONTH, 5, 50), (Barrier.SERVER_BUDGET_PER_DAY, 2, 20)]
