"""The arithmetic that docs/literature.md shows is what the tool finds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.literature.feasibility import Claim, Part, judge, judge_parts
from bench.literature.verdict import CLIPS

PAGE = (Path(__file__).parents[1] / "docs/literature.md").read_text(encoding="utf-8")
SECTION = PAGE.partition("## What MFVAN's numbers can be")[2].partition("\n## ")[0]
PARTS = ("smic", "casme2", "samm", "full")
"""Their clips come from the organisers' list of MEGC 2019."""


def cells(first: str) -> list[str]:
    """Cells of the line of the section's tables that starts with a word."""
    (line,) = re.findall(rf"^\| {re.escape(first)} \|(.*)\|$", SECTION, re.MULTILINE)
    return [cell.strip() for cell in line.split("|")]


def pair(text: str) -> tuple[float, float]:
    """UF1 and UAR of a cell, ".7986/.7899 possible"."""
    uf1, uar = re.findall(r"\.\d{4}", text)
    return float(uf1), float(uar)


def claims(text: str) -> dict[str, Claim]:
    """The claims of a cell."""
    uf1, uar = pair(text)
    return {"uf1": Claim(uf1, 4), "uar": Claim(uar, 4)}


@pytest.mark.parametrize("part", PARTS)
def test_each_pair_of_the_composite_is_as_possible_as_the_page_says(part):
    other, *sums = cells(part)
    assert judge(CLIPS["3db", part, 3], claims(other)).feasible == "yes"
    for gap, total in zip(cells("part")[1:], sums, strict=True):
        added = [a + b for a, b in zip(pair(other), pair(gap), strict=True)]
        assert pair(total) == pytest.approx(added, abs=1e-9)
        said = {"possible": "yes", "impossible": "no"}[total.split()[1]]
        assert judge(CLIPS["3db", part, 3], claims(total)).feasible == said, total


def test_the_scores_that_the_pairs_are_added_to_add_up():
    parts = [Part(p, CLIPS["3db", p, 3], claims(cells(p)[0])) for p in PARTS[:3]]
    assert judge_parts(parts, claims(cells("full")[0])).feasible == "yes"


def test_only_two_units_of_the_last_digit_make_samm_possible():
    """As the page says below the table."""
    found = []
    for text in cells("samm")[1:]:
        uf1, uar = pair(text)
        loose = {"uf1": Claim(uf1, 4, "derived"), "uar": Claim(uar, 4, "derived")}
        found.append(judge(CLIPS["3db", "samm", 3], loose).feasible)
    assert found == ["no", "yes", "yes"]


@pytest.mark.parametrize("printed", ["79.45", "75.64", "81.71", "82.11", "77.21"])
def test_fractions_of_an_accuracy_are_all_there_are(printed):
    _, tried, listed = cells(printed)
    low, high = map(int, tried.split(" to "))
    # In hundredths of a percent, and in integers: no rounding of our own decides.
    wanted, found = int(printed.replace(".", "")), []
    for total in range(low, high + 1):
        right = round(wanted * total / 10_000)
        if abs(20_000 * right - 2 * wanted * total) <= total:
            found.append(f"{right}/{total}")
    assert listed.split(", ") == found
