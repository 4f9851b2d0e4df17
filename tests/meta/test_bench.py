"""What measures must keep up with what is measured: nobody runs the benches every day."""

from bench.storage import admit
from storage.database import Database


async def test_the_bench_admits_what_the_tables_take(sqlite_database: Database) -> None:
    assert await sqlite_database.transaction(admit, 1) == 1
