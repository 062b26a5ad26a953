"""The LaTeX tables of a board: compiled, and as wide as a column of a two-column paper."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess

import hostile
import pytest
from test_board import METHODS, ROWS, row, table

from bench.board.board import Board
from bench.board.columns import choose
from bench.board.latex import latex

COLUMN = 241
"""Points of a column of IEEE's two-column papers, rounded down."""
PAPER = r"""\documentclass[10pt,twocolumn]{article}
\usepackage[textwidth=%dpt]{geometry}
\setlength{\columnsep}{20pt}
\usepackage{booktabs,tabularx}
\begin{document}
\input{table}
\end{document}
"""

ARTICLE = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs,tabularx}
\begin{document}
\input{table}
\end{document}
"""
"""LaTeX's own class, whose columns are the narrowest: 200 points."""


def board() -> Board:
    """A composite with variants, notes, incomplete and test-best rows."""
    whole = table(*ROWS, variants=hostile.board().tables[0].variants, test_best=ROWS[:1])
    return Board((whole, dataclasses.replace(whole, synthetic=True, task="casme2/5")), {})


def test_a_table_has_what_a_paper_wants():
    text = latex(Board((table(*ROWS),), {}))
    first, second = text.split(r"\end{table}")[:2]
    for word in (
        r"\begin{table}[t]",
        r"\caption{3db/3, loso: 442 clips",
        r"\label{tab:3db-3-loso-",
    ):
        assert word in first
    assert first.count("rule") == 4  # one between ranked rows and the others
    assert r"\multicolumn{2}{c}{casme2}" in second


def test_bold_is_the_first_rank_group_and_the_best_of_the_others():
    rows = [row(METHODS[0], 0.7), row(METHODS[1], 0.65), row("third", 0.5, 3)]
    rows.append(row("majority", 0.9, None, reference=True))
    lines = [line for line in latex(Board((table(*rows),), {})).splitlines() if " & " in line]
    bold = {line.split(" & ")[1]: re.findall(r"\\textbf\{([^}]*)\}", line) for line in lines[1:5]}
    assert bold == {
        METHODS[0]: [".700 [.630, .760]", ".680", ".690"],
        METHODS[1]: [".650 [.580, .710]"],
        "third": [],
        "majority": [],
    }


def test_a_caption_explains_what_is_shown_and_nothing_else():
    made = Board((table(*ROWS),), {})

    def caption(names: str) -> str:
        return next(one for one in latex(made, choose(names)).splitlines() if "caption" in one)

    assert caption("method,recall").endswith(").}")
    assert "Brackets" in caption("method,uf1")
    assert "Bold: rank 1, that is, no method is significantly better." in caption("method,uf1")
    assert "A rank is 1 plus" in caption("rank,method")
    assert "old:" not in caption("rank,method")
    assert "Bold: the highest UAR and accuracy of the ranked methods." in caption(
        "method,uar,accuracy"
    )


def test_recalls_have_a_column_each():
    made = table(*ROWS)
    lines = latex(Board((made,), {}), choose("method,recall")).splitlines()
    (head,) = (line for line in lines if line.startswith("method & "))
    assert head == rf"method & {' & '.join(made.classes)} \\"
    assert rf" & \multicolumn{{{len(made.classes)}}}{{c}}{{recall}} \\" in lines
    rows = [line for line in lines if line.startswith(METHODS[0])]
    assert [line.count(" & ") for line in rows] == [len(made.classes)] * len(rows)
    assert rows


def test_chosen_columns_that_are_wider_than_a_column_get_both():
    made = Board((table(*ROWS),), {})
    assert r"\begin{table}[t]" in latex(made, choose("method,uf1"))
    text = latex(made, choose("rank,method,uf1,uar,accuracy,folds,seeds,fidelity"))
    assert r"\begin{table*}[t]" in text
    assert r"\begin{tabularx}{\textwidth}" in text
    assert r"\end{table*}" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
@pytest.mark.parametrize(
    "names",
    [
        "method,recall",
        "rank,method,uf1,uar,accuracy,folds,seeds,fidelity",
        "recall,parts",
        "rank,method,uf1,remarks",
    ],
)
def test_chosen_columns_fit_a_page_of_article(tmp_path, names):
    classes = ("happiness", "surprise", "disgust", "repression", "others")
    rows = [dataclasses.replace(one, recall=[0.5] * 5 if one.recall else []) for one in ROWS]
    made = dataclasses.replace(table(*rows), classes=classes, counts=(9,) * 5)
    compiled(tmp_path, latex(Board((made,), {}), choose(names)), ARTICLE)


def compiled(folder, text: str, paper: str) -> None:
    """Fail where pdflatex does, or where something is wider than its place."""
    (folder / "table.tex").write_text(text, encoding="utf-8")
    (folder / "paper.tex").write_text(paper)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = (folder / "paper.log").read_text("latin-1")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    assert (folder / "paper.pdf").stat().st_size > 10_000


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
def test_it_compiles_and_fits_one_column(tmp_path):
    compiled(tmp_path, latex(board()), PAPER % (2 * COLUMN + 20))
