"""`bench literature`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch

from rich.table import Table as Grid

from bench.cli.common import out, print_json
from bench.core.select import unknown
from bench.literature.comparison import literature
from bench.literature.table import Published, Verdict, in_a_word, results
from bench.literature.table import check as verdicts

Judged = tuple[tuple[Published, ...], Verdict, str]


def check(method: str, dataset: str, everything: bool, as_json: bool) -> None:
    """Print the verdict on every published result, or on those asked for."""
    rows = _chosen(method, dataset)
    groups, found = results(rows), verdicts(rows)
    judged = [(g, v, in_a_word(g, v)) for g, v in zip(groups, found, strict=True)]
    if as_json:
        print_json([_plain(*one) for one in judged])
        return
    shown = [one for one in judged if everything or one[1].feasible == "no"]
    if shown:
        out().print(_grid(shown))
    counts = Counter(v.feasible for v in found)
    out().print(
        f"{len(groups)} published results: {counts['yes']} possible, {counts['no']} match no "
        f"possible confusion matrix, {counts['unknown']} cannot be checked"
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
