"""Moderators are reached in the first place that takes a message."""

import pytest

from bot.delivery.moderators import Moderators
from bot.delivery.sender import ChannelClosed, DiscordUnavailable
from fakes import Script

CHOSEN, UPDATES, OWNER = 1, 2, 3


class FakePost(Script):
    """Takes every message, unless the script says otherwise."""

    async def wait_until_open(self):
        pass

    async def write_in(self, channel_id, text, *, nonce):
        self.play("write in", channel_id)

    async def write_to(self, user_id, text, *, nonce):
        self.play("write to", user_id)


@pytest.fixture
def post():
    return FakePost()


async def tell(post, *, channel_id=CHOSEN, places=(UPDATES, OWNER)):
    moderators = Moderators(post, meeting_places_of=lambda guild_id: places)
    return await moderators.tell(10, "words", channel_id=channel_id, nonce="budget-1")


async def test_their_own_channel_comes_first(post):
    assert await tell(post)
    assert post.calls == [("write in", CHOSEN)]


async def test_without_one_the_community_updates_are_used(post):
    assert await tell(post, channel_id=None)
    assert post.calls == [("write in", UPDATES)]


async def test_when_every_channel_is_closed_the_owner_is_told(post):
    post.coming["write in"] = [ChannelClosed("403"), ChannelClosed("404")]

    assert await tell(post)
    assert post.calls == [("write in", CHOSEN), ("write in", UPDATES), ("write to", OWNER)]


async def test_while_discord_is_away_it_is_to_be_tried_again(post):
    post.coming["write in"] = [DiscordUnavailable("503")]

    assert not await tell(post)
    assert post.calls == [("write in", CHOSEN)]


async def test_who_cannot_be_reached_at_all_is_not_tried_for_ever(post):
    post.coming["write to"] = [ChannelClosed("50007")]

    assert await tell(post, channel_id=None, places=(None, OWNER))
    assert await tell(post, channel_id=None, places=(None, None))


async def test_a_server_that_is_not_known_yet_is_tried_again(post):
    assert not await tell(post, channel_id=None, places=None)
    assert post.calls == []


async def test_a_chosen_channel_needs_no_knowledge_of_the_server(post):
    assert await tell(post, places=None)
    assert post.calls == [("write in", CHOSEN)]
