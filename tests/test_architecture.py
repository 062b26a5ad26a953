"""Who may import whom, beyond what import-linter sees: plugins, and what is heavy."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = {
    "torch",
    "torchvision",
    "timm",
    "sklearn",
    "skimage",
    "scipy",
    "numba",
    "cv2",
    "matplotlib",
}
ROOMS = ("methods", "datasets", "replications")
"""Top-level folders of plugins."""
PLUGINS = sorted(
    path
    for room in ROOMS
    for path in (ROOT / room).iterdir()
    if path.suffix == ".py" or (path / "__init__.py").is_file()
)
CORE = sorted((ROOT / "bench").rglob("*.py"))


def imported(file: Path, top_only: bool = False) -> Iterator[str]:
    """Absolute names of the modules that a file imports."""
    tree = ast.parse(file.read_text())
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield from (submodule(node.module, name.name) or node.module for name in node.names)


def submodule(package: str, name: str) -> str | None:
    """The module that `from package import name` means, None where it means something inside."""
    path = ROOT.joinpath(*package.split("."), name)
    found = path.is_dir() or path.with_suffix(".py").is_file()
    return f"{package}.{name}" if found else None


def module_name(file: Path) -> str:
    """A file as Python names it: bench/views/__init__.py is bench.views."""
    parts = file.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_plugin_knows_no_other(plugin):
    files = [plugin] if plugin.suffix else sorted(plugin.rglob("*.py"))
    others = ("bench.methods", "bench.datasets", "methods", "datasets", "replications")
    for file in files:
        found = [n for n in imported(file) if n.startswith(others)]
        assert not found, f"{file.name} imports {found}: import own files relatively"


@pytest.mark.parametrize("file", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_no_plugin(file):
    found = [n for n in imported(file) if n.startswith(("bench.methods", "bench.datasets"))]
    assert not found


def test_what_a_listing_touches_is_light():
    faces = [p if p.suffix else p / "__init__.py" for p in PLUGINS]
    kernels = {ROOT / "bench/views/flow/tvl1.py"}
    views = [p for p in (ROOT / "bench/views").rglob("*.py") if p.stem != "kernel"]
    for file in (*faces, *views):
        if file in kernels:
            continue
        found = {name.split(".")[0] for name in imported(file, top_only=True)} & HEAVY
        assert not found, f"{file.relative_to(ROOT)} imports {found} at the top"


def test_the_package_holds_its_rooms_and_nothing_else():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    rooms = {*contract["contracts"][0]["layers"], *contract["contracts"][0]["exhaustive_ignores"]}
    inside = {path.name for path in (ROOT / "bench").iterdir() if path.name != "__pycache__"}
    assert inside == {*rooms - {"__main__"}, "__init__.py", "__main__.py", "py.typed"}


def test_no_modules_import_each_other_in_a_circle():
    names = {module_name(file): file for file in CORE}
    graph = {name: set(imported(file)) & names.keys() - {name} for name, file in names.items()}
    # Taking away what imports nothing that is left, again and again, leaves the circles.
    while free := {name for name, uses in graph.items() if not uses}:
        graph = {name: uses - free for name, uses in graph.items() if name not in free}
    assert not graph, f"import circles among {sorted(graph)}"


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_of_plugins_are_no_packages(room):
    assert not (ROOT / room / "__init__.py").exists(), "it would collide when installed"


def test_no_file_or_function_is_too_long():
    plugins = (f for room in ROOMS for f in (ROOT / room).rglob("*.py"))
    sources = [*CORE, *plugins]
    for file in sources:
        text = file.read_text()
        assert text.count("\n") <= 350, f"{file.relative_to(ROOT)} is over 350 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length <= 60, f"{file.relative_to(ROOT)}: {node.name} has {length} lines"
