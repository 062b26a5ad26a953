"""The board as LaTeX tables for a paper: one column wide, with booktabs.

Columns that a user chose may need both columns of a page, and then get them. A float per task, one
for the parts of a composite, and one per group of variants. Notes stand below as in a paper, by
letters on the methods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from bench.board.ablation import changes, difference_text, grids, p_text
from bench.board.board import Board, Table
from bench.board.columns import MAIN, Column, of_table
from bench.board.contract import beyond_count
from bench.board.document import heading
from bench.board.notes import note_text, notes_text
from bench.board.text import TEST_BEST, caption, number, part_names, place_name
from bench.core import escape
from bench.core.file_names import safe
from bench.evaluation.row import Row
from bench.evaluation.variants import Variants

WORDS = "X"
"""The column that takes the width that is left: words break over lines, numbers do not."""
# Narrow tables of numbers; parts and notes have places of their own.
ELSEWHERE = ("parts", "notes")
BEST = {"uar": "UAR", "accuracy": "accuracy", "f1": "F1"}
"""Columns in which the highest value is bold, and what captions call them."""
SPLIT: dict[str, Callable[[Table], Sequence[str]]] = {
    "recall": lambda table: table.classes,
    "parts": part_names,
    "parts_uar": part_names,
}
"""Columns whose cells join several numbers, and what each is of: here each has its own column."""

# Widths in points, to choose between one column of a page and both. In LaTeX's article with
# `twocolumn` a column has 200 points, less than in other classes. At \footnotesize (8 pt) a digit
# has 4.25 points and bold ones 4.9, but points and brackets half of it.
COLUMN = 200.0
CHARACTER = 4.4
GAP = 6.0
LONG = 24
"""Characters: longer words break over lines where a table has both columns of a page."""


def latex(board: Board, columns: Sequence[Column] = ()) -> str:
    """Floats of one column's width, or both; needs the packages booktabs and tabularx."""
    parts = (part for table in board.tables for part in _floats(table, columns))
    return "\n".join(["% Leaderboard", r"% \usepackage{booktabs,tabularx}", "", *parts])


def _floats(table: Table, columns: Sequence[Column]) -> Iterator[str]:
    name = f"tab:{place_name(table)}"
    beyond = beyond_count(table.contract)
    clips = f"; {beyond}" if beyond else ""
    counts = ", ".join(f"{n} {c}" for n, c in zip(table.classes, table.counts, strict=True))
    what = f"{sum(table.counts)} clips of {table.subjects} subjects ({counts}{clips})"
    about = " ".join(filter(None, [f"{heading(table)}: {what}.", table.apart]))
    # What identifies the data, for whoever made the table rather than for its readers.
    yield f"% {escape.visible(caption(table))}"
    yield _rows(table, columns, table.rows, about, name, legend=True)
    if len(part_names(table)) > 1 and not columns:
        yield _parts(table, f"{name}-parts")
    if table.test_best:
        about = f"{heading(table)}. {TEST_BEST}."
        yield _rows(table, columns, table.test_best, about, f"{name}-test-best")
    for group in table.variants:
        yield from _variants(table, group, f"{name}-{safe(group.name, ':')}")


def _rows(
    table: Table,
    columns: Sequence[Column],
    rows: Sequence[Row],
    about: str,
    name: str,
    legend: bool = False,
) -> str:
    shown = of_table(columns or [one for one in MAIN if one.name not in ELSEWHERE], table)
    letters = {} if columns else _letters(rows)
    lines, last = [], None
    for row in rows:
        # A rule between the ranked rows and those that are not.
        if last is not None and (last.rank is None) != (row.rank is None):
            lines.append(r"\midrule")
        lines.append(_line([_cell(row, *one, rows, letters) for one in _words(table, row, shown)]))
        last = row
    texts = [[word for _, word in _words(table, row, shown)] for row in rows]
    widths = [max(map(len, column)) for column in zip(*[_heads(table, shown), *texts], strict=True)]
    wide = bool(columns) and sum(widths) * CHARACTER + GAP * (len(widths) - 1) > COLUMN
    notes = [rf"\textsuperscript{{{letter}}}\,{_text(words)}" for words, letter in letters.items()]
    if legend:
        about = " ".join([about, *_legend([one.name for one in shown], texts)])
    form = _form(table, shown, widths, LONG if wide else max(widths))
    return _float(about, name, form, _head(table, shown), lines, notes, wide)


def _words(table: Table, row: Row, shown: Sequence[Column]) -> Iterator[tuple[str, str]]:
    """Each cell of a row: the name of its column, and its text."""
    for column in shown:
        text = column.text(table, row)
        if column.name in SPLIT:
            several = len(SPLIT[column.name](table))
            words = text.split("/")
            # A row without finished folds has one dash for all.
            yield from ((column.name, one) for one in (words * several)[:several])
        else:
            yield column.name, text


