"""From the finished video to its asker: download, deliver, make smaller, tell."""

import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot import texts
from bot.delivery.sender import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    MessageRejected,
    SendFailed,
)
from bot.generation.states import moved, noted
from bot.generation.steps.tools import (
    Again,
    Moved,
    Run,
    Tools,
    after_failure,
    is_patient,
    since_end,
    undeliverable,
)
from bot.media.shrinker import CannotShrink
from bot.upstream.download import DownloadFailed, TooLarge
from storage.records import Generation, Notice, State

logger = logging.getLogger(__name__)


# A finished video whose link does not answer is tried for this long; links live about a day.
DOWNLOAD_PATIENCE = timedelta(minutes=30)


# Discord may be away for long; the video waits for it on our disk.
DELIVERY_PATIENCE = timedelta(hours=24)


async def download(run: Run, tools: Tools) -> Moved | Again:
    """Downloading: fetch the video at once, for its link is short-lived."""
    generation = run.generation
    if generation.video_url is None:
        raise AssertionError("finished without a link")
    try:
        file_bytes = await tools.fetch(generation.video_url, tools.file_of(generation.id))
    except TooLarge as error:
        logger.warning("the video stays at its link: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None))
    except DownloadFailed as error:
        return _after_failed_download(run, tools, error)
    except OSError as error:
        if is_patient(run, tools, DOWNLOAD_PATIENCE):
            return after_failure(run, error)
        logger.error("no room for the video, it stays at its link: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None))
    return Moved(moved(generation, State.DELIVERING, file_bytes=file_bytes))


async def deliver(run: Run, tools: Tools) -> Moved | Again:
    """Delivering: show the finished card, with the video on it where Discord takes it."""
    generation = run.generation
    if generation.file_bytes is None and generation.video_url is None:
        return Moved(undeliverable(generation, tools, texts.REASON_NO_PLACE))
    file, file_bytes = _file_to_show(generation, tools)
    if not await tools.ladder.takes(generation.guild_id, file_bytes=file_bytes):
        return Moved(await _a_step_down(generation, tools))
    if file is not None and not file.exists():
        return Moved(_without_file(generation))
    now = tools.clock.now()
    delivered = moved(generation, State.DELIVERED, notice=Notice.SHOWN, delivered_at=now)
    try:
        card_id = await _show(delivered, run, tools, file=file, file_bytes=file_bytes)
    except FileTooLarge:
        return Moved(await _a_step_down(generation, tools, refused_bytes=file_bytes))
    except MessageRejected as error:
        if generation.video_url is None:
            return _after_failed_delivery(run, tools, error)
        # Discord refuses some addresses in buttons, such as a sandbox's own host: the file alone will do.
        logger.warning("the card is shown without its link: %s", error)
        return Moved(noted(generation, video_url=None))
    except SendFailed as error:
        return _after_failed_delivery(run, tools, error)
    return Moved(replace(delivered, card_id=card_id))


async def shrink(run: Run, tools: Tools) -> Moved:
    """Shrinking: make a copy that fits; if there is none, the link will have to do."""
    generation = run.generation
    file, max_bytes = tools.file_of(generation.id), generation.copy_max_bytes
    if max_bytes is None:
        raise AssertionError("a smaller copy of unknown size")
    if not file.exists():
        return Moved(_without_file(generation))
    try:
        await tools.shrink(file, tools.copy_of(generation.id), max_bytes=max_bytes)
    except CannotShrink as error:
        logger.warning("there is no smaller copy, the link is shown: %s", error)
        return Moved(moved(generation, State.DELIVERING, file_bytes=None, copy_max_bytes=None))
    return Moved(moved(generation, State.DELIVERING))


async def tell_outcome(run: Run, tools: Tools) -> Moved | Again:
    """Over: first the card shows it, then a short reply pings the asker. What changes later the card alone shows."""
    generation = run.generation
    if generation.notice is Notice.CHANGED:
        return await _amend(run, tools)
    try:
        if generation.notice is Notice.DUE:
            card_id = await _show(generation, run, tools)
            return Moved(noted(generation, notice=Notice.SHOWN, card_id=card_id))
        if generation.state in texts.REPLIES:
            await tools.sender.tell_asker(generation, may_stand=run.was_tried)
    except SendFailed as error:
        if isinstance(error, DiscordUnavailable) and is_patient(run, tools, DELIVERY_PATIENCE):
            return after_failure(run, error)
        if isinstance(error, MessageRejected) and generation.video_url is not None:
            return Moved(noted(generation, video_url=None))
        logger.warning("the asker could not be told (%s): %s", generation.notice, error)
    return Moved(noted(generation, notice=_notice_after(generation)))


def _notice_after(generation: Generation) -> Notice:
    if generation.notice is Notice.DUE:
        # Whoever cannot be shown a card may still be reached by a reply.
        return Notice.SHOWN
    # Its credits may have been given back since the card was shown.
    return Notice.TOLD if generation.refunded_at in (None, generation.ended_at) else Notice.CHANGED


async def _amend(run: Run, tools: Tools) -> Moved | Again:
    """Bring the card up to date if it still stands; it is not posted anew, and nobody is pinged."""
    try:
        await tools.sender.amend_card(run.generation)
    except SendFailed as error:
        if isinstance(error, DiscordUnavailable) and is_patient(run, tools, DELIVERY_PATIENCE):
            return after_failure(run, error)
        logger.info("the card stays as it is: %s", error)
    return Moved(noted(run.generation, notice=Notice.TOLD))


def _after_failed_download(run: Run, tools: Tools, error: DownloadFailed) -> Moved | Again:
    generation = run.generation
    if error.is_forbidden:
        logger.error("the video is not fetched: %s", error)
        forbidden = undeliverable(generation, tools, texts.REASON_LINK_FORBIDDEN)
        return Moved(replace(forbidden, video_url=None))
    if error.is_gone and since_end(run, tools) <= DOWNLOAD_PATIENCE:
        return Moved(moved(generation, State.PROCESSING))
    if not error.is_gone and is_patient(run, tools, DOWNLOAD_PATIENCE):
        return after_failure(run, error)
    logger.error("the video could not be fetched: %s", error)
    return Moved(undeliverable(generation, tools, texts.REASON_LINK_GONE))


def _after_failed_delivery(run: Run, tools: Tools, error: SendFailed) -> Moved | Again:
    if isinstance(error, DiscordUnavailable) and is_patient(run, tools, DELIVERY_PATIENCE):
        return after_failure(run, error)
    logger.error("the video could not be delivered: %s", error)
    return Moved(undeliverable(run.generation, tools, texts.REASON_NO_PLACE))


def _file_to_show(generation: Generation, tools: Tools) -> tuple[Path | None, int]:
    """The file for the card and its size in bytes; none where the link has to do."""
    if generation.file_bytes is None:
        return None, 0
    copy = tools.copy_of(generation.id)
    if generation.copy_max_bytes is not None and copy.exists():
        return copy, copy.stat().st_size
    return tools.file_of(generation.id), generation.file_bytes


def _without_file(generation: Generation) -> Generation:
    to = State.PROCESSING if generation.video_url is None else State.DOWNLOADING
    return moved(generation, to, file_bytes=None)


async def _a_step_down(
    generation: Generation, tools: Tools, *, refused_bytes: int | None = None
) -> Generation:
    """A smaller copy next; where that would be too small, the link alone."""
    max_bytes = await tools.ladder.copy_max_bytes(generation.guild_id, refused_bytes=refused_bytes)
    if max_bytes is None:
        return noted(generation, file_bytes=None, copy_max_bytes=None)
    return moved(generation, State.SHRINKING, copy_max_bytes=max_bytes)


async def _show(
    generation: Generation, run: Run, tools: Tools, *, file: Path | None = None, file_bytes: int = 0
) -> int | None:
    """Edit the card; where it is gone post a new one; where the channel is closed write to the asker."""
    may_stand = run.was_tried or generation.card_id is None
    try:
        try:
            await tools.sender.edit_card(generation, file=file)
        except MessageGone:
            return await tools.sender.post_card(generation, may_stand=may_stand, file=file)
    except FileTooLarge:
        await tools.ladder.learn(generation.guild_id, refused_bytes=file_bytes)
        raise
    except (ChannelClosed, MessageGone):
        await tools.sender.post_to_asker(generation, may_stand=run.was_tried, file=file)
        if file is not None:
            # Perhaps only files are forbidden there: then the card still shows how it ended.
            with suppress(SendFailed):
                await tools.sender.edit_card(generation)
    return generation.card_id
