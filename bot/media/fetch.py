"""Fetching what somebody attached, from Discord's own hosts and nowhere else.

A file lives in a temporary file without a name, so that the system frees it whatever happens to us. Nothing of
ours is ever sent along: no key, no cookie; and no redirect is followed, because Discord's links need none.
"""

import asyncio
import ipaddress
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import aiohttp
from yarl import URL

from bot.errors import Refusal
from bot.media.facts import AttachedFile

DOWNLOADS_MAX = 12  # at once in this process; each holds a socket, a thread's turn and a file
CONNECT_S = 5.0
CHUNK_BYTES = 262_144  # one hop to a thread for each
DISK_RESERVE_BYTES = 500_000_000  # left free for the database and for finished videos

_GONE = frozenset({403, 404, 410})  # signed links that have expired answer 403 or 404


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How slow a server may be.

    Attributes:
        stall_s: Seconds without a single byte.
        grace_s: Seconds after which the pace counts.
        pace_bytes_per_s: The least average; a line that is slower would keep a member waiting for minutes.
        deadline_s: Seconds for a whole file, so that a steady trickle ends too.
    """

    stall_s: float = 5.0
    grace_s: float = 5.0
    pace_bytes_per_s: int = 100_000
    deadline_s: float = 300.0


class NotFetched(Refusal):
    """An attached file could not be had."""


def media_session() -> aiohttp.ClientSession:
    """Return a session for :class:`MediaFetcher`. The caller closes it."""
    # Bytes are taken as they come: a compressed answer could unpack to any size.
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=DOWNLOADS_MAX),
        headers={"Accept-Encoding": "identity"},
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


class MediaFetcher:
    """Downloads attached files, at most ``DOWNLOADS_MAX`` at once; others wait their turn.

    Args:
        session: From :func:`media_session`.
        hosts: The only hosts to ask, as in ``MEDIA_HOSTS``: names, each with a port or without.
        folder: Where temporary files take their space; made if need be.
        patience: How slow a server may be.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        *,
        hosts: tuple[str, ...],
        folder: Path,
        patience: Patience | None = None,
    ) -> None:
        self._session = session
        self._hosts = hosts
        self._folder = folder
        self._patience = patience or Patience()
        self._turns = asyncio.Semaphore(DOWNLOADS_MAX)

    @asynccontextmanager
    async def fetched(self, file: AttachedFile, *, max_bytes: int) -> AsyncIterator[BinaryIO]:
        """Give the file's bytes as a temporary file that is gone afterwards.

        Args:
            file: What to fetch.
            max_bytes: The largest size to take; a declared size lowers it.

        Raises:
            NotFetched: The file could not be had, in words for a person.
        """
        if not is_media_link(file.url, hosts=self._hosts):
            raise NotFetched(f"“{file.name}” is not a file on Discord.", hint="Attach the file itself.")
        max_bytes = min(max_bytes, file.declared_bytes or max_bytes)
        async with self._turns:
            temporary = await asyncio.to_thread(self._open, file, max_bytes=max_bytes)
            try:
                await self._download(file, temporary, max_bytes=max_bytes)
                yield temporary
            finally:
                await asyncio.to_thread(temporary.close)

    def _open(self, file: AttachedFile, *, max_bytes: int) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self._folder).free < DOWNLOADS_MAX * max_bytes + DISK_RESERVE_BYTES:
            raise NotFetched(
                f"There is no room to look at “{file.name}” now.", hint="Please tell whoever runs this bot."
            )
        return tempfile.TemporaryFile(dir=self._folder)

    async def _download(self, file: AttachedFile, to: BinaryIO, *, max_bytes: int) -> None:
        patience = self._patience
        timeout = aiohttp.ClientTimeout(
            total=patience.deadline_s, sock_connect=CONNECT_S, sock_read=patience.stall_s
        )
        url = URL(file.url).with_user(None)
        try:
            async with self._session.get(url, allow_redirects=False, timeout=timeout) as response:
                if response.status != 200:
                    raise _unanswered(file, status=response.status)
                if (response.content_length or 0) > max_bytes:
                    raise _too_large(file)
                await self._save(file, response.content, to, max_bytes=max_bytes)
        except TimeoutError as error:
            raise _too_slow(file) from error
        except aiohttp.ClientError as error:
            raise NotFetched(
                f"“{file.name}” could not be fetched whole.", hint="Please try again."
            ) from error

    async def _save(
        self, file: AttachedFile, content: aiohttp.StreamReader, to: BinaryIO, *, max_bytes: int
    ) -> None:
        loop = asyncio.get_running_loop()
        started, file_bytes = loop.time(), 0
        async for chunk in content.iter_chunked(CHUNK_BYTES):
            file_bytes += len(chunk)
            if file_bytes > max_bytes:
                raise _too_large(file)
            elapsed_s = loop.time() - started
            if (
                elapsed_s > self._patience.grace_s
                and file_bytes < elapsed_s * self._patience.pace_bytes_per_s
            ):
                raise _too_slow(file)
            await asyncio.to_thread(to.write, chunk)
        await asyncio.to_thread(to.flush)


def is_media_link(link: str, *, hosts: tuple[str, ...]) -> bool:
    """Return whether a link leads to one of the hosts: over https, or plainly to one that is this machine."""
    try:
        url = URL(link)
        return any(_leads_to(url, URL(f"https://{host}")) for host in hosts)
    except ValueError:
        return False


def _leads_to(url: URL, host: URL) -> bool:
    if not url.host or url.host != host.host:
        return False
    if _is_this_machine(url.host):
        return url.scheme in ("http", "https") and host.explicit_port in (None, url.port)
    return url.scheme == "https" and url.port == host.port


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _too_large(file: AttachedFile) -> NotFetched:
    return NotFetched(f"“{file.name}” is larger than it may be.")


def _too_slow(file: AttachedFile) -> NotFetched:
    return NotFetched(f"“{file.name}” took too long to arrive.", hint="Please try again.")


def _unanswered(file: AttachedFile, *, status: int) -> NotFetched:
    if status in _GONE:
        return NotFetched(f"“{file.name}” is no longer there.", hint="Attach it again.")
    return NotFetched(f"Discord did not hand out “{file.name}” (HTTP {status}).", hint="Please try again.")
