"""What is read from and written to the database about shared drafts, as frozen values.

The enums live here because the rows hold their words; what members may do is decided in ``bot.drafts``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from storage.records import GenerationId, Medium

DraftId = NewType("DraftId", str)


class DraftState(StrEnum):
    """Where a draft is in its life."""

    OPEN = "open"
    DECIDED = "decided"
    SUBMITTED = "submitted"
    ENDED = "ended"


class ChangeKind(StrEnum):
    """What somebody did to a draft."""

    TAKE_OVER = "take over"
    WRITE = "write"
    SUGGEST = "suggest"
    ACCEPT = "accept"
    DECLINE = "decline"
    UNDO = "undo"
    LOCK = "lock"
    UNLOCK = "unlock"
    ADD_FILE = "add file"
    REMOVE_FILE = "remove file"
    OPTIONS = "options"
    RULE = "rule"
    DECIDE = "decide"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    VARIANT = "variant"
    REMOVE_VARIANT = "remove variant"
    BEGIN_VOTE = "begin vote"
    VOTE = "vote"
    PAYMENT = "payment"
    SPONSOR = "sponsor"
    SHARE = "share"
    SHARE_NO_MORE = "share no more"
    LEAVE = "leave"
    HAND_OVER = "hand over"
    ROLE = "role"
    NEWCOMERS = "newcomers"
    LOCK_DRAFT = "lock draft"
    UNLOCK_DRAFT = "unlock draft"
    END = "end"


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
class Deed:
    """Which change an interaction made.

    Attributes:
        interaction_id: Discord may deliver it again.
        change: The number of the change.
    """

    interaction_id: int
    change: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One shared draft.

    Attributes:
        version: Grows by one with each write.
        revision: Grows by one with each change of what would be made; approvals name it.
        last_change: The number of the latest change in ``draft_changes``.
        interaction_id: What opened it; its video counts as asked for by it.
        channel_id: Where its card is, and its video goes: a channel or a thread.
        locking_moderator_id: The moderator whose lock binds its owner too; None if nobody locked it, or its owner did.
        deeds: The latest changes by the interactions that made them, so that each counts once.
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
    locking_moderator_id: int | None = None
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
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """One contribution or decision, as it was made.

    Attributes:
        number: Counts from one within its draft.
        author_id: Who did it; of a suggestion that was put in, who wrote it.
        slot: Which slot it is about, if any.
        text: What stands there after it, or other words about it.
        text_before: What stood there before it.
        put_in_by_id: Who put in a suggestion.
    """

    draft_id: DraftId
    number: int
    at: datetime
    author_id: int
    kind: ChangeKind
    slot: Slot | None = None
    text: str = ""
    text_before: str = ""
    put_in_by_id: int | None = None
