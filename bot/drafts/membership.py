"""Who belongs to a draft, whose it is, and how it ends. Pure."""

from dataclasses import replace
from datetime import datetime

from bot import texts
from bot.drafts.edits import Edit
from bot.drafts.people import (
    NotAllowed,
    Person,
    find,
    joined_as,
    require_changeable,
    require_in_charge,
    require_open,
    require_owner,
    with_participant,
)
from storage.draft_records import ChangeKind, Draft, DraftState, Payment, Role, Rule


def leave(draft: Draft, person: Person) -> Edit:
    """Take part no more: approval, vote and share are taken back; what one wrote stays, with one's name.

    Raises:
        NotAllowed: The owner has to hand it over first, or the person does not take part.
    """
    require_open(draft)
    if person.id == draft.owner_id:
        raise NotAllowed(texts.DRAFT_OWNER_CANNOT_LEAVE)
    participant = find(draft, person.id)
    if participant is None or participant.has_left:
        raise NotAllowed(texts.DRAFT_NOT_A_PARTICIPANT)
    gone = replace(participant, has_left=True, approved=None, vote=None, share_max_credits=None)
    after = with_participant(draft, gone)
    if draft.sponsor_id == person.id:
        after = replace(after, payment=Payment.OWNER, sponsor_id=None, sponsor_max_credits=0)
    return Edit(draft=after, kind=ChangeKind.LEAVE, author_id=person.id)


def hand_over(draft: Draft, person: Person, to: Person) -> Edit:
    """Make somebody else the owner, who from then on decides alone and, unless it is chosen otherwise, pays.

    Raises:
        NotAllowed: The person is neither the owner nor a moderator, or a moderator's lock binds them.
    """
    require_open(draft)
    require_in_charge(draft, person)
    here, participant = joined_as(draft, to)
    after = with_participant(here, replace(participant, role=Role.EDITOR))
    # All consent so far was for somebody else's account: the new owner's credits wait for their own word.
    after = replace(
        after,
        owner_id=to.id,
        revision=draft.revision + 1,
        rule=Rule.OWNER,
        owner_max_credits=None,
        vote_closes_at=None,
    )
    return Edit(draft=after, kind=ChangeKind.HAND_OVER, author_id=person.id, text=str(to.id))


def set_role(draft: Draft, person: Person, of: Person, role: Role) -> Edit:
    """Say what somebody may do.

    Raises:
        NotAllowed: The person is not the owner, or it is the owner's own role.
    """
    require_changeable(draft)
    require_owner(draft, person)
    if of.id == draft.owner_id:
        raise NotAllowed(texts.DRAFT_OWNERS_ROLE)
    here, participant = joined_as(draft, of)
    changed = replace(participant, role=role)
    if role is Role.WATCHER:
        changed = replace(changed, approved=None, vote=None)
    after = with_participant(here, changed)
    return Edit(draft=after, kind=ChangeKind.ROLE, author_id=person.id, text=f"{of.id} {role}")


def set_newcomer_role(draft: Draft, person: Person, role: Role) -> Edit:
    """Say what members may do who have no role of their own yet.

    Raises:
        NotAllowed: The person is not the owner.
    """
    require_changeable(draft)
    require_owner(draft, person)
    return Edit(
        draft=replace(draft, newcomer_role=role),
        kind=ChangeKind.NEWCOMERS,
        author_id=person.id,
        text=role.value,
    )


def set_lock(draft: Draft, person: Person, *, locks: bool) -> Edit:
    """Lock a draft or unlock it.

    The owner's lock keeps everybody but owner and moderators from editing. That of a moderator whose draft it is not
    keeps everybody, the owner too, from changing, deciding and paying, until a moderator unlocks it; a vote that is on
    ends without a result.

    Raises:
        NotAllowed: The person is neither the owner nor a moderator, or a moderator's lock binds them.
    """
    require_open(draft)
    require_in_charge(draft, person)
    if not locks:
        after = replace(draft, is_locked=False, locking_moderator_id=None)
        return Edit(draft=after, kind=ChangeKind.UNLOCK_DRAFT, author_id=person.id)
    after = replace(draft, is_locked=True)
    if person.id != draft.owner_id:
        after = replace(after, locking_moderator_id=person.id, vote_closes_at=None)
    return Edit(draft=after, kind=ChangeKind.LOCK_DRAFT, author_id=person.id)


def end(draft: Draft, person: Person, *, now: datetime) -> Edit:
    """End a draft without a video, even a decided one that waits to be handed over.

    Raises:
        NotAllowed: The person is neither the owner nor a moderator, a moderator's lock binds them, or it is over.
    """
    if draft.state is not DraftState.DECIDED:
        require_open(draft)
    require_in_charge(draft, person)
    reason = texts.DRAFT_ENDED_BY_OWNER if person.id == draft.owner_id else texts.DRAFT_ENDED_BY_MODERATOR
    return Edit(draft=_ended(draft, reason, now), kind=ChangeKind.END, author_id=person.id)


def expired(draft: Draft, *, now: datetime) -> Draft:
    """Return the draft ended because nobody edited it for long."""
    return _ended(draft, texts.DRAFT_EXPIRED, now)


def _ended(draft: Draft, reason: str, now: datetime) -> Draft:
    return replace(draft, state=DraftState.ENDED, reason=reason, vote_closes_at=None, ended_at=now)
