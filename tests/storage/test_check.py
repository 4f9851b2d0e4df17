"""Each contradiction that we know of is found when it is planted; a database in order has none."""

import json
import sqlite3
from contextlib import closing

import pytest

from bot.generation.states import ENDS as ENDS_OF_LIFE
from builders import NOON, make_asset, make_generation
from storage import assets, check, generations
from storage.backup import file_of
from storage.check import contradictions
from storage.database import open_database
from storage.errors import UnusableDatabase
from storage.records import AssetState, Notice, State

ACCEPTED = {"task_id": "t", "submitted_at": NOON, "card_id": 1}
OVER = {"ended_at": NOON, "notice": Notice.TOLD}
SOUND = [
    {},
    {"state": State.WAITING, "card_id": 1},
    {"state": State.QUEUED, **ACCEPTED},
    {"state": State.DELIVERED, **ACCEPTED, **OVER},
    {"state": State.UNCERTAIN, "card_id": 1, "reason": "lost", **OVER},
    {"state": State.CANCELLED, **OVER},
]
# The sentence, and a row of which it is true.
PLANTED = {
    "the API has it, but its id is missing": {"state": State.QUEUED, "card_id": 1},
    "it has an id of the API without having been accepted": {"state": State.WAITING, **ACCEPTED},
    "its id of the API and the instant of acceptance do not go together": {
        "state": State.QUEUED,
        **ACCEPTED,
        "submitted_at": None,
    },
    "it is over, but not since when": {"state": State.CANCELLED},
    "it ended before it was accepted": {"state": State.ADMITTED, "ended_at": NOON},
    "its asker was told an end that it has not reached": {
        "state": State.QUEUED,
        **ACCEPTED,
        "notice": Notice.TOLD,
    },
    "it has a card before one was posted": {"card_id": 1},
    "it went on without a card": {"state": State.WAITING},
    "there is no link to download it from": {"state": State.DOWNLOADING, **ACCEPTED},
    "nobody knows how it ended, nor why": {"state": State.UNCERTAIN, **OVER},
}
# What no record can hold is planted as SQL.
PLANTED_BY_HAND = {
    "its state is unknown": "UPDATE generations SET state = 'dreaming', ended_at = 1",
    "its notice is unknown": "UPDATE generations SET notice = 'shouted'",
    "its request cannot be read": "UPDATE generations SET request = '{'",
    "its files cannot be read": "UPDATE generations SET media = '['",
    "it needs a picture that does not exist": (
        "UPDATE generations SET media = '" + json.dumps([{"field": "first_image", "asset_id": "gone"}]) + "'"
    ),
}
PLANTED_ASSETS = {
    "the API has it, but its id is missing": {"state": AssetState.ACTIVE},
    "it has an id of the API without having been taken": {"upstream_id": "a", "key_digest": "k"},
    "it was handed in, but not for which account": {"state": AssetState.ACTIVE, "upstream_id": "a"},
    "it cannot be used, and nobody knows why": {"state": AssetState.REFUSED},
    "its name cannot be compared": {"name": "fox", "name_key": None},
}


@pytest.fixture
def path(sqlite_url):
    return file_of(sqlite_url)


async def plant(path, function, *rows):
    async with await open_database(f"sqlite:///{path}") as database:
        for row in rows:
            await database.transaction(function, row)


def by_hand(path, sql):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(sql)
        connection.commit()


def test_every_rule_is_planted_by_a_test():
    elsewhere = {"another one has the same id of the API"}

    assert set(check.GENERATIONS) == PLANTED.keys() | PLANTED_BY_HAND.keys() | elsewhere
    # A word that is no state of an asset cannot be read back, but it is found like that of a generation.
    assert set(check.ASSETS) == PLANTED_ASSETS.keys() | {"its state is unknown"}


def test_the_ends_are_those_of_the_life():
    assert check.ENDS == ENDS_OF_LIFE


async def test_a_database_in_order_has_no_contradictions(path):
    rows = [
        make_generation(**fields | {"task_id": f"t{n}"} if "task_id" in fields else fields)
        for n, fields in enumerate(SOUND)
    ]
    await plant(path, generations.add, *rows)
    await plant(
        path,
        assets.add,
        make_asset(),
        make_asset(name="fox", state=AssetState.ACTIVE, upstream_id="a", key_digest="k"),
    )

    assert contradictions(path) == []


@pytest.mark.parametrize(("words", "fields"), PLANTED.items(), ids=PLANTED)
async def test_a_contradiction_in_a_generation_is_found(words, fields, path):
    generation = make_generation(**fields)
    await plant(path, generations.add, generation)

    assert f"generation {generation.id}: {words}." in contradictions(path)


@pytest.mark.parametrize(("words", "sql"), PLANTED_BY_HAND.items(), ids=PLANTED_BY_HAND)
async def test_what_no_record_can_hold_is_found(words, sql, path):
    generation = make_generation()
    await plant(path, generations.add, generation)
    by_hand(path, sql)

    assert contradictions(path) == [f"generation {generation.id}: {words}."]


async def test_an_id_of_the_api_that_two_have_is_found_twice(path):
    pair = [make_generation(state=State.QUEUED, **ACCEPTED) for _ in range(2)]
    await plant(path, generations.add, *pair)

    words = "another one has the same id of the API"
    assert sorted(contradictions(path)) == [f"generation {one.id}: {words}." for one in pair]


@pytest.mark.parametrize(("words", "fields"), PLANTED_ASSETS.items(), ids=PLANTED_ASSETS)
async def test_a_contradiction_in_an_asset_is_found(words, fields, path):
    asset = make_asset(**fields)
    await plant(path, assets.add, asset)

    assert contradictions(path) == [f"asset {asset.id}: {words}."]


async def test_a_video_on_its_way_must_be_on_the_disk(path, tmp_path):
    rows = [
        make_generation(state=State.DELIVERING, **ACCEPTED | {"task_id": name, "file_bytes": 5})
        for name in ("here", "gone")
    ]
    await plant(path, generations.add, *rows)
    (tmp_path / rows[0].id).touch()

    found = contradictions(path, video_of=lambda generation_id: tmp_path / generation_id)

    assert found == [f"generation {rows[1].id}: its video is not on the disk."]


async def test_a_damaged_file_is_found(path):
    with path.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 4096)

    with pytest.raises(UnusableDatabase, match="malformed"):
        assert contradictions(path) == []


def test_a_database_of_another_version_is_not_judged(path):
    by_hand(path, "UPDATE alembic_version SET version_num = '0000'")

    with pytest.raises(UnusableDatabase, match="another version"):
        contradictions(path)


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(UnusableDatabase, match="cannot be read or copied"):
        contradictions(tmp_path / "none.db")

    assert list(tmp_path.iterdir()) == []
