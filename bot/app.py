"""The composition root: builds everything, and stops it backwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.assets.reviewer import AssetReviewer
from bot.assets.service import AssetService
from bot.building import beside, open_drafts, open_library, open_shelf, open_tools, open_video_api
from bot.charts.painter import Painter
from bot.client import Client, owner_ids_of
from bot.clock import Clock, SystemClock
from bot.config import Configuration
from bot.delivery.alarm import Alarm
from bot.delivery.board import ProgressBoard
from bot.delivery.copies import Copies
from bot.delivery.letters import Letters
from bot.delivery.links import Links
from bot.delivery.moderators import Moderators
from bot.delivery.sender import Sender
from bot.errors import Refusal
from bot.generation.estimates import Estimates
from bot.generation.file_links import FileLinks
from bot.generation.finished import FinishedVideos
from bot.generation.intake import Intake
from bot.generation.line import Line
from bot.generation.pickup import Pickup
from bot.generation.questions import Questions
from bot.generation.resolution import ResolutionService
from bot.generation.runner import Runner
from bot.generation.service import GenerationService
from bot.generation.shelf import Shelf
from bot.limits.grants import GrantService
from bot.limits.offers import OfferService
from bot.limits.reservations import Reservations
from bot.limits.rulebook import Rulebook
from bot.limits.rules import RulesService
from bot.limits.server_prices import ServerPriceService
from bot.limits.totals import TotalsService
from bot.limits.usage import UsageService
from bot.limits.warner import BudgetWarner
from bot.operators import Operators
from bot.services import Services
from cogs import add_cogs
from cogs.errors import Tree
from storage.database import Database, open_database
from storage.records import Generation
from storage.shards import Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything that runs, for entry points and tests.

    Attributes:
        lost: Done when this process must stop because its part of the database is another's now; says why.
    """

    client: Client
    services: Services
    runner: Runner
    database: Database
    lost: asyncio.Future[Refusal]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outside:
    """The ways to people."""

    client: Client
    sender: Sender
    operators: Operators
    alarm: Alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class _Making:
    """What carries generations out, and what is asked of it."""

    runner: Runner
    reviewer: AssetReviewer
    assets: AssetService
    intake: Intake
    line: Line
    shelf: Shelf


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
    lost: asyncio.Future[Refusal] = asyncio.get_running_loop().create_future()
    async with AsyncExitStack() as stack:
        shard = Shard(id=configuration.shard_id, count=configuration.shard_count)
        database = await stack.enter_async_context(
            await open_database(configuration.effective_database_url, shard=shard, on_lost=lost.set_result)
        )
        outside = _outside(configuration, database=database, clock=clock)
        client = outside.client
        making = await _open_making(stack, configuration, outside, database=database, clock=clock)
        stack.push_async_callback(client.close)
        stack.push_async_callback(making.reviewer.close)
        stack.push_async_callback(making.runner.close)
        making.reviewer.start()
        await making.runner.start()
        if database.dialect == "postgresql":
            pickup = Pickup(making.runner, database=database, clock=clock)
            await stack.enter_async_context(beside(pickup.keep_looking(), name="pickup"))
        client.services = await _open_services(
            stack, configuration, outside, making, database=database, clock=clock
        )
        await stack.enter_async_context(beside(outside.alarm.keep_telling(), name="alarm"))
        await stack.enter_async_context(beside(making.shelf.keep_sweeping(), name="shelf"))
        yield Application(
            client=client, services=client.services, runner=making.runner, database=database, lost=lost
        )


def _outside(configuration: Configuration, *, database: Database, clock: Clock) -> _Outside:
    client = Client(tree=Tree, setup=add_cogs, database=database, clock=clock)
    sender = Sender(client, clock=clock)
    operators = Operators(configuration.operators)

    def on_login() -> None:
        if client.application is not None:
            operators.learn_owners(owner_ids_of(client.application))
        sender.open()

    client.on_login = on_login
    alarm = Alarm(sender, operators=operators, clock=clock)
    return _Outside(client=client, sender=sender, operators=operators, alarm=alarm)


