"""Tables of a method's variants as text, shared by all formats and reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.board.blocks import Grid
from bench.board.text import NAMES, number, score_text, signed
from bench.evaluation.crossing import Crossing
from bench.evaluation.row import Score
from bench.evaluation.variants import Variant, Variants


def grids(group: Variants) -> Iterator[Grid]:
    """All variants with their scores, and a crossed table if two fields are fully crossed."""
    yield _grid(group)
    if group.crossing is not None:
        scores = {row.label: row.scores for row in group.rows}
        yield crossed(group.crossing, scores, group.metrics)


def crossed(
    crossing: Crossing, scores: Mapping[str, Mapping[str, Score]], metrics: Sequence[str]
) -> Grid:
    """Two metrics for every combination of two fields.

    Args:
        crossing: the fields, and the variant of each combination.
        scores: by label and metric.
        metrics: two names.
    """
    down, across = crossing.down, crossing.across
    title = " / ".join(NAMES[name] for name in metrics)
    return Grid(
        f"{title} by {down} (lines) and {across} (columns), all else equal.",
        [down, *(f"{across} = {word}" for word in crossing.columns)],
        [
            [
                word,
                *(" / ".join(number(scores[label][n].value) for n in metrics) for label in labels),
            ]
            for word, labels in zip(crossing.lines, crossing.labels, strict=True)
        ],
    )


def _grid(group: Variants) -> Grid:
    method, compared = group.method, any(row.difference for row in group.rows)
    if group.plain:
        about = f"Each line is {group.name} with the listed changes, all else equal"
    else:
        about = (
            f"Each line is a variant of {group.name} with its values of the fields that differ, "
            f"all else equal; there is no difference to {method}, because some of its folds are "
            "missing"
        )
    if compared:
        about += (
            f"; ΔUF1 vs {method} is the difference over the seeds that both have, with its 95 % "
            "interval (paired bootstrap over subjects) and the p value of a paired permutation "
            "test over subjects, Holm-corrected over these lines"
        )
    tests = [f"ΔUF1 vs {method}", "p (Holm)"] if compared else []
    # On pooled predictions F1 is UF1, unless a class has no clip.
    same = all(row.scores["f1"].value == row.scores["uf1"].value for row in group.rows)
    plain = {n: word for n, word in NAMES.items() if n != "uf1" and not (same and n == "f1")}
    return Grid(
        f"{about}.",
        ["method", "changes", "UF1 [95 %]", *plain.values(), *tests],
        [
            [
                row.label,
                changes(row, group.plain),
                score_text(row.scores["uf1"]),
                *(number(row.scores[name].value) for name in plain),
                *((difference_text(row), p_text(row)) if compared else ()),
            ]
            for row in group.rows
        ],
        # Labels and changes are words.
        frozenset(range(2, 3 + len(plain) + len(tests))),
    )


def changes(row: Variant, plain: Variant | None) -> str:
    """Fields that differ from the plain method's, or all varied fields if it is not there."""
    if row is plain:
        return "–"
    usual = {} if plain is None else plain.values
    changed = [
        f"{name}={_setting(value)}"
        for name, value in row.values.items()
        if name not in usual or usual[name] != value
    ]
    return ", ".join(changed) or "none"


def _setting(value: Any) -> str:
    return str(tuple(value)) if isinstance(value, list | tuple) else str(value)


def difference_text(row: Variant) -> str:
    """UF1 minus that of the plain method, with its interval; a dash where there is none."""
    if (one := row.difference) is None:
        return "–"
    return f"{signed(one.value)} [{signed(one.low)}, {signed(one.high)}]"


def p_text(row: Variant) -> str:
    """The corrected p value of the same."""
    if (one := row.difference) is None:
        return "–"
    return "<.001" if one.adjusted < 0.001 else number(one.adjusted)
