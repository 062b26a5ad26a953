"""Where the face is in a raw clip: from landmarks that the user has, else from a detector."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.clip import Array, Clip
from bench.errors import DataError
from bench.views.frames import gray, resized
from bench.views.landmarks import EYES, eyes_in_box, eyes_of

KINDS = (".npy", ".csv", ".json")
TALLEST = 400
"""Rows that the detector looks at; faces of these datasets fill a fourth of the frame or more."""


def find_eyes(root: Path, clip: Clip, onset: Array) -> Array:
    """Both eyes of a clip's onset: (2, 2) x and y, px.

    From `root`/landmarks/<subject>_<clip>.npy, .csv or .json where there is one: 68 or 478 points
    x, y of the onset, or of every frame, of which the first counts. Else from the largest face that
    scikit-image's LBP cascade finds, whose eyes are where a mean face has them.

    Raises:
        DataError: landmarks that are not such points, or a clip without a face.
    """
    for kind in KINDS:
        path = root / "landmarks" / f"{clip.subject}_{clip.name}{kind}"
        if path.is_file():
            return eyes_of(read_landmarks(path))
    box = face_box(onset)
    if box is None:
        raise DataError(
            f"{clip.id}: no face was found in {clip.files[0]}; give its landmarks in "
            f"{root / 'landmarks'}/{clip.subject}_{clip.name}.csv"
        )
    return eyes_in_box(*box)


def read_landmarks(path: Path) -> Array:
    """Landmarks of the onset: (68, 2) or (478, 2) x and y, px.

    A csv has a point a line, x and y, or a frame a line, x1, y1, x2, y2, ...; without a header.

    Raises:
        DataError: anything else.
    """
    try:
        points = _numbers(path)
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as landmarks: {error}") from error
    if points.ndim == 2 and points.shape[1] != 2:
        points = points.reshape(len(points), -1, 2) if points.shape[1] % 2 == 0 else points
    onset = points[0] if points.ndim == 3 and len(points) else points
    if onset.ndim != 2 or onset.shape[1] != 2 or len(onset) not in EYES:
        raise DataError(f"{path}: shape {points.shape}, expected 68 or 478 points x, y")
    left, right = eyes_of(onset)
    if not np.isfinite(onset).all() or right[0] <= left[0]:
        raise DataError(
            f"{path}: its eyes are at {left} and {right}: not a face seen from in front"
        )
    return onset


def _numbers(path: Path) -> Array:
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False), float)
    if path.suffix == ".json":
        return np.array(json.loads(path.read_text()), float)
    return np.loadtxt(path, delimiter=",", ndmin=2)


def face_box(image: Array) -> tuple[float, float, float] | None:
    """Left, top and side in px of the largest frontal face, None where there is none.

    Args:
        image: uint8 (h, w) grey or (h, w, 3) RGB.
    """
    scale = min(1.0, TALLEST / len(image))
    size = (round(image.shape[0] * scale), round(image.shape[1] * scale))
    small = resized(gray(image[None]), size)[0]
    found = _cascade().detect_multi_scale(
        small, 1.1, 1, (len(small) // 5,) * 2, (min(small.shape),) * 2
    )
    if not found:
        return None
    best = max(found, key=lambda face: (face["width"], -face["r"], -face["c"]))
    return best["c"] / scale, best["r"] / scale, best["width"] / scale


@cache
def _cascade() -> Any:
    import skimage
    from skimage.feature import Cascade

    folder = Path(skimage.__file__).parent / "data"
    return Cascade(str(folder / "lbpcascade_frontalface_opencv.xml"))
