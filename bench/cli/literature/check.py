"""`bench literature check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch
from typing import Annotated

import typer
from rich.table import Table as Grid

from bench.cli.common import out, print_json
from bench.cli.options import Json
from bench.core.select import unknown
from bench.literature.comparison import literature
from bench.literature.table import Published, results
from bench.literature.verdict import Verdict, in_a_word, verdicts

Judged = tuple[tuple[Published, ...], Verdict, str]


def check(
    method: Annotated[
        str, typer.Option("--method", help="Only this method, by its name or its title.")
    ] = "",
    dataset: Annotated[
        str, typer.Option("--dataset", help="Only this dataset or task: casme2, casme2/5, 3db.")
    ] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="Also list results that are possible or not checkable.")
    ] = False,
    json: Json = False,
) -> None:
    """Find published scores that no confusion matrix of the dataset can have."""
    rows = _chosen(method, dataset)
    groups, found = results(rows), verdicts(rows)
    judged = [(g, v, in_a_word(g, v)) for g, v in zip(groups, found, strict=True)]
    if json:
        print_json([_plain(*one) for one in judged])
        return
    shown = [one for one in judged if everything or one[1].feasible == "no"]
    if shown:
        out().print(_grid(shown))
    counts = Counter(v.feasible for v in found)
    out().print(
        f"{len(groups)} published results: {counts['yes']} possible, {counts['no']} impossible "
        f"(no confusion matrix of the clips has these scores), {counts['unknown']} not checkable"
        + ("." if everything else " (--all lists all).")
    )


def _chosen(method: str, dataset: str) -> list[Published]:
    """Rows of the table that the options mean."""
    rows = list(literature())
    if method:
        word = method.lower()
        rows = [r for r in rows if word in ((r.method or "").lower(), r.name.lower())]
        if not rows:
            known = sorted({r.method or r.name for r in literature()})
            raise unknown("published method", method, known)
    if dataset:
        kept = [r for r in rows if fnmatch(r.dataset, dataset) or r.task == dataset]
        if not kept:
            raise unknown("published dataset", dataset, sorted({r.dataset for r in rows}))
        rows = kept
    return rows


def _grid(judged: Sequence[Judged]) -> Grid:
    grid = Grid("lines", "method", "dataset", "scores", "verdict", "why", title="published scores")
    for group, verdict, word in judged:
        row = group[0]
        part = "" if row.part == "full" else f" ({row.part})"
        scores = ", ".join(f"{one.metric} {one.claim}" for one in group)
        lines = ", ".join(map(str, verdict.lines))
        where = f"{row.task or row.dataset}{part}"
        grid.add_row(lines, row.name, where, scores, word, verdict.reason)
    return grid


def _plain(group: Sequence[Published], verdict: Verdict, word: str) -> dict[str, object]:
    row = group[0]
    return {
        "lines": verdict.lines,
        "method": row.method,
        "name": row.name,
        "dataset": row.dataset,
        "part": row.part,
        "task": row.task,
        "scores": {one.metric: one.value for one in group},
        "certainty": row.certainty,
        "source": row.source,
        "feasible": verdict.feasible,
        "verdict": word,
        "reason": verdict.reason,
        "nearest": dict(verdict.nearest),
    }
