"""`bench predict`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.table import Table as Grid

from bench.cache.output import MARK, Output, check_output, write_outputs
from bench.cli import options as opt
from bench.cli.common import STAND_INS, out, print_json, progress, workspace
from bench.cli.complete import complete_datasets
from bench.cli.fit import about
from bench.core.errors import BenchError
from bench.core.file_names import safe
from bench.core.machine import cores
from bench.core.select import unknown
from bench.deploy.clips import Crop, Keys, OwnClip
from bench.deploy.folder import code_differs, load
from bench.deploy.predict import chosen_clips, predict_dataset, predict_files
from bench.deploy.predictions import Challenge, Prediction, Predictions
from bench.deploy.predictions import submission as as_submission
from bench.deploy.score import find_loso
from bench.deploy.trained import Trained
from bench.deploy.training import people_of, with_loso
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, chosen_datasets
from bench.store.store import Store

SHOWN = 40
"""Clips that the terminal shows; the csv has all."""
STRIPS = 20
"""Clips of a table or folder that are drawn."""
MARKS = {"spotted": "*", "middle": "~"}
"""Behind an apex that was not given."""
WARNING = (
    "How well it does outside the laboratory is not known. The scores are not probabilities of "
    "what a person feels."
)

Key = Annotated[str, typer.Option(metavar="FRAME", help="Frame number, or seconds: 2.4s.")]
ModelFolder = Annotated[Path, typer.Argument(help="Folder of a model that `bench fit` wrote.")]
Source = Annotated[
    Path | None,
    typer.Argument(
        metavar="[VIDEO|FOLDER|CSV]",
        help="A video, a folder of frames (or of such folders), or a csv with the column path and "
        "any of name, subject, onset, apex, offset.",
        show_default=False,
    ),
]
CropOption = Annotated[
    Literal["align", "none"],
    typer.Option("--crop", help="Align the face, or take frames as aligned faces."),
]
MeshModel = Annotated[Path | None, typer.Option("--face-model", help=opt.FACE_MODEL)]
ItsDataset = Annotated[
    str,
    typer.Option(
        "--dataset", "-d", help="Predict a dataset's clips.", autocompletion=complete_datasets
    ),
]
Part = Annotated[
    Literal["all", "labelled", "unlabelled"],
    typer.Option("--part", help="Which clips of the dataset."),
]
Its = Annotated[str, typer.Option("--subjects", help="Of the dataset these subjects alone.")]
Submission = Annotated[
    Challenge | None,
    typer.Option("--submission", help="Also write the csv that a challenge asks for."),
]


def predict(
    model: ModelFolder,
    source: Source = None,
    onset: Key = "",
    apex: Key = "",
    offset: Key = "",
    crop: CropOption = "align",
    face_model: MeshModel = None,
    dataset: ItsDataset = "",
    part: Part = "all",
    subjects: Its = "all",
    submission: Submission = None,
    output: Annotated[
        Path | None,
        opt.output_option("Folder for the csv and the pictures; default: predictions/NAME."),
    ] = None,
    results: opt.Results = None,
    plugin: opt.Plugin = None,
    json: opt.Json = False,
    force: opt.Force = False,
) -> None:
    """Predict clips with a saved model: a video, frames, a table, or a dataset.

    Writes class scores of each clip as csv, and a strip of pictures. Key frames
    that are not given are spotted, and the output says so.
    """
    if (source is None) == (not dataset):
        raise BenchError("expected a video, a folder or a csv, or else --dataset NAME")
    registry, settings = workspace(plugin, results)
    trained = load(model, registry)
    # A score measured here counts more than the one that came with the model.
    if found := find_loso(trained.card, Store(settings.results), registry):
        trained = with_loso(trained, found[0])
    if output is None:
        output = Path("predictions", dataset or safe(Path(source or "").stem, "-"))
    table = output / "predictions.csv"
    check_output(table, None, force)
    pictures: list[Output] = []
    if source is None:
        made = _of_dataset(trained, dataset, part, subjects, registry, settings)
    else:
        keys = Keys(onset, apex, offset)
        made = _of_files(trained, source, keys, crop, face_model, pictures, output)
    files = [Output(table, made.csv(), None), *pictures]
    if submission:
        content, assumed = as_submission(made, submission)
        files.append(Output(output / f"{submission}.csv", content, None))
        made = replace(made, remarks=(*made.remarks, assumed))
    write_outputs(files, force)
    changed = code_differs(trained.card, registry)
    _show(trained, made, changed, [str(one.path) for one in files], json)


def _of_files(
    trained: Trained,
    source: Path,
    keys: Keys,
    crop: Crop,
    face_model: Path | None,
    pictures: list[Output],
    output: Path,
) -> Predictions:
    # Imported late: a dataset's clips are not drawn.
    from matplotlib import rc_context

    from bench.board.style import SETTINGS, png
    from bench.deploy.strip import strip

    def draw(clip: OwnClip, row: Prediction) -> None:
        if len(pictures) < STRIPS:
            name = f"{len(pictures) + 1:02d}-{safe(Path(clip.name).stem, '-')}.png"
            with rc_context(SETTINGS):
                picture = png(strip(clip, row, trained.card))
            pictures.append(Output(output / name, picture, MARK))

    with progress("predicting") as report:
        return predict_files(trained, source, keys, crop, face_model, each=draw, progress=report)


def _of_dataset(
    trained: Trained,
    name: str,
    part: str,
    subjects: str,
    registry: Registry,
    settings: Settings,
) -> Predictions:
    if name not in registry.datasets:
        raise unknown("dataset", name, registry.datasets)
    with progress(STAND_INS) as report:
        (dataset,), settings = chosen_datasets(registry, settings, name, cores(), report)
    clips = chosen_clips(dataset.index(), dataset, trained.card.inputs["task"], part)
    people = people_of(subjects, sorted({clip.person for clip in clips}))
    clips = [clip for clip in clips if clip.person in people]
    with progress("predicting") as report:
        return predict_dataset(trained, dataset, clips, settings.cache, cores(), report)


def _show(
    trained: Trained,
    made: Predictions,
    changed: Sequence[str],
    files: Sequence[str],
    json: bool,
) -> None:
    said = [*about(trained), *made.remarks]
    if changed:
        said.append(
            f"Since it was trained, {', '.join(changed)} changed: it may score differently."
        )
    said.append(WARNING)
    if json:
        rows = [dict(zip(made.columns, line, strict=True)) for line in made.lines()]
        print_json({"predictions": rows, "remarks": said, "files": files})
        return
    console = out()
    console.print(_grid(made))
    if len(made.rows) > SHOWN:
        console.say(f"... and {len(made.rows) - SHOWN} more clips")
    for line in said:
        console.print(line)
    if len(files) > 3:
        files = [files[0], f"{len(files) - 1} more files beside it"]
    console.say(f"Written: {', '.join(files)}")


def _grid(made: Predictions) -> Grid:
    framed = any(row.onset is not None for row in made.rows)
    columns = ["clip", *(["onset", "apex", "offset"] if framed else []), "predicted", *made.classes]
    grid = Grid(box=None, pad_edge=False)
    for name in columns:
        left = name in ("clip", "predicted")
        grid.add_column(name, justify="left" if left else "right", overflow="fold")
    for row in made.rows[:SHOWN]:
        frames = [f"{row.onset}", f"{row.apex}{MARKS.get(row.apex_source, '')}", f"{row.offset}"]
        scores = [f"{score:.3g}" for score in row.scores]
        grid.add_row(row.clip, *(frames if framed else []), made.classes[row.label], *scores)
    found = {row.apex_source for row in made.rows}
    if words := [f"{mark} {word}" for word, mark in MARKS.items() if framed and word in found]:
        grid.caption, grid.caption_justify = ", ".join(words), "left"
    return grid
