"""What the two families of video models allow, as data.

To add a model or change a limit, change a value here and a row in ``tests/data/video-api-cases.json``. No
other file may name a model or compare one. Rule numbers (V8, S5, …) are those of the video API notes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bot.errors import Refusal

MB = 1_000_000  # bytes; the stricter reading of the API's "MB" (section 5)


class Mode(StrEnum):
    """What a video is made from, besides the prompt."""

    TEXT = "text"
    FIRST_FRAME = "first_frame"
    FIRST_LAST_FRAME = "first_last_frame"
    IMAGE_REFERENCE = "image_reference"
    VIDEO_REFERENCE = "video_reference"
    AUDIO_REFERENCE = "audio_reference"
    MULTIMODAL = "multimodal"


class Billing(StrEnum):
    """What a price is for."""

    PER_CALL = "call"
    PER_SECOND = "second"


@dataclass(frozen=True, slots=True)
class MediaRules:
    """What files of one kind must be like. None and empty mean that no limit is documented.

    Frames and reference images share their family's image rules. Bounds include their limit, except those of
    ``aspect`` (width by height), which lies strictly between them (section 5).
    """

    max_count: int = 0
    formats: tuple[str, ...] = ()
    max_file_bytes: int | None = None
    max_total_bytes: int | None = None
    max_total_s: float | None = None
    side_px: tuple[int, int] | None = None
    judges_shorter_side_only: bool = False
    aspect: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """One model of a family.

    ``video_sister`` is the model that newer pages ask for when reference videos are present (section 12).
    ``typical_s``, in seconds, is for an ETA only: the middle of section 7's ranges for standard models, their
    lower end for fast ones, and our guess for 2K and 4K.
    """

    name: str
    label: str
    resolution: str
    is_fast: bool
    typical_s: int
    video_sister: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """One endpoint that creates videos, with everything it allows.

    ``durations`` are the shortest and the longest in seconds; without a ``default_duration_s`` a duration is
    required. ``resolutions`` is empty where the body has no such field. ``takes_assets`` allows ``asset://``
    links. ``billings`` are the ways in which the vendor may count (section 10).
    """

    name: str
    label: str
    create_path: str
    models: tuple[Model, ...]
    modes: tuple[Mode, ...]
    ratios: tuple[str, ...]
    default_ratio: str
    durations: tuple[int, int]
    default_duration_s: int | None
    resolutions: tuple[str, ...]
    prompt_max_chars: int | None
    images: MediaRules
    videos: MediaRules
    audios: MediaRules
    takes_assets: bool
    billings: tuple[Billing, ...]

    @property
    def best_first(self) -> Sequence[Model]:
        """Its models, the largest picture first, of equal ones the standard line before the fast one."""
        sizes = list(dict.fromkeys(model.resolution for model in self.models))  # written from the smallest up
        return sorted(self.models, key=lambda it: (sizes.index(it.resolution), not it.is_fast), reverse=True)


def _sd2_model(resolution: str, *, is_fast: bool = False, typical_s: int) -> Model:
    line = "fast_" if is_fast else ""
    return Model(
        name=f"sd2_manxue_{line}{resolution.lower()}",
        label=f"SD2 Manxue {resolution} · {'fast' if is_fast else 'standard'}",
        resolution=resolution,
        is_fast=is_fast,
        typical_s=typical_s,
        video_sister=f"sd2_manxue_video_{line}{resolution.lower()}",
    )


_VIDEOS = Family(
    name="videos",
    label="Videos",
    create_path="/v1/videos/videos",
    models=(
        Model("videos", "Videos 720p · standard", "720p", is_fast=False, typical_s=210),
        Model("videos_fast", "Videos 720p · fast", "720p", is_fast=True, typical_s=120),
    ),
    modes=(Mode.TEXT, Mode.FIRST_LAST_FRAME, Mode.IMAGE_REFERENCE, Mode.VIDEO_REFERENCE, Mode.MULTIMODAL),
    ratios=("16:9", "9:16", "1:1"),
    default_ratio="16:9",
    durations=(4, 15),
    default_duration_s=None,
    resolutions=("720p",),
    prompt_max_chars=1500,
    images=MediaRules(max_count=4, max_file_bytes=20 * MB - 1),  # V8: "under 20 MB"
    videos=MediaRules(  # V9
        max_count=3,
        formats=("mp4", "mov"),
        max_total_bytes=200 * MB,
        max_total_s=15,
        side_px=(720, 2160),
        judges_shorter_side_only=True,
    ),
    audios=MediaRules(),
    takes_assets=False,
    billings=(Billing.PER_CALL,),
)

_SD2_MANXUE = Family(
    name="sd2_manxue",
    label="SD2 Manxue",
    create_path="/v1/sd2_manxue/videos",
    models=(
        _sd2_model("720p", typical_s=210),
        _sd2_model("1080p", typical_s=330),
        _sd2_model("2K", typical_s=480),
        _sd2_model("4K", typical_s=600),
        _sd2_model("720p", is_fast=True, typical_s=120),
        _sd2_model("1080p", is_fast=True, typical_s=180),
    ),
    modes=tuple(Mode),
    ratios=("16:9", "21:9", "4:3", "1:1", "3:4", "9:16"),
    default_ratio="16:9",
    durations=(4, 15),
    default_duration_s=5,
    resolutions=(),
    prompt_max_chars=None,
    images=MediaRules(  # S5, S8
        max_count=9,
        formats=("jpeg", "png", "webp", "bmp", "tiff", "gif"),
        side_px=(301, 5999),  # strictly inside 300 to 6000, as newer pages print open intervals (section 5)
        aspect=(0.4, 2.5),
    ),
    videos=MediaRules(max_count=3, formats=("mp4", "mov"), max_total_bytes=500 * MB, max_total_s=15),  # S9
    audios=MediaRules(max_count=3, formats=("mp3", "wav"), max_total_bytes=500 * MB, max_total_s=15),  # S10
    takes_assets=True,
    billings=tuple(Billing),
)

FAMILIES: Mapping[str, Family] = MappingProxyType({family.name: family for family in (_VIDEOS, _SD2_MANXUE)})

_BY_MODEL: Mapping[str, tuple[Family, Model]] = MappingProxyType(
    {model.name: (family, model) for family in FAMILIES.values() for model in family.models}
)

# What we ask for where nobody said. Every family takes this duration; some require one.
DEFAULT_MODEL = _SD2_MANXUE.models[0].name
DEFAULT_DURATION_S = 5


class UnknownModel(Refusal):
    """No family has a model of this name."""


def family_of(model_name: str) -> Family:
    """Return the family a model belongs to.

    Raises:
        UnknownModel: No family has such a model.
    """
    return _found(model_name)[0]


def model_named(name: str) -> Model:
    """Return the model of exactly this name.

    Raises:
        UnknownModel: No family has such a model.
    """
    return _found(name)[1]


def find_model(name: str) -> Model | None:
    """Return the model of exactly this name, or None: an old generation may name one we no longer have."""
    found = _BY_MODEL.get(name)
    return None if found is None else found[1]


def find_model_called(words: str) -> Model | None:
    """Return the model that somebody names by its name or its label, in upper or lower case."""
    wanted = words.strip().casefold()
    models = (model for _, model in _BY_MODEL.values())
    return next((one for one in models if wanted in (one.name.casefold(), one.label.casefold())), None)


def _found(name: str) -> tuple[Family, Model]:
    found = _BY_MODEL.get(name)
    if found is None:
        raise UnknownModel(f"There is no such model. Choose one of: {', '.join(_BY_MODEL)}.")
    return found
