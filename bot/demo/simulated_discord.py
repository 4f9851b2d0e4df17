"""A simulated Discord for the demo and the tests: simcord, made stricter and livelier.

simcord 3.2.1 lets three things pass that Discord does not, its clock stands still, its links to attachments lead
nowhere, and its page takes a refusal for a breakdown and shows neither what happens in the background nor the names in
an embed. Mending that takes private names of simcord. All of them are in this module and listed in
:data:`PRIVATE_NAMES`, and a test says when one goes.
"""

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, TypeVar

import discord
from simcord import BackendError, Env, Preview
from simcord.backend import cdn
from simcord.http import router
from simcord.preview import _markdown

from bot.demo.attachments import attachment_host
from bot.errors import Refusal

logger = logging.getLogger(__name__)

BOT_NAME = "Showrunner"
# Discord's bounds for a message without boosts: https://discord.com/developers/docs/reference#uploading-files
UPLOAD_MAX_BYTES = 10 * 2**20
FILES_MAX_COUNT = 10
# simcord looks this often whether the bot is done with an action; its own 50 ms makes tests ten times slower.
SETTLE_TICK_S = 0.002
# How long an action may take on a busy machine; simcord's own 5 s are also the span within which it awaits a timer.
SETTLE_PATIENCE_S = 60.0
# How far the simulated clock may lag behind the wall clock.
CLOCK_TICK_S = 0.25
MENTIONS_SHOWN_IN = ("embed_description", "embed_field_value")

PRIVATE_NAMES: Mapping[str, tuple[str, ...]] = {
    "env": (
        "backend.bot_user.name",
        "backend.cdn.get",
        "backend.cdn.store_attachment",
        "backend.get_channel",
        "backend.require_permissions",
        "backend.subscribers",
        "_advance_task",
        "_move_clock",
        "_real_advance_task",
        "_settle_internal.__kwdefaults__",
        "_virtual_time",
    ),
    "preview": (
        "_action",
        "_advance_presentation_time",
        "_get_page",
        "_pages",
        "_publish",
    ),
    "router": ("dispatch",),
    "_markdown": ("_FIELD_POLICIES",),
    "cdn": ("CDN_BASE",),
}

_UNLINKABLE = re.compile(r"[^A-Za-z0-9._-]")

Found = TypeVar("Found")


@asynccontextmanager
async def simulated_discord(client: discord.Client) -> AsyncIterator[Env]:
    """Log a client in to a simulated Discord of today; log it out at the end, without closing it.

    What runs before this, such as the runner of generations, stays outside the simulation: it keeps real time, and
    simcord does not wait for it.
    """
    env = Env(client, check_errors=False)
    env.backend.bot_user.name = BOT_NAME
    _move_clock_to_now(env)
    async with AsyncExitStack() as replacements:
        await replacements.enter_async_context(_reachable_attachments(env))
        replacements.enter_context(_replaced(env, "errors_since", _without_refusals(env)))
        replacements.enter_context(_replaced(router, "dispatch", _Strict(router.dispatch)))
        replacements.enter_context(_replaced(_markdown, "_FIELD_POLICIES", _policies_of_discord()))
        quick = {**(Env._settle_internal.__kwdefaults__ or {}), "idle": SETTLE_TICK_S}
        replacements.enter_context(_replaced(Env._settle_internal, "__kwdefaults__", quick))
        replacements.enter_context(_replaced(env, "_settle_internal", _patient(env._settle_internal)))
        await env.start()
        try:
            yield env
        finally:
            await env.shutdown()


async def keep_time(env: Env) -> None:
    """Keep the simulated clock in step with the wall clock, until cancelled."""
    while True:
        await asyncio.sleep(CLOCK_TICK_S)
        if env._advance_task is None and env._real_advance_task is None:
            _move_clock_to_now(env)


class Changes:
    """Wakes whoever waits for something to happen in a simulated Discord.

    Args:
        env: The simulated Discord.
    """

    def __init__(self, env: Env) -> None:
        self._happened = asyncio.Event()
        env.backend.subscribers.append(lambda _event, _payload: self._happened.set())

    async def next(self) -> None:
        """Return when anything has happened since the last call."""
        await self._happened.wait()
        self._happened.clear()

    async def until(self, look: Callable[[], Found | None]) -> Found:
        """Return what ``look`` finds, as soon as it finds something."""
        while (found := look()) is None:
            await self.next()
        return found


