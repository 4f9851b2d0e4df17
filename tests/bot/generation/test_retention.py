"""Which files go: those that were kept long enough, and the oldest ones when room is needed."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.generation.retention import KeptFile, RetentionPlan, Why, leaving
from builders import NOON, make_generation
from storage.records import Notice, State

PLAN = RetentionPlan(delivered=timedelta(hours=24), undelivered=timedelta(days=7), max_bytes=100)
HOUR = timedelta(hours=1)


def kept(state, *, age, notice=Notice.TOLD, file_bytes=10):
    """A generation and its file."""
    at = NOON - age
    row = make_generation(
        state=state, notice=notice, ended_at=at, delivered_at=at if state is State.DELIVERED else None
    )
    return row, KeptFile(path=Path(f"{row.id}.mp4"), generation_id=row.id, file_bytes=file_bytes)


def gone(*pairs, plan=PLAN):
    """The places of those that go, with the reasons."""
    files = [file for _, file in pairs]
    found = leaving(files, {row.id: row for row, _ in pairs}, plan, now=NOON)
    return [(files.index(file), why) for file, why in found]


@pytest.mark.parametrize(
    ("state", "age", "why"),
    [
        (State.DELIVERED, 23 * HOUR, None),
        (State.DELIVERED, 24 * HOUR, Why.DELIVERED_LONG_AGO),
        (State.UNDELIVERABLE, 167 * HOUR, None),
        (State.UNDELIVERABLE, 168 * HOUR, Why.NEVER_FETCHED),
        (State.FAILED, 0 * HOUR, Why.NOBODYS),
    ],
)
def test_a_file_is_kept_for_its_time(state, age, why):
    assert gone(kept(state, age=age)) == ([(0, why)] if why else [])


def test_without_retention_a_delivered_file_goes_at_once():
    plan = RetentionPlan(delivered=timedelta(0), undelivered=timedelta(days=7), max_bytes=100)

    assert gone(kept(State.DELIVERED, age=0 * HOUR), plan=plan) == [(0, Why.DELIVERED_LONG_AGO)]


@pytest.mark.parametrize("state", [State.DELIVERING, State.SHRINKING, State.DELIVERED, State.UNDELIVERABLE])
def test_what_somebody_is_still_to_be_told_of_never_goes(state):
    pair = kept(state, age=9000 * HOUR, notice=Notice.SHOWN, file_bytes=1000)

    assert gone(pair) == []


def test_a_file_of_nobody_goes():
    _, file = kept(State.DELIVERED, age=HOUR)

    assert leaving([file], {}, PLAN, now=NOON) == [(file, Why.NOBODYS)]


def test_when_room_is_needed_the_oldest_delivered_goes_first():
    pairs = [
        kept(State.UNDELIVERABLE, age=9 * HOUR, file_bytes=40),
        kept(State.DELIVERED, age=2 * HOUR, file_bytes=40),
        kept(State.DELIVERED, age=3 * HOUR, file_bytes=40),
    ]

    assert gone(*pairs) == [(2, Why.ROOM_DELIVERED)]


def test_when_that_is_not_enough_the_oldest_undelivered_goes():
    pairs = [
        kept(State.UNDELIVERABLE, age=HOUR, file_bytes=60),
        kept(State.UNDELIVERABLE, age=9 * HOUR, file_bytes=60),
        kept(State.DELIVERED, age=HOUR, file_bytes=60),
    ]

    assert gone(*pairs) == [(2, Why.ROOM_DELIVERED), (1, Why.ROOM_UNDELIVERED)]


def test_what_goes_anyway_makes_room():
    pairs = [
        kept(State.DELIVERED, age=25 * HOUR, file_bytes=60),
        kept(State.DELIVERED, age=HOUR, file_bytes=60),
    ]

    assert gone(*pairs) == [(0, Why.DELIVERED_LONG_AGO)]
