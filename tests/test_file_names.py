"""Names of files: injective, short, and in their folder; what earlier versions wrote is found."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.core.file_names import LONGEST, former, safe
from bench.store.aside import set_aside
from bench.store.cell_path import CellPath
from bench.store.record_file import read_record
from bench.store.store import Store

WORDS = [
    *("casme2/5", "casme2-5", "casme2:5", "casme2 5", "s 1", "s-1", "s/1", "..", ".", "", "a/../b"),
    *("x" * 300, "x" * 301, "a\nb", "é", "e\u0301", "\ud800", "a~b", "-", "--", ".x", "/etc"),
]


@given(st.lists(st.text(alphabet="ab-/:. ~é", max_size=6), min_size=2, unique=True))
def test_no_two_words_share_a_name(words):
    for mark in ("/", ":", "-"):
        assert len({safe(word, mark) for word in words}) == len(words)


@pytest.mark.parametrize("mark", ["/", ":", "-"])
def test_names_are_short_plain_and_stay_in_their_folder(mark):
    names = [safe(word, mark) for word in WORDS]
    assert len(set(names)) == len(WORDS)
    for name in names:
        assert 0 < len(name) <= LONGEST
        assert name.isascii()
        assert not set(name) & set('/\\:*?"<>|\n ')
        assert not name.startswith(".")


def test_names_of_today_keep_their_place():
    for word in ("casme2/5", "3db/3", "casme2/01", "samm/006", "smic/s20", "casme2/5@2014"):
        assert safe(word) == word.replace("/", "-")
    for label in ("mfvan", "mfvan:no-ri", "lbptop:inner", "timm:resnet18"):
        assert safe(label, ":") == former(label)
    for preset in ("paper", "quick", "my-own"):
        assert safe(preset, "-") == preset


@pytest.fixture
def two(world):
    """Two people whose names differ in what the old file names dropped."""
    (world.folder / "data" / "p0").rename(world.folder / "data" / "s 1")
    (world.folder / "data" / "p1").rename(world.folder / "data" / "s-1")
    return world


def test_subjects_whose_names_looked_alike_have_a_record_each(two):
    two.run()
    assert {raw["fold"] for raw in two.records().values()} >= {"toy/s 1", "toy/s-1"}
    assert len(two.records()) == 6
    assert "6 reused" in two.run().err


def test_records_at_their_old_place_are_found_and_moved_by_a_run(two):
    """As an earlier version left them: the second of the two had replaced the first."""
    two.run()
    before = two.predictions()
    (new,) = (two.results / "records").rglob("toy-s-1~*.json")
    old = new.with_name("toy-s-1.json")
    new.replace(old)
    done = two.bench("plan", "-m", "mean", "-d", "toy", "--json")
    assert json.loads(done.out)[0]["done"] == 5
    assert "Ran 1 fold" in two.run().err
    assert two.predictions() == before
    assert new.is_file()


def test_a_damaged_record_at_an_old_place_is_said_once(two):
    two.run()
    (new,) = (two.results / "records").rglob("toy-s-1~*.json")
    new.replace(new.with_name("toy-s-1.json")).write_text("{")
    assert "damaged, rerun" in two.run().err
    assert len(two.records()) == 6
    assert two.run().err.count("damaged") == 0


def test_variants_of_any_name_stay_in_the_folder_and_apart(world):
    names = ["a b", "a-b", "a+b", "../../b", "x" * 300]
    variants = {name: {"scale": float(i)} for i, name in enumerate(names)}
    text = world.plugin.read_text()
    world.plugin.write_text(text.replace('{"noisy": {"scale": 0.0}}', repr(variants)))
    before = outside(world)
    done = world.run(methods="mean:*")
    assert done.code == 0, done
    assert "30 reused" in world.run(methods="mean:*").err
    cells = {path.parent for path in (world.results / "records").rglob("*.json")}
    assert len(cells) == 5
    assert {cell.parents[2] for cell in cells} == {world.results / "records" / "toy-3"}
    assert outside(world) == before


def outside(world) -> set[Path]:
    """Files that are neither results nor cache."""
    skipped = [world.results, *(world.folder / n for n in ("cache", "state", "__pycache__"))]
    every = {path for path in world.folder.rglob("*") if path.is_file()}
    return {path for path in every if not any(path.is_relative_to(one) for one in skipped)}


def test_a_cell_is_found_by_its_words_and_by_its_file_names(world):
    text = world.plugin.read_text()
    world.plugin.write_text(text.replace('{"noisy"', '{"not a/word"'))
    world.run(methods="mean:*")
    path = next((world.results / "records").rglob("*.json"))
    cell = CellPath(*path.parent.relative_to(world.results / "records").parts)
    words = ("toy/3/mean:not a/word", "toy-3/mean:not a/word/pap", str(cell), "toy/3", "toy-3")
    assert all(cell.matches(word) for word in words)
    wrong = ("toy/3/mean", "toy/2", "toy/3/mean:not", "", "toy/3/mean:not a/word/quick")
    assert not any(cell.matches(word) for word in wrong)


def test_a_records_place_is_that_of_its_unit(world):
    world.run(methods="mean:noisy")
    store = Store(world.results)
    for path in (world.results / "records").rglob("*.json"):
        assert store.path_of(read_record(path)) == path


def test_of_two_runs_that_move_a_file_one_may_be_late(two):
    two.run()
    gone = two.results / "records" / "gone.json"
    set_aside(two.results, gone)
    assert not list((two.results / "damaged").iterdir())
