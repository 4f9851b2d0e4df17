"""What fits in a server is learned from what was refused there, and forgotten after a while."""

import pytest

from bot.delivery.sender import UPLOAD_MAX_BYTES
from bot.generation.ladder import COPY_LEAST_BYTES, REMEMBERED, SizeLadder
from fakes import HandClock

MB = 10**6
STATED = 10 * MB


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def ladder(sqlite_database, clock):
    return SizeLadder(sqlite_database, clock=clock, stated_max_bytes=lambda _guild_id: STATED)


async def test_whatever_a_request_can_hold_is_tried_first(ladder):
    assert await ladder.takes(1, file_bytes=UPLOAD_MAX_BYTES)
    assert not await ladder.takes(1, file_bytes=UPLOAD_MAX_BYTES + 1)


async def test_a_refusal_counts_for_one_server(ladder):
    await ladder.learn(1, refused_bytes=12 * MB)

    assert not await ladder.takes(1, file_bytes=12 * MB)
    assert await ladder.takes(1, file_bytes=12 * MB - 1)
    assert await ladder.takes(2, file_bytes=12 * MB)


async def test_a_boosted_server_recovers(ladder, clock):
    await ladder.learn(1, refused_bytes=12 * MB)
    clock.jump(seconds=REMEMBERED.total_seconds() + 1)

    assert await ladder.takes(1, file_bytes=12 * MB)


async def test_direct_messages_teach_nothing(ladder):
    await ladder.learn(None, refused_bytes=12 * MB)

    assert await ladder.takes(None, file_bytes=12 * MB)


@pytest.mark.parametrize(
    ("refused_bytes", "copy_bytes"),
    [(None, STATED), (12 * MB, STATED), (STATED, STATED // 2), (MB, MB // 2), (COPY_LEAST_BYTES, None)],
)
async def test_a_copy_is_as_large_as_discord_says_or_half_of_what_it_refused(
    refused_bytes, copy_bytes, ladder
):
    assert await ladder.copy_max_bytes(1, refused_bytes=refused_bytes) == copy_bytes


async def test_a_copy_heeds_what_was_refused_before(ladder):
    await ladder.learn(1, refused_bytes=8 * MB)

    assert await ladder.copy_max_bytes(1) == 4 * MB
