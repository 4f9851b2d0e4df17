"""The card of a shared draft: the one message that shows what is written so far and lets everybody take part. Pure.

Like a generation's card it is always shown whole. What people wrote passes :func:`plain_text`; whoever is named is
named inside the embed, which pings nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import discord

from bot import texts
from bot.delivery.cards import BLUE, GREEN, GREY, Card, contributors_text, listed
from bot.delivery.draft_controls import buttons_for, menus_for
from bot.delivery.plain_text import plain_text
from bot.delivery.variants import told_apart
from bot.upstream.families import family_of, find_model
from bot.upstream.requests import mode_of
from storage.draft_records import Draft, DraftState, Payment, Rule, Slot
from storage.records import Contributor

# Together with the longest names below what Discord takes: 1,024 characters a field, 6,000 in all, 256 in a title.
# https://discord.com/developers/docs/resources/message#embed-object-embed-limits
EMBED_MAX_CHARS = 6000
# Twice what a title has: each of its characters may need a mark that makes it harmless.
TITLE_MAX_CHARS = 160
SLOT_MAX_CHARS = 220
PROMPT_MAX_CHARS = 700
REASON_MAX_CHARS = 400
FILES_MAX_CHARS = 400
FILE_NAME_MAX_CHARS = 40
PEOPLE_MAX_CHARS = 200
CONTRIBUTORS_MAX_CHARS = 300
VARIANTS_MAX_CHARS = 500
VARIANT_MAX_CHARS = 70
SUGGESTIONS_MAX_CHARS = 300
SUGGESTION_MAX_CHARS = 70

_COLOURS: Mapping[DraftState, int] = {
    DraftState.OPEN: BLUE,
    DraftState.DECIDED: BLUE,
    DraftState.SUBMITTED: GREEN,
    DraftState.ENDED: GREY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What the card shows beside the draft itself.

    Attributes:
        prompt: As it would be sent now.
        contributors: Who wrote which parts of it, or brought files.
        approvals: Who approved what it says now.
        votes: How many voted for each variant, by its number.
        price_credits: What the video costs.
        shares: How many credits each pays of that; whoever is not named pays nothing.
        unpayable: Why it cannot be paid so; empty if it can.
        ends_at: When the draft ends by itself; None while its owner need not be warned.
        picture_url: A picture of the draft, by a link that is alive; never log it.
        video: A mention of the video it became.
        origin: A mention of the video it was begun from; empty if there was none.
    """

    prompt: str
    contributors: Sequence[Contributor]
    approvals: Sequence[int]
    votes: Mapping[int, int]
    price_credits: int
    shares: Mapping[int, int] = field(default_factory=dict)
    unpayable: str = ""
    ends_at: datetime | None = None
    picture_url: str | None = None
    video: str = ""
    origin: str = ""


def title_of(draft: Draft) -> str:
    """Return a draft's title, harmless."""
    return plain_text(draft.title, max_chars=TITLE_MAX_CHARS)


def shown_ratio(draft: Draft) -> str:
    """Return a draft's shape: its model's usual one if nobody has chosen; empty for an unknown model."""
    return draft.ratio or (family_of(draft.model).default_ratio if find_model(draft.model) else "")


def draft_card(draft: Draft, facts: DraftFacts) -> Card:
    """Return the card of a draft as it is written now; one that is decided or over has nothing to press."""
    embed = discord.Embed(title=texts.DRAFT_TITLE.format(title=title_of(draft)), colour=_COLOURS[draft.state])
    embed.set_footer(text=texts.DRAFT_FOOTER.format(draft_id=draft.id))
    for slot in Slot:
        _add_slot(embed, draft, slot)
    _add_files(embed, draft, facts)
    _add_contributors(embed, facts)
    _add_options(embed, draft)
    if draft.state is not DraftState.ENDED:
        embed.add_field(name=texts.FIELD_COST, value=_cost_text(draft, facts), inline=False)
    _add_deciding(embed, draft, facts)
    _add_suggestions(embed, draft)
    embed.description = _status_text(draft, facts)
    # Whatever room is left goes to the prompt, which the parts show already.
    room = min(PROMPT_MAX_CHARS, EMBED_MAX_CHARS - len(embed) - len("\n> "))
    if facts.prompt:
        embed.description += f"\n> {plain_text(facts.prompt, max_chars=room)}"
    if draft.state is not DraftState.OPEN:
        return Card(embed=embed, buttons=())
    return Card(
        embed=embed,
        buttons=buttons_for(draft, price_credits=facts.price_credits, approval_count=len(facts.approvals)),
        menus=menus_for(draft, votes=facts.votes),
    )


