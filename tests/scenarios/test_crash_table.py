"""The process dies before and after every call and every write of every story, and a new one takes over.

The boundaries come from a run of each story in which nobody dies, so a new step is in the table by itself.
"""

import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot import texts
from scenarios.ground import open_ground
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
from storage.check import contradictions
from storage.records import Notice, State

CREATE = "before POST /v1/"
# What Discord's own client shows of an answer; it may come late, and then in another form.
ANSWERS = ("/interactions/", "/webhooks/")
NOTHING = Outcome(state=None, notice=None, creates=0, cards=(), videos=0, replies=0, money=Money())
SEEDS, PAIRS = range(2), 5
START_BOUNDARIES = 12  # logging in and reaching the first write of a generation that was left


OpenStage = Callable[[Story], Awaitable[Stage]]


@pytest.fixture
async def open_stage(tmp_path: Path) -> AsyncIterator[OpenStage]:
    """Start everything for a story."""
    async with AsyncExitStack() as stack:

        async def start(story: Story) -> Stage:
            ground = await stack.enter_async_context(
                open_ground(
                    tmp_path,
                    variables=story.variables,
                    waits_for_looks=story.waits_for_looks,
                    file_limit_bytes=story.file_limit_bytes,
                )
            )
            return Stage(ground, data=tmp_path / "data")

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


def always_passed(one: Played, other: Played) -> list[str]:
    """The boundaries of two undisturbed runs, without what came by chance.

    An answer comes late or not at all, a progress report of a slow machine is one more, and the alarm of an earlier
    generation may still be ringing.
    """
    return [name for name in one.passed if name in other.passed and not is_answer(name)]


def around_creates(ours: list[str]) -> set[str]:
    """The write before each create call, the call, and the write after it until that is done."""
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
    undisturbed, again = await stage.play(story), await stage.play(story)
    certain = always_passed(undisturbed, again)

    runs = {name: await stage.play(story, deadly=name) for name in dict.fromkeys(undisturbed.passed)}

    assert undisturbed.states == set(story.states)
    assert (undisturbed.outcome.state, undisturbed.outcome.notice) == (story.states[-1], Notice.TOLD)
    assert undisturbed.outcome.money == MONEY[story.states[-1]]
    assert {name: run.outcome for name, run in runs.items()} == {
        name: after_death(run.deaths, undisturbed=undisturbed.outcome) for name, run in runs.items()
    }
    assert {name for name in certain if died_submitting(runs[name])} == around_creates(certain)
    assert [name for name in certain if not runs[name].deaths] == []
    assert "Traceback" not in stage.ground.bot.log.read_text()
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