def _heads(table: Table, shown: Sequence[Column]) -> list[str]:
    """The heading of each column, what is joined on its own."""
    of_each = (SPLIT[c.name](table) if c.name in SPLIT else [c.title(table)] for c in shown)
    return list(chain.from_iterable(of_each))


def _head(table: Table, shown: Sequence[Column]) -> list[str]:
    """One line; above it, what several columns have in common."""
    below = _line(map(_text, _heads(table, shown)))
    spans, rules, at = [], "", 1
    for column in shown:
        if column.name not in SPLIT:
            spans.append("")
            at += 1
            continue
        several = len(SPLIT[column.name](table))
        # The title is of all: "negative/positive/surprise recall".
        word = column.title(table).rpartition(" ")[2]
        spans.append(rf"\multicolumn{{{several}}}{{c}}{{{_text(word)}}}")
        rules += rf"\cmidrule(lr){{{at}-{at + several - 1}}}"
        at += several
    return [_line(spans), rules, below] if rules else [below]


def _form(table: Table, shown: Sequence[Column], widths: Sequence[int], long: int) -> str:
    """The letter of each column: the method takes what width is left, as do long words."""
    wide = next((i for i, one in enumerate(shown) if one.name == "method"), 0)
    letters = ""
    for i, column in enumerate(shown):
        if column.name in SPLIT:
            letters += "r" * len(SPLIT[column.name](table))
        elif i == wide or (not column.right and widths[len(letters)] > long):
            letters += WORDS
        else:
            letters += "r" if column.right else "l"
    # A table as wide as the page needs one column that can grow.
    return letters if WORDS in letters else WORDS + letters[1:]


def _legend(names: Sequence[str], texts: Iterable[Iterable[str]]) -> Iterator[str]:
    """Sentences on what is shown, and on nothing else."""
    if any("[" in word for line in texts for word in line):
        yield "Brackets: 95 % confidence interval over subjects."
    rank = "1 plus the number of methods that are significantly better in UF1"
    best = " and ".join(word for name, word in BEST.items() if name in names)
    bold = [f"the highest {best} of the ranked methods"] if best else []
    if "uf1" in names:
        bold.insert(
            0, "rank 1" if "rank" in names else "rank 1, that is, no method is significantly better"
        )
    said = [f"A rank is {rank}"] if "rank" in names else []
    if bold:
        both = ", and " if said else "; and "
        said.append(f"{'bold' if said else 'Bold'}: {both.join(bold)}")
    if said:
        yield "; ".join(said) + "."


def _letters(rows: Sequence[Row]) -> dict[str, str]:
    """A letter for each text of notes, in the order of the rows."""
    texts = dict.fromkeys(notes_text(row) for row in rows if row.notes)
    return {text: _letter(i) for i, text in enumerate(texts)}


def _letter(position: int) -> str:
    """A to z, aa, ab, ..."""
    more, last = divmod(position, 26)
    return (_letter(more - 1) if more else "") + chr(ord("a") + last)


def _cell(row: Row, name: str, text: str, rows: Sequence[Row], letters: dict[str, str]) -> str:
    text = _text(text)
    if row.rank is not None and _best(row, name, rows):
        text = rf"\textbf{{{text}}}"
    if name == "method" and (letter := letters.get(notes_text(row))):
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
        label = row.label if row is group.plain else f"{row.label} ({changes(row, group.plain)})"
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
    wide: bool = False,
) -> str:
    # With a star it has both columns of a page.
    kind, width = ("table*", r"\textwidth") if wide else ("table", r"\columnwidth")
    ragged = form.replace(WORDS, r">{\raggedright\arraybackslash}X")
    below = [r"\par\smallskip\raggedright\scriptsize", r" \quad ".join(notes)] if notes else []
    return "\n".join(
        [
            rf"\begin{{{kind}}}[t]",
            r"\footnotesize\setlength{\tabcolsep}{3pt}",
            rf"\caption{{{_text(about)}}}",
            # To TeX a tilde is a blank.
            rf"\label{{{name.replace('~', '-')}}}",
            r"\smallskip",
            rf"\begin{{tabularx}}{{{width}}}{{@{{}}{ragged}@{{}}}}",
            r"\toprule",
            *head,
            r"\midrule",
            *lines,
            r"\bottomrule",
            r"\end{tabularx}",
            *below,
            rf"\end{{{kind}}}",
            "",
        ]
    )


def _line(cells: Iterable[str]) -> str:
    return " & ".join(cells) + r" \\"


def _text(words: str) -> str:
    return escape.latex(words)
