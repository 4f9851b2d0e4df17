"""From a row to a reviewed picture, through whatever the API does on the way."""

import asyncio

import aiohttp
import pytest
from pydantic import SecretStr

from bot import texts
from bot.assets.reviewer import ACCOUNT_PAUSE_S, IDLE_LOOK_S, AssetReviewer
from bot.assets.schedule import review_plan
from bot.assets.service import key_digest_of
from bot.clock import SystemClock
from bot.sandbox.api import Sandbox
from bot.upstream.answers import AssetStatus, AssetSubmission
from bot.upstream.client import ASSETS_PER_CALL, VideoApi
from bot.upstream.errors import AccountProblem, AccountTrouble, NotSent, Refused, Unavailable, Unclear
from builders import make_asset
from fakes import HandClock, Script, until
from storage import assets
from storage.records import AssetState
from storage.shards import Shard

KEY = key_digest_of(SecretStr("a key"))
BACKOFF_S = 10


class FakeAssetApi(Script):
    """Takes every picture and leaves it under review, unless the script says otherwise."""

    async def submit_assets(self, links):
        usual = AssetSubmission({link: f"id of {link}" for link in links.images}, {})
        return self.play("submit", *links.images, usual=usual)

    async def asset_status(self, asset_ids):
        return self.play("look", *asset_ids, usual=dict.fromkeys(asset_ids, AssetStatus.PENDING))


class Shelf:
    """The rows, and what the reviewer said of them."""

    def __init__(self, database):
        self._database = database
        self.changes = []

    async def add(self, **changes):
        asset = make_asset(**changes)
        await self._database.transaction(assets.add, asset)
        return asset

    async def read(self, asset):
        [found] = await self._database.transaction(assets.with_ids, [asset.id])
        return found

    def states_of(self, asset):
        return [change.state for change in self.changes if change.id == asset.id]

    async def after(self, asset, *states):
        """Wait until the last states of an asset were these."""
        await until(lambda: self.states_of(asset)[-len(states) :] == list(states))


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def api():
    return FakeAssetApi()


@pytest.fixture
def shelf(sqlite_database):
    return Shelf(sqlite_database)


@pytest.fixture
async def reviewer(sqlite_database, api, clock, shelf):
    reviewer = AssetReviewer(
        api,
        database=sqlite_database,
        clock=clock,
        key_digest=KEY,
        plan=review_plan(),
        on_change=shelf.changes.append,
    )
    yield reviewer
    await reviewer.close()


async def resting(clock, seconds):
    """Wait until the reviewer sleeps that long."""
    await until(lambda: seconds in clock.waits_s)


async def test_a_picture_goes_through_its_review(reviewer, api, clock, shelf):
    asset = await shelf.add()
    reviewer.start()
    await shelf.after(asset, AssetState.SUBMITTING, AssetState.REVIEWING)
    api.coming["look"] = [{f"id of {asset.url}": AssetStatus.ACTIVE}]

    await resting(clock, 10)
    await clock.turn(10)

    await shelf.after(asset, AssetState.ACTIVE)
    assert (await shelf.read(asset)).key_digest == KEY


async def test_a_picture_that_is_added_later_need_not_wait(reviewer, clock, shelf):
    reviewer.start()
    asset = await shelf.add()

    reviewer.wake()

    await shelf.after(asset, AssetState.REVIEWING)


async def test_a_picture_of_which_nobody_said_so_is_found(reviewer, clock, shelf):
    reviewer.start()
    await resting(clock, IDLE_LOOK_S)
    asset = await shelf.add()

    await clock.turn(IDLE_LOOK_S)

    await shelf.after(asset, AssetState.SUBMITTING, AssetState.REVIEWING)


async def test_a_refused_picture_says_so(reviewer, api, clock, shelf):
    asset = await shelf.add(state=AssetState.REVIEWING, upstream_id="a", key_digest=KEY)
    api.coming["look"] = [{"a": AssetStatus.FAILED}]

    reviewer.start()

    await shelf.after(asset, AssetState.REFUSED)
    assert (await shelf.read(asset)).reason == texts.ASSET_REASON_REVIEW


