"""Progress is a courtesy: shown when it is worth an edit, never in the way, never an error."""

import asyncio

import pytest

from bot.delivery.board import BETWEEN_EDITS, ProgressBoard
from bot.delivery.sender import DiscordUnavailable, MessageGone
from builders import NOON, make_generation
from fakes import FakeSender, HandClock, settle
from storage.records import State

STEP_S = 10  # one twelfth of TYPICAL_S: the bar grows by one cell
TYPICAL_S = 120.0


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def sender():
    return FakeSender()


@pytest.fixture
def board(sender, clock):
    return ProgressBoard(sender, clock=clock)


def working(**changes):
    return make_generation(**{"state": State.PROCESSING, "card_id": 1, "submitted_at": NOON} | changes)


async def show(board, generation, before=None, reported=None):
    return await board.show(generation, before=before, typical_s=TYPICAL_S, reported=reported)


async def test_the_first_progress_is_shown(board, sender):
    shown = await show(board, working())

    assert (shown.state, shown.at) == (State.PROCESSING, NOON)
    assert sender.verbs == ["progress"]


async def test_a_card_that_would_look_the_same_is_left_alone(board, sender, clock):
    first = await show(board, working())
    clock.jump(seconds=STEP_S - 1)

    assert await show(board, working(), before=first) is first
    assert len(sender.calls) == 1


async def test_a_longer_bar_is_shown(board, sender, clock):
    first = await show(board, working())
    clock.jump(seconds=STEP_S)

    second = await show(board, working(), before=first)

    assert second.words != first.words
    assert len(sender.calls) == 2


async def test_what_the_api_reports_is_shown(board, sender, clock):
    first = await show(board, working())
    clock.jump(seconds=BETWEEN_EDITS.total_seconds())

    assert (await show(board, working(), before=first, reported=0.5)).words.count("▰") == 6


async def test_bars_do_not_grow_more_often_than_discord_bears(board, sender, clock):
    first = await show(board, working())
    clock.jump(seconds=BETWEEN_EDITS.total_seconds() - 0.1)

    assert await show(board, working(), before=first, reported=0.5) is first


async def test_a_new_state_is_shown_at_once(board, sender):
    first = await show(board, working(state=State.QUEUED))

    await show(board, working(), before=first)

    assert len(sender.calls) == 2


@pytest.mark.parametrize("error", [DiscordUnavailable("503"), MessageGone("404")])
async def test_a_failure_is_swallowed_and_not_repeated_at_once(error, board, sender):
    sender.coming["progress"] = [error]

    shown = await show(board, working())

    assert await show(board, working(), before=shown) is shown
    assert len(sender.calls) == 1


async def test_one_edit_is_under_way_in_a_channel(board, sender):
    sender.gate.clear()
    first = asyncio.create_task(show(board, working()))
    await settle()

    skipped = await show(board, working())
    elsewhere = asyncio.create_task(show(board, working(channel_id=21)))
    await settle()
    sender.gate.set()
    await asyncio.gather(first, elsewhere)

    assert skipped is None
    assert len(sender.calls) == 2
