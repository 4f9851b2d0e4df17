"""What members filled in to the forms of shared drafts, whether or not this process opened the form.

Nothing they typed may be lost: what cannot be used is given back to them.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot import texts
from bot.delivery.custom_ids import DRAFT_ID
from bot.delivery.draft_cards import shown_ratio
from bot.drafts.deciding import begin_vote
from bot.drafts.editing import append, may_write, set_options, write
from bot.drafts.media import remove_media
from bot.drafts.paying import sponsor
from bot.drafts.service import Applied
from bot.drafts.titles import fitting_title
from cogs import draft_forms
from cogs.asking import NotANumber, seconds_of
from cogs.draft_files import add_files
from cogs.draft_panels import accept_button, view_of
from cogs.draft_words import difference_text
from cogs.drafting import (
    Interaction,
    change,
    change_and_say,
    draft_with,
    person_of,
    require_possible,
    words_for,
)
from cogs.errors import answer_error
from cogs.ui import answering, say, say_also
from storage.draft_records import ChangeKind, Draft, DraftId, Slot

# The fields that hold words, in the order of the forms; a number alone is as soon typed again.
_TYPED = ("text", "title", "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A form as somebody filled it in.

    Attributes:
        more: What the form's custom id says beside the draft.
        values: What each field holds; the ids of files.
        files: What was uploaded.
    """

    interaction: Interaction
    what: str
    draft_id: DraftId
    more: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    files: tuple[discord.Attachment, ...] = ()

    def one(self, name: str) -> str:
        """Return what a field holds; empty if it holds nothing."""
        return next(iter(self.values.get(name, ())), "")


class DraftEntries(commands.Cog):
    """Takes what was filled in."""

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        """Use a form of a draft; leave everything else alone."""
        entry = _entry_of(interaction)
        if entry is None:
            return
        async with _answered(entry), answering(interaction):
            await _USES[entry.what](entry)


