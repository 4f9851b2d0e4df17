from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.delivery.copies import Copies
from bot.delivery.sender import UPLOAD_MAX_BYTES
from storage.records import Medium

MB = 2**20


@dataclass(frozen=True)
class Attached:
    """A file somebody attached, without its bytes."""

    id: int
    size: int

    async def to_file(self) -> int:
        return self.id


@dataclass
class Channel:
    """A Discord of one channel that takes everything, or nothing."""

    is_closed: bool = False
    posts: list[Any] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)

    def get_partial_messageable(self, _channel_id: int) -> "Channel":
        return self

    def get_partial_message(self, message_id: int) -> Any:
        async def delete() -> None:
            if self.is_closed:
                raise discord.DiscordException
            self.deleted.append(message_id)

        return SimpleNamespace(delete=delete)

    async def send(self, _text: str, *, files: list[int], allowed_mentions: discord.AllowedMentions) -> Any:
        if self.is_closed:
            raise discord.DiscordException
        assert allowed_mentions.to_dict() == {"parse": []}
        self.posts.append(files)
        attachments = [SimpleNamespace(url=f"https://cdn.example/{file}") for file in files]
        return SimpleNamespace(id=len(self.posts), channel=SimpleNamespace(id=20), attachments=attachments)


async def copies_of(channel: Channel, *attached: Attached) -> Any:
    copies = Copies(channel)  # type: ignore[arg-type]  # all that copies use of a client
    return await copies.of(attached, channel_id=20, text="Files", max_bytes=20 * MB)


async def test_each_file_is_found_where_it_stands_now() -> None:
    copied = await copies_of(Channel(), Attached(1, MB), Attached(2, MB))

    assert {id: (it.channel_id, it.message_id, it.url) for id, it in copied.items()} == {
        1: (20, 1, "https://cdn.example/1"),
        2: (20, 1, "https://cdn.example/2"),
    }


async def test_no_message_holds_more_than_discord_takes_at_once() -> None:
    channel = Channel()

    await copies_of(channel, Attached(1, 15 * MB), Attached(2, 15 * MB), Attached(3, 5 * MB))

    assert channel.posts == [[1], [2, 3]]
    assert UPLOAD_MAX_BYTES < 30 * MB


async def test_a_file_that_is_too_large_is_left_out() -> None:
    copied = await copies_of(Channel(), Attached(1, 21 * MB), Attached(2, MB))

    assert list(copied) == [2]


@pytest.mark.parametrize(("is_closed", "deleted"), [(False, [5, 6]), (True, [])])
async def test_copies_are_taken_back_where_discord_does_it(is_closed: bool, deleted: list[int]) -> None:
    channel = Channel(is_closed=is_closed)

    await Copies(channel).take_back(20, [5, 6])  # type: ignore[arg-type]  # all that copies use of a client

    assert channel.deleted == deleted


@pytest.fixture
async def media() -> AsyncIterator[Sequence[Medium]]:
    """Two files, the second of which is not there any more."""

    async def boat(_request: web.Request) -> web.Response:
        return web.Response(body=b"boat")

    application = web.Application()
    application.router.add_get("/boat.png", boat)
    async with TestServer(application) as server:
        yield [
            Medium(field="referenceImages", name=name, url=str(server.make_url(f"/{name}")))
            for name in ("boat.png", "gone.png")
        ]


async def test_files_are_copied_by_their_links_as_far_as_they_are_there(media: Sequence[Medium]) -> None:
    channel = Channel()
    copies = Copies(channel)  # type: ignore[arg-type]  # all that copies use of a client

    boat, gone = await copies.of_links(media, channel_id=20, text="Files", max_bytes=MB)

    [[posted]] = channel.posts
    assert (posted.filename, posted.fp.read()) == ("boat.png", b"boat")
    assert (boat.name, boat.channel_id, boat.message_id) == ("boat.png", 20, 1)
    assert gone == media[1]


async def test_a_linked_file_that_is_too_large_keeps_its_link(media: Sequence[Medium]) -> None:
    channel = Channel()
    copies = Copies(channel)  # type: ignore[arg-type]  # all that copies use of a client

    assert await copies.of_links(media, channel_id=20, text="Files", max_bytes=3) == media
    assert channel.posts == []


async def test_a_closed_channel_leaves_everything_out() -> None:
    assert await copies_of(Channel(is_closed=True), Attached(1, MB)) == {}
