"""Carries out generations: one asyncio task each, from where the row stands to its end. The only place that moves rows.

A write names the id, the version and the state it was decided on. When it finds them changed, somebody else (a member
who cancels) was faster: the run reads the row again and goes on from there.
"""

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace

import structlog

from bot import texts
from bot.backoff import backoff_s
from bot.delivery.alarm import Trouble
from bot.delivery.board import ProgressBoard, Shown
from bot.generation import money
from bot.generation.estimates import Estimates
from bot.generation.line import REMEMBERED
from bot.generation.states import ENDS, ended
from bot.generation.steps import STEPS
from bot.generation.steps.submission import submit
from bot.generation.steps.tools import Again, Moved, Run, Tools
from storage import generations
from storage.database import Database, Transaction, once
from storage.errors import StorageUnavailable
from storage.records import Generation, GenerationId, Notice, State

logger = logging.getLogger(__name__)

# How long steps may still run after we were asked to stop: less than the 30 s of our compose file.
SHUTDOWN_GRACE_S = 20.0
# After a fault of ours in a step: rare enough not to flood the log, soon enough to recover by itself.
FAULT_FIRST_S = 5.0
FAULT_MAX_S = 300.0
# Whoever is found submitting after a crash is uncertain, so few are at a time; more gain nothing at the API's rate.
SUBMISSIONS_AT_ONCE = 16
# Whoever gets a place within this time need not be told of the line.
LINE_FIRST_LOOK_S = 0.2
# How often somebody in line sees whether it has moved; at its end rarely, for there nothing happens soon.
LINE_LOOK_S = 5.0
LINE_LOOK_MAX_S = 300.0
LINE_NOTE_MAX_S = 60.0
# How often to see whether another process is done with handing over what it has begun to.
FOREIGN_LOOK_S = 30.0
# Longer than a create call and the grace at a stop together: after that it must have died.
FOREIGN_PATIENCE_S = 180.0
IN_FLIGHT = frozenset({State.SUBMITTING, State.QUEUED, State.PROCESSING})
_WATCHED = frozenset({State.QUEUED, State.PROCESSING})
# Steps that take long and lose nothing when they begin anew.
_CUT_SHORT = _WATCHED | {State.DOWNLOADING, State.SHRINKING}


@dataclass(slots=True)
class _Carried:
    """A generation in this process: its task, how to wake or stop it, and whether its row was changed by others."""

    task: asyncio.Task[None]
    run: Run
    nap: asyncio.Task[object] | None = None
    may_be_cut: bool = False
    is_stale: bool = False


@dataclass(slots=True)
class _Faults:
    count: int = 0

    def next_wait_s(self) -> float:
        self.count += 1
        return backoff_s(self.count - 1, first_s=FAULT_FIRST_S, max_s=FAULT_MAX_S)


@dataclass(slots=True)
class _Progress:
    shown: Shown | None = None
    reported: float | None = None


