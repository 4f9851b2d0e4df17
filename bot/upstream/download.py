"""Fetching a finished video, once, from a link that upstream gave us.

The link is a stranger's: it may lead anywhere, be a page instead of a video, never end or stop in the middle.
A file stands under its final name only when it is whole. Our key must never be sent here.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import aiohttp
from yarl import URL

from bot.upstream.addresses import PublicResolver, is_allowed_host
from bot.upstream.errors import cleaned

CONNECT_S = 10.0
STALL_S = 30.0  # without a single byte
DEADLINE_S = 1800.0  # for a server that sends a byte now and then for ever
REDIRECTS_MAX = 5
CHUNK_BYTES = 262_144  # one hop to a thread for each
HEAD_BYTES = 8  # enough to tell a video from a page

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({403, 404, 410})  # signed links that have expired answer 403
_EBML = b"\x1a\x45\xdf\xa3"  # webm, mkv


class DownloadFailed(Exception):
    """The video did not arrive whole.

    Attributes:
        is_gone: The link will never work again; there may be a fresh one.
        is_forbidden: The link leads where we do not go; asking again would not help.
    """

    def __init__(self, reason: str, *, is_gone: bool = False, is_forbidden: bool = False) -> None:
        self.reason = cleaned(reason)
        self.is_gone = is_gone
        self.is_forbidden = is_forbidden
        super().__init__(self.reason)


class TooLarge(DownloadFailed):
    """The video is larger than we may keep."""


def result_session(*, trusted_host: str) -> aiohttp.ClientSession:
    """Return a session for :func:`fetch_result`: no cookies, no proxies, public only. The caller closes it."""
    connector = aiohttp.TCPConnector(resolver=PublicResolver(trusted_host=trusted_host))
    timeout = aiohttp.ClientTimeout(total=DEADLINE_S, connect=CONNECT_S, sock_read=STALL_S)
    # A compressed video gains nothing, and its true length would be unknown.
    headers = {"Accept-Encoding": "identity"}
    return aiohttp.ClientSession(
        connector=connector,
        timeout=timeout,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
    )


async def fetch_result(
    url: str, to: Path, *, session: aiohttp.ClientSession, max_bytes: int, trusted_host: str
) -> int:
    """Download a finished video to a file, whole or not at all.

    Args:
        url: The link as upstream gave it.
        to: Where the file will stand; its directory is made if need be.
        session: From :func:`result_session` with the same ``trusted_host``.
        max_bytes: The largest size to keep.
        trusted_host: The API's own host name, which may be private and speak plain http.

    Returns:
        The size in bytes.

    Raises:
        DownloadFailed: Nothing usable arrived.
        TooLarge: There is more than ``max_bytes``.
        OSError: The file could not be written.

    Source: video API notes, section 7, "The result link".
    """
    part = to.with_name(f"{to.name}.part")
    try:
        async with _video_answer(url, session=session, trusted_host=trusted_host) as response:
            if (response.content_length or 0) > max_bytes:
                raise TooLarge(f"the video has {response.content_length} bytes; the limit is {max_bytes}")
            file_bytes = await _save(response.content, part, max_bytes=max_bytes)
        await asyncio.to_thread(part.replace, to)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DownloadFailed(f"the download broke off ({type(error).__name__})") from error
    finally:
        await asyncio.to_thread(part.unlink, missing_ok=True)
    return file_bytes


@asynccontextmanager
async def _video_answer(
    url: str, *, session: aiohttp.ClientSession, trusted_host: str
) -> AsyncIterator[aiohttp.ClientResponse]:
    """Open a link, follow its redirects by hand so that every hop is checked, and give the last answer."""
    target = _checked(url, trusted_host=trusted_host)
    for _ in range(REDIRECTS_MAX + 1):
        async with session.get(target, allow_redirects=False) as response:
            if response.status == 200:
                yield response
                return
            if response.status not in _REDIRECTS:
                raise DownloadFailed(f"HTTP {response.status}", is_gone=response.status in _GONE)
            location = response.headers.get("Location", "")
        target = _checked(location, trusted_host=trusted_host, base=target)
    raise DownloadFailed("too many redirects")


def _checked(link: str, *, trusted_host: str, base: URL | None = None) -> URL:
    try:
        url = base.join(URL(link)) if base else URL(link)
    except ValueError:
        raise DownloadFailed("the link is not a link") from None
    host = url.raw_host or ""
    if url.scheme != "https" and not (url.scheme == "http" and host == trusted_host):
        raise DownloadFailed("the link is not https", is_forbidden=True)
    if not is_allowed_host(host, trusted_host=trusted_host):
        raise DownloadFailed("the link leads to a private address", is_forbidden=True)
    return url.with_user(None)


async def _save(content: aiohttp.StreamReader, part: Path, *, max_bytes: int) -> int:
    file = await asyncio.to_thread(_open, part)
    file_bytes, head = 0, b""
    try:
        async for chunk in content.iter_chunked(CHUNK_BYTES):
            file_bytes += len(chunk)
            if file_bytes > max_bytes:
                raise TooLarge(f"the video has more than {max_bytes} bytes")
            if len(head) < HEAD_BYTES:
                head += chunk[:HEAD_BYTES]
            await asyncio.to_thread(file.write, chunk)
        if not _is_video(head):
            raise DownloadFailed("what arrived is not a video")
        await asyncio.to_thread(_sync, file)
    finally:
        await asyncio.to_thread(file.close)
    return file_bytes


def _open(part: Path) -> BinaryIO:
    part.parent.mkdir(parents=True, exist_ok=True)
    return part.open("wb")


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _is_video(head: bytes) -> bool:
    return head[4:8] == b"ftyp" or head.startswith(_EBML)
