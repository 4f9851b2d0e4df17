"""Requests that upstream will take, and every reason why others will not be sent.

Whatever a :class:`VideoRequest` holds has passed :func:`faults_of`, so its body can meet no parameter error
upstream. This module must never fetch, guess or repair anything but the two old field names and the white
space around a prompt.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.errors import Refusal
from bot.upstream.families import FAMILIES, Family, MediaRules, Mode, model_named

_OLD_NAMES = {"image": "first_image", "lastFrameImage": "last_image"}
_FRAMES = ("first_image", "last_image", *_OLD_NAMES)
_TEXTS = ("model", "prompt", "ratio", "resolution", *_FRAMES)
_FRAME_WORDS = {"first_image": "first frame", "last_image": "last frame"}
_REFERENCE_WORDS = {
    "referenceImages": "reference images",
    "referenceVideos": "reference videos",
    "referenceAudios": "reference audios",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request.

    Attributes:
        field: The field of the body that a person can change.
        code: missing, type, range, value, too_long, too_many, alias_conflict, pair, exclusive, link or
            unknown_field.
        message: One plain sentence for a Discord user.
    """

    field: str
    code: str
    message: str


class InvalidRequest(Refusal):
    """The request breaks the API's rules; ``faults`` holds every one of them."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(
            "\n".join(fault.message for fault in faults),
            hint="Nothing was sent and nothing was charged.",
        )
        self.faults = faults


class VideoRequest(BaseModel):
    """A request for one video. Absent optional values are None or empty; upstream then uses its defaults."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", populate_by_name=True)

    family: str
    model: str
    prompt: str
    duration: int | None = None
    ratio: str | None = None
    resolution: str | None = None
    first_image: str | None = None
    last_image: str | None = None
    reference_images: tuple[str, ...] = Field(default=(), alias="referenceImages")
    reference_videos: tuple[str, ...] = Field(default=(), alias="referenceVideos")
    reference_audios: tuple[str, ...] = Field(default=(), alias="referenceAudios")

    @classmethod
    def parse(cls, body: Mapping[str, object], *, family: Family) -> Self:
        """Read a body as a caller wrote it, old field names included. Refuses even what is no mapping.

        Raises:
            InvalidRequest: The body breaks rules of the family; all of them are named.

        Source: video API notes, sections 2, 3 and 5.
        """
        if faults := faults_of(body, family):
            raise InvalidRequest(faults)
        given = _given(body)
        fields = {_OLD_NAMES.get(name, name): value for name, value in given.items()}
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list | tuple)}
        prompt = str(given["prompt"]).strip()
        return cls.model_validate({**fields, **lists, "prompt": prompt, "family": family.name})

    @classmethod
    def from_stored(cls, text: str) -> "VideoRequest":
        """Read back what :meth:`to_stored` wrote, unchecked: rules may have changed since it was admitted."""
        fields: dict[str, Any] = json.loads(text)
        lists = {name: tuple(value) for name, value in fields.items() if isinstance(value, list)}
        return cls.model_construct(_fields_set=None, **{**fields, **lists})

    def to_stored(self) -> str:
        """Return the request as text for the database."""
        return self.model_dump_json(exclude_defaults=True)

    def with_links(self, links: Mapping[str, object]) -> "VideoRequest":
        """Return the same request with other links to its files.

        Args:
            links: By field of the body: one link for a frame, a list for references.

        Raises:
            InvalidRequest: The result breaks the rules.
        """
        return VideoRequest.parse({**self.body(), **links}, family=FAMILIES[self.family])

    @model_validator(mode="after")
    def _refuse_faults(self) -> Self:
        if faults := faults_of(self.body(), FAMILIES[self.family]):
            raise InvalidRequest(faults)
        return self

    @property
    def mode(self) -> Mode:
        """What the video is made from."""
        if self.first_image:
            return Mode.FIRST_LAST_FRAME if self.last_image else Mode.FIRST_FRAME
        references = {
            Mode.IMAGE_REFERENCE: self.reference_images,
            Mode.VIDEO_REFERENCE: self.reference_videos,
            Mode.AUDIO_REFERENCE: self.reference_audios,
        }
        used = [mode for mode, links in references.items() if links]
        if len(used) > 1:
            return Mode.MULTIMODAL
        return used[0] if used else Mode.TEXT

    @property
    def duration_s(self) -> int:
        """Length of the video that was asked for, in seconds, the default included."""
        default_s = FAMILIES[self.family].default_duration_s
        return self.duration or default_s or 0  # without a default the rules require a duration

    @property
    def shown_ratio(self) -> str:
        """Ratio of the video that was asked for, the default included."""
        return self.ratio or FAMILIES[self.family].default_ratio

    @property
    def shown_resolution(self) -> str:
        """Resolution of the video that was asked for, which most models carry in their name."""
        return self.resolution or model_named(self.model).resolution

    def body(self) -> dict[str, object]:
        """Return the JSON body to send: new field names only, no nulls, no empty lists."""
        fields = self.model_dump(mode="json", by_alias=True, exclude={"family"})
        return _given(fields)


