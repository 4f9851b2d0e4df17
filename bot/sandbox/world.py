"""What the pretend API remembers: tasks, calls and the scenarios lined up for the next creates.

Nothing here waits or runs: a task's status follows from the clock and the moment it was made.
"""

import random
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bot.sandbox.asset_scenarios import ASSET_SCENARIOS, AssetScenario, asset_scenario_in
from bot.sandbox.assets import AssetLibrary
from bot.sandbox.contract import Order
from bot.sandbox.scenarios import (
    NUMERIC_ID,
    PLAIN,
    STRANGE_ID,
    Mischief,
    Scenario,
    scenario_in,
    scenario_named,
)

TASKS_MAX = 20_000  # tasks and recorded bodies; the oldest are forgotten
ARMED_MAX = 1_000  # scenarios waiting for a create


class Status(StrEnum):
    """Where a task stands, in the API's own words."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """An accepted create call. Instants are Unix seconds."""

    task_id: str
    file_name: str
    order: Order
    scenario: Scenario
    created_at: float
    starts_at: float
    ends_at: float

    def status_at(self, now: float) -> Status:
        """Return where the task stands at an instant."""
        if self.scenario.error and (self.scenario.fails_at_once or now >= self.ends_at):
            return Status.FAILED
        if now >= self.ends_at:
            return Status.COMPLETED
        return Status.PROCESSING if now >= self.starts_at else Status.QUEUED


class World:
    """Everything that has happened in one sandbox.

    Attributes:
        assets: The asset library.
        create_count: Every create call that arrived, readable or not.
        query_count: Every look at a task.
        submit_count: Every readable call that hands assets in.
        download_count: Every call for a file.
        tasks: The accepted creates by their id.
    """

    def __init__(
        self,
        *,
        queue_s: float,
        run_s: float,
        review_s: float,
        folder: Path,
        suffix: str,
        now: Callable[[], float],
    ) -> None:
        self._queue_s = queue_s
        self._run_s = run_s
        self._folder = folder
        self._suffix = suffix
        self.now = now
        self.assets = AssetLibrary(review_s=review_s, now=now)
        self.reset()

    def reset(self) -> None:
        """Forget every call, task, asset and scenario; files stay until they are pushed out."""
        self.create_count = self.query_count = self.submit_count = self.download_count = 0
        self.tasks: dict[str, Task] = {}
        self._files: dict[str, Task] = {}
        self._creates: deque[Mapping[str, object]] = deque(maxlen=TASKS_MAX)
        self._armed: deque[Scenario] = deque(maxlen=ARMED_MAX)
        self._armed_for_assets: deque[AssetScenario] = deque(maxlen=ARMED_MAX)
        self._spoiled: Counter[tuple[Mischief, str]] = Counter()
        self.assets.clear()

    @property
    def creates(self) -> list[Mapping[str, object]]:
        """The bodies of the create calls, refused ones included, oldest first."""
        return list(self._creates)

    @property
    def armed(self) -> list[str]:
        """The names of the scenarios that wait for a create, or for a call that hands assets in."""
        return [it.name for it in self._armed] + [it.name for it in self._armed_for_assets]

    def record(self, body: Mapping[str, object]) -> None:
        """Remember the body of a create call."""
        self._creates.append(body)

    def set_scenario(self, name: object, count: int = 1) -> None:
        """Line a scenario up for the next ``count`` valid creates, or calls that hand assets in.

        Raises:
            UnknownScenario: There is none of that name.
        """
        if isinstance(name, str) and name in ASSET_SCENARIOS:
            self._armed_for_assets.extend([ASSET_SCENARIOS[name]] * min(count, ARMED_MAX))
            return
        scenario = scenario_named(name)
        if scenario.create:
            scenario = replace(scenario, create=replace(scenario.create, times=None))
        self._armed.extend([scenario] * min(count, ARMED_MAX))

    def scenario_for(self, order: Order) -> Scenario:
        """Take the next scenario lined up, else the one named in the prompt."""
        return self._armed.popleft() if self._armed else scenario_in(order.prompt)

    def scenario_for_assets(self, links: Sequence[str]) -> list[AssetScenario]:
        """Take the next scenario lined up for all links of a call, else the one named in each link."""
        if self._armed_for_assets:
            return [self._armed_for_assets.popleft()] * len(links)
        return [asset_scenario_in(link) for link in links]

    def spoils(self, mischief: Mischief | None, *, key: str, status: str = "") -> Mischief | None:
        """Return the mischief if it befalls this call, and count it; None when all is well.

        Args:
            mischief: What the scenario has for this sort of call.
            key: What the calls are counted by: the prompt of a create, the link or id of an asset, the id of a task.
            status: Where the task stands.
        """
        if mischief is None or (mischief.only_when and mischief.only_when != status):
            return None
        if mischief.times is not None:
            mark = (mischief, key)
            if self._spoiled[mark] >= mischief.times:
                return None
            self._spoiled[mark] += 1
        return mischief

    def accept(self, order: Order, *, scenario: Scenario = PLAIN) -> Task:
        """Make a task of an order; its clock starts now."""
        name = uuid.uuid4().hex
        now = self.now()
        task = Task(
            task_id=_task_id(name, scenario),
            file_name=f"{name}{self._suffix}",
            order=order,
            scenario=scenario,
            created_at=now,
            starts_at=now + self._queue_s,
            ends_at=now + self._queue_s + self._run_s,
        )
        if len(self.tasks) >= TASKS_MAX:
            oldest = self.tasks.pop(next(iter(self.tasks)))
            del self._files[oldest.file_name]
        self.tasks[task.task_id] = self._files[task.file_name] = task
        return task

    def status_of(self, task: Task) -> Status:
        """Return where a task stands now."""
        return task.status_at(self.now())

    def task_of_file(self, file_name: str) -> Task | None:
        """Return the task a file belongs to."""
        return self._files.get(file_name)

    def file_bytes(self, task_id: str) -> bytes:
        """Return a task's video as it was served.

        Raises:
            KeyError: There is no such task.
            FileNotFoundError: Nobody has downloaded it yet.
        """
        return (self._folder / self.tasks[task_id].file_name).read_bytes()


def _task_id(name: str, scenario: Scenario) -> str:
    if scenario.name == NUMERIC_ID:
        return str(random.randrange(10**15, 10**16))
    if scenario.name == STRANGE_ID:
        return f"mcp_{name[:8]}/../a b?c=%2F#é"
    return f"video_{name}"
