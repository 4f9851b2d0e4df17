"""Real files of every kind, made here and kept for the session, and files that only pretend."""

import functools
import io
import math
import struct
import wave
import zlib
from array import array
from fractions import Fraction

import av
from PIL import Image

SAMPLES_PER_S = 48_000
FRAMES_PER_S = 8


@functools.cache
def picture(format="PNG", size=(640, 480), *, frames=1, orientation=None):
    first, *rest = [Image.new("RGB", size, (40 * number, 90, 140)) for number in range(frames)]
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    out = io.BytesIO()
    more = {"save_all": True, "append_images": rest} if rest else {}
    more |= {"exif": exif} if orientation is not None else {}
    first.save(out, format, **more)
    return out.getvalue()


@functools.cache
def noise(format="PNG", size=(640, 480)):
    """A picture that does not compress, so that cutting its file cuts the picture."""
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, format)
    return out.getvalue()


@functools.cache
def clip(format="mp4", *, length_s=1.0, size=(1280, 720), video="libx264", audio="aac"):
    """A clip, or with ``video=None`` a container that holds only sound."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as container:
        picture_track = container.add_stream(video, rate=FRAMES_PER_S) if video else None
        sound_track = container.add_stream(audio, rate=SAMPLES_PER_S, layout="mono") if audio else None
        if picture_track:
            picture_track.width, picture_track.height = size
            picture_track.pix_fmt = "yuv420p"
            picture_track.thread_count = 1
            for number in range(round(length_s * FRAMES_PER_S)):
                frame = av.VideoFrame.from_image(Image.new("RGB", size, (number % 256, 90, 140)))
                frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_S)
                container.mux(picture_track.encode(frame))
            container.mux(picture_track.encode(None))
        if sound_track:
            container.mux(sound_track.encode(_tone(length_s)))
            container.mux(sound_track.encode(None))
    return out.getvalue()


@functools.cache
def mp3(length_s=1.0):
    return clip("mp3", length_s=length_s, video=None, audio="libmp3lame")


@functools.cache
def wav(length_s=1.0):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(2 * round(length_s * 8_000)))
    return out.getvalue()


def png_that_claims(width_px, height_px, *, unpacked_bytes=0):
    """A tiny PNG with any size in its header; ``unpacked_bytes`` is what its data unpacks to."""
    header = struct.pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(unpacked_bytes), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def claiming_length(mp4_bytes, length_s):
    """An MP4 whose every header (mvhd, tkhd, mdhd, elst) is made to tell another length."""
    changed = bytearray(mp4_bytes)
    for box, scale_at, length_at in (
        (b"mvhd", 16, 20),
        (b"mdhd", 16, 20),
        (b"tkhd", None, 24),
        (b"elst", None, 12),
    ):
        start = changed.find(box)
        while start != -1:
            scale = 1000 if scale_at is None else int.from_bytes(changed[start + scale_at :][:4], "big")
            struct.pack_into(">I", changed, start + length_at, round(length_s * scale))
            start = changed.find(box, start + 4)
    return bytes(changed)


def _chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _tone(length_s):
    samples = array("f", (0.1 * math.sin(number / 20) for number in range(round(length_s * SAMPLES_PER_S))))
    frame = av.AudioFrame(format="fltp", layout="mono", samples=len(samples))
    frame.planes[0].update(samples.tobytes())
    frame.sample_rate, frame.time_base, frame.pts = SAMPLES_PER_S, Fraction(1, SAMPLES_PER_S), 0
    return frame
