"""What is read from and written to the database, as frozen values.

The enums live here because the rows hold their words; which moves are legal is decided in ``bot.generation.states``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

GenerationId = NewType("GenerationId", str)


class State(StrEnum):
    """Where a generation is in its life."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    SUBMITTING = "submitting"
    QUEUED = "queued"
    PROCESSING = "processing"
    DOWNLOADING = "downloading"
    DELIVERING = "delivering"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    STALLED = "stalled"
    LOST = "lost"
    UNDELIVERABLE = "undeliverable"


class Notice(StrEnum):
    """How much of a generation's outcome its asker has been told."""

    DUE = "due"
    SHOWN = "shown"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One row being carried out: a request, its place in the API and its card.

    Attributes:
        version: Grows by one with each write; a write names the version it was decided on.
        request: The canonical body for the API, as JSON.
        card_id: The message in the channel; None until Discord has answered.
        tries: How often submission was turned away without anything being made.
        task_id: The API's name for the work; None until it was accepted.
        video_url: The API's link to the result, signed and short-lived: never log it.
        file_bytes: Size of the downloaded video; None when there is none to upload.
        reason: What the API or Discord said when things went wrong, cleaned.
        due_at: Nothing happens to a waiting generation before this instant.
        submitted_at: When the API accepted it.
        ended_at: When the API was first seen to be done with it, or when it ended otherwise.
    """

    id: GenerationId
    version: int
    interaction_id: int
    guild_id: int | None
    channel_id: int
    asker_id: int
    family: str
    model: str
    request: str
    state: State
    notice: Notice
    card_id: int | None
    tries: int
    task_id: str | None
    video_url: str | None
    file_bytes: int | None
    reason: str | None
    asked_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None
