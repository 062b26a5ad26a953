"""A plugin is validated when it is loaded: a line for each fault, and the way out of it."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from bench import BenchError
from bench.plugins import registry
from bench.plugins.registry import load
from bench.plugins.validate import faults
from bench.views.catalog import view

METHOD = """
from dataclasses import dataclass
from bench import Dataset, DatasetFacts, Facts, Labelling, Method

@dataclass(frozen=True)
class Mine(Method):
    rate: float = 0.1
    name = "mine"
    needs = frozenset({"flow_image"})
    facts = Facts("Mine", "me", 2026, "", "original")
    def describe(self, clip): ...
    def fit(self, train, context): ...
"""
DATASET = """
from dataclasses import dataclass
from bench import Dataset, DatasetFacts, Labelling

class Mine(Dataset):
    name = "minedata"
    facts = DatasetFacts("Mine", "me", 2026, "", "free", "x")
    labellings = {"2": Labelling(("low", "high"), {"low": "low", "high": "high"})}
    def index(self): ...
    def read(self, clip): ...
"""


def said(tmp_path, text: str) -> list[str]:
    """What loading a plugin of that text is refused with."""
    path = tmp_path / "mine.py"
    path.write_text(text)
    try:
        load((path,))
    except BenchError as error:
        lines = str(error).splitlines()
        assert all(line.startswith(f"{path}: Mine: ") for line in lines), lines
        return [line.removeprefix(f"{path}: Mine: ") for line in lines]
    return []


@pytest.mark.parametrize("text", [METHOD, DATASET])
def test_a_sound_plugin_loads(tmp_path, text):
    assert said(tmp_path, text) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('    needs = frozenset({"flow_image"})', "", "no needs; write needs = frozenset({"),
        ('frozenset({"flow_image"})', '"flow_image"', 'write needs = frozenset({"flow_image"})'),
        ('frozenset({"flow_image"})', '{"flow_image"}', "needs is a set; write needs = frozenset("),
        ('"flow_image"', '"flow_images"', "there is no such view; did you mean flow_image"),
        ("    needs = ", '    takes = frozenset({"x_ray"})\n    needs = ', "takes names 'x_ray'"),
        ('    facts = Facts("Mine", "me", 2026, "", "original")', "", "no facts; write facts = F"),
        (
            'Facts("Mine", "me", 2026, "", "original")',
            '{"title": "x"}',
            "facts is a dict; expected",
        ),
        ('"original"', "7", "fidelity is 7; expected ORIGINAL for a method of your own"),
        (
            "    facts",
            '    sources = {"rat": "ours"}\n    facts',
            "sources names 'rat', and no field",
        ),
        ("@dataclass(frozen=True)", "", "no @dataclass; write @dataclass(frozen=True) above class"),
        ("@dataclass(frozen=True)", "@dataclass", "not frozen; write @dataclass(frozen=True)"),
        ("    def describe(self, clip): ...", "", "no describe; write def describe(self, clip)"),
        (
            "    def fit(self, train, context): ...",
            "",
            "no fit; write def fit(self, train, context",
        ),
        (
            "    def fit(",
            "    def restore(self, state): ...\n    def fit(",
            "restore takes (self, state); write def restore(self, state, outline)",
        ),
        ('    name = "mine"', "", 'no name; write name = "mine"'),
        ('"mine"', '"My Net"', "name is 'My Net'; expected one lower-case word: name = \"mynet\""),
        ("rate: float = 0.1", "rate: float", "the field rate has no default; write rate: float ="),
        ("rate: float", "seconds: float", "the field seconds hides Method.seconds; rename it"),
        ("    name =", '    presets = {"quick": {"rat": 1}}\n    name =', "did you mean rate?"),
        (
            "    name =",
            '    variants = {"a": {"depth": 1}}\n    name =',
            "variants['a'] sets 'depth'",
        ),
        ("    name =", '    described_by = ("size",)\n    name =', "described_by names 'size'"),
        ("    name =", '    traced = frozenset({"best"})\n    name =', "traced names 'best'"),
        ("    name =", '    weights_files = {"smic": "{}.pth"}\n    name =', "and no published"),
    ],
)
def test_a_fault_of_a_method_is_one_line(tmp_path, old, new, expected):
    assert old in METHOD
    (line,) = said(tmp_path, METHOD.replace(old, new))
    assert expected in line


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '    facts = DatasetFacts("Mine", "me", 2026, "", "free", "x")',
            "",
            "no facts; write facts",
        ),
        ("    labellings", "    labels", "no labellings; write labellings = {"),
        ('Labelling(("low", "high"), {"low": "low", "high": "high"})', "('low',)", "is a tuple"),
        (
            '"high": "high"}',
            '"high": "up"}',
            "maps to up, which its classes do not have: low, high",
        ),
        ("    def index(self): ...", "", "no index; write def index(self): ..."),
        ("    def read(self, clip): ...", "", "no read; write def read(self, clip): ..."),
        ('    name = "minedata"', "", 'no name; write name = "mine"'),
    ],
)
def test_a_fault_of_a_dataset_is_one_line(tmp_path, old, new, expected):
    assert old in DATASET
    (line,) = said(tmp_path, DATASET.replace(old, new))
    assert expected in line


def test_a_name_that_is_taken_is_refused_with_both_files(tmp_path):
    (tmp_path / "mine.py").write_text(METHOD.replace('"mine"', '"mfvan"'))
    with pytest.raises(BenchError, match=r"'mfvan': \S+mfvan/__init__.py and \S+mine.py; rename"):
        load((tmp_path / "mine.py",))


def test_each_fault_has_its_line(tmp_path):
    text = METHOD.replace('    needs = frozenset({"flow_image"})', "").replace("(frozen=True)", "")
    assert len(said(tmp_path, text)) == 2


def test_a_class_that_others_build_on_needs_no_name(tmp_path):
    base = "class Base(Method):\n    def fit(self, train, context): ...\n\n@dataclass(f"
    assert (
        said(
            tmp_path,
            METHOD.replace("@dataclass(f", base).replace("(Method):\n    r", "(Base):\n    r"),
        )
        == []
    )


def test_a_folder_may_hand_on_a_class_of_its_own_files(tmp_path):
    folder = tmp_path / "handed"
    folder.mkdir()
    (folder / "__init__.py").write_text("from .method import Mine")
    (folder / "method.py").write_text(METHOD)
    assert "mine" in load((folder,)).methods


def test_a_broken_installed_plugin_is_noted_and_stops_nothing(monkeypatch):
    module = ModuleType("strangers_package")
    module.__file__ = "strangers.py"
    monkeypatch.setitem(sys.modules, "strangers_package", module)
    exec(METHOD.replace('    needs = frozenset({"flow_image"})', ""), vars(module))
    module.Mine.__module__ = "strangers_package"
    monkeypatch.setattr(registry, "_installed", lambda: ["strangers_package"])
    found = load()
    assert "no needs; write" in found.broken["strangers_package"]
    assert "mine" not in found.methods
    assert "majority" in found.methods


def test_a_package_installed_meanwhile_brings_its_plugins(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(tmp_path)
    assert "mine" not in load().methods
    (tmp_path / "brought_meanwhile.py").write_text(METHOD)
    about = tmp_path / "brought-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Name: brought\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[bench.methods]\nmine = brought_meanwhile\n")
    assert "mine" in load().methods
    (about / "entry_points.txt").unlink()
    (about / "METADATA").unlink()
    about.rmdir()
    assert "mine" not in load().methods


def test_what_comes_with_bench_is_valid():
    found = load()
    assert found.broken == {}
    ships = frozenset().union(*(one.ships for one in found.datasets.values()))
    every = [*found.methods.values(), *found.datasets.values(), *found.generators.values()]
    assert len(every) > 45
    assert [fault for one in every for fault in faults(one, ships)] == []


def test_two_views_of_one_name_are_refused():
    def key_frames(clip):
        """Another view of that name."""

    with pytest.raises(
        BenchError, match=r"two views are named 'key_frames': in bench\.views\.frames"
    ):
        view(version=1)(key_frames)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate: list = [0.1]", "use default_factory, or a tuple (line 5 of mine.py)"),
        (
            "from bench.views import flow_image",
            "; write: from bench.views.flow.optical import flow_image (line 7 of mine.py)",
        ),
        ("rate: float = = 1", "SyntaxError: invalid syntax (mine.py, line 7)"),
    ],
)
def test_what_fails_to_import_is_said_with_the_line_of_the_plugin(tmp_path, text, expected):
    (tmp_path / "mine.py").write_text(METHOD.replace("rate: float = 0.1", text))
    with pytest.raises(BenchError, match=r"mine\.py fails to import") as caught:
        load((tmp_path / "mine.py",))
    assert str(caught.value).endswith(expected)


def test_a_folder_without_its_first_file_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(BenchError, match="a folder of a plugin needs an __init__"):
        load((tmp_path / "folder",))
