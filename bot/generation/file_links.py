"""The links that stand in a request for its files, at the moment it is sent.

Refusals here become the reason on a card, which makes other people's words harmless itself: they must not be escaped
before.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence

from bot import texts
from bot.assets.service import AssetService
from bot.delivery.links import Links, OriginalGone
from bot.errors import Refusal
from bot.upstream.errors import UpstreamError
from storage.records import Asset, AssetId, AssetState, Medium

logger = logging.getLogger(__name__)

Confirm = Callable[[Sequence[Asset]], Awaitable[None]]

_PENDING = frozenset({AssetState.NEW, AssetState.SUBMITTING, AssetState.REVIEWING})


class ReviewPending(Exception):
    """Pictures are still under review; look again later."""


class ReviewRefused(Refusal):
    """A picture did not come through its review, so nothing is sent."""


class FileGone(Refusal):
    """Discord no longer has a file, so nothing is sent."""


class FileLinks:
    """Finds the link for each file: a reviewed asset, or a fresh address on Discord.

    Args:
        links: Makes addresses on Discord fresh.
        assets: Knows how reviews stand.
        confirm: Asks the API whether reviewed pictures are still good, and writes down those that are not.
    """

    def __init__(self, links: Links, *, assets: AssetService, confirm: Confirm) -> None:
        self._links = links
        self._assets = assets
        self._confirm = confirm

    async def of(self, media: Sequence[Medium]) -> tuple[str, ...]:
        """Return a link for each file, in the same order.

        Raises:
            ReviewPending: A review goes on.
            ReviewRefused: Names every picture that may not be used.
            FileGone: Names every file that Discord no longer has.
            DiscordUnavailable: Discord gives no usable answer; try again.
        """
        assets = await self._reviewed([medium.asset_id for medium in media if medium.asset_id is not None])
        fresh = iter(await self._fresh([medium for medium in media if medium.asset_id is None]))
        return tuple(
            next(fresh) if medium.asset_id is None else f"asset://{assets[medium.asset_id].upstream_id}"
            for medium in media
        )

    async def _fresh(self, media: Sequence[Medium]) -> tuple[str, ...]:
        try:
            return await self._links.fresh(media)
        except OriginalGone as gone:
            raise FileGone(texts.ORIGINAL_GONE.format(names=", ".join(gone.names))) from None

    async def _reviewed(self, asset_ids: Sequence[AssetId]) -> dict[AssetId, Asset]:
        if not asset_ids:
            return {}
        assets = await self._confirmed(await self._assets.states_of(asset_ids))
        refusals = [
            refusal.message
            for asset in assets
            if asset.state not in _PENDING and (refusal := self._assets.refusal_for(asset))
        ]
        if refusals or len({asset.id for asset in assets}) < len(set(asset_ids)):
            raise ReviewRefused(" ".join(refusals))
        if any(asset.state in _PENDING for asset in assets):
            raise ReviewPending
        return {asset.id: asset for asset in assets}

    async def _confirmed(self, assets: Sequence[Asset]) -> Sequence[Asset]:
        """Ask again about pictures from the library, which may have been reviewed long ago (API notes, section 8)."""
        kept = [asset for asset in assets if asset.name is not None and asset.state is AssetState.ACTIVE]
        if not kept:
            return assets
        try:
            await self._confirm(kept)
        except UpstreamError as error:
            logger.warning("reviewed pictures are used unconfirmed: %s", error)
        return await self._assets.states_of([asset.id for asset in assets])
