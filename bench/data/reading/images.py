"""Pixels of a clip from its files, as 8-bit frames of one size."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.core.clip import UNIT_CODES, Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.decode import decode
from bench.data.reading.depth import brightest, to_bytes
from bench.data.reading.flow import read_flow
from bench.data.reading.landmarks import read_landmarks
from bench.data.reading.units import true_units, unit_codes
from bench.data.reading.video import read_video
from bench.views.landmarks import ibug


def read_image(path: Path) -> Array:
    """One image as uint8 (h, w) grey or (h, w, 3) RGB, turned as its EXIF orientation says.

    A deep image (16-bit, float) is mapped to 8 bits by its own brightest pixel; see
    `bench.data.reading.depth`.

    Raises:
        DataError: names a file that is missing, empty, truncated, too large, or no image.
    """
    pixels = decode(path)
    return pixels if pixels.dtype == np.uint8 else to_bytes(pixels, brightest(pixels, path))


def read_frames(clip: Clip, positions: Sequence[int] | None = None) -> Array:
    """Frames of a clip: uint8 (n, h, w) when those asked for are grey, else (n, h, w, 3) RGB.

    Frames of another size than the onset are resized to it; all deep ones (16-bit, float) share
    one mapping to 8 bits. Those of a video are read from its one file.

    Args:
        clip: with the names of its files.
        positions: those to decode, in this order; None is all of them.

    Raises:
        DataError: names the first frame that cannot be read.
    """
    if not clip.files:
        raise DataError(f"{clip.id} has no frames")
    every = range(clip.length)
    chosen = every if positions is None else [every[i] for i in positions]
    if clip.span is not None:
        return read_video(clip.folder / clip.files[0], [clip.span[0] + at for at in chosen])
    paths = [clip.folder / name for name in clip.files]

    @functools.cache
    def top(kind: str) -> float:
        # All frames, whichever are asked for; ordinary clips have no deep ones and never get here.
        deep = ((path, pixels) for path in paths if (pixels := decode(path)).dtype.kind == kind)
        return max(brightest(pixels, path) for path, pixels in deep if pixels.dtype != np.uint8)

    def read(at: int) -> Array:
        pixels = decode(paths[at])
        deep = pixels.dtype != np.uint8
        return to_bytes(pixels, top(pixels.dtype.kind)) if deep else pixels

    onset = read(0)
    # Filled as it goes: a list of images to be stacked would take the memory twice.
    frames = np.empty((len(chosen), *onset.shape), np.uint8)
    for i, at in enumerate(chosen):
        image = _sized(read(at) if at else onset, onset.shape[:2])
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


def read_clip(
    dataset: Dataset, clip: Clip, positions: Sequence[int] | None = None
) -> dict[str, Array]:
    """What a dataset of frames ships: "frames", and what is annotated for methods to see.

    Args:
        dataset: of the clip.
        clip: to read.
        positions: the frames to decode, None for all of them.

    Returns:
        "frames" as `read_frames` gives them; "landmarks" float32 (68, 2), in widths and heights
        of the onset, and "optical_flow", where the clip has files of them; the codes of its action
        units as `unit_codes` gives them, where its dataset has them.
    """
    arrays = {"frames": read_frames(clip, positions)}
    if clip.flow is not None:
        arrays["optical_flow"] = read_flow(clip.flow)
    if clip.landmarks is not None:
        height, width = arrays["frames"].shape[1:3]
        points = ibug(read_landmarks(clip.landmarks, clip.onset)) / [width, height]
        arrays["landmarks"] = points.astype(np.float32)
    if UNIT_CODES in dataset.sources:
        coded = true_units(dataset.root, clip) if dataset.synthetic else clip.coded_units
        arrays[UNIT_CODES] = unit_codes(coded or ())
    return arrays
