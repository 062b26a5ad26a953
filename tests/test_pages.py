"""The documentation: pages written from the code, links, and the site that MkDocs builds."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.datasets.casme2 import Casme2
from bench.datasets.threedb import ThreeDB
from bench.plugins.registry import load
from docs.pages import pages
from docs.pages.datasets import dataset_page
from docs.pages.links import page_of, relinked, targets
from docs.pages.markdown import table
from docs.pages.methods import method_page

ROOT = Path(__file__).parents[1]
PAGES = pages(ROOT / "results" / "boards")
TEXTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def test_a_page_tells_a_user_how_to_set_up_a_dataset():
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


def test_the_page_of_a_method_has_its_fields_and_their_meanings():
    page = PAGES["methods/mfvan.md"]
    assert "| `threshold` | `1.0` |" in page
    assert "patches of weight above" in page
    assert "`mfvan:delta`" in page
    assert "CASME II" in page or "casme2" in page


def row(label: str, value: float, low: float | None) -> dict:
    score = {"value": value, "low": low, "high": None if low is None else value + 0.1}
    scores = dict.fromkeys(("uf1", "uar", "accuracy"), score)
    reference = label == "onsetcontrol"
    return {
        "label": label, "preset": "quick", "reference": reference, "scores": scores,
        "folds": 5, "of": 5,
    }  # fmt: skip


def test_our_numbers_are_the_boards_and_compared_with_the_control_in_the_table(tmp_path):
    rows = [
        row("onsetcontrol", 0.4, 0.3),
        row("mfvan:delta", 0.6, 0.5),
        row("mfvan", 0.45, 0.35),
        row("ststnet", 0.9, 0.8),
    ]
    board = {"tables": [{"task": "3db/3", "synthetic": True, "rows": rows}]}
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "leaderboard.json").write_text(json.dumps(board))
    page = method_page(load().methods["mfvan"], tmp_path)
    start = "| [one](../boards/one/leaderboard.md) | "
    values = ".600 [.500, .700] | " * 3
    assert f"{start}mfvan:delta (quick) | SYNTHETIC 3db/3 | {values}5/5 | above |" in page
    values = ".450 [.350, .550] | " * 3
    assert f"{start}mfvan (quick) | SYNTHETIC 3db/3 | {values}5/5 | **not above** |" in page
    assert "ststnet (quick)" not in page


def test_the_page_of_a_command_has_its_options():
    assert "`--limit-folds`" in PAGES["commands/run.md"]
    assert "| `--protocol` |" in PAGES["commands/run.md"]
    assert "| `loso` |" in PAGES["commands/run.md"]
    assert "## `bench data make`" in PAGES["commands/data.md"]
    assert "bench data crop DATASET FOLDER [OPTIONS]" in PAGES["commands/data.md"]


def test_the_help_of_data_make_names_every_preset():
    part = PAGES["commands/data.md"].partition("## `bench data make`")[2]
    (line,) = (one for one in part.splitlines() if one.startswith("| `--preset`"))
    (generator,) = load().generators.values()
    assert len(generator.presets) == 3
    assert [name for name in generator.presets if not re.search(rf"\b{name}\b", line)] == []
    assert f"{generator.first} (the default)" in line


def test_every_plugin_and_every_command_is_listed():
    registry = load()
    for folder, names in (("methods", registry.methods), ("datasets", registry.datasets)):
        assert set(names) == {Path(p).stem for p in PAGES if p.startswith(folder)} - {"index"}
        assert all(f"({name}.md)" in PAGES[f"{folder}/index.md"] for name in names)
    assert "[`bench run`](run.md)" in PAGES["commands/index.md"]


def test_a_cell_keeps_to_its_line():
    assert table(("a",), [("x|y\nz",)]).splitlines()[-1] == "| x\\|y z |"


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_links_in_the_repository_lead_somewhere(text):
    source = text.relative_to(ROOT).as_posix()
    missing = [t for t in targets(text.read_text("utf-8"), source) if not (ROOT / t).exists()]
    assert missing == []


def test_links_lead_to_pages_on_the_site():
    text = "[a](../CONTRIBUTING.md) [b](../methods/mfvan/net.py) [c](x.md#y) [d](https://x.org/)"
    assert relinked(text, "docs/tutorial.md") == (
        "[a](contributing.md) [b](methods/mfvan.md) [c](x.md#y) [d](https://x.org/)"
    )
    assert page_of("datasets/casme2.py") == "datasets/casme2.md"
    assert page_of("results/boards/x/leaderboard.md") == "boards/x/leaderboard.md"
    assert relinked("[d](docs/x.md)", "README.md", "boards/index.md") == "[d](../x.md)"


def test_the_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path):
    pytest.importorskip("material")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")}
    assert {page.replace(".md", ".html") for page in PAGES} < built
    assert {"index.html", "contributing.html", "boards/synthetic-3db/leaderboard.html"} < built
    # The leaderboard sites of published boards, which their pages lead to.
    for board in ("public", "synthetic-tiny"):
        assert f"boards/{board}/site/index.html" in built
        page = (tmp_path / "boards" / board / "leaderboard.html").read_text("utf-8")
        assert 'href="site/index.html"' in page
    assert not any(path.suffix == ".py" for path in tmp_path.rglob("*"))
    loads = re.compile(r'(?:\bsrc="|<link\b[^>]*\bhref=")(?:https?:)?//')
    assert [p for p in built if loads.search((tmp_path / p).read_text("utf-8"))] == []


@pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.name)
def test_paths_that_a_text_names_exist(text):
    rooms = "bench|benchmarks|datasets|docs|methods|studies|tests"
    named = re.findall(rf"`((?:{rooms})/[\w./]*)`", text.read_text("utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []
