"""What code a record is held to: the plugin's own, and what it imports of bench."""

from __future__ import annotations

import json

import pytest

from bench.plugins import code_hash as sources
from bench.plugins.registry import load

METHODS = load().methods


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A house of our own whose modules a test may change."""
    for room in ("learning", "views"):
        (tmp_path / room).mkdir()
    monkeypatch.setattr(sources, "HOUSE", tmp_path)
    sources._hash.cache_clear()
    sources._imports.cache_clear()
    yield tmp_path
    sources._hash.cache_clear()
    sources._imports.cache_clear()


def test_what_a_plugin_imports_is_followed_through_functions_and_modules():
    lent = sources.borrowed(METHODS["lbptop"])
    assert {"bench.learning.svm", "bench.learning.additive", "bench.views.lbp.kernel"} <= set(lent)
    assert "bench.learning.training" not in lent
    assert "bench.views" not in lent
    assert "bench.learning.svm" not in sources.seen_by(METHODS["lbptop"])
    assert set(sources.borrowed(METHODS["majority"])) == {"bench.views.clip"}


@pytest.mark.parametrize(
    "line",
    [
        "import bench.learning.a",
        "from bench.learning import a",
        "from bench.learning.a import thing",
        "def f():\n    from bench.learning.a import thing",
    ],
)
def test_every_way_to_import_counts(house, line):
    (house / "learning" / "a.py").write_text("thing = 1")
    (house / "learning" / "b.py").write_text("")
    plugin = house / "plugin.py"
    plugin.write_text(line + "\nfrom bench.plugins.method import Method\nimport numpy\n")
    assert sources._imports(plugin) == ("bench.learning.a",)


def test_a_change_in_what_it_imports_makes_a_record_stale(world, house):
    (house / "learning" / "near.py").write_text("from bench.views.far import thing")
    (house / "learning" / "other.py").write_text("")
    (house / "views" / "far.py").write_text("thing = 1")
    world.plugin.write_text(
        world.plugin.read_text() + "\n\ndef _never():\n    from bench.learning import near\n"
    )
    world.run()
    (house / "learning" / "other.py").write_text("changed = True")
    sources._hash.cache_clear()
    assert "stale" not in world.run().err
    (house / "views" / "far.py").write_text("thing = 2")
    sources._hash.cache_clear()
    again = world.run()
    assert "6 of these are stale" in again.err
    board = (world.results / "leaderboard.md").read_text()
    assert "stale: bench.views.far changed since" in board
    path = next((world.results / "records").rglob("*.json"))
    told = world.bench("results", "explain", str(path), "--plugin", "toy.py").out
    assert "bench.views.far has changed since" in " ".join(told.split())
    assert "Ran 6 folds" in world.run("--refresh", "stale").err
    assert "stale" not in world.run().err


def test_records_from_before_it_was_kept_are_judged_by_their_plugin_alone(world, house):
    world.run()
    for path in (world.results / "records").rglob("*.json"):
        raw = json.loads(path.read_text())
        del raw["borrowed"]
        path.write_text(json.dumps(raw))
    again = world.run()
    assert "6 reused from earlier runs" in again.err
    assert "stale" not in again.err
