import pytest
from PIL import ImageChops

from bot.sandbox.contract import Order
from bot.sandbox.pictures import Reference, background_of, frame_of, size_of

SIZE = (320, 180)


def make_order(prompt: str = "a fox", ratio: str = "16:9") -> Order:
    return Order(model="videos", prompt=prompt, duration_s=4, ratio=ratio, short_side_px=720)


@pytest.mark.parametrize(
    ("ratio", "size"),
    [
        ("16:9", (1280, 720)),
        ("9:16", (720, 1280)),
        ("1:1", (720, 720)),
        ("21:9", (1680, 720)),
        ("4:3", (960, 720)),
        ("3:4", (720, 960)),
    ],
)
def test_the_ratio_is_the_one_asked_for(ratio, size):
    assert size_of(make_order(ratio=ratio), short_side_px=720) == size


@pytest.mark.parametrize(
    "prompt",
    ["x", "Ein Käfer läuft", "猫" * 100_000, "W" * 1500, "a\x00\n\tb", "🦊 fox", " \u200b", "a\n" * 700],
)
def test_any_prompt_can_be_drawn(prompt):
    image = background_of(make_order(prompt), (), size=SIZE)

    assert len(image.getcolors(maxcolors=100_000)) > 1


def test_the_picture_moves():
    background = background_of(make_order(), (), size=SIZE)

    early, late = (frame_of(background, at=at) for at in (0.2, 0.8))

    assert ImageChops.difference(early, late).getbbox()


def test_a_reference_picture_is_shown(red_picture):
    image = background_of(make_order(), [Reference("image 1", red_picture)], size=SIZE)

    assert (255, 0, 0) in {color for _, color in image.getcolors(maxcolors=100_000)}


def test_a_reference_that_is_no_picture_is_an_empty_frame(red_picture):
    broken = [Reference("image 1", red_picture[:50]), Reference("image 2", b"text"), Reference("video 1")]

    image = background_of(make_order(), broken * 5, size=SIZE)

    assert image.size == SIZE
