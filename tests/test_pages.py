"""Pages are written from the code, and the ones in docs/ are today's."""

from pathlib import Path

import pytest

from bench.datasets.casme2 import Casme2
from bench.datasets.threedb import ThreeDB
from docs.pages import dataset_page, pages

ROOT = Path(__file__).parents[1]
TODAYS = pages(ROOT / "results" / "boards")


def test_a_page_says_what_a_user_needs() -> None:
    page = dataset_page(Casme2)
    for text in (
        "# CASME II (`casme2`)",
        "BENCH_CASME2_ROOT",
        "bench data check casme2",
        "Cropped/sub01/EP02_01f/reg_img46.jpg",
        "| `casme2/3` | negative (88), positive (32), surprise (25) | 145 | 24 |",
        "24/EP02_07",
        Casme2.facts.licence,
        Casme2.facts.paper,
    ):
        assert text in page
    assert '3db = "/data/..."' in dataset_page(ThreeDB)


def test_the_page_of_a_method_has_its_fields_and_their_meanings() -> None:
    page = TODAYS["methods/mfvan.md"]
    assert "| `threshold` | `1.0` |" in page
    assert "patches of weight above" in page
    assert "`mfvan:delta`" in page
    assert "CASME II" in page or "casme2" in page


def test_the_page_of_a_verb_has_its_options() -> None:
    assert "`--limit-folds`" in TODAYS["verbs/run.md"]
    assert "## `bench data make`" in TODAYS["verbs/data.md"]


@pytest.mark.parametrize("name", TODAYS)
def test_the_page_in_docs_is_todays(name: str) -> None:
    assert (ROOT / "docs" / name).read_text(encoding="utf-8") == TODAYS[name], (
        "run `python -m docs.pages`"
    )


def test_no_page_outlives_its_subject() -> None:
    rooms = ("datasets", "methods", "verbs")
    found = {f"{r}/{page.name}" for r in rooms for page in (ROOT / "docs" / r).glob("*.md")}
    assert found == set(TODAYS)
