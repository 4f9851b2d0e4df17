"""Who pays for the video of a draft, and how much. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot import texts
from bot.drafts.edits import Edit
from bot.drafts.people import (
    NotAllowed,
    Person,
    joined,
    joined_as,
    require_changeable,
    require_owner,
    with_participant,
)
from storage.draft_records import ChangeKind, Draft, Participant, Payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one participant pays."""

    participant: Participant
    credits: int


class CannotShare(NotAllowed):
    """The price cannot be split as the draft says."""


def set_payment(draft: Draft, person: Person, payment: Payment) -> Edit:
    """Choose between the owner and shares; a sponsor offers by themselves.

    Raises:
        NotAllowed: The person is not the owner.
    """
    require_changeable(draft)
    require_owner(draft, person)
    after = replace(draft, payment=payment, sponsor_id=None, sponsor_max_credits=0, reason=None)
    return Edit(draft=after, kind=ChangeKind.PAYMENT, author_id=person.id, text=payment.value)


def sponsor(draft: Draft, person: Person, *, max_credits: int) -> Edit:
    """Offer to pay up to some credits, in place of whoever offered before; 0 takes one's offer back.

    Raises:
        NotAllowed: Somebody else offers, the price is shared, or there is nothing to take back.
    """
    require_changeable(draft)
    if draft.sponsor_id not in (None, person.id):
        raise NotAllowed(texts.DRAFT_HAS_SPONSOR.format(sponsor_id=draft.sponsor_id))
    if max_credits <= 0 and draft.sponsor_id is None:
        raise NotAllowed(texts.DRAFT_NOT_SPONSOR)
    if draft.payment is Payment.SHARES and person.id != draft.owner_id:
        # What a sponsor leaves is the owner's to pay, who chose not to pay it alone.
        raise NotAllowed(texts.DRAFT_IS_SHARED.format(owner_id=draft.owner_id))
    after = joined(draft, person)
    if max_credits > 0:
        after = replace(
            after, payment=Payment.SPONSOR, sponsor_id=person.id, sponsor_max_credits=max_credits, reason=None
        )
    else:
        after = replace(after, payment=Payment.OWNER, sponsor_id=None, sponsor_max_credits=0)
    return Edit(draft=after, kind=ChangeKind.SPONSOR, author_id=person.id, text=str(max_credits))


def agree_to_share(draft: Draft, person: Person, *, max_credits: int | None) -> Edit:
    """Agree to pay a share, of at most so many credits; None takes that back.

    Raises:
        NotAllowed: The price is not shared.
    """
    require_changeable(draft)
    if draft.payment is not Payment.SHARES:
        raise NotAllowed(texts.DRAFT_NOT_SHARED)
    here, participant = joined_as(draft, person)
    after = with_participant(here, replace(participant, share_max_credits=max_credits))
    kind = ChangeKind.SHARE if max_credits is not None else ChangeKind.SHARE_NO_MORE
    return Edit(draft=replace(after, reason=None), kind=kind, author_id=person.id)


def share_when_agreeing(draft: Draft, person: Person, price_credits: int) -> int:
    """Return what the person's share would be at most, if they agreed now, in credits."""
    others = sum(
        it.share_max_credits is not None and not it.has_left and it.member_id != person.id
        for it in draft.participants
    )
    return -(-price_credits // (others + 1))


def shares_of(draft: Draft, price_credits: int) -> Sequence[Share]:
    """Return who pays how much, together exactly the price.

    Raises:
        CannotShare: Nobody agreed to share, or a share is more than somebody agreed to.
    """
    match draft.payment:
        case Payment.OWNER:
            return _paid([_share_of_owner(draft, price_credits)], draft)
        case Payment.SPONSOR:
            if draft.sponsor_id in (None, draft.owner_id):
                return _paid([_share_of_owner(draft, price_credits)], draft)
            given = min(price_credits, draft.sponsor_max_credits)
            rest = [_share_of_owner(draft, price_credits - given)] if given < price_credits else []
            return _paid([(draft.sponsor_id, given), *rest], draft)
        case Payment.SHARES:
            return _split(draft, price_credits)


def _share_of_owner(draft: Draft, credits: int) -> tuple[int, int]:
    """Return the owner and their share, which is no more than what they were shown when they decided or let others."""
    most = draft.owner_max_credits
    if most is not None and credits > most:
        raise CannotShare(
            texts.DRAFT_OWNER_PAYS_LESS.format(owner_id=draft.owner_id, credits=credits, max_credits=most)
        )
    return draft.owner_id, credits


def _split(draft: Draft, price_credits: int) -> Sequence[Share]:
    payers = [it for it in draft.participants if it.share_max_credits is not None and not it.has_left]
    if not payers:
        raise CannotShare(texts.DRAFT_NOBODY_SHARES)
    each, rest = divmod(price_credits, len(payers))
    shares = [Share(participant=payer, credits=each + (place < rest)) for place, payer in enumerate(payers)]
    for share in shares:
        if share.credits > (share.participant.share_max_credits or 0):
            raise CannotShare(
                texts.DRAFT_SHARE_TOO_LARGE.format(
                    member_id=share.participant.member_id,
                    credits=share.credits,
                    max_credits=share.participant.share_max_credits,
                )
            )
    return [share for share in shares if share.credits or len(shares) == 1]


def _paid(amounts: Sequence[tuple[int, int]], draft: Draft) -> Sequence[Share]:
    known = {it.member_id: it for it in draft.participants}
    return [Share(participant=known[member_id], credits=credits) for member_id, credits in amounts]
