"""The process dies while a draft is approved, paid and handed over, and its successor while it takes over.

What people pressed in vain they press again, and that is all they do.
"""

import random
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from bot import texts
from scenarios.channel import cards_of, replies_of, title_of
from scenarios.drafts import Desk, Rows, rows_of
from scenarios.ground import Ground, open_ground
from scenarios.stories import Death
from standin import User
from storage.check import contradictions
from storage.draft_records import DraftState
from storage.records import State

PRICE, SHARES = 10, [3, 3, 4]
NEEDED = 2
PAIRS = 6
# Logging in, taking up what was left, and some of what follows.
TAKEOVER_BOUNDARIES = 25


@dataclass(frozen=True)
class Outcome:
    """What there is in the end, counted from outside; ``held`` and ``spent`` are the members' credits."""

    draft: DraftState
    videos: tuple[State, ...]
    creates: int
    cards: tuple[str, ...]
    replies: int
    held: list[int]
    spent: list[int]
    reserves: int


def made(state: State, *, creates: int) -> Outcome:
    is_spent = state is State.DELIVERED
    nothing = [0, 0, 0]
    return Outcome(
        draft=DraftState.SUBMITTED,
        videos=(state,),
        creates=creates,
        cards=(texts.DRAFT_TITLE.format(title="Regatta"), texts.HEADLINES[state]),
        replies=1,
        held=nothing if is_spent else SHARES,
        spent=SHARES if is_spent else nothing,
        reserves=len(SHARES),
    )


class Round:
    """Three members bring one draft to its end."""

    def __init__(self, ground: Ground, rows: Rows, *, number: int) -> None:
        self.ground = ground
        self.discord = ground.discord
        channel = self.discord.world.add_channel(self.discord.guild, f"drafts {number}")
        self.desk = Desk(self.discord, rows, channel=channel)
        self.members = [self.discord.add_member(f"{name} {number}") for name in ("alice", "bob", "cara")]
        self.deaths: list[Death] = []
        self.passed_count = 0
        self._earlier_creates = ground.wire.create_count

    async def play(self, *, deadly: Sequence[int] = ()) -> Outcome:
        """Open a draft and bring it to its end; the process dies at the first of those boundaries, and so on."""
        await self.ground.connected()
        await self._open()
        later = list(deadly)
        self._begin(later)
        while True:
            if self._is_struck():
                await self.ground.buried()
                self.deaths.append(Death(next(iter(self._states()), None), self._creates()))
                self._begin(later)
                self.ground.revive()
                await self.discord.until(lambda: self.discord.gateway.is_connected or self._is_struck())
            elif self._is_over():
                self.passed_count = len(self.ground.boundaries.passed)
                self.ground.boundaries.begin()  # nobody dies any more
                return self._outcome()
            else:
                await self._go_on()

    async def _open(self) -> None:
        alice = self.members[0]
        await self.desk.open(alice, title="Regatta", text="A paper boat")
        await self.desk.command(alice, "pay", who="shares")
        await self.desk.command(alice, "decide", rule="approvals", approvals=NEEDED)
        approve = texts.BUTTON_APPROVE.format(count=0, needed=NEEDED)
        await self.discord.until(lambda: self.desk.has(approve))

    async def _go_on(self) -> None:
        """Do what nobody has done yet, or wait for the end."""
        draft = self.desk.draft()
        if draft["state"] != DraftState.OPEN:
            await self.discord.until(lambda: self._is_struck() or self._is_over())
            return
        if unshared := self._without("share_max_credits", draft):
            await self.desk.share(unshared[0], unless=self._is_struck)
        else:
            await self.desk.press(self._without("approved", draft)[0], "approve")
        await self.discord.until(lambda: self._is_struck() or self.desk.draft() != draft)

    def _without(self, word: str, draft: dict[str, Any]) -> list[User]:
        given = {one["member_id"] for one in draft["participants"] if one[word] is not None}
        return [member for member in self.members if member.id not in given]

    def _begin(self, later: list[int]) -> None:
        self.ground.boundaries.begin(deadly=later.pop(0) if later else None, strike=self.ground.bot.kill)

    def _is_struck(self) -> bool:
        return self.ground.boundaries.is_struck

    def _is_over(self) -> bool:
        [(state, version, shown_version)] = self._read("SELECT state, version, shown_version FROM drafts")
        notices = self._read("SELECT notice FROM generations")
        is_told = state == DraftState.SUBMITTED and notices == [("told",)]
        return is_told and shown_version == version and not self.ground.boundaries.open_writes

    def _states(self) -> tuple[State, ...]:
        return tuple(State(state) for (state,) in self._read("SELECT state FROM generations"))

    def _read(self, query: str) -> list[tuple]:
        return self.desk.rows(f"{query} WHERE channel_id = {self.desk.channel.id}")

    def _creates(self) -> int:
        return self.ground.wire.create_count - self._earlier_creates

    def _outcome(self) -> Outcome:
        ids = ", ".join(f"'member:{self.discord.guild.id}:{member.id}'" for member in self.members)
        accounts = self.desk.rows(f"SELECT held_credits, spent_credits FROM accounts WHERE holder IN ({ids})")
        members = ", ".join(str(member.id) for member in self.members)
        reserves = self.desk.rows(
            f"SELECT 1 FROM entries WHERE verb = 'reserve' AND member_id IN ({members})"
        )
        return Outcome(
            draft=DraftState(self.desk.draft()["state"]),
            videos=self._states(),
            creates=self._creates(),
            cards=tuple(title_of(card) for card in cards_of(self.discord, self.desk.channel)),
            replies=len(replies_of(self.discord, self.desk.channel)),
            held=sorted(held for held, _ in accounts),
            spent=sorted(spent for _, spent in accounts),
            reserves=len(reserves),
        )


def expected(deaths: Sequence[Death]) -> Outcome:
    for death in deaths:
        if death.state is State.SUBMITTING:
            return made(State.UNCERTAIN, creates=death.creates)
    return made(State.DELIVERED, creates=1)


@pytest.fixture
async def ground(database_url, tmp_path) -> AsyncIterator[Ground]:
    variables = {"DATABASE_URL": database_url, "PRICES": f"sd2_manxue_720p={PRICE}"}
    async with open_ground(tmp_path, variables=variables) as opened:
        yield opened


@pytest.fixture
def rows(database_url) -> Iterator[Rows]:
    with rows_of(database_url) as reading:
        yield reading


async def test_whoever_dies_twice_one_video_is_made_and_everybody_pays_once(ground, rows, database_url):
    chance = random.Random(6)
    undisturbed = Round(ground, rows, number=0)
    assert await undisturbed.play() == made(State.DELIVERED, creates=1)

    for number in range(1, PAIRS + 1):
        # Each pair begins in another part of the story.
        earliest, latest = ((part * undisturbed.passed_count) // PAIRS for part in (number - 1, number))
        deadly = [chance.randint(earliest + 1, latest), chance.randint(1, TAKEOVER_BOUNDARIES)]
        disturbed = Round(ground, rows, number=number)

        assert await disturbed.play(deadly=deadly) == expected(disturbed.deaths), deadly

    assert "Traceback" not in ground.bot.log.read_text()
    assert contradictions(database_url) == []
