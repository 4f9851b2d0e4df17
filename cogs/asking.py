"""From an interaction to a wish, and from a wish to a generation: what every way of asking for a video shares."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

import discord

from bot import texts
from bot.delivery.plain_text import plain_text, visible
from bot.errors import Refusal
from bot.generation.intake import WantedAsset, WantedFile, Wish
from bot.generation.service import Asked
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL, FAMILIES, find_model_called
from cogs.confirming import say_admitted
from cogs.people import member_of
from cogs.ui import require_permissions
from storage.records import GenerationId, Medium

# Only where a file is not named for a field do we go by what Discord says it is; its bytes are read later.
_FIELDS_BY_TYPE = {"image": "referenceImages", "video": "referenceVideos", "audio": "referenceAudios"}
_TYPES_BY_ENDING = {
    ".mp4": "video",
    ".mov": "video",
    ".webm": "video",
    ".mp3": "audio",
    ".wav": "audio",
    ".ogg": "audio",
    ".m4a": "audio",
}
_TYPED_MAX_CHARS = 100


class NothingAttached(Refusal):
    """The message has no file that a video could be made from."""


class NotANumber(Refusal):
    """Something else was typed where a number is meant."""


class NoSuchModel(Refusal):
    """What was typed is neither a model's name nor its label."""


async def ask(interaction: discord.Interaction[Any], wish: Wish) -> None:
    """Check a wish, admit it and say so; or ask first, where its price is one to be asked about.

    Raises:
        Refusal: It cannot be admitted; says why.
    """
    require_permissions(interaction)
    services = interaction.client.services
    checked = await services.intake.checked(wish)
    admitted = await services.questions.admit(checked, asked_by(interaction))
    await say_admitted(interaction, admitted, interaction_id=interaction.id)


def asked_by(interaction: discord.Interaction[Any]) -> Asked:
    """Return who asks, where."""
    return Asked(
        interaction_id=interaction.id,
        channel_id=interaction.channel_id or 0,
        member=member_of(interaction),
    )


def wish_of(
    interaction: discord.Interaction[Any],
    *,
    prompt: str,
    model: str | None,
    duration: int | None,
    ratio: str | None,
    files: Iterable[WantedFile] = (),
    assets: Iterable[WantedAsset] = (),
    needs_files: bool = False,
    needs_review: bool = False,
    parent_id: GenerationId | None = None,
) -> Wish:
    """Return the wish of whoever interacts, with our defaults for what they left out.

    Raises:
        NoSuchModel: ``model`` is neither the name nor the label of one.
    """
    return Wish(
        member_id=interaction.user.id,
        guild_id=interaction.guild_id,
        model=model_named(model) if model else DEFAULT_MODEL,
        prompt=prompt,
        duration=DEFAULT_DURATION_S if duration is None else duration,
        ratio=ratio,
        files=tuple(files),
        assets=tuple(assets),
        needs_files=needs_files,
        needs_review=needs_review,
        parent_id=parent_id,
    )


async def require_usable(
    interaction: discord.Interaction[Any], attachments: Sequence[discord.Attachment], media: Sequence[Medium]
) -> None:
    """Refuse attachments that no model takes, before they are kept as ``media`` for a video yet to be asked for.

    Raises:
        UnusableFiles: Holds everything that is wrong with every one of them.
    """
    sizes = [attachment.size for attachment in attachments]
    files = [WantedFile(medium=it, declared_bytes=size) for it, size in zip(media, sizes, strict=True)]
    await interaction.client.services.intake.require_usable(files)


def wanted_file(
    attachment: discord.Attachment, *, field: str, message: discord.Message | None = None
) -> WantedFile:
    """Return an attachment as a file for a field; ``message`` holds it, if one does."""
    return WantedFile(
        medium=Medium(
            field=field,
            name=attachment.filename,
            url=attachment.url,
            channel_id=message.channel.id if message else None,
            message_id=message.id if message else None,
        ),
        declared_bytes=attachment.size,
    )


def words_of(message: discord.Message) -> str:
    """Return the words of a message; where it has none itself, those that it forwards."""
    return next((it.content for it in _with_forwarded(message) if visible(it.content)), "")


def files_of(message: discord.Message) -> Sequence[discord.Attachment]:
    """Return the files of a message; where it has none itself, those that it forwards."""
    return next((it.attachments for it in _with_forwarded(message) if it.attachments), ())


def is_readable(message: discord.Message, interaction: discord.Interaction[Any]) -> bool:
    """Whether the bot can read a message's files again later: it has no right to what others write."""
    is_own: bool = message.author == interaction.client.user
    return is_own


def wanted_files(attachments: Sequence[discord.Attachment | None], *, field: str) -> list[WantedFile]:
    """Return the attachments of a row of options as files for one field, without the empty ones."""
    return [wanted_file(attachment, field=field) for attachment in attachments if attachment is not None]


def reference_field(attachment: discord.Attachment) -> str:
    """Return the field for a file of which only Discord's own description is known."""
    kind = (attachment.content_type or "").partition("/")[0]
    if kind not in _FIELDS_BY_TYPE:
        kind = _TYPES_BY_ENDING.get(PurePath(attachment.filename).suffix.lower(), "image")
    return _FIELDS_BY_TYPE[kind]


def seconds_of(typed: str) -> int | None:
    """Return seconds as typed into a form; None for nothing.

    Raises:
        NotANumber: It is no whole number.
    """
    text = typed.strip().removesuffix("s").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise NotANumber(texts.NOT_A_NUMBER, hint=texts.NOT_CHARGED)
    return int(text)


def is_picture(attachment: discord.Attachment) -> bool:
    """Whether Discord takes a file for a picture."""
    return reference_field(attachment) == "referenceImages"


def model_named(typed: str) -> str:
    """Return the name of a model that was typed by name or label.

    Raises:
        NoSuchModel: It is neither.
    """
    found = find_model_called(typed)
    if found is None:
        labels = [model.label for family in FAMILIES.values() for model in family.models]
        name = plain_text(typed, max_chars=_TYPED_MAX_CHARS)
        raise NoSuchModel(
            texts.NO_SUCH_MODEL.format(name=name, models=", ".join(labels)), hint=texts.NOT_CHARGED
        )
    return found.name


def _with_forwarded(message: discord.Message) -> tuple[discord.Message | discord.MessageSnapshot, ...]:
    return (message, *message.message_snapshots)
