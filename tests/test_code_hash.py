"""What code a record is held to: the plugin's own, and every local file that it imports."""

from __future__ import annotations

import re

import pytest

from bench.core import code_hash, import_graph
from bench.core.code_hash import borrowed, changes, seen_by, source_hash
from bench.plugins.load_file import load_file
from bench.plugins.registry import load
from tests.sealing import edit

REGISTRY = load()


@pytest.fixture(autouse=True)
def _forget():
    code_hash.forget()
    yield
    code_hash.forget()


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A package `bench` of our own whose modules a test may change."""
    home = tmp_path / "house" / "bench"
    for room in ("learning", "views", "cache"):
        (home / room).mkdir(parents=True)
        (home / room / "__init__.py").write_text("")
    (home / "__init__.py").write_text("")
    monkeypatch.setattr(import_graph, "PACKAGE", home)
    return home


def test_imports_are_followed_through_functions_and_modules():
    lent = borrowed(REGISTRY.methods["lbptop"])
    assert {"bench.learning.svm", "bench.learning.additive", "bench.views.lbp.kernel"} <= set(lent)
    assert {"bench.statistics.metrics", "bench.core.compiled"} <= set(lent)
    assert not {"bench", "bench.views", "bench.learning.training", "bench.cache.cache"} & set(lent)
    seen = seen_by(REGISTRY.methods["lbptop"])
    assert "bench.views.lbp.kernel" in seen
    assert not {"bench.learning.svm", "bench.plugins.context"} & set(seen)
    assert set(borrowed(REGISTRY.methods["majority"])) == {
        "bench.plugins.context",
        "bench.views.clip_views",
    }


def test_the_code_of_a_dataset_is_hashed_alike():
    smic, smicvis = (REGISTRY.datasets[name] for name in ("smic", "smicvis"))
    assert re.fullmatch("[0-9a-f]{16}", source_hash(smic))
    assert source_hash(smic) == source_hash(smicvis)  # one file
    assert {"bench.data.reading.images", "bench.core.dataset"} <= set(borrowed(smic))


def test_the_front_door_leads_to_the_module_behind_it(house, tmp_path):
    (house / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from bench.views.near import Thing as Other\nfrom bench.views import far\n"
    )
    (house / "views" / "near.py").write_text("class Thing: ...")
    (house / "views" / "far.py").write_text("")
    plugin = tmp_path / "plugin.py"
    plugin.write_text("from bench import Other")
    assert import_graph.local_files([plugin]) == {plugin, house / "views" / "near.py"}


@pytest.mark.parametrize(
    "line",
    [
        "import bench.learning.a",
        "from bench.learning import a",
        "from bench.learning.a import thing",
        "def f():\n    from bench.learning.a import thing",
        "import importlib\nx = importlib.import_module('bench.learning.a')",
    ],
)
def test_every_way_to_import_counts(house, tmp_path, line):
    (house / "learning" / "a.py").write_text("thing = 1")
    (house / "learning" / "b.py").write_text("")
    plugin = tmp_path / "plugin.py"
    plugin.write_text(line + "\nimport numpy\n")
    assert import_graph.local_files([plugin]) == {plugin, house / "learning" / "a.py"}


def test_a_folder_that_one_file_adds_serves_the_others(tmp_path):
    folder = tmp_path / "plugin"
    (folder / "lib").mkdir(parents=True)
    path = "import sys, os; sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))"
    for name, text in (("__init__", path), ("net", "import shared_layers"), ("a", "")):
        (folder / f"{name}.py").write_text(text)
    (folder / "lib" / "shared_layers.py").write_text("")
    own = [folder / f"{name}.py" for name in ("__init__", "a", "net")]
    assert import_graph.local_files(own) == {*own, folder / "lib" / "shared_layers.py"}


def test_what_is_imported_for_types_alone_does_not_count(house, tmp_path):
    (house / "learning" / "a.py").write_text("")
    plugin = tmp_path / "plugin.py"
    plugin.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import bench.learning.a\n"
        "else:\n    import bench.learning.b\n"
    )
    (house / "learning" / "b.py").write_text("")
    assert import_graph.local_files([plugin]) == {plugin, house / "learning" / "b.py"}


def test_a_change_in_what_it_imports_makes_a_record_stale(world, house):
    (house / "learning" / "near.py").write_text("from bench.views.far import thing")
    (house / "learning" / "other.py").write_text("")
    (house / "views" / "far.py").write_text("thing = 1")
    world.plugin.write_text(
        world.plugin.read_text() + "\n\ndef _never():\n    from bench.learning import near\n"
    )
    world.run()
    (house / "learning" / "other.py").write_text("changed = True")
    code_hash.forget()
    assert "stale" not in world.run().err
    (house / "views" / "far.py").write_text("thing = 2")
    code_hash.forget()
    again = world.run()
    assert "6 of these are stale" in again.err
    board = (world.results / "leaderboard.md").read_text()
    assert "stale: bench.views.far changed since" in board
    path = next((world.results / "records").rglob("*.json"))
    told = world.bench("results", "explain", str(path), "--plugin", "toy.py").out
    assert "bench.views.far has changed since" in " ".join(told.split())
    assert "Ran 6 folds" in world.run("--refresh", "stale").err
    assert "stale" not in world.run().err


def test_records_from_before_it_was_kept_are_judged_by_their_plugin_alone(world):
    world.run()
    for path in (world.results / "records").rglob("*.json"):
        edit(path, lambda raw: raw.pop("borrowed"))
    again = world.run()
    assert "6 reused from earlier runs" in again.err
    assert "stale" not in again.err


def test_words_in_code_do_not_count_and_code_does(tmp_path):
    def hashed(text: str) -> str:
        code_hash.forget()
        (tmp_path / "one.py").write_text(text)
        return code_hash._hash(tmp_path / "one.py")

    plain = hashed("def f():\n    return 1\n")
    worded = '"""Says\nmuch."""\n\ndef f():  # why\n    """Returns 1."""\n\n    return 1  # so\n'
    assert hashed(worded) == plain
    assert hashed("def f():\n    return 2\n") != plain
    assert hashed('def f(): "one"\n') != hashed('def g(): "one"\n')
    assert hashed("x = '# 1'") != hashed("x = '# 2'")


SIBLING = "def shift():\n    return {}\n"
PATH = "import sys; from pathlib import Path; sys.path.insert(0, {})"


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (".", PATH.format("str(Path(__file__).parent)")),
        ("lib", PATH.format("str(Path(__file__).parent / 'lib')")),
        ("lib", "import sys, os; sys.path.append(os.path.join(os.path.dirname(__file__), 'lib'))"),
    ],
)
@pytest.mark.parametrize("lazily", [True, False])
def test_an_edit_of_a_module_found_through_sys_path_makes_records_stale(
    world, monkeypatch, where, line, lazily
):
    """Also of what that module imports in turn."""
    monkeypatch.setattr("sys.path", list(__import__("sys").path))
    folder = world.folder / where
    folder.mkdir(exist_ok=True)
    (folder / "mynet_helper.py").write_text("from mynet_deeper import shift")
    (folder / "mynet_deeper.py").write_text(SIBLING.format(0))
    start = "\n\ndef _never():\n    " if lazily else "\n"
    indent = "    " if lazily else ""
    own = world.own()
    own.write_text(f"{own.read_text()}{start}{line}\n{indent}from mynet_helper import shift\n")
    for name in ("mynet_helper", "mynet_deeper"):
        monkeypatch.delitem(__import__("sys").modules, name, raising=False)
    world.run(methods="own")
    name = f"{where}/mynet_deeper.py".removeprefix("./")
    assert name in next(iter(world.records().values()))["borrowed"]
    (folder / "mynet_deeper.py").write_text(SIBLING.format(1))
    code_hash.forget()
    assert "6 of these are stale" in world.run(methods="own").err


def test_a_sibling_that_python_does_not_find_is_refused_with_the_way_out(world):
    (world.folder / "mynet.py").write_text(SIBLING.format(0))
    text = world.plugin.read_text()
    for line in ("from mynet import shift", "def _later():\n    import mynet"):
        world.plugin.write_text(f"{text}\n\n{line}\n")
        done = world.bench("list")
        assert done.code == 2
        (said,) = done.err.splitlines()
        assert "imports mynet, a file next to it" in said
        assert "`from .mynet import ...`" in said


def test_a_folder_is_hashed_whole(tmp_path):
    folder = tmp_path / "myfolder"
    folder.mkdir()
    (folder / "net.py").write_text(SIBLING.format(0))
    text = "from bench import Method\nfrom .net import shift\n\nclass M(Method): ...\n"
    (folder / "__init__.py").write_text(text)
    plugin = load_file(folder).M
    before = source_hash(plugin)
    (folder / "net.py").write_text(SIBLING.format(1))
    code_hash.forget()
    assert changes(before, {}, plugin) == ["its method's code"]
    assert set(borrowed(plugin)) == {"bench.plugins.context", "bench.views.clip_views"}


def test_a_module_that_was_left_out_of_older_records_makes_none_stale():
    plugin = REGISTRY.methods["lbptop"]
    kept = {n: h for n, h in borrowed(plugin).items() if n.startswith("bench.views")}
    assert changes(source_hash(plugin), kept, plugin) == []
    kept["bench.views.gone"] = "0"
    assert changes(source_hash(plugin), kept, plugin) == ["bench.views.gone"]
