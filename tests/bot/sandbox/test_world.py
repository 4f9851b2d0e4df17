from pathlib import Path

import pytest

from bot.sandbox.contract import Order
from bot.sandbox.scenarios import PLAIN, SCENARIOS, Mischief, Scenario
from bot.sandbox.world import Status, World


@pytest.fixture
def world(clock) -> World:
    return World(queue_s=3.0, run_s=12.0, review_s=5.0, folder=Path(), suffix=".mp4", now=clock)


def make_order(prompt: str = "a fox") -> Order:
    return Order(model="videos", prompt=prompt, duration_s=4, ratio="16:9", short_side_px=720)


@pytest.mark.parametrize(
    ("waited_s", "status"),
    [
        (0, "queued"),
        (2.9, "queued"),
        (3, "processing"),
        (14.9, "processing"),
        (15, "completed"),
        (9e9, "completed"),
    ],
)
def test_a_task_moves_by_the_clock_alone(world, clock, waited_s, status):
    task = world.accept(make_order())

    clock.pass_s(waited_s)

    assert world.status_of(task) == status


@pytest.mark.parametrize(("name", "waited_s"), [("policy", 0), ("failure", 15)])
def test_a_scenario_decides_when_a_task_fails(world, clock, name, waited_s):
    task = world.accept(make_order(), scenario=SCENARIOS[name])

    clock.pass_s(waited_s)

    assert world.status_of(task) is Status.FAILED


def test_scenarios_lined_up_come_before_the_one_in_the_prompt(world):
    world.set_scenario("failure", 2)

    names = [world.scenario_for(make_order("[policy] a fox")).name for _ in range(3)]

    assert names == ["failure", "failure", "policy"]


def test_a_word_in_brackets_that_is_no_scenario_is_prompt_text(world):
    assert world.scenario_for(make_order("[close-up] a fox")) is PLAIN


def test_mischief_ends_after_its_times(world):
    mischief = Mischief(status=500, times=2)

    befallen = [world.spoils(mischief, key="a") is mischief for _ in range(3)]

    assert befallen == [True, True, False]
    assert world.spoils(mischief, key="another") is mischief


def test_mischief_for_one_status_leaves_the_others_alone(world):
    mischief = Mischief(only_when="completed", times=1)

    assert world.spoils(mischief, key="a", status="queued") is None
    assert world.spoils(mischief, key="a", status="completed") is mischief


def test_a_lined_up_refusal_befalls_as_many_creates_as_asked(world):
    world.set_scenario("create-429", 5)

    scenarios: list[Scenario] = [world.scenario_for(make_order()) for _ in range(6)]

    assert [bool(world.spoils(each.create, key="a fox")) for each in scenarios] == [True] * 5 + [False]


def test_every_scenario_says_what_it_does():
    assert all(scenario.about for scenario in SCENARIOS.values())
