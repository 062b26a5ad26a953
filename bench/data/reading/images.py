"""Pixels of a clip from its files, with a clear error for every file that is not what it seems."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np

from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.landmarks import read_landmarks
from bench.views.landmarks import ibug

FORMATS = ("JPEG", "PNG", "BMP", "TIFF")
MOST_PIXELS = 64_000_000
"""Of one frame: thirty times the largest camera in use; a small file may claim far more."""
# Eight bytes a pixel is the most that an image takes uncompressed: four channels of 16 bits.
MOST_BYTES = 8 * MOST_PIXELS
END = b"\xff\xd9"
"""What a whole jpeg ends with; some cameras append a few bytes."""


def read_image(path: Path) -> Array:
    """One image as uint8 (h, w) grey or (h, w, 3) RGB.

    16-bit grey keeps its high byte; CMYK and palettes become RGB; transparency is dropped. Pillow
    looks at every file first and decodes all but plain whole jpegs because, unlike OpenCV, it
    refuses a truncated one in every version; OpenCV decodes those in three quarters of the time,
    to the same pixels.

    Raises:
        DataError: names a file that is missing, empty, truncated, too large, or no image.
    """
    from PIL import Image

    Image.init()  # TIFF is known only after it

    try:
        data = _bytes(path)
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width} x {image.height}"
                raise DataError(f"{path}: {size} pixels, more than any camera of these datasets")
            if image.format == "JPEG" and image.mode in {"L", "RGB"} and END in data[-64:]:
                pixels = _plain_jpeg(data)
                if pixels is not None:
                    return pixels
            if image.mode.startswith("I"):
                return (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
            grey = image.mode in {"1", "L", "LA"}
            return np.array(image.convert("L" if grey else "RGB"))
    except DataError:
        raise
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:  # decoders raise many kinds on damaged bytes
        raise DataError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size == 0:
        raise DataError(f"{path}: the file is empty")
    if size > MOST_BYTES:
        raise DataError(f"{path}: {size} bytes, more than any frame of these datasets")
    return path.read_bytes()


def _plain_jpeg(data: bytes) -> Array | None:
    """Pixels of a grey or colour jpeg, None where OpenCV finds fault with it."""
    import cv2

    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim == 2:
        return image
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB))


def read_frames(clip: Clip) -> Array:
    """All frames of a clip: uint8 (n, h, w) when all are grey, else (n, h, w, 3) RGB.

    Frames of another size than the onset are resized to it.

    Raises:
        DataError: names the first frame that cannot be read.
    """
    if not clip.files:
        raise DataError(f"{clip.id} has no frames")
    onset = read_image(clip.folder / clip.files[0])
    # Filled as it goes: a list of images to be stacked would take the memory twice.
    frames = np.empty((len(clip.files), *onset.shape), np.uint8)
    for i, name in enumerate(clip.files):
        image = _sized(read_image(clip.folder / name) if i else onset, onset.shape[:2])
        # The first colour frame of a clip that began in grey.
        if image.ndim == frames.ndim:
            frames = np.repeat(frames[..., None], 3, axis=3)
        # A grey frame among colour ones fills all three channels.
        frames[i] = image if image.ndim == frames.ndim - 1 else image[..., None]
    return frames


def _sized(image: Array, size: tuple[int, ...]) -> Array:
    if image.shape[:2] == size:
        return image
    import cv2

    smaller = size[0] < image.shape[0]
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (size[1], size[0]), interpolation=how))


def read_clip(dataset: Dataset, clip: Clip) -> dict[str, Array]:
    """What a dataset of frames ships: "frames", and of a stand-in the truth it was drawn from.

    Returns:
        "frames" as `read_frames` gives them; "landmarks" float32 (68, 2), in widths and heights
        of the onset, where the clip has a file of them; "true_action_units" float32 (17,) where
        synthetic.
    """
    arrays = {"frames": read_frames(clip)}
    if clip.landmarks is not None:
        height, width = arrays["frames"].shape[1:3]
        points = ibug(read_landmarks(clip.landmarks)) / [width, height]
        arrays["landmarks"] = points.astype(np.float32)
    if dataset.synthetic:
        arrays["true_action_units"] = _truth(dataset.root, clip)
    return arrays


def _truth(root: Path, clip: Clip) -> Array:
    path = root / "truth" / f"{clip.subject}_{clip.name}.npz"
    try:
        with np.load(path, allow_pickle=False) as file:
            return np.asarray(file["action_units"], dtype=np.float32)
    except (OSError, KeyError, ValueError, EOFError) as error:
        raise DataError(
            f"{path}: cannot read the true action units of {clip.id}: {error}"
        ) from error
