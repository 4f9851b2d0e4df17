"""What a create call may say: the server's own reading of the contract.

Written apart from the client's rules on purpose, so that a misreading on one side shows up as a refusal.
It judges bodies and nothing else: it must never fetch, remember or change anything.

Source: video API notes, sections 2, 3 and 5.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

DURATIONS_S = range(4, 16)
OLD_NAMES = {"first_image": "image", "last_image": "lastFrameImage"}
ASSET_LINK = re.compile(r"asset://([^\s/]+)")
LABELS = {"referenceImages": "image", "referenceVideos": "video", "referenceAudios": "audio"}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a body, and where."""

    field: str
    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What one create endpoint accepts. ``models`` gives each model's shorter side in pixels."""

    name: str
    models: Mapping[str, int]
    ratios: tuple[str, ...]
    reference_counts: Mapping[str, int]
    default_duration_s: int | None = None
    prompt_max_chars: int | None = None
    resolutions: tuple[str, ...] = ()
    takes_assets: bool = False
    takes_first_frame_alone: bool = False


VIDEOS = Family(
    name="videos",
    models={"videos": 720, "videos_fast": 720},
    ratios=("16:9", "9:16", "1:1"),
    reference_counts={"referenceImages": 4, "referenceVideos": 3},
    prompt_max_chars=1500,
    resolutions=("720p",),
)
SD2_MANXUE = Family(
    name="sd2_manxue",
    models={
        "sd2_manxue_720p": 720,
        "sd2_manxue_1080p": 1080,
        "sd2_manxue_2k": 1440,
        "sd2_manxue_4k": 2160,
        "sd2_manxue_fast_720p": 720,
        "sd2_manxue_fast_1080p": 1080,
    },
    ratios=("16:9", "21:9", "4:3", "1:1", "3:4", "9:16"),
    reference_counts={"referenceImages": 9, "referenceVideos": 3, "referenceAudios": 3},
    default_duration_s=5,
    takes_assets=True,
    takes_first_frame_alone=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An accepted body, read once: what the video has to show."""

    model: str
    prompt: str
    duration_s: int
    ratio: str
    short_side_px: int
    media: tuple[tuple[str, str], ...] = ()

    @property
    def mode(self) -> str:
        """Name what the media make of the request, in the words of the contract table."""
        kinds = {label.split()[0] for label, _ in self.media}
        if "first" in kinds:
            return "first_last_frame" if "last" in kinds else "first_frame"
        if len(kinds) > 1:
            return "multimodal"
        return f"{kinds.pop()}_reference" if kinds else "text"


def faults_of(body: Mapping[str, object], family: Family) -> list[Fault]:
    """Return everything the contract refuses about a body; empty when it is accepted."""
    given = _given(body)
    return [
        *_unknown(given, family),
        *_model(given, family),
        *_prompt(given, family),
        *_duration(given, family),
        *_choice(given, "ratio", family.ratios),
        *_choice(given, "resolution", family.resolutions),
        *_frames(given, family),
        *_references(given, family),
    ]


def order_of(body: Mapping[str, object], family: Family) -> Order:
    """Read a body that has no faults."""
    given = _given(body)
    frames = [(name.split("_")[0], _frame(given, name)) for name in OLD_NAMES]
    model = str(given["model"])
    return Order(
        model=model,
        prompt=str(given["prompt"]).strip(),
        duration_s=cast(int, given.get("duration", family.default_duration_s)),
        ratio=str(given.get("ratio", family.ratios[0])),
        short_side_px=family.models[model],
        media=(
            *((label, str(link)) for label, link in frames if link is not None),
            *(
                (f"{LABELS[name]} {number}", str(link))
                for name in family.reference_counts
                for number, link in enumerate(_items(given.get(name)), start=1)
            ),
        ),
    )


def asset_ids_in(body: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Yield every field that names an asset, with the asset's id."""
    for name, value in _given(body).items():
        for link in _items(value) or [value]:
            if isinstance(link, str) and (found := ASSET_LINK.fullmatch(link)):
                yield name, found[1]


def is_web_link(value: object) -> bool:
    """Say whether a value is an http(s) link with a host."""
    if not isinstance(value, str) or re.search(r"[\s\x00-\x1f\x7f]", value):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _given(body: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in body.items() if value is not None and value != []}


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _frame(given: Mapping[str, object], name: str) -> object:
    return given.get(name, given.get(OLD_NAMES[name]))


def _unknown(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    known = {
        "model",
        "prompt",
        "duration",
        "ratio",
        *OLD_NAMES,
        *OLD_NAMES.values(),
        *family.reference_counts,
    }
    if family.resolutions:
        known.add("resolution")
    for name in given:
        if name not in known:
            yield Fault(
                name, "unknown_field", f"{family.name} has no such field; it has {', '.join(sorted(known))}"
            )


def _model(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    if "model" not in given:
        yield Fault("model", "missing", "a model is required")
    yield from _choice(given, "model", tuple(family.models))


def _choice(given: Mapping[str, object], name: str, allowed: tuple[str, ...]) -> Iterator[Fault]:
    if allowed and name in given and given[name] not in allowed:
        yield Fault(name, "value", f"must be one of {', '.join(allowed)}")


def _prompt(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    prompt = given.get("prompt", "")
    limit_chars = family.prompt_max_chars
    if not isinstance(prompt, str):
        yield Fault("prompt", "type", "must be text")
    elif not prompt.strip():
        yield Fault("prompt", "missing", "a prompt is required")
    elif limit_chars and len(prompt.strip()) > limit_chars:
        yield Fault("prompt", "too_long", f"must have at most {limit_chars} characters")
    elif re.search("[\ud800-\udfff]", prompt):
        yield Fault("prompt", "value", "contains half a character (a lone surrogate)")


def _duration(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    duration_s = given.get("duration", family.default_duration_s)
    if duration_s is None:
        yield Fault("duration", "missing", "a duration is required in this family")
    elif type(duration_s) is not int:
        yield Fault("duration", "type", "must be a whole number of seconds")
    elif duration_s not in DURATIONS_S:
        yield Fault("duration", "range", f"must lie between {DURATIONS_S[0]} and {DURATIONS_S[-1]} seconds")


def _frames(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    for new, old in OLD_NAMES.items():
        if new in given and old in given and given[new] != given[old]:
            yield Fault(
                new, "alias_conflict", f"parameter conflict: {new} and {old} are one field and differ"
            )
        for name in (new, old):
            if name in given:
                yield from _link(name, given[name], family)
    first, last = (_frame(given, name) is not None for name in OLD_NAMES)
    if last and not first:
        yield Fault("first_image", "pair", "a last frame needs a first frame")
    if first and not last and not family.takes_first_frame_alone:
        yield Fault("last_image", "pair", "this family needs both frames or none")
    for name in family.reference_counts:
        if (first or last) and name in given:
            yield Fault(name, "exclusive", "frames and references exclude each other")


def _references(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    for name, limit_count in family.reference_counts.items():
        if name not in given:
            continue
        links = given[name]
        if not isinstance(links, list):
            yield Fault(name, "type", "must be an array")
            continue
        if len(links) > limit_count:
            yield Fault(name, "too_many", f"must have at most {limit_count} items")
        for link in links:
            yield from _link(name, link, family)


def _link(name: str, value: object, family: Family) -> Iterator[Fault]:
    if family.takes_assets and isinstance(value, str) and ASSET_LINK.fullmatch(value):
        return
    if not isinstance(value, str):
        yield Fault(name, "type", "must be a link as text")
    elif not is_web_link(value):
        kinds = "an http(s) link or asset://{assetId}" if family.takes_assets else "an http(s) link"
        yield Fault(name, "link", f"must be {kinds}")