def faults_of(body: object, family: Family) -> tuple[Fault, ...]:
    """Return everything that is wrong with a body, whatever it is; empty if the family takes it.

    Source: video API notes, section 5, which also gives the order.
    """
    if not isinstance(body, Mapping):
        return (Fault("body", "type", "The request must be an object with named fields."),)
    given = _given(body)
    checks = (
        _shape_faults,
        _required_faults,
        _value_faults,
        _conflict_faults,
        _pair_faults,
        _exclusion_faults,
        _count_faults,
        _link_faults,
    )
    return tuple(chain.from_iterable(check(given, family) for check in checks))


def _given(body: Mapping[str, object]) -> dict[str, object]:
    # Section 5: null and [] count as absent.
    return {name: value for name, value in body.items() if value is not None and value not in ([], ())}


def _references_of(family: Family) -> dict[str, MediaRules]:
    rules = zip(_REFERENCE_WORDS, (family.images, family.videos, family.audios), strict=True)
    return {name: rule for name, rule in rules if rule.max_count}


def _shape_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    references = _references_of(family)
    for name, value in given.items():
        if name == "duration":
            if type(value) is not int:  # a bool is an int to isinstance
                yield Fault(name, "type", "The duration must be a whole number of seconds.")
        elif name in references:
            if not isinstance(value, list | tuple) or not all(isinstance(link, str) for link in value):
                yield Fault(name, "type", f"The {_REFERENCE_WORDS[name]} must be a list of links.")
        elif name not in _TEXTS or (name == "resolution" and not family.resolutions):
            shown = "".join(filter(str.isprintable, str(name)))[:40]
            yield Fault(str(name), "unknown_field", f"{family.label} has no option “{shown}”.")
        elif not isinstance(value, str):
            yield Fault(name, "type", f"The {_words(name)} must be text.")


def _required_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    if "model" not in given:
        yield Fault("model", "missing", f"Choose a model: {_listed(_model_names(family))}.")
    prompt = given.get("prompt", "")
    if isinstance(prompt, str) and not prompt.strip():
        yield Fault("prompt", "missing", "Write a prompt: say what the video should show.")
    if family.default_duration_s is None and "duration" not in given:
        yield Fault("duration", "missing", f"Choose a duration {_durations(family)}.")


def _value_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    choices = {"model": _model_names(family), "ratio": family.ratios, "resolution": family.resolutions}
    for name, allowed in choices.items():
        value = given.get(name)
        if allowed and isinstance(value, str) and value not in allowed:
            yield Fault(name, "value", f"{family.label} takes this {name}: {_listed(allowed)}.")
    prompt, duration = given.get("prompt"), given.get("duration")
    if isinstance(prompt, str):
        yield from _prompt_faults(prompt.strip(), family)
    if type(duration) is int and not family.durations[0] <= duration <= family.durations[1]:
        yield Fault("duration", "range", f"The duration must be {_durations(family)}.")


