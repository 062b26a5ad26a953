"""Pages of datasets are written from their facts, and the ones in docs/ are today's."""

from pathlib import Path

import pytest
from bench.datasets.casme2 import Casme2
from bench.datasets.threedb import ThreeDB

from bench.pages import dataset_page
from bench.registry import load

DOCS = Path(__file__).parents[1] / "docs" / "datasets"
DATASETS = load().datasets


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


@pytest.mark.parametrize("name", DATASETS)
def test_the_page_in_docs_is_todays(name: str) -> None:
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert page == dataset_page(DATASETS[name]), "run `python -m bench.pages`"


def test_no_page_outlives_its_dataset() -> None:
    assert {page.stem for page in DOCS.glob("*.md")} == set(DATASETS)
