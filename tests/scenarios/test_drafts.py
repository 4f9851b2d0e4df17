"""A community writes one prompt: everybody at once, with the process dying, and everybody pays their share once."""

import asyncio

import pytest

from bot import texts
from scenarios.channel import cards_of, until_connected, until_told
from scenarios.drafts import Desk, rows_of
from storage.check import contradictions
from storage.records import State

MEMBERS = 30
PARTS = ("subject", "action", "camera", "light", "sound", "more")
# Discord's own: about five in five seconds for a channel.
MESSAGES_LIMIT, MESSAGES_PER_S = 5, 5


@pytest.fixture
def desk(discord, sqlite_url):
    with rows_of(sqlite_url) as rows:
        yield Desk(discord, rows)


async def test_thirty_members_write_at_once_and_nothing_is_lost(bot, discord, desk, sqlite_url):
    for method in ("POST", "PATCH"):
        discord.rate_limits.set(
            method, r"^/channels/\d+/messages", limit=MESSAGES_LIMIT, per_s=MESSAGES_PER_S
        )
    members = [discord.add_member(f"member {number}") for number in range(MEMBERS)]
    async with bot(DATABASE_URL=sqlite_url):
        await until_connected(discord)
        await desk.open(members[0], title="Regatta")
        written = await asyncio.gather(
            *(
                desk.write(member, PARTS[(number + turn) % len(PARTS)], f"words {number}-{turn}")
                for number, member in enumerate(members)
                for turn in range(2)
            )
        )
        card = await desk.shown()

    wanted = {f"words {number}-{turn}" for number in range(MEMBERS) for turn in range(2)}
    assert {text for (text,) in desk.rows("SELECT text FROM draft_changes")} == wanted
    draft = desk.draft()
    fields = " ".join(field["value"] for field in card.embeds[0]["fields"])
    assert all(slot["text"] in fields for slot in draft["slots"].values())
    assert len(draft["slots"]) + len(draft["suggestions"]) == 2 * MEMBERS
    assert all(one.callback for pair in written for one in pair)
    assert discord.rate_limits.refused_count == 0


async def test_whoever_dies_after_the_decision_everybody_pays_their_share_once(
    bot, discord, desk, wire, sqlite_url
):
    members = [discord.add_member(name) for name in ("alice", "bob", "cara")]
    async with bot(DATABASE_URL=sqlite_url, PRICES="sd2_manxue_720p=10") as process:
        await until_connected(discord)
        await desk.open(members[0], title="Regatta", text="A paper boat")
        await desk.command(members[0], "pay", who="shares")
        for member in members:
            await desk.share(member)
        await discord.until(lambda: sharing(desk) == len(members))
        await desk.shown()
        discord.faults.add("POST", r"/channels/\d+/messages$", when="after", action=process.kill)
        await desk.press(members[0], "approve")
        await process.ended()
        assert desk.draft()["state"] != "open"
        await process.start()
        await until_told(discord)
        await process.terminate()

    spent = desk.rows("SELECT spent_credits FROM accounts WHERE holder LIKE 'member:%' ORDER BY 1")
    assert spent == [(3,), (3,), (4,)]
    assert wire.create_count == 1
    assert [card.embeds[0]["title"] for card in cards_of(discord)][1:] == [texts.HEADLINES[State.DELIVERED]]
    assert contradictions(sqlite_url) == []


def sharing(desk):
    return sum(one["share_max_credits"] is not None for one in desk.draft()["participants"])
