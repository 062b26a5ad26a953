"""What can be checked about a submission without running anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bench.core.code_hash import source_hash_of
from bench.core.names import TaskName
from bench.evaluation.find_cell import CellRecords
from bench.evaluation.truth import Truth
from bench.literature.feasibility import Claim as Printed
from bench.literature.feasibility import judge
from bench.plugins.registry import Registry
from bench.store.code import code_changes
from bench.submission.cells import class_counts, lacking, pooled_scores, tables
from bench.submission.manifest import DECIMALS, Claim, Manifest, is_inside

State = Literal["ok", "failed", "not checked"]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Attributes:
        cell: it is of; empty where it is of the whole.
        name: what: "files", "counts".
        state: how it came out.
        about: a sentence: what was compared, or why it could not be.
    """

    cell: str
    name: str
    state: State
    about: str


def whole(manifest: Manifest, cells: dict[str, CellRecords], folder: Path) -> Iterator[Check]:
    """Whether the predictions are those of the claims, as records and as tables."""
    named = [claim.cell for claim in manifest.cells]
    if sorted(named) == sorted(cells):
        yield Check("", "cells", "ok", f"{len(named)}, as the manifest lists them")
    else:
        other = sorted(set(named) ^ set(cells)) or named
        yield Check("", "cells", "failed", f"not those of the manifest: {', '.join(other[:3])}")
    complete = [cell for cell in cells.values() if not lacking(cell)]
    differing = [
        name
        for name, (data, _) in tables(complete).items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != data
    ]
    if differing:
        yield Check(
            "", "tables", "failed", f"{differing[0]} does not hold the records' predictions"
        )
    else:
        yield Check("", "tables", "ok", "hold the predictions of the records")


def of_cell(claim: Claim, cell: CellRecords, folder: Path, registry: Registry) -> Iterator[Check]:
    """Everything about one cell that needs no data."""
    for name, (state, about) in (
        ("clips", _clips(cell)),
        ("counts", _counts(claim, cell.task, registry)),
        ("scores", _scores(claim, cell)),
        ("isolation", _isolation(cell)),
        ("source", _source(claim, cell, folder)),
        ("code", _code(claim, cell, registry)),
    ):
        yield Check(claim.cell, name, state, about)


def _clips(cell: CellRecords) -> tuple[State, str]:
    if why := lacking(cell):
        return "failed", why
    # Each record was held against the clips of its fold when it was read.
    return "ok", f"each of {len(cell.task.labels)} predicted once, in {len(cell.records)} folds"


def _counts(claim: Claim, task: Truth, registry: Registry) -> tuple[State, str]:
    """Against what the dataset's plugin here expects: the submission's own words prove nothing."""
    found = class_counts(task)
    if claim.classes != found:
        return "failed", f"{found}, and the manifest says {claim.classes}"
    name = TaskName.parse(task.task)
    dataset = registry.datasets.get(name.dataset)
    labelling = dataset.labellings.get(name.labelling) if dataset else None
    if labelling is None:
        return "not checked", f"no dataset here has the task {name.plain}"
    if tuple(found) != labelling.classes:
        return "failed", f"classes {list(found)}, expected {list(labelling.classes)}"
    counts = tuple(found.values())
    expected = labelling.counts(name.revision, counts)
    if task.synthetic:
        return "not checked", "SYNTHETIC stand-ins have no published counts"
    if not expected:
        return "not checked", f"no published counts of {name.plain} are known"
    if name.subset and all(have <= want for have, want in zip(counts, expected, strict=True)):
        return "ok", f"{name.subset} clips, as the task's name says"
    if counts != expected:
        return "failed", f"{list(counts)} clips by class, published: {list(expected)}"
    return "ok", f"{list(counts)} clips by class, as published"


def _scores(claim: Claim, cell: CellRecords) -> tuple[State, str]:
    if lacking(cell):
        return "not checked", "folds are missing"
    true = pooled_scores(cell)
    if claim.scores == true:
        return "ok", ", ".join(f"{name} {value}" for name, value in true.items())
    wrong = {n: v for n, v in claim.scores.items() if true.get(n) != v}
    texts = ", ".join(f"{name} {value}, not {true.get(name)}" for name, value in wrong.items())
    return "failed", (texts or "some are missing") + _infeasible(claim, cell.task)


def _infeasible(claim: Claim, task: Truth) -> str:
    """That no predictions at all could have the claimed scores, where that is so."""
    printed = {
        # A float's own rounding adds nothing to that of four decimals.
        name: Printed(value, DECIMALS, "rounded")
        for name, value in claim.scores.items()
        if name in ("accuracy", "uar", "uf1")
    }
    clips = list(class_counts(task).values())
    if not printed or len(clips) < 2 or min(clips) < 1:
        return ""
    judged = judge(clips, printed)
    return f"; infeasible: {judged.reason}" if judged.feasible == "no" else ""


def _isolation(cell: CellRecords) -> tuple[State, str]:
    seen = [record.fold for record in cell.records if not record.isolated]
    if seen:
        return "failed", f"held-out labels were in the process of {', '.join(seen[:3])}"
    return "ok", "no fold's process had held-out labels, its records say"


def _source(claim: Claim, cell: CellRecords, folder: Path) -> tuple[State, str]:
    """The packed source against the hash in the records, without running it."""
    hashes = {record.source for record in cell.records} | {claim.code}
    if len(hashes) > 1:
        return "failed", f"folds were run by different code: {', '.join(sorted(hashes))}"
    if not claim.plugin:
        return "ok", "comes with bench, the manifest says: see code"
    if not claim.packed:
        return "not checked", f"published at {claim.plugin}"
    if not is_inside(claim.plugin) or _hash(folder / claim.plugin) not in hashes:
        return "failed", f"{claim.plugin} is not the code that made the records"
    return "ok", f"{claim.plugin} has the hash of the records"


def _hash(path: Path) -> str:
    """The source hash of a stranger's file; empty where it is missing or no text."""
    try:
        return source_hash_of(path)
    except (OSError, ValueError, RecursionError, MemoryError):
        return ""


def _code(claim: Claim, cell: CellRecords, registry: Registry) -> tuple[State, str]:
    """The plugin here against the hashes in the records."""
    if claim.method not in registry.methods:
        return "not checked", f"{claim.method} is not here{plugin_hint(claim)}"
    plugin = registry.methods[claim.method]
    changes = dict.fromkeys(
        one for record in cell.records for one in code_changes(record, plugin, registry.datasets)
    )
    if changes:
        return "failed", f"other code than here: {', '.join(list(changes)[:4])}"
    return "ok", "method, dataset and what they import are the same here"


def plugin_hint(claim: Claim) -> str:
    """How to make a method available, which runs its code."""
    if claim.packed:
        return f"; --plugin FOLDER/{claim.plugin} loads it, which runs its code"
    return f"; its code: {claim.plugin}, --plugin FILE loads it" if claim.plugin else ""
