"""A dataset of raw frames written anew as aligned faces, in the same tree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.clip import Array, Clip
from bench.dataset import Dataset
from bench.errors import BenchError, DataError
from bench.reading import read_image
from bench.reading.faces import find_eyes
from bench.views.landmarks import aligned

TABLES = frozenset({".csv", ".xls", ".xlsx"})


def crop_dataset(
    dataset: Dataset,
    folder: Path,
    size: tuple[int, int],
    threads: int,
    progress: Callable[[int, int], None],
) -> int:
    """Write the aligned faces of all clips, and the tables, to another root; returns clips.

    Frames become png files at the places of the old ones, so that the same loader reads them.

    Args:
        dataset: of frames on disk below its root.
        folder: the new root: absent or empty.
        size: (height, width) of the faces.
        threads: clips side by side.
        progress: called with clips done and their total.

    Raises:
        BenchError: stand-ins, a dataset without frames of its own, or a folder in use.
        DataError: a frame that cannot be read, or clips without a face, all named.
    """
    clips = dataset.index().clips
    if dataset.synthetic or dataset.ships != {"frames"}:
        raise BenchError(f"{dataset.name}: expected real raw frames; there are none to crop")
    if not all(clip.folder.is_relative_to(dataset.root) for clip in clips):
        raise BenchError(f"{dataset.name} is made of other datasets: crop those")
    if folder.exists() and any(folder.iterdir()):
        raise BenchError(f"{folder} is not empty: name a new folder for the cropped frames")
    with ThreadPoolExecutor(threads) as pool:
        eyes = _all_eyes(dataset, list(pool.map(lambda clip: _eyes(dataset, clip), clips)))

        def write(clip: Clip, where: Array) -> None:
            _write(dataset, clip, where, folder, size)

        for done, _ in enumerate(pool.map(write, clips, eyes), start=1):
            progress(done, len(clips))
    _copy_tables(dataset.root, clips, folder)
    return len(clips)


def _eyes(dataset: Dataset, clip: Clip) -> Array | DataError:
    try:
        return find_eyes(dataset.root, clip, read_image(clip.folder / clip.files[0]))
    except DataError as error:
        return error


def _all_eyes(dataset: Dataset, found: list[Array | DataError]) -> list[Array]:
    errors = [str(one) for one in found if isinstance(one, DataError)]
    if errors:
        raise DataError(f"{dataset.name}: {len(errors)} clips without eyes: {'; '.join(errors)}")
    return [one for one in found if not isinstance(one, DataError)]


def _write(dataset: Dataset, clip: Clip, eyes: Array, folder: Path, size: tuple[int, int]) -> None:
    from PIL import Image

    target = folder / clip.folder.relative_to(dataset.root)
    target.mkdir(parents=True, exist_ok=True)
    faces = aligned(dataset.read(clip)["frames"], eyes, size)
    for name, face in zip(clip.files, faces, strict=True):
        Image.fromarray(face).save((target / name).with_suffix(".png"))


def _copy_tables(root: Path, clips: tuple[Clip, ...], folder: Path) -> None:
    """Tables beside root, in it, and in the folders between it and the clips."""
    inside = {p for clip in clips for p in clip.folder.parents if p.is_relative_to(root)}
    for where in sorted({root, *inside} | {root.parent}):
        target = folder / where.relative_to(root) if where.is_relative_to(root) else folder
        for path in sorted(where.iterdir()):
            if path.suffix.lower() in TABLES and path.is_file():
                target.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target / path.name)
