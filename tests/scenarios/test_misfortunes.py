"""The video API and Discord misbehave in every way they know; each video is still paid once and told once."""

import asyncio
from collections import Counter
from itertools import cycle

import pytest

from bot import texts
from bot.sandbox.scenarios import SCENARIOS
from scenarios.channel import answer_to, cards_of, replies_of, title_of, until_connected, until_told
from standin import DROP, HANG, PROCEED, Answer, Permission
from storage.records import State

# How each scenario of the sandbox ends, and how many create calls that takes.
ENDS = {
    "plain": (State.DELIVERED, 1),
    "policy": (State.FAILED, 1),
    "failure": (State.FAILED, 1),
    "create-429": (State.DELIVERED, 3),
    "create-500": (State.UNCERTAIN, 1),
    "create-500-accepted": (State.UNCERTAIN, 1),
    "create-drop": (State.UNCERTAIN, 1),
    "create-garbage": (State.UNCERTAIN, 1),
    "create-empty": (State.UNCERTAIN, 1),
    "create-refused": (State.REFUSED, 1),
    "wrapped": (State.DELIVERED, 1),
    "odd-types": (State.DELIVERED, 1),
    "strange-id": (State.DELIVERED, 1),
    "query-429": (State.DELIVERED, 1),
    "query-500": (State.DELIVERED, 1),
    "query-garbage": (State.DELIVERED, 1),
    "query-drop": (State.DELIVERED, 1),
    "unknown-status": (State.DELIVERED, 1),
    "late-link": (State.DELIVERED, 1),
    "link-truncated": (State.DELIVERED, 1),
    "link-slow": (State.DELIVERED, 1),
}
# These stop everybody until the operator has acted.
STOPS = {"no-balance", "no-balance-200", "bad-key"}
# These end only after minutes; the tests of the steps turn the clock for them.
SLOW = {"create-hang", "query-hang", "vanished", "no-link", "link-expired", "link-gone", "link-garbage"}


async def ask(discord, *prompts):
    """A member for each prompt asks for a video, all at once."""
    members = [discord.add_member(f"member {number}") for number in range(len(prompts))]
    await asyncio.gather(
        *(
            discord.slash(member, discord.channel, "video text", options={"prompt": prompt})
            for member, prompt in zip(members, prompts, strict=True)
        )
    )
    return members


def card_about(discord, word):
    (card,) = [card for card in cards_of(discord) if f"{word}]" in card.embeds[0]["description"]]
    return card


def assert_each_was_told_once(discord, members):
    assert [title_of(card) for card in cards_of(discord)] == [texts.HEADLINES[State.DELIVERED]] * len(members)
    assert [len(card.attachments) for card in cards_of(discord)] == [1] * len(members)
    assert Counter(reply.pings for reply in replies_of(discord)) == {
        frozenset({member.id}): 1 for member in members
    }


async def test_every_misfortune_of_the_api_ends_as_it_should(bot, discord, sandbox):
    prompts = {word: f"[{word}] a fox" for word in ENDS}

    async with bot():
        await until_connected(discord)
        await ask(discord, *prompts.values())
        await until_told(discord, count=len(ENDS))

    creates = Counter(body["prompt"] for body in sandbox.world.creates)
    seen = {word: (title_of(card_about(discord, word)), creates[prompt]) for word, prompt in prompts.items()}
    assert seen == {word: (texts.HEADLINES[state], count) for word, (state, count) in ENDS.items()}


@pytest.mark.parametrize("word", sorted(STOPS))
async def test_a_refused_account_stops_intake_and_loses_nobodys_place(word, bot, discord, sandbox):
    async with bot() as process:
        await until_connected(discord)
        await ask(discord, f"[{word}] a fox")
        await discord.until(
            lambda: "place in line is kept" in str([card.embeds for card in cards_of(discord)])
        )
        refused = await discord.slash(
            discord.add_member("bob"), discord.channel, "video text", options={"prompt": "another"}
        )
        answer = await answer_to(discord, refused)

    (card,) = cards_of(discord)
    assert "It is not your fault" in answer
    assert [body["prompt"] for body in sandbox.world.creates] == [f"[{word}] a fox"]
    assert "Cancel" in str(card.components)
    assert "the video API refuses our account" in process.output()


