"""Why a picture of the library cannot be used, added or removed, in words for the member who wanted it."""

from typing import assert_never

from bot import texts
from bot.errors import Refusal
from storage.records import Asset, AssetState

_TYPED_MAX_CHARS = 100  # of what somebody typed, repeated to them


class UnknownAsset(Refusal):
    """There is no such picture among those the member may see."""

    def __init__(self, name: str) -> None:
        shown = " ".join(name.split())[:_TYPED_MAX_CHARS]
        super().__init__(texts.ASSET_UNKNOWN.format(name=shown), hint=texts.ASSET_UNKNOWN_HINT)


class AssetNotReady(Refusal):
    """The picture is still under review."""


class AssetRefused(Refusal):
    """The picture did not come through the review."""


class AssetOfOldKey(Refusal):
    """The picture was reviewed under another API key and belongs to another account."""


class NameTaken(Refusal):
    """Another picture that the member can see here has this name."""


class LibraryFull(Refusal):
    """No more pictures may be added here."""


class NotYourAsset(Refusal):
    """A picture shared by somebody else, which only they and moderators may remove."""


class AssetJustChanged(Refusal):
    """Somebody else changed the picture at the same moment."""


def refusal_for(asset: Asset, *, key_digest: str) -> Refusal | None:
    """Return why a generation cannot use an asset now; None if it can.

    Args:
        asset: As it is written now.
        key_digest: Of the API key in use.
    """
    name = asset.name or asset.file_name
    match asset.state:
        case AssetState.NEW | AssetState.SUBMITTING | AssetState.REVIEWING:
            return AssetNotReady(texts.ASSET_NOT_READY.format(name=name), hint=texts.ASSET_NOT_READY_HINT)
        case AssetState.ACTIVE:
            if asset.key_digest == key_digest:
                return None
            return AssetOfOldKey(texts.ASSET_OF_OLD_KEY.format(name=name), hint=texts.ASSET_ADD_AGAIN)
        case AssetState.REFUSED | AssetState.UNCERTAIN:
            message = texts.ASSET_REFUSED.format(name=name, reason=asset.reason)
            return AssetRefused(message, hint=texts.ASSET_ADD_AGAIN)
        case AssetState.REMOVED:
            return UnknownAsset(name)
        case _:
            assert_never(asset.state)
