"""Facial landmarks, and one similarity transform that brings all frames of a clip to the eyes."""

from __future__ import annotations

import numpy as np

from bench.core.types import Array
from bench.views.catalog import view
from bench.views.clip_views import Views
from bench.views.frames import resized

MESH = (
    *(162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389),  # jaw
    *(71, 63, 105, 66, 107, 336, 296, 334, 293, 301),  # brows
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),  # nose
    *(33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380),  # eyes
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),  # lips, outside
    *(78, 82, 13, 312, 308, 317, 14, 87),  # lips, inside
)
"""Which of MediaPipe's 468 points correspond to the 68 of iBUG (Sagonas et al. 2013), in order."""
COUNTS = (68, 468, 478)
"""Landmarks that are read: iBUG's, MediaPipe's face mesh, and that with ten more of the irises."""
IN_BOX = ((0.31, 0.39), (0.69, 0.39))
"""Mean place of the eyes in the square that a frontal face detector finds, in its sides."""
PLACED = ((0.28, 0.345), (0.72, 0.345))
"""Where aligned faces have their eyes, in widths and heights of the picture: as `TEMPLATE`."""
TEMPLATE = (
    *((0.03, 0.26), (0.03, 0.41), (0.04, 0.49), (0.08, 0.67), (0.12, 0.74), (0.17, 0.80)),
    *((0.29, 0.89), (0.41, 0.94), (0.50, 0.95), (0.59, 0.94), (0.71, 0.89), (0.83, 0.80)),
    *((0.88, 0.74), (0.92, 0.67), (0.96, 0.49), (0.97, 0.41), (0.97, 0.26)),  # jaw
    *((0.08, 0.23), (0.15, 0.23), (0.21, 0.22), (0.30, 0.22), (0.40, 0.23)),
    *((0.60, 0.23), (0.70, 0.22), (0.79, 0.22), (0.85, 0.23), (0.92, 0.23)),  # brows
    *((0.50, 0.33), (0.50, 0.42), (0.50, 0.51), (0.50, 0.56)),
    *((0.41, 0.60), (0.45, 0.62), (0.50, 0.62), (0.55, 0.62), (0.59, 0.60)),  # nose
    *((0.19, 0.34), (0.23, 0.32), (0.31, 0.32), (0.38, 0.35), (0.32, 0.36), (0.25, 0.36)),
    *((0.62, 0.35), (0.69, 0.32), (0.77, 0.32), (0.81, 0.34), (0.75, 0.36), (0.68, 0.36)),  # eyes
    *((0.33, 0.73), (0.40, 0.71), (0.45, 0.70), (0.50, 0.71), (0.55, 0.70), (0.60, 0.71)),
    *((0.67, 0.73), (0.59, 0.77), (0.55, 0.78), (0.50, 0.79), (0.45, 0.78), (0.41, 0.77)),
    *((0.35, 0.72), (0.46, 0.73), (0.50, 0.74), (0.54, 0.73), (0.65, 0.72)),
    *((0.54, 0.74), (0.50, 0.74), (0.46, 0.74)),  # lips
)
"""The mean face of an aligned crop, 68 points in widths and heights of the picture.

What MediaPipe's face mesh finds on the 71 people of the SYNTHETIC stand-ins, mean of both sides;
their standard deviation is .02."""
SHARP = 0.8
"""Frames that shrink further are averaged first; linear sampling does the rest without moiré."""


# Of nothing: every clip has landmarks, if only those of the mean face.
@view(version=1, of="", stored=False)
def landmarks(clip: Views) -> Array:
    """Landmarks of the onset in widths and heights of the picture: (68, 2) float32.

    Those that came with the clip; where none did, the mean face of an aligned crop.
    """
    return np.array(TEMPLATE, np.float32)


def ibug(points: Array) -> Array:
    """The 68 landmarks of iBUG: (68, 2), from (68 or 468 or 478, 2 or more)."""
    chosen = points if len(points) == 68 else points[list(MESH)]
    return np.asarray(chosen[:, :2], np.float64)


def eyes_of(points: Array) -> Array:
    """Centres of both eyes: (2, 2) x and y, the one on the left of the picture first.

    Args:
        points: (68, 2) x and y.
    """
    return np.stack([points[36:42].mean(axis=0), points[42:48].mean(axis=0)])


def eyes_in_box(left: float, top: float, side: float) -> Array:
    """Where the eyes of a mean face are in a detector's square: (2, 2) x and y, px."""
    return np.array([left, top]) + side * np.array(IN_BOX)


def similarity(eyes: Array, size: tuple[int, int]) -> Array:
    """Rotation, scale and shift that bring eyes to their place in a picture (height, width).

    Returns:
        (2, 3) float64: A of x' = A (x, y, 1).
    """
    placed = np.array(PLACED) * size[::-1]
    # As complex numbers a similarity is z' = a z + b, and two points give it.
    (left, right), (to_left, to_right) = eyes @ [1, 1j], placed @ [1, 1j]
    turn = (to_right - to_left) / (right - left)
    shift = to_left - turn * left
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def aligned(frames: Array, eyes: Array, size: tuple[int, int]) -> Array:
    """Frames (n, h, w[, 3]) uint8 turned, scaled and cropped alike: (n, *size[, 3]) uint8.

    One transform for all frames, so that no motion of the face is lost or invented. Frames that
    shrink much are area-averaged first, so that fine texture does not alias into moving patterns.

    Args:
        frames: of one clip.
        eyes: (2, 2) of the onset, px.
        size: (height, width) of the result.
    """
    import cv2

    height, width = frames.shape[1:3]
    scale = float(np.hypot(*similarity(eyes, size)[0, :2]))
    if scale < SHARP:
        frames = resized(frames, (round(height * scale), round(width * scale)))
        factor = np.array([frames.shape[2] / width, frames.shape[1] / height])
        eyes = (eyes + 0.5) * factor - 0.5  # pixels are centred on whole numbers
    matrix = similarity(eyes, size)
    how = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
    # Warped straight into the result, so that the frames are not held twice.
    faces = np.empty((len(frames), *size, *frames.shape[3:]), np.uint8)
    for frame, face in zip(frames, faces, strict=True):
        cv2.warpAffine(frame, matrix, size[::-1], dst=face, **how)
    return faces