def _status_text(draft: Draft, facts: DraftFacts) -> str:
    begun = [texts.DRAFT_BEGUN_FROM.format(origin=facts.origin)] if facts.origin else []
    return "\n".join((*begun, *_state_lines(draft, facts), _length_text(draft, len(facts.prompt))))


def _cut(reason: str) -> str:
    if len(reason) <= REASON_MAX_CHARS:
        return reason
    # Half an escape would swallow the ellipsis.
    return reason[: REASON_MAX_CHARS - 1].rstrip("\\") + "…"


def _state_lines(draft: Draft, facts: DraftFacts) -> list[str]:
    reason = _cut(draft.reason or "")
    match draft.state:
        case DraftState.DECIDED:
            return [texts.DRAFT_IN_HANDS]
        case DraftState.SUBMITTED:
            return [texts.DRAFT_BECAME.format(video=facts.video)]
        case DraftState.ENDED:
            return [texts.DRAFT_ENDED.format(reason=reason)]
        case DraftState.OPEN:
            lines = [_invitation(draft)]
            if reason:
                lines.append(texts.DRAFT_REOPENED.format(reason=reason))
            if facts.ends_at is not None:
                when = discord.utils.format_dt(facts.ends_at, "R")
                lines.append(texts.DRAFT_ENDS.format(when=when))
            return lines


def _invitation(draft: Draft) -> str:
    if draft.vote_closes_at is not None:
        return texts.DRAFT_IN_VOTE
    if draft.locking_moderator_id is not None:
        return texts.DRAFT_IS_LOCKED_BY_MODERATOR.format(moderator_id=draft.locking_moderator_id)
    if draft.is_locked:
        return texts.DRAFT_IS_LOCKED.format(owner_id=draft.owner_id)
    return texts.DRAFT_INVITATIONS[draft.newcomer_role]


def _length_text(draft: Draft, count: int) -> str:
    max_chars = family_of(draft.model).prompt_max_chars if find_model(draft.model) else None
    if max_chars is None:
        return texts.DRAFT_LENGTH.format(count=count)
    template = texts.DRAFT_TOO_LONG if count > max_chars else texts.DRAFT_LENGTH_OF
    return template.format(count=count, max_chars=max_chars, excess=count - max_chars)


def _add_slot(embed: discord.Embed, draft: Draft, slot: Slot) -> None:
    written = draft.slots.get(slot)
    name = texts.DRAFT_SLOT_NAME.format(emoji=texts.SLOT_EMOJIS[slot], slot=texts.SLOTS[slot])
    if slot in draft.locked_slots:
        name = texts.DRAFT_SLOT_LOCKED.format(slot=name)
    if written is not None:
        text = plain_text(" ".join(written.text.split()), max_chars=SLOT_MAX_CHARS)
        embed.add_field(name=name, value=f"{text} — <@{written.author_id}>", inline=False)
    elif draft.state is DraftState.OPEN:
        embed.add_field(name=name, value=texts.DRAFT_OPEN_SLOT)


def _add_options(embed: discord.Embed, draft: Draft) -> None:
    model, ratio = find_model(draft.model), shown_ratio(draft)
    mode = mode_of({it.medium.field for it in draft.media})
    embed.add_field(name=texts.FIELD_MODEL, value=model.label if model else draft.model)
    embed.add_field(name=texts.FIELD_FORMAT, value=texts.FORMAT.format(seconds=draft.duration, ratio=ratio))
    embed.add_field(name=texts.FIELD_MODE, value=texts.MODES[mode])


def _add_files(embed: discord.Embed, draft: Draft, facts: DraftFacts) -> None:
    lines = [
        texts.DRAFT_FILE.format(
            field=texts.MEDIA_FIELDS[it.medium.field],
            name=plain_text(it.medium.name, max_chars=FILE_NAME_MAX_CHARS),
            author_id=it.author_id,
        )
        for it in draft.media
    ]
    if lines:
        files = listed(lines, separator="\n", max_chars=FILES_MAX_CHARS)
        embed.add_field(name=texts.FIELD_DRAFT_FILES, value=files, inline=False)
    embed.set_image(url=facts.picture_url)


def _add_contributors(embed: discord.Embed, facts: DraftFacts) -> None:
    if facts.contributors:
        name = texts.FIELD_TOGETHER.format(count=len(facts.contributors))
        people = contributors_text(facts.contributors, max_chars=CONTRIBUTORS_MAX_CHARS)
        embed.add_field(name=name, value=people, inline=False)


