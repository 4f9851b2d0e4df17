"""Who decides that a draft becomes a video. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot import texts
from bot.drafts.edits import Edit, NoSuchPart
from bot.drafts.people import (
    DraftFull,
    NotAllowed,
    Person,
    approvals,
    is_decided,
    joined,
    joined_as,
    require_approver,
    require_changeable,
    require_owner,
    votes_for,
    with_participant,
)
from bot.drafts.prompts import assembled, variant_of
from storage.draft_records import ChangeKind, Draft, DraftState, Rule

NEEDED_MAX_COUNT = 25
VARIANTS_MAX_COUNT = 5
VOTE_MIN, VOTE_MAX = timedelta(minutes=1), timedelta(days=7)


def set_rule(
    draft: Draft, person: Person, rule: Rule, *, needed: int, price_credits: int | None = None
) -> Edit:
    """Choose who decides; where enough have approved already, that is the decision.

    Args:
        draft: As it is now.
        person: Who chooses.
        rule: Who decides from now on.
        needed: How many approvals it takes.
        price_credits: The price that the owner was shown: where others decide, the owner pays no more than that.

    Raises:
        NotAllowed: The person is not the owner, or a vote is under way.
    """
    require_changeable(draft)
    require_owner(draft, person)
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY)
    chosen = replace(
        draft,
        rule=rule,
        needed=max(1, min(needed, NEEDED_MAX_COUNT)),
        # An owner who decides alone is shown the price when they do.
        owner_max_credits=None if rule is Rule.OWNER else price_credits,
    )
    after = _decided(chosen) if is_decided(chosen) else chosen
    return Edit(draft=after, kind=ChangeKind.RULE, author_id=person.id, text=rule.value)


def approve(
    draft: Draft, person: Person, *, seen_revision: int | None = None, seen_price: int | None = None
) -> Edit | None:
    """Say yes to what the draft says now; as owner, where the owner decides, that is the decision.

    Args:
        draft: As it is now.
        person: Who approves.
        seen_revision: What their card showed; None if they were shown the draft as it is.
        seen_price: The price it showed: an owner who decides pays no more than that.

    Returns:
        The change; None if they have approved it already.

    Raises:
        NotAllowed: The person has no say, nobody approves this draft, or they were shown something else.
    """
    require_approver(draft, person)
    _require_content(draft)
    if seen_revision not in (None, draft.revision):
        raise NotAllowed(texts.DRAFT_JUST_CHANGED, hint=texts.DRAFT_JUST_CHANGED_HINT)
    if draft.rule is Rule.VOTE:
        raise NotAllowed(texts.DRAFT_BY_VOTE)
    if draft.rule is Rule.OWNER:
        require_owner(draft, person)
        decided = replace(_decided(joined(draft, person)), owner_max_credits=seen_price)
        return Edit(draft=decided, kind=ChangeKind.DECIDE, author_id=person.id)
    if person.id in approvals(draft):
        return None
    here, participant = joined_as(draft, person)
    approved = with_participant(here, replace(participant, approved=draft.revision))
    after = _decided(approved) if is_decided(approved) else approved
    return Edit(draft=after, kind=ChangeKind.APPROVE, author_id=person.id)


def withdraw(draft: Draft, person: Person) -> Edit:
    """Take an approval back.

    Raises:
        NotAllowed: It is decided already.
    """
    require_approver(draft, person)
    here, participant = joined_as(draft, person)
    return Edit(
        draft=with_participant(here, replace(participant, approved=None)),
        kind=ChangeKind.WITHDRAW,
        author_id=person.id,
    )


def add_variant(draft: Draft, person: Person) -> Edit:
    """Put the prompt as it stands now to the vote.

    Raises:
        NotAllowed: The person has no say, the vote has begun, or there is such a variant already.
        DraftFull: There are too many.
    """
    require_approver(draft, person)
    _require_content(draft)
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY)
    if len(draft.variants) >= VARIANTS_MAX_COUNT:
        raise DraftFull(texts.DRAFT_FULL_VARIANTS.format(count=VARIANTS_MAX_COUNT))
    variant = variant_of(draft, author_id=person.id)
    if any(it.prompt == variant.prompt for it in draft.variants):
        raise NotAllowed(texts.DRAFT_SAME_VARIANT)
    after = replace(joined(draft, person), variants=(*draft.variants, variant))
    return Edit(draft=after, kind=ChangeKind.VARIANT, author_id=person.id, text=variant.prompt)


def remove_variant(draft: Draft, person: Person, number: int) -> Edit:
    """Take a variant off the list: whoever put it there, or the owner.

    Raises:
        NotAllowed: It is neither their variant nor their draft, or the vote has begun.
        NoSuchPart: It is gone already.
    """
    require_approver(draft, person)
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY)
    found = next((it for it in draft.variants if it.number == number), None)
    if found is None:
        raise NoSuchPart(texts.DRAFT_NO_SUCH_VARIANT)
    if person.id not in (found.author_id, draft.owner_id):
        raise NotAllowed(texts.DRAFT_NOT_YOUR_VARIANT)
    after = replace(draft, variants=tuple(it for it in draft.variants if it.number != number))
    return Edit(draft=after, kind=ChangeKind.REMOVE_VARIANT, author_id=person.id, text=found.prompt)


def require_vote_ready(draft: Draft, person: Person) -> None:
    """Check that somebody can open the vote between the variants.

    Raises:
        NotAllowed: The person is not the owner, the rule is another, there is a vote already, or there are not two
            variants.
    """
    require_changeable(draft)
    require_owner(draft, person)
    if draft.rule is not Rule.VOTE:
        raise NotAllowed(texts.DRAFT_NO_VOTE)
    if draft.vote_closes_at is not None:
        raise NotAllowed(texts.DRAFT_VOTE_UNDER_WAY)
    if len(draft.variants) < 2:
        raise NotAllowed(texts.DRAFT_TWO_VARIANTS)


def begin_vote(draft: Draft, person: Person, *, minutes: int, now: datetime) -> Edit:
    """Open the vote between the variants.

    Raises:
        NotAllowed: It cannot be opened, or not by this person.
    """
    require_vote_ready(draft, person)
    span = max(VOTE_MIN, min(timedelta(minutes=minutes), VOTE_MAX))
    # Votes of an earlier round were about other variants.
    voters = tuple(replace(it, vote=None) for it in draft.participants)
    after = replace(draft, participants=voters, vote_closes_at=now + span)
    return Edit(draft=after, kind=ChangeKind.BEGIN_VOTE, author_id=person.id)


def vote(draft: Draft, person: Person, number: int, *, now: datetime) -> Edit:
    """Vote for a variant, in place of an earlier vote.

    Raises:
        NotAllowed: The person has no say, or there is no vote now.
        NoSuchPart: There is no such variant.
    """
    require_approver(draft, person)
    if draft.vote_closes_at is None or now >= draft.vote_closes_at:
        raise NotAllowed(texts.DRAFT_NO_VOTE)
    if number not in {it.number for it in draft.variants}:
        raise NoSuchPart(texts.DRAFT_NO_SUCH_VARIANT)
    here, participant = joined_as(draft, person)
    return Edit(
        draft=with_participant(here, replace(participant, vote=number)),
        kind=ChangeKind.VOTE,
        author_id=person.id,
    )


def close_vote(draft: Draft) -> Draft:
    """Return the draft decided for the variant with the most votes, the earlier one of two; open if nobody voted."""
    counts = {it.number: votes_for(draft, it.number) for it in draft.variants}
    most = max(counts.values(), default=0)
    if most == 0:
        return replace(draft, vote_closes_at=None, reason=texts.DRAFT_NOBODY_VOTED)
    chosen = min(number for number, count in counts.items() if count == most)
    return _decided(replace(draft, chosen_variant=chosen))


def reopened(draft: Draft, reason: str) -> Draft:
    """Return a decided draft open again, because it could not become a video; it is to be approved anew."""
    return replace(
        draft,
        state=DraftState.OPEN,
        reason=reason,
        revision=draft.revision + 1,
        vote_closes_at=None,
        chosen_variant=None,
        # An owner who decides alone is shown the price anew.
        owner_max_credits=None if draft.rule is Rule.OWNER else draft.owner_max_credits,
    )


def _decided(draft: Draft) -> Draft:
    return replace(draft, state=DraftState.DECIDED, reason=None, vote_closes_at=None)


def _require_content(draft: Draft) -> None:
    if not assembled(draft.slots):
        raise NotAllowed(texts.DRAFT_EMPTY)
