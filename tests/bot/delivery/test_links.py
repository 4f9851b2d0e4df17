"""Links that live are kept, links that die are made fresh, files that are gone are named."""

from datetime import timedelta

import pytest

from bot.delivery.links import Links, OriginalGone, attachment_id, expires_at
from bot.delivery.sender import ChannelClosed, DiscordUnavailable, MessageGone
from builders import NOON
from fakes import HandClock
from storage.records import Medium

CHANNEL, MESSAGE, ATTACHMENT = 20, 700, 900
FRESH = f"https://cdn.example.com/attachments/20/{ATTACHMENT}/a.png?ex=fresh"


class Messages:
    """Says what one message holds, or raises what Discord's answer became."""

    def __init__(self, holds):
        self.holds = holds
        self.read_count = 0

    async def attachment_links(self, channel_id, message_id):
        assert (channel_id, message_id) == (CHANNEL, MESSAGE)
        self.read_count += 1
        if isinstance(self.holds, Exception):
            raise self.holds
        return self.holds


def link(**left):
    dies_at = NOON + timedelta(**left)
    return f"https://cdn.example.com/attachments/20/{ATTACHMENT}/a.png?ex={int(dies_at.timestamp()):x}&hm=1"


def medium(url, *, is_in_message=True):
    place = {"channel_id": CHANNEL, "message_id": MESSAGE} if is_in_message else {}
    return Medium(field="referenceImages", name="a_b.png", url=url, **place)


def links(messages):
    return Links(messages, clock=HandClock())


async def test_a_link_that_lives_long_enough_is_kept():
    messages = Messages({ATTACHMENT: FRESH})

    assert await links(messages).fresh([medium(link(hours=2))]) == (link(hours=2),)
    assert messages.read_count == 0


async def test_a_link_that_says_nothing_of_its_end_is_kept():
    assert await links(Messages({})).fresh([medium("https://example.com/a.png")]) == (
        "https://example.com/a.png",
    )


@pytest.mark.parametrize("left", [{"minutes": 30}, {"days": -3}])
async def test_a_link_that_dies_is_read_again_from_its_message(left):
    assert await links(Messages({ATTACHMENT: FRESH})).fresh([medium(link(**left))]) == (FRESH,)


async def test_a_link_that_still_lives_is_used_where_no_other_can_be_had():
    soon = link(minutes=30)

    assert await links(Messages({})).fresh([medium(soon, is_in_message=False)]) == (soon,)


@pytest.mark.parametrize("holds", [{}, {901: FRESH}, MessageGone("gone"), ChannelClosed("closed")], ids=repr)
async def test_a_file_that_is_gone_is_named_without_formatting(holds):
    with pytest.raises(OriginalGone, match=r"a\\_b\.png"):
        await links(Messages(holds)).fresh([medium(link(days=-3))])


async def test_a_dead_link_of_a_command_has_no_message_to_be_read_from():
    with pytest.raises(OriginalGone):
        await links(Messages({})).fresh([medium(link(days=-3), is_in_message=False)])


async def test_a_file_is_not_given_up_because_discord_is_away():
    with pytest.raises(DiscordUnavailable):
        await links(Messages(DiscordUnavailable("502"))).fresh([medium(link(days=-3))])


@pytest.mark.parametrize("ex", ["", "zz", "f" * 30, "-1" * 20])
def test_an_end_that_makes_no_sense_is_none(ex):
    assert expires_at(f"https://cdn.example.com/a?ex={ex}") is None


@pytest.mark.parametrize(
    ("url", "expected"), [(FRESH, ATTACHMENT), ("https://h/a.png", 0), ("https://h/x/a.png", 0)]
)
def test_an_attachment_is_known_by_the_id_in_its_link(url, expected):
    assert attachment_id(url) == expected
