"""What one admission costs in :mod:`storage`, against the floor of raw sqlite3 on the same disk in the same run.

``python -m bench.storage [folder]``. It measures and prints; it must never become part of the product.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from storage.database import Database, Transaction, open_database
from storage.sqlite import connect

ADMISSIONS_COUNT = 2_000
ROUNDS_COUNT = 3  # the best of them counts: the others met somebody else's work

INSERT = (
    "INSERT INTO generations (id, version, interaction_id, channel_id, asker_id, family, model, request, media,"
    " state, notice, tries, asked_at, due_at) VALUES (:id, 0, :interaction_id, 1, 2, 'f', 'm', :request, '[]',"
    " 'admitted', 'due', 0, 3, 3)"
)
REQUEST = "a prompt of ordinary length, " * 10


def admission(number: int) -> dict[str, object]:
    """Return the values of one new row."""
    return {"id": f"generation-{number}", "interaction_id": number, "request": REQUEST}


def admit(transaction: Transaction, number: int) -> int:
    """Do what a service does to admit one generation, without its rules."""
    return transaction.run(INSERT, **admission(number))


def raw(path: Path, numbers: range) -> float:
    """Return the seconds that raw sqlite3 needs, with our own pragmas."""
    with closing(connect(path)) as connection:
        begun_s = time.perf_counter()
        for number in numbers:
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute(INSERT, admission(number))
        return time.perf_counter() - begun_s


async def one_after_another(database: Database, numbers: range) -> float:
    """Return the seconds that awaiting each admission before the next needs."""
    begun_s = time.perf_counter()
    for number in numbers:
        await database.transaction(admit, number)
    return time.perf_counter() - begun_s


async def all_at_once(database: Database, numbers: range) -> float:
    """Return the seconds until all admissions asked for at once are done."""
    begun_s = time.perf_counter()
    await asyncio.gather(*(database.transaction(admit, number) for number in numbers))
    return time.perf_counter() - begun_s


async def measure(folder: Path) -> dict[str, float]:
    """Return the best seconds of each way, on a new file for each round."""
    best: dict[str, float] = {}
    for round_number in range(ROUNDS_COUNT):
        path = folder / f"{round_number}.db"
        first, second = range(ADMISSIONS_COUNT), range(ADMISSIONS_COUNT, 2 * ADMISSIONS_COUNT)
        async with await open_database(f"sqlite:///{path}") as database:
            took_s = {
                "one after another": await one_after_another(database, first),
                "all at once": await all_at_once(database, second),
            }
        took_s["raw sqlite3"] = raw(path, range(2 * ADMISSIONS_COUNT, 3 * ADMISSIONS_COUNT))
        best = {name: min(seconds, best.get(name, seconds)) for name, seconds in took_s.items()}
    return best


def main() -> None:
    """Print the cost of one admission each way, and how many times the floor that is."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        best = asyncio.run(measure(Path(folder)))
    floor_s = best["raw sqlite3"]
    for name, seconds in sorted(best.items(), key=lambda item: item[1]):
        each_ms = seconds / ADMISSIONS_COUNT * 1000
        print(f"{name:18} {each_ms:7.3f} ms  {seconds / floor_s:5.2f} x raw")  # noqa: T201  # it is a report


if __name__ == "__main__":
    main()
