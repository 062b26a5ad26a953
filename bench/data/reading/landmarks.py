"""Files of facial landmarks next to a dataset's frames: reading, writing and finding them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np

from bench.cache.files import write_atomically
from bench.core.clip import Clip
from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.core.types import Array
from bench.views.landmarks import COUNTS, eyes_of, ibug

FOLDER = "landmarks"
KINDS = (".npy", ".csv", ".json", ".txt", ".pts")
"""Of a clip that has several files, the first kind counts."""


def landmarks_path(root: Path, clip: Clip, kind: str = ".csv") -> Path:
    """Where the landmarks of a clip are: landmarks/<subject>_<clip>.csv in the dataset's root."""
    return root / FOLDER / f"{clip.subject}_{clip.name}{kind}"


def with_landmarks(index: Index, root: Path) -> Index:
    """An index whose clips know their files of landmarks, and a note on how many have one."""
    folder = root / FOLDER
    if not folder.is_dir():
        return index
    # One listing of the folder spares three lookups for every clip.
    there = {path.name for path in folder.iterdir()}
    clips = []
    for clip in index.clips:
        paths = (landmarks_path(root, clip, kind) for kind in KINDS)
        found = next((path for path in paths if path.name in there), None)
        clips.append(dataclasses.replace(clip, landmarks=found))
    known = sum(clip.landmarks is not None for clip in clips)
    note = f"{known} of {len(clips)} clips have landmarks in {folder}"
    return dataclasses.replace(index, clips=tuple(clips), notes=(*index.notes, note))


def read_landmarks(path: Path, onset: int = 0) -> Array:
    """Landmarks of the onset: (68, 2) or (468, 2) or (478, 2) x and y, px.

    A csv has one point per line (x, y) or one frame per line (x1, y1, x2, y2, ...), no header; or
    it is OpenFace's, with columns x_0 to x_67 and y_0 to y_67. A txt or pts file has one point per
    line; lines of words and braces, as iBUG's have, are passed over. Points of every frame may be
    given.

    Args:
        path: the file.
        onset: the onset's place among the frames of its video; files of fewer frames are of the
            clip alone, whose first frame is the onset.

    Raises:
        DataError: anything else.
    """
    try:
        points = _numbers(path)
    except (OSError, ValueError, TypeError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as landmarks: {error}") from error
    if points.ndim == 2 and points.shape[1] != 2:
        points = points.reshape(len(points), -1, 2) if points.shape[1] % 2 == 0 else points
    face = points
    if points.ndim == 3 and len(points):
        face = points[onset if onset < len(points) else 0]
    if face.ndim != 2 or face.shape[1] != 2 or len(face) not in COUNTS:
        raise DataError(f"{path}: shape {points.shape}, expected 68, 468 or 478 (x, y) points")
    if not is_face(face):
        left, right = eyes_of(ibug(face))
        raise DataError(f"{path}: its eyes are at {left} and {right}: not a frontal face")
    return face


def is_face(points: Array) -> bool:
    """Whether landmarks are finite and of an upright face: eyes in their order, above the lips."""
    face = ibug(points)
    left, right = eyes_of(face)
    upright = left[0] < right[0] and (left + right)[1] / 2 < face[48:60, 1].mean()
    return bool(np.isfinite(face).all() and upright)


def write_landmarks(path: Path, points: Array) -> None:
    """Write points (n, 2), a line each, px to a hundredth."""
    text = "".join(f"{x:.2f},{y:.2f}\n" for x, y in points)
    write_atomically(path, text.encode(), durable=False)


def _numbers(path: Path) -> Array:
    if path.suffix == ".npy":
        return np.asarray(np.load(path, allow_pickle=False), float)
    if path.suffix == ".json":
        return np.array(json.loads(path.read_text()), float)
    lines = path.read_text().splitlines()
    if path.suffix in {".txt", ".pts"}:
        return np.array([_point(line) for line in lines if line.strip() and not _words(line)])
    if lines and "x_0" in lines[0]:
        return _openface(lines)
    return np.loadtxt(lines, delimiter=",", ndmin=2)


def _words(line: str) -> bool:
    """Whether a line of points is none: "version: 1", "{"."""
    return line.strip()[0] in "{}#" or ":" in line


def _point(line: str) -> list[float]:
    return [float(word) for word in line.replace(",", " ").split()]


def _openface(lines: list[str]) -> Array:
    """The points of every frame of OpenFace's table: (n, 68, 2), px."""
    header = [word.strip() for word in lines[0].split(",")]
    rows = np.loadtxt(lines[1:], delimiter=",", ndmin=2)
    axes = [[header.index(f"{axis}_{i}") for i in range(68)] for axis in "xy"]
    return np.stack([rows[:, places] for places in axes], axis=-1)
