"""`bench new method`."""

from __future__ import annotations

import keyword
from pathlib import Path
from typing import Annotated

import typer

from bench.cache.files import write_atomically
from bench.cli.common import out
from bench.core.errors import BenchError

PLUGIN = '''"""{title}: the mean motion from onset to apex, and a linear SVM."""

from dataclasses import dataclass

import numpy as np

from bench import Array, Context, Facts, Method, Model, Training, Views
from bench.views.frames import key_frames


@dataclass(frozen=True)
class {title}(Method):
    """Say here what the method does and where it comes from; `bench info {name}` shows it."""

    cost: float = 1.0

    name = "{name}"
    needs = frozenset({{"key_frames"}})
    facts = Facts("{title}", "your paper", 2026, "https://example.org", "reconstructed")

    def describe(self, clip: Views) -> Array:
        onset, apex = key_frames(clip, size=(32, 32)).astype(float) / 255
        return (apex - onset).ravel()

    def fit(self, train: Training, context: Context) -> Model:
        from sklearn.svm import SVC

        return Fitted(SVC(C=self.cost, kernel="linear").fit(train.clips, train.labels), train)


class Fitted(Model):
    def __init__(self, svm, train):
        self.svm, self.classes = svm, train.classes

    def predict(self, clips):
        return np.eye(self.classes)[self.svm.predict(np.array(clips))]
'''

TEST = '''"""Runs {name} through the harness, on SYNTHETIC stand-ins."""

from pathlib import Path

from bench.plugins.registry import load


def test_{name}_is_found():
    registry = load([Path(__file__).with_name("{name}.py")])
    assert registry.methods["{name}"].facts.title == "{title}"
'''


def method(
    name: Annotated[str, typer.Argument(help="Name of the method: one lower-case word.")],
    folder: Annotated[Path, typer.Option("--folder", help="Folder to write to.")] = Path(),
) -> None:
    """Write a method plugin that runs as it is, and its test."""
    if not name.isidentifier() or keyword.iskeyword(name) or name != name.lower():
        raise BenchError(f"{name!r} is no name for a method; use one lower-case word: mymethod")
    plugin, test = folder / f"{name}.py", folder / f"test_{name}.py"
    for path in (plugin, test):
        if path.exists():
            raise BenchError(f"{path} exists already; choose another name or --folder")
    words = {"name": name, "title": name.capitalize()}
    write_atomically(plugin, PLUGIN.format(**words).encode())
    write_atomically(test, TEST.format(**words).encode())
    out().print(
        f"Wrote {plugin} and {test}. Try it:\n"
        f"  bench run --plugin {plugin} --methods {name}\n"
        f"  bench check {plugin}\n"
        "To make it a built-in method, move the file to methods/ and the test to tests/.",
        soft_wrap=True,
    )
