"""Pictures for the asset library, on both databases."""

from dataclasses import replace

import pytest

from builders import make_asset
from storage import assets
from storage.database import Database
from storage.errors import Conflict
from storage.records import Asset, AssetId, AssetState

ALICE, BOB, SERVER, OTHER_SERVER = 30, 31, 10, 11


async def added(database: Database, *wanted: Asset) -> None:
    for asset in wanted:
        await database.transaction(assets.add, asset)


async def names_seen(database: Database, *, member_id: int, guild_id: int = SERVER) -> list[str | None]:
    seen = await database.transaction(assets.visible_to, member_id=member_id, guild_id=guild_id)
    return [asset.name for asset in seen]


async def test_an_asset_is_read_as_it_was_written(database: Database) -> None:
    asset = make_asset(name="Fox", is_shared=True, reason="because", upstream_id="asset_1", key_digest="k")

    await added(database, asset)

    assert await database.transaction(assets.with_ids, [asset.id]) == [asset]


async def test_a_move_names_what_it_was_decided_on(database: Database) -> None:
    asset = make_asset()
    moved = replace(asset, state=AssetState.SUBMITTING, version=2)
    await added(database, asset)

    changed = [await database.transaction(assets.move, asset, moved) for _ in range(2)]

    assert changed == [True, False]
    assert await database.transaction(assets.with_ids, [asset.id]) == [moved]


async def test_ids_keep_their_order_and_unknown_ones_are_left_out(database: Database) -> None:
    one, two = make_asset(), make_asset()
    await added(database, one, two)

    found = await database.transaction(assets.with_ids, [two.id, AssetId("nobody"), one.id])

    assert found == [two, one]


async def test_pending_is_what_has_not_come_to_an_end(database: Database) -> None:
    await added(database, *(make_asset(state=state) for state in AssetState))

    pending = await database.transaction(assets.pending, limit=10)

    assert {asset.state for asset in pending} == {
        AssetState.NEW,
        AssetState.SUBMITTING,
        AssetState.REVIEWING,
    }


async def test_a_member_sees_their_own_first_and_then_what_is_shared(database: Database) -> None:
    await added(
        database,
        make_asset(name="a shared", owner_id=BOB, is_shared=True),
        make_asset(name="z own", owner_id=ALICE),
        make_asset(name="bob's", owner_id=BOB),
        make_asset(name=None, owner_id=ALICE),
        make_asset(name="removed", owner_id=ALICE, state=AssetState.REMOVED),
        make_asset(name="elsewhere", owner_id=ALICE, guild_id=OTHER_SERVER, is_shared=True),
    )

    assert await names_seen(database, member_id=ALICE) == ["z own", "a shared"]
    assert await names_seen(database, member_id=BOB) == ["bob's", "a shared"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"owner_id": ALICE}, {"owner_id": ALICE}),
        ({"owner_id": ALICE, "is_shared": True}, {"owner_id": BOB, "is_shared": True}),
    ],
)
async def test_a_name_stands_for_one_picture(database: Database, first: dict, second: dict) -> None:
    await added(database, make_asset(name="Fox", **first))

    with pytest.raises(Conflict):
        await added(database, make_asset(name="fox", **second))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"owner_id": ALICE}, {"owner_id": BOB}),
        ({"owner_id": ALICE}, {"owner_id": ALICE, "is_shared": True}),
        ({"owner_id": ALICE}, {"owner_id": ALICE, "guild_id": OTHER_SERVER}),
        ({"owner_id": ALICE, "state": AssetState.REMOVED}, {"owner_id": ALICE}),
    ],
)
async def test_a_name_is_free_for_others_elsewhere_and_afterwards(
    database: Database, first: dict, second: dict
) -> None:
    await added(database, make_asset(name="fox", **first), make_asset(name="fox", **second))
