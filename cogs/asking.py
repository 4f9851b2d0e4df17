"""From an interaction to a wish, and from a wish to a generation: what every way of asking for a video shares."""

from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any

import discord

from bot import texts
from bot.errors import Refusal
from bot.generation.intake import WantedAsset, WantedFile, Wish
from bot.generation.service import Asked
from bot.upstream.families import DEFAULT_DURATION_S, DEFAULT_MODEL
from cogs.ui import require_permissions, say
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


class NothingAttached(Refusal):
    """The message has no file that a video could be made from."""


class NotANumber(Refusal):
    """Seconds were typed that are no number."""


async def ask(interaction: discord.Interaction[Any], wish: Wish) -> None:
    """Check a wish, admit it, say so.

    Raises:
        Refusal: It cannot be admitted; says why.
    """
    require_permissions(interaction)
    services = interaction.client.services
    checked = await services.intake.checked(wish)
    await services.generations.admit(checked, asked_by(interaction))
    await say(interaction, texts.ADMITTED)


def asked_by(interaction: discord.Interaction[Any]) -> Asked:
    """Return who asks, where."""
    return Asked(
        interaction_id=interaction.id,
        guild_id=interaction.guild_id,
        channel_id=interaction.channel_id or 0,
        asker_id=interaction.user.id,
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
    """Return the wish of whoever interacts, with our defaults for what they left out."""
    return Wish(
        member_id=interaction.user.id,
        guild_id=interaction.guild_id,
        model=model or DEFAULT_MODEL,
        prompt=prompt,
        duration=DEFAULT_DURATION_S if duration is None else duration,
        ratio=ratio,
        files=tuple(files),
        assets=tuple(assets),
        needs_files=needs_files,
        needs_review=needs_review,
        parent_id=parent_id,
    )


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
