"""A copy made while the bot writes is whole, of one instant, and takes nobody's place."""

import asyncio
import stat

import pytest

from builders import NOON, make_generation
from storage import generations
from storage.backup import back_up, file_of
from storage.check import contradictions
from storage.database import open_database
from storage.errors import UnusableDatabase
from storage.records import State


async def write_pairs(database, *, until_done):
    """Write two rows in each transaction, so that an odd count in a copy is a torn copy."""

    def add_pair(transaction):
        for _ in range(2):
            generations.add(transaction, make_generation(state=State.CANCELLED, ended_at=NOON))

    while not until_done():
        await database.transaction(add_pair)


async def test_a_copy_made_in_a_storm_of_writes_is_of_one_instant(sqlite_database, sqlite_url, tmp_path):
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    await write_pairs(sqlite_database, until_done=iter([False] * 50 + [True]).__next__)

    copying = asyncio.create_task(asyncio.to_thread(back_up, file_of(sqlite_url), copy))
    await write_pairs(sqlite_database, until_done=copying.done)

    assert await copying == copy.stat().st_size
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]
    assert contradictions(copy) == []
    async with await open_database(f"sqlite:///{copy}") as restored:
        count = len(await restored.transaction(generations.unfinished))
    assert count >= 100
    assert count % 2 == 0


async def test_what_was_not_sent_yet_is_never_sent_by_a_bot_on_the_copy(
    sqlite_database, sqlite_url, tmp_path
):
    unsent = {State.ADMITTED, State.WAITING, State.PREPARING, State.SUBMITTING}
    rows = {state: make_generation(state=state) for state in State}
    for row in rows.values():
        await sqlite_database.transaction(generations.add, row)

    back_up(file_of(sqlite_url), tmp_path / "copy.db")

    async with await open_database(f"sqlite:///{tmp_path / 'copy.db'}") as restored:
        for state, row in rows.items():
            copied = await restored.transaction(generations.get, row.id)
            assert copied.state is (State.SUBMITTING if state in unsent else state)


def test_a_copy_is_nobody_elses_to_read(sqlite_url, tmp_path):
    copy = tmp_path / "copy.db"

    back_up(file_of(sqlite_url), copy)

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_file_that_is_there_is_never_overwritten(sqlite_url, tmp_path):
    there = tmp_path / "there.db"
    there.write_bytes(b"precious")

    with pytest.raises(UnusableDatabase, match=r"there\.db cannot be made: File exists"):
        back_up(file_of(sqlite_url), there)

    assert there.read_bytes() == b"precious"


def test_a_copy_that_fails_leaves_nothing(tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database, but long enough to look like one" * 100)

    with pytest.raises(UnusableDatabase, match="cannot be read or copied"):
        back_up(broken, tmp_path / "copy.db")

    assert list(tmp_path.iterdir()) == [broken]


def test_postgresql_has_its_own_way():
    with pytest.raises(UnusableDatabase) as refused:
        file_of("postgresql://user:secret@host/name")

    assert "pg_dump" in refused.value.hint
    assert "secret" not in f"{refused.value.message}{refused.value.hint}"
