"""Generations are carried out from where their row stands, whatever breaks on the way."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import texts
from bot.backoff import backoff_s
from bot.delivery.alarm import Trouble
from bot.delivery.board import ProgressBoard
from bot.delivery.sender import DiscordUnavailable
from bot.generation.estimates import Estimates
from bot.generation.line import Line
from bot.generation.runner import (
    FAULT_FIRST_S,
    FAULT_MAX_S,
    FOREIGN_LOOK_S,
    FOREIGN_PATIENCE_S,
    SHUTDOWN_GRACE_S,
    SUBMISSIONS_AT_ONCE,
    Runner,
)
from bot.generation.schedule import poll_plan
from bot.generation.states import ended, moved, resolved
from bot.generation.steps.tools import Tools
from bot.upstream.download import DownloadFailed
from bot.upstream.errors import AccountProblem, AccountTrouble, Unclear
from builders import NOON, make_generation
from fakes import (
    LINK,
    FakeApi,
    FakeFetch,
    FakeFiles,
    FakeLadder,
    FakePoller,
    FakeSender,
    FakeShrink,
    HandClock,
    settle,
    until,
)
from storage import generations
from storage.errors import StorageUnavailable
from storage.records import Notice, State
from storage.shards import Shard

BROKEN = RuntimeError("a fault of ours")


class BreakableDatabase:
    """The real one, except that it is away for the next few transactions, or says so of those it carried out."""

    def __init__(self, database):
        self._database = database
        self.shard = database.shard
        self.failures_left = self.answers_lost = 0

    async def transaction(self, function, *args, **kwargs):
        if self.failures_left:
            self.failures_left -= 1
            raise StorageUnavailable("away")
        answer = await self._database.transaction(function, *args, **kwargs)
        if self.answers_lost:
            self.answers_lost -= 1
            raise StorageUnavailable("away")
        return answer


class World:
    """A runner among fakes, on a real database."""

    def __init__(self, database, results_dir):
        self.database = BreakableDatabase(database)
        self.api, self.poller, self.sender, self.fetch = FakeApi(), FakePoller(), FakeSender(), FakeFetch()
        self.clock = HandClock()
        tools = Tools(
            api=self.api,
            poller=self.poller,
            sender=self.sender,
            files=FakeFiles(),
            line=Line(place_count=1000, clock=self.clock),
            clock=self.clock,
            plan=poll_plan(),
            fetch=self.fetch,
            shrink=FakeShrink(),
            ladder=FakeLadder(),
            results_dir=results_dir,
        )
        self.runner = Runner(
            database=self.database,
            tools=tools,
            board=ProgressBoard(self.sender, clock=self.clock),
            estimates=Estimates(self.database, clock=self.clock),
        )

    async def has(self, **changes):
        generation = make_generation(**changes)
        await self.database.transaction(generations.add, generation)
        return generation

    async def row(self, generation):
        return await self.database.transaction(generations.get, generation.id)

    async def cancel(self, generation):
        """Write what a member's press writes, and say so."""
        before = await self.row(generation)
        after = ended(before, State.CANCELLED, at=self.clock.now())
        assert await self.database.transaction(generations.move, before, after)
        self.runner.take_up(after)

    async def done(self):
        await until(lambda: self.runner.carried_count == 0)

    async def asleep(self, *waits_s):
        await until(lambda: self.clock.waits_s == list(waits_s))


@pytest.fixture
async def world(sqlite_database, tmp_path):
    world = World(sqlite_database, tmp_path)
    yield world
    await world.runner.close()


async def test_a_new_generation_is_carried_out_to_its_end(world, tmp_path):
    generation = await world.has()

    world.runner.take_up(generation)
    await world.done()

    row = await world.row(generation)
    assert (row.state, row.notice, row.task_id) == (State.DELIVERED, Notice.TOLD, "task-1")
    assert world.sender.verbs == ["post", "progress", "edit", "tell"]


async def test_a_generation_taken_up_twice_is_carried_out_once(world):
    generation = await world.has()

    world.runner.take_up(generation)
    world.runner.take_up(generation)
    await world.done()

    assert (world.api.verbs, world.sender.verbs.count("post")) == (["create"], 1)


