"""Every row belongs to exactly one shard, and Python and both databases agree to which."""

from datetime import timedelta

import pytest

from builders import NOON, make_asset, make_generation
from storage import assets, generations
from storage.database import open_database
from storage.errors import UnusableDatabase
from storage.records import State
from storage.shards import WHOLE, Shard

GUILDS = [None, 0, 1 << 22, 2 << 22, (3 << 22) + 5, 1_234_567_890_123_456_789, 2**63 - 1]
THREE = [Shard(id=number, count=3) for number in range(3)]


async def added(database, *wanted):
    for generation in wanted:
        assert await database.transaction(generations.add, generation)


@pytest.mark.parametrize("guild_id", GUILDS)
def test_a_server_is_part_of_one_shard(guild_id):
    assert [shard.has(guild_id) for shard in THREE].count(True) == 1
    assert WHOLE.has(guild_id)


def test_direct_messages_are_part_of_the_first_shard():
    assert [shard.has(None) for shard in THREE] == [True, False, False]


@pytest.mark.parametrize("shard", [*THREE, WHOLE])
async def test_the_database_splits_rows_as_we_do(shard, database):
    rows = [make_generation(guild_id=guild_id) for guild_id in GUILDS]
    await added(database, *rows)

    unfinished = await database.transaction(generations.unfinished, shard=shard)
    versions = await database.transaction(generations.unfinished_versions, shard=shard)

    assert unfinished == [row for row in rows if shard.has(row.guild_id)]
    assert versions == {row.id: row.version for row in unfinished}


@pytest.mark.parametrize("shard", THREE)
async def test_what_nobody_knows_the_end_of_is_read_by_shard(shard, database):
    rows = [make_generation(guild_id=guild_id, state=State.LOST, ended_at=NOON) for guild_id in GUILDS]
    await added(database, *rows)

    unresolved = await database.transaction(generations.unresolved, limit=10, shard=shard)

    assert unresolved == [row for row in rows if shard.has(row.guild_id)]
    assert await database.transaction(generations.unresolved, limit=10) == rows


async def test_a_shard_remembers_its_own_submissions(database):
    later = NOON + timedelta(seconds=1)
    await added(
        database,
        make_generation(guild_id=0, asker_id=1, submitted_at=NOON),
        make_generation(guild_id=1 << 22, asker_id=1, submitted_at=later),
        make_generation(guild_id=1 << 22, asker_id=2, submitted_at=NOON),
    )

    started = [
        await database.transaction(generations.last_submissions, since=NOON, shard=shard) for shard in THREE
    ]

    assert started == [{1: NOON}, {1: later, 2: NOON}, {}]


@pytest.mark.parametrize("shard", THREE)
async def test_pictures_are_reviewed_by_shard(shard, database):
    rows = [make_asset(guild_id=guild_id) for guild_id in GUILDS]
    for row in rows:
        await database.transaction(assets.add, row)

    pending = await database.transaction(assets.pending, limit=10, shard=shard)

    assert pending == [row for row in rows if shard.has(row.guild_id)]


async def test_a_file_has_no_shards(sqlite_url):
    with pytest.raises(UnusableDatabase, match="need PostgreSQL"):
        await open_database(sqlite_url, shard=THREE[0])
