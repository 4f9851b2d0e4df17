"""Turns a background into a real video: a moving picture and a quiet tone, playable from the first bytes.

It runs in a worker thread and touches nothing but the file it was given.
"""

import math
from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any, cast

import av
from PIL import Image

from bot.sandbox.pictures import frame_of

FRAMES_PER_S = 12  # enough to see it move, few enough to render faster than it plays
SAMPLES_PER_S = 48_000
TONE_HZ = 220
TONE_PEAK = 600  # of 32767: audible, and no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a video is packed."""

    suffix: str
    container: str
    video_codec: str
    audio_codec: str
    content_type: str
    video_options: Mapping[str, str]
    container_options: Mapping[str, str] = field(default_factory=dict)


FORMATS: Mapping[str, Format] = {
    "h264": Format(
        suffix=".mp4",
        container="mp4",
        video_codec="libx264",
        audio_codec="aac",
        content_type="video/mp4",
        video_options={"preset": "ultrafast", "crf": "28"},
        container_options={"movflags": "+faststart"},
    ),
    # Browsers without H.264 play this one, for example the Chromium that test tools install.
    "vp9": Format(
        suffix=".webm",
        container="webm",
        video_codec="libvpx-vp9",
        audio_codec="libopus",
        content_type="video/webm",
        video_options={"deadline": "realtime", "cpu-used": "8", "crf": "36", "b": "0"},
    ),
}


class Stopped(Exception):
    """The sandbox is closing; the video was not finished."""


def render(background: Image.Image, to: Path, *, duration_s: int, codec: str, stop: Event) -> None:
    """Write a whole video; the same input gives the same bytes.

    Raises:
        Stopped: ``stop`` was set before the last frame.
    """
    packing = FORMATS[codec]
    with av.open(to, "w", format=packing.container, options=dict(packing.container_options)) as container:
        picture = cast(av.VideoStream, container.add_stream(packing.video_codec, rate=FRAMES_PER_S))
        picture.width, picture.height = background.size
        picture.pix_fmt = "yuv420p"
        picture.options = dict(packing.video_options)
        picture.thread_count = 1  # renders run side by side already, and one thread is repeatable
        sound = cast(
            av.AudioStream, container.add_stream(packing.audio_codec, rate=SAMPLES_PER_S, layout="mono")
        )
        tone = _second_of_tone()
        frame_count = duration_s * FRAMES_PER_S
        for number in range(frame_count):
            if stop.is_set():
                raise Stopped
            image = frame_of(background, at=number / (frame_count - 1))
            frame: av.VideoFrame = cast(Any, av.VideoFrame).from_image(image)  # PyAV leaves it untyped
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
            container.mux(picture.encode(frame))
            if number % FRAMES_PER_S == 0:
                tone.pts = number // FRAMES_PER_S * SAMPLES_PER_S
                container.mux(sound.encode(tone))
        container.mux(picture.encode(None))
        container.mux(sound.encode(None))


def _second_of_tone() -> av.AudioFrame:
    turn = 2 * math.pi * TONE_HZ / SAMPLES_PER_S
    samples = array("h", (round(TONE_PEAK * math.sin(turn * number)) for number in range(SAMPLES_PER_S)))
    frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES_PER_S)
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate = SAMPLES_PER_S
    frame.time_base = Fraction(1, SAMPLES_PER_S)
    return frame
