"""From what a member wants to what may be admitted: every rule checked, every fault told at once, nothing spent.

The mode follows from the files. What the files really are is read from their bytes, which takes a moment; so whoever
calls this has acknowledged the interaction before. Nothing is written here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bot import texts
from bot.assets.service import AssetService, Picture
from bot.delivery.links import Links
from bot.media.facts import AttachedFile
from bot.media.inspector import MediaInspector
from bot.media.rules import media_rules
from bot.upstream.families import FAMILIES, Family, family_of
from bot.upstream.faults import Fault, faults_of
from bot.upstream.requests import REFERENCE_MODES, InvalidRequest, VideoRequest, mode_of
from storage.records import Asset, Generation, GenerationId, Medium

_PICTURE_FIELDS = frozenset({"first_image", "last_image", "referenceImages"})
# When a family cannot do a mode at all, these would only say the same again in smaller words.
_CONSEQUENCES = frozenset({"pair", "unknown_field"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A file somebody attached, and the size Discord names for it (bytes); None where it names none."""

    medium: Medium
    declared_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedAsset:
    """A reviewed picture somebody named, and the field it is for."""

    field: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a member wants, unchecked.

    Attributes:
        needs_files: Whether the command makes no sense without any.
        needs_review: Whether its pictures show faces or characters.
        parent_id: The generation it remixes.
    """

    member_id: int
    guild_id: int | None
    model: str
    prompt: str
    duration: int | None
    ratio: str | None
    files: tuple[WantedFile, ...] = ()
    assets: tuple[WantedAsset, ...] = ()
    needs_files: bool = False
    needs_review: bool = False
    parent_id: GenerationId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A wish in order: what the service may admit.

    Attributes:
        new_assets: Pictures to be reviewed for it, not yet written.
    """

    request: VideoRequest
    media: tuple[Medium, ...] = ()
    new_assets: tuple[Asset, ...] = ()
    parent_id: GenerationId | None = None


