"""Eyes from facial landmarks, and one similarity transform that brings all frames to them."""

from __future__ import annotations

import numpy as np

from bench.clip import Array
from bench.views.frames import resized

EYES = {
    68: (tuple(range(36, 42)), tuple(range(42, 48))),
    478: ((33, 133), (362, 263)),
}
"""Points that an eye's centre is the mean of, by number of landmarks: the contours of iBUG's 68
(Sagonas et al. 2013), the corners of MediaPipe's 478; first the eye on the left of the picture."""
IN_BOX = ((0.31, 0.39), (0.69, 0.39))
"""Mean place of the eyes in the square that a frontal face detector finds, in its sides."""
PLACED = ((0.3, 0.35), (0.7, 0.35))
"""Where aligned faces have their eyes, in widths and heights of the picture."""


def eyes_of(landmarks: Array) -> Array:
    """Centres of both eyes: (2, 2) x and y, px, the one on the left of the picture first.

    Args:
        landmarks: (68, 2) or (478, 2) x and y, px.

    Raises:
        ValueError: another number of landmarks.
    """
    if len(landmarks) not in EYES:
        raise ValueError(f"{len(landmarks)} landmarks, expected 68 or 478")
    return np.stack([landmarks[list(eye), :2].mean(axis=0) for eye in EYES[len(landmarks)]])


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

    One transform for all frames, so that no motion of the face is lost or made up. Frames that
    shrink are area-averaged first, lest fine texture turns into moving patterns.

    Args:
        frames: of one clip.
        eyes: (2, 2) of the onset, px.
        size: (height, width) of the result.
    """
    import cv2

    height, width = frames.shape[1:3]
    scale = float(np.hypot(*similarity(eyes, size)[0, :2]))
    if scale < 1:
        frames = resized(frames, (round(height * scale), round(width * scale)))
        factor = np.array([frames.shape[2] / width, frames.shape[1] / height])
        eyes = (eyes + 0.5) * factor - 0.5  # pixels are centred on whole numbers
    matrix = similarity(eyes, size)
    how = {"flags": cv2.INTER_LINEAR, "borderMode": cv2.BORDER_REPLICATE}
    return np.stack([cv2.warpAffine(frame, matrix, size[::-1], **how) for frame in frames])
