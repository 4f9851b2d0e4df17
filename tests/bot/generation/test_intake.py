"""What a member wants becomes what may be admitted, or every reason why not."""

import pytest

from bot.generation.intake import Intake, UnusableFiles, WantedAsset, WantedFile, Wish
from bot.media.inspector import Inspection
from bot.upstream.faults import Fault
from bot.upstream.requests import InvalidRequest
from builders import make_asset, make_generation
from storage.records import Medium

SD2, VIDEOS = "sd2_manxue_720p", "videos"


class FakeInspector:
    """Finds what it is told to find."""

    def __init__(self):
        self.faults = ()
        self.faults_of_each = {}
        self.inspected = []

    async def inspect(self, files, *, family):
        self.inspected += [file.name for file in files]
        return Inspection((), self.faults)

    async def inspect_each(self, files, *, family):
        self.inspected += [(file.name, family.name) for file in files]
        return [Inspection((), self.faults_of_each.get((file.name, family.name), ())) for file in files]


class FakeAssets:
    """A library in which everything named is there."""

    async def find_usable(self, names, *, member_id, guild_id):
        return tuple(make_asset(name=name, upstream_id=f"up-{name}") for name in names)

    def new_for(self, pictures, *, owner_id, guild_id):
        return tuple(make_asset(file_name=picture.file_name, owner_id=owner_id) for picture in pictures)

    async def require_visible(self, asset_ids, *, member_id, guild_id):
        return None


class FakeLinks:
    """Every link is made fresh."""

    async def fresh(self, media):
        return tuple(f"{medium.url}?fresh" for medium in media)


@pytest.fixture
def inspector():
    return FakeInspector()


@pytest.fixture
def intake(inspector):
    return Intake(inspector=inspector, assets=FakeAssets(), links=FakeLinks())


def file(field, name="a.png", **changes):
    return WantedFile(medium=Medium(field=field, name=name, url=f"https://cdn.example/{name}", **changes))


def wish(*files, **changes):
    values = {"member_id": 1, "guild_id": 2, "model": SD2, "prompt": "A fox", "duration": 5, "ratio": None}
    return Wish(**(values | {"files": files} | changes))


async def faults_of(intake, wanted):
    with pytest.raises(InvalidRequest) as caught:
        await intake.checked(wanted)
    return [(fault.field, fault.code) for fault in caught.value.faults]


async def test_files_stand_in_their_fields_in_their_order(intake):
    checked = await intake.checked(
        wish(
            file("referenceImages", "a.png"),
            file("referenceVideos", "c.mp4"),
            file("referenceImages", "b.png"),
        )
    )

    assert checked.request.reference_images == ("https://cdn.example/a.png", "https://cdn.example/b.png")
    assert checked.request.reference_videos == ("https://cdn.example/c.mp4",)


async def test_named_assets_follow_the_files_and_are_not_inspected(intake, inspector):
    checked = await intake.checked(
        wish(file("referenceImages"), assets=(WantedAsset(field="referenceImages", name="fox"),))
    )

    assert checked.request.reference_images == ("https://cdn.example/a.png", "asset://up-fox")
    assert inspector.inspected == ["a.png"]


async def test_a_model_that_cannot_is_told_once_with_those_that_can(intake):
    assert await faults_of(intake, wish(file("first_image"), model=VIDEOS)) == [("model", "value")]
    assert await faults_of(intake, wish(file("referenceAudios", "a.mp3"), model=VIDEOS)) == [
        ("model", "value")
    ]


async def test_faults_of_wish_request_and_files_come_together(intake, inspector):
    inspector.faults = (Fault("first_image", "value", "broken"),)

    found = await faults_of(intake, wish(file("first_image"), model=VIDEOS, duration=99, needs_review=True))

    assert found == [("model", "value"), ("review", "value"), ("duration", "range"), ("first_image", "value")]


async def test_a_command_for_files_wants_one(intake):
    assert await faults_of(intake, wish(needs_files=True)) == [("files", "missing")]


async def test_pictures_under_review_get_an_asset_each_and_clips_none(intake):
    checked = await intake.checked(
        wish(file("referenceImages", "a.png"), file("referenceVideos", "c.mp4"), needs_review=True)
    )

    assert [asset.file_name for asset in checked.new_assets] == ["a.png"]
    assert [medium.asset_id is not None for medium in checked.media] == [True, False]


async def test_the_files_of_a_remix_have_fresh_links_but_for_reviewed_ones(intake):
    media = (file("referenceImages").medium, file("referenceImages", "b.png", asset_id="x").medium)

    files = await intake.files_of(make_generation(media=media), member_id=1, guild_id=2)

    assert [one.medium.url for one in files] == [
        "https://cdn.example/a.png?fresh",
        "https://cdn.example/b.png",
    ]


async def test_a_remix_with_a_family_without_reviews_sends_the_picture_itself(intake):
    checked = await intake.checked(wish(file("referenceImages", asset_id="x"), model=VIDEOS))

    assert checked.media[0].asset_id is None


async def test_a_model_that_takes_no_reviewed_pictures_is_told_once_with_those_that_do(intake):
    named = wish(assets=(WantedAsset(field="referenceImages", name="fox"),), model=VIDEOS)

    with pytest.raises(InvalidRequest, match="These do: SD2 Manxue"):
        await intake.checked(named)
    assert await faults_of(intake, named) == [("model", "value")]


LARGE, FLAT, BROKEN = (Fault("referenceImages", "range", words) for words in ("large", "flat", "broken"))
USABLE = [
    ("one that every family takes", file("referenceImages"), {}),
    ("one that the first takes", file("referenceImages"), {("a.png", "sd2_manxue"): (FLAT,)}),
    ("one that the second takes", file("referenceImages"), {("a.png", "videos"): (LARGE,)}),
    ("a sound, though one family takes none", file("referenceAudios"), {}),
]


@pytest.mark.parametrize(("file", "faults"), [row[1:] for row in USABLE], ids=[row[0] for row in USABLE])
async def test_a_file_that_some_model_takes_is_usable(intake, inspector, file, faults):
    inspector.faults_of_each = faults

    await intake.require_usable([file])

    assert inspector.inspected


async def test_of_files_that_no_model_takes_everything_is_said_once(intake, inspector):
    inspector.faults_of_each = {
        ("a.png", "videos"): (LARGE, BROKEN),
        ("a.png", "sd2_manxue"): (FLAT, BROKEN),
        ("b.png", "videos"): (BROKEN,),
    }

    with pytest.raises(UnusableFiles) as caught:
        await intake.require_usable([file("referenceImages", "a.png"), file("referenceImages", "b.png")])

    assert caught.value.faults == (LARGE, BROKEN, FLAT)


async def test_a_file_that_is_usable_is_not_looked_at_again(intake, inspector):
    await intake.require_usable([file("referenceImages")])

    assert len(inspector.inspected) == 1
