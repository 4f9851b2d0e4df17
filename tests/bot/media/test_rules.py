"""Every limit of every family, from both sides."""

import pytest

from bot.media.facts import MediaFacts, MediaKind, NamedMedia
from bot.media.rules import media_faults
from bot.upstream.families import FAMILIES, MB

VIDEOS, SD2 = FAMILIES["videos"], FAMILIES["sd2_manxue"]


def image(field="referenceImages", *, format="png", file_bytes=MB, size=(1024, 1024), name="a.png"):
    facts = MediaFacts(
        kind=MediaKind.IMAGE, format=format, file_bytes=file_bytes, width_px=size[0], height_px=size[1]
    )
    return NamedMedia(field, name, facts)


def clip(*, format="mp4", file_bytes=MB, size=(1280, 720), length_s=5.0, name="a.mp4"):
    facts = MediaFacts(
        kind=MediaKind.VIDEO,
        format=format,
        file_bytes=file_bytes,
        width_px=size[0],
        height_px=size[1],
        length_s=length_s,
    )
    return NamedMedia("referenceVideos", name, facts)


def sound(*, format="mp3", file_bytes=MB, length_s=5.0, name="a.mp3"):
    facts = MediaFacts(kind=MediaKind.AUDIO, format=format, file_bytes=file_bytes, length_s=length_s)
    return NamedMedia("referenceAudios", name, facts)


@pytest.mark.parametrize(
    ("family", "files"),
    [
        (VIDEOS, [image(file_bytes=20 * MB - 1)]),
        (VIDEOS, [image("first_image", size=(12_000, 100), format="bmp")]),
        (VIDEOS, [clip(size=(1280, 720)), clip(size=(4096, 2160)), clip(size=(720, 720))]),
        (VIDEOS, [clip(file_bytes=100 * MB), clip(file_bytes=100 * MB)]),
        (VIDEOS, [clip(length_s=15.0)]),
        (VIDEOS, [clip(length_s=15.073)]),
        (VIDEOS, [clip(length_s=5.04)] * 3),
        (SD2, [image(size=(301, 301)), image(size=(5999, 5999)), image(file_bytes=400 * MB)]),
        (SD2, [image("last_image", size=(401, 1000)), image(size=(2499, 1000))]),
        (SD2, [image(format=format) for format in ("jpeg", "png", "webp", "bmp", "tiff", "gif")]),
        (SD2, [clip(size=(320, 240), file_bytes=500 * MB, length_s=15.0, format="mov")]),
        (SD2, [sound(length_s=7.5), sound(length_s=7.5, format="wav", file_bytes=499 * MB)]),
        (SD2, [clip(length_s=15.0), sound(length_s=15.0)]),
    ],
)
def test_what_lies_within_the_limits_is_taken(family, files):
    assert media_faults(files, family) == ()


@pytest.mark.parametrize(
    ("family", "files", "words"),
    [
        (VIDEOS, [image(file_bytes=20 * MB)], "“a.png” has 20.00 MB (20,000,000 bytes); Videos takes pictures of less"),
        (VIDEOS, [clip(size=(1280, 719))], "“a.mp4” is 1,280 by 719 pixels; Videos takes clips"),
        (VIDEOS, [clip(size=(2161, 2161))], "from 720 to 2,160 pixels"),
        (VIDEOS, [clip(file_bytes=100 * MB), clip(file_bytes=100 * MB + 1)], "200,000,001 bytes); Videos takes"),
        (VIDEOS, [clip(length_s=15.1)], "“a.mp4” lasts 15.10 s; Videos takes at most 15 s"),
        (VIDEOS, [clip(length_s=5.2)] * 3, "together last 15.60 s"),
        (SD2, [image(size=(300, 400))], "“a.png” is 300 by 400 pixels; SD2 Manxue takes pictures with"),
        (SD2, [image("first_image", size=(6000, 5000))], "to 5,999 pixels"),
        (SD2, [image(size=(400, 1000))], "0.4 times as wide as high"),
        (SD2, [image("last_image", size=(2500, 1000))], "2.5 times as wide as high"),
        (SD2, [clip(file_bytes=500 * MB + 1)], "has 500.00 MB (500,000,001 bytes)"),
        (SD2, [clip(length_s=15.1)], "“a.mp4” lasts 15.10 s"),
        (SD2, [sound(file_bytes=500 * MB + 1)], "SD2 Manxue takes at most 500 MB of sounds"),
        (SD2, [sound(length_s=7.6), sound(length_s=7.6, name="b.wav")], "“a.mp3”, “b.wav” together last 15.20 s"),
        (SD2, [sound(format="mp4")], "“a.mp3” is MP4; SD2 Manxue takes sounds as MP3, WAV."),
    ],
)  # fmt: skip
def test_what_lies_outside_is_named_with_its_measure_and_the_limit(family, files, words):
    (fault,) = media_faults(files, family)

    assert words in fault.message
    assert fault.field == files[0].field


def test_a_file_of_the_wrong_kind_gets_that_one_fault():
    misplaced = NamedMedia("first_image", "a.mp4", clip(length_s=99.0, size=(1, 1)).facts)

    (fault,) = media_faults([misplaced], SD2)

    assert (fault.code, fault.message) == ("type", "“a.mp4” is a clip; a picture is needed there.")


def test_every_fault_of_every_file_is_named_at_once():
    files = [image(size=(100, 1000)), clip(length_s=20.0, file_bytes=501 * MB), sound(format="mp4")]

    faults = media_faults(files, SD2)

    assert [fault.field for fault in faults].count("referenceImages") == 2
    assert [fault.field for fault in faults].count("referenceVideos") == 2
    assert [fault.field for fault in faults].count("referenceAudios") == 1
