"""Facts come from the bytes, and no file, however crafted, does more than be refused."""

import tempfile

import pytest

import files
from bot.media.examiner import Examiner
from bot.media.facts import MediaFacts, MediaKind, UnreadableMedia


@pytest.fixture
def facts_of():
    async def facts_of(content, *, examiner=None):
        with tempfile.TemporaryFile() as file:
            file.write(content)
            file.flush()
            return await (examiner or Examiner()).facts_of(file, name="a.png")

    return facts_of


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "gif", "bmp", "tiff"])
async def test_a_picture_is_known_by_its_bytes(facts_of, format):
    content = files.picture(format, (640, 480))

    facts = await facts_of(content)

    assert facts == MediaFacts(
        kind=MediaKind.IMAGE, format=format, file_bytes=len(content), width_px=640, height_px=480
    )


@pytest.mark.parametrize("format", ["gif", "webp"])
async def test_a_moving_picture_is_a_picture(facts_of, format):
    facts = await facts_of(files.picture(format, frames=3))

    assert (facts.kind, facts.format, facts.length_s) == (MediaKind.IMAGE, format, None)


async def test_a_picture_is_measured_as_it_is_shown(facts_of):
    facts = await facts_of(files.picture("jpeg", (640, 480), orientation=6))

    assert (facts.width_px, facts.height_px) == (480, 640)


@pytest.mark.parametrize("format", ["mp4", "mov"])
async def test_a_clip_is_known_by_its_bytes(facts_of, format):
    facts = await facts_of(files.clip(format, length_s=2.0, size=(1280, 720)))

    assert (facts.kind, facts.format) == (MediaKind.VIDEO, format)
    assert (facts.width_px, facts.height_px) == (1280, 720)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.length_s == pytest.approx(2.0, abs=0.08)


@pytest.mark.parametrize(("make", "format"), [(files.mp3, "mp3"), (files.wav, "wav")])
async def test_a_sound_is_known_by_its_bytes(facts_of, make, format):
    facts = await facts_of(make(15.0))

    assert (facts.kind, facts.format, facts.width_px) == (MediaKind.AUDIO, format, None)
    assert facts.length_s == pytest.approx(15.0, abs=0.08)


async def test_an_mp4_without_pictures_is_a_sound(facts_of):
    facts = await facts_of(files.clip(video=None))

    assert (facts.kind, facts.format, facts.video_codec) == (MediaKind.AUDIO, "mp4", None)


async def test_a_clip_may_be_silent(facts_of):
    facts = await facts_of(files.clip(audio=None))

    assert (facts.audio_codec, facts.length_s) == (None, 1.0)


@pytest.mark.parametrize(
    ("encoder", "codec"), [("mpeg4", "mpeg4"), ("libvpx-vp9", "vp9"), ("libaom-av1", "av1")]
)
async def test_an_odd_codec_is_named(facts_of, encoder, codec):
    facts = await facts_of(files.clip(video=encoder, size=(320, 240)))

    assert facts.video_codec == codec


async def test_a_clip_is_as_long_as_its_packets_though_its_header_says_less(facts_of):
    facts = await facts_of(files.claiming_length(files.clip(length_s=4.0), 0.5))

    assert facts.length_s == pytest.approx(4.0, abs=0.08)


async def test_a_header_that_promises_an_hour_is_not_believed(facts_of):
    with pytest.raises(UnreadableMedia, match="broken"):
        await facts_of(files.claiming_length(files.clip(length_s=4.0), 3600.0))


@pytest.mark.parametrize(
    "content",
    [
        b"hello",
        b"<!doctype html><title>x</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"#EXTM3U\nfile:///etc/passwd\n",
        b"\0\0\0\x18ftypavif" + bytes(100),
        b"\x1a\x45\xdf\xa3" + bytes(100),
    ],
)
async def test_what_is_no_media_of_ours_is_refused(facts_of, content):
    with pytest.raises(UnreadableMedia, match=r"“a\.png” is not a picture, clip or sound I can read"):
        await facts_of(content)


async def test_an_empty_file_is_called_empty(facts_of):
    with pytest.raises(UnreadableMedia, match=r"“a\.png” is empty"):
        await facts_of(b"")


@pytest.mark.parametrize(
    "whole",
    [
        *(files.noise(format) for format in ("png", "jpeg", "webp", "gif", "bmp", "tiff")),
        files.clip(length_s=2.0),
        files.wav(4.0),
        files.mp3(4.0),
    ],
    ids=["png", "jpeg", "webp", "gif", "bmp", "tiff", "mp4", "wav", "mp3"],
)
async def test_what_is_cut_short_is_refused(facts_of, whole):
    with pytest.raises(UnreadableMedia, match="broken or cut short"):
        await facts_of(whole[: len(whole) // 2])


@pytest.mark.parametrize(
    "content",
    [
        files.png_that_claims(100, 100),
        b"\0\0\0\x18ftypmp42" + b"v" * 5000,
        b"RIFF\0\0\0\0WAVEfmt ",
        b"ID3" + bytes(50),
        b"\xff\xfb" + b"junk" * 100,
    ],
)
async def test_what_only_begins_like_media_is_refused(facts_of, content):
    with pytest.raises(UnreadableMedia, match="broken or cut short"):
        await facts_of(content)


async def test_a_picture_of_impossible_size_is_refused_by_its_header(facts_of):
    with pytest.raises(UnreadableMedia, match="more pixels than I can look at"):
        await facts_of(files.png_that_claims(60_000, 60_000))


async def test_data_that_unpacks_to_far_more_than_the_picture_is_not_unpacked(facts_of):
    facts = await facts_of(files.png_that_claims(100, 100, unpacked_bytes=200_000_000))

    assert facts.width_px == 100


async def test_a_look_that_takes_too_long_is_ended(facts_of):
    with pytest.raises(UnreadableMedia, match="took too long"):
        await facts_of(files.picture(), examiner=Examiner(look_s=0.0))
