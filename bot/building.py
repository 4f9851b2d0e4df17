"""Builds what the application is made of, piece by piece; each piece closes with the stack it is given."""

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import aiohttp
from yarl import URL

from bot.assets.reviewer import AssetReviewer
from bot.assets.schedule import review_plan
from bot.assets.service import AssetService, key_digest_of
from bot.client import Client
from bot.clock import Clock
from bot.config import Configuration
from bot.delivery.alarm import Alarm
from bot.delivery.sender import Sender
from bot.drafts.board import DraftBoard
from bot.drafts.keeper import DraftKeeper
from bot.drafts.service import DraftService
from bot.drafts.submission import DraftSubmission
from bot.generation.file_links import FileLinks
from bot.generation.intake import Intake, check_picture
from bot.generation.ladder import SizeLadder
from bot.generation.line import Line
from bot.generation.retention import RetentionPlan
from bot.generation.schedule import poll_plan
from bot.generation.service import GenerationService
from bot.generation.shelf import Shelf
from bot.generation.steps.tools import Tools
from bot.limits.reservations import Reservations
from bot.limits.rulebook import Rulebook
from bot.media.examiner import Examiner
from bot.media.fetch import MediaFetcher, media_session
from bot.media.inspector import MediaInspector
from bot.media.shrinker import Shrinker
from bot.upstream.client import VideoApi
from bot.upstream.download import fetch_result, result_session
from bot.upstream.poller import Poller
from storage.database import Database
from storage.draft_records import Draft, DraftState

logger = logging.getLogger(__name__)

BYTES_PER_MB = 1_000_000
# Looks are due on a shared tick, so that one wake-up serves many; a second is nothing beside a 30 s interval.
TICK_MAX_S = 1.0


@asynccontextmanager
async def beside(work: Coroutine[None, None, None], *, name: str) -> AsyncIterator[None]:
    """Let something run until the body is over; when it fails, say so and go on without it."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


def _report_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s has stopped", task.get_name(), exc_info=error)


async def open_video_api(stack: AsyncExitStack, configuration: Configuration) -> VideoApi:
    """Return the client of the video API."""
    session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    return VideoApi(
        session,
        base_url=configuration.video_api_url,
        key=configuration.video_api_key,
        calls_per_s=configuration.api_calls_per_s,
        max_calls_in_flight=configuration.api_calls_in_flight,
        uses_video_sisters=configuration.video_sister_models,
    )


async def open_library(
    stack: AsyncExitStack, configuration: Configuration, api: VideoApi, *, database: Database, clock: Clock
) -> tuple[AssetReviewer, AssetService, MediaInspector]:
    """Return what reviews pictures, what members may do with them, and what examines files."""
    fetcher = MediaFetcher(
        await stack.enter_async_context(media_session()),
        hosts=tuple(configuration.media_hosts.split(",")),
        folder=configuration.data_dir / "incoming",
    )
    inspector = MediaInspector(fetcher, examiner=Examiner())
    key_digest = key_digest_of(configuration.video_api_key)
    reviewer = AssetReviewer(
        api,
        database=database,
        clock=clock,
        key_digest=key_digest,
        plan=review_plan(interval_s=configuration.asset_interval_s),
        on_change=lambda asset: None,
    )
    assets = AssetService(
        database,
        clock=clock,
        key_digest=key_digest,
        check=functools.partial(check_picture, inspector),
        on_add=reviewer.wake,
    )
    return reviewer, assets, inspector


async def open_tools(
    stack: AsyncExitStack,
    configuration: Configuration,
    api: VideoApi,
    *,
    database: Database,
    shelf: Shelf,
    line: Line,
    alarm: Alarm,
    sender: Sender,
    files: FileLinks,
    clock: Clock,
) -> Tools:
    """Return what the steps of a generation use."""
    poller = await stack.enter_async_context(
        Poller(api, clock=clock, tick_s=min(TICK_MAX_S, configuration.poll_interval_s / 20))
    )
    return Tools(
        api=api,
        poller=poller,
        sender=sender,
        files=files,
        line=line,
        alarm=alarm.report,
        clock=clock,
        plan=poll_plan(
            first_s=configuration.poll_first_s,
            interval_s=configuration.poll_interval_s,
            deadline_s=configuration.generation_deadline_s,
        ),
        fetch=shelf.fetch,
        shrink=Shrinker().shrink,
        ladder=SizeLadder(database, clock=clock, stated_max_bytes=sender.stated_max_bytes),
        results_dir=configuration.results_dir,
    )


async def open_drafts(
    stack: AsyncExitStack,
    configuration: Configuration,
    *,
    database: Database,
    clock: Clock,
    client: Client,
    sender: Sender,
    rulebook: Rulebook,
    intake: Intake,
    generations: GenerationService,
) -> DraftService:
    """Start what looks after shared drafts; return what members may do with them."""
    idle = timedelta(hours=configuration.draft_idle_hours)
    board = DraftBoard(database, clock=clock, sender=sender, rulebook=rulebook, idle=idle)

    def on_change(draft: Draft) -> None:
        board.note(draft)
        if draft.state is DraftState.DECIDED:
            keeper.wake()

    submission = DraftSubmission(
        database,
        clock=clock,
        intake=intake,
        generations=generations,
        reservations=Reservations(rulebook),
        on_change=on_change,
    )
    keeper = DraftKeeper(
        database,
        clock=clock,
        submission=submission,
        idle=idle,
        on_change=on_change,
        take_up=board.take_up,
    )
    await stack.enter_async_context(board)
    client.on_access = board.try_again
    await stack.enter_async_context(beside(keeper.keep(), name="draft keeper"))
    return DraftService(database, clock=clock, on_change=on_change)


async def open_shelf(
    stack: AsyncExitStack, configuration: Configuration, *, database: Database, clock: Clock
) -> Shelf:
    """Return where finished videos are kept."""
    api_host = URL(configuration.video_api_url).host or ""
    results = await stack.enter_async_context(result_session(trusted_host=api_host))
    shelf = Shelf(
        configuration.results_dir,
        database=database,
        clock=clock,
        plan=RetentionPlan(
            delivered=timedelta(hours=configuration.retention_hours),
            undelivered=timedelta(days=configuration.undelivered_days),
            max_bytes=configuration.results_max_mb * BYTES_PER_MB,
        ),
        fetch=functools.partial(
            fetch_result,
            session=results,
            max_bytes=configuration.result_max_mb * BYTES_PER_MB,
            trusted_host=api_host,
        ),
    )
    await shelf.open()
    return shelf
