"""What only one person sees of a shared draft: suggestions, history, who pays, and everything else. Pure.

What their buttons do is in :mod:`cogs.draft_panel_buttons`; the custom ids are ``draft-<action>:<draft id>[:<extra>]``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import discord

from bot import texts
from bot.delivery.draft_cards import title_of
from bot.delivery.plain_text import visible
from bot.delivery.variants import told_apart
from bot.drafts.editing import may_write
from bot.drafts.edits import text_in
from bot.drafts.paying import CannotShare, share_when_agreeing, shares_of
from bot.drafts.people import Person, approvals, share_agreed, takes_part
from cogs.choices import CHOICES_MAX_COUNT, NAME_MAX_CHARS
from cogs.draft_words import difference_text, history_pages
from cogs.ui import fitting
from storage.draft_records import Draft, DraftChange, DraftId, Payment, Slot, Suggestion

SUGGESTION, ACCEPT, DECLINE = "draft-suggestion", "draft-accept", "draft-decline"
HISTORY = "draft-history"
SHARE, UNSHARE, SPONSOR, UNSPONSOR = "draft-share", "draft-unshare", "draft-sponsor", "draft-unsponsor"
PAYER = "draft-payer"
LOCK, LOCK_PART, HEIR, LEAVE = "draft-lock", "draft-part", "draft-heir", "draft-leave"
END, END_NOW, KEEP = "draft-end", "draft-end-now", "draft-keep"
WITHDRAW, VARIANT_GONE = "draft-withdraw", "draft-variant-gone"
ON, OFF = "on", "off"

Item = discord.ui.Item[Any]


@dataclass(frozen=True, slots=True)
class Panel:
    """What an answer shows: an embed, and what can be pressed below it."""

    embed: discord.Embed
    items: Sequence[Item] = ()

    def view(self) -> discord.ui.View | None:
        """Return what can be pressed; presses come by the custom id, so discord.py must not keep a copy."""
        return view_of(*self.items) if self.items else None


def view_of(*items: Item) -> discord.ui.View:
    """Return a view that discord.py forgets once it is sent."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


def control_id(action: str, draft_id: DraftId, extra: object = "") -> str:
    """Return the custom id of what does ``action`` to a draft."""
    return f"{action}:{draft_id}:{extra}" if extra != "" else f"{action}:{draft_id}"


def accept_button(draft: Draft, number: int, *, label: str = texts.BUTTON_DRAFT_ACCEPT) -> Item:
    """Return the button that puts a suggestion into its part."""
    return _button(label, control_id(ACCEPT, draft.id, number), style=discord.ButtonStyle.success)


def suggestions_panel(draft: Draft, person: Person, *, number: int | None = None) -> Panel:
    """Return the open suggestions, one of them shown word by word.

    Args:
        draft: Theirs.
        person: Who looks; what they can decide comes first.
        number: Which one to show; the first one if there is none with this number.
    """
    if not draft.suggestions:
        return Panel(discord.Embed(description=texts.DRAFT_NO_SUGGESTIONS))
    ordered = sorted(draft.suggestions, key=lambda it: (not _decides(draft, person, it), it.number))
    shown = next((it for it in ordered if it.number == number), ordered[0])
    said = texts.DRAFT_ONE_SUGGESTION.format(author_id=shown.author_id, slot=texts.SLOTS[shown.slot])
    embed = discord.Embed(
        title=texts.DRAFT_SUGGESTIONS_TITLE.format(count=len(ordered)),
        description=f"{said}\n{difference_text(text_in(draft, shown.slot), shown.text)}",
    )
    is_still = draft.locking_moderator_id is not None
    items: list[Item] = []
    if len(ordered) > 1:
        options = [(str(it.number), _suggestion_name(it)) for it in ordered]
        items.append(
            _menu(control_id(SUGGESTION, draft.id), options, placeholder=texts.SELECT_DRAFT_SUGGESTION)
        )
    if not is_still and may_write(draft, person, shown.slot):
        items.append(accept_button(draft, shown.number))
    if not is_still and _decides(draft, person, shown):
        items.append(_button(texts.BUTTON_DRAFT_DECLINE, control_id(DECLINE, draft.id, shown.number)))
    return Panel(embed, items)


