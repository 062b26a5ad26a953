"""Packing a submission: the files of its folder, from cells of a results folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench import __version__
from bench.core.errors import BenchError
from bench.core.names import Label, TaskName
from bench.evaluation.find_cell import CellRecords
from bench.plugins.registry import Registry
from bench.store import archive
from bench.store.cell_path import CellPath
from bench.store.code import code_changes
from bench.store.external import External
from bench.store.record import Record
from bench.store.store import Store
from bench.submission import manifest
from bench.submission.cells import class_counts, lacking, pooled_scores, tables
from bench.submission.manifest import Claim, Manifest
from bench.submission.metadata import croissant, zenodo
from bench.submission.source import built_in, packed_files

ABSOLUTE = re.compile(r'"((?:/[^"/]+/|[A-Za-z]:\\\\|\\\\\\\\)[^"]*)"')
"""A text in JSON that begins like a path of some machine."""


@dataclass(frozen=True)
class About:
    """What a submitter says.

    Attributes:
        licence: of the predictions: SPDX identifier.
        authors: names.
        url: where the code of plugins is published; empty to pack it.
    """

    licence: str
    authors: Sequence[str]
    url: str


def build(
    store: Store, cells: Sequence[CellRecords], registry: Registry, about: About
) -> dict[str, bytes]:
    """The files of a submission by path.

    Raises:
        BenchError: a cell is incomplete, its code has changed since or is not here, a fold saw
            held-out labels, or a record holds a path of this machine.
    """
    files: dict[str, bytes] = {}
    claims = [_claim(cell, registry, about, files) for cell in cells]
    if doubles := sorted({c.cell for c in claims if [d.cell for d in claims].count(c.cell) > 1}):
        raise BenchError(f"{doubles[0]} is named twice")
    units = {(r.key, r.label, r.preset) for cell in cells for r in cell.records}

    def wanted(one: Record | External) -> bool:
        return isinstance(one, Record) and (one.key, one.label, one.preset) in units

    files[archive.NAME] = archive.pack(store, wanted)
    made = tables(cells)
    files |= {name: data for name, (data, _) in made.items()}
    files["croissant.json"] = croissant(claims, made, about.licence, about.authors)
    files[".zenodo.json"] = zenodo(claims, about.licence, about.authors)
    listed = {name: manifest.entry(data) for name, data in sorted(files.items())}
    whole = Manifest(__version__, about.licence, list(about.authors), claims, listed)
    return files | {manifest.NAME: manifest.encode(whole)}


def _claim(cell: CellRecords, registry: Registry, about: About, files: dict[str, bytes]) -> Claim:
    """What is said of a cell; adds the source of its plugins to the files."""
    first = cell.records[0]
    path, method = str(CellPath.of_record(first)), Label.parse(first.label).method
    if why := lacking(cell):
        raise BenchError(f"{path} is incomplete: {why}; finish it with `bench run` first")
    if method not in registry.methods:
        raise BenchError(f"{path}: no method {method!r} here; name its file with --plugin")
    _refuse(path, cell, registry)
    where = _source(registry.methods[method], about, files)
    dataset = registry.datasets.get(TaskName.parse(cell.task.task).dataset)
    if dataset is not None:
        _source(dataset, about, files)
    return Claim(
        cell=path,
        task=cell.task.task,
        protocol=first.inputs["protocol"],
        method=method,
        seed=first.inputs["seed"],
        data=cell.task.fingerprint,
        folds=len(cell.records),
        clips=len(cell.task.labels),
        classes=class_counts(cell.task),
        scores=pooled_scores(cell),
        code=first.source,
        plugin=where,
    )


def _refuse(path: str, cell: CellRecords, registry: Registry) -> None:
    """Raise BenchError for records that nobody could verify, or should not see."""
    plugin = registry.methods[Label.parse(cell.records[0].label).method]
    for record in cell.records:
        if changes := code_changes(record, plugin, registry.datasets):
            raise BenchError(
                f"{path} was made by other code than is here ({', '.join(changes[:3])} changed): "
                "`bench run --refresh stale` runs it again"
            )
        if not record.isolated:
            raise BenchError(
                f"{path}: held-out labels were in the process of {record.fold} (--engine serial); "
                "run it in another results folder with --engine processes"
            )
        if not record.digest:
            raise BenchError(f"{path}: {record.fold} has no seal (an older format); run it again")
        if found := ABSOLUTE.search(json.dumps(_words(record))):
            raise BenchError(
                f"{path}: {record.fold} holds the path {found[1]!r} of this machine; run the "
                "method without it"
            )


def _words(record: Record) -> Mapping[str, Any]:
    return {"inputs": record.inputs, "label": record.label, "extra": record.extra}


def _source(plugin: type, about: About, files: dict[str, bytes]) -> str:
    """Where the source of a plugin is; adds it to the files where it is packed."""
    if built_in(plugin):
        return ""
    if about.url:
        return about.url
    name, paths = packed_files(plugin)
    for inner, path in paths.items():
        data = path.read_bytes()
        if files.setdefault(f"plugins/{inner}", data) != data:
            raise BenchError(f"two plugins have a file {inner}; rename one")
        if not manifest.is_inside(inner):
            raise BenchError(f"{path}: its name cannot be packed; use letters, digits, _ and -")
    return f"plugins/{name}"