async def test_twenty_pictures_go_into_one_call(reviewer, api, shelf):
    added = [await shelf.add() for _ in range(ASSETS_PER_CALL + 1)]

    reviewer.start()

    await shelf.after(added[-1], AssetState.REVIEWING)
    assert [len(call) - 1 for call in api.calls] == [ASSETS_PER_CALL, 1]


async def test_no_link_goes_twice_into_one_call(reviewer, api, shelf):
    added = [await shelf.add(url="https://media.example.com/same.png") for _ in range(2)]

    reviewer.start()

    await shelf.after(added[-1], AssetState.REVIEWING)
    assert [len(call) - 1 for call in api.calls] == [1, 1]


async def test_a_call_may_succeed_in_part(reviewer, api, shelf):
    taken, refused, forgotten = [await shelf.add() for _ in range(3)]
    api.coming["submit"] = [AssetSubmission({taken.url: "a"}, {refused.url: "no face"})]

    reviewer.start()

    await shelf.after(taken, AssetState.REVIEWING)
    await shelf.after(refused, AssetState.REFUSED)
    await shelf.after(forgotten, AssetState.SUBMITTING, AssetState.NEW)


async def test_one_bad_picture_does_not_spoil_the_others(reviewer, api, shelf):
    bad, good = await shelf.add(), await shelf.add()
    api.coming["submit"] = [Refused("bad link"), Refused("bad link")]

    reviewer.start()

    await shelf.after(good, AssetState.REVIEWING)
    await shelf.after(bad, AssetState.REFUSED)
    assert (await shelf.read(bad)).reason == "bad link"


async def test_what_was_certainly_not_made_is_handed_in_again(reviewer, api, clock, shelf):
    asset = await shelf.add()
    api.coming["submit"] = [NotSent("no connection"), Unavailable("busy", retry_after_s=3, is_throttled=True)]
    reviewer.start()

    await resting(clock, BACKOFF_S)
    await clock.turn(BACKOFF_S)
    await resting(clock, 3)
    await clock.turn(3)

    await shelf.after(asset, AssetState.NEW, AssetState.SUBMITTING, AssetState.REVIEWING)
    assert (await shelf.read(asset)).unclear_count == 0


async def test_an_unclear_picture_is_handed_in_twice_at_most(reviewer, api, clock, shelf):
    asset = await shelf.add()
    api.coming["submit"] = [Unclear("no answer"), Unclear("no answer")]
    reviewer.start()

    await resting(clock, BACKOFF_S)
    await clock.turn(BACKOFF_S)

    await shelf.after(asset, AssetState.UNCERTAIN)
    assert api.verbs == ["submit", "submit"]


async def test_a_picture_found_on_its_way_is_unclear(reviewer, api, shelf):
    once = await shelf.add(state=AssetState.SUBMITTING)
    twice = await shelf.add(state=AssetState.SUBMITTING, unclear_count=1)

    reviewer.start()

    await shelf.after(once, AssetState.NEW, AssetState.SUBMITTING, AssetState.REVIEWING)
    await shelf.after(twice, AssetState.UNCERTAIN)


async def test_a_refused_key_rests_the_calls(reviewer, api, clock, shelf):
    await shelf.add()
    api.coming["submit"] = [AccountProblem("bad key", kind=AccountTrouble.KEY)]

    reviewer.start()

    await resting(clock, ACCOUNT_PAUSE_S)


async def test_a_review_that_takes_too_long_is_given_up(reviewer, clock, shelf):
    asset = await shelf.add(state=AssetState.REVIEWING, upstream_id="a", key_digest=KEY)
    clock.jump(minutes=30)
    reviewer.start()

    await resting(clock, 10)
    await clock.turn(10)

    await shelf.after(asset, AssetState.REFUSED)
    assert (await shelf.read(asset)).reason == texts.ASSET_REASON_SLOW