class UnusableFiles(InvalidRequest):
    """No model takes these files, whatever a request holds beside them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.hint = texts.UNUSABLE_FILES_HINT


class Intake:
    """Checks wishes.

    Args:
        inspector: Reads what files really are.
        assets: Knows the reviewed pictures.
        links: Makes the links of an earlier generation's files fresh.
    """

    def __init__(self, *, inspector: MediaInspector, assets: AssetService, links: Links) -> None:
        self._inspector = inspector
        self._assets = assets
        self._links = links

    async def checked(self, wish: Wish) -> Checked:
        """Check everything about a wish.

        Raises:
            InvalidRequest: Holds every fault of the request and of every file.
            Refusal: A named asset cannot be used.
        """
        family = family_of(wish.model)
        files = tuple(_for_family(file, family) for file in wish.files)
        media = (*(file.medium for file in files), *await self._named_assets(wish))
        body = body_of(wish, media)
        faults = [*_wish_faults(wish, media, family), *_request_faults(body, media, family)]
        faults += await self._file_faults(files, family)
        if faults:
            raise InvalidRequest(tuple(faults))
        reviewed, new_assets = self._with_reviews(wish, media)
        return Checked(
            request=VideoRequest.parse(body, family=family),
            media=reviewed,
            new_assets=new_assets,
            parent_id=wish.parent_id,
        )

    async def files_of(
        self, generation: Generation, *, member_id: int, guild_id: int | None
    ) -> tuple[WantedFile, ...]:
        """Return the files of an earlier generation with fresh links, to be wanted again by a member.

        Raises:
            UnknownAsset: One is a reviewed picture that the member may not use.
            OriginalGone: Names those that cannot be had any more.
        """
        asset_ids = [medium.asset_id for medium in generation.media if medium.asset_id is not None]
        await self._assets.require_visible(asset_ids, member_id=member_id, guild_id=guild_id)
        links = await self._links.fresh([medium for medium in generation.media if medium.asset_id is None])
        fresh = iter(links)
        return tuple(
            WantedFile(medium=medium if medium.asset_id is not None else replace(medium, url=next(fresh)))
            for medium in generation.media
        )

    async def fresh(self, media: Sequence[Medium]) -> tuple[WantedFile, ...]:
        """Return files as they are wanted now, with fresh links.

        Raises:
            OriginalGone: Names those that cannot be had any more.
        """
        links = await self._links.fresh(media)
        return tuple(
            WantedFile(medium=replace(medium, url=link)) for medium, link in zip(media, links, strict=True)
        )

    async def require_usable(self, files: Sequence[WantedFile]) -> None:
        """Refuse files that no model takes, each for what it is: how many there are, and with what, is not judged.

        Raises:
            UnusableFiles: Holds everything that is wrong with every one of them.
        """
        faults: dict[AttachedFile, list[Fault]] = {_attached(file): [] for file in files}
        for family in FAMILIES.values():
            fitting = [file for file in faults if media_rules(file.field, family).max_count > 0]
            inspections = await self._inspector.inspect_each(fitting, family=family)
            for file, inspection in zip(fitting, inspections, strict=True):
                if inspection.faults:
                    faults[file] += inspection.faults
                else:
                    del faults[file]
        if faults:
            # What cannot be read is the same fault for every family.
            raise UnusableFiles(tuple(dict.fromkeys(chain.from_iterable(faults.values()))))

    async def _named_assets(self, wish: Wish) -> tuple[Medium, ...]:
        if not wish.assets or wish.guild_id is None:
            return ()
        found = await self._assets.find_usable(
            [asset.name for asset in wish.assets], member_id=wish.member_id, guild_id=wish.guild_id
        )
        return tuple(
            Medium(
                field=wanted.field, name=wanted.name, url=f"asset://{asset.upstream_id}", asset_id=asset.id
            )
            for wanted, asset in zip(wish.assets, found, strict=True)
        )

    async def _file_faults(self, files: Sequence[WantedFile], family: Family) -> list[Fault]:
        attached = [_attached(file) for file in files if file.medium.asset_id is None]
        inspection = await self._inspector.inspect(attached, family=family)
        return list(inspection.faults)

    def _with_reviews(
        self, wish: Wish, media: tuple[Medium, ...]
    ) -> tuple[tuple[Medium, ...], tuple[Asset, ...]]:
        """Give each picture that is to be reviewed an asset of its own."""
        if not wish.needs_review:
            return media, ()
        pictures = [medium for medium in media if medium.field in _PICTURE_FIELDS and medium.asset_id is None]
        new_assets = self._assets.new_for(
            [Picture(file_name=medium.name, url=medium.url) for medium in pictures],
            owner_id=wish.member_id,
            guild_id=wish.guild_id,
        )
        asset_ids = {id(medium): asset.id for medium, asset in zip(pictures, new_assets, strict=True)}
        reviewed = tuple(
            replace(medium, asset_id=asset_ids.get(id(medium), medium.asset_id)) for medium in media
        )
        return reviewed, new_assets


async def check_picture(inspector: MediaInspector, picture: Picture) -> None:
    """Refuse a picture that is not fit for the asset library.

    Raises:
        InvalidRequest: Holds everything that is wrong with it.

    Source: video API notes, section 8: the same advice as for reference pictures.
    """
    family = next(family for family in FAMILIES.values() if family.takes_assets)
    attached = AttachedFile("referenceImages", picture.file_name, picture.url, picture.file_bytes)
    inspection = await inspector.inspect([attached], family=family)
    if inspection.faults:
        raise InvalidRequest(inspection.faults)


def body_of(wish: Wish, media: Sequence[Medium]) -> dict[str, object]:
    """Return the body of a wish for the API, unchecked."""
    body: dict[str, object] = {
        "model": wish.model,
        "prompt": wish.prompt,
        "duration": wish.duration,
        "ratio": wish.ratio,
    }
    return body | links_by_field(media, [medium.url for medium in media])


def links_by_field(media: Sequence[Medium], links: Sequence[str]) -> dict[str, object]:
    """Return the fields of a body that hold links: a list for references, one link for a frame."""
    fields: dict[str, object] = {}
    for name in dict.fromkeys(medium.field for medium in media):
        here = [link for medium, link in zip(media, links, strict=True) if medium.field == name]
        fields[name] = here if name in REFERENCE_MODES else here[0]
    return fields


def _attached(file: WantedFile) -> AttachedFile:
    return AttachedFile(
        field=file.medium.field,
        name=file.medium.name,
        url=file.medium.url,
        declared_bytes=file.declared_bytes,
    )


def _for_family(file: WantedFile, family: Family) -> WantedFile:
    """Forget that a picture was reviewed where the family takes pictures as they are, as in a remix."""
    if family.takes_assets or file.medium.url.startswith("asset://"):
        return file
    return replace(file, medium=replace(file.medium, asset_id=None))


def _can_do(family: Family, media: Sequence[Medium]) -> bool:
    fields = {medium.field for medium in media}
    takes_sounds = family.audios.max_count > 0 or "referenceAudios" not in fields
    return mode_of(fields) in family.modes and takes_sounds


def _wish_faults(wish: Wish, media: Sequence[Medium], family: Family) -> list[Fault]:
    faults = []
    if wish.needs_files and not media:
        faults.append(Fault("files", "missing", texts.NO_FILES))
    if not _can_do(family, media):
        mode = mode_of({medium.field for medium in media})
        able = [model.label for other in FAMILIES.values() if _can_do(other, media) for model in other.models]
        message = texts.MODEL_CANNOT.format(
            family=family.label, mode=texts.MODES[mode].lower(), able=", ".join(able)
        )
        faults.append(Fault("model", "value", message))
    if not family.takes_assets and any(medium.url.startswith("asset://") for medium in media):
        able = [model.label for other in FAMILIES.values() if other.takes_assets for model in other.models]
        message = texts.NO_ASSETS_HERE.format(family=family.label, able=", ".join(able))
        faults.append(Fault("model", "value", message))
    if wish.needs_review and not family.takes_assets:
        faults.append(Fault("review", "value", texts.NO_REVIEW_HERE.format(family=family.label)))
    return faults


def _request_faults(body: dict[str, object], media: Sequence[Medium], family: Family) -> list[Fault]:
    faults = [fault for fault in faults_of(body, family) if family.takes_assets or fault.code != "link"]
    if _can_do(family, media):
        return list(faults)
    fields = {medium.field for medium in media} | {"first_image", "last_image"}
    return [fault for fault in faults if not (fault.field in fields and fault.code in _CONSEQUENCES)]
