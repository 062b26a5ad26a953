"""`bench literature check`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from bench.board.notes import note_text
from bench.cli.common import out, print_json
from bench.cli.exits import FAILED
from bench.cli.options import Json
from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.literature.ceilings import above_ceiling
from bench.literature.claims import Claimed, read_claims, rows_of
from bench.literature.judged import judged as shipped
from bench.literature.table import MetricName, Published, literature, results
from bench.literature.verdict import Clips, Verdict, in_a_word, verdicts

Judged = tuple[tuple[Published, ...], Verdict, str]


def check(
    claims: Annotated[
        Path | None,
        typer.Argument(help="Check the claims in this csv (columns: see docs/literature.md)."),
    ] = None,
    task: Annotated[
        str, typer.Option("--task", help="Check a claim on this task, such as 3db/3.")
    ] = "",
    accuracy: Annotated[
        str, typer.Option("--accuracy", "--acc", help="Claimed accuracy, as printed: .7692.")
    ] = "",
    uf1: Annotated[str, typer.Option("--uf1", help="Claimed UF1.")] = "",
    uar: Annotated[str, typer.Option("--uar", help="Claimed UAR.")] = "",
    f1: Annotated[str, typer.Option("--f1", help="Claimed F1.")] = "",
    f1_kind: Annotated[
        str, typer.Option("--f1-kind", help="macro, pr, weighted, micro or unknown.")
    ] = "",
    part: Annotated[
        str, typer.Option("--part", help="The claim is on this part of a composite: smic.")
    ] = "",
    clips: Annotated[
        str, typer.Option("--clips", help="Clips per class, for other tasks: 70/51/43.")
    ] = "",
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
    """Find scores that no confusion matrix of the dataset can have.

    Published ones by default; or those of a claim (--task ...) or of a csv of claims, which exit
    with 1 if one is impossible.
    """
    printed: dict[MetricName, str] = {"accuracy": accuracy, "uf1": uf1, "uar": uar, "f1": f1}
    scores = {name: value for name, value in printed.items() if value}
    one = any((task, scores, f1_kind, part, clips))
    if sum((claims is not None, one, bool(method or dataset))) > 1:
        raise BenchError("expected a csv of claims, or one claim (--task), or filters, not several")
    if claims is not None:
        _claimed(read_claims(claims), json)
    elif one:
        if not task:
            raise BenchError("a claim needs its task: --task 3db/3")
        _claimed([Claimed(task, scores, part=part, f1_kind=f1_kind, clips=clips)], json)
    else:
        _published(_chosen(method, dataset), everything, json)


def _claimed(claims: Sequence[Claimed], json: bool) -> None:
    """Print the verdicts on claims; exit with 1 if one is impossible."""
    rows, counts = rows_of(claims)
    judged = _judged(rows, counts)
    if json:
        print_json([_plain(*each) for each in judged])
    else:
        out().print(_grid(judged, "claimed scores"))
        what = "claimed result" if len(judged) == 1 else "claimed results"
        out().print(f"{_summary(judged, what)}.")
    if any(verdict.feasible == "no" for _, verdict, _ in judged):
        raise SystemExit(FAILED)


def _published(rows: Sequence[Published], everything: bool, json: bool) -> None:
    """List the verdicts on the table that comes with the package."""
    lines = {row.line for row in rows}
    judged = [
        (group, verdict, in_a_word(group, verdict))
        for group, verdict in shipped()
        if group[0].line in lines
    ]
    if json:
        print_json([_plain(*one) for one in judged])
        return
    shown = [
        one
        for one in judged
        if everything or one[1].feasible == "no" or one[1].cut or above_ceiling(one[0])
    ]
    if shown:
        out().print(_grid(shown, "published scores"))
    hint = "" if everything else " (--all lists all)"
    out().print(f"{_summary(judged, 'published results')}{hint}.")
    if above := sum(above_ceiling(group) is not None for group, *_ in judged):
        out().print(f"{above} above what the coded action units themselves score on their task.")


def _judged(rows: Sequence[Published], clips: Clips) -> list[Judged]:
    found = zip(results(rows), verdicts(rows, clips), strict=True)
    return [(group, verdict, in_a_word(group, verdict, clips)) for group, verdict in found]


def _summary(judged: Sequence[Judged], what: str) -> str:
    counts = Counter(verdict.feasible for _, verdict, _ in judged)
    cut = sum(verdict.cut for _, verdict, _ in judged)
    return (
        f"{len(judged)} {what}: {counts['yes']} possible"
        + (f" ({cut} of them only if cut off, not rounded)" if cut else "")
        + f", {counts['no']} impossible (no confusion matrix of the clips has these scores), "
        f"{counts['unknown']} not checkable"
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


def _grid(judged: Sequence[Judged], title: str) -> Grid:
    grid = Grid("lines", "method", "dataset", "scores", "verdict", "why", title=title)
    for group, verdict, word in judged:
        row = group[0]
        part = "" if row.part == "full" else f" ({row.part})"
        scores = ", ".join(f"{_metric(one)} {one.claim}" for one in group)
        lines = ", ".join(dict.fromkeys(map(str, verdict.lines)))
        where = f"{row.task or row.dataset}{part}"
        above = above_ceiling(group)
        why = verdict.reason if above is None else f"{verdict.reason}; {note_text(above)}"
        cells = (lines, row.name, where, scores, word, why)
        grid.add_row(*map(Text, cells))
    return grid


def _metric(row: Published) -> str:
    return f"{row.metric} ({row.f1_kind})" if row.f1_kind else row.metric


def _plain(group: Sequence[Published], verdict: Verdict, word: str) -> dict[str, object]:
    row, above = group[0], above_ceiling(group)
    return {
        "lines": list(dict.fromkeys(verdict.lines)),
        "method": row.method,
        "name": row.name,
        "dataset": row.dataset,
        "part": row.part,
        "task": row.task,
        "scores": {one.metric: one.value for one in group},
        "printed": {one.metric: str(one.claim) for one in group},
        "f1_kind": next((one.f1_kind for one in group if one.f1_kind), None),
        "certainty": row.certainty,
        "source": row.source,
        "url": row.url,
        "feasible": verdict.feasible,
        "verdict": word,
        "only_if_cut_off": verdict.cut,
        "reason": verdict.reason,
        "nearest": dict(verdict.nearest),
        "above_ceiling": None if above is None else above.ceiling,
    }
