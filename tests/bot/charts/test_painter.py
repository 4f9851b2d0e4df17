"""A picture comes from a child that knows no secrets, and no child can harm the bot."""

import asyncio
import sys
import time

import pytest

from bot.charts.painter import CHILDREN_MAX, WAITING_MAX, ChartFailed, Painter
from fakes import until

PNG_START = b"\x89PNG\r\n\x1a\n"
PATIENCE_S = 60.0  # for what always comes, on a loaded machine
HANG = "import time; time.sleep(60)"
SHOW_ENVIRONMENT = f"import os, sys; sys.stdout.buffer.write({PNG_START!r} + repr(os.environ).encode())"
ENDLESS = "import os, itertools; any(os.write(1, bytes(60_000)) < 0 for _ in itertools.count())"
# The first children, one for each turn, hang; those after them draw.
HANG_AT_FIRST = f"""import os, sys, time
count = os.open({{count!r}}, os.O_CREAT | os.O_APPEND | os.O_RDWR)
os.write(count, b".")
if os.fstat(count).st_size <= {CHILDREN_MAX}:
    time.sleep(60)
sys.stdout.buffer.write({PNG_START!r})
"""
CRASH_LATE = f"import os, sys; os.write(1, {PNG_START!r}); os.abort()"


@pytest.fixture
def painter(tmp_path):
    """Makes a painter whose child runs another program."""

    def painter(program, *, wait_s=600.0, draw_s=PATIENCE_S):
        return Painter(tmp_path, wait_s=wait_s, draw_s=draw_s, command=(sys.executable, "-c", program))

    return painter


async def test_a_chart_becomes_a_picture(daily, ranking, tmp_path):
    painter = Painter(tmp_path / "cache", draw_s=PATIENCE_S)

    pictures = await asyncio.gather(painter.paint(daily(1, 2, 3)), painter.paint(ranking(3, 2, 1)))

    assert all(picture.startswith(PNG_START) and len(picture) > 5000 for picture in pictures)
    assert list((tmp_path / "cache").glob("fontlist*.json"))  # which saves a second at the next picture


async def test_a_child_knows_no_secrets(painter, daily, monkeypatch):
    monkeypatch.setenv("DISCORD_TOKEN", "very-secret")

    answer = await painter(SHOW_ENVIRONMENT).paint(daily(1))

    assert b"MPLCONFIGDIR" in answer
    assert b"very-secret" not in answer


@pytest.mark.parametrize("program", ["", "print('rubbish')", "raise SystemExit(3)", CRASH_LATE])
async def test_a_child_that_does_not_draw_is_a_failure(program, painter, daily):
    with pytest.raises(ChartFailed, match="the child ended with status"):
        await painter(program).paint(daily(1))


async def test_a_child_that_never_stops_talking_is_ended(painter, daily):
    with pytest.raises(ChartFailed, match="too large"):
        await painter(ENDLESS).paint(daily(1))


async def test_a_child_that_hangs_is_ended(painter, daily):
    with pytest.raises(ChartFailed, match="too long"):
        await painter(HANG, draw_s=0.3).paint(daily(1))


async def test_a_child_that_cannot_start_is_a_failure(daily, tmp_path):
    with pytest.raises(ChartFailed, match="FileNotFoundError"):
        await Painter(tmp_path, command=(str(tmp_path / "nowhere"),)).paint(daily(1))


async def test_the_time_for_drawing_begins_with_the_turn(painter, daily, tmp_path, monkeypatch):
    count, passed_s = tmp_path / "count", 0.0
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: time.monotonic() + passed_s)
    busy = painter(HANG_AT_FIRST.format(count=str(count)))
    painting = asyncio.gather(
        *(busy.paint(daily(1)) for _ in range(CHILDREN_MAX + 1)), return_exceptions=True
    )
    await until(lambda: count.exists() and count.stat().st_size == CHILDREN_MAX)

    passed_s += PATIENCE_S
    answers = await painting

    assert [type(answer) for answer in answers] == [ChartFailed] * CHILDREN_MAX + [bytes]


async def test_nobody_waits_for_ever_for_a_turn(painter, daily):
    busy = painter(HANG, wait_s=0.1)
    drawing = [asyncio.create_task(busy.paint(daily(1))) for _ in range(CHILDREN_MAX)]
    await asyncio.sleep(0)

    with pytest.raises(ChartFailed, match="too long"):
        await busy.paint(daily(1))

    assert not any(task.done() for task in drawing)
    for task in drawing:
        task.cancel()
    await asyncio.wait(drawing)


async def test_only_so_many_wait(painter, daily):
    busy = painter(HANG, wait_s=0.5, draw_s=0.5)
    waiting = [asyncio.create_task(busy.paint(daily(1))) for _ in range(CHILDREN_MAX + WAITING_MAX)]
    await asyncio.sleep(0)

    with pytest.raises(ChartFailed, match="too many"):
        await busy.paint(daily(1))

    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert {str(answer) for answer in answers} == {"it took too long"}
    with pytest.raises(ChartFailed, match="too long"):
        await busy.paint(daily(1))