@dataclass(slots=True)
class Runner:
    """Takes up every unfinished generation at start and every new one after that.

    Attributes:
        database: Where rows are.
        tools: What steps act with.
        board: Where progress is shown.
        estimates: How long models take.
    """

    database: Database
    tools: Tools
    board: ProgressBoard
    estimates: Estimates
    _carried: dict[GenerationId, _Carried] = field(default_factory=dict)
    _submissions: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SUBMISSIONS_AT_ONCE))
    _context: contextvars.Context = field(default_factory=contextvars.copy_context)
    _stopping: bool = False

    async def start(self) -> None:
        """Take up everything unfinished. What was being submitted when the last process died is uncertain."""
        rows = await once(self.database, self._take_over)
        since, shard = self.tools.clock.now() - REMEMBERED, self.database.shard
        self.tools.line.resume(
            await self.database.transaction(generations.last_submissions, since=since, shard=shard)
        )
        logger.info("taking up %d unfinished generations", len(rows))
        for generation in rows:
            if generation.state is State.UNCERTAIN:
                self.tools.alarm(Trouble.UNCERTAIN)
            self._spawn(Run(generation, is_resumed=True))

    def take_up(self, generation: Generation) -> None:
        """Carry out a row that was just written, or wake it if it rests; one of another shard is not for us."""
        if self._stopping or not self.database.shard.has(generation.guild_id):
            return
        carried = self._carried.get(generation.id)
        if carried is None or carried.task.done():
            self._spawn(Run(generation))
            return
        carried.is_stale = True
        if carried.nap is not None:
            carried.nap.cancel()

    def is_behind(self, generation_id: GenerationId, *, version: int) -> bool:
        """Whether others wrote this version of a row: it is not carried out here, or as an earlier one."""
        carried = self._carried.get(generation_id)
        return carried is None or carried.run.generation.version < version

    async def close(self) -> None:
        """Stop: waits end at once, steps under way may finish within ``SHUTDOWN_GRACE_S``."""
        self._stopping = True
        self.tools.line.close()
        for carried in self._carried.values():
            if carried.may_be_cut:
                carried.task.cancel()
        tasks = [carried.task for carried in self._carried.values()]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=SHUTDOWN_GRACE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def carried_count(self) -> int:
        """How many generations this process carries out now."""
        return len(self._carried)

    def _take_over(self, transaction: Transaction) -> list[Generation]:
        rows = []
        for generation in generations.unfinished(transaction, shard=self.database.shard):
            if generation.state is State.SUBMITTING:
                uncertain = _uncertain(generation, self.tools, texts.REASON_RESTARTED)
                money.move(transaction, generation, uncertain, at=self.tools.clock.now())
                rows.append(uncertain)
            else:
                rows.append(generation)
        return rows

    def _spawn(self, run: Run) -> None:
        generation_id = run.generation.id
        if run.generation.state in IN_FLIGHT:
            self.tools.line.occupy(run.generation)
        # A generation outlives the command that asked for it, so it does not inherit that command's context.
        task = self._context.run(
            asyncio.create_task, self._carry_out(run), name=f"generation {generation_id}"
        )
        self._carried[generation_id] = _Carried(task, run)
        task.add_done_callback(lambda done: self._forget(generation_id, done))

    def _forget(self, generation_id: GenerationId, task: asyncio.Task[None]) -> None:
        if self._carried[generation_id].task is task:
            del self._carried[generation_id]
            self.tools.line.leave(generation_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("generation %s is no longer carried out", generation_id, exc_info=error)

    async def _carry_out(self, run: Run) -> None:
        generation_id = run.generation.id
        structlog.contextvars.bind_contextvars(generation=generation_id)
        carried = self._carried[generation_id]
        run.note_instants(self.tools.clock)
        faults, progress = _Faults(), _Progress()
        while (run.generation.notice is not Notice.TOLD or carried.is_stale) and not self._stopping:
            try:
                await self._take_step(run, carried, progress)
                faults.count = 0
            except StorageUnavailable as error:
                logger.error("a step has to be taken again: %s", error)
                await self._after_fault(run, carried, faults)
            except Exception:
                logger.exception("a step failed in state %s", run.generation.state)
                await self._after_fault(run, carried, faults)

    async def _take_step(self, run: Run, carried: _Carried, progress: _Progress) -> None:
        if carried.is_stale:
            row = await self._read(run.generation.id)
            carried.is_stale = False
            if row.version != run.generation.version:
                run.go_on(row, self.tools.clock)
            if row.state in ENDS:
                # Whoever was cancelled needs no place, and telling them may take long.
                self.tools.line.leave(row.id)
            if row.notice is Notice.TOLD:
                return
        if run.generation.state is State.SUBMITTING:
            await self._wait_for_other(run, carried)
            return
        carried.may_be_cut = run.generation.state in _CUT_SHORT
        outcome = await STEPS[run.generation.state](run, self.tools)
        carried.may_be_cut = False
        match outcome:
            case Moved(after) if after.state is State.SUBMITTING:
                if self.tools.line.has_place(after.id):
                    await self._submit(run, carried, after)
                else:
                    # Then the step is taken again, for links may have died in the meantime.
                    await self._wait_in_line(run, carried, progress)
                    return
            case Moved(after):
                await self._write(run, after)
            case Again(after_s=after_s, failed=failed, looked=looked):
                run.failures = run.failures + 1 if failed else 0
                progress.reported = looked.progress if looked else progress.reported
                await self._rest(carried, after_s)
        if run.generation.state not in IN_FLIGHT:
            self.tools.line.leave(run.generation.id)
        if not self._stopping:
            carried.may_be_cut = True
            await self._show(run, progress)

    async def _wait_for_other(self, run: Run, carried: _Carried) -> None:
        """Give the process that wrote ``submitting`` time, for only it knows whether the request has left."""
        now_s = self.tools.clock.monotonic_s()
        run.foreign_since_s = run.foreign_since_s if run.foreign_since_s is not None else now_s
        if now_s - run.foreign_since_s >= FOREIGN_PATIENCE_S:
            await self._write(run, _uncertain(run.generation, self.tools, texts.REASON_RESTARTED))
            return
        carried.is_stale = True
        await self._rest(carried, FOREIGN_LOOK_S)

    async def _wait_in_line(self, run: Run, carried: _Carried, progress: _Progress) -> None:
        line, generation = self.tools.line, run.generation
        look_s = LINE_FIRST_LOOK_S
        while not (line.has_place(generation.id) or carried.is_stale or self._stopping):
            await self._nap(carried, line.turn(generation, max_s=look_s))
            position = line.position(generation.id)
            if position is not None and not carried.is_stale:
                carried.may_be_cut = True
                note = texts.IN_LINE_PAUSED if line.is_paused else texts.IN_LINE.format(position=position)
                progress.shown = await self.board.show_note(generation, before=progress.shown, note=note)
                carried.may_be_cut = False
                # In a busy channel the note may have had to wait; it should not wait for long.
                max_s = LINE_LOOK_MAX_S if progress.shown is not None else LINE_NOTE_MAX_S
                look_s = min(max_s, max(LINE_LOOK_S, position / 10))

    async def _submit(self, run: Run, carried: _Carried, submitting: Generation) -> None:
        """Hand it over once there is a place; until then it can still be cancelled, and a crash does no harm."""
        if not await self._nap(carried, self._submissions.acquire()):
            return
        try:
            # Whoever stands there as submitting after a crash is uncertain: only who really goes out should.
            if not await self._nap(carried, self.tools.api.turn_to_create()):
                return
            # Of two processes that have one shard for a moment, each knows what it wrote itself by this instant.
            stamped = replace(submitting, due_at=self.tools.clock.now())
            if await self._write(run, stamped):
                outcome = await submit(run, self.tools)
                await self._write(run, outcome.generation)
        finally:
            self._submissions.release()

    async def _write(self, run: Run, after: Generation) -> bool:
        """Write a move; after a failure to write try again, for the effect it records has happened.

        Returns:
            Whether it was written here; else somebody else was faster, and the run goes on from what they wrote.
        """
        tries = 0
        while True:
            try:
                now = self.tools.clock.now()
                is_written = await self.database.transaction(money.move, run.generation, after, at=now)
                run.go_on(after if is_written else await self._read(after.id), self.tools.clock)
            except StorageUnavailable as error:
                logger.error("a move could not be written: %s", error)
                await self.tools.clock.sleep(backoff_s(tries))
                tries += 1
            else:
                logger.info("now %s, notice %s", run.generation.state, run.generation.notice)
                if is_written and after.state is State.UNCERTAIN and after.notice is Notice.DUE:
                    self.tools.alarm(Trouble.UNCERTAIN)
                # When only the word that it was written got lost, the next try finds it done.
                return is_written or (tries > 0 and run.generation == after)

    async def _rest(self, carried: _Carried, seconds: float) -> None:
        if seconds > 0:
            await self._nap(carried, self.tools.clock.sleep(seconds))

    async def _nap(self, carried: _Carried, waiting: Coroutine[object, object, object]) -> bool:
        """Wait for something; False when woken before, because the row was changed or we are stopping."""
        carried.nap = asyncio.ensure_future(waiting)
        if self._stopping:
            carried.nap.cancel()
        carried.may_be_cut = True
        try:
            await asyncio.wait({carried.nap})
            return not carried.nap.cancelled()
        finally:
            carried.nap.cancel()
            carried.nap, carried.may_be_cut = None, False

    async def _after_fault(self, run: Run, carried: _Carried, faults: _Faults) -> None:
        if run.generation.state is State.SUBMITTING and run.foreign_since_s is None:
            # Whether the POST went out is unknown, so it must not be repeated.
            await self._write(run, _uncertain(run.generation, self.tools, texts.REASON_FAULT))
        else:
            run.failures += 1
            await self._rest(carried, faults.next_wait_s())

    async def _show(self, run: Run, progress: _Progress) -> None:
        """Bring the card up to date where the steps do not: while the API works, and while we wait for it."""
        generation = run.generation
        # A card that still says "about to start" would be wrong beside a download.
        is_behind = generation.state is State.DOWNLOADING and progress.shown is None
        if generation.state in _WATCHED or is_behind:
            await self._show_progress(run, progress)
        elif generation.state is State.WAITING and generation.tries > 0:
            when = f"<t:{generation.due_at.timestamp():.0f}:R>"
            note = texts.BUSY_AGAIN.format(when=when)
            progress.shown = await self.board.show_note(generation, before=progress.shown, note=note)

    async def _show_progress(self, run: Run, progress: _Progress) -> None:
        typical_s = await self.estimates.typical_s(run.generation.model)
        progress.shown = await self.board.show(
            run.generation, before=progress.shown, typical_s=typical_s, reported=progress.reported
        )

    async def _read(self, generation_id: GenerationId) -> Generation:
        return await self.database.transaction(generations.get, generation_id)


def _uncertain(generation: Generation, tools: Tools, reason: str) -> Generation:
    return ended(generation, State.UNCERTAIN, at=tools.clock.now(), reason=reason)
