"""Only Discord's files arrive, whole and within bounds, and nothing stays behind."""

import asyncio
import shutil

import pytest
from aiohttp import web

from bot.media.facts import AttachedFile
from bot.media.fetch import MediaFetcher, NotFetched, Patience, is_media_link, media_session

CONTENT = b"c" * 600_000
HOSTS = ("cdn.discordapp.com", "media.discordapp.net")


@pytest.fixture
async def fetch(tmp_path):
    """Fetch one file whole; ``patience`` is that of a server that answers at once."""
    async with media_session() as session:

        async def fetch(file, *, max_bytes=10**6, hosts=("127.0.0.1",), patience=None):
            fetcher = MediaFetcher(session, hosts=hosts, folder=tmp_path / "incoming", patience=patience)
            async with fetcher.fetched(file, max_bytes=max_bytes) as content:
                content.seek(0)
                return content.read()

        yield fetch
    assert not any((tmp_path / "incoming").glob("*"))


async def endless(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(CONTENT)


async def dripping(request):
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b"d")
        await asyncio.sleep(0)


async def silent(request):
    response = web.StreamResponse()
    await response.prepare(request)
    await asyncio.Event().wait()


async def cut(request):
    response = web.StreamResponse(headers={"Content-Length": "600001"})
    await response.prepare(request)
    await response.write(CONTENT)
    request.transport.close()
    return response


@pytest.mark.parametrize(
    ("link", "hosts"),
    [
        ("https://cdn.discordapp.com/attachments/1/2/a.png?ex=1", HOSTS),
        ("https://MEDIA.discordapp.net/a.png", HOSTS),
        ("http://127.0.0.1:8080/a.png", ("127.0.0.1",)),
        ("http://127.0.0.1:8080/a.png", ("127.0.0.1:8080",)),
        ("http://localhost/a.png", ("localhost",)),
        ("http://[::1]:8080/a.png", ("[::1]",)),
        ("https://media.example:8443/a.png", ("media.example:8443",)),
    ],
)
def test_a_link_to_a_named_host_is_followed(link, hosts):
    assert is_media_link(link, hosts=hosts)


@pytest.mark.parametrize(
    ("link", "hosts"),
    [
        ("http://cdn.discordapp.com/a.png", HOSTS),
        ("https://cdn.discordapp.com:8443/a.png", HOSTS),
        ("https://cdn.discordapp.com.evil.example/a.png", HOSTS),
        ("https://cdn.discordapp.com@evil.example/a.png", HOSTS),
        ("https://127.0.0.1/a.png", HOSTS),
        ("http://127.0.0.1:9/a.png", ("127.0.0.1:8080",)),
        ("http://169.254.169.254/", ("169.254.169.254",)),
        ("file:///etc/passwd", HOSTS),
        ("https://[broken", HOSTS),
        ("", HOSTS),
    ],
)
def test_any_other_link_is_not(link, hosts):
    assert not is_media_link(link, hosts=hosts)


async def test_a_file_arrives_whole_without_anything_of_ours(fetch, server):
    content = await fetch(server.attached("a.png", CONTENT, declared_bytes=len(CONTENT)))

    assert content == CONTENT
    assert not {"Authorization", "Cookie"} & set(server.seen[0].headers)


async def test_a_file_elsewhere_is_not_asked_for(fetch, server):
    with pytest.raises(NotFetched, match="not a file on Discord"):
        await fetch(server.attached("a.png", CONTENT), hosts=HOSTS)

    assert server.seen == []


async def test_a_redirect_is_not_followed(fetch, server):
    server.answers["/b.png"] = CONTENT
    away = server.attached("a.png", lambda request: web.Response(status=302, headers={"Location": "/b.png"}))

    with pytest.raises(NotFetched, match="HTTP 302"):
        await fetch(away)
    assert len(server.seen) == 1


async def test_a_file_that_is_gone_is_asked_for_again(fetch, server):
    gone = AttachedFile("first_image", "a.png", server.url("a.png"))

    with pytest.raises(NotFetched, match=r"“a\.png” is no longer there") as caught:
        await fetch(gone)
    assert caught.value.hint == "Attach it again."


async def test_the_limit_itself_is_still_taken(fetch, server):
    file = server.attached("a.png", CONTENT)

    assert await fetch(file, max_bytes=len(CONTENT)) == CONTENT
    with pytest.raises(NotFetched, match="larger"):
        await fetch(file, max_bytes=len(CONTENT) - 1)


@pytest.mark.parametrize("declared_bytes", [None, 1000])
async def test_an_endless_file_is_cut_at_its_limit(fetch, server, declared_bytes):
    with pytest.raises(NotFetched, match="larger than it may be"):
        await fetch(server.attached("a.png", endless, declared_bytes=declared_bytes))


async def test_a_file_that_drips_is_given_up(fetch, server):
    patience = Patience(grace_s=0, pace_bytes_per_s=10**9)

    with pytest.raises(NotFetched, match="too long"):
        await fetch(server.attached("a.png", dripping), patience=patience)


@pytest.mark.parametrize("patience", [Patience(stall_s=0.05), Patience(deadline_s=0.05)])
async def test_a_server_that_says_nothing_more_is_given_up(fetch, server, patience):
    with pytest.raises(NotFetched, match="too long"):
        await fetch(server.attached("a.png", silent), patience=patience)


async def test_a_file_cut_short_on_its_way_is_refused(fetch, server):
    with pytest.raises(NotFetched, match="could not be fetched whole"):
        await fetch(server.attached("a.png", cut))


async def test_compressed_bytes_are_not_unpacked(fetch, server):
    packed = server.attached(
        "a.png", lambda request: web.Response(body=b"packed", headers={"Content-Encoding": "gzip"})
    )

    assert await fetch(packed) == b"packed"


async def test_nothing_is_fetched_onto_a_full_disk(fetch, server, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 0))

    with pytest.raises(NotFetched, match="no room"):
        await fetch(server.attached("a.png", CONTENT))
    assert server.seen == []