def history_panel(
    draft: Draft, changes: Iterable[DraftChange], *, page: int = 1, slot: Slot | None = None
) -> Panel:
    """Return one page of a draft's history.

    Args:
        draft: Whose.
        changes: All of them.
        page: Which page, from one; the nearest there is.
        slot: Only what is about this part.
    """
    pages = history_pages(it for it in changes if slot in (None, it.slot))
    page = max(1, min(page, len(pages)))
    title = texts.DRAFT_HISTORY_TITLE.format(title=title_of(draft))
    embed = discord.Embed(title=title, description=pages[page - 1])
    embed.set_footer(text=texts.DRAFT_HISTORY_PAGE.format(page=page, count=len(pages)))
    about = f"-{slot}" if slot else ""
    beside = ((texts.BUTTON_NEWER, page - 1), (texts.BUTTON_OLDER, page + 1))
    return Panel(
        embed,
        [
            _button(label, control_id(HISTORY, draft.id, f"{other}{about}"))
            for label, other in beside
            if 1 <= other <= len(pages)
        ],
    )


def pay_panel(draft: Draft, person: Person, *, price_credits: int) -> Panel:
    """Return who pays, and what the person can do about it."""
    price = texts.DRAFT_PAY_PRICE.format(credits=texts.credits_text(price_credits))
    who_pays = _who_pays(draft, price_credits=price_credits)
    embed = discord.Embed(title=texts.DRAFT_PAY_TITLE, description=f"{price}\n\n{who_pays}")
    items: list[Item] = []
    if draft.payment is Payment.SHARES:
        share, agreed_to = share_when_agreeing(draft, person, price_credits), share_agreed(draft, person.id)
        if agreed_to is None or agreed_to < share:
            label = texts.BUTTON_DRAFT_SHARE.format(credits=texts.credits_text(share))
            share_id = control_id(SHARE, draft.id, share)
            items.append(_button(label, share_id, style=discord.ButtonStyle.success))
        if agreed_to is not None:
            items.append(_button(texts.BUTTON_DRAFT_UNSHARE, control_id(UNSHARE, draft.id)))
    elif draft.sponsor_id == person.id:
        items.append(_button(texts.BUTTON_DRAFT_UNSPONSOR, control_id(UNSPONSOR, draft.id)))
    elif draft.sponsor_id is None and draft.owner_id != person.id:
        items.append(_button(texts.BUTTON_DRAFT_SPONSOR, control_id(SPONSOR, draft.id)))
    if draft.owner_id == person.id:
        for payment, label in (
            (Payment.OWNER, texts.BUTTON_DRAFT_OWNER_PAYS),
            (Payment.SHARES, texts.BUTTON_DRAFT_SHARED),
        ):
            if draft.payment is not payment:
                items.append(_button(label, control_id(PAYER, draft.id, payment)))
    return Panel(embed, items)


def more_panel(draft: Draft, person: Person) -> Panel:
    """Return who takes part, and everything else that can be done with a draft."""
    title = texts.DRAFT_MORE_TITLE.format(title=title_of(draft))
    embed = discord.Embed(title=title, description=fitting(_people(draft)))
    items = [_button(texts.BUTTON_DRAFT_HISTORY, control_id(HISTORY, draft.id, 1))]
    is_owner = person.id == draft.owner_id
    is_still = draft.locking_moderator_id is not None
    if person.id in approvals(draft) and not is_still:
        items.append(_button(texts.BUTTON_DRAFT_WITHDRAW, control_id(WITHDRAW, draft.id)))
    if not is_owner and takes_part(draft, person):
        items.append(_button(texts.BUTTON_DRAFT_LEAVE, control_id(LEAVE, draft.id)))
    is_in_charge = person.is_moderator or (is_owner and not is_still)
    if is_in_charge:
        items += _lock_buttons(draft, person)
        items.append(
            _button(texts.BUTTON_DRAFT_END, control_id(END, draft.id), style=discord.ButtonStyle.danger)
        )
    parts = [(slot.value, _lock_name(draft, slot)) for slot in Slot if _may_lock(draft, person, slot)]
    if parts and not is_still:
        items.append(_menu(control_id(LOCK_PART, draft.id), parts, placeholder=texts.SELECT_DRAFT_LOCK))
    mine = [it for it in draft.variants if is_owner or it.author_id == person.id]
    if mine and draft.vote_closes_at is None and not is_still:
        variants = [(str(it.number), f"{it.number} · {prompt}") for it, prompt in told_apart(mine)]
        items.append(
            _menu(control_id(VARIANT_GONE, draft.id), variants, placeholder=texts.SELECT_DRAFT_VARIANT)
        )
    if is_in_charge:
        items.append(
            discord.ui.UserSelect(custom_id=control_id(HEIR, draft.id), placeholder=texts.SELECT_DRAFT_HEIR)
        )
    return Panel(embed, items)


