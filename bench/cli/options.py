"""Options that several verbs share, worded once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Methods = Annotated[
    str, typer.Option("--methods", "-m", help="Names, globs, name:variant, name:*, or all.")
]
Datasets = Annotated[str, typer.Option("--datasets", "-d", help="Names, globs, or all.")]
Tasks = Annotated[
    str,
    typer.Option("--tasks", help="Which classes: 3, 5, casme2/3, globs; each dataset's first."),
]
Protocol = Annotated[str, typer.Option("--protocol", help="loso, kfold:K (by subject), or hde.")]
Seeds = Annotated[str, typer.Option("--seeds", help="Root seeds: 0, 0-4 or 0,3,7.")]
Apex = Annotated[
    str,
    typer.Option("--apex", help="given (middle where none is), middle, or spotted in the frames."),
]
Preset = Annotated[
    str, typer.Option("--preset", help="paper, quick, ...; quick where only stand-ins are present.")
]
LimitFolds = Annotated[
    int | None, typer.Option("--limit-folds", min=1, help="Only the first folds, for a trial.")
]
Results = Annotated[
    Path | None, typer.Option("--results", help="Results folder.", show_default="results")
]
Plugin = Annotated[
    list[Path] | None, typer.Option("--plugin", help="A plugin file or folder; may be repeated.")
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Processes; one per core by default.")
]
Trace = Annotated[bool, typer.Option("--trace", help="Score every checkpoint, to show the oracle.")]
Inner = Annotated[
    int,
    typer.Option(
        "--inner",
        min=0,
        help="With a trace: choose a checkpoint by so many more fits on training subjects.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FaceModel = Annotated[
    Path | None,
    typer.Option(
        "--model", help="MediaPipe's face_landmark.tflite; by default an installed package's."
    ),
]
