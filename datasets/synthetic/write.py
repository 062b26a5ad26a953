"""Write rendered clips in the owners' layouts, with the truth next to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from .identity import STYLES
from .knobs import Knobs
from .plan import THREE, PlannedClip, stream
from .render import Frames, Truth, render
from .subject import meet
from .truth import action_unit_vector, truth_path

Format = Literal["jpg", "bmp"]


def frame_folder(clip: PlannedClip) -> Path:
    """The folder of a clip's frames below its database's root, in the owners' cropped layout."""
    if clip.database == "smic":
        above = f"SMIC_all_cropped/HS/{clip.person}/micro/{THREE[clip.emotion]}"
    elif clip.database == "casme2":
        above = f"Cropped/sub{clip.person}"
    else:
        above = clip.person
    return Path(above) / clip.name


def frame_name(clip: PlannedClip, number: int, smic_format: Format) -> str:
    """The file of the frame of that number, as the owners name it."""
    if clip.database == "smic":
        return f"reg_image{number:06d}.{smic_format}"
    return (
        f"reg_img{number}.jpg" if clip.database == "casme2" else f"{clip.person}_{number:05d}.jpg"
    )


def write_subject(
    folder: Path, seed: int, knobs: Knobs, smic_format: Format, clips: Sequence[PlannedClip]
) -> int:
    """Render one person's clips into `folder/<database>`; returns how many."""
    database, subject = clips[0].database, clips[0].subject
    with _one_thread():
        person = meet(stream(seed, database, "face", subject), STYLES[database], knobs.identity)
        for clip in clips:
            frames, truth = render(person, clip, knobs, seed)
            _write_frames(folder / database, clip, frames, smic_format)
            _write_truth(folder / database, clip, truth)
    return len(clips)


@contextmanager
def _one_thread() -> Iterator[None]:
    """OpenCV on one thread: processes share the cores among them."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _write_frames(root: Path, clip: PlannedClip, frames: Frames, smic_format: Format) -> None:
    folder = root / frame_folder(clip)
    # No exist_ok: a second clip of that name would overwrite the first.
    folder.mkdir(parents=True)
    for i, frame in enumerate(frames):
        path = folder / frame_name(clip, clip.first + i, smic_format)
        # OpenCV encodes BGR.
        image = frame if frame.ndim == 2 else frame[..., ::-1]
        quality = [cv2.IMWRITE_JPEG_QUALITY, 97] if path.suffix == ".jpg" else []
        # Encoded first and written by Python: imwrite does not raise where the disk is full.
        done, data = cv2.imencode(path.suffix, image, quality)
        if not done:
            raise OSError(f"cannot encode {path}")
        path.write_bytes(data.tobytes())


def _write_truth(root: Path, clip: PlannedClip, truth: Truth) -> None:
    sides = {"": 0, "L": 1, "R": 2}
    units = [(unit.number, sides[unit.side], unit.peak) for unit in clip.units]
    path = truth_path(root, clip.person, clip.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        action_units=action_unit_vector(clip.units),
        # A thousandth of a pixel is finer than any flow; rounding halves the file.
        true_flow=np.round(truth.flow, 3).astype(np.float16),
        true_au_flow=np.round(truth.au_flow, 3).astype(np.float16),
        valid=truth.valid,
        units=np.array(units, np.float32),
        coded=np.array([unit.coded for unit in clip.units], bool),
        curves=truth.curves.astype(np.float16),
        apex=np.int32(clip.apex),
    )
