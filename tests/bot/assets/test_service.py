"""Adding, finding and removing: never more than a member may see."""

import pytest
from pydantic import SecretStr

from bot.assets.names import UnusableName
from bot.assets.refusals import (
    AssetNotReady,
    AssetOfOldKey,
    AssetRefused,
    LibraryFull,
    NameTaken,
    NotYourAsset,
    UnknownAsset,
)
from bot.assets.service import OFFERED_COUNT, PRIVATE_MAX_COUNT, AssetService, Picture, key_digest_of
from bot.errors import Refusal
from builders import NOON, make_asset
from fakes import HandClock
from storage import assets
from storage.records import AssetState

KEY = key_digest_of(SecretStr("a key"))
ALICE, BOB, SERVER = 30, 31, 10
FACE = Picture("face.png", "https://media.example.com/face.png?ex=1", 1000)


class Gatekeeper:
    """Lets pictures through, unless told what to refuse them with."""

    def __init__(self):
        self.refusal = None
        self.added_count = 0

    async def check(self, picture):
        if self.refusal:
            raise self.refusal

    def on_add(self):
        self.added_count += 1


@pytest.fixture
def gate():
    return Gatekeeper()


@pytest.fixture
def service(sqlite_database, gate):
    return AssetService(
        sqlite_database, clock=HandClock(), key_digest=KEY, check=gate.check, on_add=gate.on_add
    )


@pytest.fixture
def keep(sqlite_database):
    async def keep(**changes):
        asset = make_asset(**{"state": AssetState.ACTIVE, "key_digest": KEY, "name": "fox"} | changes)
        await sqlite_database.transaction(assets.add, asset)
        return asset

    return keep


async def add(service, name="fox", *, owner_id=ALICE, is_shared=False):
    return await service.add(name, FACE, owner_id=owner_id, guild_id=SERVER, is_shared=is_shared)


async def find(service, *names, member_id=ALICE, guild_id=SERVER):
    return await service.find_usable(names, member_id=member_id, guild_id=guild_id)


async def remove(service, *, member_id=ALICE, may_moderate=False):
    return await service.remove("FOX", member_id=member_id, guild_id=SERVER, may_moderate=may_moderate)


async def test_an_added_picture_is_listed_and_the_reviewer_woken(service, gate):
    asset = await add(service, " Red  fox ")

    assert await service.list_for(ALICE, guild_id=SERVER) == [asset]
    assert (asset.name, asset.state, asset.created_at) == ("Red fox", AssetState.NEW, NOON)
    assert gate.added_count == 1


async def test_an_unfit_picture_is_not_added(service, gate):
    gate.refusal = Refusal("too small")

    with pytest.raises(Refusal, match="too small"):
        await add(service)

    assert await service.list_for(ALICE, guild_id=SERVER) == []


async def test_a_name_that_cannot_be_is_refused_before_the_picture_is_read(service, gate):
    gate.refusal = AssertionError("was read")

    with pytest.raises(UnusableName):
        await add(service, "a,b")


async def test_a_name_is_given_once_whatever_its_case(service):
    await add(service, "Fox")

    with pytest.raises(NameTaken, match="fox"):
        await add(service, "fox")


@pytest.mark.parametrize(
    "changes", [{"state": AssetState.REFUSED}, {"state": AssetState.UNCERTAIN}, {"key_digest": "old"}]
)
async def test_an_unusable_picture_makes_room_for_another_of_its_name(service, keep, changes):
    await keep(**changes)

    asset = await add(service, "fox")

    assert await service.list_for(ALICE, guild_id=SERVER) == [asset]


async def test_a_library_has_an_end(service, keep):
    for number in range(PRIVATE_MAX_COUNT):
        await keep(name=f"fox {number}")

    with pytest.raises(LibraryFull):
        await add(service)


async def test_pictures_are_found_in_the_order_they_are_named(service, keep):
    fox, owl = await keep(name="fox"), await keep(name="owl", owner_id=BOB, is_shared=True)

    assert await find(service, "OWL", " fox") == (owl, fox)


