"""What members may want of the asset library: add a picture, list, use and remove those they may see.

What a member names is looked up among what they may see and nowhere else, so guessing another member's name or id
gains nothing. Handing in and reviewing are the reviewer's; the two meet only in the database.
"""

import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from bot import texts
from bot.assets.names import asset_name, name_key
from bot.assets.refusals import (
    AssetJustChanged,
    AssetOfOldKey,
    AssetRefused,
    LibraryFull,
    NameTaken,
    NotYourAsset,
    UnknownAsset,
    refusal_for,
)
from bot.assets.states import moved
from bot.clock import Clock
from bot.errors import Refusal
from storage import assets
from storage.database import Database, Transaction
from storage.errors import Conflict
from storage.records import Asset, AssetId, AssetState

# What one member may have for themselves, and what all may share, in one server; lists stay readable.
PRIVATE_MAX_COUNT = 50
SHARED_MAX_COUNT = 100
OFFERED_COUNT = 25  # Discord's bound for autocomplete
# 16 hexadecimal characters: 64 bits against guessing.
_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class Picture:
    """An attached picture: its name, its link (signed: never log it), its size as Discord tells it."""

    file_name: str
    url: str
    file_bytes: int | None = None


CheckPicture = Callable[[Picture], Awaitable[None]]


def key_digest_of(key: SecretStr) -> str:
    """Return what tells API keys apart without giving one away: 16 hexadecimal characters."""
    return hashlib.sha256(key.get_secret_value().encode()).hexdigest()[:16]


