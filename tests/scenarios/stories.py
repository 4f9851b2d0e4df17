"""The ways a generation's life can go, and a stage on which each is played with the process dying at a given moment.

A new state needs a story that passes it: the crash table takes its boundaries from a run of each story.
"""

import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import files
from scenarios.ground import Ground
from standin import Channel, Discord, Permission, Upload, User
from storage.records import Notice, State

ACCEPTED = (State.ADMITTED, State.WAITING, State.SUBMITTING, State.QUEUED)
FINISHED = (*ACCEPTED, State.PROCESSING, State.DOWNLOADING, State.DELIVERING)


@dataclass(frozen=True)
class Scene:
    """Where one generation plays."""

    discord: Discord
    member: User
    channel: Channel


async def press_cancel(scene: Scene) -> None:
    (card,) = (message for message in scene.discord.messages(scene.channel.id) if message.embeds)
    await scene.discord.click(scene.member, card, "Cancel")


async def leave_no_place(scene: Scene) -> None:
    scene.member.direct_messages_open = False
    await scene.discord.deny(scene.channel, Permission.VIEW_CHANNEL)


@dataclass(frozen=True)
class Story:
    """What a member asks for, and every state it passes up to its end.

    ``waits_for_looks`` is after how many looks the API begins, ``file_limit_bytes`` the size of files the server
    takes; ``act`` is what a person does once the generation is in the state ``acts_in``.
    """

    name: str
    states: tuple[State, ...]
    prompt: str = "A fox"
    command: str = "video text"
    options: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    waits_for_looks: int = 2
    file_limit_bytes: int = 10 * 2**20
    acts_in: State | None = None
    act: Callable[[Scene], Awaitable[None]] | None = None


def _picture() -> dict[str, Any]:
    return {"first": Upload("fox.png", files.picture(), "image/png")}


SUCCESS = Story("success", (*FINISHED, State.DELIVERED))
# The longest first, so that workers in parallel end together.
STORIES = (
    Story("too large", (*FINISHED, State.SHRINKING, State.DELIVERED), file_limit_bytes=40_000),
    Story(
        "reviewed file",
        (*FINISHED, State.PREPARING, State.DELIVERED),
        command="video frames",
        options={**_picture(), "review": True},
    ),
    Story("busy API", (*FINISHED, State.DELIVERED), prompt="[create-429] a fox"),
    Story(
        "file",
        (*FINISHED, State.PREPARING, State.DELIVERED),
        command="video frames",
        options=_picture(),
    ),
    SUCCESS,
    Story(
        "failure",
        (*ACCEPTED, State.PROCESSING, State.FAILED),
        prompt="[failure] a fox",
    ),
    Story(
        "refusal", (State.ADMITTED, State.WAITING, State.SUBMITTING, State.REFUSED), prompt="[create-refused]"
    ),
    Story(
        "lost answer",
        (State.ADMITTED, State.WAITING, State.SUBMITTING, State.UNCERTAIN),
        prompt="[create-500-accepted]",
    ),
    Story(
        "cancelled",
        (State.ADMITTED, State.WAITING, State.CANCELLED),
        variables={"CANCEL_WINDOW_S": "60"},
        acts_in=State.WAITING,
        act=press_cancel,
    ),
    Story(
        "too slow",
        (*ACCEPTED, State.STALLED),
        variables={"GENERATION_DEADLINE_S": "0.001"},
        waits_for_looks=10_000,
    ),
    Story("no place", (*FINISHED, State.UNDELIVERABLE), acts_in=State.QUEUED, act=leave_no_place),
)
# LOST takes two minutes of an id that nobody knows: the properties of a life turn the clock for it.
UNTOLD = frozenset({State.LOST})


@dataclass(frozen=True)
class Money:
    """What the ledger says of the asker: credits held and spent, and reservations that nothing followed."""

    held: int = 0
    spent: int = 0
    open_count: int = 0


# What each end leaves of a price of one credit; where there is none yet, it is held.
HELD, SPENT, GIVEN_BACK = Money(held=1, open_count=1), Money(spent=1), Money()
MONEY: Mapping[State, Money] = {
    State.DELIVERED: SPENT,
    State.UNDELIVERABLE: SPENT,
    State.REFUSED: GIVEN_BACK,
    State.FAILED: GIVEN_BACK,
    State.CANCELLED: GIVEN_BACK,
    State.UNCERTAIN: HELD,
    State.STALLED: HELD,
}


@dataclass(frozen=True)
class Outcome:
    """What there is in the end, counted from outside."""

    state: State | None
    notice: Notice | None
    creates: int
    cards: tuple[str, ...]
    videos: int
    replies: int
    money: Money


