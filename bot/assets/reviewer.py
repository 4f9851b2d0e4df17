"""Takes every pending picture through its review: one loop, a few calls for all of them.

The loop is the only one that hands pictures in, and it does one thing after the other. So a row found ``submitting``
at the start of a round belongs to a call that broke off, in this process or an earlier one: its outcome is unclear.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol, Self

from bot import texts
from bot.assets.schedule import ReviewPlan, is_look_due, is_past_deadline
from bot.assets.states import after_unclear, moved
from bot.backoff import backoff_s
from bot.clock import Clock, rest
from bot.upstream.answers import AssetStatus, AssetSubmission
from bot.upstream.client import ASSETS_PER_CALL, AssetLinks
from bot.upstream.errors import AccountProblem, Refused, Unavailable, Unclear, UpstreamError
from storage import assets
from storage.database import Database, Transaction
from storage.errors import StorageUnavailable
from storage.records import Asset, AssetId, AssetState

logger = logging.getLogger(__name__)

ROUND_MAX_COUNT = 1000  # pictures in one round; the oldest go first
BACKOFF_MAX_S = 300.0  # section 9: 10 s, which is our interval, doubling to 5 min
ACCOUNT_PAUSE_S = 60.0  # only the operator can help; look again now and then
# Pictures may have been written without a word of it, when the answer of PostgreSQL got lost.
IDLE_LOOK_S = 30.0


class AssetApi(Protocol):
    """What the reviewer calls: the video API, or a test's fake."""

    async def submit_assets(self, links: AssetLinks) -> AssetSubmission:
        """Hand in links for review."""
        ...

    async def asset_status(self, asset_ids: Sequence[str]) -> Mapping[str, AssetStatus]:
        """Ask how reviews are going."""
        ...


