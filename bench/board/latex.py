"""The board as LaTeX tables for a paper: one column wide, with booktabs.

A float per task, one for the parts of a composite, and one per group of variants. Notes stand below
as in a paper, by letters on the methods.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.board.ablation import changes, difference_text, grids, p_text
from bench.board.board import Board, Table
from bench.board.columns import MAIN, Column, of_table
from bench.board.contract import contract_text
from bench.board.document import heading
from bench.board.notes import note_text, notes_text
from bench.board.text import TEST_BEST, caption, number, part_names, place_name
from bench.core import escape
from bench.core.file_names import safe
from bench.evaluation.row import Row
from bench.evaluation.variants import Variants

LEGEND = (
    "Brackets: 95 % confidence interval over subjects. A rank is 1 plus the number of methods that "
    "are significantly better in UF1; bold: rank 1, and the highest UAR and accuracy of the ranked "
    "methods."
)
WORDS = "X"
"""The column that takes the width that is left: words break over lines, numbers do not."""
# Narrow tables of numbers; parts and notes have places of their own.
ELSEWHERE = ("parts", "notes")
BEST = ("uar", "accuracy", "f1")


def latex(board: Board, columns: Sequence[Column] = ()) -> str:
    """Floats of one column's width; needs the packages booktabs and tabularx."""
    parts = (part for table in board.tables for part in _floats(table, columns))
    return "\n".join(["% Leaderboard", r"% \usepackage{booktabs,tabularx}", "", *parts])


def _floats(table: Table, columns: Sequence[Column]) -> Iterator[str]:
    name = f"tab:{place_name(table)}"
    clips = "" if table.contract.plain else f"; {contract_text(table.contract)}"
    counts = ", ".join(f"{n} {c}" for n, c in zip(table.classes, table.counts, strict=True))
    what = f"{sum(table.counts)} clips of {table.subjects} subjects ({counts}{clips})"
    about = " ".join(filter(None, [f"{heading(table)}: {what}.", table.apart, LEGEND]))
    # What identifies the data, for whoever made the table rather than for its readers.
    yield f"% {escape.visible(caption(table))}"
    yield _rows(table, columns, table.rows, about, name)
    if len(part_names(table)) > 1 and not columns:
        yield _parts(table, f"{name}-parts")
    if table.test_best:
        about = f"{heading(table)}. {TEST_BEST}."
        yield _rows(table, columns, table.test_best, about, f"{name}-test-best")
    for group in table.variants:
        yield from _variants(table, group, f"{name}-{safe(group.name, ':')}")


def _rows(
    table: Table, columns: Sequence[Column], rows: Sequence[Row], about: str, name: str
) -> str:
    chosen = columns or [one for one in MAIN if one.name not in ELSEWHERE]
    shown = of_table(chosen, table)
    letters = {} if columns else _letters(rows)
    lines, last = [], None
    for row in rows:
        # A rule between the ranked rows and those that are not.
        if last is not None and (last.rank is None) != (row.rank is None):
            lines.append(r"\midrule")
        lines.append(_line([_cell(table, row, one, rows, letters) for one in shown]))
        last = row
    wide = next((i for i, one in enumerate(shown) if one.name == "method"), 0)
    form = "".join(WORDS if i == wide else "r" if one.right else "l" for i, one in enumerate(shown))
    notes = [rf"\textsuperscript{{{letter}}}\,{_text(words)}" for words, letter in letters.items()]
    head = _line([_text(one.title(table)) for one in shown])
    return _float(about, name, form, [head], lines, notes)


def _letters(rows: Sequence[Row]) -> dict[str, str]:
    """A letter for each text of notes, in the order of the rows."""
    texts = dict.fromkeys(notes_text(row) for row in rows if row.notes)
    return {text: _letter(i) for i, text in enumerate(texts)}


def _letter(position: int) -> str:
    """A to z, aa, ab, ..."""
    more, last = divmod(position, 26)
    return (_letter(more - 1) if more else "") + chr(ord("a") + last)


def _cell(
    table: Table, row: Row, column: Column, rows: Sequence[Row], letters: dict[str, str]
) -> str:
    text = _text(column.text(table, row))
    if row.rank is not None and _best(row, column.name, rows):
        text = rf"\textbf{{{text}}}"
    if column.name == "method" and (letter := letters.get(notes_text(row))):
        text += rf"\textsuperscript{{{letter}}}"
    return text


def _best(row: Row, name: str, rows: Sequence[Row]) -> bool:
    if name == "uf1":
        return row.rank == 1
    if name not in BEST:
        return False
    ranked = [one.scores[name].value for one in rows if one.rank is not None]
    return row.scores[name].value == max(ranked)


def _parts(table: Table, name: str) -> str:
    """UF1 and UAR of each database of a composite."""
    names = part_names(table)
    spans = " & ".join(["", *(rf"\multicolumn{{2}}{{c}}{{{_text(one)}}}" for one in names)])
    rules = "".join(rf"\cmidrule(lr){{{2 * i + 2}-{2 * i + 3}}}" for i in range(len(names)))
    head = [rf"{spans} \\", rules, _line(["method", *(["UF1", "UAR"] * len(names))])]
    lines = [
        _line(
            [
                _text(row.name),
                *(
                    number(row.parts[one][metric]) if one in row.parts else "–"
                    for one in names
                    for metric in ("uf1", "uar")
                ),
            ]
        )
        for row in table.rows
        if row.parts
    ]
    about = f"{heading(table)}: scores on each part of the composite."
    return _float(about, name, WORDS + "r" * 2 * len(names), head, lines)


def _variants(table: Table, group: Variants, name: str) -> Iterator[str]:
    notes = [_text(note_text(note)) for note in group.notes]
    plain, *crossed = grids(group)
    lines = []
    for row in group.rows:
        label = f"{row.label} ({changes(row, group.plain)})"
        scores = [number(row.scores[metric].value) for metric in ("uf1", "uar")]
        lines.append(_line([_text(label), *scores, difference_text(row), p_text(row)]))
    head = _line(["variant", "UF1", "UAR", _text("ΔUF1 [95 %]"), r"\textit{p}"])
    about = f"{heading(table)}. Variants of {group.name}. {plain.about}"
    yield _float(about, name, f"{WORDS}rrrr", [head], lines, notes)
    for grid in crossed:
        about = f"{heading(table)}. Variants of {group.name}. {grid.about}"
        head = _line([*map(_text, grid.names)])
        lines = [_line([*map(_text, line)]) for line in grid.lines]
        yield _float(about, f"{name}-crossed", WORDS * len(grid.names), [head], lines)


def _float(
    about: str,
    name: str,
    form: str,
    head: Sequence[str],
    lines: Sequence[str],
    notes: Sequence[str] = (),
) -> str:
    ragged = form.replace(WORDS, r">{\raggedright\arraybackslash}X")
    below = [r"\par\smallskip\raggedright\scriptsize", r" \quad ".join(notes)] if notes else []
    return "\n".join(
        [
            r"\begin{table}[t]",
            r"\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\caption{{{_text(about)}}}",
            # To TeX a tilde is a blank.
            rf"\label{{{name.replace('~', '-')}}}",
            r"\smallskip",
            rf"\begin{{tabularx}}{{\columnwidth}}{{@{{}}{ragged}@{{}}}}",
            r"\toprule",
            *head,
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabularx}",
            *below,
            r"\end{table}",
            "",
        ]
    )


def _line(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def _text(words: str) -> str:
    return escape.latex(words)
