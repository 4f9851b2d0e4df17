"""What is read from and written to the database, as frozen values.

The enums live here because the rows hold their words; which moves are legal is decided in ``bot.generation.states``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

GenerationId = NewType("GenerationId", str)
AssetId = NewType("AssetId", str)


class State(StrEnum):
    """Where a generation is in its life."""

    ADMITTED = "admitted"
    WAITING = "waiting"
    PREPARING = "preparing"
    SUBMITTING = "submitting"
    QUEUED = "queued"
    PROCESSING = "processing"
    DOWNLOADING = "downloading"
    DELIVERING = "delivering"
    SHRINKING = "shrinking"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUSED = "refused"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    STALLED = "stalled"
    LOST = "lost"
    UNDELIVERABLE = "undeliverable"


class Notice(StrEnum):
    """How much of a generation's outcome its asker has been told.

    Where it is ``changed`` they were told all of it, but their card has to be brought up to date.
    """

    DUE = "due"
    SHOWN = "shown"
    CHANGED = "changed"
    TOLD = "told"


@dataclass(frozen=True, slots=True, kw_only=True)
class Medium:
    """One file of a request, and where it comes from, so that its link can be made fresh.

    Attributes:
        field: The field of the request it stands in, such as ``first_image``.
        name: What people call it.
        url: A link as it was given, maybe signed and short-lived: never log it.
        channel_id: Where the message that holds it is; None for a file that came with a command.
        message_id: That message.
        asset_id: Our id of the reviewed asset that is sent instead of the link.
    """

    field: str
    name: str
    url: str
    channel_id: int | None = None
    message_id: int | None = None
    asset_id: AssetId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contributor:
    """Somebody who had a part in a shared draft: which slots of its prompt they wrote, for which fields they brought
    files.
    """

    member_id: int
    slots: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """Somebody who pays for a video made together, and how many credits of its price."""

    member_id: int
    credits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One row being carried out: a request, its place in the API and its card.

    Attributes:
        version: Grows by one with each write; a write names the version it was decided on.
        request: The canonical body for the API, as JSON.
        media: Its files, in the order of the fields' lists.
        parent_id: The generation this one remixes.
        parent_card_id: The card of that one, in the same channel; None if it had none there.
        card_id: The message in the channel; None until Discord has answered.
        tries: How often submission was turned away without anything being made.
        task_id: The API's name for the work; None until it was accepted.
        video_url: The API's link to the result, signed and short-lived: never log it.
        file_bytes: Size of the downloaded video; None when there is none to upload.
        copy_max_bytes: What is shown is a smaller copy of at most this size; None while it is as it came.
        reason: What the API or Discord said when things went wrong, cleaned.
        due_at: Nothing happens to a waiting generation before this instant. Of one that is being submitted, when its
            process said so: by this it knows its own word from that of another process.
        submitted_at: When the API accepted it, or an operator last had it followed again.
        ended_at: When the API was first seen to be done with it, or when it ended otherwise.
        delivered_at: When Discord took it; our copy is kept for a while after that.
        price_credits: What it costs, in whole credits; the ledger says who pays.
        running_max: How many of its asker's may be at the API at a time; None for no limit.
        draft_id: The shared draft it comes from, if it does.
        draft_title: What that draft is called.
        draft_card_id: The draft's card, in the same channel; None if it had none.
        contributors: Whom its card names.
        refunded_at: When somebody gave its credits back.
        payers: Who pays how much of its price, if it comes from a draft; its card names them.
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
    media: tuple[Medium, ...]
    parent_id: GenerationId | None
    state: State
    notice: Notice
    card_id: int | None
    tries: int
    task_id: str | None
    video_url: str | None
    file_bytes: int | None
    copy_max_bytes: int | None
    reason: str | None
    asked_at: datetime
    due_at: datetime
    submitted_at: datetime | None
    ended_at: datetime | None
    delivered_at: datetime | None
    price_credits: int = 0
    running_max: int | None = None
    draft_id: str | None = None
    draft_title: str | None = None
    draft_card_id: int | None = None
    contributors: tuple[Contributor, ...] = ()
    refunded_at: datetime | None = None
    payers: tuple[Payer, ...] = ()
    parent_card_id: int | None = None


class AssetState(StrEnum):
    """Where a picture for the asset library is in its life."""

    NEW = "new"
    SUBMITTING = "submitting"
    REVIEWING = "reviewing"
    ACTIVE = "active"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """A picture that the API reviews, and that a request may name once it is active.

    Attributes:
        version: Grows by one with each write; a write names the version it was decided on.
        guild_id: The server it may be used in.
        name: What people call it; None for one that belongs to a single generation.
        name_key: What makes names equal; None without a name.
        is_shared: Whether everybody in the server may use it.
        file_name: What the file was called when it was attached.
        url: Where the API fetches the picture, signed: never log it.
        upstream_id: The API's name for it; None until it was taken.
        key_digest: Which of our API keys it belongs to; None until it was handed in.
        unclear_count: How often nobody knows what became of handing it in.
        reason: Why it cannot be used, cleaned.
    """

    id: AssetId
    version: int
    owner_id: int
    guild_id: int | None
    name: str | None
    name_key: str | None
    is_shared: bool
    file_name: str
    url: str
    state: AssetState
    upstream_id: str | None
    key_digest: str | None
    unclear_count: int
    reason: str | None
    created_at: datetime
    changed_at: datetime