async def test_a_review_that_ended_while_we_were_away_counts(reviewer, api, clock, shelf):
    asset = await shelf.add(state=AssetState.REVIEWING, upstream_id="a", key_digest=KEY)
    api.coming["look"] = [{"a": AssetStatus.ACTIVE}]
    clock.jump(days=1)

    reviewer.start()

    await shelf.after(asset, AssetState.ACTIVE)


async def test_looks_that_fail_do_not_lengthen_a_review(reviewer, api, clock, shelf):
    asset = await shelf.add(state=AssetState.REVIEWING, upstream_id="a", key_digest=KEY)
    api.coming["look"] = [Unavailable("no answer")]
    clock.jump(minutes=30)
    reviewer.start()

    await resting(clock, BACKOFF_S)
    await clock.turn(BACKOFF_S)

    await shelf.after(asset, AssetState.REFUSED)


async def test_a_review_under_an_old_key_is_given_up(reviewer, api, shelf):
    asset = await shelf.add(state=AssetState.REVIEWING, upstream_id="a", key_digest="old")

    reviewer.start()

    await shelf.after(asset, AssetState.REFUSED)
    assert api.calls == []


async def test_a_picture_removed_on_its_way_stays_removed(reviewer, api, shelf, sqlite_database):
    asset = await shelf.add()
    gate = asyncio.Event()
    submit = api.submit_assets

    async def slow_submit(links):
        await gate.wait()
        return await submit(links)

    api.submit_assets = slow_submit
    reviewer.start()
    await shelf.after(asset, AssetState.SUBMITTING)
    going = await shelf.read(asset)
    removed = make_asset(id=asset.id, version=going.version + 1, state=AssetState.REMOVED)
    await sqlite_database.transaction(assets.move, going, removed)

    gate.set()

    await until(lambda: api.calls)
    assert (await shelf.read(asset)).state is AssetState.REMOVED


async def test_an_active_picture_may_be_taken_back(reviewer, api, shelf):
    kept = await shelf.add(state=AssetState.ACTIVE, upstream_id="a", key_digest=KEY)
    lost = await shelf.add(state=AssetState.ACTIVE, upstream_id="b", key_digest=KEY)
    api.coming["look"] = [{"a": AssetStatus.ACTIVE, "b": AssetStatus.FAILED}]

    await reviewer.confirm([kept, lost])

    assert [(await shelf.read(asset)).state for asset in (kept, lost)] == [
        AssetState.ACTIVE,
        AssetState.REFUSED,
    ]


async def test_pictures_of_other_shards_are_left_to_their_processes(reviewer, sqlite_database, shelf):
    sqlite_database.shard = Shard(id=0, count=2)
    theirs, ours = await shelf.add(guild_id=3 << 22), await shelf.add(guild_id=2 << 22)
    reviewer.start()

    await shelf.after(ours, AssetState.SUBMITTING, AssetState.REVIEWING)

    assert await shelf.read(theirs) == theirs


@pytest.mark.parametrize(
    ("name", "state", "made_count"),
    [
        ("plain", AssetState.ACTIVE, 1),
        ("refuse", AssetState.REFUSED, 1),
        ("look-failed", AssetState.ACTIVE, 1),
        ("upload-unreachable", AssetState.REFUSED, 0),
        ("upload-refused", AssetState.REFUSED, 0),
        ("upload-forgotten", AssetState.UNCERTAIN, 2),
    ],
)
async def test_every_story_of_the_sandbox_comes_to_its_end(sqlite_database, shelf, name, state, made_count):
    url = f"https://media.example.com/{name}.png"
    asset = await shelf.add(url=url, created_at=SystemClock().now())

    async def fetch(link):
        return b"a face"

    async with (
        Sandbox(review_s=0.0, fetch=fetch) as sandbox,
        aiohttp.ClientSession() as session,
        AssetReviewer(
            VideoApi(
                session, base_url=sandbox.url, key=SecretStr("k"), calls_per_s=1000, max_calls_in_flight=4
            ),
            database=sqlite_database,
            clock=SystemClock(),
            key_digest=KEY,
            plan=review_plan(interval_s=0.01),
            on_change=shelf.changes.append,
        ),
    ):
        await shelf.after(asset, state)

        assert len(sandbox.world.assets) == made_count
