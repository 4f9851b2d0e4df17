"""What is known about a file that somebody attached.

Facts come from the file's bytes alone; nothing here may trust its name or what its sender says of it.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.errors import Refusal


class MediaKind(StrEnum):
    """What a file is to a person."""

    IMAGE = "picture"
    VIDEO = "clip"
    AUDIO = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What the bytes of one file say.

    Attributes:
        format: png, jpeg, webp, gif, bmp, tiff, mp4, mov, mp3 or wav.
        width_px: As shown, so after the turn that a camera noted; None for a sound.
        height_px: As ``width_px``.
        length_s: Length of the longest track; None for a picture, moving ones included.
        video_codec: FFmpeg's name for it, such as h264; None for pictures and sounds.
        audio_codec: FFmpeg's name for it, such as aac; None where there is no sound.
    """

    kind: MediaKind
    format: str
    file_bytes: int
    width_px: int | None = None
    height_px: int | None = None
    length_s: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file as Discord describes it, before anybody looked.

    Attributes:
        field: The field of the request it is meant for, such as ``first_image`` or ``referenceVideos``.
        name: How people know it, in their own words: not yet harmless to show.
        url: Where Discord keeps it.
        declared_bytes: The size Discord tells, if it does.
    """

    field: str
    name: str
    url: str
    declared_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class NamedMedia:
    """A file that could be read; ``field`` and ``name`` as in :class:`AttachedFile`."""

    field: str
    name: str
    facts: MediaFacts


class UnreadableMedia(Refusal):
    """A file is no media, is broken, or would take too much to look at."""


class Reason(StrEnum):
    """Why a file has no facts."""

    EMPTY = "empty"
    NOT_MEDIA = "not_media"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_LARGE = "too_large"
    TOOK_TOO_LONG = "took_too_long"


class NoFacts(Exception):
    """A file has no facts, for this reason. Only the child that looks at it raises this."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason
