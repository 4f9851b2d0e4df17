"""The process dies before and after every call and every write of every story, and a new one takes over.

The boundaries come from a run of each story in which nobody dies, so a new step is in the table by itself.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from aiohttp import web

from bot import texts
from bot.sandbox.api import Sandbox
from scenarios.boundaries import Boundaries
from scenarios.forked import ForkedBot
from scenarios.stories import (
    HELD,
    MONEY,
    STORIES,
    SUCCESS,
    UNTOLD,
    Death,
    Money,
    Outcome,
    Played,
    Stage,
    Story,
)
from scenarios.wire import Wire
from standin import Discord
from storage.check import contradictions
from storage.records import Notice, State

CREATE = "before POST /v1/"
# What Discord's own client shows of an answer; it may come late, and then in another form.
ANSWERS = ("/interactions/", "/webhooks/")
NOTHING = Outcome(state=None, notice=None, creates=0, cards=(), videos=0, replies=0, money=Money())
SEEDS, PAIRS = range(2), 5
START_BOUNDARIES = 12  # logging in and reaching the first write of a generation that was left


class QuickWire(Wire):
    """Serves the first film to everybody, for drawing one takes longer than anything else here; asks for no waits."""

    film: web.Response | None = None

    async def _answer_to(self, request: web.Request) -> web.Response:
        if not request.path.startswith("/files/"):
            answer = await super()._answer_to(request)
            answer.headers.pop("Retry-After", None)
            return answer
        self.film = self.film or await super()._answer_to(request)
        return web.Response(body=self.film.body, headers={"Content-Type": self.film.content_type})


OpenStage = Callable[[Story], Awaitable[Stage]]


@pytest.fixture
async def open_stage(tmp_path: Path) -> AsyncIterator[OpenStage]:
    """Start everything for a story; time at the API passes with the calls, so that each run has the same looks."""
    async with AsyncExitStack() as stack:

        async def start(story: Story) -> Stage:
            calls: Counter[str] = Counter()
            discord = await stack.enter_async_context(Discord())
            discord.guild.file_limit_bytes = story.file_limit_bytes
            sandbox = await stack.enter_async_context(
                Sandbox(
                    queue_s=story.waits_for_looks,
                    run_s=1,
                    review_s=2,
                    height=96,
                    now=lambda: float(calls.total()),
                )
            )
            wire = await stack.enter_async_context(QuickWire(sandbox.url))
            boundaries = await stack.enter_async_context(Boundaries(discord.changed))
            wire.passed, wire.faults, discord.faults = calls, boundaries, boundaries
            environment = {
                "DISCORD_TOKEN": discord.world.token,
                "VIDEO_API_KEY": "sandbox-key-0123456789",
                "VIDEO_API_URL": wire.url,
                "DATA_DIR": str(tmp_path / "data"),
                "POLL_FIRST_S": "0.01",
                "POLL_INTERVAL_S": "0.02",
                "ASSET_INTERVAL_S": "0.02",
                "CANCEL_WINDOW_S": "0",
                "API_CALLS_PER_S": "500",
                "MEDIA_HOSTS": "127.0.0.1",
            }
            bot = ForkedBot(
                discord.url, environment | story.variables, working=tmp_path, port=boundaries.port
            )
            bot.start()
            stack.push_async_callback(bot.ended)
            stack.callback(bot.kill)
            return Stage(discord, wire, boundaries, bot, data=tmp_path / "data")

        yield start


def after_death(deaths: tuple[Death, ...], *, undisturbed: Outcome) -> Outcome:
    """What must come of a generation, by what its row said whenever the process died."""
    for death in deaths:
        if death.state is State.SUBMITTING:
            # Nobody knows whether the call arrived, so there is not another one.
            headline = texts.HEADLINES[State.UNCERTAIN]
            return Outcome(
                State.UNCERTAIN, Notice.TOLD, death.creates, (headline,), videos=0, replies=1, money=HELD
            )
        if death.state is None:
            return NOTHING
    return undisturbed


def around_creates(passed: tuple[str, ...]) -> set[str]:
    """The write before each create call, the call, and the write after it until that is done."""
    ours = [name for name in passed if not is_answer(name)]
    places = [place for place, name in enumerate(ours) if name.startswith(CREATE)]
    return {name for place in places for name in ours[place - 1 : first_after(ours, place + 2)]}


def first_after(names: list[str], place: int) -> int:
    return next(later for later in range(place, len(names)) if names[later].startswith("after "))


def died_submitting(run: Played) -> bool:
    return any(death.state is State.SUBMITTING for death in run.deaths)


def is_answer(boundary: str) -> bool:
    return any(part in boundary for part in ANSWERS)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
async def test_whenever_the_process_dies_the_next_one_brings_it_to_the_same_end(story, open_stage, tmp_path):
    stage = await open_stage(story)
    await stage.play(story)  # what happens only once, such as an alarm to the operators, happens now
    undisturbed = await stage.play(story)

    runs = {name: await stage.play(story, deadly=name) for name in dict.fromkeys(undisturbed.passed)}

    assert undisturbed.states == set(story.states)
    assert (undisturbed.outcome.state, undisturbed.outcome.notice) == (story.states[-1], Notice.TOLD)
    assert undisturbed.outcome.money == MONEY[story.states[-1]]
    assert {name: run.outcome for name, run in runs.items()} == {
        name: after_death(run.deaths, undisturbed=undisturbed.outcome) for name, run in runs.items()
    }
    assert {name for name, run in runs.items() if died_submitting(run)} == around_creates(undisturbed.passed)
    assert [name for name, run in runs.items() if not run.deaths and not is_answer(name)] == []
    assert "Traceback" not in stage.bot.log.read_text()
    assert not list(tmp_path.rglob("*.part"))
    assert contradictions(tmp_path / "data" / "showrunner.db") == []


async def test_a_process_that_dies_while_it_starts_changes_nothing(open_stage):
    stage = await open_stage(SUCCESS)
    undisturbed = await stage.play(SUCCESS)

    for position in range(1, START_BOUNDARIES):
        run = await stage.play(SUCCESS, deadly="after INSERT INTO generations #1", later=(position,))

        assert (len(run.deaths), run.outcome) == (2, after_death(run.deaths, undisturbed=undisturbed.outcome))


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_process_that_dies_while_it_takes_over_changes_nothing_either(seed, open_stage):
    story, chance = SUCCESS, random.Random(seed)
    stage = await open_stage(story)
    undisturbed = await stage.play(story)

    for _ in range(PAIRS):
        first, *later = chance.choice(undisturbed.passed), chance.randrange(1, 20), chance.randrange(1, 20)
        run = await stage.play(story, deadly=first, later=tuple(later))

        assert run.outcome == after_death(run.deaths, undisturbed=undisturbed.outcome), (first, later)


def test_every_state_is_passed_by_a_story():
    assert {state for story in STORIES for state in story.states} == set(State) - UNTOLD