@pytest.mark.parametrize(
    ("changes", "verbs"),
    [
        ({"state": State.ADMITTED}, ["post", "progress", "edit", "tell"]),
        ({"state": State.WAITING}, ["progress", "edit", "tell"]),
        ({"state": State.QUEUED}, ["edit", "tell"]),
        ({"state": State.DOWNLOADING}, ["edit", "tell"]),
        ({"state": State.DELIVERING, "file_bytes": 5}, ["edit", "tell"]),
        ({"state": State.DELIVERED, "notice": Notice.SHOWN}, ["tell"]),
        ({"state": State.FAILED}, ["edit", "tell"]),
        ({"state": State.CANCELLED}, ["edit"]),
        ({"state": State.DELIVERED, "notice": Notice.CHANGED, "refunded_at": NOON}, ["amend"]),
    ],
    ids=lambda value: value.get("state") if isinstance(value, dict) else "",
)
async def test_a_start_takes_up_what_is_unfinished(changes, verbs, world):
    fields = {"card_id": 1, "task_id": "t", "submitted_at": NOON, "ended_at": NOON, "video_url": LINK}
    generation = await world.has(**fields | changes)

    await world.runner.start()
    await world.done()

    assert (await world.row(generation)).notice is Notice.TOLD
    assert [verb for verb in world.sender.verbs if verb != "progress" or verb in verbs] == verbs


async def test_what_was_being_submitted_is_uncertain_and_never_sent(world):
    generation = await world.has(state=State.SUBMITTING, card_id=1)

    await world.runner.start()
    await world.done()

    row = await world.row(generation)
    assert (row.state, row.reason) == (State.UNCERTAIN, texts.REASON_RESTARTED)
    assert world.api.calls == []
    assert world.sender.verbs == ["edit", "tell"]


async def test_what_is_told_is_left_alone(world):
    await world.has(state=State.DELIVERED, notice=Notice.TOLD)

    await world.runner.start()

    assert world.runner.carried_count == 0


async def test_a_resumed_step_says_that_its_effect_may_stand_already(world):
    await world.has()

    await world.runner.start()
    await world.done()

    assert world.sender.may_stand == [True, False]


async def test_a_member_who_cancels_wakes_the_wait(world):
    generation = await world.has(state=State.WAITING, card_id=1, due_at=NOON.replace(hour=13))
    world.runner.take_up(generation)
    await world.asleep(3600)

    await world.cancel(generation)
    await world.done()

    assert (world.api.calls, world.sender.verbs) == ([], ["edit"])


async def test_a_member_who_cancels_is_faster_than_the_card(world):
    generation = await world.has()
    world.sender.coming["post"] = [DiscordUnavailable("503")]
    world.runner.take_up(generation)
    await world.asleep(1)

    await world.cancel(generation)
    await world.done()

    assert (await world.row(generation)).state is State.CANCELLED
    assert world.api.calls == []


async def test_a_lost_race_goes_on_from_the_row_as_it_is(world):
    generation = await world.has(state=State.WAITING, card_id=1)
    cancelled = ended(generation, State.CANCELLED, at=NOON)
    await world.database.transaction(generations.move, generation, cancelled)

    world.runner.take_up(generation)
    await world.done()

    assert (world.api.calls, world.sender.verbs) == ([], ["edit"])


async def test_only_a_few_are_submitting_and_the_others_can_still_be_cancelled(world):
    world.api.gate.clear()
    rows = [await world.has(state=State.WAITING, card_id=1) for _ in range(SUBMISSIONS_AT_ONCE + 2)]
    for generation in rows:
        world.runner.take_up(generation)
    await until(lambda: len(world.api.calls) == SUBMISSIONS_AT_ONCE)

    await world.cancel(rows[-1])
    await until(lambda: world.runner.carried_count == len(rows) - 1)
    assert (await world.row(rows[-2])).state is State.WAITING

    world.api.gate.set()
    await world.done()
    assert len(world.api.calls) == len(rows) - 1


async def test_a_move_that_cannot_be_written_is_written_later_and_its_effect_not_repeated(world):
    generation = await world.has(state=State.WAITING, card_id=1)
    world.api.gate.clear()
    world.runner.take_up(generation)
    await until(lambda: world.api.calls)

    world.database.failures_left = 2
    world.api.gate.set()
    await world.asleep(1)
    await world.clock.turn(1)
    await world.asleep(2)
    await world.clock.turn(2)
    await world.done()

    assert (await world.row(generation)).state is State.DELIVERED
    assert world.api.verbs == ["create"]


