"""The client against real servers on loopback: what is sent, once, and what is certain afterwards."""

import asyncio
import socket
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.upstream.answers import AssetStatus, TaskStatus
from bot.upstream.client import ANSWER_MAX_BYTES, AssetLinks, Timeouts, VideoApi
from bot.upstream.errors import NotSent, Refused, Unavailable, Unclear
from bot.upstream.families import FAMILIES
from bot.upstream.requests import VideoRequest

KEY = "sk-very-secret-key"
REQUEST = VideoRequest.parse({"model": "sd2_manxue_720p", "prompt": "A boat"}, family=FAMILIES["sd2_manxue"])
ACCEPTED = {"id": "video_1", "status": "queued", "error": None}
CREATE_S = 20.0  # no machine is so slow that a request on loopback is under way for that long


class Upstream:
    """Answers every call with ``reply`` and remembers what was asked."""

    def __init__(self):
        self.seen = []
        self.reply = lambda request: web.json_response(ACCEPTED)

    async def __call__(self, request):
        body = await request.read()
        self.seen.append((request.method, request.raw_path, request.headers.get("Authorization"), body))
        reply = self.reply(request)
        return await reply if asyncio.iscoroutine(reply) else reply


@pytest.fixture
async def upstream():
    return Upstream()


@pytest.fixture
async def url(upstream):
    runner = web.ServerRunner(web.Server(upstream), shutdown_timeout=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/prefix/"
    await runner.cleanup()


@asynccontextmanager
async def api_at(url, **options):
    options = {"calls_per_s": 1000, "max_calls_in_flight": 4, **options}
    async with aiohttp.ClientSession() as session:
        yield VideoApi(session, base_url=url, key=SecretStr(KEY), **options)


@pytest.fixture
async def api(url):
    async with api_at(url) as api:
        yield api


async def test_a_create_sends_the_canonical_body_with_the_key(api, upstream):
    task_id = await api.create(REQUEST)

    assert task_id == "video_1"
    body = b'{"model": "sd2_manxue_720p", "prompt": "A boat"}'
    assert upstream.seen == [("POST", "/prefix/v1/sd2_manxue/videos", f"Bearer {KEY}", body)]


@pytest.mark.parametrize(
    ("task_id", "path"),
    [("video.1", "video.1"), ("a/b?c#d", "a%2Fb%3Fc%23d"), ("..", "%2E%2E"), ("猫 %", "%E7%8C%AB%20%25")],
)
async def test_any_task_id_is_one_segment_of_the_path(api, upstream, task_id, path):
    await api.result(task_id)

    assert upstream.seen[0][1] == f"/prefix/v1/result/{path}"


async def test_a_create_whose_connection_breaks_after_the_body_is_unclear_and_sent_once(api, upstream):
    def break_off(request):
        request.transport.close()
        return web.Response()

    await api.result("video_1")  # the connection is now a reused one, which aiohttp may repeat a GET on
    upstream.reply = break_off

    with pytest.raises(Unclear):
        await api.create(REQUEST)
    assert [method for method, *_ in upstream.seen] == ["GET", "POST"]


@pytest.fixture
def closed_url():
    """Where nobody listens, and nobody else can begin to meanwhile."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_a_create_that_meets_a_closed_port_was_not_sent(closed_url):
    async with api_at(closed_url) as api:
        with pytest.raises(NotSent):
            await api.create(REQUEST)
        with pytest.raises(Unavailable):
            await api.result("video_1")


async def test_a_create_that_meets_something_other_than_tls_was_not_sent(url):
    async with api_at(url.replace("http:", "https:")) as api:
        with pytest.raises(NotSent):
            await api.create(REQUEST)


async def test_a_create_without_an_answer_in_time_is_unclear(url, upstream, monkeypatch):
    release = asyncio.Event()
    loop = asyncio.get_running_loop()
    time = loop.time

    async def hang():
        # Only now, with the request here, is it late; aiohttp rounds long times up to whole seconds.
        monkeypatch.setattr(loop, "time", lambda: time() + CREATE_S + 1)
        await release.wait()
        return web.json_response(ACCEPTED)

    upstream.reply = lambda request: hang()
    async with api_at(url, timeouts=Timeouts(create_s=CREATE_S)) as api:
        with pytest.raises(Unclear):
            await api.create(REQUEST)
        release.set()

    assert len(upstream.seen) == 1


async def test_a_redirect_is_not_followed_with_the_key(api, upstream):
    upstream.reply = lambda request: web.Response(status=307, headers={"Location": "/elsewhere"})

    with pytest.raises(Unclear):
        await api.create(REQUEST)
    with pytest.raises(Unavailable):
        await api.result("video_1")
    assert len(upstream.seen) == 2


async def test_an_endless_answer_is_not_read_to_its_end(api, upstream):
    upstream.reply = lambda request: web.Response(body=b" " * (ANSWER_MAX_BYTES + 1))

    with pytest.raises(Unclear, match="too large"):
        await api.create(REQUEST)
    with pytest.raises(Unavailable, match="too large"):
        await api.result("video_1")


async def test_the_key_is_in_no_error(api, upstream):
    upstream.reply = lambda request: web.json_response({"error": f"bad key {KEY}"}, status=400)

    with pytest.raises(Refused) as caught:
        await api.create(REQUEST)

    assert caught.value.reason == "bad key ***"
    assert KEY not in repr(vars(api)) + repr(caught.value)


async def test_an_error_from_below_is_not_chained_because_it_may_hold_the_key(api, upstream):
    def answer_garbage(request):
        request.transport.write(b"HTTP/1.1 banana\r\n\r\n")
        request.transport.close()
        return web.Response()

    upstream.reply = answer_garbage

    with pytest.raises(Unclear) as caught:
        await api.create(REQUEST)

    assert caught.value.__context__ is None


async def test_a_create_does_not_wait_for_slow_queries(url, upstream):
    release = asyncio.Event()

    async def hang():
        await release.wait()
        return web.json_response({"status": "queued"})

    upstream.reply = lambda request: hang() if request.method == "GET" else web.json_response(ACCEPTED)
    async with api_at(url, max_calls_in_flight=1) as api:
        looks = [asyncio.create_task(api.result("video_0")) for _ in range(3)]
        await asyncio.sleep(0)

        assert await api.create(REQUEST) == "video_1"

        release.set()
        results = await asyncio.gather(*looks)
    assert {result.status for result in results} == {TaskStatus.QUEUED}


async def test_a_call_that_never_gets_its_turn_was_not_sent(url, upstream):
    async with api_at(url, calls_per_s=0.001, timeouts=Timeouts(turn_s=0.05)) as api:
        await api.turn_to_create()
        await api.create(REQUEST)

        with pytest.raises(NotSent):
            await api.submit_assets(AssetLinks(images=["https://m/a"]))
        with pytest.raises(Unavailable):
            await api.result("video_1")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(api.turn_to_create(), timeout=0.05)
    assert len(upstream.seen) == 1


async def test_assets_are_submitted_without_doubles_and_asked_for_by_id(api, upstream):
    item = {"originalUrl": "https://m/a", "assetId": "asset_1", "status": "Active"}
    upstream.reply = lambda request: web.json_response({"code": "0", "data": {"items": [item]}})

    submission = await api.submit_assets(AssetLinks(images=["https://m/a", "https://m/a"]))
    statuses = await api.asset_status(["asset_1"])

    assert submission.asset_ids == {"https://m/a": "asset_1"}
    assert statuses == {"asset_1": AssetStatus.ACTIVE}
    assert [(path, body) for _, path, _, body in upstream.seen] == [
        ("/prefix/asset/sd2Manxue/assetUpload", b'{"imageUrls": ["https://m/a"]}'),
        ("/prefix/asset/sd2Manxue/assetStatus", b'{"assetIds": ["asset_1"]}'),
    ]
