"""Files for a shared draft: checked against what the member may do, copied so that they last, then added."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

import discord

from bot import texts
from bot.delivery.draft_cards import title_of
from bot.delivery.plain_text import plain_text
from bot.drafts.media import add_media
from bot.drafts.repeats import deed_of
from bot.errors import Refusal
from cogs.asking import is_picture, is_readable, reference_field, require_usable
from cogs.draft_forms import REFERENCE
from cogs.drafting import Interaction, change, draft_with, person_of
from storage.draft_records import ChangeKind, Draft, DraftId
from storage.records import Medium

# Ten names, told twice, fit a message.
_NAME_MAX_CHARS = 50


class NotAPicture(Refusal):
    """A frame is to be made from something else."""


async def add_files(
    interaction: Interaction,
    draft_id: DraftId,
    attachments: Sequence[discord.Attachment],
    *,
    use: str = REFERENCE,
    source: discord.Message | None = None,
    removed: Collection[int] = (),
) -> str:
    """Add files to a draft, posting them again in its channel unless they stand in a message of the bot's own.

    Args:
        interaction: Whose files they are.
        draft_id: The draft.
        attachments: The files; not empty.
        use: What for: a key of ``texts.DRAFT_USES``.
        source: The message that they belong to, if they belong to one.
        removed: The numbers of files that are taken away in the same change.

    Returns:
        What to tell whoever added them.

    Raises:
        Refusal: They cannot be added; nothing that was posted for it stays.
    """
    draft, person = await draft_with(interaction, draft_id), person_of(interaction)
    media = [_medium(attachment, use=use) for attachment in attachments]
    if deed_of(draft, person) is not None:  # delivered again, and posted already
        return _said(draft, _standing(draft, media), removed=removed)
    add_media(draft, person, media, removed=removed)  # refuses before anything is posted
    await require_usable(interaction, attachments, media)
    if source is not None and is_readable(source, interaction):
        media = [replace(it, channel_id=source.channel.id, message_id=source.id) for it in media]
        await change(interaction, draft_id, add_media, media, removed=removed)
    else:
        media = await _copied(interaction, draft, attachments, media)
        await _add_copies(interaction, draft, media, removed=removed)
    return _said(draft, media, removed=removed)


def short_lived(media: Iterable[Medium]) -> list[Medium]:
    """Return the files that belong to no message, whose links die after a day and cannot be made fresh."""
    return [medium for medium in media if medium.message_id is None and medium.asset_id is None]


async def lasting(interaction: Interaction, media: Sequence[Medium]) -> Sequence[Medium]:
    """Return files with those that would not last posted again in this channel, as far as Discord takes them."""
    dying = short_lived(media)
    if not dying:
        return media
    copies = await interaction.client.services.copies.of_links(
        dying,
        channel_id=interaction.channel_id or 0,
        text=texts.DRAFT_FILES_FORKED.format(member_id=interaction.user.id),
        max_bytes=interaction.filesize_limit,
    )
    copy_of = dict(zip(dying, copies, strict=True))
    return [copy_of.get(medium, medium) for medium in media]


def names_of(media: Iterable[Medium]) -> str:
    """Return the names of files for a message of ours."""
    return ", ".join(plain_text(medium.name, max_chars=_NAME_MAX_CHARS) for medium in media)


async def _add_copies(
    interaction: Interaction, draft: Draft, media: Sequence[Medium], *, removed: Collection[int]
) -> None:
    copies = interaction.client.services.copies
    posted = {medium.message_id for medium in media if medium.message_id is not None}
    try:
        applied = await change(interaction, draft.id, add_media, media, removed=removed)
    except Refusal:
        # Somebody else was faster, and took the last room.
        await copies.take_back(draft.channel_id, posted)
        raise
    # Delivered twice at once, it was posted twice too.
    used = {it.medium.message_id for it in applied.after.media}
    await copies.take_back(draft.channel_id, posted - used)


async def _copied(
    interaction: Interaction,
    draft: Draft,
    attachments: Sequence[discord.Attachment],
    media: Sequence[Medium],
) -> list[Medium]:
    copies = await interaction.client.services.copies.of(
        attachments,
        channel_id=draft.channel_id,
        text=texts.DRAFT_FILES_POSTED.format(member_id=interaction.user.id, title=title_of(draft)),
        max_bytes=interaction.filesize_limit,
    )
    return [
        medium if (copy := copies.get(attachment.id)) is None else copy.of(medium)
        for attachment, medium in zip(attachments, media, strict=True)
    ]


def _medium(attachment: discord.Attachment, *, use: str) -> Medium:
    if use != REFERENCE and not is_picture(attachment):
        name = plain_text(attachment.filename, max_chars=_NAME_MAX_CHARS)
        raise NotAPicture(texts.DRAFT_FRAME_IS_PICTURE.format(name=name))
    field = reference_field(attachment) if use == REFERENCE else use
    return Medium(field=field, name=attachment.filename, url=attachment.url)


def _standing(draft: Draft, media: Sequence[Medium]) -> Sequence[Medium]:
    """Return the files of the draft that are called like these."""
    names = {medium.name for medium in media}
    return [it.medium for it in draft.media if it.medium.name in names]


def _said(draft: Draft, media: Sequence[Medium], *, removed: Collection[int]) -> str:
    said = [texts.DRAFT_DONE[ChangeKind.REMOVE_FILE]] if removed else []
    said.append(texts.DRAFT_FILES_ADDED.format(title=title_of(draft), names=names_of(media)))
    if dying := short_lived(media):
        said.append(texts.DRAFT_FILES_A_DAY.format(names=names_of(dying)))
    return "\n".join(said)
