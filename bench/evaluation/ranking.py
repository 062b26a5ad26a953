"""The ranks of the rows of one table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.evaluation.notes import unranked
from bench.evaluation.row import Row, RowKey
from bench.statistics import pairwise, rank_groups, score
from bench.statistics.metrics import uf1


def ranked(rows: Mapping[RowKey, Row], counts: Mapping[RowKey, Array]) -> list[Row]:
    """Best first; below them, without a rank, references and then all other rows.

    A rank is 1 plus the number of methods that are significantly better by UF1 (paired
    permutations over subjects, Holm's correction): methods that do not differ share one.

    Args:
        rows: of one table.
        counts: `confusions` of each.
    """

    def order(key: RowKey) -> tuple[float, str]:
        row = rows[key]
        # Scores are negated, so 1 sorts rows without any behind all others.
        return (-row.scores["uf1"].value if row.scores else 1.0, row.name)

    top = sorted((key for key in rows if _competes(rows[key])), key=order)
    ranks = [1] * len(top)
    if len(top) > 1:
        cells = _same_seeds([counts[key] for key in top])
        pairs = pairwise(cells, uf1, np.random.default_rng(derived_seed("pairs")))
        # Of the same seeds as the tests, or a difference could have the other sign there.
        values = [score(cell, uf1) for cell in cells]
        ranks = [int(rank) for rank in rank_groups(values, pairs.adjusted)]
    below = sorted(
        (key for key in rows if key not in top),
        key=lambda key: (not rows[key].reference, order(key)),
    )
    return [replace(rows[key], rank=rank) for key, rank in zip(top, ranks, strict=True)] + [
        rows[key] for key in below
    ]


def _competes(row: Row) -> bool:
    return row.complete and not row.reference and not unranked(row.notes)


def _same_seeds(cells: list[Array]) -> list[Array]:
    """Cells with equally many seeds: the first ones that all have, or a single one as it is."""
    several = [len(cell) for cell in cells if len(cell) > 1]
    return [cell if len(cell) == 1 else cell[: min(several)] for cell in cells]