class AssetService:
    """The library as members see it.

    Args:
        database: Where assets are written.
        clock: The source of time.
        key_digest: Of the API key in use, see :func:`key_digest_of`.
        check: Raises a Refusal if a picture is not fit for review.
        on_add: Called after something to review was written; must return at once.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        key_digest: str,
        check: CheckPicture,
        on_add: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._key_digest = key_digest
        self._check = check
        self._on_add = on_add

    def new_for(
        self, pictures: Sequence[Picture], *, owner_id: int, guild_id: int | None
    ) -> tuple[Asset, ...]:
        """Return new assets without names for one generation, in the order of its pictures, not yet written.

        Whoever writes them calls :meth:`bot.assets.reviewer.AssetReviewer.wake` afterwards.
        """
        return tuple(self._new(picture, owner_id=owner_id, guild_id=guild_id) for picture in pictures)

    async def add(
        self, typed_name: str, picture: Picture, *, owner_id: int, guild_id: int, is_shared: bool
    ) -> Asset:
        """Put a picture into the library and have it reviewed. An unusable one of the same name makes room.

        Raises:
            UnusableName: A picture cannot be called that.
            NameTaken: The name stands for another picture.
            LibraryFull: There are too many already.
            Refusal: The picture is not fit for review.
        """
        name = asset_name(typed_name)
        await self._check(picture)
        asset = self._new(picture, owner_id=owner_id, guild_id=guild_id, name=name, is_shared=is_shared)
        try:
            await self._database.transaction(self._add, asset, guild_id=guild_id)
        except Conflict:
            raise NameTaken(texts.ASSET_NAME_TAKEN.format(name=name)) from None
        self._on_add()
        return asset

    async def list_for(self, member_id: int, *, guild_id: int) -> Sequence[Asset]:
        """Return what a member may see in a server: their own, then those shared by anybody, by name."""
        return await self._database.transaction(assets.visible_to, member_id=member_id, guild_id=guild_id)

    async def names_for(
        self, typed: str, *, member_id: int, guild_id: int, is_usable: bool
    ) -> tuple[str, ...]:
        """Return names to offer while somebody types, at most ``OFFERED_COUNT``.

        Args:
            typed: What they typed so far; offered names contain it.
            member_id: Who types.
            guild_id: The server.
            is_usable: Leave out what a generation could not use now.
        """
        seen = await self.list_for(member_id, guild_id=guild_id)
        wanted = name_key(typed)
        names = [
            asset.name
            for asset in seen
            if asset.name and wanted in name_key(asset.name) and not (is_usable and self.refusal_for(asset))
        ]
        return tuple(dict.fromkeys(names))[:OFFERED_COUNT]

    async def find_usable(self, names: Sequence[str], *, member_id: int, guild_id: int) -> tuple[Asset, ...]:
        """Return the pictures a member names, in that order; their own come before shared ones.

        Raises:
            UnknownAsset: There is none of that name that they may see.
            AssetNotReady: It is still under review.
            AssetRefused: It did not come through the review.
            AssetOfOldKey: It was reviewed under another key.
        """
        seen = await self.list_for(member_id, guild_id=guild_id)
        found = tuple(_named(name, seen) for name in names)
        for asset in found:
            if refusal := self.refusal_for(asset):
                raise refusal
        return found

    async def require_visible(
        self, asset_ids: Sequence[AssetId], *, member_id: int, guild_id: int | None
    ) -> None:
        """Refuse if a member may not name one of these assets: who remixes gets no right to a private picture.

        Pictures without a name were reviewed for one generation, whose card anybody in the server may remix.

        Raises:
            UnknownAsset: One is private to somebody else, of another server, or gone.
        """
        for asset in await self.states_of(asset_ids):
            is_theirs = asset.name is None or asset.is_shared or asset.owner_id == member_id
            if asset.guild_id != guild_id or not is_theirs:
                raise UnknownAsset(asset.name or asset.file_name)

    async def states_of(self, asset_ids: Sequence[AssetId]) -> tuple[Asset, ...]:
        """Return assets as they stand now, in the order of ids from a generation's own row; asks nobody's rights."""
        return tuple(await self._database.transaction(assets.with_ids, asset_ids))

    async def remove(self, name: str, *, member_id: int, guild_id: int, may_moderate: bool) -> Asset:
        """Take a picture out of the library: one's own before a shared one.

        Args:
            name: As typed.
            member_id: Who wants it.
            guild_id: The server.
            may_moderate: Whether they may remove what others shared.

        Raises:
            UnknownAsset: There is none of that name that they may see.
            NotYourAsset: Somebody else shared it.
        """
        return await self._database.transaction(
            self._remove, name, member_id=member_id, guild_id=guild_id, may_moderate=may_moderate
        )

    def refusal_for(self, asset: Asset) -> Refusal | None:
        """Return why a generation cannot use an asset now; None if it can."""
        return refusal_for(asset, key_digest=self._key_digest)

    def _new(
        self,
        picture: Picture,
        *,
        owner_id: int,
        guild_id: int | None,
        name: str | None = None,
        is_shared: bool = False,
    ) -> Asset:
        now = self._clock.now()
        return Asset(
            id=AssetId(secrets.token_hex(_ID_BYTES)),
            version=1,
            owner_id=owner_id,
            guild_id=guild_id,
            name=name,
            name_key=None if name is None else name_key(name),
            is_shared=is_shared,
            file_name=picture.file_name,
            url=picture.url,
            state=AssetState.NEW,
            upstream_id=None,
            key_digest=None,
            unclear_count=0,
            reason=None,
            created_at=now,
            changed_at=now,
        )

    def _add(self, transaction: Transaction, asset: Asset, *, guild_id: int) -> None:
        seen = assets.visible_to(transaction, member_id=asset.owner_id, guild_id=guild_id)
        beside = [other for other in seen if other.is_shared is asset.is_shared]
        replaced = [other for other in beside if other.name_key == asset.name_key and self._is_over(other)]
        for other in replaced:
            assets.move(transaction, other, moved(other, AssetState.REMOVED, at=asset.created_at))
        most_count = SHARED_MAX_COUNT if asset.is_shared else PRIVATE_MAX_COUNT
        if len(beside) - len(replaced) >= most_count:
            raise LibraryFull(texts.ASSET_LIBRARY_FULL, hint=texts.ASSET_LIBRARY_FULL_HINT)
        assets.add(transaction, asset)

    def _is_over(self, asset: Asset) -> bool:
        return isinstance(self.refusal_for(asset), AssetRefused | AssetOfOldKey)

    def _remove(
        self, transaction: Transaction, name: str, *, member_id: int, guild_id: int, may_moderate: bool
    ) -> Asset:
        asset = _named(name, assets.visible_to(transaction, member_id=member_id, guild_id=guild_id))
        if asset.owner_id != member_id and not may_moderate:
            raise NotYourAsset(texts.ASSET_NOT_YOURS.format(name=asset.name))
        removed = moved(asset, AssetState.REMOVED, at=self._clock.now())
        if not assets.move(transaction, asset, removed):
            raise AssetJustChanged(texts.ASSET_JUST_CHANGED.format(name=asset.name))
        return removed


def _named(name: str, seen: Sequence[Asset]) -> Asset:
    """Return the first asset of a name among those a member may see."""
    key = name_key(name)
    for asset in seen:
        if asset.name_key == key:
            return asset
    raise UnknownAsset(name)
