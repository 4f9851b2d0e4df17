"""Reads pictures with Pillow. Runs only in the child of :mod:`bot.media.probe`, under its limits."""

from typing import BinaryIO

from PIL import Image

from bot.media.facts import MediaFacts, MediaKind, NoFacts, Reason

# Nearly twice the largest picture a family takes; Pillow needs 4 bytes for each, and twice that while it decodes.
PIXELS_MAX = 64_000_000

_ORIENTATION = 0x0112  # the EXIF tag
_TURNED = frozenset({5, 6, 7, 8})  # its values for a picture that is shown on its side


def picture_facts(file: BinaryIO, *, format: str, file_bytes: int) -> MediaFacts:
    """Return the facts of a picture after decoding it once; of a moving one, the first frame.

    Raises:
        NoFacts: It has too many pixels; its header says so, and nothing was decoded.
        Exception: Whatever Pillow stumbles over in a broken picture.
    """
    Image.MAX_IMAGE_PIXELS = None  # the check below is stricter, and comes before any decoding too
    with Image.open(file, formats=[format]) as image:
        if image.width * image.height > PIXELS_MAX:
            raise NoFacts(Reason.TOO_MANY_PIXELS)
        image.verify()  # checks the sums that decoding skips, and leaves the image unusable
    file.seek(0)
    with Image.open(file, formats=[format]) as image:
        image.load()
        width_px, height_px = image.size
        if image.getexif().get(_ORIENTATION) in _TURNED:
            width_px, height_px = height_px, width_px
    return MediaFacts(
        kind=MediaKind.IMAGE, format=format, file_bytes=file_bytes, width_px=width_px, height_px=height_px
    )
