"""A board for notebooks: shows itself, and gives tidy tables of rows and of predictions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.board import build
from bench.board.board import Board as Tables
from bench.board.html import html
from bench.board.plain import flat as rows
from bench.board.publish import publish
from bench.board.terminal import grids
from bench.cli.common import workspace
from bench.cli.screen import Screen
from bench.core.errors import BenchError
from bench.core.escape import html as escape
from bench.evaluation.build_row import finished
from bench.evaluation.export import export_of
from bench.evaluation.find_cell import CellRecords, ExternalResult
from bench.evaluation.truth import truth
from bench.plugins.registry import Registry
from bench.store.predictions.export import Export, flat
from bench.store.record import Record
from bench.store.store import Store

if TYPE_CHECKING:
    import pandas

WIDTH = 120
"""Characters of a board that is printed."""


@dataclass(frozen=True, repr=False)
class Board:
    """The leaderboard of a results folder, as it was when the board was made.

    Attributes:
        folder: of the records.
        tables: one per task, protocol and set of clips, as `bench board` prints them.
        failures: folds that the run behind it could not finish, a line each.
    """

    folder: Path
    tables: Tables
    failures: tuple[str, ...] = ()
    # A temporary folder lives as long as the board that was made from it.
    _keep: Any = field(default=None, compare=False)

    def frame(self) -> pandas.DataFrame:
        """One row per method, task and protocol; the columns of `bench board --format csv`.

        Scores are fractions, `uf1_low` and `uf1_high` bound the 95 % interval; `synthetic` says
        whether the clips are stand-ins.
        """
        import pandas

        return pandas.DataFrame(rows(self.tables))

    def predictions(self) -> pandas.DataFrame:
        """One row per clip, method, task, protocol and seed: truth, prediction, scores by class.

        Imported results that count by subject, and so name no clip, have no rows here.
        """
        import pandas

        return pandas.DataFrame([row for one in self._exports() for row in flat(one)])

    def write(self, folder: str | Path) -> list[Path]:
        """Write `leaderboard.md`, `.csv`, `.json` and figures into a folder; returns their paths.

        Raises:
            BenchError: a file is in the way that bench did not write.
        """
        return publish(self.tables, Path(folder))

    def _exports(self) -> Iterator[Export]:
        store = Store(self.folder)
        tasks = {name: truth(raw) for name, raw in store.tasks().items()}
        cells: dict[tuple[object, ...], list[Record]] = defaultdict(list)
        for record in store.contents().records:
            inputs = record.inputs
            words = record.label, record.preset, record.family
            cells[inputs["data"], inputs["protocol"], *words, inputs["seed"]].append(record)
        for (data, *_), records in cells.items():
            if data in tasks and finished(records):
                yield export_of(CellRecords(self.folder, records, tasks[str(data)]))
        for one in store.externals():
            if one.data in tasks and not one.matrices:
                yield export_of(ExternalResult(one, tasks[one.data]))

    def __repr__(self) -> str:
        screen = Screen(width=WIDTH, force_terminal=False, force_jupyter=False, no_color=True)
        with screen.capture() as caught:
            for table in self.tables.tables:
                for grid in grids(table, WIDTH):
                    screen.print(grid)
        return caught.get().rstrip()

    def _repr_html_(self) -> str:
        """What Jupyter shows: a page of its own, whose style leaves the notebook alone."""
        return (
            f'<iframe title="leaderboard" srcdoc="{escape(html(self.tables))}" '
            'style="width: 100%; height: 32rem; border: 0"></iframe>'
        )


def load(results: str | Path = "results", *, plugins: Sequence[str | Path] = ()) -> Board:
    """The board of a results folder.

    Args:
        results: the folder that runs wrote to.
        plugins: plugin files, for the facts of their methods.

    Raises:
        BenchError: no results there.
    """
    registry, settings = workspace([Path(one) for one in plugins], Path(results))
    if not Store(settings.results).tasks():
        raise BenchError(f"no results in {settings.results}; run `bench.run(...)` first")
    return made(settings.results, registry)


def made(
    folder: Path, registry: Registry, failures: Sequence[str] = (), keep: object = None
) -> Board:
    """The board of a folder, with plugins that are loaded already."""
    store = Store(folder)
    return Board(folder, build(store, registry), tuple(failures), keep)