async def test_one_s_own_comes_before_a_shared_one_of_the_same_name(service, keep):
    await keep(owner_id=BOB, is_shared=True)
    own = await keep()

    assert await find(service, "fox") == (own,)


async def test_nobody_finds_another_s_picture_by_name_or_id(service, keep):
    asset = await keep(upstream_id="asset_1")

    for guess in ("fox", asset.id, "asset_1", "asset://asset_1"):
        with pytest.raises(UnknownAsset):
            await find(service, guess, member_id=BOB)


async def test_a_picture_stays_in_its_server(service, keep):
    await keep(is_shared=True)

    with pytest.raises(UnknownAsset):
        await find(service, "fox", guild_id=11)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"state": AssetState.NEW}, AssetNotReady),
        ({"state": AssetState.SUBMITTING}, AssetNotReady),
        ({"state": AssetState.REVIEWING}, AssetNotReady),
        ({"state": AssetState.REFUSED, "reason": "no face"}, AssetRefused),
        ({"state": AssetState.UNCERTAIN, "reason": "no answer"}, AssetRefused),
        ({"state": AssetState.REMOVED}, UnknownAsset),
        ({"key_digest": "old"}, AssetOfOldKey),
    ],
)
async def test_what_cannot_be_used_is_refused_by_name(service, keep, changes, refusal):
    await keep(**changes)

    with pytest.raises(refusal, match="fox"):
        await find(service, "fox")


async def test_names_are_offered_as_they_are_typed(service, keep):
    await keep(name="Red fox")
    await keep(name="owl")
    await keep(name="fox cub", state=AssetState.REVIEWING)

    offered = [
        await service.names_for("FOX", member_id=ALICE, guild_id=SERVER, is_usable=is_usable)
        for is_usable in (True, False)
    ]

    assert offered == [("Red fox",), ("fox cub", "Red fox")]


async def test_no_more_names_are_offered_than_discord_takes(service, keep):
    for number in range(OFFERED_COUNT + 1):
        await keep(name=f"fox {number}")

    offered = await service.names_for("", member_id=ALICE, guild_id=SERVER, is_usable=True)

    assert len(offered) == OFFERED_COUNT


async def test_a_removed_picture_is_gone(service, keep):
    asset = await keep()

    removed = await remove(service)

    assert (removed.id, removed.state) == (asset.id, AssetState.REMOVED)
    assert await service.list_for(ALICE, guild_id=SERVER) == []


async def test_only_its_owner_and_moderators_remove_a_shared_picture(service, keep):
    await keep(is_shared=True)

    with pytest.raises(NotYourAsset):
        await remove(service, member_id=BOB)

    assert (await remove(service, member_id=BOB, may_moderate=True)).state is AssetState.REMOVED


async def test_a_moderator_cannot_reach_private_pictures(service, keep):
    await keep()

    with pytest.raises(UnknownAsset):
        await remove(service, member_id=BOB, may_moderate=True)


async def test_new_assets_belong_to_one_generation_and_are_not_written(service):
    new_assets = service.new_for([FACE, FACE], owner_id=ALICE, guild_id=SERVER)

    assert len({asset.id for asset in new_assets}) == 2
    assert [(asset.name, asset.url) for asset in new_assets] == [(None, FACE.url)] * 2
    assert await service.states_of([asset.id for asset in new_assets]) == ()


def test_the_digest_of_a_key_does_not_show_it():
    assert "a key" not in KEY
    assert key_digest_of(SecretStr("another key")) != KEY


async def test_whoever_remixes_gets_no_right_to_a_private_picture(service, keep):
    private = await keep(name="fox", owner_id=BOB)

    with pytest.raises(UnknownAsset):
        await service.require_visible([private.id], member_id=ALICE, guild_id=SERVER)
    await service.require_visible([private.id], member_id=BOB, guild_id=SERVER)


async def test_a_shared_picture_stays_in_its_server_for_remixes_too(service, keep):
    shared = await keep(name="fox", owner_id=BOB, is_shared=True)

    await service.require_visible([shared.id], member_id=ALICE, guild_id=SERVER)
    with pytest.raises(UnknownAsset):
        await service.require_visible([shared.id], member_id=ALICE, guild_id=SERVER + 1)
