"""What can be pressed on the card of a shared draft. Pure; what a press does is decided in :mod:`cogs`.

Four rows: the menu of the parts, what everybody does, the decision and the money, and the vote while there is one.
"""

from collections.abc import Iterator, Mapping

import discord

from bot import texts
from bot.delivery import custom_ids
from bot.delivery.plain_text import visible
from storage.draft_records import Draft, Rule, Slot

# https://discord.com/developers/docs/components/reference#string-select-select-option-structure
DESCRIPTION_MAX_CHARS = 100

Button = discord.ui.Button[discord.ui.View]
Menu = discord.ui.Select[discord.ui.View]


def menus_for(draft: Draft, *, votes: Mapping[int, int]) -> tuple[Menu, ...]:
    """Return the menu of the parts and, while there is a vote, that of the variants.

    Args:
        draft: An open one.
        votes: How many voted for each variant, by its number.
    """
    parts = Menu(
        custom_id=custom_ids.draft_custom_id(custom_ids.DRAFT_SLOT, draft.id),
        placeholder=texts.DRAFT_MENU_SLOT,
        options=[_part(draft, slot) for slot in Slot],
        row=0,
    )
    if draft.vote_closes_at is None:
        return (parts,)
    variants = Menu(
        custom_id=custom_ids.draft_custom_id(custom_ids.DRAFT_VOTE, draft.id),
        placeholder=texts.DRAFT_MENU_VOTE,
        options=[
            discord.SelectOption(
                label=f"{it.number} · {texts.votes_text(votes.get(it.number, 0))}",
                value=str(it.number),
                description=_short(it.prompt),
            )
            for it in draft.variants
        ],
        row=3,
    )
    return parts, variants


def buttons_for(draft: Draft, *, price_credits: int, approval_count: int) -> tuple[Button, ...]:
    """Return the buttons.

    Args:
        draft: An open one.
        price_credits: What its video costs.
        approval_count: How many approved what it says now.
    """
    suggestions = texts.BUTTON_SUGGESTIONS.format(count=len(draft.suggestions))
    # What people vote for is what is made.
    is_voting = draft.vote_closes_at is not None
    decide = _deciding(draft, price_credits=price_credits, approval_count=approval_count)
    return (
        _button(draft, custom_ids.DRAFT_FILES, texts.BUTTON_FILES, row=1),
        _button(draft, custom_ids.DRAFT_OPTIONS, texts.BUTTON_OPTIONS, row=1, is_off=is_voting),
        _button(draft, custom_ids.DRAFT_SUGGESTIONS, suggestions, row=1),
        _button(draft, custom_ids.DRAFT_UNDO, texts.BUTTON_UNDO, row=1),
        _button(draft, custom_ids.DRAFT_PREVIEW, texts.BUTTON_PREVIEW, row=1),
        *decide,
        _button(draft, custom_ids.DRAFT_PAY, texts.BUTTON_PAY, row=2),
        _button(draft, custom_ids.DRAFT_MORE, texts.BUTTON_MORE, row=2),
    )


def _deciding(draft: Draft, *, price_credits: int, approval_count: int) -> Iterator[Button]:
    green = discord.ButtonStyle.success
    # Nobody approves or pays what their card did not show yet.
    seen = f":{draft.revision}-{price_credits}"
    if draft.rule is Rule.OWNER:
        price = texts.credits_text(price_credits) if price_credits else texts.FREE
        make = texts.BUTTON_MAKE.format(price=price)
        yield _button(draft, custom_ids.DRAFT_APPROVE, make, row=2, style=green, seen=seen)
    elif draft.rule is Rule.APPROVALS:
        approve = texts.BUTTON_APPROVE.format(count=approval_count, needed=draft.needed)
        yield _button(draft, custom_ids.DRAFT_APPROVE, approve, row=2, style=green, seen=seen)
    elif draft.vote_closes_at is None:
        yield _button(draft, custom_ids.DRAFT_VARIANT, texts.BUTTON_VARIANT, row=2)
        yield _button(draft, custom_ids.DRAFT_BEGIN, texts.BUTTON_BEGIN, row=2, style=green)


def _button(
    draft: Draft,
    action: str,
    label: str,
    *,
    row: int,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    seen: str = "",
    is_off: bool = False,
) -> Button:
    custom_id = custom_ids.draft_custom_id(action, draft.id) + seen
    return Button(label=label, style=style, custom_id=custom_id, row=row, disabled=is_off)


def _part(draft: Draft, slot: Slot) -> discord.SelectOption:
    written = draft.slots.get(slot)
    described = (_short(written.text) if written else "") or texts.SLOT_HINTS[slot]
    return discord.SelectOption(label=texts.SLOTS[slot], value=slot.value, description=described)


def _short(text: str) -> str:
    words = " ".join(visible(text).split())
    return words if len(words) <= DESCRIPTION_MAX_CHARS else f"{words[: DESCRIPTION_MAX_CHARS - 1]}…"