async def test_a_fault_while_submitting_is_uncertain(world):
    generation = await world.has(state=State.WAITING, card_id=1)
    world.api.coming["create"] = [BROKEN]

    world.runner.take_up(generation)
    await world.done()

    assert (await world.row(generation)).state is State.UNCERTAIN
    assert world.api.verbs == ["create"]


async def test_other_faults_are_tried_again_ever_more_rarely(world):
    generation = await world.has(state=State.DOWNLOADING, card_id=1, video_url=LINK)
    world.fetch.coming["fetch"] = [BROKEN] * 9

    world.runner.take_up(generation)
    waits_s = []
    for _ in range(9):
        await until(lambda: world.clock.waits_s)
        waits_s += world.clock.waits_s
        await world.clock.turn(waits_s[-1])
    await world.done()

    assert waits_s == [5, 10, 20, 40, 80, 160, FAULT_MAX_S, FAULT_MAX_S, FAULT_MAX_S]
    assert (await world.row(generation)).state is State.DELIVERED


async def test_a_row_that_cannot_be_read_when_woken_is_not_given_up(world):
    generation = await world.has(state=State.WAITING, card_id=1, due_at=NOON.replace(hour=13))
    world.runner.take_up(generation)
    await world.asleep(3600)

    world.database.failures_left = 1
    world.runner.take_up(generation)
    await world.asleep(5)
    world.database.failures_left = 1
    world.runner.take_up(generation)
    await world.asleep(10)

    await world.cancel(generation)
    await world.done()


async def test_storage_trouble_does_not_keep_a_look_from_happening_again(world):
    generation = await world.has(state=State.QUEUED, card_id=1, task_id="t", submitted_at=NOON)
    world.poller.coming["look"] = [Unclear("strange")]

    world.runner.take_up(generation)
    await world.asleep(5)
    await world.clock.turn(5)
    await world.done()

    assert world.poller.verbs == ["look", "look"]


async def test_closing_lets_a_submission_under_way_finish(world):
    generation = await world.has(state=State.WAITING, card_id=1)
    world.api.gate.clear()
    world.runner.take_up(generation)
    await until(lambda: world.api.calls)

    closing = asyncio.create_task(world.runner.close())
    await settle()
    world.api.gate.set()
    await closing

    row = await world.row(generation)
    assert (row.state, row.task_id) == (State.QUEUED, "task-1")


async def test_closing_leaves_nothing_submitting_that_was_not_sent(world):
    world.api.gate.clear()
    rows = [await world.has(state=State.WAITING, card_id=1) for _ in range(SUBMISSIONS_AT_ONCE + 5)]
    for generation in rows:
        world.runner.take_up(generation)
    await until(lambda: len(world.api.calls) == SUBMISSIONS_AT_ONCE)

    closing = asyncio.create_task(world.runner.close())
    await settle()
    world.api.gate.set()
    await closing

    states = [(await world.row(generation)).state for generation in rows]
    assert states.count(State.QUEUED) == SUBMISSIONS_AT_ONCE
    assert states.count(State.WAITING) == 5


async def test_closing_ends_looks_and_waits_at_once(world):
    world.poller.hangs = True
    looked = await world.has(state=State.QUEUED, card_id=1, task_id="t", submitted_at=NOON)
    waiting = await world.has(state=State.WAITING, card_id=1, due_at=NOON.replace(hour=13))
    await world.runner.start()
    await world.asleep(3600)

    await world.runner.close()

    assert world.runner.carried_count == 0
    assert [(await world.row(one)).state for one in (looked, waiting)] == [State.QUEUED, State.WAITING]


async def test_a_step_that_fails_while_closing_is_not_tried_again(world):
    broken_off, fetching = asyncio.Event(), asyncio.Event()

    async def fetch(_url, _to):
        fetching.set()
        await broken_off.wait()
        raise DownloadFailed("broken off")

    world.runner.tools = replace(world.runner.tools, fetch=fetch)
    world.runner.take_up(await world.has(state=State.DOWNLOADING, card_id=1, video_url=LINK))
    await fetching.wait()

    closing = asyncio.create_task(world.runner.close())
    await settle()
    broken_off.set()

    async with asyncio.timeout(SHUTDOWN_GRACE_S / 2):
        await closing


