import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import aiohttp
import discord
import pytest
from simcord import Env, MemberActor, Preview

from bot import texts
from bot.demo.simulated_discord import UPLOAD_MAX_BYTES, LivePages
from simulated import WAIT_S, Simulated
from storage.records import State


@pytest.fixture
def bots_channel(simulated: Simulated) -> discord.PartialMessageable:
    """The channel as the bot sees it, outside any command."""
    return simulated.application.client.get_partial_messageable(
        simulated.channel.id, guild_id=simulated.guild.id
    )


async def test_a_repeated_nonce_gives_the_first_message_again(
    bots_channel: discord.PartialMessageable, simulated: Simulated
) -> None:
    first = await bots_channel.send("Hello", nonce="n")
    second = await bots_channel.send("Hello", nonce="n")

    assert second.id == first.id
    assert len(simulated.channel.history()) == 1


async def test_a_file_that_discord_would_not_take_is_refused(
    bots_channel: discord.PartialMessageable,
) -> None:
    large = discord.File(bytes_of(UPLOAD_MAX_BYTES + 1), filename="large.mp4")

    with pytest.raises(discord.HTTPException) as caught:
        await bots_channel.send(file=large)

    assert (caught.value.status, caught.value.code) == (413, 40005)


async def test_a_file_needs_the_right_to_attach_files(simulated: Simulated) -> None:
    no_files = {simulated.guild.default_role: discord.PermissionOverwrite(attach_files=False)}
    channel = simulated.guild.create_text_channel("no-files", overwrites=no_files)
    bots_channel = simulated.application.client.get_partial_messageable(channel.id)

    with pytest.raises(discord.Forbidden):
        await bots_channel.send(file=discord.File(bytes_of(1), filename="small.mp4"))


async def test_an_attachment_can_be_fetched_from_its_link(simulated: Simulated) -> None:
    message = await simulated.alice.send(
        simulated.channel, "Look", attachments=[("Größe 1 #2.png", b"picture")]
    )
    link = message.attachments[0].url

    async with aiohttp.ClientSession() as session, session.get(link) as response:
        assert await response.read() == b"picture"


async def test_a_link_to_no_attachment_leads_nowhere(simulated: Simulated) -> None:
    message = await simulated.alice.send(simulated.channel, "Look", attachments=[("a.png", b"picture")])
    link = message.attachments[0].url

    async with aiohttp.ClientSession() as session, session.get(f"{link}x") as response:
        assert response.status == 404


async def test_it_is_today_there(simulated: Simulated) -> None:
    env: Env = simulated.env

    assert abs(datetime.now(UTC) - env.now()) < timedelta(minutes=5)


async def test_everybody_s_page_follows_what_the_bot_does_in_the_background(simulated: Simulated) -> None:
    members = (simulated.alice, simulated.bob)
    async with simulated.env.preview(simulated.channel, viewers=members, layout="channel") as preview:
        following = asyncio.create_task(LivePages(simulated.env, preview).follow())
        async with aiohttp.ClientSession() as session:
            pages = [await Page.open(session, preview, member) for member in members]

            await simulated.ask(simulated.alice)
            await simulated.finished_card()

            for page in pages:
                await page.until_shown(texts.HEADLINES[State.DELIVERED])
        following.cancel()


@dataclass(kw_only=True)
class Page:
    """An open page, read as a browser does: over HTTP, with the key from its address."""

    session: aiohttp.ClientSession
    origin: str
    headers: dict[str, str]

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, preview: Preview, member: MemberActor) -> Self:
        origin, key = preview.url.split("/#")
        headers = {"X-Simcord-Capability": key}
        viewer = {"viewer_id": str(member.id)}
        async with session.post(f"{origin}/api/pages", headers=headers, json=viewer) as response:
            page_id = (await response.json())["context"]["id"]
        return cls(session=session, origin=origin, headers=headers | {"X-Simcord-Context": page_id})

    async def until_shown(self, words: str) -> None:
        async with asyncio.timeout(WAIT_S):
            while words not in str(await self._state()):
                await asyncio.sleep(0)

    async def _state(self) -> dict[str, Any]:
        async with self.session.get(f"{self.origin}/api/state", headers=self.headers) as response:
            state: dict[str, Any] = await response.json()
            return state


def bytes_of(count: int) -> io.BytesIO:
    return io.BytesIO(bytes(count))
