"""Whatever comes in whatever order: one create call at most, one card, legal moves, credits that fit the state, and
everybody is told in the end.

The runner and the database are the real ones; time, the video API and Discord are fakes that go wrong on demand.
"""

import asyncio
import logging
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from bot.delivery.board import ProgressBoard
from bot.delivery.sender import ChannelClosed, DiscordUnavailable, FileTooLarge, MessageGone, MessageRejected
from bot.generation import money
from bot.generation.estimates import Estimates
from bot.generation.line import Line
from bot.generation.runner import Runner
from bot.generation.schedule import poll_plan
from bot.generation.states import CANCELLABLE, ENDS, MOVES, ended
from bot.generation.steps.tools import Tools
from bot.limits.reservations import Reservations
from bot.limits.rulebook import OperatorRules, Rulebook
from bot.upstream.answers import TaskStatus
from bot.upstream.download import DownloadFailed, TooLarge
from bot.upstream.errors import (
    AccountProblem,
    AccountTrouble,
    NotSent,
    Refused,
    Unavailable,
    Unclear,
    Vanished,
)
from bot.upstream.requests import VideoRequest
from builders import make_generation, make_member, make_request
from fakes import (
    FakeApi,
    FakeFetch,
    FakeFiles,
    FakeLadder,
    FakePoller,
    FakeSender,
    FakeShrink,
    HandClock,
    seen,
    settle,
)
from machines import run_machine
from storage import generations, ledger
from storage.database import open_database
from storage.errors import StorageUnavailable
from storage.ledger import Verb
from storage.records import Medium, Notice, State

BROKEN = RuntimeError("a fault of ours")
PICTURE = Medium(field="first_image", name="fox.png", url="https://example.com/fox.png")
NOTHING_MADE = (NotSent, Unavailable, AccountProblem)
DISCORD_FAULTS = [DiscordUnavailable("503"), ChannelClosed("403"), MessageRejected("400"), BROKEN]
FAULTS = {
    "create": [
        NotSent("refused"),
        Unavailable("429", retry_after_s=7),
        AccountProblem("402", kind=AccountTrouble.BALANCE),
        Refused("no"),
        Unclear("reset"),
        BROKEN,
    ],
    "look": [
        Unavailable("503"),
        Vanished("404"),
        AccountProblem("401", kind=AccountTrouble.KEY),
        seen(TaskStatus.QUEUED),
        seen(TaskStatus.PROCESSING),
        seen(TaskStatus.UNKNOWN),
        seen(TaskStatus.COMPLETED),
        seen(TaskStatus.FAILED, error="no"),
        seen(TaskStatus.CANCELLED),
        BROKEN,
    ],
    "fetch": [
        DownloadFailed("reset"),
        DownloadFailed("404", is_gone=True),
        TooLarge("2 GB"),
        OSError("full"),
        BROKEN,
    ],
    "post": DISCORD_FAULTS,
    "edit": [*DISCORD_FAULTS, MessageGone("404"), FileTooLarge("413")],
    "progress": [DiscordUnavailable("503"), MessageGone("404")],
    "post to asker": DISCORD_FAULTS,
    "tell": [*DISCORD_FAULTS, MessageGone("404")],
}
MISFORTUNES = st.one_of(
    *(st.tuples(st.just(verb), st.sampled_from(faults)) for verb, faults in FAULTS.items())
)
SPANS_S = st.sampled_from([1, 5, 40, 300, 4_000, 12_000, 90_000])
GOOD_TURNS = 400  # far more than any patience of ours is long


class RecordingSender(FakeSender):
    """Knows which posts and replies were announced as perhaps repeated."""

    def __init__(self):
        super().__init__()
        self.first_tries = defaultdict(int)

    async def post_card(self, generation, *, may_stand, file=None):
        self.first_tries["card", generation.id, generation.card_id] += not may_stand
        return await super().post_card(generation, may_stand=may_stand, file=file)

    async def tell_asker(self, generation, *, may_stand):
        self.first_tries["reply", generation.id] += not may_stand
        await super().tell_asker(generation, may_stand=may_stand)


