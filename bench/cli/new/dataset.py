"""`bench new dataset`."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.output import Output, write_outputs
from bench.cli.common import out, workspace
from bench.cli.options import Force, output_option
from bench.core.errors import BenchError
from bench.data.declared.definition import FILE
from bench.data.declared.detect import detected
from bench.data.declared.toml import as_toml
from bench.plugins.declared import check_name
from bench.plugins.scaffold import loader
from bench.plugins.settings import read_file, settings_path

EXAMPLES = {
    "frames": "lbptop,ststnet,majority",
    "features": "featuresvm,nearestneighbour,majority",
    "flow": "ststnet,majority",
}
"""Methods to begin with, by what clips are."""


def dataset(
    name: Annotated[str, typer.Argument(help="Name of the dataset: one lower-case word.")],
    clips: Annotated[
        Path | None,
        typer.Option(
            "--clips",
            help="Table of the clips (csv, tsv, xlsx, parquet): subject, label, and a column of "
            "videos, folders of frames or files of features; or a file of features (npz, mat).",
        ),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="Folder that paths in the table start from; default: its own."),
    ] = None,
    features: Annotated[
        Path | None,
        typer.Option("--features", help="Matrix (npy, npz, mat, csv) with a row for each clip."),
    ] = None,
    output: Annotated[
        Path | None,
        output_option(f"File to write; default: {FILE} beside the table."),
    ] = None,
    python: Annotated[
        bool, typer.Option("--python", help="Write a loader in Python instead, NAME.py.")
    ] = False,
    force: Force = False,
) -> None:
    """Declare a dataset of your own, without code, from a table of its clips.

    Writes a few lines of TOML beside the table, and a reference to them in bench.toml. The columns
    are found by their headers and by the files they name; edit the file where a guess is wrong.
    """
    check_name(name, "new dataset")
    registry, _ = workspace()
    if name in registry.datasets:
        taken = registry.datasets[name]
        if taken.declared_in is not None:
            raise BenchError(f"{name!r} is declared already; edit {taken.declared_in}")
        raise BenchError(f"{name!r} names {taken.facts.title}; choose another name")
    if python:
        path = output or Path(f"{name}.py")
        write_outputs([Output(path, loader(name).encode(), None)], force)
        out().print(
            f"Wrote {path}. Set the folder of the data in bench.toml, [roots] {name} = ..., then\n"
            f"  bench run --plugin {path} --datasets {name}",
            soft_wrap=True,
        )
        return
    if clips is None:
        raise BenchError("bench new dataset: expected --clips TABLE, or --python for a loader")
    if clips.is_dir():
        raise BenchError(f"--clips {clips}: a folder; expected a table with a row for each clip")
    _declare(name, clips, root, features, output or clips.parent / FILE, force)


def _declare(
    name: str,
    clips: Path,
    root: Path | None,
    features: Path | None,
    output: Path,
    force: bool,
) -> None:
    settings = settings_path()
    found = detected(clips, clips.parent if root is None else root, features)
    task, classes = next((word, one["classes"]) for word, one in found["tasks"].items())
    located = {k: _below(v, output) if isinstance(v, Path) else v for k, v in found.items()}
    start = _below(clips.parent if root is None else root, output)
    text = as_toml({**located, **({} if start == "." else {"root": start})})
    reference = _referring(settings, name, output)
    write_outputs([Output(output, text.encode(), None)], force)
    # One table is added at the end, whatever else the file holds.
    write_outputs([Output(settings, reference.encode(), None)], force=True)
    kind = found.get("kind", "frames")
    what = "videos or frames" if kind == "frames" else kind
    out().print(
        f"Wrote {output}, and a reference to it in {settings}: {found['clips']} clips ({what}) in "
        f"{len(classes)} classes. Next:\n"
        f"  bench data check {name}\n"
        f"  bench run --datasets {name} --tasks {name}/{task} --methods "
        f"{EXAMPLES[kind]}",
        soft_wrap=True,
    )


def _below(path: Path, output: Path) -> str:
    """A path as a file names it: from its own folder, with slashes."""
    return Path(os.path.relpath(path, output.parent)).as_posix()


def _referring(settings: Path, name: str, output: Path) -> str:
    """The text of bench.toml with a reference to a dataset's file.

    Raises:
        BenchError: it declares the dataset, or the reference cannot be added.
    """
    if name in read_file(settings).datasets:
        raise BenchError(f"{settings}: datasets.{name} is there already; edit it there")
    old = settings.read_text(encoding="utf-8") if settings.is_file() else ""
    lines = f'[datasets.{name}]\nfile = "{_below(output, settings)}"\n'
    text = f"{old.rstrip()}\n\n{lines}" if old.strip() else lines
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        said = lines.strip().replace("\n", "; ")
        raise BenchError(
            f"{settings}: cannot be extended ({error}); add by hand: {said}"
        ) from error
    return text
