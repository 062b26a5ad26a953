"""Who may import whom, beyond what import-linter sees: plugins, and what is heavy."""

from __future__ import annotations

import ast
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
PLUGINS = sorted(
    path
    for room in ("methods", "datasets")
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
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_plugin_knows_no_other(plugin):
    files = [plugin] if plugin.suffix else sorted(plugin.rglob("*.py"))
    others = ("bench.methods", "bench.datasets", "methods", "datasets")
    for file in files:
        found = [n for n in imported(file) if n.startswith(others)]
        assert not found, f"{file.name} imports {found}: import own files relatively"


@pytest.mark.parametrize("file", CORE, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_core_knows_no_plugin(file):
    found = [n for n in imported(file) if n.startswith(("bench.methods", "bench.datasets"))]
    assert not found


def test_what_a_listing_touches_is_light():
    faces = [p if p.suffix else p / "__init__.py" for p in PLUGINS]
    kernels = {ROOT / "bench/views/tvl1.py"}
    views = [p for p in (ROOT / "bench/views").glob("*.py") if not p.stem.endswith("_kernel")]
    for file in (*faces, *views):
        if file in kernels:
            continue
        found = {name.split(".")[0] for name in imported(file, top_only=True)} & HEAVY
        assert not found, f"{file.relative_to(ROOT)} imports {found} at the top"


@pytest.mark.parametrize("room", ["methods", "datasets"])
def test_rooms_of_plugins_are_no_packages(room):
    assert not (ROOT / room / "__init__.py").exists(), "it would collide when installed"


def test_no_file_or_function_is_too_long():
    sources = [*CORE, *(f for room in ("methods", "datasets") for f in (ROOT / room).rglob("*.py"))]
    for file in sources:
        text = file.read_text()
        assert text.count("\n") <= 400, f"{file.relative_to(ROOT)} is over 400 lines"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno
                assert length <= 60, f"{file.relative_to(ROOT)}: {node.name} has {length} lines"
