from bot.clock import SystemClock
from bot.demo.rehearsal import rehearse
from bot.generation.estimates import Estimates
from bot.upstream.families import FAMILIES
from storage import generations
from storage.database import Database


async def test_every_model_is_known_to_take_that_long(sqlite_database: Database) -> None:
    await rehearse(sqlite_database, took_s=13.0)

    estimates = Estimates(sqlite_database, clock=SystemClock())
    models = [model.name for family in FAMILIES.values() for model in family.models]
    assert {await estimates.typical_s(model) for model in models} == {13.0}


async def test_nothing_is_left_to_carry_out(sqlite_database: Database) -> None:
    await rehearse(sqlite_database, took_s=13.0)

    assert await sqlite_database.transaction(generations.unfinished) == []
