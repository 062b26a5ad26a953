"""Published results above what the coded action units score on the same task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.board.notes import note_text
from bench.literature.caveats import AboveCeiling
from bench.literature.ceilings import above_ceiling, ceilings
from bench.literature.comparison import comparisons
from bench.literature.table import Published, literature
from bench.methods.auoracle import ActionUnitOracle
from bench.plugins.registry import load


def row(metric: str, value: float, **changes: object) -> Published:
    plain = next(one for one in literature() if one.task == "casme2/5" and not one.diagnostic)
    return replace(plain, metric=metric, value=value, f1_kind=None, part="full", **changes)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (row("uf1", 0.9), AboveCeiling(0.9, 0.845)),
        (row("uf1", 0.845), None),
        (row("accuracy", 0.9), None),
        (row("uar", 0.9), None),
        (replace(row("f1", 0.9), f1_kind="macro"), AboveCeiling(0.9, 0.845)),
        (replace(row("f1", 0.9), f1_kind="unknown"), AboveCeiling(0.9, 0.845)),
        (replace(row("f1", 0.9), f1_kind="weighted"), None),
        (row("uf1", 0.9, dataset="mmew"), None),
        (replace(row("uf1", 0.99, dataset="3db", classes=3), part="casme2"), None),
    ],
)
def test_only_uf1_of_the_whole_task_is_held_against_its_ceiling(
    one: Published, said: AboveCeiling | None
) -> None:
    assert above_ceiling([one]) == said


def test_each_ceiling_is_of_a_task_that_there_is() -> None:
    datasets = load().datasets
    for task, value in ceilings().items():
        dataset, labelling = task.split("/")
        assert labelling in datasets[dataset].labellings
        # The oracle can be run there.
        assert ActionUnitOracle.needs <= datasets[dataset].ships
        assert 1 / len(datasets[dataset].labellings[labelling].classes) < value < 1


def test_boards_flag_published_results_with_the_reason() -> None:
    """Micron-BERT prints UF1 .9034 for CASME II in five classes; the codes score .845."""
    found = {one.name: one for one in comparisons("casme2/5", "loso", "casme2", [])}
    flagged = {name for name, one in found.items() if one.caveats}
    assert "Micron-BERT" in flagged
    assert len(flagged) < len(found)
    for name in flagged:
        (note,) = found[name].caveats
        assert isinstance(note, AboveCeiling)
        assert "0.845" in note_text(note)
        assert "no strict bound" in note_text(note)