@dataclass(frozen=True)
class Death:
    """What the row said when the process was gone, and how many create calls the API had seen by then."""

    state: State | None
    creates: int


@dataclass(frozen=True)
class Played:
    """One run of a story: the boundaries and states it passed, and every time the process died."""

    outcome: Outcome
    passed: tuple[str, ...]
    states: frozenset[State]
    deaths: tuple[Death, ...]


class Stage:
    """Plays generations one after the other; whenever the process dies, a new one takes over."""

    def __init__(self, ground: Ground, *, data: Path) -> None:
        self.ground = ground
        self._database = data / "showrunner.db"
        self._deadly_later: list[int] = []
        self._deaths: list[Death] = []
        self._earlier_creates = 0
        self._count = 0

    async def play(self, story: Story, *, deadly: str | None = None, later: tuple[int, ...] = ()) -> Played:
        """Play one generation to its end.

        ``deadly`` names the boundary at which the process dies; ``later`` are positions at which its successors do.
        """
        await self.ground.connected()
        scene, self._earlier_creates = self._scene(), self.ground.wire.create_count
        self._deaths, self._deadly_later = [], list(later)
        self._begin(deadly)
        await self.ground.discord.slash(
            *(scene.member, scene.channel, story.command),
            # The sandbox counts some of its misfortunes by prompt.
            options={"prompt": f"{story.prompt} {self._count}", **story.options},
        )
        states = await self._to_the_end(story, scene)
        return Played(
            self._outcome(scene), tuple(self.ground.boundaries.passed), frozenset(states), tuple(self._deaths)
        )

    def row(self, scene: Scene) -> tuple[State | None, Notice | None]:
        (found,) = self._read("SELECT state, notice FROM generations WHERE asker_id = ?", scene) or [None]
        return (State(found[0]), Notice(found[1])) if found else (None, None)

    async def _to_the_end(self, story: Story, scene: Scene) -> set[State]:
        states, has_acted = set(), False

        def is_something_to_do() -> bool:
            state, notice = self.row(scene)
            states.update({state} - {None})
            is_acting_due = state is story.acts_in is not None and self.ground.discord.gateway.is_connected
            is_told = notice is Notice.TOLD and not self.ground.boundaries.open_writes
            return self.ground.boundaries.is_struck or is_told or (is_acting_due and not has_acted)

        while True:
            await self.ground.discord.until(is_something_to_do)
            if self.ground.boundaries.is_struck:
                has_acted = False
                await self.ground.buried()
                self._deaths.append(Death(self.row(scene)[0], self._creates()))
                if self._deadly_later:
                    self._begin(self._deadly_later.pop())
                self.ground.revive()
                if self.row(scene)[0] is None:
                    return states
            elif self.row(scene)[1] is Notice.TOLD:
                return states
            elif story.act is not None:
                has_acted = True
                await story.act(scene)

    def _begin(self, deadly: str | int | None) -> None:
        self.ground.boundaries.begin(deadly=deadly, strike=self.ground.bot.kill)

    def _scene(self) -> Scene:
        self._count += 1
        channel = self.ground.discord.world.add_channel(self.ground.discord.guild, f"videos {self._count}")
        return Scene(self.ground.discord, self.ground.discord.add_member(f"member {self._count}"), channel)

    def _money(self, scene: Scene) -> Money:
        (account,) = self._read(
            "SELECT held_credits, spent_credits FROM accounts WHERE holder LIKE 'member:%:' || ?", scene
        ) or [(0, 0)]
        verbs = Counter(verb for (verb,) in self._read("SELECT verb FROM entries WHERE member_id = ?", scene))
        return Money(*account, open_count=verbs["reserve"] - verbs["settle"] - verbs["release"])

    def _read(self, query: str, scene: Scene) -> list[tuple[Any, ...]]:
        uri = f"file:{self._database}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            return connection.execute(query, (scene.member.id,)).fetchall()

    def _creates(self) -> int:
        return self.ground.wire.create_count - self._earlier_creates

    def _outcome(self, scene: Scene) -> Outcome:
        messages = self.ground.discord.messages(scene.channel.id)
        cards = [message for message in messages if message.embeds]
        # What a card says last in a channel that closes meanwhile is chance: no edit reaches it any more.
        is_closed = Permission.VIEW_CHANNEL in scene.channel.denied
        state, notice = self.row(scene)
        return Outcome(
            state=state,
            notice=notice,
            creates=self._creates(),
            cards=tuple("" if is_closed else str(card.embeds[0]["title"]) for card in cards),
            videos=sum(len(card.attachments) for card in cards),
            replies=len(messages) - len(cards),
            money=self._money(scene),
        )
