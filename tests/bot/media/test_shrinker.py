"""A smaller copy plays, fits and keeps its shape; what cannot be shrunk is said to be so."""

import os
from fractions import Fraction

import av
import pytest
from PIL import Image

import files
from bot.media.shrink import size_for
from bot.media.shrinker import CannotShrink, Shrinker

COPY_BYTES = 60_000


@pytest.fixture
def video(tmp_path):
    """Noise, which hardly compresses: some 300,000 bytes."""
    file = tmp_path / "a.mp4"
    with av.open(file, "w", format="mp4") as container:
        track = container.add_stream("libx264", rate=8)
        track.width, track.height, track.pix_fmt, track.thread_count = 640, 360, "yuv420p", 1
        for number in range(8):
            frame = av.VideoFrame.from_image(Image.effect_noise((640, 360), 60).convert("RGB"))
            frame.pts, frame.time_base = number, Fraction(1, 8)
            container.mux(track.encode(frame))
        container.mux(track.encode(None))
    return file


async def test_a_copy_fits_plays_and_keeps_its_shape(video, tmp_path):
    to = tmp_path / "a.small.mp4"

    await Shrinker().shrink(video, to, max_bytes=COPY_BYTES)

    assert to.stat().st_size <= COPY_BYTES < video.stat().st_size
    with av.open(to) as copy:
        track = copy.streams.video[0]
        assert track.codec_context.name == "h264"
        assert track.width / track.height == pytest.approx(16 / 9, abs=0.05)
        assert float(copy.duration / 1_000_000) == pytest.approx(1.0, abs=0.1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.small.mp4"]


async def test_a_copy_keeps_its_sound(tmp_path):
    (tmp_path / "a.mp4").write_bytes(files.clip(length_s=2.0))

    await Shrinker().shrink(tmp_path / "a.mp4", tmp_path / "b.mp4", max_bytes=200_000)

    with av.open(tmp_path / "b.mp4") as copy:
        assert copy.streams.audio[0].codec_context.name == "aac"


async def test_a_copy_may_be_made_again(video, tmp_path):
    to, part = tmp_path / "b.mp4", tmp_path / "b.mp4.part"
    to.write_bytes(b"older")
    part.write_bytes(b"left by a crash")

    await Shrinker().shrink(video, to, max_bytes=COPY_BYTES)

    assert to.stat().st_size > 1000
    assert not part.exists()


@pytest.mark.parametrize(("cut_bytes", "max_bytes"), [(None, 500), (1000, COPY_BYTES)])
async def test_what_is_broken_or_can_never_fit_has_no_copy(cut_bytes, max_bytes, video, tmp_path):
    if cut_bytes:
        os.truncate(video, cut_bytes)

    with pytest.raises(CannotShrink):
        await Shrinker().shrink(video, tmp_path / "b.mp4", max_bytes=max_bytes)

    assert list(tmp_path.iterdir()) == [video]


async def test_a_child_that_takes_too_long_is_ended(video, tmp_path):
    with pytest.raises(CannotShrink, match="too long"):
        await Shrinker(shrink_s=0.0).shrink(video, tmp_path / "b.mp4", max_bytes=COPY_BYTES)


async def test_a_file_that_is_gone_has_no_copy(tmp_path):
    with pytest.raises(CannotShrink, match="FileNotFoundError"):
        await Shrinker().shrink(tmp_path / "a.mp4", tmp_path / "b.mp4", max_bytes=COPY_BYTES)


@pytest.mark.parametrize(
    ("sides", "pixels", "expected"),
    [
        ((1280, 720), 10**9, (1280, 720)),
        ((3840, 2160), 10**9, (1920, 1080)),
        ((1280, 720), 230_400, (640, 360)),
        ((720, 1280), 230_400, (360, 640)),
        ((1280, 720), 1, (114, 64)),
        ((40, 30), 1, (40, 30)),
    ],
)
def test_sides_are_even_keep_their_shape_and_never_grow(sides, pixels, expected):
    assert size_for(*sides, pixels_per_frame=pixels) == expected
