"""Draws what the sandbox's videos show: the request itself, readable, and something that moves.

A video is one still background and a little paint on every frame, which is what keeps rendering quick.
It must never fail over a picture somebody sent: what cannot be shown is an empty frame with its label.
"""

import contextlib
import io
import math
import textwrap
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from PIL import Image, ImageColor, ImageDraw, ImageFont, ImageOps

from bot.sandbox.contract import Order

INK = (245, 245, 240)
FAINT = (170, 170, 180)
EMPTY = (40, 40, 48)
# Looked for among the system's fonts when a prompt has letters that Pillow's own font lacks.
WIDER_FONTS = ("NotoSansCJK-Regular.ttc", "msyh.ttc", "Arial Unicode.ttf", "DejaVuSans.ttf")
SMALLEST_TEXT_PX = 8
SAMPLE_TEXT_PX = 20
LARGEST_SHARE = 3  # of a box's height: a short prompt is not blown up to one huge line
REFERENCES_PER_ROW = 5
SHOWN_CHARS = 2_000  # one family has no limit, and nobody could read more


@dataclass(frozen=True, slots=True)
class Reference:
    """A medium given with the request; ``data`` is None where nothing can be shown."""

    label: str
    data: bytes | None = None


def size_of(order: Order, *, short_side_px: int) -> tuple[int, int]:
    """Return width and height for the ratio asked for, both even, as H.264 wants them."""
    wide, high = (int(part) for part in order.ratio.split(":"))
    unit_px = short_side_px / min(wide, high)
    return round(wide * unit_px / 2) * 2, round(high * unit_px / 2) * 2


