"""`bench compare`."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid

from bench.board.pairs import left_out_text, verdict_text
from bench.board.terminal import NARROW
from bench.board.text import number
from bench.cache.output import MARK, Output, check_output, write_outputs
from bench.cli.common import err, name_damaged, out, print_json, workspace
from bench.cli.complete import complete_methods, complete_metrics
from bench.cli.options import Force, Json, KnownTasks, Plugin, Protocol, Results, output_option
from bench.core.errors import BenchError
from bench.core.names import Protocol as ProtocolName
from bench.core.select import choose_tasks
from bench.evaluation.average_ranks import average_ranks
from bench.evaluation.compare import Pair
from bench.evaluation.compare import compare as compare_methods
from bench.evaluation.entries import LeftOut
from bench.evaluation.own_metrics import measure
from bench.evaluation.truth import truth
from bench.statistics.metrics import Metric as Measure
from bench.store.record import Record
from bench.store.store import Store

LEGEND = (
    "difference: first minus second, 95 % interval with subjects resampled. p: permutations over "
    "subjects, all seeds of a subject together; Holm: corrected over all lines. detectable: the "
    "smallest true difference that these subjects would show 80 times of 100."
)


def compare(
    methods: Annotated[
        list[str],
        typer.Argument(
            metavar="METHOD METHOD ...",
            help="Two or more methods or names of imported predictions; name@preset where a method "
            "has results of several presets.",
            autocompletion=complete_methods,
        ),
    ],
    results: Results = None,
    tasks: KnownTasks = "all",
    protocol: Protocol = "loso",
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            help="Score to compare by: uf1, uar, accuracy, f1, or a metric of your own.",
            autocompletion=complete_metrics,
        ),
    ] = "uf1",
    output: Annotated[
        Path | None,
        output_option("Draw the average ranks over tasks to this png file."),
    ] = None,
    plugin: Plugin = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Test whether methods differ: paired by subject, on each task."""
    if output is not None:
        check_output(output, MARK, force)
    registry, settings = workspace(plugin, results)
    measured = measure(metric, registry.metrics)
    store = Store(settings.results)
    contents = store.contents()
    name_damaged(contents.damaged, "left out")
    pairs, left_out = paired(store, contents.records, methods, tasks, protocol, measured)
    for one in left_out:
        err().say(left_out_text(one))
    if not pairs:
        raise no_pairs(methods, protocol)
    if json:
        print_json([_plain(pair) for pair in pairs])
    else:
        _print(pairs, metric)
        out().print(_ranks(pairs))
    if output is not None:
        _draw(pairs, metric, output, force)


def paired(
    store: Store,
    records: Sequence[Record],
    methods: Sequence[str],
    tasks: str,
    protocol: str,
    by: Measure,
) -> tuple[list[Pair], list[LeftOut]]:
    """All pairs of methods on the tasks of a results folder, and what is left out of them.

    Raises:
        BenchError: fewer than two methods, an unknown one, or no results.
    """
    if len(set(methods)) < 2:
        raise BenchError(f"compare {' '.join(methods)}: expected two or more methods")
    known = [truth(one) for one in store.tasks().values()]
    if not known:
        raise BenchError(f"no results in {store.folder}; run `bench run` first")
    names = choose_tasks(tasks, sorted({task.task for task in known}))
    wanted = sorted(
        (task for task in known if task.task in names),
        key=lambda task: (task.synthetic, task.task, task.fingerprint),
    )
    externals = store.externals()
    return compare_methods(wanted, records, externals, methods, protocol, by)


def no_pairs(methods: Sequence[str], protocol: str) -> BenchError:
    """The error where everything is left out."""
    return BenchError(f"no task has complete results of {' and '.join(methods)} ({protocol})")


def _plain(pair: Pair) -> dict[str, object]:
    return dataclasses.asdict(pair) | {"better": pair.better, "verdict": verdict_text(pair)}


def _ranks(pairs: Sequence[Pair]) -> str:
    """Average ranks over tasks in words, and what their differences mean."""
    ranked = average_ranks(pairs)
    if ProtocolName.parse(pairs[0].protocol).diagnostic:
        return f"no average ranks: {pairs[0].protocol} has the same people in training and test."
    if ranked is None:
        return "average ranks: no second task has results of all of these methods."
    methods, tasks, found = ranked
    order = sorted(zip(found.ranks, methods, strict=True))
    words = ", ".join(f"{name} {rank:.2f}" for rank, name in order)
    if found.difference is None:
        return f"average ranks over {tasks} tasks: {words}. No diagram: {found.reason}."
    return (
        f"average ranks over {tasks} tasks: {words}. Critical difference {found.difference:.2f} "
        "(Nemenyi, level .05): ranks further apart differ, if the tasks share no clips."
    )


def _draw(pairs: Sequence[Pair], metric: str, output: Path, force: bool) -> None:
    ranked = average_ranks(pairs)
    if ranked is None or ranked[2].difference is None:
        raise BenchError(f"{output} is not drawn: {_ranks(pairs)}")
    from bench.board.critical_difference import rank_figure
    from bench.board.style import png, stamped

    methods, tasks, found = ranked
    figure = rank_figure(methods, found, f"average rank by {metric} over {tasks} tasks")
    picture = stamped(figure, all(pair.synthetic for pair in pairs))
    write_outputs([Output(output, png(picture), MARK)], force)
    out().say(f"Picture: {output}")


def _print(pairs: Sequence[Pair], metric: str) -> None:
    console = out()
    rows = [_columns(pair, metric) for pair in pairs]
    names = [n for n in rows[0] if console.width >= NARROW or n not in ("p", "detectable")]
    grid = Grid(*names, title=f"paired comparison, {pairs[0].protocol}")
    for row in rows:
        grid.add_row(*(row[name] for name in names))
    console.print(grid)
    console.print(LEGEND)


def _evidence(pair: Pair) -> str:
    """What a comparison rests on: "26 subjects"; the clips where it is not all of them."""
    clips = "" if pair.clips == pair.of else f", {pair.clips} of {pair.of} clips"
    return f"{pair.subjects} subjects{clips}"


def _columns(pair: Pair, metric: str) -> dict[str, str]:
    """One line of the table by the heads of its columns."""
    return {
        "task": f"SYNTHETIC {pair.task}" if pair.synthetic else pair.task,
        "methods": f"{pair.first} – {pair.second}",
        metric: " – ".join(map(number, pair.scores)),
        "difference": f"{pair.difference:+.3f} [{pair.low:+.3f}, {pair.high:+.3f}]",
        "p": f"{pair.p:.4f}",
        "Holm": f"{pair.adjusted:.4f}",
        "detectable": f"{pair.detectable:.3f}",
        "verdict": f"{verdict_text(pair)} ({_evidence(pair)})",
    }
