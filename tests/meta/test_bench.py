"""What measures must keep up with what is measured: nobody runs the benches every day."""

from bench.admission import LIMITED, admit_all, service_on
from bench.storage import admit
from storage import generations
from storage.database import Database


async def test_the_bench_admits_what_the_tables_take(sqlite_database: Database) -> None:
    assert await sqlite_database.transaction(admit, 1) == 1


async def test_the_bench_of_admissions_admits(sqlite_database: Database) -> None:
    service = service_on(sqlite_database, LIMITED)

    await admit_all(service, 2)

    assert len(await sqlite_database.transaction(generations.unfinished)) == 2
