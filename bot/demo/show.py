"""Brings the demo up: sandbox, application, simulated Discord, page; and takes it down backwards."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pydantic import SecretStr
from simcord import Preview

from bot.app import open_application
from bot.config import Configuration
from bot.demo.attachments import HOST as ATTACHMENT_HOST
from bot.demo.rehearsal import rehearse
from bot.demo.scene import set_scene
from bot.demo.simulated_discord import LivePages, keep_time, simulated_discord
from bot.sandbox.api import Sandbox
from bot.upstream.families import FAMILIES, Billing

# Long enough to watch the card change, short enough not to be bored.
QUEUE_S = 3.0
RUN_S = 10.0
# The page converts each video before it plays it: at this size that takes three seconds for a clip of five.
HEIGHT_PX = 288
PRICES_CREDITS: Mapping[str, int] = {"720p": 1, "1080p": 4, "2K": 6, "4K": 8}


@asynccontextmanager
async def open_show(*, port: int) -> AsyncIterator[Preview]:
    """Run the whole product against a simulated Discord and show it on a local page.

    Args:
        port: Port of the page; 0 takes a free one.

    Returns:
        The page: ``url`` is where it is.

    Raises:
        SetupError: The port is taken.
    """
    async with (
        Sandbox(queue_s=QUEUE_S, run_s=RUN_S, height=HEIGHT_PX) as sandbox,
        _temporary_folder() as folder,
        open_application(_configuration(sandbox.url, folder)) as application,
        simulated_discord(application.client) as env,
    ):
        await rehearse(application.database, took_s=QUEUE_S + RUN_S)
        scene = await set_scene(env)
        application.services.operators.learn_owners([scene.operator.id])
        page = env.preview(scene.channel, viewers=scene.members, layout="channel", port=port)
        async with page, _beside(keep_time(env)), _beside(LivePages(env, page).follow()):
            yield page


def _configuration(api_url: str, folder: Path) -> Configuration:
    """Everything by hand, so that neither ``.env`` nor the environment of a real bot is read by mistake."""
    return Configuration(
        _env_file=None,
        discord_token=SecretStr("simulated"),
        video_api_key=SecretStr("sandbox"),
        video_api_url=api_url,
        data_dir=folder,
        database_url=None,
        prices=prices(),
        poll_first_s=1.0,
        poll_interval_s=1.0,
        generation_deadline_s=600.0,
        cancel_window_s=3.0,
        api_calls_per_s=10.0,
        api_calls_in_flight=4,
        result_max_mb=50,
        media_hosts=ATTACHMENT_HOST,
        asset_interval_s=1.0,
        video_sister_models=False,
        log_level="WARNING",
    )


def prices() -> str:
    """Return prices of all models: more for more pixels, and a quick model by the second, where that may be."""
    models = [(family, model) for family in FAMILIES.values() for model in family.models]
    credits = {model.name: str(PRICES_CREDITS[model.resolution]) for _, model in models}
    quick = [model for family, model in models if model.is_fast and Billing.PER_SECOND in family.billings]
    credits[quick[0].name] += "/s"
    return ",".join(f"{name}={price}" for name, price in credits.items())


@asynccontextmanager
async def _temporary_folder() -> AsyncIterator[Path]:
    with TemporaryDirectory(prefix="showrunner-demo-") as name:
        yield Path(name)


@asynccontextmanager
async def _beside(work: Awaitable[Any]) -> AsyncIterator[None]:
    """Carry out endless work while the body runs."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()