@asynccontextmanager
async def _answered(entry: Entry) -> AsyncIterator[None]:
    """Answer whatever goes wrong, and give back what was typed and could not be used."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  # the top of a task: everything ends as a reply
        await answer_error(entry.interaction, error)
        if typed := "\n".join(filter(None, (entry.one(name).strip() for name in _TYPED))):
            await _give_back(entry.interaction, typed)


async def _write(entry: Entry) -> None:
    slot, seen_change = Slot(entry.more[0]), int(entry.more[1])
    applied = await change(
        entry.interaction, entry.draft_id, write, slot, entry.one("text"), seen_change=seen_change
    )
    await _say_written(entry, applied, slot, seen_change=seen_change)


async def _add(entry: Entry) -> None:
    draft_id, slot = DraftId(entry.one("draft") or entry.draft_id), Slot(entry.one("slot") or Slot.MORE)
    applied = await change(entry.interaction, draft_id, append, slot, entry.one("text"))
    written = applied.before.slots.get(slot)
    await _say_written(entry, applied, slot, seen_change=written.change if written else 0)


async def _say_written(entry: Entry, applied: Applied, slot: Slot, *, seen_change: int) -> None:
    """Say what became of a text; where it is a suggestion now, show it beside what stands in the part."""
    edit = applied.edit
    if edit is None or edit.kind is not ChangeKind.SUGGEST:
        await say(entry.interaction, words_for(applied))
        return
    said = [
        *await _why_suggested(entry, applied.before, slot, seen_change=seen_change),
        difference_text(edit.text_before, edit.text),
    ]
    view, person, open_ones = None, person_of(entry.interaction), applied.after.suggestions
    mine = next((it for it in open_ones if (it.slot, it.author_id) == (slot, person.id)), None)
    if mine is not None and may_write(applied.after, person, slot):
        view = view_of(accept_button(applied.after, mine.number, label=texts.BUTTON_DRAFT_MINE))
    await say(entry.interaction, embed=discord.Embed(description="\n\n".join(said)), view=view)


async def _why_suggested(entry: Entry, draft: Draft, slot: Slot, *, seen_change: int) -> Sequence[str]:
    now, part = draft.slots.get(slot), texts.SLOTS[slot]
    if now is not None and now.change != seen_change:
        shown = await _text_at(entry, draft, seen_change)
        return (
            texts.DRAFT_WAS_FASTER.format(author_id=now.author_id, slot=part),
            difference_text(shown, now.text),
            texts.DRAFT_KEPT,
        )
    if now is None or slot in draft.locked_slots:
        return (texts.DRAFT_PART_LOCKED.format(slot=part),)
    return (texts.DRAFT_HELD.format(slot=part, author_id=now.author_id),)


async def _text_at(entry: Entry, draft: Draft, number: int) -> str:
    """Return the text that a change put into its part; empty for none."""
    changes = await entry.interaction.client.services.drafts.history(draft.id, guild_id=draft.guild_id)
    return next((one.text for one in changes if one.number == number), "")


async def _change_files(entry: Entry) -> None:
    removed = [int(number) for number in entry.values.get("remove", ())]
    if entry.files:
        use = entry.one("use") or draft_forms.REFERENCE
        said = await add_files(entry.interaction, entry.draft_id, entry.files, use=use, removed=removed)
        await say(entry.interaction, said)
    elif removed:
        await change_and_say(entry.interaction, entry.draft_id, remove_media, removed)
    else:
        await say(entry.interaction, texts.DRAFT_UNCHANGED)


async def _set_options(entry: Entry) -> None:
    draft, ratio = await draft_with(entry.interaction, entry.draft_id), entry.one("ratio")
    options: dict[str, Any] = {
        "model": entry.one("model") or draft.model,
        "duration": seconds_of(entry.one("seconds")) or draft.duration,
        # The form shows the usual shape of a draft without one; to leave that is to choose nothing.
        "ratio": draft.ratio if ratio == shown_ratio(draft) else ratio or None,
    }
    require_possible(**options)
    title = fitting_title(entry.one("title")) or draft.title
    await change_and_say(entry.interaction, entry.draft_id, set_options, title=title, **options)


async def _begin_vote(entry: Entry) -> None:
    await change_and_say(
        entry.interaction,
        entry.draft_id,
        begin_vote,
        minutes=_number(entry.one("minutes")),
        now=entry.interaction.created_at,
    )


async def _sponsor(entry: Entry) -> None:
    credits = _number(entry.one("credits"))
    await change_and_say(entry.interaction, entry.draft_id, sponsor, max_credits=credits)


_USES: Mapping[str, Callable[[Entry], Awaitable[None]]] = {
    draft_forms.SLOT: _write,
    draft_forms.ADD: _add,
    draft_forms.FILES: _change_files,
    draft_forms.OPTIONS: _set_options,
    draft_forms.BEGIN: _begin_vote,
    draft_forms.SPONSOR: _sponsor,
}

_FORM = re.compile(rf"{draft_forms.PREFIX}(?P<what>{'|'.join(_USES)}):{DRAFT_ID}(?P<more>(:\w+)*)")


def _entry_of(interaction: Interaction) -> Entry | None:
    data: Any = interaction.data or {}
    found = _FORM.fullmatch(data.get("custom_id", ""))
    if interaction.type is not discord.InteractionType.modal_submit or found is None:
        return None
    values = dict(_values_in(data["components"]))
    return Entry(
        interaction=interaction,
        what=found["what"],
        draft_id=DraftId(found["draft_id"]),
        more=tuple(found["more"].split(":")[1:]),
        values=values,
        files=_uploaded(interaction, data.get("resolved", {}), values.get("files", ())),
    )


def _values_in(components: Iterable[Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return what each field holds, by its custom id, however the fields are nested."""
    for component in components:
        inner = component.get("components", [])
        yield from _values_in([*inner, component["component"]] if "component" in component else inner)
        if "custom_id" in component:
            value = component.get("value")
            yield component["custom_id"], tuple(component.get("values", () if value is None else (value,)))


def _uploaded(interaction: Interaction, resolved: Any, ids: Sequence[str]) -> tuple[discord.Attachment, ...]:
    kind = discord.AppCommandOptionType.attachment.value
    options: Any = [{"type": kind, "name": one, "value": one} for one in ids]
    return tuple(file for _, file in app_commands.Namespace(interaction, resolved, options))


def _number(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdigit()):
        raise NotANumber(texts.DRAFT_NUMBER)
    return int(text)


async def _give_back(interaction: Interaction, text: str) -> None:
    # Three ticks of their own would end the block early.
    block = text.replace("```", "``\u200b`")
    embed = discord.Embed(title=texts.DRAFT_TEXT_BACK, description=f"```\n{block}\n```")
    await say_also(interaction, embed=embed)
