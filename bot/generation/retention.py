"""Which of our copies of finished videos may go: pure, and never one that is still on its way."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from storage.records import Generation, GenerationId, Notice, State


class Why(StrEnum):
    """Why a file may go."""

    NOBODYS = "nobody's"
    DELIVERED_LONG_AGO = "delivered long ago"
    NEVER_FETCHED = "never fetched"
    ROOM_DELIVERED = "room is needed, it was delivered"
    ROOM_UNDELIVERED = "room is needed, though it was never fetched"


def video_file(folder: Path, generation_id: GenerationId) -> Path:
    """Return where the video of a generation is kept as it came."""
    return folder / f"{generation_id}.mp4"


def copy_file(folder: Path, generation_id: GenerationId) -> Path:
    """Return where its smaller copy is kept, if it needs one."""
    return folder / f"{generation_id}.small.mp4"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptFile:
    """A file of ours; ``generation_id`` is what its name begins with, whether there is such a one or not."""

    path: Path
    generation_id: GenerationId
    file_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPlan:
    """How long files are kept.

    Attributes:
        delivered: After delivery.
        undelivered: After the API was done with what could not be delivered.
        max_bytes: All files together; above this the oldest go early.
    """

    delivered: timedelta
    undelivered: timedelta
    max_bytes: int


def leaving(
    files: Sequence[KeptFile],
    rows: Mapping[GenerationId, Generation],
    plan: RetentionPlan,
    *,
    now: datetime,
) -> list[tuple[KeptFile, Why]]:
    """Return the files that go now, and why.

    Args:
        files: Everything there is.
        rows: The generations they belong to; a file of none goes.
        plan: How long files are kept.
        now: This instant.
    """
    reasons = {file.path: _reason(rows.get(file.generation_id), plan, now) for file in files}
    due = [(file, why) for file in files if (why := reasons[file.path]) is not None]
    staying = [file for file in files if reasons[file.path] is None]
    return [*due, *_crowded_out(staying, rows, max_bytes=plan.max_bytes)]


def _reason(row: Generation | None, plan: RetentionPlan, now: datetime) -> Why | None:
    if row is None:
        return Why.NOBODYS
    if row.notice is not Notice.TOLD:
        return None
    match row.state:
        case State.DELIVERED:
            return Why.DELIVERED_LONG_AGO if now - _since(row) >= plan.delivered else None
        case State.UNDELIVERABLE:
            return Why.NEVER_FETCHED if now - _since(row) >= plan.undelivered else None
        case _:
            return Why.NOBODYS


def _crowded_out(
    staying: Iterable[KeptFile], rows: Mapping[GenerationId, Generation], *, max_bytes: int
) -> Iterator[tuple[KeptFile, Why]]:
    """The oldest delivered ones first, then the oldest of the others, until the rest fits."""
    staying = list(staying)
    used_bytes = sum(file.file_bytes for file in staying)
    finished = [file for file in staying if rows[file.generation_id].notice is Notice.TOLD]

    def rank(file: KeptFile) -> tuple[bool, datetime]:
        row = rows[file.generation_id]
        return (row.state is not State.DELIVERED, _since(row))

    for file in sorted(finished, key=rank):
        if used_bytes <= max_bytes:
            return
        used_bytes -= file.file_bytes
        is_delivered = rows[file.generation_id].state is State.DELIVERED
        yield file, Why.ROOM_DELIVERED if is_delivered else Why.ROOM_UNDELIVERED


def _since(row: Generation) -> datetime:
    return row.delivered_at or row.ended_at or row.asked_at
