"""Makes the videos: each is rendered once, when it is first asked for, and kept for a while.

Rendering waits for a download, so ten thousand tasks that nobody downloads cost nothing.
A worker thread draws and encodes; the event loop only fetches the pictures and waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import aiohttp

from bot.sandbox.assets import AssetLibrary
from bot.sandbox.contract import ASSET_LINK, Order
from bot.sandbox.films import render
from bot.sandbox.pictures import Reference, background_of, size_of

Fetch = Callable[[str], Awaitable[bytes]]

FETCH_TIMEOUT_S = 10.0  # a reference on a slow host must not hold a video up
FETCH_MAX_BYTES = 20_000_000  # the contract's own limit for a reference picture
FETCHES_MAX = 4  # at once, which bounds their memory
RENDERS_MAX = 2  # at once; each keeps one processor busy
FILES_MAX = 200  # kept; the oldest goes first and is made again if somebody asks


class Studio:
    """Renders videos into a folder.

    Args:
        folder: Where the files go.
        short_side_px: The shorter side of every video; None gives the resolution asked for.
        codec: A name in ``films.FORMATS``.
        fetch: Returns the bytes behind a link, or raises OSError, ValueError or LookupError.
        assets: Where ``asset://`` links lead.
    """

    def __init__(
        self, folder: Path, *, short_side_px: int | None, codec: str, fetch: Fetch, assets: AssetLibrary
    ) -> None:
        self._folder = folder
        self._short_side_px = short_side_px
        self._codec = codec
        self._fetch = fetch
        self._assets = assets
        self._films: dict[str, asyncio.Task[Path]] = {}
        self._fetching = asyncio.Semaphore(FETCHES_MAX)
        self._workers = ThreadPoolExecutor(RENDERS_MAX, thread_name_prefix="render")
        self._stop = Event()

    async def film(self, order: Order, *, file_name: str) -> Path:
        """Return the video of an order, rendering it if it is not there yet."""
        film = self._films.get(file_name)
        if film is None:
            self._make_room()
            film = self._films[file_name] = asyncio.create_task(self._render(order, self._folder / file_name))
        # Whoever asked may hang up; the others who wait for the same video must not notice.
        return await asyncio.shield(film)

    async def is_reachable(self, link: str) -> bool:
        """Say whether anything can be read from a link."""
        return await self._read(link) is not None

    async def close(self) -> None:
        """Stop rendering; unfinished videos are given up."""
        self._stop.set()
        for film in self._films.values():
            film.cancel()
        await asyncio.gather(*self._films.values(), return_exceptions=True)
        self._workers.shutdown(cancel_futures=True)  # waits for one frame at most

    def _make_room(self) -> None:
        finished = [name for name, film in self._films.items() if film.done()]
        for name in finished[: max(0, len(self._films) + 1 - FILES_MAX)]:
            del self._films[name]
            (self._folder / name).unlink(missing_ok=True)

    async def _render(self, order: Order, path: Path) -> Path:
        references = await asyncio.gather(*(self._reference(label, link) for label, link in order.media))
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._workers, self._draw, order, references, path)
        return path

    def _draw(self, order: Order, references: Sequence[Reference], path: Path) -> None:
        size = size_of(order, short_side_px=self._short_side_px or order.short_side_px)
        part = path.with_suffix(".part")
        background = background_of(order, references, size=size)
        render(background, part, duration_s=order.duration_s, codec=self._codec, stop=self._stop)
        part.replace(path)

    async def _reference(self, label: str, link: str) -> Reference:
        if found := ASSET_LINK.fullmatch(link):
            asset = self._assets.find(found[1])
            link = asset.link if asset else ""
        shows_pictures = not label.startswith(("video", "audio"))
        return Reference(label, await self._read(link) if link and shows_pictures else None)

    async def _read(self, link: str) -> bytes | None:
        async with self._fetching:
            try:
                async with asyncio.timeout(FETCH_TIMEOUT_S):
                    return await self._fetch(link)
            except (OSError, ValueError, LookupError):
                return None


async def fetch_over_http(session: aiohttp.ClientSession, link: str) -> bytes:
    """Return what a link leads to, cut off where a picture would be too large.

    Raises:
        OSError: Nothing could be read.
    """
    data = bytearray()
    try:
        async with session.get(link, raise_for_status=True) as response:
            async for chunk in response.content.iter_chunked(65_536):
                data += chunk
                if len(data) >= FETCH_MAX_BYTES:
                    break
    except aiohttp.ClientError as error:
        raise OSError(f"cannot read {link}: {error}") from error
    return bytes(data)
