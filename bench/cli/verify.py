"""`bench verify`."""

from __future__ import annotations

import math
import random
import secrets
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from bench.cli.common import name_damaged, out, print_json, workspace
from bench.cli.exits import FAILED
from bench.cli.options import Jobs, Json, LocalEngine, Plugin
from bench.cli.rerun import Compared, rerun, today_of
from bench.core.errors import BenchError, DataError
from bench.core.escape import visible
from bench.core.names import TaskName
from bench.evaluation.find_cell import CellRecords
from bench.evaluation.truth import Truth
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located, no_data
from bench.running.options import RunOptions
from bench.store import archive
from bench.store.environment import environment_id
from bench.store.record import Record
from bench.store.store import Store
from bench.submission import checks
from bench.submission.cells import cells_of
from bench.submission.checks import Check, State, plugin_hint
from bench.submission.manifest import Claim, Manifest, changed, read_manifest
from bench.submission.zipped import opened

TOLERANCE = 1e-6
"""Of two scores of one clip: sums in another order differ in their last digits."""


def verify(
    folder: Annotated[
        Path, typer.Argument(help="A submission, made by `bench submit`: its folder or zip.")
    ],
    folds: Annotated[
        int, typer.Option("--folds", min=0, help="Random folds of each cell to rerun; 0: none.")
    ] = 3,
    seed: Annotated[
        int | None,
        typer.Option("--seed", min=0, help="Chooses the folds; default: drawn, and printed."),
    ] = None,
    jobs: Jobs = None,
    engine: LocalEngine = "processes",
    plugin: Plugin = None,
    json: Json = False,
) -> None:
    """Check a submission: files, counts, scores, code; rerun random folds.

    Code of the submission runs only if its file is named with --plugin. Exits with 1 when a check
    fails, with 2 when the submission cannot be read. What cannot be checked here is named.
    """
    with opened(folder) as place:
        manifest = read_manifest(place)
        registry, settings = workspace(plugin, needed=True)
        # Drawn only now: nobody who forges a record knows which folds will run again.
        seed = secrets.randbelow(10**9) if seed is None else seed
        again = _Again(registry, settings, RunOptions(engine=engine, jobs=jobs), folds, seed)
        found = list(_checks(place, manifest, again))
    if json:
        print_json({"seed": seed, "checks": [asdict(one) for one in found]})
    else:
        _print(folder, found, seed if folds else None)
    if any(one.state == "failed" for one in found):
        raise SystemExit(FAILED)


@dataclass(frozen=True)
class _Again:
    """How folds are run again: plugins, folders, options, how many of a cell, and which."""

    registry: Registry
    settings: Settings
    options: RunOptions
    folds: int
    seed: int


def _checks(folder: Path, manifest: Manifest, again: _Again) -> Iterator[Check]:
    if wrong := changed(folder, manifest.files):
        more = f" and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        yield Check("", "files", "failed", "; ".join(wrong[:3]) + more)
    else:
        yield Check(
            "", "files", "ok", f"{len(manifest.files)} files have the sha256 of the manifest"
        )
    with tempfile.TemporaryDirectory() as place:
        try:
            archive.unpack(folder / archive.NAME, Path(place))
            store = Store(Path(place))
            damaged = store.contents().damaged
        except BenchError as error:
            yield Check("", "records", "failed", str(error))
            return
        # A temporary folder is gone when its name is read.
        name_damaged([one.replace(place, archive.NAME) for one in damaged], "left out")
        about = f"{len(damaged)} damaged" if damaged else "all match their seals, keys and clips"
        yield Check("", "records", "failed" if damaged else "ok", about)
        cells = cells_of(store)
        yield from checks.whole(manifest, cells, folder)
        for claim in manifest.cells:
            # What is missing was said above.
            if claim.cell in cells:
                yield from checks.of_cell(claim, cells[claim.cell], folder, again.registry)
                yield _rerun(claim, cells[claim.cell], again)


def _rerun(claim: Claim, cell: CellRecords, again: _Again) -> Check:
    """Random folds of a cell, run again where its data and its method are here."""
    done = {record.fold: record for record in cell.records if record.status == "ok"}
    if not again.folds or not done:
        return Check(claim.cell, "rerun", "not checked", "no fold was to run again")
    if claim.method not in again.registry.methods:
        about = f"{claim.method} is not here{plugin_hint(claim)}"
        return Check(claim.cell, "rerun", "not checked", about)
    if why := _no_data(cell.task, again):
        return Check(claim.cell, "rerun", "not checked", why)
    try:
        today = today_of(cell, again.registry, again.settings)
    except DataError as error:
        return Check(claim.cell, "rerun", "not checked", str(error))
    except BenchError as error:
        return Check(claim.cell, "rerun", "failed", str(error))
    known = sorted(done.keys() & {fold.name for fold in today.folds})
    # By the cell as well, so that cells with the same folds are looked at in different ones.
    draw = random.Random(f"{again.seed} {claim.cell}")
    chosen = draw.sample(known, min(again.folds, len(known)))
    before = {name: done[name] for name in chosen}
    rows = rerun(today, before, again.registry, again.settings, again.options)
    return Check(claim.cell, "rerun", *_verdict(rows, before))


def _no_data(task: Truth, again: _Again) -> str:
    """Why the data of a task are not here; empty where they are, or can be generated."""
    name = TaskName.parse(task.task).dataset
    if name not in again.registry.datasets:
        return f"no dataset {name!r} here"
    have = located(again.registry, again.settings.folders)
    return "" if task.synthetic or name in have else str(no_data(name, have))


def _verdict(rows: list[Compared], before: dict[str, Record]) -> tuple[State, str]:
    """Equal classes and scores; another machine may differ in digits, and that is said."""
    clips = sum(row.clips for row in rows)
    where = f"{clips} predictions of {', '.join(row.fold for row in rows)}"
    if bad := [row for row in rows if row.status != "ok"]:
        return "failed", f"{bad[0].fold} ended as {bad[0].status} here"
    largest = max((row.largest for row in rows), default=math.inf)
    machines = {record.environment for record in before.values()}
    elsewhere = machines != {environment_id()} or any(record.gpu for record in before.values())
    said = "; made on another machine or with other packages, which may differ" if elsewhere else ""
    if clips_changed := [clip for row in rows for clip in row.changed]:
        named = ", ".join(clips_changed[:3])
        return "failed", f"{len(clips_changed)} of {where} have another class: {named}{said}"
    if largest <= TOLERANCE:
        return "ok", f"{where} are equal, scores within {TOLERANCE:g}"
    differ = f"{where} have equal classes, but scores differ by up to {largest:.2g}{said}"
    return ("not checked" if elsewhere else "failed"), differ


def _print(folder: Path, found: list[Check], seed: int | None) -> None:
    for cell in dict.fromkeys(one.cell for one in found):
        grid = Grid("check", "result", "", title=visible(cell or str(folder)), title_justify="left")
        for one in found:
            if one.cell == cell:
                grid.add_row(one.name, one.state, Text(visible(one.about)))
        out().print(grid)
    counts = Counter(one.state for one in found)
    drawn = "" if seed is None else f"; folds drawn with --seed {seed}"
    words: tuple[State, ...] = ("ok", "failed", "not checked")
    out().say(", ".join(f"{counts[word]} {word}" for word in words) + drawn)
