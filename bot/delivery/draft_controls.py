"""What can be pressed on the card of a shared draft. Pure; what a press does is decided in :mod:`cogs`.

Five rows: the parts in two, what everybody does, the decision and the money, and the vote while there is one.
"""

from collections.abc import Iterator, Mapping

import discord

from bot import texts
from bot.delivery import custom_ids
from bot.delivery.plain_text import visible
from bot.delivery.variants import told_apart
from storage.draft_records import Draft, Rule, Slot

# https://discord.com/developers/docs/components/reference#string-select-select-option-structure
DESCRIPTION_MAX_CHARS = 100
# As many as a phone shows side by side.
PARTS_PER_ROW = 3

Button = discord.ui.Button[discord.ui.View]
Menu = discord.ui.Select[discord.ui.View]


def menus_for(draft: Draft, *, votes: Mapping[int, int]) -> tuple[Menu, ...]:
    """Return the menu of the variants while there is a vote, else none.

    Args:
        draft: An open one.
        votes: How many voted for each variant, by its number.
    """
    if draft.vote_closes_at is None:
        return ()
    variants = Menu(
        custom_id=custom_ids.draft_custom_id(custom_ids.DRAFT_VOTE, draft.id),
        placeholder=texts.DRAFT_MENU_VOTE,
        options=[
            discord.SelectOption(
                label=f"{it.number} · {texts.votes_text(votes.get(it.number, 0))}",
                value=str(it.number),
                description=_short(prompt),
            )
            for it, prompt in told_apart(draft.variants)
        ],
        row=4,
    )
    return (variants,)


def buttons_for(draft: Draft, *, price_credits: int, approval_count: int) -> tuple[Button, ...]:
    """Return the buttons.

    Args:
        draft: An open one.
        price_credits: What its video costs.
        approval_count: How many approved what it says now.
    """
    suggestions = texts.BUTTON_SUGGESTIONS.format(count=len(draft.suggestions))
    is_still = _is_still(draft)
    # What people vote for is what is made.
    is_fixed = is_still or draft.vote_closes_at is not None
    decide = _deciding(draft, price_credits=price_credits, approval_count=approval_count)
    return (
        *_parts(draft),
        _button(draft, custom_ids.DRAFT_FILES, texts.BUTTON_FILES, row=2, is_off=is_fixed),
        _button(draft, custom_ids.DRAFT_OPTIONS, texts.BUTTON_OPTIONS, row=2, is_off=is_fixed),
        _button(draft, custom_ids.DRAFT_SUGGESTIONS, suggestions, row=2),
        _button(draft, custom_ids.DRAFT_UNDO, texts.BUTTON_UNDO, row=2, is_off=is_still),
        _button(draft, custom_ids.DRAFT_PREVIEW, texts.BUTTON_PREVIEW, row=2),
        *decide,
        _button(draft, custom_ids.DRAFT_PAY, texts.BUTTON_PAY, row=3, is_off=is_still),
        _button(draft, custom_ids.DRAFT_MORE, texts.BUTTON_MORE, row=3),
    )


def _parts(draft: Draft) -> Iterator[Button]:
    # Not a menu: choosing again what it shows as chosen sends nothing, so nobody could write the same part twice.
    for number, slot in enumerate(Slot):
        is_written = slot in draft.slots
        mark = texts.PART_WRITTEN if is_written else texts.SLOT_EMOJIS[slot]
        yield _button(
            draft,
            custom_ids.DRAFT_SLOT,
            texts.BUTTON_PART.format(mark=mark, part=texts.SLOTS_SHORT[slot]),
            row=number // PARTS_PER_ROW,
            style=discord.ButtonStyle.secondary if is_written else discord.ButtonStyle.primary,
            extra=f":{slot}",
            is_off=_is_still(draft),
        )


def _deciding(draft: Draft, *, price_credits: int, approval_count: int) -> Iterator[Button]:
    green = discord.ButtonStyle.success
    # Nobody approves or pays what their card did not show yet.
    seen = f":{draft.revision}-{price_credits}"
    is_off = _is_still(draft)
    if draft.rule is Rule.OWNER:
        price = texts.credits_text(price_credits) if price_credits else texts.FREE
        make = texts.BUTTON_MAKE.format(price=price)
        yield _button(draft, custom_ids.DRAFT_APPROVE, make, row=3, style=green, extra=seen, is_off=is_off)
    elif draft.rule is Rule.APPROVALS:
        approve = texts.BUTTON_APPROVE.format(count=approval_count, needed=draft.needed)
        yield _button(draft, custom_ids.DRAFT_APPROVE, approve, row=3, style=green, extra=seen, is_off=is_off)
    elif draft.vote_closes_at is None:
        yield _button(draft, custom_ids.DRAFT_VARIANT, texts.BUTTON_VARIANT, row=3, is_off=is_off)
        yield _button(draft, custom_ids.DRAFT_BEGIN, texts.BUTTON_BEGIN, row=3, style=green, is_off=is_off)


def _is_still(draft: Draft) -> bool:
    """Whether every press but a look is refused: a moderator's lock binds everybody."""
    return draft.locking_moderator_id is not None


def _button(
    draft: Draft,
    action: str,
    label: str,
    *,
    row: int,
    style: discord.ButtonStyle = discord.ButtonStyle.secondary,
    extra: str = "",
    is_off: bool = False,
) -> Button:
    custom_id = custom_ids.draft_custom_id(action, draft.id) + extra
    return Button(label=label, style=style, custom_id=custom_id, row=row, disabled=is_off)


def _short(text: str) -> str:
    words = " ".join(visible(text).split())
    return words if len(words) <= DESCRIPTION_MAX_CHARS else f"{words[: DESCRIPTION_MAX_CHARS - 1]}…"