async def test_a_long_line_shows_places_and_gives_everybody_a_turn(bot, discord, sandbox, wire):
    first = wire.faults.add("GET", "^/v1/result/", action=HANG)
    async with bot(MAX_IN_FLIGHT="1"):
        await until_connected(discord)
        await ask(discord, *[f"fox {number}" for number in range(6)])
        await discord.until(lambda: any("in line" in str(card.embeds) for card in cards_of(discord)))
        first.release()
        await until_told(discord, count=6)

    assert len(sandbox.world.creates) == 6


def test_every_scenario_of_the_sandbox_has_an_end_here():
    assert set(SCENARIOS) == ENDS.keys() | STOPS | SLOW


@pytest.mark.parametrize(
    ("when", "troubles"),
    [
        ("after", [DROP, Answer(503)]),
        ("before", [DROP, Answer.rate_limited(1, via=False), Answer.rate_limited(0.1)]),
    ],
    ids=["after its effect", "before its effect"],
)
async def test_every_second_call_to_discord_goes_wrong(when, troubles, bot, discord, wire):
    turns = cycle(turn for trouble in troubles for turn in (trouble, PROCEED))

    async def strike():
        return next(turns)

    for method in ("POST", "PATCH"):
        discord.faults.add(method, r"^/channels/\d+/messages", when=when, action=strike, count=100)
    async with bot():
        await until_connected(discord)
        members = await ask(discord, *["A fox"] * 3)
        await until_told(discord, count=3)

    assert_each_was_told_once(discord, members)
    assert wire.create_count == 3


async def test_a_lost_gateway_holds_nothing_up(bot, discord, wire):
    async with bot() as process:
        await until_connected(discord)
        members = await ask(discord, "A fox", "A fox")
        await discord.gateway.drop()
        await until_told(discord, count=2)
        await until_connected(discord)
        members += await ask(discord, "A fox")
        await until_told(discord, count=3)

    assert_each_was_told_once(discord, members)
    assert wire.create_count == 3
    assert "Traceback" not in process.output()


async def test_a_deleted_card_comes_back_with_the_video(bot, discord, wire):
    async def delete():
        await discord.messages_store.delete(cards_of(discord)[0])
        return PROCEED

    wire.faults.add("GET", "^/files/", action=delete)
    async with bot():
        await until_connected(discord)
        members = await ask(discord, "A fox")
        await until_told(discord)

    assert_each_was_told_once(discord, members)


async def test_a_channel_that_closes_half_way_sends_the_video_to_the_asker(bot, discord, wire):
    async def close():
        await discord.deny(discord.channel, Permission.VIEW_CHANNEL)
        return PROCEED

    wire.faults.add("GET", "^/files/", action=close)
    async with bot() as process:
        await until_connected(discord)
        (alice,) = await ask(discord, "A fox")
        await process.wait_for("notice told")

    (message,) = discord.messages(discord.world.direct_channel(alice).id)
    assert title_of(message) == texts.HEADLINES[State.DELIVERED]
    assert len(message.attachments) == 1


async def test_a_channel_that_takes_no_files_shows_the_end_and_the_asker_gets_the_file(bot, discord):
    async with bot():
        await until_connected(discord)
        (alice,) = await ask(discord, "A fox")
        discord.channel.denied |= Permission.ATTACH_FILES
        await until_told(discord)

    (card,), (message,) = cards_of(discord), discord.messages(discord.world.direct_channel(alice).id)
    assert title_of(card) == title_of(message) == texts.HEADLINES[State.DELIVERED]
    assert (len(card.attachments), len(message.attachments)) == (0, 1)


async def test_a_video_too_large_for_the_server_comes_as_a_link(bot, discord, wire):
    discord.guild.file_limit_bytes = 100

    async with bot():
        await until_connected(discord)
        await ask(discord, "A fox")
        await until_told(discord)

    (card,) = cards_of(discord)
    assert title_of(card) == texts.HEADLINES[State.DELIVERED]
    assert card.attachments == []
    assert card.components[0]["components"][0]["url"].startswith(wire.url)
