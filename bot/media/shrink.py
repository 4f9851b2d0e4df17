"""A child process that makes a smaller copy of a video: ``python -m bot.media.shrink TO MAX_BYTES < FILE``.

The video is a stranger's, so it is decoded under the same kind of limits as in :mod:`bot.media.probe`. It exits with 0
only when the copy is whole and small enough, and never opens a path or a link that the file names.
"""

import errno
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.video.frame import PictureType

from bot.media.probe import limit_this_process

CPU_S = 280  # about four minutes of 1080p, single-threaded; results have 15 seconds
SIDE_MAX_PX = 1920
SIDE_MIN_PX = 64
FRAMES_PER_S_MAX = 60
# Below this many bits for each pixel H.264 gets ugly, and fewer pixels look better.
BITS_PER_PIXEL = 0.07
# Containers need a little, and an encoder hits its bit rate only roughly.
SHARE_USED = 0.92
SOUND_MAX_BIT_RATE = 128_000
MICROSECONDS_PER_S = 1_000_000

_EBML = b"\x1a\x45\xdf\xa3"


@dataclass(frozen=True, slots=True)
class Try:
    """One way to make the copy: the share of the allowed size to aim at, and whether it keeps its sound."""

    share: float
    has_sound: bool = True


TRIES = (Try(1.0), Try(0.6), Try(0.3, has_sound=False))


class DoesNotFit(Exception):
    """No try came out small enough."""


def shrink(file: BinaryIO, to: Path, *, max_bytes: int) -> None:
    """Write a copy that plays everywhere and has at most ``max_bytes``.

    Raises:
        DoesNotFit: It cannot be made that small.
        Exception: Whatever PyAV stumbles over in a broken file.
    """
    for each in TRIES:
        file.seek(0)
        try:
            _encode(file, to, wanted_bytes=max_bytes * each.share, has_sound=each.has_sound)
        except OSError as error:
            if error.errno != errno.EFBIG:  # the limit of this process
                raise
        else:
            if to.stat().st_size <= max_bytes:
                return
    raise DoesNotFit


def size_for(width: int, height: int, *, pixels_per_frame: float) -> tuple[int, int]:
    """Return even sides of the same shape, with about so many pixels and never more than before."""
    factor = min(1.0, (pixels_per_frame / (width * height)) ** 0.5, SIDE_MAX_PX / max(width, height))
    factor = max(factor, min(1.0, SIDE_MIN_PX / min(width, height)))
    return (max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2))


def _encode(file: BinaryIO, to: Path, *, wanted_bytes: float, has_sound: bool) -> None:
    head = file.read(len(_EBML))
    file.seek(0)
    # The demuxer is named because others, such as playlists, would open files and links of their own.
    with (
        av.open(file, "r", format="matroska" if head == _EBML else "mov") as source,
        av.open(f"file:{to}", "w", format="mp4", options={"movflags": "+faststart"}) as copy,
    ):
        bit_rate = int(wanted_bytes * SHARE_USED * 8 / _length_s(source))
        sounds = source.streams.audio[:1] if has_sound else ()
        sound_bit_rate = min(SOUND_MAX_BIT_RATE, bit_rate // 4) if sounds else 0
        picture = source.streams.video[0]
        picture.codec_context.thread_count = 1  # threads would reserve more memory than the child may have
        picture_track = _picture_track(copy, picture, bit_rate=bit_rate - sound_bit_rate)
        sound_tracks = [_sound_track(copy, bit_rate=sound_bit_rate) for _ in sounds]
        for frame in source.decode(picture, *sounds):
            if isinstance(frame, av.VideoFrame):
                copy.mux(picture_track.encode(_as_shown(frame, picture_track)))
            elif isinstance(frame, av.AudioFrame):
                copy.mux(sound_tracks[0].encode(frame))
        copy.mux(picture_track.encode(None))
        for sound_track in sound_tracks:
            copy.mux(sound_track.encode(None))


def _length_s(source: av.container.InputContainer) -> float:
    if not source.duration or not source.streams.video:
        raise DoesNotFit("its length is unknown, or it shows nothing")
    return source.duration / MICROSECONDS_PER_S


def _picture_track(
    copy: av.container.OutputContainer, source: av.VideoStream, *, bit_rate: int
) -> av.VideoStream:
    rate = min(source.average_rate or Fraction(24), Fraction(FRAMES_PER_S_MAX))
    track = copy.add_stream("libx264", rate=rate)
    pixels_per_frame = bit_rate / BITS_PER_PIXEL / float(rate)
    track.width, track.height = size_for(source.width, source.height, pixels_per_frame=pixels_per_frame)
    track.pix_fmt = "yuv420p"
    track.bit_rate = bit_rate
    track.thread_count = 1
    # The bit rate holds for every two seconds, so that a lively scene cannot break the size.
    track.options = {"preset": "veryfast", "maxrate": str(bit_rate), "bufsize": str(2 * bit_rate)}
    return track


def _sound_track(copy: av.container.OutputContainer, *, bit_rate: int) -> av.AudioStream:
    track = copy.add_stream("aac", rate=48_000, layout="stereo")
    track.bit_rate = bit_rate
    return track


def _as_shown(frame: av.VideoFrame, track: av.VideoStream) -> av.VideoFrame:
    shown = frame.reformat(width=track.width, height=track.height, format=track.pix_fmt)
    shown.pict_type = PictureType.NONE  # which frames are whole is for the new encoder to say
    return shown


def main() -> None:
    """Make the copy of the video on standard input."""
    to, max_bytes = Path(sys.argv[1]), int(sys.argv[2])
    # A copy above the allowed size is of no use, so the system stops it there.
    limit_this_process(cpu_s=CPU_S, written_bytes=max_bytes + 1)
    shrink(sys.stdin.buffer, to, max_bytes=max_bytes)


if __name__ == "__main__":
    main()