async def test_nothing_is_taken_up_after_closing(world):
    generation = await world.has()
    await world.runner.close()

    world.runner.take_up(generation)

    assert world.runner.carried_count == 0


async def resolve(world, generation, to, **changes):
    """Write what an operator's decision writes, and say so."""
    before = await world.row(generation)
    after = resolved(before, to, **changes)
    assert await world.database.transaction(generations.move, before, after)
    world.runner.take_up(after)


async def test_what_an_operator_found_is_followed_to_its_end_without_being_sent(world):
    generation = await world.has(state=State.UNCERTAIN, card_id=1, ended_at=NOON, notice=Notice.TOLD)

    await resolve(world, generation, State.QUEUED, task_id="t", submitted_at=NOON, ended_at=None)
    await world.done()

    row = await world.row(generation)
    assert (row.state, row.notice) == (State.DELIVERED, Notice.TOLD)
    assert world.api.verbs == []


async def test_a_decision_that_comes_just_as_the_asker_was_told_is_not_lost(world):
    generation = await world.has(state=State.UNCERTAIN, card_id=1, ended_at=NOON, notice=Notice.SHOWN)
    world.runner.take_up(generation)
    # Let the run write its last word, and decide before anybody knows that it is over.
    while (await world.row(generation)).notice is not Notice.TOLD:
        await asyncio.sleep(0)

    await resolve(world, generation, State.REFUSED, ended_at=NOON)
    await world.done()

    row = await world.row(generation)
    assert (row.state, row.notice) == (State.REFUSED, Notice.TOLD)
    assert world.sender.verbs == ["tell", "edit", "tell"]


@pytest.mark.parametrize("outcome", [Unclear("lost"), BROKEN, AccountProblem("no", kind=AccountTrouble.KEY)])
async def test_operators_are_called_when_only_they_can_help(outcome, world):
    troubles = []
    world.runner.tools = replace(world.runner.tools, alarm=troubles.append)
    generation = await world.has(state=State.WAITING, card_id=1)
    world.api.coming["create"] = [outcome]

    world.runner.take_up(generation)
    await until(lambda: troubles)

    expected = Trouble.ACCOUNT if isinstance(outcome, AccountProblem) else Trouble.UNCERTAIN
    assert troubles == [expected]


async def test_operators_are_called_when_a_look_is_refused_for_the_account(world):
    troubles = []
    world.runner.tools = replace(world.runner.tools, alarm=troubles.append)
    generation = await world.has(state=State.QUEUED, card_id=1, task_id="t", submitted_at=NOON)
    world.poller.coming["look"] = [AccountProblem("no", kind=AccountTrouble.KEY)]

    world.runner.take_up(generation)
    await world.done()

    assert troubles == [Trouble.ACCOUNT]
    assert (await world.row(generation)).state is State.DELIVERED


async def test_operators_are_called_when_a_start_finds_something_uncertain(world):
    troubles = []
    world.runner.tools = replace(world.runner.tools, alarm=troubles.append)
    await world.has(state=State.SUBMITTING, card_id=1)

    await world.runner.start()
    await world.done()

    assert troubles == [Trouble.UNCERTAIN]


async def test_only_our_own_shard_is_carried_out(world):
    world.database.shard = Shard(id=0, count=2)
    ours, theirs = await world.has(guild_id=2 << 22), await world.has(guild_id=3 << 22)

    await world.runner.start()
    world.runner.take_up(theirs)
    await world.done()

    assert (await world.row(ours)).state is State.DELIVERED
    assert await world.row(theirs) == theirs


async def test_a_row_is_behind_while_its_version_is_not_carried_out(world):
    generation = await world.has(state=State.WAITING, due_at=NOON + timedelta(hours=1), card_id=1)

    versions = (1, 2)
    before = [world.runner.is_behind(generation.id, version=version) for version in versions]
    world.runner.take_up(generation)
    after = [world.runner.is_behind(generation.id, version=version) for version in versions]

    assert (before, after) == ([True, True], [False, True])