def _cost_text(draft: Draft, facts: DraftFacts) -> str:
    cost = _paying_text(draft, facts) if facts.price_credits else texts.FREE
    if facts.unpayable and draft.state is DraftState.OPEN:
        return texts.DRAFT_UNPAYABLE.format(cost=cost, reason=facts.unpayable)
    return cost


def _paying_text(draft: Draft, facts: DraftFacts) -> str:
    price = texts.credits_text(facts.price_credits)
    match draft.payment:
        case Payment.OWNER:
            return texts.DRAFT_OWNER_PAYS.format(price=price, owner_id=draft.owner_id)
        case Payment.SPONSOR:
            is_whole = draft.sponsor_max_credits >= facts.price_credits
            template = texts.DRAFT_SPONSOR_PAYS if is_whole else texts.DRAFT_SPONSOR_AND_OWNER
            return template.format(
                price=price,
                sponsor_id=draft.sponsor_id,
                owner_id=draft.owner_id,
                share=texts.credits_text(min(facts.price_credits, draft.sponsor_max_credits)),
            )
        case Payment.SHARES:
            people = _payers_text(draft, facts)
            return (texts.DRAFT_SHARED if people else texts.DRAFT_UNSHARED).format(price=price, people=people)


def _payers_text(draft: Draft, facts: DraftFacts) -> str:
    template = texts.DRAFT_PAYER if facts.unpayable else texts.DRAFT_SHARE
    payers = [
        template.format(member_id=it.member_id, credits=facts.shares.get(it.member_id, 0))
        for it in draft.participants
        if it.share_max_credits is not None and not it.has_left
    ]
    return listed(payers, separator=", ", max_chars=PEOPLE_MAX_CHARS)


def _add_deciding(embed: discord.Embed, draft: Draft, facts: DraftFacts) -> None:
    embed.add_field(name=texts.FIELD_DECIDING, value=_deciding_text(draft, facts), inline=False)
    variants = [
        texts.DRAFT_VARIANT.format(
            number=it.number,
            votes=texts.votes_text(facts.votes.get(it.number, 0)),
            prompt=plain_text(prompt, max_chars=VARIANT_MAX_CHARS),
        )
        for it, prompt in told_apart(draft.variants)
    ]
    if variants:
        shown = listed(variants, separator="\n", max_chars=VARIANTS_MAX_CHARS)
        embed.add_field(name=texts.FIELD_VARIANTS, value=shown, inline=False)


def _deciding_text(draft: Draft, facts: DraftFacts) -> str:
    match draft.rule:
        case Rule.OWNER:
            return texts.DRAFT_OWNER_DECIDES.format(owner_id=draft.owner_id)
        case Rule.APPROVALS:
            return _approvals_text(draft, facts.approvals)
        case Rule.VOTE if draft.chosen_variant is not None:
            return texts.DRAFT_CHOSEN.format(number=draft.chosen_variant)
        case Rule.VOTE if draft.vote_closes_at is not None:
            when = discord.utils.format_dt(draft.vote_closes_at, "R")
            return texts.DRAFT_VOTE_ENDS.format(when=when)
        case _:
            return texts.DRAFT_VOTE_COMES.format(owner_id=draft.owner_id)


def _approvals_text(draft: Draft, approvals: Sequence[int]) -> str:
    people = _people_text(approvals)
    lines = [texts.DRAFT_APPROVALS.format(count=len(approvals), needed=draft.needed, people=people).strip()]
    outdated = [
        it.member_id
        for it in draft.participants
        if it.approved is not None and it.member_id not in approvals and not it.has_left
    ]
    if outdated:
        lines.append(texts.DRAFT_OUTDATED.format(people=_people_text(outdated)))
    return "\n".join(lines)


def _people_text(member_ids: Sequence[int]) -> str:
    return listed([f"<@{id}>" for id in member_ids], separator=", ", max_chars=PEOPLE_MAX_CHARS)


def _add_suggestions(embed: discord.Embed, draft: Draft) -> None:
    lines = [
        texts.DRAFT_SUGGESTION.format(
            slot=texts.SLOTS[it.slot],
            author_id=it.author_id,
            text=plain_text(" ".join(it.text.split()), max_chars=SUGGESTION_MAX_CHARS),
        )
        for it in draft.suggestions
    ]
    if lines and draft.state is DraftState.OPEN:
        shown = listed(lines, separator="\n", max_chars=SUGGESTIONS_MAX_CHARS)
        embed.add_field(name=texts.FIELD_SUGGESTIONS.format(count=len(lines)), value=shown, inline=False)
