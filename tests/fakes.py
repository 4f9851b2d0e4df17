"""Stand-ins, written by hand, for what a generation meets outside: time, the video API, Discord, a download."""

import asyncio
import heapq
import itertools
from collections import defaultdict
from datetime import timedelta

from bot.upstream.answers import TaskResult, TaskStatus
from builders import NOON

LINK = "https://results.example/7b1f.mp4"
WAIT_S = 60  # far more than any wait takes, so that only a wait for nothing ends this way


class HandClock:
    """Stands still until a test turns it."""

    def __init__(self):
        self._elapsed_s = 0.0
        self._noon = NOON
        self._sleepers = []
        self._numbers = itertools.count()

    def now(self):
        return self._noon + timedelta(seconds=self._elapsed_s)

    def monotonic_s(self):
        return self._elapsed_s

    async def sleep(self, seconds):
        woken = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed_s + seconds, next(self._numbers), woken))
        await woken

    async def turn(self, seconds):
        """Let time pass; whoever sleeps wakes at its instant."""
        await settle()
        end_s = self._elapsed_s + seconds
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self._elapsed_s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                woken.set_result(None)
            await settle()
        self._elapsed_s = end_s

    def jump(self, **span):
        """Let time have passed, as after a night in which nothing ran."""
        self._elapsed_s += timedelta(**span).total_seconds()

    def set_back(self, **span):
        """Set the clock on the wall back, while time goes on as ever."""
        self._noon -= timedelta(**span)

    @property
    def waits_s(self):
        """How long those who sleep will sleep from now, the shortest first."""
        return [at_s - self._elapsed_s for at_s, _, woken in sorted(self._sleepers) if not woken.done()]


async def settle():
    """Let everybody run who can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def until(condition):
    """Let everybody run, threads too, until something is so."""
    async with asyncio.timeout(WAIT_S):
        while not condition():
            await asyncio.sleep(0)


class Script:
    """What comes next, call by call: an exception is raised, anything else returned; then the usual."""

    def __init__(self):
        self.calls = []
        self.coming = defaultdict(list)

    def play(self, verb, *told, usual=None):
        self.calls.append((verb, *told))
        outcome = self.coming[verb].pop(0) if self.coming[verb] else usual
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    @property
    def verbs(self):
        return [call[0] for call in self.calls]


class FakeApi(Script):
    """Takes every order, unless the script says otherwise; holds answers back while ``gate`` is closed."""

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def turn_to_create(self):
        """The rate is never reached."""

    async def create(self, request):
        outcome = self.play("create", request.prompt, usual="task-1")
        await self.gate.wait()
        return outcome


class FakePoller(Script):
    """Says every task is completed, unless the script says otherwise; for ever silent while it ``hangs``."""

    def __init__(self):
        super().__init__()
        self.hangs = False

    async def look(self, task_id, at):
        if self.hangs:
            await asyncio.get_running_loop().create_future()
        return self.play("look", task_id, at, usual=seen(TaskStatus.COMPLETED, video_url=LINK))


class FakeSender(Script):
    """Takes every message, unless the script says otherwise. A call is (verb, state, whether with a file).

    Edits wait while ``gate`` is closed.
    """

    def __init__(self):
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.may_stand = []
        self._ids = itertools.count(500)

    async def post_card(self, generation, *, may_stand, file=None):
        self.may_stand.append(may_stand)
        return self.play("post", generation.state, file is not None, usual=next(self._ids))

    async def post_to_asker(self, generation, *, may_stand, file):
        self.play("post to asker", generation.state, file is not None)

    async def edit_card(self, generation, *, file=None, progress=None, note=None):
        self.play("progress" if progress or note else "edit", generation.state, file is not None)
        await self.gate.wait()

    async def amend_card(self, generation):
        self.play("amend", generation.state)

    async def tell_asker(self, generation, *, may_stand):
        self.may_stand.append(may_stand)
        self.play("tell", generation.state)


class FakeFetch(Script):
    """Downloads five bytes, unless the script says otherwise."""

    async def __call__(self, url, to):
        file_bytes = self.play("fetch", url, usual=5)
        to.write_bytes(b"video"[:file_bytes])
        return file_bytes


def seen(status, **fields):
    """A task as the API shows it."""
    return TaskResult(status=status, raw_status=status.value, **fields)


class FakeFiles:
    """Every link lives."""

    async def of(self, media):
        return tuple(medium.url for medium in media)


class FakeLadder(Script):
    """Takes every file and wants copies of 20,000 bytes, unless the test says otherwise."""

    def __init__(self):
        super().__init__()
        self.max_bytes, self.copy_bytes = 10**9, 20_000

    async def takes(self, guild_id, *, file_bytes):
        return file_bytes <= self.max_bytes

    async def learn(self, guild_id, *, refused_bytes):
        self.play("learn", guild_id, refused_bytes)

    async def copy_max_bytes(self, guild_id, *, refused_bytes=None):
        return self.copy_bytes


class FakeShrink(Script):
    """Writes a copy of four bytes, unless the script says otherwise."""

    async def __call__(self, file, to, /, *, max_bytes):
        self.play("shrink", max_bytes)
        to.write_bytes(b"copy")
