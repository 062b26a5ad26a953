"""The verbs of `bench data` and their options; what each does lies in `data.py` and `show.py`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cli.options import FaceModel, Jobs, Json, Plugin

data = typer.Typer(help="Make, check and show datasets.", no_args_is_help=True)


@data.command("make")
def data_make(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to write; the cache by default.")
    ] = None,
    preset: Annotated[str, typer.Option("--preset", help="Size and difficulty.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Same seed, same stand-ins.")] = 0,
    knob: Annotated[
        list[str] | None,
        typer.Option(
            "--knob",
            metavar="NAME=NUMBER",
            help="A difficulty other than the preset's: intensity=0.7, noise=2, head=1.5, "
            "identity=0.5; may be repeated. docs/synthetic.md lists them all.",
        ),
    ] = None,
    jobs: Jobs = None,
) -> None:
    """Make SYNTHETIC stand-ins of SMIC, CASME II and SAMM in their own layouts."""
    from bench.cli.data import make

    make(folder, preset, seed, knob or (), jobs)


@data.command("check")
def data_check(
    name: Annotated[str, typer.Argument(help="A dataset.")],
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Read everything of a dataset: found, repaired, dropped, missing, unreadable."""
    from bench.cli.data import check

    check(name, tuple(plugin or ()), json)


@data.command("cache")
def data_cache(
    clear: Annotated[str, typer.Option("--clear", help="A room to empty.")] = "",
    json: Json = False,
) -> None:
    """List the rooms of the cache with their sizes, or empty one; runs fill it again."""
    from bench.cli.data import cache

    cache(clear, json)


@data.command("crop")
def data_crop(
    name: Annotated[str, typer.Argument(help="A dataset of raw frames.")],
    folder: Annotated[Path, typer.Argument(help="Its new root: absent or empty.")],
    size: Annotated[
        str, typer.Option("--size", help="Width and height of the faces, px.")
    ] = "280x340",
    model: FaceModel = None,
    jobs: Jobs = None,
    plugin: Plugin = None,
) -> None:
    """Write a dataset's frames anew as aligned faces: one turn, scale and crop for a clip.

    Eyes come from landmarks/SUBJECT_CLIP.npy, .csv or .json in its root (68, 468 or 478 points of
    the onset, px), else from MediaPipe's face mesh where there is one, else from a face detector.
    """
    from bench.cli.data import crop

    crop(name, folder, size, model, jobs, tuple(plugin or ()))


@data.command("landmarks")
def data_landmarks(
    name: Annotated[str, typer.Argument(help="A dataset.")],
    model: FaceModel = None,
    jobs: Jobs = None,
    plugin: Plugin = None,
) -> None:
    """Find facial landmarks by MediaPipe's face mesh; write them beside the frames for methods."""
    from bench.cli.data import landmarks

    landmarks(name, model, jobs, tuple(plugin or ()))


@data.command("show")
def data_show(
    name: Annotated[str, typer.Argument(help="A dataset.")],
    clip: Annotated[str, typer.Argument(help="A clip's id; its end will do where it is unique.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A png, pdf or svg file.")
    ] = None,
    plugin: Plugin = None,
) -> None:
    """Draw a clip for a paper: onset, apex, their difference, optical flow and strain."""
    from bench.cli.show import show

    show(name, clip, output, tuple(plugin or ()))