def _prompt_faults(prompt: str, family: Family) -> Iterator[Fault]:
    limit = family.prompt_max_chars
    if limit is not None and len(prompt) > limit:
        message = f"The prompt has {len(prompt)} characters; {family.label} takes at most {limit}."
        yield Fault("prompt", "too_long", message)
    if any(char == "\0" or "\ud800" <= char <= "\udfff" for char in prompt):
        # Neither UTF-8 nor every database can hold these.
        yield Fault("prompt", "value", "The prompt contains characters that cannot be sent.")


def _conflict_faults(given: Mapping[str, object], _: Family) -> Iterator[Fault]:
    for old, new in _OLD_NAMES.items():
        values = (given.get(old), given.get(new))
        if all(isinstance(value, str) for value in values) and values[0] != values[1]:
            message = f"The {_words(new)} is given twice, as {old} and {new}, with different links."
            yield Fault(old, "alias_conflict", message)


def _pair_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    frames = _frames_of(given)
    if frames == {"last_image"}:
        yield Fault("first_image", "pair", "A last frame needs a first frame.")
    if frames == {"first_image"} and Mode.FIRST_FRAME not in family.modes:
        yield Fault("last_image", "pair", f"{family.label} needs a last frame with the first frame.")


def _exclusion_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    if not _frames_of(given):
        return
    for name in _references_of(family):
        if name in given:
            words = _REFERENCE_WORDS[name]
            yield Fault(name, "exclusive", f"Use either first and last frames or {words}, not both.")


def _count_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    for name, rules in _references_of(family).items():
        links = given.get(name)
        if isinstance(links, list | tuple) and len(links) > rules.max_count:
            message = f"{family.label} takes at most {rules.max_count} {_REFERENCE_WORDS[name]}."
            yield Fault(name, "too_many", message)


def _link_faults(given: Mapping[str, object], family: Family) -> Iterator[Fault]:
    wanted = "an http(s) link or a reviewed asset" if family.takes_assets else "an http(s) link"
    for name in _FRAMES:
        link = given.get(name)
        if isinstance(link, str) and not _is_link(link, takes_assets=family.takes_assets):
            yield Fault(name, "link", f"The {_words(name)} must be {wanted}.")
    for name in _references_of(family):
        value = given.get(name)
        links = [link for link in value if isinstance(link, str)] if isinstance(value, list | tuple) else []
        if not all(_is_link(link, takes_assets=family.takes_assets) for link in links):
            yield Fault(name, "link", f"Each of the {_words(name)} must be {wanted}.")


def _is_link(link: str, *, takes_assets: bool) -> bool:
    # urlsplit drops some control characters and white space without a word, so they are looked for first.
    if any(not char.isprintable() or char.isspace() or char in '\\<>"' for char in link):
        return False
    if takes_assets and link.startswith("asset://"):
        return any(map(str.isalnum, link.removeprefix("asset://")))
    try:
        parts = urlsplit(link)
        has_host = bool((parts.hostname or "").strip(".")) and parts.port != 0
    except ValueError:  # brackets, or a port out of range
        return False
    return has_host and parts.scheme in {"http", "https"}


def _frames_of(given: Mapping[str, object]) -> set[str]:
    return {_OLD_NAMES.get(name, name) for name in _FRAMES if name in given}


def _model_names(family: Family) -> tuple[str, ...]:
    return tuple(model.name for model in family.models)


def _durations(family: Family) -> str:
    return "from {} to {} seconds".format(*family.durations)


def _words(name: str) -> str:
    name = _OLD_NAMES.get(name, name)
    return _FRAME_WORDS.get(name) or _REFERENCE_WORDS.get(name) or name


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values)
