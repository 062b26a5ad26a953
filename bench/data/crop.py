"""Faces of a dataset on disk: raw frames rewritten aligned, landmarks written next to them."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.core.clip import UNIT_CODES, Clip
from bench.core.dataset import Dataset
from bench.core.errors import BenchError, DataError
from bench.core.threads import side_by_side
from bench.core.types import Array
from bench.data.declared.cropped import clip_folder, frame_names, write_table
from bench.data.declared.dataset import Declared
from bench.data.reading import read_frames, read_image
from bench.data.reading.faces import Face, find_face
from bench.data.reading.landmarks import landmarks_path, write_landmarks
from bench.views.landmarks import aligned, similarity

Progress = Callable[[int, int], None]

TABLES = frozenset({".csv", ".xls", ".xlsx"})


def crop_dataset(
    dataset: Dataset,
    folder: Path,
    size: tuple[int, int],
    model: Path | None,
    threads: int,
    progress: Progress,
) -> Counter[str]:
    """Write the aligned faces of all clips, their landmarks and the tables to another root.

    Frames become png files at the places of the old ones, so that the same loader reads them. Those
    of a declared dataset get a folder for each clip, and a table and definition of their own.

    Args:
        dataset: of frames on disk below its root.
        folder: the new root: absent or empty.
        size: (height, width) of the faces.
        model: MediaPipe's face mesh, for clips without a file of landmarks.
        threads: clips side by side.
        progress: called with clips done and their total.

    Returns:
        clips by where their faces come from: "files", "model" or "box".

    Raises:
        BenchError: stand-ins, a dataset without frames of its own, or a folder in use.
        DataError: a frame that cannot be read, or clips without a face, all named.
    """
    clips = _own_clips(dataset)
    if dataset.synthetic:
        raise BenchError(f"{dataset.name}: SYNTHETIC stand-ins are already cropped")
    if folder.exists() and any(folder.iterdir()):
        raise BenchError(f"{folder} is not empty; choose a new folder for the cropped frames")
    # All faces are found before anything is written: a clip without one stops it here.
    faces = find_faces(dataset, clips, model, threads)

    def write(clip: Clip, face: Face) -> None:
        _write(dataset, clip, face, folder, size)

    for done, _ in enumerate(side_by_side(write, clips, faces, threads=threads), start=1):
        progress(done, len(clips))
    if isinstance(dataset, Declared):
        write_table(dataset, clips, folder)
    else:
        _copy_tables(dataset.root, clips, folder)
    return Counter(face.source for face in faces)


def mark_dataset(dataset: Dataset, model: Path, threads: int, progress: Progress) -> int:
    """Write files of landmarks into the dataset's root for the clips that have none.

    Args:
        dataset: of frames on disk below its root, cropped or not.
        model: MediaPipe's face mesh.
        threads: clips side by side.
        progress: called with clips done and their total.

    Returns:
        files written.

    Raises:
        BenchError: a dataset without frames of its own.
        DataError: a frame that cannot be read, or clips without a face, all named; the landmarks of
            the others are written.
    """
    clips = [clip for clip in _own_clips(dataset) if clip.landmarks is None]

    def mark(clip: Clip) -> Face | DataError:
        face = _face(dataset, clip, model)
        if isinstance(face, Face) and face.points is not None:
            write_landmarks(landmarks_path(dataset.root, clip), face.points)
        return face

    faces = []
    for face in side_by_side(mark, clips, threads=threads):
        faces.append(face)
        progress(len(faces), len(clips))
    return len(_without_errors(dataset, faces))


def find_faces(
    dataset: Dataset, clips: Sequence[Clip], model: Path | None, threads: int
) -> list[Face]:
    """The faces of clips; a `DataError` names all clips that have none."""
    faces = side_by_side(lambda clip: _face(dataset, clip, model), clips, threads=threads)
    return _without_errors(dataset, list(faces))


def _own_clips(dataset: Dataset) -> tuple[Clip, ...]:
    clips = dataset.index().clips
    if dataset.ships - {UNIT_CODES} != {"frames"}:
        raise BenchError(f"{dataset.name} provides no frames, so there are no faces to find")
    declared = isinstance(dataset, Declared)
    if not (declared or all(clip.folder.is_relative_to(dataset.root) for clip in clips)):
        raise BenchError(f"{dataset.name} is a composite; crop its datasets instead")
    return clips


def _face(dataset: Dataset, clip: Clip, model: Path | None) -> Face | DataError:
    try:
        return find_face(dataset.root, clip, _onset(clip), model)
    # Returned and not raised, so that one message can name every clip without a face.
    except DataError as error:
        return error


def _onset(clip: Clip) -> Array:
    if clip.span is not None:
        return read_frames(clip, (0,))[0]  # type: ignore[no-any-return]
    return read_image(clip.folder / clip.files[0])


def _without_errors(dataset: Dataset, faces: Sequence[Face | DataError]) -> list[Face]:
    errors = [str(one) for one in faces if isinstance(one, DataError)]
    if errors:
        raise DataError(f"{dataset.name}: {len(errors)} clips without a face: {'; '.join(errors)}")
    return [one for one in faces if isinstance(one, Face)]


def _write(dataset: Dataset, clip: Clip, face: Face, folder: Path, size: tuple[int, int]) -> None:
    from PIL import Image

    declared = isinstance(dataset, Declared)
    target = folder / (clip_folder(clip) if declared else clip.folder.relative_to(dataset.root))
    target.mkdir(parents=True, exist_ok=True)
    pictures = aligned(dataset.read(clip)["frames"], face.eyes, size)
    for name, picture in zip(frame_names(clip) if declared else clip.files, pictures, strict=True):
        # Lossless, so that nothing but the alignment changes the pixels.
        Image.fromarray(picture).save((target / name).with_suffix(".png"))
    if face.points is not None:
        matrix = similarity(face.eyes, size)
        write_landmarks(landmarks_path(folder, clip), face.points @ matrix[:, :2].T + matrix[:, 2])


def _copy_tables(root: Path, clips: tuple[Clip, ...], folder: Path) -> None:
    """Tables next to root, in it, and in the folders between it and the clips."""
    inside = {p for clip in clips for p in clip.folder.parents if p.is_relative_to(root)}
    # Loaders also look next to the root, so a table may lie there.
    for where in sorted({root, *inside} | {root.parent}):
        target = folder / where.relative_to(root) if where.is_relative_to(root) else folder
        for path in sorted(where.iterdir()):
            if path.suffix.lower() in TABLES and path.is_file():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / path.name)