def end_panel(draft: Draft) -> Panel:
    """Return the question before a draft is ended."""
    asked = texts.DRAFT_END_ASKED.format(title=title_of(draft))
    danger = discord.ButtonStyle.danger
    return Panel(
        discord.Embed(description=asked),
        [
            _button(texts.BUTTON_DRAFT_END_NOW, control_id(END_NOW, draft.id), style=danger),
            _button(texts.BUTTON_DRAFT_KEEP, control_id(KEEP, draft.id)),
        ],
    )


def _who_pays(draft: Draft, *, price_credits: int) -> str:
    if draft.payment is Payment.OWNER:
        return texts.DRAFT_PAY_OWNER.format(owner_id=draft.owner_id)
    if draft.payment is Payment.SPONSOR:
        offered = texts.credits_text(draft.sponsor_max_credits)
        return texts.DRAFT_PAY_SPONSOR.format(
            sponsor_id=draft.sponsor_id, credits=offered, owner_id=draft.owner_id
        )
    return fitting([texts.DRAFT_PAY_SHARED, *_shares(draft, price_credits=price_credits)])


def _shares(draft: Draft, *, price_credits: int) -> Iterator[str]:
    """What each would pay if it was decided now, or why that cannot be."""
    agreed = {
        it.member_id: it.share_max_credits
        for it in draft.participants
        if it.share_max_credits is not None and not it.has_left
    }
    if not agreed:
        yield texts.DRAFT_PAY_NOBODY
        return
    try:
        shares = {it.participant.member_id: it.credits for it in shares_of(draft, price_credits)}
    except CannotShare as refusal:
        yield from (_share(member_id, most) for member_id, most in agreed.items())
        yield refusal.message
        return
    for member_id, most in agreed.items():
        yield texts.DRAFT_PAY_SHARE_NOW.format(
            share=_share(member_id, most), credits=texts.credits_text(shares.get(member_id, 0))
        )
    if 0 < price_credits < len(agreed):
        yield texts.DRAFT_PAY_TOO_FEW


def _share(member_id: int, most: int) -> str:
    return texts.DRAFT_PAY_SHARE.format(member_id=member_id, credits=texts.credits_text(most))


def _people(draft: Draft) -> list[str]:
    here = [it for it in draft.participants if not it.has_left]
    roles = {it.member_id: texts.DRAFT_ROLES[it.role] for it in here} | {
        draft.owner_id: texts.DRAFT_MORE_OWNER
    }
    lines = [
        texts.DRAFT_MORE_LINE.format(member_id=member_id, role=role) for member_id, role in roles.items()
    ]
    return [*lines, texts.DRAFT_MORE_NEWCOMERS.format(role=texts.DRAFT_ROLES[draft.newcomer_role])]


def _decides(draft: Draft, person: Person, suggestion: Suggestion) -> bool:
    return suggestion.author_id == person.id or may_write(draft, person, suggestion.slot)


def _may_lock(draft: Draft, person: Person, slot: Slot) -> bool:
    written = draft.slots.get(slot)
    return person.id == draft.owner_id or (written is not None and written.author_id == person.id)


def _lock_buttons(draft: Draft, person: Person) -> Iterator[Item]:
    """What locks and unlocks the draft; a moderator's lock is more than the owner's, and can come on top of it."""
    if not draft.is_locked or (person.id != draft.owner_id and draft.locking_moderator_id is None):
        yield _button(texts.BUTTON_DRAFT_LOCK, control_id(LOCK, draft.id, ON))
    if draft.is_locked:
        yield _button(texts.BUTTON_DRAFT_UNLOCK, control_id(LOCK, draft.id, OFF))


def _lock_name(draft: Draft, slot: Slot) -> str:
    template = texts.DRAFT_UNLOCK_PART if slot in draft.locked_slots else texts.DRAFT_LOCK_PART
    return template.format(slot=texts.SLOTS[slot])


def _suggestion_name(suggestion: Suggestion) -> str:
    words = " ".join(visible(suggestion.text).split())
    return texts.DRAFT_SUGGESTION_CHOICE.format(slot=texts.SLOTS[suggestion.slot], text=words)


def _button(
    label: str, custom_id: str, *, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> Item:
    return discord.ui.Button(label=label, custom_id=custom_id, style=style)


def _menu(custom_id: str, options: Sequence[tuple[str, str]], *, placeholder: str) -> Item:
    return discord.ui.Select(
        custom_id=custom_id,
        placeholder=placeholder,
        options=[
            discord.SelectOption(label=label[:NAME_MAX_CHARS], value=value)
            for value, label in options[:CHOICES_MAX_COUNT]
        ],
    )
