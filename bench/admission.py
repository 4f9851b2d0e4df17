"""What one whole admission costs, rules and credits included, against the floor of one raw sqlite3 row in the same run.

``python -m bench.admission [folder]``. It measures and prints; it must never become part of the product. Some members
ask for everything, so that what each used lately grows to a busy month's.
"""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.storage import raw
from bot.clock import SystemClock
from bot.generation.intake import Checked
from bot.generation.line import Line
from bot.generation.service import Asked, GenerationService
from bot.limits.limits import Limits
from bot.limits.policy import Member
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.upstream.families import DEFAULT_MODEL, family_of
from bot.upstream.requests import VideoRequest
from storage.database import Database, open_database

ADMISSIONS_COUNT = 500
MEMBERS_COUNT = 10
ROUNDS_COUNT = 3  # the best of them counts: the others met somebody else's work
LIMITED = OperatorRules(
    limits=Limits(credits_per_day=100_000, credits_per_month=100_000, waiting_in_line=100_000),
    budget_per_day=1_000_000,
    budget_per_month=1_000_000,
)


def service_on(database: Database, rules: OperatorRules) -> GenerationService:
    """Return the service as the application builds it, without anybody who carries out what it admits."""
    clock = SystemClock()
    return GenerationService(
        database,
        clock=clock,
        line=Line(place_count=1, clock=clock),
        reservations=Reservations(Rulebook(rules)),
        on_change=lambda _generation: None,
        on_warning=lambda: None,
        cancel_window_s=3.0,
    )


async def admit_all(service: GenerationService, count: int) -> float:
    """Return the seconds that admitting so many videos takes, one after another."""
    request = VideoRequest.parse(
        {"model": DEFAULT_MODEL, "prompt": "A paper boat", "duration": 5}, family=family_of(DEFAULT_MODEL)
    )
    joined_at = datetime(2020, 1, 1, tzinfo=UTC)
    members = [
        Member(id=number, guild_id=2, role_ids=frozenset(), account_created_at=joined_at)
        for number in range(MEMBERS_COUNT)
    ]
    begun_s = time.perf_counter()
    for number in range(count):
        asked = Asked(interaction_id=number, channel_id=3, member=members[number % MEMBERS_COUNT])
        await service.admit(Checked(request=request), asked)
    return time.perf_counter() - begun_s


async def measure(folder: Path) -> dict[str, float]:
    """Return the best seconds of each way, on a new file for each round."""
    best: dict[str, float] = {}
    for round_number in range(ROUNDS_COUNT):
        took_s = {}
        for name, rules in (("without limits", OperatorRules()), ("with every limit", LIMITED)):
            path = folder / f"{round_number} {name}.db"
            async with await open_database(f"sqlite:///{path}") as database:
                took_s[name] = await admit_all(service_on(database, rules), ADMISSIONS_COUNT)
        took_s["raw sqlite3"] = raw(path, range(ADMISSIONS_COUNT, 2 * ADMISSIONS_COUNT))
        best = {name: min(seconds, best.get(name, seconds)) for name, seconds in took_s.items()}
    return best


def main() -> None:
    """Print the cost of one admission each way, and how many times the floor that is."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        best = asyncio.run(measure(Path(folder)))
    for name, seconds in sorted(best.items(), key=lambda item: item[1]):
        each_ms = seconds / ADMISSIONS_COUNT * 1000
        print(f"{name:18} {each_ms:7.3f} ms  {seconds / best['raw sqlite3']:5.2f} x raw")  # noqa: T201  # it is a report


if __name__ == "__main__":
    main()
