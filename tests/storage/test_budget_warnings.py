"""A warning is written once in its period, and stays to be told until it was."""

from datetime import timedelta

from builders import NOON
from storage import budget_warnings
from storage.budget_warnings import BudgetWarning

DAY = timedelta(days=1)


def add(transaction, *, guild_id=10, kind="budget_per_day", allowed_credits=5, at=NOON):
    return budget_warnings.add(
        transaction, guild_id=guild_id, kind=kind, allowed_credits=allowed_credits, at=at, since=at - DAY
    )


async def test_a_second_warning_in_the_same_period_is_not_written(database):
    assert await database.transaction(add)
    assert not await database.transaction(add, at=NOON + DAY)
    assert await database.transaction(add, at=NOON + DAY + timedelta(microseconds=1))


async def test_another_budget_and_another_server_are_warned_for_themselves(database):
    assert await database.transaction(add)
    assert await database.transaction(add, kind="budget_per_month")
    assert await database.transaction(add, guild_id=11)


async def test_a_budget_of_another_size_is_warned_of_for_itself(database):
    assert await database.transaction(add)
    assert await database.transaction(add, allowed_credits=10)
    assert not await database.transaction(add)


async def test_a_warning_that_is_forgotten_can_be_written_again(database):
    await database.transaction(add)
    (warning,) = await database.transaction(budget_warnings.untold, limit=10)

    await database.transaction(budget_warnings.forget, warning.id)

    assert await database.transaction(budget_warnings.untold, limit=10) == []
    assert await database.transaction(add)


async def test_what_was_told_is_not_told_again(database):
    await database.transaction(add)
    await database.transaction(add, guild_id=11)
    first, second = await database.transaction(budget_warnings.untold, limit=10)

    await database.transaction(budget_warnings.mark_told, first.id, at=NOON)

    assert await database.transaction(budget_warnings.untold, limit=10) == [second]
    assert second == BudgetWarning(
        id=second.id, guild_id=11, kind="budget_per_day", allowed_credits=5, at=NOON
    )


async def test_a_warning_that_was_told_still_counts_for_its_period(database):
    await database.transaction(add)
    (warning,) = await database.transaction(budget_warnings.untold, limit=10)
    await database.transaction(budget_warnings.mark_told, warning.id, at=NOON)

    assert not await database.transaction(add)
