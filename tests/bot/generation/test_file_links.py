"""Which link stands for a file when its request is sent, and when none may."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from bot.assets.service import AssetService, key_digest_of
from bot.delivery.links import OriginalGone
from bot.generation.file_links import FileGone, FileLinks, ReviewPending, ReviewRefused
from bot.upstream.errors import Unavailable
from builders import make_asset
from fakes import HandClock
from storage import assets
from storage.records import AssetState, Medium

KEY = key_digest_of(SecretStr("a key"))
PICTURE = Medium(field="referenceImages", name="a_boat.png", url="https://cdn.example.com/a.png")


class Discord:
    """Makes every link fresh, unless told that the files are gone."""

    def __init__(self):
        self.is_gone = False

    async def fresh(self, media):
        if self.is_gone:
            raise OriginalGone([medium.name for medium in media])
        return tuple(f"{medium.url}?fresh" for medium in media)


@pytest.fixture
def discord():
    return Discord()


class Reviewer:
    """Confirms every picture, unless told to raise an error or to refuse them."""

    def __init__(self, database):
        self._database = database
        self.asked = []
        self.error = None
        self.refuses = False

    async def confirm(self, found):
        self.asked.extend(found)
        if self.error:
            raise self.error
        for asset in found if self.refuses else ():
            refused = replace(asset, version=asset.version + 1, state=AssetState.REFUSED)
            await self._database.transaction(assets.move, asset, refused)


@pytest.fixture
def reviewer(sqlite_database):
    return Reviewer(sqlite_database)


@pytest.fixture
def file_links(sqlite_database, discord, reviewer):
    service = AssetService(
        sqlite_database, clock=HandClock(), key_digest=KEY, check=lambda _: None, on_add=lambda: None
    )
    return FileLinks(discord, assets=service, confirm=reviewer.confirm)


@pytest.fixture
def reviewed(sqlite_database):
    async def reviewed(**changes):
        active = {"state": AssetState.ACTIVE, "key_digest": KEY, "upstream_id": "up-1"}
        asset = make_asset(**active | changes)
        await sqlite_database.transaction(assets.add, asset)
        return Medium(field="referenceImages", name=asset.file_name, url=asset.url, asset_id=asset.id)

    return reviewed


async def test_links_come_in_the_order_of_the_files(file_links, reviewed):
    face = await reviewed()

    assert await file_links.of([PICTURE, face, PICTURE]) == (
        "https://cdn.example.com/a.png?fresh",
        "asset://up-1",
        "https://cdn.example.com/a.png?fresh",
    )


@pytest.mark.parametrize("state", [AssetState.NEW, AssetState.SUBMITTING, AssetState.REVIEWING])
async def test_a_review_is_waited_for(file_links, reviewed, state):
    with pytest.raises(ReviewPending):
        await file_links.of([await reviewed(state=state)])


async def test_every_picture_that_may_not_be_used_is_named_and_says_why(file_links, reviewed):
    faces = [
        await reviewed(state=AssetState.REFUSED, file_name="my_face.png", reason="It is blurred."),
        await reviewed(key_digest="another", name="fox"),
    ]

    with pytest.raises(ReviewRefused) as refusal:
        await file_links.of(faces)

    assert "“my_face.png” cannot be used: It is blurred." in refusal.value.message
    assert "“fox” was reviewed for an account" in refusal.value.message


async def test_a_file_that_is_gone_is_named_as_its_owner_wrote_it(file_links, discord):
    discord.is_gone = True

    with pytest.raises(FileGone, match=r"a_boat\.png"):
        await file_links.of([PICTURE])


async def test_only_pictures_of_the_library_are_confirmed_before_they_are_used_again(
    file_links, reviewed, reviewer
):
    await file_links.of([await reviewed(), await reviewed(name="fox")])

    assert [asset.name for asset in reviewer.asked] == ["fox"]


async def test_what_a_confirmation_finds_out_counts(file_links, reviewed, reviewer):
    reviewer.refuses = True

    with pytest.raises(ReviewRefused):
        await file_links.of([await reviewed(name="fox")])


async def test_a_picture_is_used_unconfirmed_where_the_api_does_not_answer(file_links, reviewed, reviewer):
    reviewer.error = Unavailable("503")

    assert await file_links.of([await reviewed(name="fox")]) == ("asset://up-1",)
