"""The forms of shared drafts. They are only shown here: what is filled in arrives in :mod:`cogs.draft_entries`.

A form's custom id says all that is needed to use it, ``draft-form-<what>:<draft id>[:…]``, so that a form that was
opened before a restart still works after it. Discord allows 100 characters (docs, "Component Reference").
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot import texts
from bot.delivery.draft_cards import shown_ratio
from bot.drafts.editing import may_write
from bot.drafts.people import Person
from bot.drafts.prompts import SLOT_MAX_CHARS
from bot.drafts.titles import TITLE_MAX_CHARS
from cogs.choices import NAME_MAX_CHARS, RATIOS
from cogs.ui import ALREADY_ACKNOWLEDGED
from storage.draft_records import Draft, DraftId, Slot

logger = logging.getLogger(__name__)

PREFIX = "draft-form-"
SLOT, FILES, OPTIONS, BEGIN, SPONSOR, ADD = "slot", "files", "options", "begin", "sponsor", "add"
REFERENCE = "reference"
DEFAULT_VOTE_MINUTES = 60
FILES_MAX_COUNT = 10
# Discord's bounds (docs, "Component Reference").
_INPUT_MAX_CHARS = 4000
_NOTE_MAX_CHARS = 100
_TITLE_MAX_CHARS = 45
_NUMBER_MAX_CHARS = 7


async def show_form(interaction: discord.Interaction[Any], form: discord.ui.Modal) -> None:
    """Show a form; it must be the first answer.

    Raises:
        HTTPException: Discord does not show it.
    """
    try:
        await interaction.response.send_modal(form)
    except discord.HTTPException as error:
        # The library sends it again after a 5xx, though the first one may have arrived.
        if error.code != ALREADY_ACKNOWLEDGED:
            raise
    except (aiohttp.ClientError, OSError) as error:
        # It may be open; if not, Discord says so to whoever pressed.
        logger.info("whether a form was shown is not known: %s", type(error).__name__)


def slot_form(draft: Draft, person: Person, slot: Slot) -> discord.ui.Modal:
    """Return the form that writes a part, or suggests another text for it."""
    written = draft.slots.get(slot)
    text = written.text if written else ""
    writes = may_write(draft, person, slot)
    title = texts.FORM_DRAFT_WRITE if writes else texts.FORM_DRAFT_SUGGEST
    note = texts.FORM_DRAFT_WRITE_NOTE if writes else texts.FORM_DRAFT_SUGGEST_NOTE
    fits = len(text) <= _INPUT_MAX_CHARS
    field = discord.ui.TextInput[Any](
        custom_id="text",
        style=discord.TextStyle.paragraph,
        default=text if fits else None,
        placeholder=texts.SLOT_HINTS[slot],
        required=False,
        # A part that came with a fork may be longer than one that is written here.
        max_length=max(SLOT_MAX_CHARS, min(len(text), _INPUT_MAX_CHARS)),
    )
    return _form(
        title.format(part=texts.SLOTS[slot]),
        _form_id(SLOT, draft.id, slot.value, str(written.change if written else 0)),
        _label(texts.SLOTS[slot], field, note=note if fits else texts.FORM_DRAFT_TOO_LONG),
    )


def files_form(draft: Draft) -> discord.ui.Modal:
    """Return the form that adds files and takes some away."""
    upload = discord.ui.FileUpload[Any](
        custom_id="files", required=False, min_values=0, max_values=FILES_MAX_COUNT
    )
    labels = [
        _label(texts.FORM_DRAFT_NEW_FILES, upload),
        _label(texts.FORM_DRAFT_USE, _menu("use", texts.DRAFT_USES.items(), chosen=REFERENCE)),
    ]
    if draft.media:
        present = [
            (str(it.number), f"{texts.MEDIA_FIELDS[it.medium.field]}: {it.medium.name}") for it in draft.media
        ]
        labels.append(_label(texts.FORM_DRAFT_REMOVE, _menu("remove", present, max_count=len(present))))
    return _form(texts.FORM_DRAFT_FILES, _form_id(FILES, draft.id), *labels)


def options_form(draft: Draft, models: Sequence[app_commands.Choice[str]]) -> discord.ui.Modal:
    """Return the form for title, model, length and shape."""
    title = discord.ui.TextInput[Any](
        custom_id="title", default=draft.title, required=False, max_length=TITLE_MAX_CHARS
    )
    seconds = discord.ui.TextInput[Any](
        custom_id="seconds", default=str(draft.duration), required=False, max_length=_NUMBER_MAX_CHARS
    )
    named = [(choice.value, choice.name) for choice in models]
    ratios = [(choice.value, choice.name) for choice in RATIOS]
    return _form(
        texts.FORM_DRAFT_OPTIONS,
        _form_id(OPTIONS, draft.id),
        _label(texts.FORM_DRAFT_TITLE, title),
        _label(texts.FORM_MODEL, _menu("model", named, chosen=draft.model)),
        _label(texts.FORM_DURATION, seconds),
        _label(texts.FORM_RATIO, _menu("ratio", ratios, chosen=shown_ratio(draft))),
    )


def begin_form(draft_id: DraftId) -> discord.ui.Modal:
    """Return the form that begins the vote."""
    minutes = discord.ui.TextInput[Any](
        custom_id="minutes", default=str(DEFAULT_VOTE_MINUTES), max_length=_NUMBER_MAX_CHARS
    )
    return _form(texts.FORM_DRAFT_BEGIN, _form_id(BEGIN, draft_id), _label(texts.FORM_DRAFT_MINUTES, minutes))


def sponsor_form(draft_id: DraftId, *, price_credits: int) -> discord.ui.Modal:
    """Return the form that offers to pay."""
    credits = discord.ui.TextInput[Any](
        custom_id="credits", default=str(price_credits), max_length=_NUMBER_MAX_CHARS
    )
    return _form(
        texts.FORM_DRAFT_SPONSOR,
        _form_id(SPONSOR, draft_id),
        _label(texts.FORM_DRAFT_CREDITS, credits, note=texts.FORM_DRAFT_SPONSOR_NOTE),
    )


def add_form(here: Sequence[Draft], *, text: str, name: str) -> discord.ui.Modal:
    """Return the form that adds a text to a part.

    Args:
        here: The drafts to choose from, the likeliest first; not empty.
        text: Of a message.
        name: Of whoever wrote it.
    """
    field = discord.ui.TextInput[Any](
        custom_id="text",
        style=discord.TextStyle.paragraph,
        default=text[:SLOT_MAX_CHARS],
        max_length=SLOT_MAX_CHARS,
    )
    slots = [(slot.value, texts.SLOTS[slot]) for slot in Slot]
    free = next((slot for slot in Slot if slot not in here[0].slots), Slot.MORE)
    labels = [
        _label(texts.FORM_DRAFT_ADD_TEXT, field, note=texts.FORM_DRAFT_ADD_NOTE.format(name=name[:32])),
        _label(texts.FORM_DRAFT_ADD_SLOT, _menu("slot", slots, chosen=free.value)),
    ]
    if len(here) > 1:
        drafts = [(draft.id, draft.title) for draft in here]
        labels.append(_label(texts.FORM_DRAFT_ADD_DRAFT, _menu("draft", drafts, chosen=here[0].id)))
    return _form(texts.MENU_DRAFT_ADD, _form_id(ADD, here[0].id), *labels)


def _form(title: str, custom_id: str, *labels: discord.ui.Label[Any]) -> discord.ui.Modal:
    form = discord.ui.Modal(title=title[:_TITLE_MAX_CHARS], custom_id=custom_id)
    for label in labels:
        form.add_item(label)
    form.stop()  # what is filled in comes by the custom id, so discord.py must not keep a copy
    return form


def _form_id(what: str, draft_id: DraftId, *more: str) -> str:
    return ":".join((f"{PREFIX}{what}", draft_id, *more))


def _label(text: str, component: discord.ui.Item[Any], *, note: str | None = None) -> discord.ui.Label[Any]:
    return discord.ui.Label(text=text, component=component, description=note and note[:_NOTE_MAX_CHARS])


def _menu(
    custom_id: str, options: Iterable[tuple[str, str]], *, chosen: str | None = None, max_count: int = 1
) -> discord.ui.Select[Any]:
    return discord.ui.Select(
        custom_id=custom_id,
        required=False,
        min_values=0,
        max_values=max_count,
        options=[
            discord.SelectOption(label=label[:NAME_MAX_CHARS], value=value, default=value == chosen)
            for value, label in options
        ],
    )
