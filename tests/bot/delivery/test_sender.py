"""What people are sent and how it changes, over real HTTP with a pretend Discord."""

from dataclasses import replace

import discord
import pytest

from bot import texts
from bot.delivery.cards import Card
from bot.delivery.sender import (
    ChannelClosed,
    DiscordUnavailable,
    FileTooLarge,
    MessageGone,
    Sender,
)
from builders import make_draft, make_generation, make_request
from standin import Answer, Permission
from standin.limits import walk
from storage.records import Notice, State

HOUR_S = 3600


@pytest.fixture
def sender(client, world):
    sender = Sender(client, clock=world.world)
    sender.open()
    return sender


@pytest.fixture
def alice(world):
    return world.add_member("alice")


@pytest.fixture
def generation(world, alice):
    return make_generation(
        request=make_request(prompt="A fox @everyone"),
        guild_id=world.guild.id,
        channel_id=world.channel.id,
        asker_id=alice.id,
        asked_at=world.world.now(),
    )


@pytest.fixture
def draft(world, alice):
    return make_draft(
        guild_id=world.guild.id,
        channel_id=world.channel.id,
        owner_id=alice.id,
        opened_at=world.world.now(),
        warned_at=world.world.now(),
    )


def draft_card_of(draft, words="@everyone a boat"):
    embed = discord.Embed(description=words)
    embed.set_footer(text=texts.DRAFT_FOOTER.format(draft_id=draft.id))
    return Card(embed=embed, buttons=())


@pytest.fixture
def video(tmp_path):
    file = tmp_path / "film.mp4"
    file.write_bytes(b"video")
    return file


def finished(generation, card_id, world):
    return replace(
        generation,
        state=State.DELIVERED,
        card_id=card_id,
        ended_at=world.world.now(),
        notice=Notice.SHOWN,
        file_bytes=5,
    )


def shown(world):
    return world.messages(world.channel.id)


async def delete(world, message_id):
    await world.messages_store.delete(world.channel.messages[message_id])


async def test_a_card_posted_again_at_once_is_the_same_card(sender, generation, world):
    first = await sender.post_card(generation, may_stand=False)
    second = await sender.post_card(generation, may_stand=True)

    assert [first] == [second] == [message.id for message in shown(world)]


async def test_a_card_posted_again_after_a_change_shows_the_change(sender, generation, world):
    first = await sender.post_card(generation, may_stand=False)
    second = await sender.post_card(replace(generation, state=State.CANCELLED), may_stand=True)

    (card,) = shown(world)
    assert [first] == [second] == [card.id]
    assert card.embeds[0]["title"] == texts.HEADLINES[State.CANCELLED]


async def test_a_card_posted_again_late_is_brought_up_to_date(sender, generation, world):
    first = await sender.post_card(generation, may_stand=False)
    world.world.advance(HOUR_S)

    again = await sender.post_card(replace(generation, state=State.CANCELLED), may_stand=True)

    assert again == first
    assert world.channel.messages[first].embeds[0]["title"] == texts.HEADLINES[State.CANCELLED]


async def test_a_deleted_card_is_replaced_once(sender, generation, world, video):
    first = await sender.post_card(generation, may_stand=False)
    await delete(world, first)
    done = finished(generation, first, world)

    second = await sender.post_card(done, may_stand=False, file=video)
    world.world.advance(HOUR_S)
    third = await sender.post_card(done, may_stand=True, file=video)

    assert first != second == third
    assert [file.data for file in shown(world)[0].attachments] == [b"video"]


async def test_a_card_pings_nobody(sender, generation, world, alice):
    await sender.post_card(generation, may_stand=False)

    assert shown(world)[0].pings == frozenset()


async def test_an_edit_brings_the_video_and_may_be_repeated(sender, generation, world, video):
    card_id = await sender.post_card(generation, may_stand=False)
    done = finished(generation, card_id, world)

    await sender.edit_card(done, file=video)
    await sender.edit_card(done, file=video)
    await sender.edit_card(done)

    (card,) = shown(world)
    assert [file.data for file in card.attachments] == [b"video"]
    assert card.embeds[0]["title"] == texts.HEADLINES[State.DELIVERED]


async def test_a_reply_pings_the_asker_alone_and_once(sender, generation, world, alice):
    card_id = await sender.post_card(generation, may_stand=False)
    done = finished(generation, card_id, world)

    await sender.tell_asker(done, may_stand=False)
    await sender.tell_asker(done, may_stand=True)
    world.world.advance(HOUR_S)
    await sender.tell_asker(done, may_stand=True)

    (_, reply) = shown(world)
    assert reply.pings == {alice.id}
    assert reply.reply_to.id == card_id


async def test_a_second_end_is_told_again_however_soon(sender, generation, world):
    card_id = await sender.post_card(generation, may_stand=False)
    uncertain = replace(finished(generation, card_id, world), state=State.UNCERTAIN)
    await sender.tell_asker(uncertain, may_stand=False)
    world.world.advance(0.1)

    await sender.tell_asker(finished(uncertain, card_id, world), may_stand=False)

    assert [message.content for message in shown(world)[1:]] == [
        texts.REPLIES[state].format(asker_id=generation.asker_id)
        for state in (State.UNCERTAIN, State.DELIVERED)
    ]


async def test_plain_words_reach_somebody_directly(sender, world, alice):
    await sender.write_to(alice.id, "Look @everyone", nonce="a")

    (message,) = world.messages(world.world.direct_channel(alice).id)
    assert (message.content, message.pings) == ("Look @everyone", set())


async def test_the_asker_is_told_though_the_card_was_deleted(sender, generation, world, alice):
    card_id = await sender.post_card(generation, may_stand=False)
    await delete(world, card_id)

    await sender.tell_asker(finished(generation, card_id, world), may_stand=False)

    assert [message.pings for message in shown(world)] == [{alice.id}]


async def test_a_direct_message_repeated_at_once_or_late_arrives_once(
    sender, generation, world, alice, video
):
    done = finished(generation, 1, world)

    await sender.post_to_asker(done, may_stand=False, file=video)
    await sender.post_to_asker(done, may_stand=True, file=video)
    world.world.advance(HOUR_S)
    await sender.post_to_asker(done, may_stand=True, file=video)

    (message,) = world.messages(world.world.direct_channel(alice).id)
    assert [file.data for file in message.attachments] == [b"video"]


async def test_each_end_of_a_generation_is_one_direct_message(sender, generation, world, alice):
    delivered = finished(generation, 1, world)
    uncertain = replace(delivered, state=State.UNCERTAIN)
    for ended in (uncertain, delivered):
        await sender.post_to_asker(ended, may_stand=False, file=None)
        world.world.advance(HOUR_S)

    await sender.post_to_asker(delivered, may_stand=True, file=None)

    direct = world.messages(world.world.direct_channel(alice).id)
    assert [message.embeds[0]["title"] for message in direct] == [
        texts.HEADLINES[state] for state in (State.UNCERTAIN, State.DELIVERED)
    ]


async def test_a_direct_message_has_no_buttons_that_ask_for_more(sender, generation, world, alice):
    await sender.post_to_asker(finished(generation, 1, world), may_stand=False, file=None)

    (message,) = world.messages(world.world.direct_channel(alice).id)
    assert not any("custom_id" in component for _, component in walk(message.components))


async def test_a_closed_inbox_is_a_closed_channel(sender, generation, alice):
    alice.direct_messages_open = False

    with pytest.raises(ChannelClosed):
        await sender.post_to_asker(generation, may_stand=False, file=None)


async def test_an_edit_of_a_deleted_card_says_that_it_is_gone(sender, generation, world):
    card_id = await sender.post_card(generation, may_stand=False)
    await delete(world, card_id)

    with pytest.raises(MessageGone):
        await sender.edit_card(replace(generation, card_id=card_id))


async def test_without_a_card_there_is_nothing_to_edit(sender, generation):
    with pytest.raises(MessageGone):
        await sender.edit_card(generation)


async def test_a_channel_the_bot_was_shut_out_of_is_closed(sender, generation, world):
    await world.deny(world.channel, Permission.SEND_MESSAGES)

    with pytest.raises(ChannelClosed):
        await sender.post_card(generation, may_stand=False)


async def test_a_file_above_the_servers_limit_is_too_large(sender, generation, world, video):
    world.guild.file_limit_bytes = 4

    with pytest.raises(FileTooLarge):
        await sender.post_card(generation, may_stand=False, file=video)


async def test_a_file_that_vanished_fails_as_if_discord_were_away(sender, generation, tmp_path):
    with pytest.raises(DiscordUnavailable):
        await sender.post_card(generation, may_stand=False, file=tmp_path / "gone.mp4")


async def test_a_drafts_card_posted_again_at_once_or_late_is_the_same_card(sender, draft, world):
    first = await sender.post_draft(draft, draft_card_of(draft), may_stand=False)
    second = await sender.post_draft(draft, draft_card_of(draft), may_stand=True)
    world.world.advance(HOUR_S)
    third = await sender.post_draft(draft, draft_card_of(draft, "now"), may_stand=True)

    (card,) = shown(world)
    assert [first] * 3 == [first, second, third] == [card.id] * 3
    assert (card.embeds[0]["description"], card.pings) == ("now", frozenset())


async def test_a_drafts_deleted_card_is_replaced_however_soon(sender, draft, world):
    first = await sender.post_draft(draft, draft_card_of(draft), may_stand=False)
    await delete(world, first)
    later = replace(draft, shown_version=1)

    second = await sender.post_draft(later, draft_card_of(draft), may_stand=False)
    await sender.edit_draft(replace(later, card_id=second), draft_card_of(draft, "now"))

    assert [message.id for message in shown(world)] == [second] != [first]


async def test_a_draft_in_an_archived_thread_keeps_its_card(sender, draft, world):
    card_id = await sender.post_draft(draft, draft_card_of(draft), may_stand=False)
    archived = Answer(400, {"code": 50083, "message": "Thread is archived"})
    world.faults.add("PATCH", f"/messages/{card_id}$", action=archived)

    await sender.edit_draft(replace(draft, card_id=card_id), draft_card_of(draft, "now"))

    (card,) = shown(world)
    assert card.embeds[0]["description"] == "now"


async def test_a_card_in_an_archived_thread_still_shows_what_came_later(sender, generation, world):
    card_id = await sender.post_card(generation, may_stand=False)
    archived = Answer(400, {"code": 50083, "message": "Thread is archived"})
    world.faults.add("PATCH", f"/messages/{card_id}$", action=archived)

    await sender.amend_card(replace(generation, card_id=card_id, state=State.CANCELLED))

    (card,) = shown(world)
    assert card.embeds[0]["title"] == texts.HEADLINES[State.CANCELLED]


async def test_a_warning_pings_the_owner_alone_and_once(sender, draft, world, alice):
    card_id = await sender.post_draft(draft, draft_card_of(draft), may_stand=False)
    carded = replace(draft, card_id=card_id)
    words = f"<@{alice.id}> <@{alice.id + 1}> @everyone it ends"

    await sender.warn_owner(carded, words, may_stand=False)
    await sender.warn_owner(carded, words, may_stand=True)
    world.world.advance(HOUR_S)
    await sender.warn_owner(carded, words, may_stand=True)

    (_, warning) = shown(world)
    assert warning.pings == {alice.id}
    assert warning.reply_to.id == card_id
