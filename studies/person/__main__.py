"""`python -m studies.person`: the identity leak of every row that left out subjects and clips.

Reads the results of this directory's `bench.toml` (or BENCH_CONFIG), where `bench run` has left
records of the same methods with `--protocol loso` and `--protocol lovo`; prints a table, and draws
a figure of it with `-o`. Aggregates only: no clip and no person is named.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from tabulate import tabulate

from bench.board.identity import percent
from bench.board.style import BLUE, GREY, ORANGE, SETTINGS, blank, png, shown
from bench.board.text import number, signed
from bench.cache.output import MARK, Output, write_outputs
from bench.core.errors import BenchError
from bench.evaluation.build_row import by_row
from bench.evaluation.identity import Meter
from bench.evaluation.paired import Difference, difference
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import truth
from bench.plugins.settings import read_settings
from bench.statistics import score
from bench.statistics.metrics import METRICS
from bench.store.store import Store

METRIC_NAMES = {"uf1": "UF1", "accuracy": "accuracy"}


@dataclass(frozen=True)
class Leak:
    """One method on one task.

    Attributes:
        name: of both, marked where the clips are SYNTHETIC.
        clips: number of them.
        same_person: share of clips whose nearest neighbour is of the same person.
        chance: that share for neighbours drawn at random.
        loso, lovo: scores by metric.
        gained: LOVO minus LOSO by metric.
    """

    name: str
    clips: int
    same_person: float
    chance: float
    loso: dict[str, float]
    lovo: dict[str, float]
    gained: dict[str, Difference]


def leaks(store: Store) -> Iterator[Leak]:
    """Every row of a results folder of which both measures are known."""
    records = store.records()
    meter = Meter.of(store.folder, records)
    for task in map(truth, store.tasks().values()):
        rows = by_row(r for r in records if r.inputs["data"] == task.fingerprint)
        for key, of_row in sorted(rows.items()):
            found, pair = meter.identity(task, of_row), meter.pair(task, of_row)
            if found is None or found.same_person is None or pair is None:
                continue
            loso, lovo = (confusions(task, side) for side in pair)
            name = f"{key.label}, {task.task}"
            yield Leak(
                f"SYNTHETIC: {name}" if task.synthetic else name,
                len(task.labels),
                found.same_person,
                found.chance,
                {n: score(loso, METRICS[n]) for n in METRIC_NAMES},
                {n: score(lovo, METRICS[n]) for n in METRIC_NAMES},
                {n: difference(lovo, loso, METRICS[n]) for n in METRIC_NAMES},
            )


def table(found: Sequence[Leak]) -> str:
    """Markdown, a line for each."""
    head = ["method, task", "clips", "same person", "chance"]
    for name in METRIC_NAMES.values():
        head += [f"LOSO {name}", f"LOVO {name}", "difference"]
    lines = []
    for one in found:
        line = [one.name, str(one.clips), percent(one.same_person), percent(one.chance)]
        for name in METRIC_NAMES:
            gained = one.gained[name]
            interval = f"[{signed(gained.low)}, {signed(gained.high)}]"
            sides = number(one.loso[name]), number(one.lovo[name])
            line += [*sides, f"{signed(gained.value)} {interval}"]
        lines.append(line)
    return str(tabulate(lines, head, tablefmt="github", disable_numparse=True))


def figure(found: Sequence[Leak]) -> Figure:
    """Shares of same-person neighbours against chance, and LOVO minus LOSO."""
    drawn = blank(7, 1.0 + 0.34 * len(found))
    left, right = drawn.subplots(1, 2, sharey=True)
    _shares(left, found)
    _gains(right, found)
    left.set_yticks(range(len(found)), [shown(one.name) for one in found])
    # Upside down, so that the first is at the top.
    left.set_ylim(len(found) - 0.5, -0.5)
    for axes in (left, right):
        axes.tick_params(axis="y", length=0)
    return drawn


def _shares(axes: Axes, found: Sequence[Leak]) -> None:
    where = range(len(found))
    shares = [100 * one.same_person for one in found]
    axes.barh(where, shares, height=0.55, color=BLUE, label="measured")
    for i, one in enumerate(found):
        chance = 100 * one.chance
        axes.plot([chance] * 2, [i - 0.38, i + 0.38], color=ORANGE, label=None if i else "chance")
        axes.text(shares[i] + 1.5, i, f"{shares[i]:.1f}", va="center", fontsize=8)
    axes.set_xlim(0, 112)
    axes.set_xticks(range(0, 101, 25))
    axes.set_xlabel("nearest clip of the same person, %")
    axes.legend(loc="lower right")


def _gains(axes: Axes, found: Sequence[Leak]) -> None:
    axes.axvline(0, color=GREY, linewidth=0.8)
    for (name, words), colour, shift in zip(
        METRIC_NAMES.items(), (BLUE, ORANGE), (-0.14, 0.14), strict=True
    ):
        for i, one in enumerate(found):
            gained = one.gained[name]
            axes.plot([gained.low, gained.high], [i + shift] * 2, color=colour)
            label = None if i else words
            axes.plot(gained.value, i + shift, "o", color=colour, markersize=4.5, label=label)
    axes.set_xlabel("LOVO − LOSO, 95 % interval")
    axes.legend(loc="lower right")


def main() -> None:
    parser = argparse.ArgumentParser("python -m studies.person", description=__doc__)
    parser.add_argument("--results", type=Path, help="folder of results; default: of bench.toml")
    parser.add_argument("-o", "--output", type=Path, help="png file to draw")
    parser.add_argument("--force", action="store_true", help="replace a file of others")
    chosen = parser.parse_args()
    _, settings = read_settings()
    store = Store(chosen.results or settings.results)
    found = sorted(leaks(store), key=lambda one: -one.same_person)
    if not found:
        raise BenchError(
            f"{store.folder}: no method has complete results of loso and lovo on one task; "
            "`bench run` makes them with --protocol"
        )
    print(table(found))
    if chosen.output:
        with rc_context(SETTINGS):
            picture = png(figure(found))
        write_outputs([Output(chosen.output, picture, MARK)], chosen.force)


if __name__ == "__main__":
    try:
        main()
    except BenchError as error:
        raise SystemExit(f"studies.person: {error}") from None