class AssetReviewer:
    """Hands pictures in, asks how their reviews go, and writes down what became of them.

    Args:
        api: Where pictures are reviewed.
        database: Where they are written.
        clock: The source of time.
        key_digest: Of the API key in use, see :func:`bot.assets.service.key_digest_of`.
        plan: When to ask.
        on_change: Called with an asset after each of its moves was written; must return at once.
    """

    def __init__(
        self,
        api: AssetApi,
        *,
        database: Database,
        clock: Clock,
        key_digest: str,
        plan: ReviewPlan,
        on_change: Callable[[Asset], None],
    ) -> None:
        self._api = api
        self._database = database
        self._clock = clock
        self._key_digest = key_digest
        self._plan = plan
        self._on_change = on_change
        self._woken = asyncio.Event()
        self._loop: asyncio.Task[None] | None = None
        self._last_try_s: dict[AssetId, float] = {}
        self._pending_since_s: dict[AssetId, float] = {}
        self._failure_count = 0

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def start(self) -> None:
        """Begin, with whatever an earlier process left."""
        self._loop = asyncio.create_task(self._run(), name="asset reviewer")

    async def close(self) -> None:
        """Stop at once; the next start goes on from the rows."""
        if self._loop is not None:
            self._loop.cancel()
            await asyncio.wait({self._loop})

    def wake(self) -> None:
        """Take note that rows were added."""
        self._woken.set()

    async def confirm(self, found: Sequence[Asset]) -> None:
        """Ask whether active pictures are still accepted, and write down those that are not.

        Raises:
            AccountProblem: Key or balance were refused.
            Unavailable: No usable answer.

        Source: video API notes, section 8 ("Flow"): ask again before reuse.
        """
        for batch in _batches(found):
            await self._look(batch)

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            try:
                wait_s = await self._round()
            except (UpstreamError, StorageUnavailable) as error:
                logger.warning("pictures have to wait for their review: %s", error)
                await self._clock.sleep(self._pause_s(error))
            except Exception:
                logger.exception("a round of reviews failed")
                await self._clock.sleep(self._pause_s(None))
            else:
                self._failure_count = 0
                await rest(self._clock, wait_s, unless=self._woken)

    async def _round(self) -> float:
        """Do everything that is due; return the seconds until the next round."""
        pending = await self._pending()
        ids = {asset.id for asset in pending}
        self._last_try_s = {id: at_s for id, at_s in self._last_try_s.items() if id in ids}
        self._pending_since_s = {id: since_s for id, since_s in self._pending_since_s.items() if id in ids}
        for batch in _batches([asset for asset in pending if self._is_due(asset)]):
            await self._look(batch)
        for batch in _batches([asset for asset in pending if asset.state is AssetState.NEW]):
            await self._hand_in(batch)
        return self._plan.interval_s if pending else IDLE_LOOK_S

    async def _pending(self) -> list[Asset]:
        """Return what the API has to be asked about, after writing down what needs no call."""
        while True:
            found = await self._database.transaction(
                assets.pending, limit=ROUND_MAX_COUNT, shard=self._database.shard
            )
            now = self._clock.now()
            moves = [(asset, after) for asset in found if (after := self._without_a_call(asset, at=now))]
            if not moves:
                return found
            await self._write(moves)

    def _without_a_call(self, asset: Asset, *, at: datetime) -> Asset | None:
        """Return what becomes of an asset whatever the API would say; None if it has to be asked."""
        if asset.state is AssetState.SUBMITTING:
            return after_unclear(asset, at=at)
        if asset.state is AssetState.REVIEWING and asset.key_digest != self._key_digest:
            return moved(asset, AssetState.REFUSED, at=at, reason=texts.ASSET_REASON_OLD_KEY)
        # Time may have passed while we were away, so each gets one try at least.
        was_tried = asset.id in self._last_try_s
        if was_tried and is_past_deadline(self._plan, age_s=self._age_s(asset)):
            return moved(asset, AssetState.REFUSED, at=at, reason=texts.ASSET_REASON_SLOW)
        return None

    def _is_due(self, asset: Asset) -> bool:
        if asset.state is not AssetState.REVIEWING:
            return False
        age_s, last_try_s = self._age_s(asset), self._last_try_s.get(asset.id)
        since_try_s = None if last_try_s is None else self._clock.monotonic_s() - last_try_s
        return is_look_due(self._plan, age_s=age_s, since_try_s=since_try_s)

    def _age_s(self, asset: Asset) -> float:
        """Return how long a picture has been pending; the clock on the wall, which may be set, is asked once."""
        now_s = self._clock.monotonic_s()
        age_s = max(0.0, (self._clock.now() - asset.created_at).total_seconds())
        return now_s - self._pending_since_s.setdefault(asset.id, now_s - age_s)

    async def _hand_in(self, batch: Sequence[Asset]) -> None:
        """Hand in new assets, after writing down that we are about to."""
        at = self._clock.now()
        going = await self._write(
            [
                (asset, moved(asset, AssetState.SUBMITTING, at=at, key_digest=self._key_digest))
                for asset in batch
            ]
        )
        if going:
            await self._submit(going)

    async def _submit(self, batch: Sequence[Asset]) -> None:
        self._note_try(batch)
        try:
            answer = await self._api.submit_assets(AssetLinks(images=[asset.url for asset in batch]))
        except Refused as error:
            if len(batch) > 1:
                # Nothing was made, and one bad picture must not spoil the others.
                for asset in batch:
                    await self._submit([asset])
                return
            answer = AssetSubmission(asset_ids={}, refusals={batch[0].url: error.reason})
        except Unclear:
            at = self._clock.now()
            await self._write([(asset, after_unclear(asset, at=at)) for asset in batch])
            raise
        except UpstreamError:
            at = self._clock.now()
            await self._write([(asset, moved(asset, AssetState.NEW, at=at)) for asset in batch])
            raise
        at = self._clock.now()
        await self._write([(asset, _handed_in(asset, answer, at=at)) for asset in batch])

    async def _look(self, batch: Sequence[Asset]) -> None:
        self._note_try(batch)
        statuses = await self._api.asset_status([asset.upstream_id or "" for asset in batch])
        at = self._clock.now()
        moves = [(asset, _reviewed(asset, statuses, at=at)) for asset in batch]
        await self._write([(before, after) for before, after in moves if after])

    def _note_try(self, batch: Sequence[Asset]) -> None:
        now_s = self._clock.monotonic_s()
        for asset in batch:
            self._age_s(asset)
            self._last_try_s[asset.id] = now_s

    async def _write(self, moves: Sequence[tuple[Asset, Asset]]) -> list[Asset]:
        """Write moves; after a failure try again, for the effect they record has happened.

        Returns:
            Those that nobody else had moved in the meantime.
        """
        tries = 0
        while moves:
            try:
                written = await self._database.transaction(_move_all, moves)
            except StorageUnavailable as error:
                logger.error("reviews could not be written: %s", error)
                await self._clock.sleep(self._backoff_s(tries))
                tries += 1
            else:
                for asset in written:
                    logger.info("asset %s is now %s", asset.id, asset.state)
                    self._on_change(asset)
                return written
        return []

    def _pause_s(self, error: Exception | None) -> float:
        """Return how long to leave the API alone, in seconds."""
        wait_s = self._backoff_s(self._failure_count)
        self._failure_count += 1
        if isinstance(error, AccountProblem):
            return max(wait_s, ACCOUNT_PAUSE_S)
        if isinstance(error, Unavailable) and error.retry_after_s is not None:
            return min(error.retry_after_s, BACKOFF_MAX_S)
        return wait_s

    def _backoff_s(self, tries: int) -> float:
        return backoff_s(tries, first_s=self._plan.interval_s, max_s=BACKOFF_MAX_S)


def _batches(found: Sequence[Asset]) -> Iterator[Sequence[Asset]]:
    """Yield assets call by call: never a link twice in one, because answers are matched by link."""
    left = list(found)
    while left:
        batch: dict[str, Asset] = {}
        later = []
        for asset in left:
            if len(batch) < ASSETS_PER_CALL and asset.url not in batch:
                batch[asset.url] = asset
            else:
                later.append(asset)
        yield list(batch.values())
        left = later


def _handed_in(asset: Asset, answer: AssetSubmission, *, at: datetime) -> Asset:
    """Return a submitting asset as it is after the API's answer."""
    if upstream_id := answer.asset_ids.get(asset.url):
        return moved(asset, AssetState.REVIEWING, at=at, upstream_id=upstream_id)
    if reason := answer.refusals.get(asset.url):
        return moved(asset, AssetState.REFUSED, at=at, reason=reason)
    return after_unclear(asset, at=at)


def _reviewed(asset: Asset, statuses: Mapping[str, AssetStatus], *, at: datetime) -> Asset | None:
    """Return an asset as it is after a look; None where nothing changed or nobody could say."""
    match statuses.get(asset.upstream_id or ""):
        case AssetStatus.ACTIVE if asset.state is AssetState.REVIEWING:
            return moved(asset, AssetState.ACTIVE, at=at)
        case AssetStatus.FAILED:
            return moved(asset, AssetState.REFUSED, at=at, reason=texts.ASSET_REASON_REVIEW)
        case _:
            return None


def _move_all(transaction: Transaction, moves: Sequence[tuple[Asset, Asset]]) -> list[Asset]:
    return [after for before, after in moves if assets.move(transaction, before, after)]
