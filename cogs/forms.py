"""The form behind buttons and menus: prompt, model, seconds, shape, and files where they fit."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import discord
from discord import app_commands

from bot import texts
from bot.generation.intake import WantedFile, Wish
from bot.upstream.families import DEFAULT_MODEL
from cogs.asking import seconds_of, wish_of
from cogs.choices import RATIOS
from cogs.errors import errors_answered
from cogs.ui import answering
from storage.records import GenerationId

# Discord forgets nobody's half-written form, but we must not keep every abandoned one in memory.
FORM_TIMEOUT_S = 3600.0
# Discord's bounds for a text input and for a file upload (docs, "Component Reference").
PROMPT_MAX_CHARS = 4000
FILES_MAX_COUNT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as somebody filled it in, unchecked."""

    prompt: str
    model: str
    duration: int | None
    ratio: str | None
    files: tuple[discord.Attachment, ...]


OnDone = Callable[[discord.Interaction[Any], Filled], Awaitable[None]]


class WishForm(discord.ui.Modal):
    """Asks for everything a wish needs.

    Args:
        title: At most 45 characters.
        on_done: Called with what was filled in.
        models: The models to choose from; not empty.
        prompt: Filled in already; longer than Discord's form takes, it is left out.
        model: Chosen already, if it can be chosen.
        duration: Filled in already, in seconds.
        ratio: Chosen already.
        files_label: What more files are for; None for no file field.
        file_count: How many files it takes.
    """

    def __init__(
        self,
        *,
        title: str,
        on_done: OnDone,
        models: Sequence[app_commands.Choice[str]],
        prompt: str = "",
        model: str = DEFAULT_MODEL,
        duration: int | None = None,
        ratio: str | None = None,
        files_label: str | None = None,
        file_count: int = FILES_MAX_COUNT,
    ) -> None:
        super().__init__(title=title, timeout=FORM_TIMEOUT_S)
        self._on_done = on_done
        self._prompt: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=prompt if len(prompt) <= PROMPT_MAX_CHARS else None,
            max_length=PROMPT_MAX_CHARS,
        )
        names = [choice.value for choice in models]
        self._usual_model = next((name for name in (model, DEFAULT_MODEL) if name in names), names[0])
        self._model = _select(models, chosen=self._usual_model)
        self._duration: discord.ui.TextInput[Any] = discord.ui.TextInput(
            default=None if duration is None else str(duration), required=False, max_length=5
        )
        self._ratio = _select(RATIOS, chosen=ratio)
        self._files: discord.ui.FileUpload[Any] = discord.ui.FileUpload(
            required=False, min_values=0, max_values=file_count
        )
        self.add_item(discord.ui.Label(text=texts.FORM_PROMPT, component=self._prompt))
        self.add_item(discord.ui.Label(text=texts.FORM_MODEL, component=self._model))
        self.add_item(discord.ui.Label(text=texts.FORM_DURATION, component=self._duration))
        self.add_item(discord.ui.Label(text=texts.FORM_RATIO, component=self._ratio))
        if files_label is not None:
            self.add_item(discord.ui.Label(text=files_label, component=self._files))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Hand on what was filled in."""
        async with errors_answered(interaction), answering(interaction):
            filled = Filled(
                prompt=self._prompt.value,
                model=next(iter(self._model.values), self._usual_model),
                duration=seconds_of(self._duration.value),
                ratio=next(iter(self._ratio.values), None),
                files=tuple(self._files.values),
            )
            await self._on_done(interaction, filled)


def wish_from(
    interaction: discord.Interaction[Any],
    filled: Filled,
    *,
    files: Iterable[WantedFile],
    parent_id: GenerationId | None = None,
) -> Wish:
    """Return the wish of whoever filled in a form; ``files`` are those it is about, from wherever they come."""
    return wish_of(
        interaction,
        prompt=filled.prompt,
        model=filled.model,
        duration=filled.duration,
        ratio=filled.ratio,
        files=files,
        parent_id=parent_id,
    )


def _select(choices: Sequence[app_commands.Choice[str]], *, chosen: str | None) -> discord.ui.Select[Any]:
    return discord.ui.Select(
        required=False,
        min_values=0,
        max_values=1,
        options=[
            discord.SelectOption(label=choice.name, value=choice.value, default=choice.value == chosen)
            for choice in choices
        ],
    )
