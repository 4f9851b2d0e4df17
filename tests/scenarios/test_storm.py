"""Sixty videos of fifteen members through a storm on both connections; then everything is counted from outside."""

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from bot import texts
from scenarios.channel import cards_of, replies_of, title_of
from standin import DROP, PROCEED, Answer, Discord, User
from standin.faults import Faults, Outcome, When
from storage.records import Notice, State

SEED = 4
MEMBERS, WAVES = 15, 4  # between waves the process is killed
STORM_SHARE = 0.15  # of all calls go wrong
STORM_CALLS = 1_500  # then it calms down
END_S = 180.0

TROUBLES = (DROP, Answer(500), Answer(502, "<html>Bad Gateway</html>"), Answer(503))
BUSY = Answer.rate_limited(0.05, via=False)


class Storm:
    """Spoils calls at random, and counts the create calls whose answers it took."""

    def __init__(self) -> None:
        self.lost_creates = 0
        self._chance = random.Random(SEED)

    def blows_on(self, faults: Faults, method: str, path: str, *, is_create: bool = False) -> None:
        for when in ("before", "after"):

            async def strike(when: When = when) -> Answer | Outcome:
                if self._chance.random() > STORM_SHARE:
                    return PROCEED
                trouble = self._chance.choice((*TROUBLES, BUSY) if when == "before" else TROUBLES)
                self.lost_creates += is_create and trouble is not BUSY
                return trouble

            faults.add(method, path, when=when, action=strike, count=STORM_CALLS)


async def ask(discord: Discord, member: User, prompt: str) -> None:
    await discord.slash(member, discord.channel, "video text", options={"prompt": prompt})


def rows(database: Path) -> list[tuple[State, Notice, int]]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        found = connection.execute("SELECT state, notice, asker_id FROM generations").fetchall()
    return [(State(state), Notice(notice), asker_id) for state, notice, asker_id in found]


async def test_after_a_storm_everything_is_paid_once_and_told_once(discord, sandbox, bot, wire, tmp_path):
    members = [discord.add_member(f"member {number}") for number in range(MEMBERS)]
    storm, database = Storm(), tmp_path / "data" / "showrunner.db"
    storm.blows_on(discord.faults, "POST", r"^/channels/\d+/messages")
    storm.blows_on(discord.faults, "PATCH", r"^/channels/\d+/messages")
    storm.blows_on(wire.faults, "GET", "^/(v1/result|files)/")
    storm.blows_on(wire.faults, "POST", "^/v1/", is_create=True)
    killed_while_submitting = 0

    async with bot() as process:
        for wave in range(1, WAVES + 1):
            await discord.until(lambda: discord.gateway.is_connected)
            await asyncio.gather(*(ask(discord, member, f"{member.name}, wave {wave}") for member in members))
            await discord.until(lambda wave=wave: len(rows(database)) == wave * MEMBERS)
            if wave < WAVES:
                await process.kill()
                killed_while_submitting += sum(state is State.SUBMITTING for state, _, _ in rows(database))
                await discord.until(lambda: not discord.gateway.is_connected)
                await process.start()
        await discord.until(
            lambda: all(notice is Notice.TOLD for _, notice, _ in rows(database)), timeout_s=END_S
        )

    found = rows(database)
    states = Counter(state for state, _, _ in found)
    assert states.keys() <= {State.DELIVERED, State.UNCERTAIN}
    assert states[State.UNCERTAIN] <= storm.lost_creates + killed_while_submitting
    assert set(Counter(body["prompt"] for body in sandbox.world.creates).values()) == {1}
    assert Counter(map(title_of, cards_of(discord))) == {
        texts.HEADLINES[state]: count for state, count in states.items()
    }
    assert Counter(asker for reply in replies_of(discord) for asker in reply.pings) == {
        member.id: WAVES for member in members
    }