def background_of(order: Order, references: Sequence[Reference], *, size: tuple[int, int]) -> Image.Image:
    """Draw everything that does not move: title, prompt and reference pictures."""
    hue = zlib.crc32(order.prompt.encode()) % 360
    image = Image.new("RGB", size, ImageColor.getrgb(f"hsl({hue}, 45%, 22%)"))
    draw = ImageDraw.Draw(image)
    width, height = size
    margin_px = min(size) // 20
    title = f"SANDBOX | {order.model} | {order.mode} | {order.duration_s} s | {order.ratio}"
    _write(draw, title, box=(margin_px, margin_px, width - margin_px, height // 7), color=FAINT)
    bottom_px = height * (8 if references else 17) // 20
    _write(
        draw,
        order.prompt[:SHOWN_CHARS],
        box=(margin_px, height // 6, width - margin_px, bottom_px),
        color=INK,
    )
    if references:
        box = (margin_px, bottom_px + margin_px, width - margin_px, height * 17 // 20)
        _show_references(image, references, box=box)
    return image


def frame_of(background: Image.Image, *, at: float) -> Image.Image:
    """Paint one instant: a bar that fills and a ball that travels with it. ``at`` runs from 0 to 1."""
    image = background.copy()
    draw = ImageDraw.Draw(image)
    width, height = image.size
    radius_px = min(image.size) // 30
    left_px, right_px = 2 * radius_px, width - 2 * radius_px
    now_px = left_px + round((right_px - left_px) * at)
    line_px = height - 3 * radius_px
    draw.line((left_px, line_px, right_px, line_px), fill=FAINT, width=max(1, radius_px // 2))
    draw.line((left_px, line_px, now_px, line_px), fill=INK, width=max(1, radius_px // 2))
    draw.circle((now_px, line_px), radius_px, fill=INK)
    return image


def _write(
    draw: ImageDraw.ImageDraw, text: str, *, box: tuple[int, int, int, int], color: tuple[int, int, int]
) -> None:
    """Write a text as large as it fits into the box, wrapped; cut it when even the smallest does not fit."""
    left_px, top_px, right_px, bottom_px = box
    room_px = bottom_px - top_px
    widest = _font_for(text)
    text = _drawable(text, widest)
    size_px = max(SMALLEST_TEXT_PX, room_px // LARGEST_SHARE)
    while True:
        font = widest.font_variant(size=size_px)
        lines = _wrapped(text, font, width_px=right_px - left_px)
        line_px = size_px * 5 // 4
        if size_px <= SMALLEST_TEXT_PX or len(lines) * line_px <= room_px:
            break
        size_px = max(SMALLEST_TEXT_PX, size_px * 9 // 10)
    for number, line in enumerate(lines[: max(1, room_px // line_px)]):
        draw.text((left_px, top_px + number * line_px), line, fill=color, font=font)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, *, width_px: int) -> list[str]:
    """Break a text into lines by its average letter, and by a narrower one until every line fits."""
    letters = max(1, int(width_px * len(text) / max(1.0, font.getlength(text.replace("\n", " ")))))
    while True:
        lines = [line for part in text.splitlines() for line in textwrap.wrap(part, letters) or [""]]
        if letters == 1 or all(font.getlength(line) <= width_px for line in lines):
            return lines
        letters = max(1, letters * 9 // 10)


def _font_for(text: str) -> ImageFont.FreeTypeFont:
    """Return the first font with the fewest letters missing, Pillow's own if it has them all."""
    # Pillow gives another kind of font only where it was built without FreeType; its wheels never are.
    fonts = [cast(ImageFont.FreeTypeFont, ImageFont.load_default(size=SAMPLE_TEXT_PX))]
    if not _missing(text, fonts[0]):
        return fonts[0]
    for name in WIDER_FONTS:
        with contextlib.suppress(OSError):
            fonts.append(ImageFont.truetype(name, SAMPLE_TEXT_PX))
    return min(fonts, key=lambda font: len(_missing(text, font)))


def _missing(text: str, font: ImageFont.FreeTypeFont) -> set[str]:
    """Return the letters a font has no shape for: they look like one that exists in no script."""
    nothing = bytes(font.getmask("\uffff"))
    return {letter for letter in set(text) if letter.isprintable() and bytes(font.getmask(letter)) == nothing}


def _drawable(text: str, font: ImageFont.FreeTypeFont) -> str:
    """Drop accents the font lacks and control characters; leave the rest as it is."""
    plain = {letter: unicodedata.normalize("NFKD", letter)[0] for letter in _missing(text, font)}
    return "".join(
        plain.get(letter, letter) if letter.isprintable() or letter == "\n" else " " for letter in text
    )


def _show_references(
    image: Image.Image, references: Sequence[Reference], *, box: tuple[int, int, int, int]
) -> None:
    """Lay the references out in rows, each whole, framed, and labelled below."""
    left_px, top_px, right_px, bottom_px = box
    columns = min(len(references), REFERENCES_PER_ROW)
    cell_width_px = (right_px - left_px) // columns
    cell_height_px = (bottom_px - top_px) // math.ceil(len(references) / columns)
    label_px = max(SMALLEST_TEXT_PX + 2, cell_height_px // 6)
    room = (max(2, min(cell_width_px, 2 * cell_height_px) - 4), max(2, cell_height_px - label_px - 4))
    draw = ImageDraw.Draw(image)
    for number, reference in enumerate(references):
        x_px = left_px + number % columns * cell_width_px
        y_px = top_px + number // columns * cell_height_px
        picture = _picture_in(reference.data, size=room) or Image.new("RGB", room, EMPTY)
        image.paste(picture, (x_px, y_px))
        end_px = y_px + picture.height
        draw.rectangle((x_px, y_px, x_px + picture.width, end_px), outline=FAINT)
        _write(
            draw, reference.label, box=(x_px, end_px, x_px + cell_width_px, end_px + label_px), color=FAINT
        )


def _picture_in(data: bytes | None, *, size: tuple[int, int]) -> Image.Image | None:
    """Return the picture in some bytes, shrunk to fit; None when there is none to be found."""
    if not data:
        return None
    try:
        with Image.open(io.BytesIO(data)) as picture:
            picture.draft("RGB", size)
            return ImageOps.contain(picture.convert("RGB"), size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