class RecordingApi(FakeApi):
    """Knows what was answered to every create call, by prompt."""

    def __init__(self):
        super().__init__()
        self.answers = defaultdict(list)

    def play(self, verb, *told, usual=None):
        (prompt,) = told
        self.answers[prompt].append(None)
        try:
            return super().play(verb, *told, usual=usual)
        except Exception as error:
            self.answers[prompt][-1] = error
            raise


def reserve_and_add(transaction, generation):
    """What the service does with a wish, but for a generation of which the test knows everything."""
    reservations, member = Reservations(Rulebook(OperatorRules())), make_member()
    reservations.lock(transaction, member)
    reservations.reserve(
        transaction,
        VideoRequest.from_stored(generation.request),
        member=member,
        generation_id=generation.id,
        accepted_credits=None,
        at=generation.asked_at,
    )
    generations.add(transaction, generation)


def cancel(transaction, generation_id, *, at):
    """What the service does with a member's press, whole: a run that works meanwhile may be faster."""
    before = generations.get(transaction, generation_id)
    if before.state not in CANCELLABLE:
        return None
    after = ended(before, State.CANCELLED, at=at)
    assert money.move(transaction, before, after, at=at)
    return after


class WatchedDatabase:
    """The real one, except that it is away on demand and that every move has to be legal."""

    def __init__(self, database):
        self._database = database
        self.shard = database.shard
        self.failures_left = 0

    async def transaction(self, function, *args, **kwargs):
        if self.failures_left:
            self.failures_left -= 1
            raise StorageUnavailable("away")
        if function is money.move:
            before, after = args
            assert after.state in {before.state, *MOVES[before.state]}
            assert after.version == before.version + 1
        return await self._database.transaction(function, *args, **kwargs)


