"""Reads clips and sounds with PyAV. Runs only in the child of :mod:`bot.media.probe`, under its limits.

A length is what the packets add up to, never what a header claims.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

import av
from av.stream import Disposition

from bot.media.facts import MediaFacts, MediaKind, NoFacts, Reason

PACKETS_MAX = 400_000  # an hour and more of anything; a few seconds of work
SIDE_PX_MAX = 8192  # twice 4K; a clip's first frame is decoded
# A header may round, but not promise more than this beyond what is there: then the file was cut.
MISSING_S = 0.5
# Edit lists and rounding make a movie's own length differ from its tracks'; this much more is a lie.
CLAIM_S = 1.0
HEADER_MAX_BYTES = 4_194_304  # where the header of a short clip stands, at either end

# Edit lists can hide most of a file from a reader that obeys them.
_OPTIONS = {"mp4": {"ignore_editlist": "1"}, "mov": {"ignore_editlist": "1"}}
_DEMUXERS = {"mp4": "mov", "mov": "mov", "mp3": "mp3", "wav": "wav"}

_Track = av.VideoStream | av.AudioStream


@dataclass(slots=True)
class _Measure:
    """What the packets of one track add up to, in units of the track's time base."""

    packet_count: int = 0
    start: int | None = None
    end: int = 0

    def add(self, packet: av.Packet) -> None:
        self.packet_count += 1
        at = packet.pts if packet.pts is not None else packet.dts
        if at is not None:
            self.start = at if self.start is None else min(self.start, at)
            self.end = max(self.end, at + (packet.duration or 0))


def clip_facts(file: BinaryIO, *, format: str, file_bytes: int) -> MediaFacts:
    """Return the facts of a clip or a sound after walking through it once.

    Raises:
        NoFacts: It is cut short, has no track, or is far too long or too large.
        Exception: Whatever PyAV stumbles over in a broken file.
    """
    # The demuxer is named because others, such as playlists, would open files and links of their own.
    with av.open(file, "r", format=_DEMUXERS[format], options=_OPTIONS.get(format, {})) as container:
        videos = [track for track in container.streams.video if not _is_cover(track)]
        audios = list(container.streams.audio)
        tracks: list[_Track] = [*videos, *audios]
        length_s = _length_s(container, tracks)
        if format in _OPTIONS and _claimed_s(file) > length_s + CLAIM_S:
            raise NoFacts(Reason.BROKEN)
        container.seek(0)
        _decode_one_frame(container, tracks[0])
        return MediaFacts(
            kind=MediaKind.VIDEO if videos else MediaKind.AUDIO,
            format=format,
            file_bytes=file_bytes,
            width_px=videos[0].width if videos else None,
            height_px=videos[0].height if videos else None,
            length_s=length_s,
            video_codec=_codec(videos),
            audio_codec=_codec(audios),
        )


def _claimed_s(file: BinaryIO) -> float:
    """Return the length that the movie header of an MP4 or MOV claims, in seconds; 0 if it claims none.

    PyAV corrects this number by what it finds, but whoever plays the file next may believe it.
    Source: ISO/IEC 14496-12, "Movie Header Box".
    """
    file.seek(0)
    header = file.read(HEADER_MAX_BYTES)
    if b"mvhd" not in header:
        file.seek(-min(HEADER_MAX_BYTES, file.seek(0, 2)), 2)
        header = file.read(HEADER_MAX_BYTES)
    at = header.find(b"mvhd") + 4
    if at < 4 or len(header) < at + 32:
        return 0.0
    is_wide = header[at] == 1
    scale = int.from_bytes(header[at + (20 if is_wide else 12) :][:4])
    length = int.from_bytes(header[at + (24 if is_wide else 16) :][: 8 if is_wide else 4])
    is_unknown = length == (1 << (64 if is_wide else 32)) - 1
    return 0.0 if is_unknown or not scale else length / scale


def _is_cover(track: av.VideoStream) -> bool:
    return bool(track.disposition & Disposition.attached_pic)


def _codec(tracks: Iterable[_Track]) -> str | None:
    return next((track.codec_context.codec.canonical_name for track in tracks), None)


def _length_s(container: av.container.InputContainer, tracks: list[_Track]) -> float:
    measures = {track.index: _Measure() for track in tracks}
    if not measures:
        raise NoFacts(Reason.BROKEN)
    for number, packet in enumerate(container.demux(tracks)):
        if number > PACKETS_MAX:
            raise NoFacts(Reason.TOOK_TOO_LONG)
        if packet.is_corrupt:
            raise NoFacts(Reason.BROKEN)
        if packet.size:  # PyAV ends each track with an empty packet
            measures[packet.stream_index].add(packet)
    return max(_track_s(track, measures[track.index]) for track in tracks)


def _track_s(track: _Track, measure: _Measure) -> float:
    if measure.start is None or measure.packet_count < track.frames or track.time_base is None:
        raise NoFacts(Reason.BROKEN)
    length_s = float((measure.end - measure.start) * track.time_base)
    if track.duration is not None and float(track.duration * track.time_base) > length_s + MISSING_S:
        raise NoFacts(Reason.BROKEN)
    return length_s


def _decode_one_frame(container: av.container.InputContainer, track: _Track) -> None:
    if isinstance(track, av.VideoStream) and max(track.width, track.height) > SIDE_PX_MAX:
        raise NoFacts(Reason.TOO_MANY_PIXELS)
    track.codec_context.thread_count = 1  # threads would reserve more memory than the child may have
    if next(iter(container.decode(track)), None) is None:
        raise NoFacts(Reason.BROKEN)
