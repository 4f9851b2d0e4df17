"""Shared drafts: what several members write together before it becomes a generation.

A draft is one row: what changes together is written together, and names the version it was decided on. What people
contributed is also kept in ``draft_changes``, which only grows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NewType

from pydantic import TypeAdapter

from storage.columns import instant_of, stored
from storage.database import Row, Transaction
from storage.errors import NotFound
from storage.records import GenerationId, Medium
from storage.shards import IN_SHARD, WHOLE, Shard

DraftId = NewType("DraftId", str)


class DraftState(StrEnum):
    """Where a draft is in its life."""

    OPEN = "open"
    DECIDED = "decided"
    SUBMITTED = "submitted"
    ENDED = "ended"


class Slot(StrEnum):
    """The parts of a prompt for a video, in the order in which it is put together."""

    SUBJECT = "subject"
    ACTION = "action"
    CAMERA = "camera"
    LIGHT = "light"
    SOUND = "sound"
    MORE = "more"


class Role(StrEnum):
    """What somebody may do with a draft."""

    EDITOR = "editor"
    APPROVER = "approver"
    WATCHER = "watcher"


class Rule(StrEnum):
    """Who decides that a draft becomes a video."""

    OWNER = "owner"
    APPROVALS = "approvals"
    VOTE = "vote"


class Payment(StrEnum):
    """Who pays for the video."""

    OWNER = "owner"
    SPONSOR = "sponsor"
    SHARES = "shares"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotText:
    """What stands in a slot.

    Attributes:
        author_id: Who wrote it, and so holds the slot.
        change: The number of the change that wrote it: what an editor was shown.
        earlier_author_ids: Whose texts it took the place of, the latest last.
    """

    text: str
    author_id: int
    change: int
    earlier_author_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Another text for a slot that somebody else holds."""

    number: int
    slot: Slot
    text: str
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftMedium:
    """A file of the draft and who brought it."""

    number: int
    medium: Medium
    author_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A prompt as it stood when somebody put it to the vote.

    Attributes:
        authors: Who wrote which of its slots.
    """

    number: int
    prompt: str
    author_id: int
    authors: Mapping[Slot, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody who takes part.

    Attributes:
        role_ids: Their roles in the server when they were last here; limits need them when they pay.
        approved: The content they approved, by its revision; None if they did not.
        share_max_credits: How much of the price they agreed to pay at most; None if they did not.
        vote: The variant they voted for.
    """

    member_id: int
    role: Role
    role_ids: frozenset[int]
    account_created_at: datetime
    joined_at: datetime | None
    approved: int | None = None
    share_max_credits: int | None = None
    vote: int | None = None
    has_left: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One shared draft.

    Attributes:
        version: Grows by one with each write.
        revision: Grows by one with each change of what would be made; approvals name it.
        last_change: The number of the latest change in ``draft_changes``.
        interaction_id: What opened it; its video counts as asked for by it.
        channel_id: Where its card is, and its video goes: a channel or a thread.
        newcomer_role: What members may do who were given no role.
        needed: How many approvals it takes.
        owner_max_credits: What the owner pays at most where others decide: the price when they let them.
        vote_closes_at: When the vote ends; None while there is none.
        sponsor_max_credits: What the sponsor pays at most; the owner pays the rest.
        reason: Why it did not become a video, or ended; shown on the card.
        parent_id: The video it was forked from.
        generation_id: The video it became.
        warned_at: When its owner was warned that it ends by itself.
        shown_version: The version its card shows.
    """

    id: DraftId
    version: int
    revision: int
    last_change: int
    interaction_id: int
    guild_id: int
    channel_id: int
    owner_id: int
    title: str
    model: str
    duration: int
    ratio: str | None
    opened_at: datetime
    edited_at: datetime
    state: DraftState = DraftState.OPEN
    card_id: int | None = None
    shown_version: int = 0
    is_locked: bool = False
    locked_slots: frozenset[Slot] = frozenset()
    slots: Mapping[Slot, SlotText] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    media: tuple[DraftMedium, ...] = ()
    variants: tuple[Variant, ...] = ()
    participants: tuple[Participant, ...] = ()
    newcomer_role: Role = Role.EDITOR
    rule: Rule = Rule.OWNER
    needed: int = 1
    owner_max_credits: int | None = None
    vote_closes_at: datetime | None = None
    payment: Payment = Payment.OWNER
    sponsor_id: int | None = None
    sponsor_max_credits: int = 0
    chosen_variant: int | None = None
    reason: str | None = None
    parent_id: GenerationId | None = None
    generation_id: GenerationId | None = None
    warned_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """One contribution or decision, as it was made.

    Attributes:
        number: Counts from one within its draft.
        kind: What was done, as one word: ``write``, ``suggest``, ``accept``, ``undo``, ``add file`` …
        slot: Which slot it is about, if any.
        text: What stands there after it, or other words about it.
        text_before: What stood there before it.
    """

    draft_id: DraftId
    number: int
    at: datetime
    author_id: int
    kind: str
    slot: Slot | None = None
    text: str = ""
    text_before: str = ""


_CONTENT = TypeAdapter(Draft)
_SELECT = "SELECT content, card_id, shown_version FROM drafts"
_CHANGE_COLUMNS = ("draft_id", "number", "at", "author_id", "kind", "slot", "text", "text_before")


def add(transaction: Transaction, draft: Draft) -> bool:
    """Write a new draft; False if its interaction opened one before, which changes nothing."""
    added = transaction.run(
        "INSERT INTO drafts (id, version, interaction_id, guild_id, channel_id, owner_id, state, card_id,"
        " shown_version, edited_at, generation_id, content)"
        " VALUES (:id, :version, :interaction_id, :guild_id, :channel_id, :owner_id, :state, :card_id,"
        " :shown_version, :edited_at, :generation_id, :content) ON CONFLICT (interaction_id) DO NOTHING",
        interaction_id=draft.interaction_id,
        guild_id=draft.guild_id,
        **_columns_of(draft),
    )
    return added == 1


def lock(transaction: Transaction, draft_id: DraftId) -> Draft:
    """Read a draft and keep everybody else from changing it until the transaction ends.

    Raises:
        NotFound: There is none with this id.
    """
    transaction.run("UPDATE drafts SET version = version WHERE id = :id", id=draft_id)
    return get(transaction, draft_id)


def get(transaction: Transaction, draft_id: DraftId) -> Draft:
    """Read a draft.

    Raises:
        NotFound: There is none with this id.
    """
    row = transaction.one_or_none(f"{_SELECT} WHERE id = :id", id=draft_id)
    if row is None:
        raise NotFound("draft")
    return _draft_of(row)


def put(transaction: Transaction, draft: Draft) -> None:
    """Write a draft that this transaction has locked, in place of what was."""
    transaction.run(
        "UPDATE drafts SET version = :version, channel_id = :channel_id, owner_id = :owner_id, state = :state,"
        " card_id = :card_id, shown_version = :shown_version, edited_at = :edited_at,"
        " generation_id = :generation_id, content = :content WHERE id = :id",
        **_columns_of(draft),
    )


def note_shown(transaction: Transaction, draft_id: DraftId, *, card_id: int | None, version: int) -> None:
    """Write down which version a draft's card shows; None if the card is gone."""
    transaction.run(
        "UPDATE drafts SET card_id = :card_id, shown_version = :version WHERE id = :id",
        id=draft_id,
        card_id=card_id,
        version=version,
    )


def find_by_interaction(transaction: Transaction, interaction_id: int) -> Draft | None:
    """Read the draft that an interaction opened, if it did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE interaction_id = :it", it=interaction_id)
    return None if row is None else _draft_of(row)


def find_by_generation(transaction: Transaction, generation_id: GenerationId) -> Draft | None:
    """Read the draft that became a video, if one did."""
    row = transaction.one_or_none(f"{_SELECT} WHERE generation_id = :it", it=generation_id)
    return None if row is None else _draft_of(row)


def open_in(transaction: Transaction, channel_id: int, *, limit: int) -> list[Draft]:
    """Read the open drafts of a channel, the one edited last first."""
    rows = transaction.all(
        f"{_SELECT} WHERE channel_id = :channel_id AND state = 'open' ORDER BY edited_at DESC, id LIMIT :limit",
        channel_id=channel_id,
        limit=limit,
    )
    return [_draft_of(row) for row in rows]


def count_open(transaction: Transaction, guild_id: int) -> int:
    """Return how many open drafts a server has."""
    row = transaction.one_or_none(
        "SELECT COUNT(*) AS count FROM drafts WHERE guild_id = :guild_id AND state IN ('open', 'decided')",
        guild_id=guild_id,
    )
    return int(row["count"]) if row else 0


def of_server(transaction: Transaction, guild_id: int, *, limit: int) -> list[Draft]:
    """Read a server's drafts, open ones first, then the one edited last."""
    rows = transaction.all(
        f"{_SELECT} WHERE guild_id = :guild_id"
        " ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, edited_at DESC, id LIMIT :limit",
        guild_id=guild_id,
        limit=limit,
    )
    return [_draft_of(row) for row in rows]


def unfinished(transaction: Transaction, *, shard: Shard = WHOLE) -> list[Draft]:
    """Read every draft of a shard that is not over, or whose card does not show its end yet."""
    rows = transaction.all(
        f"{_SELECT} WHERE (state IN ('open', 'decided') OR shown_version < version) AND {IN_SHARD}"
        " ORDER BY edited_at, id",
        **shard.parameters,
    )
    return [_draft_of(row) for row in rows]


def add_change(transaction: Transaction, change: DraftChange) -> None:
    """Write down a contribution or a decision."""
    transaction.run(
        f"INSERT INTO draft_changes ({', '.join(_CHANGE_COLUMNS)})"  # noqa: S608  # our own column names
        f" VALUES ({', '.join(':' + name for name in _CHANGE_COLUMNS)})",
        **{name: stored(getattr(change, name)) for name in _CHANGE_COLUMNS},
    )


def changes_of(transaction: Transaction, draft_id: DraftId) -> list[DraftChange]:
    """Read every contribution and decision of a draft, the oldest first."""
    rows = transaction.all(
        f"SELECT {', '.join(_CHANGE_COLUMNS)} FROM draft_changes"  # noqa: S608  # our own column names
        " WHERE draft_id = :draft_id ORDER BY number",
        draft_id=draft_id,
    )
    return [_change_of(row) for row in rows]


def _columns_of(draft: Draft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "version": draft.version,
        "channel_id": draft.channel_id,
        "owner_id": draft.owner_id,
        "state": draft.state.value,
        "card_id": draft.card_id,
        "shown_version": draft.shown_version,
        "edited_at": stored(draft.edited_at),
        "generation_id": draft.generation_id,
        "content": _CONTENT.dump_json(draft).decode(),
    }


def _draft_of(row: Row) -> Draft:
    draft = _CONTENT.validate_json(row["content"])
    return replace(draft, card_id=row["card_id"], shown_version=row["shown_version"])


def _change_of(row: Row) -> DraftChange:
    values = dict(row)
    values["at"] = instant_of(values["at"])
    values["slot"] = None if values["slot"] is None else Slot(values["slot"])
    return DraftChange(**values)