async def _open_making(
    stack: AsyncExitStack,
    configuration: Configuration,
    outside: _Outside,
    *,
    database: Database,
    clock: Clock,
) -> _Making:
    links = Links(outside.sender, clock=clock)
    api = await open_video_api(stack, configuration)
    reviewer, assets, inspector = await open_library(
        stack, configuration, api, database=database, clock=clock
    )
    shelf = await open_shelf(stack, configuration, database=database, clock=clock)
    line = Line(place_count=configuration.max_in_flight, clock=clock)
    tools = await open_tools(
        stack,
        configuration,
        api,
        database=database,
        shelf=shelf,
        line=line,
        alarm=outside.alarm,
        sender=outside.sender,
        files=FileLinks(links, assets=assets, confirm=reviewer.confirm),
        clock=clock,
    )
    runner = Runner(
        database=database,
        tools=tools,
        board=ProgressBoard(outside.sender, clock=clock),
        estimates=Estimates(database, clock=clock),
    )
    intake = Intake(inspector=inspector, assets=assets, links=links)
    return _Making(runner=runner, reviewer=reviewer, assets=assets, intake=intake, line=line, shelf=shelf)


async def _open_services(
    stack: AsyncExitStack,
    configuration: Configuration,
    outside: _Outside,
    making: _Making,
    *,
    database: Database,
    clock: Clock,
) -> Services:
    rulebook = Rulebook(configuration.operator_rules)
    service, resolutions = await _open_asking(
        stack, configuration, outside, making, database=database, clock=clock, rulebook=rulebook
    )
    drafts = await open_drafts(
        stack,
        configuration,
        database=database,
        clock=clock,
        client=outside.client,
        sender=outside.sender,
        rulebook=rulebook,
        intake=making.intake,
        generations=service,
    )
    return Services(
        generations=service,
        questions=Questions(service, database=database, clock=clock),
        offers=OfferService(database, rulebook),
        intake=making.intake,
        assets=making.assets,
        finished=FinishedVideos(database, clock=clock, files_of=making.shelf.files_of),
        operators=outside.operators,
        resolutions=resolutions,
        usage=UsageService(database, clock=clock, rulebook=rulebook),
        rules=RulesService(database, clock=clock, rulebook=rulebook),
        prices=ServerPriceService(database, clock=clock, rulebook=rulebook),
        grants=GrantService(database, clock=clock, rulebook=rulebook, on_change=making.runner.take_up),
        totals=TotalsService(database, clock=clock, rulebook=rulebook),
        charts=Painter(configuration.data_dir / "cache"),
        copies=Copies(outside.client),
        letters=Letters(outside.sender),
        drafts=drafts,
    )


async def _open_asking(
    stack: AsyncExitStack,
    configuration: Configuration,
    outside: _Outside,
    making: _Making,
    *,
    database: Database,
    clock: Clock,
    rulebook: Rulebook,
) -> tuple[GenerationService, ResolutionService]:
    """Return what admits generations, and what settles those whose end nobody knows."""
    sender = outside.sender
    moderators = Moderators(sender, meeting_places_of=sender.meeting_places_of)
    warner = BudgetWarner(
        database,
        clock=clock,
        rulebook=rulebook,
        tell=moderators.tell,
        tell_operators=outside.alarm.tell,
    )

    def on_change(generation: Generation) -> None:
        making.runner.take_up(generation)
        making.reviewer.wake()

    service = GenerationService(
        database,
        clock=clock,
        line=making.line,
        reservations=Reservations(rulebook),
        on_change=on_change,
        on_warning=warner.wake,
        cancel_window_s=configuration.cancel_window_s,
    )
    resolutions = ResolutionService(
        database, clock=clock, on_change=on_change, patience=timedelta(days=configuration.uncertain_days)
    )
    stack.callback(service.stop_intake)
    await stack.enter_async_context(beside(warner.keep_telling(), name="budget warner"))
    await stack.enter_async_context(beside(resolutions.keep_sweeping(), name="sweep"))
    return service, resolutions
