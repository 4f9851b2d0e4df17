"""A video arrives whole under its name, or nothing does."""

import asyncio

import pytest
from aiohttp import web

from bot.upstream import download
from bot.upstream.download import REDIRECTS_MAX, DownloadFailed, TooLarge, fetch_result, result_session

VIDEO = b"\0\0\0\x18ftypmp42" + b"v" * 500_000
HOST = "127.0.0.1"


class Files:
    """Answers every path with ``reply``."""

    def __init__(self):
        self.seen = []
        self.reply = lambda request: web.Response(body=VIDEO)

    async def __call__(self, request):
        self.seen.append(request)
        reply = self.reply(request)
        return await reply if asyncio.iscoroutine(reply) else reply


@pytest.fixture
async def files():
    return Files()


@pytest.fixture
async def url(files):
    runner = web.ServerRunner(web.Server(files), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    yield f"http://{HOST}:{runner.addresses[0][1]}/a.mp4?sig=s3cret"
    await runner.cleanup()


@pytest.fixture
async def fetch(tmp_path):
    async with result_session(trusted_host=HOST) as session:

        async def fetch(url, *, max_bytes=10**6, trusted_host=HOST):
            to = tmp_path / "results" / "a.mp4"
            return await fetch_result(
                url, to, session=session, max_bytes=max_bytes, trusted_host=trusted_host
            )

        yield fetch


def left_behind(tmp_path):
    return {path.name for path in (tmp_path / "results").glob("*")}


async def test_a_video_arrives_whole_and_without_our_key(fetch, url, files, tmp_path):
    file_bytes = await fetch(url)

    assert file_bytes == len(VIDEO)
    assert (tmp_path / "results" / "a.mp4").read_bytes() == VIDEO
    assert left_behind(tmp_path) == {"a.mp4"}
    assert "Authorization" not in files.seen[0].headers


@pytest.mark.parametrize(
    ("status", "is_gone"), [(403, True), (404, True), (410, True), (500, False), (401, False)]
)
async def test_a_refused_download_says_whether_the_link_is_gone(fetch, url, files, status, is_gone):
    files.reply = lambda request: web.Response(status=status)

    with pytest.raises(DownloadFailed) as caught:
        await fetch(url)

    assert caught.value.is_gone is is_gone
    assert "s3cret" not in caught.value.reason


@pytest.mark.parametrize("body", [b"", b"ftyp", b"<html>" + b"x" * 100, b'{"error": "expired"}'])
async def test_what_is_no_video_is_not_kept(fetch, url, files, body, tmp_path):
    files.reply = lambda request: web.Response(body=body)

    with pytest.raises(DownloadFailed, match="not a video"):
        await fetch(url)
    assert left_behind(tmp_path) == set()


async def stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    await response.write(VIDEO)
    return response


async def stream_in_part(request):
    response = web.StreamResponse(headers={"Content-Length": str(len(VIDEO) + 1)})
    await response.prepare(request)
    await response.write(VIDEO)
    request.transport.close()
    return response


async def test_a_video_cut_short_is_not_kept(fetch, url, files, tmp_path):
    files.reply = stream_in_part

    with pytest.raises(DownloadFailed, match="broke off"):
        await fetch(url)
    assert left_behind(tmp_path) == set()


async def test_a_video_over_the_limit_is_not_kept(fetch, url, files, tmp_path):
    with pytest.raises(TooLarge):
        await fetch(url, max_bytes=len(VIDEO) - 1)

    files.reply = stream  # without a length beforehand
    with pytest.raises(TooLarge):
        await fetch(url, max_bytes=len(VIDEO) - 1)
    assert left_behind(tmp_path) == set()


async def test_a_server_that_stalls_is_given_up(url, files, tmp_path, monkeypatch):
    release = asyncio.Event()

    async def hang():
        await release.wait()
        return web.Response()

    files.reply = lambda request: hang()
    monkeypatch.setattr(download, "STALL_S", 0.1)
    async with result_session(trusted_host=HOST) as session:
        with pytest.raises(DownloadFailed, match="broke off"):
            await fetch_result(url, tmp_path / "a", session=session, max_bytes=9, trusted_host=HOST)
        release.set()


async def test_redirects_are_followed_to_the_video(fetch, url, files):
    def reply(request):
        if request.path == "/b.mp4":
            return web.Response(body=VIDEO)
        return web.Response(status=302, headers={"Location": "/b.mp4"})

    files.reply = reply

    assert await fetch(url) == len(VIDEO)


async def test_redirects_in_a_circle_are_given_up(fetch, url, files):
    files.reply = lambda request: web.Response(status=302, headers={"Location": request.path})

    with pytest.raises(DownloadFailed, match="redirects"):
        await fetch(url)
    assert len(files.seen) == REDIRECTS_MAX + 1


@pytest.mark.parametrize(
    "location",
    [
        *("http://8.8.8.8/a", "https://127.0.0.2/a", "https://[::1]/a", "https://[::ffff:127.0.0.1]/a"),
        *(
            "https://2130706433/a",
            "https://0.0.0.0/a",
            "https://[::]/a",
            "file:///etc/passwd",
            "https://[x/a",
        ),
        *("https://localhost/a", "https://0x7f000001/a", "https://127.0.0.1./a"),
    ],
)
async def test_no_link_or_redirect_leads_to_a_private_place(fetch, url, files, location):
    files.reply = lambda request: web.Response(status=302, headers={"Location": location})

    with pytest.raises(DownloadFailed):
        await fetch(location)
    with pytest.raises(DownloadFailed):
        await fetch(url)
    assert len(files.seen) == 1


async def test_a_host_that_is_not_the_apis_own_must_be_public(fetch, url, files):
    with pytest.raises(DownloadFailed):
        await fetch(url, trusted_host="api.example")
    assert not files.seen
