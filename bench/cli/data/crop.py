"""`bench data crop`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from bench.cli.common import open_dataset, out, progress
from bench.cli.complete import complete_datasets
from bench.cli.options import FaceModel, Jobs, Plugin
from bench.core.errors import BenchError
from bench.core.machine import cores
from bench.data.crop import crop_dataset
from bench.data.reading.mesh import find_model

SOURCES = {"files": "landmarks on disk", "model": "the face mesh", "box": "a face detector alone"}


def crop(
    name: Annotated[
        str,
        typer.Argument(
            metavar="DATASET", help="A dataset of raw frames.", autocompletion=complete_datasets
        ),
    ],
    folder: Annotated[Path, typer.Argument(help="Where to write; must be empty or not exist yet.")],
    size: Annotated[
        str, typer.Option("--size", help="Width x height of the cropped faces, px.")
    ] = "280x340",
    model: FaceModel = None,
    jobs: Jobs = None,
    plugin: Plugin = None,
) -> None:
    """Crop and align faces (one similarity transform per clip).

    The eyes come from landmarks/SUBJECT_CLIP.* in the dataset's root (npy, csv, json, txt or pts
    with 68, 468 or 478 points of the onset frame, px), else from MediaPipe's face mesh where it is
    installed, else from a face detector.
    """
    match = re.fullmatch(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})", size)
    if match is None:
        raise BenchError(f"--size {size!r}: expected width and height in px such as 280x340")
    dataset = open_dataset(name, plugin)
    # Typed as width x height, like the size of an image; arrays have the height first.
    shape = (int(match[2]), int(match[1]))
    with progress("cropping") as report:
        counts = crop_dataset(dataset, folder, shape, find_model(model), jobs or cores(), report)
    parts = [f"{counts[word]} by {source}" for word, source in SOURCES.items() if counts[word]]
    text = f"{counts.total()} clips: {', '.join(parts)}. To use them, in bench.toml:\n\n"
    if dataset.declared_in is None:
        text += f'[roots]\n{name} = "{folder.resolve()}"'
    else:
        text += f'[datasets.{name}]\nfile = "{folder.resolve()}"'
    out().print(text, soft_wrap=True)
