"""A direct message is sent once, and whatever becomes of it nobody else notices."""

import asyncio

import pytest

from bot.delivery import letters
from bot.delivery.letters import Letters
from bot.delivery.sender import ChannelClosed, DiscordUnavailable
from fakes import Script


class FakePost(Script):
    """Takes every direct message, unless the script says otherwise; for ever silent while it ``hangs``."""

    hangs = False

    async def write_to(self, user_id, text, *, nonce):
        self.play("write", user_id, text, nonce)
        if self.hangs:
            await asyncio.get_running_loop().create_future()


@pytest.fixture
def post():
    return FakePost()


async def test_somebody_is_written_to(post):
    await Letters(post).send(30, "Look", nonce="1")

    assert post.calls == [("write", 30, "Look", "1")]


@pytest.mark.parametrize("error", [ChannelClosed("50007"), DiscordUnavailable("503")])
async def test_who_takes_no_direct_messages_is_left_alone(error, post):
    post.coming["write"] = [error]

    await Letters(post).send(30, "Look", nonce="1")

    assert post.verbs == ["write"]


async def test_nobody_waits_long_for_discord(post, monkeypatch):
    monkeypatch.setattr(letters, "LETTER_TIMEOUT_S", 0)
    post.hangs = True

    await Letters(post).send(30, "Look", nonce="1")

    assert post.verbs == ["write"]