class LivePages:
    """Shows on every open page what the bot does in the background.

    Each publication makes a page's next action stale in simcord's eyes, and two actions at once collide. So actions
    and publications take turns, and an action counts as made on the newest publication; simcord looks up its target
    again anyway.

    Args:
        env: The simulated Discord.
        preview: Its pages.
    """

    def __init__(self, env: Env, preview: Preview) -> None:
        self._changes = Changes(env)
        self._preview = preview
        self._turn = asyncio.Lock()
        self._act = preview._action
        preview._action = self._take_turn  # type: ignore[method-assign]  # simcord has no hook for this

    async def follow(self) -> None:
        """Publish whenever something happened, until cancelled."""
        while True:
            await self._changes.next()
            async with self._turn:
                try:
                    self._publish()
                except Exception:
                    logger.exception("the pages could not be brought up to date")

    async def _take_turn(self, context_id: str | None, body: Mapping[str, Any]) -> dict[str, Any]:
        async with self._turn:
            if "published_revision" in body:
                body = {**body, "published_revision": self._preview._get_page(context_id).revision}
            return await self._act(context_id, body)

    def _publish(self) -> None:
        """Publish without waiting for anything, for whatever we waited for could change the pages."""
        self._preview._advance_presentation_time()
        for page_id, page in tuple(self._preview._pages.items()):
            if page_id in self._preview._pages:  # a publication may end pages that were left open for long
                self._preview._publish(page, reason="refresh")


class _Strict:
    """Discord's answers to what simcord lets pass: too much to upload, no right to upload, a repeated nonce."""

    _MESSAGES = re.compile(r"/channels/(\d+)/messages(?:/\d+)?")

    def __init__(self, dispatch: Callable[..., Any]) -> None:
        self._dispatch = dispatch
        self._sent: dict[tuple[int, str], Any] = {}

    def __call__(
        self, backend: Any, method: str, path: str, *, json: Any = None, files: Any = None, **options: Any
    ) -> Any:
        """Answer one REST call."""
        found = self._MESSAGES.fullmatch(path)
        if found is None or method not in ("POST", "PATCH"):
            return self._dispatch(backend, method, path, json=json, files=files, **options)
        channel = backend.get_channel(int(found[1]))
        if files:
            _refuse_large(files)
            backend.require_permissions(channel.guild_id, backend.bot_user.id, channel.id, "attach_files")
        nonce = json.get("nonce") if json and json.get("enforce_nonce") else None
        if nonce is None:
            return self._dispatch(backend, method, path, json=json, files=files, **options)
        key = (channel.id, str(nonce))
        if key not in self._sent:
            self._sent[key] = self._dispatch(backend, method, path, json=json, files=files, **options)
        return self._sent[key]


def _patient(settle: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    async def settle_patiently(**options: Any) -> None:
        give_up_at_s = time.monotonic() + SETTLE_PATIENCE_S
        while True:
            try:
                return await settle(**options)
            except TimeoutError:
                if "_deadline" in options or time.monotonic() >= give_up_at_s:
                    raise

    return settle_patiently


def _without_refusals(env: Env) -> Callable[[int], tuple[BaseException, ...]]:
    """The bot has answered a refusal as it should; the page would call such an action uncertain."""
    errors_since = env.errors_since
    return lambda cursor: tuple(
        error for error in errors_since(cursor) if not isinstance(getattr(error, "original", error), Refusal)
    )


@asynccontextmanager
async def _reachable_attachments(env: Env) -> AsyncIterator[None]:
    """Give attachments links that can be fetched, with names that can stand in a link, as Discord gives them."""
    store = env.backend.cdn
    keep = store.store_attachment

    def keep_renamed(id_: int, channel_id: int, name: str, data: bytes, about: str | None) -> dict[str, Any]:
        return keep(id_, channel_id, _UNLINKABLE.sub("_", name), data, about)

    async with attachment_host(lambda path: store.get(f"{cdn.CDN_BASE}{path}")) as base:
        with _replaced(cdn, "CDN_BASE", base), _replaced(store, "store_attachment", keep_renamed):
            yield


def _refuse_large(files: list[discord.File]) -> None:
    if len(files) > FILES_MAX_COUNT:
        raise BackendError(400, 50035, "Invalid Form Body: too many attachments")
    if sum(_size_of(file) for file in files) > UPLOAD_MAX_BYTES:
        raise BackendError(413, 40005, "Request entity too large")


def _size_of(file: discord.File) -> int:
    here = file.fp.tell()
    end = file.fp.seek(0, 2)
    file.fp.seek(here)
    return end - here


def _policies_of_discord() -> dict[str, dict[str, bool | str]]:
    """simcord shows a mention in an embed as a number; Discord shows a name."""
    shown = {name: {**_markdown._FIELD_POLICIES[name], "mentions": True} for name in MENTIONS_SHOWN_IN}
    return {**_markdown._FIELD_POLICIES, **shown}


def _move_clock_to_now(env: Env) -> None:
    behind_s = time.time() - env.now().timestamp()
    if behind_s > 0:
        env._move_clock(env._virtual_time + behind_s)


@contextmanager
def _replaced(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, original)
