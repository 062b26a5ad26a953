"""`bench data landmarks`."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.cli.common import open_dataset, out, progress
from bench.cli.complete import complete_datasets
from bench.cli.options import FaceModel, Jobs, Plugin
from bench.core.errors import BenchError
from bench.core.machine import cores
from bench.data.crop import mark_dataset
from bench.data.reading.landmarks import FOLDER
from bench.data.reading.mesh import CARRIERS, find_model


def landmarks(
    name: Annotated[
        str,
        typer.Argument(
            metavar="DATASET", help="A dataset of frames.", autocompletion=complete_datasets
        ),
    ],
    model: FaceModel = None,
    jobs: Jobs = None,
    plugin: Plugin = None,
) -> None:
    """Detect facial landmarks and write them next to the frames.

    Uses MediaPipe's face mesh on the onset frame; methods that need landmarks read the files.
    """
    dataset = open_dataset(name, plugin)
    chosen = find_model(model)
    if chosen is None:
        raise BenchError(
            "no model of the face mesh: --model FILE names MediaPipe's face_landmark.tflite, or "
            f"install a package that contains it ({', '.join(CARRIERS)}); see docs/faces.md"
        )
    with progress("landmarks") as report:
        count = mark_dataset(dataset, chosen, jobs or cores(), report)
    out().say(f"Wrote {count} files to {dataset.root / FOLDER}")
