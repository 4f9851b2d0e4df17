"""Requests that upstream will take.

Whatever a :class:`VideoRequest` holds has passed :func:`bot.upstream.faults.faults_of`, so its body can meet no
parameter error upstream. This module must never fetch, guess or repair anything but the two old field names and the
white space around a prompt.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.errors import Refusal
from bot.upstream.families import FAMILIES, Family, Mode
from bot.upstream.faults import OLD_NAMES, Fault, faults_of, given_in

REFERENCE_MODES = {
    "referenceImages": Mode.IMAGE_REFERENCE,
    "referenceVideos": Mode.VIDEO_REFERENCE,
    "referenceAudios": Mode.AUDIO_REFERENCE,
}


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
        given = given_in(body)
        fields = {OLD_NAMES.get(name, name): value for name, value in given.items()}
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
        return mode_of(self.body())

    @property
    def duration_s(self) -> int:
        """Length of the video that was asked for, in seconds, the default included."""
        default_s = FAMILIES[self.family].default_duration_s
        return self.duration or default_s or 0  # without a default the rules require a duration

    @property
    def shown_ratio(self) -> str:
        """Ratio of the video that was asked for, the default included."""
        return self.ratio or FAMILIES[self.family].default_ratio

    def body(self) -> dict[str, object]:
        """Return the JSON body to send: new field names only, no nulls, no empty lists."""
        fields = self.model_dump(mode="json", by_alias=True, exclude={"family"})
        return given_in(fields)


def mode_of(fields: Collection[str]) -> Mode:
    """Return the mode that follows from the fields of a body that have something in them."""
    references = [mode for name, mode in REFERENCE_MODES.items() if name in fields]
    if len(references) > 1:
        return Mode.MULTIMODAL
    if references:
        return references[0]
    if "last_image" in fields:
        return Mode.FIRST_LAST_FRAME
    return Mode.FIRST_FRAME if "first_image" in fields else Mode.TEXT
