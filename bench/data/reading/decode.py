"""One image file as the pixels that it holds, 8-bit or deeper, or one line that names it."""

from __future__ import annotations

import functools
import warnings
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.jpeg import END, ends_early, lacks_scans, may_end_early

FORMATS = ("JPEG", "PNG", "BMP", "TIFF")
MOST_PIXELS = 7680 * 4320
"""Of one frame: 8K video, more than any camera in use. A small file may claim far more."""
# Eight bytes a pixel is the most that an image takes uncompressed: four channels of 16 bits.
MOST_BYTES = 8 * MOST_PIXELS
# Huffman codes take at least one bit for each block of 8 x 8 pixels.
DENSEST_JPEG = 8 * 64
"""Pixels that a byte of a jpeg can stand for, at most."""
ORIENTATION = 0x0112
"""The EXIF tag that says how the camera was held."""


def decode(path: Path) -> Array:
    """The pixels of a file, turned as its EXIF orientation says: (h, w) grey or (h, w, 3) RGB.

    uint8 from ordinary files; uint16, int32 or float32 from deeper ones, whose range `bench.data.
    reading.depth` maps to 8 bits. CMYK and palettes become RGB; transparency is dropped.

    Pillow looks at every file first and decodes all but plain whole jpegs because, unlike OpenCV,
    it refuses a truncated one in every version; OpenCV decodes those in three quarters of the
    time, to the same pixels.

    Raises:
        DataError: names a file that is missing, empty, truncated, too large, or no image.
    """
    try:
        data = _bytes(path)
        with _pillow().open(BytesIO(data), formats=FORMATS) as image:
            _check_size(path, image, len(data))
            pages = getattr(image, "n_frames", 1) if image.format == "TIFF" else 1
            if pages > 1:
                raise DataError(f"{path}: {pages} images in one file; expected one")
            turn = _orientation(image)
            # Pillow turns some formats as it loads them, and then no longer tells the orientation.
            pixels = _pixels(image, data)
            turned = turn if _orientation(image) == turn else 1
            return np.ascontiguousarray(oriented(pixels, turned))
    except DataError as error:
        raise error if str(path) in str(error) else DataError(f"{path}: {error}") from error
    except OSError as error:
        # Pillow's own errors have no number; that for an unknown format prints an object's address.
        said = error.strerror or str(error)
        unknown = "no JPEG, PNG, BMP or TIFF image that can be decoded"
        said = unknown if "cannot identify" in said else said
        raise DataError(f"{path}: cannot be read: {said}") from error
    except Exception as error:  # decoders raise many kinds on damaged bytes
        raise DataError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


@functools.cache
def _pillow() -> ModuleType:
    from PIL import Image

    Image.init()  # TIFF is known only after it
    # Pillow warns of sizes above ours, which end as an error of one line.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    # What else it warns of, damaged EXIF blocks say, does not touch the pixels.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    return Image


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    # A pipe has no bytes either, and opening it would wait for a writer for ever.
    if size == 0:
        raise DataError(f"{path}: the file is empty")
    if size > MOST_BYTES:
        raise DataError(f"{path}: {size} bytes, more than any frame of these datasets")
    return path.read_bytes()


def _check_size(path: Path, image: Any, size: int) -> None:
    """Refuse by the header alone what would take long to decode."""
    pixels = image.width * image.height
    said = f"{path}: {image.width} x {image.height} pixels"
    if pixels > MOST_PIXELS:
        raise DataError(
            f"{said}, more than any camera of these datasets has: at most {MOST_PIXELS} (7680 x "
            "4320) are read"
        )
    if image.format == "JPEG" and pixels > DENSEST_JPEG * size:
        raise DataError(f"{said} cannot be in a file of {size} bytes: its header is damaged")


def _pixels(image: Any, data: bytes) -> Array:
    if image.format == "JPEG":
        return _jpeg(image, data)
    if _is_deep_colour(image, data):
        image.load()  # refuses what is truncated; OpenCV does not
        pixels = _opencv(data)
        if pixels is None:
            raise DataError("no image of 16-bit colour that can be decoded")
        return pixels
    if image.mode.startswith(("I", "F")):
        return _native(np.array(image))
    return _eight_bits(image)


def _jpeg(image: Any, data: bytes) -> Array:
    plain = image.mode in {"L", "RGB"}
    # Some cameras append a few bytes.
    pixels = _opencv(data) if plain and END in data[-64:] else None
    if pixels is None:
        pixels = _eight_bits(image)
    # Only a baseline jpeg shows by its last pixel that all is there.
    progressive = "progressive" in image.info
    suspect = not plain or progressive or may_end_early(pixels)
    if (progressive and lacks_scans(data)) or (suspect and ends_early(data, _again)):
        raise DataError("the jpeg ends before its last row of pixels: it is truncated")
    return pixels


def _again(data: bytes) -> Array:
    """A jpeg's pixels, for comparison with those of other bytes."""
    with _pillow().open(BytesIO(data), formats=("JPEG",)) as image:
        return _eight_bits(image)


def _eight_bits(image: Any) -> Array:
    grey = image.mode in {"1", "L", "LA"}
    return np.array(image.convert("L" if grey else "RGB"))


def _is_deep_colour(image: Any, data: bytes) -> bool:
    """More than 8 bits in several channels, of which Pillow keeps the high bytes alone."""
    if image.mode not in {"RGB", "RGBA", "LA"}:
        return False
    if image.format == "PNG":
        return data[24] > 8  # the header's bit depth
    tags = getattr(image, "tag_v2", {})
    return any(bits > 8 for bits in tags.get(258, ()))  # BitsPerSample


def _opencv(data: bytes) -> Array | None:
    """Pixels by OpenCV, None where it finds fault with the file."""
    import cv2

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image[..., :3], cv2.COLOR_BGR2RGB))


def _native(pixels: Array) -> Array:
    """The machine's own byte order: 16-bit files keep theirs."""
    return pixels.astype(pixels.dtype.newbyteorder("="), copy=False)


def _orientation(image: Any) -> int:
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # as many kinds as decoders raise
        return 1  # a damaged EXIF block says nothing of the pixels


def oriented(pixels: Array, orientation: int) -> Array:
    """Pixels (h, w[, 3]) as the camera saw them, by the values 1 to 8 of the EXIF tag."""
    if orientation in {2, 3, 7, 8}:
        pixels = pixels[:, ::-1]
    if orientation in {3, 4, 6, 7}:
        pixels = pixels[::-1]
    return pixels.swapaxes(0, 1) if orientation in {5, 6, 7, 8} else pixels
