"""`bench new method`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.cache.output import Output, write_outputs
from bench.cli.common import out, workspace
from bench.core.errors import BenchError
from bench.plugins.scaffold import Kind, scaffold


def method(
    name: Annotated[str, typer.Argument(help="Name of the method: one lower-case word.")],
    kind: Annotated[
        Kind,
        typer.Option(
            "--kind",
            help="features: a scikit-learn pipeline on optical flow; torch: a small network on it.",
        ),
    ] = "features",
    folder: Annotated[Path, typer.Option("--folder", help="Folder to write to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Replace existing files.")] = False,
) -> None:
    """Write a method plugin that runs as it is, and its test.

    Both kinds run on datasets of frames and on ready-made flow (megc2019flow), and pass every check
    of `bench check`. Start from one, and change what it extracts from a clip and how it learns.
    """
    if name in (taken := workspace()[0].methods):
        raise BenchError(f"{name!r} names {taken[name].facts.title}; choose another name")
    texts = {folder / file: text for file, text in scaffold(name, kind).items()}
    write_outputs([Output(path, text.encode(), None) for path, text in texts.items()], force)
    plugin, test = texts
    out().print(
        f"Wrote {plugin} and {test}. Try it:\n"
        f"  bench check {plugin}\n"
        f"  bench run --plugin {plugin} --methods {name},majority\n"
        f"  pytest {test}\n"
        "To make it a built-in method, move the file to methods/ and the test to tests/.",
        soft_wrap=True,
    )
