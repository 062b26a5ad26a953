"""`bench submit`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.output import Output, check_output, write_outputs
from bench.cli.common import out, workspace
from bench.cli.options import Force, Plugin, Results, output_option
from bench.core.errors import BenchError
from bench.evaluation.find_cell import find_cell
from bench.store.store import Store
from bench.submission import manifest
from bench.submission.build import About, build
from bench.submission.zipped import ENDING, MARK, zipped

OTHER_ARCHIVES = {".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z", ".rar"}
"""Endings that mean another archive: a folder of such a name is not what its user wants."""
SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*")


def submit(
    cells: Annotated[
        list[str],
        typer.Argument(metavar="CELL...", help="Cells: task/method, or more of the path."),
    ],
    output: Annotated[Path, output_option("Folder to write, or one file NAME.zip.")] = Path(
        "submission"
    ),
    licence: Annotated[
        str, typer.Option("--licence", help="Licence of the predictions: an SPDX identifier.")
    ] = "CC-BY-4.0",
    author: Annotated[
        list[str] | None, typer.Option("--author", help="Name of an author; repeatable.")
    ] = None,
    url: Annotated[
        str,
        typer.Option("--url", help="Where the code of plugins is published; default: pack it."),
    ] = "",
    results: Results = None,
    plugin: Plugin = None,
    force: Force = False,
) -> None:
    """Pack all predictions of cells for a public leaderboard.

    The folder holds the records with their tasks and machines, the same predictions as csv tables,
    the source of plugins, and a manifest; -o NAME.zip makes one archive of it. It has no pixels and
    no frames, but the true class of each clip.
    """
    if not SPDX.fullmatch(licence):
        raise BenchError(f"--licence {licence!r}: expected an SPDX identifier such as CC-BY-4.0")
    if url and not url.startswith("https://"):
        raise BenchError(f"--url {url!r}: expected an address that begins with https://")
    if output.suffix.lower() in OTHER_ARCHIVES:
        raise BenchError(f"-o {output}: expected a folder, or a file that ends in {ENDING}")
    archive = output.suffix.lower() == ENDING and not output.is_dir()
    if archive:
        check_output(output, MARK, force)
    before = set() if archive else _before(output, force)
    registry, settings = workspace(plugin, results, needed=True)
    store = Store(settings.results)
    found = [find_cell(store, words) for words in cells]
    files = build(store, found, registry, About(licence, author or (), url))
    if archive:
        write_outputs([Output(output, zipped(files), MARK)], force)
    else:
        _write(files, output, before)
    for name in sorted(files):
        out().say(f"{output / name}  {len(files[name]):,} bytes")
    number = "one cell" if len(found) == 1 else f"{len(found)} cells"
    out().say(
        f"Packed {sum(len(cell.records) for cell in found)} folds of {number} under {licence}. "
        f"{manifest.REVEALS} Check that the licences of the datasets allow it."
    )


def _write(files: Mapping[str, bytes], folder: Path, before: set[str]) -> None:
    """Write a folder in place of the files of an earlier one."""
    # The manifest comes last: until then the folder is no submission.
    order = sorted(files, key=lambda name: name == manifest.NAME)
    (folder / manifest.NAME).unlink(missing_ok=True)
    write_outputs([Output(folder / name, files[name], None) for name in order], force=True)
    for name in before - files.keys():
        (folder / name).unlink(missing_ok=True)


def _before(folder: Path, force: bool) -> set[str]:
    """The files of the submission that is there, which the new one replaces.

    Raises:
        BenchError: there is something else.
    """
    check_output(folder / manifest.NAME, re.compile(rb'"kind": "submission"'), force)
    if not folder.exists() or not any(folder.iterdir()):
        return set()
    listed: set[str] = set()
    if (folder / manifest.NAME).exists():
        listed = set(manifest.read_manifest(folder).files)
    there = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir()}
    if (other := there - listed - {manifest.NAME}) and not force:
        raise BenchError(
            f"{folder / min(other)} is not of a submission; choose another folder, or write into "
            "this one with --force"
        )
    return listed
