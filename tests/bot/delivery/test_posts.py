"""Each message stands there once, whatever became of the answers to earlier tries."""

import discord
import pytest

from bot.delivery.calls import Calls
from bot.delivery.cards import Card
from bot.delivery.failures import DiscordUnavailable
from bot.delivery.posts import Posts
from standin import DROP

HOUR_S = 3600


@pytest.fixture
def posts(client, world):
    calls = Calls()
    calls.open()
    return Posts(client, calls=calls, clock=world.world)


@pytest.fixture
def alice(world):
    return world.add_member("alice")


@pytest.fixture
def channel(client, world):
    return client.get_partial_messageable(world.channel.id)


def card_of(footer, *, title="Queued"):
    embed = discord.Embed(title=title)
    embed.set_footer(text=footer)
    return Card(embed=embed, buttons=())


@pytest.fixture
def post(posts, channel, world):
    """Post a card as it was asked for at the beginning."""
    began_at, since_id = world.world.now(), discord.utils.time_snowflake(world.world.now())

    async def post(card, *, may_stand, **options):
        message = await posts.post(
            channel,
            card,
            nonce=card.embed.title,
            tried_at=began_at,
            since_id=since_id,
            may_stand=may_stand,
            **options,
        )
        return message.id

    return post


@pytest.fixture
def reply(posts, channel, alice, world):
    """Reply to a card, as it was first tried at the beginning."""
    began_at = world.world.now()

    async def reply(card_id, text, *, may_stand):
        await posts.reply(
            channel.get_partial_message(card_id),
            text,
            pings=alice.id,
            nonce=f"{card_id} {text}",
            tried_at=began_at,
            may_stand=may_stand,
        )

    return reply


def shown(world):
    return [message.id for message in world.messages(world.channel.id)]


def said(world):
    return [message.content for message in world.messages(world.channel.id) if message.reply_to]


async def test_a_card_whose_answer_was_lost_is_the_same_card(post, world):
    world.faults.add("POST", "/messages$", when="after", action=DROP)
    with pytest.raises(DiscordUnavailable):
        await post(card_of("a"), may_stand=False)

    again = await post(card_of("a"), may_stand=True)

    assert shown(world) == [again]


async def test_a_card_posted_again_late_is_found_among_others(post, world, alice):
    first = await post(card_of("a"), may_stand=False)
    for number in range(120):
        await world.post(alice, world.channel, f"chat {number}")
    await post(card_of("b", title="Other"), may_stand=False)
    world.world.advance(HOUR_S)

    assert await post(card_of("a", title="Delivered"), may_stand=True) == first


async def test_a_card_nobody_posted_is_posted_late(post, world):
    world.world.advance(HOUR_S)

    card_id = await post(card_of("a"), may_stand=True)

    assert shown(world) == [card_id]


async def test_where_titles_count_each_is_a_card_of_its_own(post, world):
    queued, delivered = card_of("a"), card_of("a", title="Delivered")
    first = [await post(card, may_stand=False, with_title=True) for card in (queued, delivered)]
    world.world.advance(HOUR_S)

    second = [await post(card, may_stand=True, with_title=True) for card in (queued, delivered)]

    assert first == second == shown(world)


async def test_a_reply_nobody_sent_is_sent_late(post, reply, world):
    card_id = await post(card_of("a"), may_stand=False)
    world.world.advance(HOUR_S)

    await reply(card_id, "Done", may_stand=True)

    assert said(world) == ["Done"]


async def test_the_same_words_about_another_card_are_another_reply(post, reply, world):
    cards = [await post(card_of(footer, title=footer), may_stand=False) for footer in ("a", "b")]
    await reply(cards[0], "Done", may_stand=False)
    world.world.advance(HOUR_S)

    for card_id in cards:
        await reply(card_id, "Done", may_stand=True)

    assert said(world) == ["Done", "Done"]
