"""The composition root: builds everything, and stops it backwards."""

import asyncio
import functools
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from yarl import URL

from bot.assets.reviewer import AssetReviewer
from bot.assets.schedule import review_plan
from bot.assets.service import AssetService, key_digest_of
from bot.client import Client, owner_ids_of
from bot.clock import Clock, SystemClock
from bot.config import Configuration
from bot.delivery.alarm import Alarm
from bot.delivery.board import ProgressBoard
from bot.delivery.links import Links
from bot.delivery.sender import Sender
from bot.generation.estimates import Estimates
from bot.generation.file_links import FileLinks
from bot.generation.finished import FinishedVideos
from bot.generation.intake import Intake, check_picture
from bot.generation.ladder import SizeLadder
from bot.generation.line import Line
from bot.generation.resolution import ResolutionService
from bot.generation.retention import RetentionPlan
from bot.generation.runner import Runner
from bot.generation.schedule import poll_plan
from bot.generation.service import GenerationService
from bot.generation.shelf import Shelf
from bot.generation.steps.tools import Tools
from bot.media.examiner import Examiner
from bot.media.fetch import MediaFetcher, media_session
from bot.media.inspector import MediaInspector
from bot.media.shrinker import Shrinker
from bot.operators import Operators
from bot.services import Services
from bot.upstream.client import VideoApi
from bot.upstream.download import fetch_result, result_session
from bot.upstream.poller import Poller
from cogs import add_cogs
from cogs.errors import Tree
from storage.database import Database, open_database
from storage.records import Generation

logger = logging.getLogger(__name__)

BYTES_PER_MB = 1_000_000
# Looks are due on a shared tick, so that one wake-up serves many; a second is nothing beside a 30 s interval.
TICK_MAX_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything that runs, for entry points and tests."""

    client: Client
    services: Services
    runner: Runner
    database: Database


@asynccontextmanager
async def open_application(
    configuration: Configuration, *, clock: Clock | None = None
) -> AsyncIterator[Application]:
    """Build the application and take up what an earlier process left; on exit stop it, steps first.

    The client is neither logged in nor connected yet. Generations are carried out beside it, not inside it, so they
    go on while Discord is away.

    Args:
        configuration: What the operator decided.
        clock: The source of time; the system's by default.

    Raises:
        Refusal: The database cannot be opened, or another process has it.
    """
    clock = clock or SystemClock()
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(configuration.effective_database_url))
        client = Client(tree=Tree, setup=add_cogs, database=database, clock=clock)
        sender = Sender(client, clock=clock)
        operators = Operators(configuration.operators)
        alarm = Alarm(sender, operators=operators, clock=clock)

        def on_login() -> None:
            if client.application is not None:
                operators.learn_owners(owner_ids_of(client.application))
            sender.open()

        client.on_login = on_login
        links = Links(sender, clock=clock)
        api = await _video_api(stack, configuration)
        reviewer, assets, inspector = await _library(
            stack, configuration, api, database=database, clock=clock
        )
        shelf = await _shelf(stack, configuration, database=database, clock=clock)
        line = Line(place_count=configuration.max_in_flight, clock=clock)
        runner = Runner(
            database=database,
            tools=await _tools(
                stack,
                configuration,
                api,
                database=database,
                shelf=shelf,
                line=line,
                alarm=alarm,
                sender=sender,
                files=FileLinks(links, assets=assets, confirm=reviewer.confirm),
                clock=clock,
            ),
            board=ProgressBoard(sender, clock=clock),
            estimates=Estimates(database, clock=clock),
        )

        def on_change(generation: Generation) -> None:
            runner.take_up(generation)
            reviewer.wake()

        service = GenerationService(
            database,
            clock=clock,
            line=line,
            on_change=on_change,
            cancel_window_s=configuration.cancel_window_s,
        )
        resolutions = ResolutionService(
            database, clock=clock, on_change=on_change, patience=timedelta(days=configuration.uncertain_days)
        )
        client.services = Services(
            generations=service,
            intake=Intake(inspector=inspector, assets=assets, links=links),
            assets=assets,
            finished=FinishedVideos(database, clock=clock, files_of=shelf.files_of),
            operators=operators,
            resolutions=resolutions,
        )
        stack.push_async_callback(client.close)
        stack.push_async_callback(reviewer.close)
        stack.push_async_callback(runner.close)
        stack.callback(service.stop_intake)
        reviewer.start()
        await runner.start()
        await stack.enter_async_context(_beside(alarm.keep_telling(), name="alarm"))
        await stack.enter_async_context(_beside(resolutions.keep_sweeping(), name="sweep"))
        await stack.enter_async_context(_beside(shelf.keep_sweeping(), name="shelf"))
        yield Application(client=client, services=client.services, runner=runner, database=database)


@asynccontextmanager
async def _beside(work: Coroutine[None, None, None], *, name: str) -> AsyncIterator[None]:
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


async def _video_api(stack: AsyncExitStack, configuration: Configuration) -> VideoApi:
    session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    return VideoApi(
        session,
        base_url=configuration.video_api_url,
        key=configuration.video_api_key,
        calls_per_s=configuration.api_calls_per_s,
        max_calls_in_flight=configuration.api_calls_in_flight,
        uses_video_sisters=configuration.video_sister_models,
    )


async def _library(
    stack: AsyncExitStack, configuration: Configuration, api: VideoApi, *, database: Database, clock: Clock
) -> tuple[AssetReviewer, AssetService, MediaInspector]:
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


async def _tools(
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


async def _shelf(
    stack: AsyncExitStack, configuration: Configuration, *, database: Database, clock: Clock
) -> Shelf:
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
