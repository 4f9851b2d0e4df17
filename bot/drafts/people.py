"""Who takes part in a draft and what they may do. Pure."""

from dataclasses import dataclass, replace

from bot import texts
from bot.errors import Refusal
from bot.limits.policy import Member
from storage.draft_records import Draft, DraftState, Participant, Role, Rule

PARTICIPANTS_MAX_COUNT = 100


class NotAllowed(Refusal):
    """The member's role in the draft, or its state, does not allow this."""


class DraftFull(Refusal):
    """The draft has as much of something as it may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who does something with a draft.

    Attributes:
        interaction_id: By which interaction; None for somebody whom a change is only about.
    """

    member: Member
    is_moderator: bool = False
    interaction_id: int | None = None

    @property
    def id(self) -> int:
        """Their Discord id."""
        return self.member.id


def role_of(draft: Draft, member_id: int) -> Role:
    """Return what a member may do with a draft; its owner may do everything."""
    found = find(draft, member_id)
    return found.role if found else draft.newcomer_role


def find(draft: Draft, member_id: int) -> Participant | None:
    """Return a participant, if the member is one."""
    return next((it for it in draft.participants if it.member_id == member_id), None)


def takes_part(draft: Draft, person: Person) -> bool:
    """Return whether somebody is among those who take part now."""
    found = find(draft, person.id)
    return found is not None and not found.has_left


def joined(draft: Draft, person: Person) -> Draft:
    """Return the draft with the person among its participants, as limits see them now.

    Raises:
        DraftFull: There are too many.
    """
    return joined_as(draft, person)[0]


def joined_as(draft: Draft, person: Person) -> tuple[Draft, Participant]:
    """Return the draft with the person among its participants, as limits see them now, and which one they are.

    Raises:
        DraftFull: There are too many.
    """
    member, before = person.member, find(draft, person.id)
    if before is None and len(draft.participants) >= PARTICIPANTS_MAX_COUNT:
        raise DraftFull(texts.DRAFT_FULL_PEOPLE.format(count=PARTICIPANTS_MAX_COUNT))
    known = before or Participant(
        member_id=member.id,
        role=Role.EDITOR if member.id == draft.owner_id else draft.newcomer_role,
        role_ids=member.role_ids,
        account_created_at=member.account_created_at,
        joined_at=member.joined_at,
    )
    here = replace(
        known,
        role_ids=member.role_ids,
        account_created_at=member.account_created_at,
        joined_at=member.joined_at,
        has_left=False,
    )
    return with_participant(draft, here), here


def with_participant(draft: Draft, participant: Participant) -> Draft:
    """Return the draft with a participant in place of what was known of them."""
    others = tuple(it for it in draft.participants if it.member_id != participant.member_id)
    if len(others) == len(draft.participants):
        return replace(draft, participants=(*others, participant))
    return replace(
        draft,
        participants=tuple(
            participant if it.member_id == participant.member_id else it for it in draft.participants
        ),
    )


def member_of(draft: Draft, participant: Participant) -> Member:
    """Return a participant as limits saw them when they were last here."""
    return Member(
        id=participant.member_id,
        guild_id=draft.guild_id,
        role_ids=participant.role_ids,
        account_created_at=participant.account_created_at,
        joined_at=participant.joined_at,
    )


def require_open(draft: Draft) -> None:
    """Refuse when nothing about a draft can change any more, or just now.

    Raises:
        NotAllowed: It is being made, or over.
    """
    if draft.state is DraftState.DECIDED:
        raise NotAllowed(texts.DRAFT_DECIDED)
    if draft.state is not DraftState.OPEN:
        raise NotAllowed(texts.DRAFT_OVER)


def require_unlocked(draft: Draft) -> None:
    """Refuse everybody while a moderator's lock is on.

    Raises:
        NotAllowed: Says whose lock it is.
    """
    if draft.locking_moderator_id is not None:
        raise NotAllowed(texts.DRAFT_LOCKED_BY_MODERATOR.format(moderator_id=draft.locking_moderator_id))


def require_changeable(draft: Draft) -> None:
    """Refuse everybody while nothing about a draft can change: unless it is open and no moderator has locked it.

    Raises:
        NotAllowed: Says why.
    """
    require_open(draft)
    require_unlocked(draft)


def require_no_vote(draft: Draft) -> None:
    """Refuse while people vote: what they voted for must be what is made.

    Raises:
        NotAllowed: There is a vote.
    """
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY, hint=texts.DRAFT_VOTE_HINT)


def require_editor(draft: Draft, person: Person) -> None:
    """Refuse who may not edit now.

    Raises:
        NotAllowed: Says why.
    """
    require_changeable(draft)
    if draft.is_locked and person.id != draft.owner_id and not person.is_moderator:
        raise NotAllowed(texts.DRAFT_LOCKED.format(owner_id=draft.owner_id))
    if person.id != draft.owner_id and role_of(draft, person.id) is not Role.EDITOR:
        raise NotAllowed(texts.DRAFT_NOT_EDITOR)


def require_approver(draft: Draft, person: Person) -> None:
    """Refuse who has no say.

    Raises:
        NotAllowed: Says why.
    """
    require_changeable(draft)
    if person.id != draft.owner_id and role_of(draft, person.id) is Role.WATCHER:
        raise NotAllowed(texts.DRAFT_ONLY_WATCHES)


def require_owner(draft: Draft, person: Person) -> None:
    """Refuse everybody but the owner.

    Raises:
        NotAllowed: Says whose it is.
    """
    if person.id != draft.owner_id:
        raise NotAllowed(texts.DRAFT_ONLY_OWNER.format(owner_id=draft.owner_id))


def require_in_charge(draft: Draft, person: Person) -> None:
    """Refuse everybody but the owner and moderators; while a moderator's lock is on, the owner too.

    Raises:
        NotAllowed: Says whose it is, or whose lock it is.
    """
    if person.is_moderator:
        return
    if person.id != draft.owner_id:
        raise NotAllowed(texts.DRAFT_ONLY_IN_CHARGE.format(owner_id=draft.owner_id))
    require_unlocked(draft)


def approvals(draft: Draft) -> tuple[int, ...]:
    """Return who approved what the draft says now."""
    return tuple(
        it.member_id for it in draft.participants if it.approved == draft.revision and not it.has_left
    )


def share_agreed(draft: Draft, member_id: int) -> int | None:
    """Return how many credits of a share a member has agreed to pay at most; None if they have not."""
    found = find(draft, member_id)
    return None if found is None or found.has_left else found.share_max_credits


def votes_for(draft: Draft, number: int) -> int:
    """Return how many voted for a variant."""
    return sum(it.vote == number and not it.has_left for it in draft.participants)


def is_decided(draft: Draft) -> bool:
    """Whether enough have approved what the draft says now."""
    return draft.rule is Rule.APPROVALS and len(approvals(draft)) >= draft.needed
