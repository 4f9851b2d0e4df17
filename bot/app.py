"""The composition root: builds everything, and stops it backwards."""

import functools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

import aiohttp
from yarl import URL

from bot.client import Client
from bot.clock import Clock, SystemClock
from bot.config import Configuration
from bot.delivery.board import ProgressBoard
from bot.delivery.sender import Sender
from bot.generation.estimates import Estimates
from bot.generation.runner import Runner
from bot.generation.schedule import poll_plan
from bot.generation.service import GenerationService
from bot.generation.steps import Tools
from bot.services import Services
from bot.upstream.client import VideoApi
from bot.upstream.download import fetch_result, result_session
from bot.upstream.poller import Poller
from cogs import add_cogs
from cogs.errors import Tree
from storage.database import Database, open_database

BYTES_PER_MB: Final = 1_000_000
# Looks are due on a shared tick, so that one wake-up serves many; a second is nothing beside a 30 s interval.
TICK_MOST_S: Final = 1.0


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
        client.on_login = sender.open
        runner = Runner(
            database=database,
            tools=await _tools(stack, configuration, sender=sender, clock=clock),
            board=ProgressBoard(sender, clock=clock),
            estimates=Estimates(database, clock=clock),
        )
        service = GenerationService(
            database, clock=clock, on_change=runner.take_up, cancel_window_s=configuration.cancel_window_s
        )
        client.services = Services(generations=service)
        stack.push_async_callback(client.close)
        stack.push_async_callback(runner.close)
        stack.callback(service.stop_intake)
        await runner.start()
        yield Application(client=client, services=client.services, runner=runner, database=database)


async def _tools(
    stack: AsyncExitStack, configuration: Configuration, *, sender: Sender, clock: Clock
) -> Tools:
    api_session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    api_host = URL(configuration.video_api_url).host or ""
    results = await stack.enter_async_context(result_session(trusted_host=api_host))
    api = VideoApi(
        api_session,
        base_url=configuration.video_api_url,
        key=configuration.video_api_key,
        calls_per_s=configuration.api_calls_per_s,
        max_calls_in_flight=configuration.api_calls_in_flight,
    )
    poller = await stack.enter_async_context(
        Poller(api, clock=clock, tick_s=min(TICK_MOST_S, configuration.poll_interval_s / 20))
    )
    results_dir = configuration.data_dir / "results"
    results_dir.mkdir(parents=True, exist_ok=True)
    return Tools(
        api=api,
        poller=poller,
        sender=sender,
        clock=clock,
        plan=poll_plan(
            first_s=configuration.poll_first_s,
            interval_s=configuration.poll_interval_s,
            deadline_s=configuration.generation_deadline_s,
        ),
        fetch=functools.partial(
            fetch_result,
            session=results,
            max_bytes=configuration.result_max_mb * BYTES_PER_MB,
            trusted_host=api_host,
        ),
        results_dir=results_dir,
    )
