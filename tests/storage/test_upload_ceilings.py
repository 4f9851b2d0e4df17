"""What a server refused is remembered, on both databases."""

from datetime import timedelta

from builders import NOON
from storage import upload_ceilings


async def remember(database, refused_bytes, *, at=NOON):
    await database.transaction(upload_ceilings.remember, guild_id=2**62, refused_bytes=refused_bytes, at=at)


async def find(database, *, guild_id=2**62, since=NOON):
    return await database.transaction(upload_ceilings.find_refused_bytes, guild_id=guild_id, since=since)


async def test_the_last_refusal_counts(database):
    await remember(database, 5 * 2**30)
    await remember(database, 3 * 2**30)

    assert await find(database) == 3 * 2**30


async def test_nothing_is_known_of_other_servers(database):
    await remember(database, 5)

    assert await find(database, guild_id=1) is None


async def test_an_old_refusal_is_forgotten(database):
    await remember(database, 5, at=NOON - timedelta(microseconds=1))

    assert await find(database) is None