class Life(RuleBasedStateMachine):
    """A few generations in one world that goes wrong."""

    migrated_file: Path

    @initialize()
    def begin(self):
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "showrunner.db"
        shutil.copyfile(self.migrated_file, path)
        self.ids = []
        self.loop.run(self._open(path))

    @rule(has_file=st.booleans(), is_answer_held_back=st.booleans())
    @precondition(lambda self: len(self.ids) < 4)
    def ask(self, has_file, is_answer_held_back):
        if is_answer_held_back:
            self.api.gate.clear()
        request = make_request(
            prompt=f"fox {len(self.ids)}", **({"first_image": PICTURE.url} if has_file else {})
        )
        generation = make_generation(
            request=request,
            media=(PICTURE,) if has_file else (),
            asked_at=self.clock.now(),
            due_at=self.clock.now(),
            price_credits=1,
        )
        self.ids.append(generation.id)
        self.loop.run(self._admit(generation))

    @rule(data=st.data())
    @precondition(lambda self: self.ids)
    def cancel(self, data):
        self.loop.run(self._cancel(data.draw(st.sampled_from(self.ids))))

    @rule(misfortune=MISFORTUNES, count=st.integers(1, 4))
    def something_is_about_to_go_wrong(self, misfortune, count):
        verb, fault = misfortune
        script = {"create": self.api, "look": self.poller, "fetch": self.fetch}.get(verb, self.sender)
        script.coming[verb] += [fault] * count

    @rule(count=st.integers(1, 3))
    def the_database_is_away(self, count):
        self.database.failures_left = count

    @rule()
    @precondition(lambda self: not self.api.gate.is_set())
    def the_api_answers(self):
        self.api.gate.set()
        self.loop.run(self._calm())

    @rule(span_s=SPANS_S)
    def time_passes(self, span_s):
        self.loop.run(self._turn(span_s))

    @rule(span_s=SPANS_S, sign=st.sampled_from([-1, 1]))
    def the_clock_jumps(self, span_s, sign):
        self.clock.jump(seconds=sign * span_s)

    @rule()
    def the_process_dies_and_another_takes_over(self):
        self.loop.run(self._restart())

    @invariant()
    def nothing_is_handed_over_twice(self):
        for answers in self.api.answers.values():
            assert all(isinstance(answer, NOTHING_MADE) for answer in answers[:-1])

    @invariant()
    def a_message_that_may_stand_is_never_sent_as_if_it_did_not(self):
        assert all(count <= 1 for count in self.sender.first_tries.values())

    @invariant()
    def credits_are_where_the_state_says(self):
        self.loop.run(self.stored.transaction(self._require_credits))

    def _require_credits(self, transaction):
        for generation_id in self.ids:
            verb = money.verb_for(generations.get(transaction, generation_id))
            entries = ledger.of_generation(transaction, generation_id)
            assert [entry.verb for entry in entries] == [Verb.RESERVE, *([verb] if verb else [])]

    def teardown(self):
        if hasattr(self, "loop"):
            self.loop.run(self._let_everything_come_good())
            self.folder.cleanup()
            self.loop.close()

    async def _open(self, path):
        self.stored = await open_database(f"sqlite:///{path}")
        self.database = WatchedDatabase(self.stored)
        self.api, self.poller, self.sender = RecordingApi(), FakePoller(), RecordingSender()
        self.fetch, self.clock = FakeFetch(), HandClock()
        await self._start()

    async def _start(self):
        tools = Tools(
            api=self.api,
            poller=self.poller,
            sender=self.sender,
            files=FakeFiles(),
            line=Line(place_count=2, clock=self.clock),
            clock=self.clock,
            plan=poll_plan(),
            fetch=self.fetch,
            shrink=FakeShrink(),
            ladder=FakeLadder(),
            results_dir=Path(self.folder.name),
        )
        self.database.failures_left = 0  # a process does not start without its database
        self.runner = Runner(
            database=self.database,
            tools=tools,
            board=ProgressBoard(self.sender, clock=self.clock),
            estimates=Estimates(self.database, clock=self.clock),
        )
        await self.runner.start()
        await self._calm()

    async def _restart(self):
        carried = [task for task in asyncio.all_tasks() if task.get_name().startswith("generation ")]
        for task in carried:
            task.cancel()
        await asyncio.gather(*carried, return_exceptions=True)
        await self._start()

    async def _admit(self, generation):
        await self.stored.transaction(reserve_and_add, generation)
        self.runner.take_up(generation)
        await self._calm()

    async def _cancel(self, generation_id):
        cancelled = await self.stored.transaction(cancel, generation_id, at=self.clock.now())
        if cancelled:
            self.runner.take_up(cancelled)
        await self._calm()

    async def _turn(self, seconds):
        await self.clock.turn(seconds)
        await self._calm()

    async def _calm(self):
        """Let everybody run who can. The database works one after the other, so ours comes after theirs."""
        for _ in range(6):
            await settle()
            await self.stored.transaction(lambda transaction: None)

    async def _let_everything_come_good(self):
        for script in (self.api, self.poller, self.sender, self.fetch):
            script.coming.clear()
        self.api.gate.set()
        self.database.failures_left = 0
        for _ in range(GOOD_TURNS):
            if not self.runner.carried_count:
                break
            await self._turn(max(1, *self.clock.waits_s[:1], 1))
        rows = [await self.stored.transaction(generations.get, one) for one in self.ids]
        await self.runner.close()
        await self.stored.transaction(self._require_credits)
        await self.stored.close()
        assert [(row.state in ENDS, row.notice) for row in rows] == [(True, Notice.TOLD)] * len(rows), rows
        self.nothing_is_handed_over_twice()
        self.a_message_that_may_stand_is_never_sent_as_if_it_did_not()


def test_a_life_keeps_its_promises_whatever_happens(migrated_file, caplog):
    caplog.set_level(logging.CRITICAL)
    machine = type("LifeOnAMigratedFile", (Life,), {"migrated_file": migrated_file})

    run_machine(machine, examples=60, steps=25)