async def test_what_another_process_hands_over_is_not_sent_but_followed(world):
    before = await world.has(state=State.WAITING, due_at=NOON + timedelta(seconds=10), card_id=1)
    theirs = moved(before, State.SUBMITTING)
    world.runner.take_up(before)
    await world.asleep(10)
    await world.database.transaction(generations.move, before, theirs)

    await world.clock.turn(10)
    await world.asleep(FOREIGN_LOOK_S)
    accepted = moved(theirs, State.QUEUED, task_id="theirs", submitted_at=NOON)
    await world.database.transaction(generations.move, theirs, accepted)
    await world.clock.turn(FOREIGN_LOOK_S)
    await world.done()

    row = await world.row(before)
    assert (row.state, row.task_id) == (State.DELIVERED, "theirs")
    assert world.api.calls == []


async def test_a_row_found_as_being_submitted_is_not_sent(world):
    world.runner.take_up(await world.has(state=State.SUBMITTING, card_id=1))

    await world.asleep(FOREIGN_LOOK_S)

    assert world.api.calls == []


async def test_what_another_process_never_finishes_is_uncertain_in_the_end(world):
    generation = await world.has(state=State.SUBMITTING, card_id=1)
    world.runner.take_up(generation)

    for _ in range(int(FOREIGN_PATIENCE_S / FOREIGN_LOOK_S)):
        await world.asleep(FOREIGN_LOOK_S)
        await world.clock.turn(FOREIGN_LOOK_S)
    await world.done()

    row = await world.row(generation)
    assert (row.state, row.notice) == (State.UNCERTAIN, Notice.TOLD)
    assert world.api.calls == []


async def test_of_two_processes_that_hand_over_the_same_only_one_sends_it(world, sqlite_database, tmp_path):
    waiting = await world.has(state=State.WAITING, card_id=1)
    world.database.failures_left = 1
    world.runner.take_up(waiting)
    await world.asleep(backoff_s(0))

    other, task_id = World(sqlite_database, tmp_path), asyncio.Future()
    other.clock.jump(seconds=1)
    other.api.create = lambda request: task_id
    other.runner.take_up(waiting)
    while (await world.row(waiting)).state is not State.SUBMITTING:
        await asyncio.sleep(0)
    await world.clock.turn(backoff_s(0))
    await world.asleep(FOREIGN_LOOK_S)
    task_id.set_result("theirs")
    await other.done()

    assert world.api.calls == []
    assert (await world.row(waiting)).task_id == "theirs"


async def test_storage_trouble_does_not_give_up_what_another_process_hands_over(world):
    theirs = await world.has(state=State.SUBMITTING, card_id=1)
    world.runner.take_up(theirs)
    await world.asleep(FOREIGN_LOOK_S)
    world.database.failures_left = 1
    await world.clock.turn(FOREIGN_LOOK_S)
    await world.asleep(FAULT_FIRST_S)

    accepted = moved(theirs, State.QUEUED, task_id="theirs", submitted_at=NOON)
    assert await world.database.transaction(generations.move, theirs, accepted)
    await world.clock.turn(FAULT_FIRST_S)
    await world.done()

    assert (await world.row(theirs)).task_id == "theirs"


async def test_a_write_whose_answer_is_lost_is_sent_once(world):
    generation = await world.has(state=State.WAITING, card_id=1)
    world.database.answers_lost = 1

    world.runner.take_up(generation)
    await world.asleep(backoff_s(0))
    await world.clock.turn(backoff_s(0))
    await world.done()

    assert (await world.row(generation)).state is State.DELIVERED
    assert world.api.verbs == ["create"]


async def test_a_refund_just_as_the_asker_is_told_still_reaches_the_card(world):
    generation = await world.has(state=State.DELIVERED, card_id=1, ended_at=NOON, notice=Notice.SHOWN)
    world.clock.jump(seconds=1)
    at = world.clock.now()
    await world.database.transaction(generations.mark_refunded, generation.id, at=at)

    world.runner.take_up(generation)
    await world.done()

    row = await world.row(generation)
    assert (row.notice, row.refunded_at) == (Notice.TOLD, at)
    assert world.sender.verbs[-1] == "amend"
    assert "post" not in world.sender.verbs
