"""The pretend asset library: links handed in, reviewed by the clock, then usable as ``asset://{assetId}``.

It stores no file: a picture is fetched from its link again when a video shows it.

Source: video API notes, section 8.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.sandbox.asset_scenarios import PLAIN_ASSET, AssetScenario
from bot.sandbox.contract import Fault, asset_ids_in, is_web_link

KINDS = {"imageUrls": "Image", "videoUrls": "Video", "audioUrls": "Audio"}
LINKS_PER_CALL_MAX = 100  # links; the real number is not documented
ASSETS_MAX = 10_000  # assets; the oldest is forgotten


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One link in the library."""

    asset_id: str
    kind: str
    link: str
    decided_at: float
    scenario: AssetScenario

    def status_at(self, now: float) -> str:
        """Return where the review stands at an instant, in Unix seconds."""
        return "Processing" if now < self.decided_at else self.scenario.verdict


class AssetLibrary:
    """Remembers assets. ``review_s`` is how long a review takes; ``now`` gives Unix seconds."""

    def __init__(self, *, review_s: float, now: Callable[[], float]) -> None:
        self._review_s = review_s
        self._now = now
        self._assets: dict[str, Asset] = {}

    def __len__(self) -> int:
        return len(self._assets)

    def add(
        self,
        link: str,
        *,
        kind: str = "Image",
        asset_id: str = "",
        review_s: float | None = None,
        scenario: AssetScenario = PLAIN_ASSET,
    ) -> Asset:
        """Take a link in; its review starts now and takes ``review_s``, or as long as its scenario says or as usual."""
        if len(self._assets) >= ASSETS_MAX:
            del self._assets[next(iter(self._assets))]
        waits_s = (review_s, scenario.review_s, self._review_s)
        asset = Asset(
            asset_id=asset_id or f"asset_{kind.lower()}_{uuid.uuid4().hex[:12]}",
            kind=kind,
            link=link,
            decided_at=self._now() + next(wait_s for wait_s in waits_s if wait_s is not None),
            scenario=scenario,
        )
        self._assets[asset.asset_id] = asset
        return asset

    def find(self, asset_id: str) -> Asset | None:
        """Return an asset, or None when nobody handed it in."""
        return self._assets.get(asset_id)

    def status(self, asset_id: str) -> str | None:
        """Return where an asset's review stands; None when there is no such asset."""
        asset = self.find(asset_id)
        return asset.status_at(self._now()) if asset else None

    def faults_of(self, body: Mapping[str, object]) -> list[Fault]:
        """Return a fault for every asset a create call names that is not Active."""
        return [
            Fault(name, "asset", f"asset {asset_id} is not Active but {self.status(asset_id) or 'unknown'}")
            for name, asset_id in asset_ids_in(body)
            if self.status(asset_id) != "Active"
        ]

    def clear(self) -> None:
        """Forget everything."""
        self._assets.clear()


def submit_faults_of(body: Mapping[str, object]) -> Iterator[Fault]:
    """Yield everything wrong with a call that hands in links."""
    for name, links in body.items():
        if name not in KINDS:
            yield Fault(name, "unknown_field", f"there is no such field; there are {', '.join(KINDS)}")
        elif not isinstance(links, list) or not all(is_web_link(link) for link in links):
            yield Fault(name, "link", "must be an array of http(s) links")
        elif len(links) > LINKS_PER_CALL_MAX:
            yield Fault(name, "too_many", f"must have at most {LINKS_PER_CALL_MAX} items")
    if not any(body.get(name) for name in KINDS):
        yield Fault("imageUrls", "missing", f"at least one of {', '.join(KINDS)} is required")


def status_faults_of(body: Mapping[str, object]) -> Iterator[Fault]:
    """Yield everything wrong with a call that asks about reviews."""
    for name in body.keys() - {"assetIds"}:
        yield Fault(name, "unknown_field", "there is no such field; there is assetIds")
    ids = body.get("assetIds")
    if not isinstance(ids, list) or not ids or not all(isinstance(asset_id, str) for asset_id in ids):
        yield Fault("assetIds", "missing", "an array of asset ids as text is required")
