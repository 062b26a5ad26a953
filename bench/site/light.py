"""Pictures of reports as small files: a site is read over a network, and kept in repositories."""

from __future__ import annotations

import io
from collections.abc import Mapping

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bench.cache.output import MAKER
from bench.core.errors import BenchError, in_a_line

TOTAL = 1_200_000
"""Bytes at most of all pictures of a site, which is to stay below 2 MB."""
LARGEST = (60_000, 40_000, 25_000, 15_000, 8_000)
"""Bytes at most of one picture: the first with which all pictures stay within `TOTAL`."""
LOOKS = ((1480, 64), (900, 32), (740, 32), (600, 32), (480, 16), (360, 8))
"""Width in px and number of colours, the best first: figures have few colours, and words on them
are read down to about 600 px."""


def light(pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same pictures, smaller; the last are left out where there are too many to be legible.

    Args:
        pictures: png by path.

    Raises:
        BenchError: a file is damaged.
    """
    found = dict(pictures)
    left = {path: iter(LOOKS) for path in pictures}
    for most in LARGEST:
        for path in found:
            # Goes on where the limit before ended: no look is tried twice.
            while len(found[path]) > most and (look := next(left[path], None)):
                found[path] = _encoded(_opened(path, pictures[path]), *look)
        if sum(map(len, found.values())) <= TOTAL:
            return found
    kept: dict[str, bytes] = {}
    for path, data in found.items():
        if sum(map(len, kept.values())) + len(data) > TOTAL:
            break
        kept[path] = data
    return kept


def _opened(path: str, data: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as opened:
            return opened.convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BenchError(
            f"{path} is a damaged picture ({in_a_line(error)}): run `bench explain` again"
        ) from error


def _encoded(picture: Image.Image, width: int, colours: int) -> bytes:
    if picture.width > width:
        size = width, max(1, round(picture.height * width / picture.width))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    # Without dithering, whose noise would take most of the file.
    few = picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    note, out = PngInfo(), io.BytesIO()
    note.add_text("Software", MAKER)
    few.save(out, "png", optimize=True, pnginfo=note)
    return out.getvalue()
