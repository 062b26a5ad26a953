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


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="there is no TeX here")
def test_it_compiles_and_fits_one_column(tmp_path):
    (tmp_path / "table.tex").write_text(latex(board()), encoding="utf-8")
    (tmp_path / "paper.tex").write_text(PAPER % (2 * COLUMN + 20))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    log = (tmp_path / "paper.log").read_text("latin-1")
    assert done.returncode == 0, log[-2000:]
    assert "Overfull" not in log
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
