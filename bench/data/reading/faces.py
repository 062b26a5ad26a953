"""Where the face is in a raw clip: the user's landmarks, else a model's, else a detector's box."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bench.core.clip import Clip
from bench.core.errors import DataError
from bench.core.types import Array
from bench.data.reading.landmarks import is_face, landmarks_path, read_landmarks
from bench.data.reading.mesh import load_model, mesh
from bench.views.frames import gray, resized
from bench.views.landmarks import eyes_in_box, eyes_of, ibug

TALLEST = 400
"""Rows that the detector looks at; faces of these datasets fill a fourth of the frame or more."""


class Face(NamedTuple):
    """A face in the onset frame, px.

    Attributes:
        eyes: (2, 2) x and y of both, the one on the left of the picture first.
        points: (68, 2) landmarks, None where only a detector's box is known.
        source: "files", "model" or "box".
    """

    eyes: Array
    points: Array | None
    source: str


def find_face(root: Path, clip: Clip, onset: Array, model: Path | None) -> Face:
    """The face of a clip's onset.

    From the clip's file of landmarks where there is one. Else from the largest face that
    scikit-image's LBP cascade finds: its landmarks by MediaPipe's face mesh where a model is given,
    or eyes where a mean face has them.

    Args:
        root: of the dataset, for the error's advice.
        clip: as indexed.
        onset: uint8 (h, w) grey or (h, w, 3) RGB.
        model: of the face mesh.

    Raises:
        DataError: landmarks that are none, or a clip without a face.
    """
    if clip.landmarks is not None:
        points = ibug(read_landmarks(clip.landmarks, clip.onset))
        return Face(eyes_of(points), points, "files")
    box = face_box(onset)
    if box is not None and model is None:
        return Face(eyes_in_box(*box), None, "box")
    if box is not None and model is not None:
        # Loaded for every clip: OpenCV's networks must not be shared by threads.
        points = ibug(mesh(load_model(model), onset, box))
        if is_face(points):
            return Face(eyes_of(points), points, "model")
    raise DataError(
        f"{clip.id}: no face found in {clip.files[0]}; put its landmarks in "
        f"{landmarks_path(root, clip)}"
    )


def face_box(image: Array) -> tuple[float, float, float] | None:
    """Left, top and side in px of the largest frontal face, None where there is none.

    Args:
        image: uint8 (h, w) grey or (h, w, 3) RGB.
    """
    scale = min(1.0, TALLEST / len(image))
    size = (round(image.shape[0] * scale), round(image.shape[1] * scale))
    small = resized(gray(image[None]), size)[0]
    # No smaller than a fifth of the height: these datasets' faces fill a fourth or more.
    found = _cascade().detect_multi_scale(
        small, 1.1, 1, (len(small) // 5,) * 2, (min(small.shape),) * 2
    )
    if not found:
        return None
    # Of equally large ones the uppermost, so that the order of the detector does not matter.
    best = max(found, key=lambda face: (face["width"], -face["r"], -face["c"]))
    return best["c"] / scale, best["r"] / scale, best["width"] / scale


@cache
def _cascade() -> Any:
    import skimage
    from skimage.feature import Cascade

    folder = Path(skimage.__file__).parent / "data"
    return Cascade(str(folder / "lbpcascade_frontalface_opencv.xml"))
