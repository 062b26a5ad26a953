"""A benchmark of micro-expression recognition: names for plugin authors, notebooks and scripts.

`from bench import Facts, Method, Model, Training, Context, Views, Clip, Dataset, Labelling`

`bench.run(...)`, `bench.load(...)`, `bench.compare(...)`, `bench.evaluate(...)` -> `bench.Board`
`bench.fit(...)`, `bench.load_model(...)` -> `bench.TrainedModel`
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.core.clip import Clip
    from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling
    from bench.core.errors import BenchError, DataError
    from bench.core.types import Array, Description
    from bench.notebook.board import Board, load
    from bench.notebook.compare import compare
    from bench.notebook.evaluate import evaluate
    from bench.notebook.fit import TrainedModel, fit, load_model
    from bench.notebook.run import run
    from bench.plugins.context import Context
    from bench.plugins.fidelity import (
        ORIGINAL,
        OURS,
        Fidelity,
        Judgement,
        exact,
        reconstructed,
        stated,
    )
    from bench.plugins.method import Facts, Method
    from bench.plugins.metric import Metric
    from bench.plugins.model import Model, Training
    from bench.views.clip_views import Views

__version__ = "0.1.0"
__all__ = [
    "ORIGINAL",
    "OURS",
    "Array",
    "BenchError",
    "Board",
    "Clip",
    "Context",
    "DataError",
    "Dataset",
    "DatasetFacts",
    "Description",
    "Facts",
    "Fidelity",
    "Index",
    "Judgement",
    "Labelling",
    "Method",
    "Metric",
    "Model",
    "TrainedModel",
    "Training",
    "Views",
    "compare",
    "evaluate",
    "exact",
    "fit",
    "load",
    "load_model",
    "reconstructed",
    "run",
    "stated",
]

# Imported on first use: `bench -h` needs none of them, and they would double its time.
_HOMES = {
    "bench.core.clip": ("Clip",),
    "bench.core.dataset": ("Dataset", "DatasetFacts", "Index", "Labelling"),
    "bench.core.errors": ("BenchError", "DataError"),
    "bench.core.types": ("Array", "Description"),
    "bench.notebook.board": ("Board", "load"),
    "bench.notebook.compare": ("compare",),
    "bench.notebook.evaluate": ("evaluate",),
    "bench.notebook.fit": ("TrainedModel", "fit", "load_model"),
    "bench.notebook.run": ("run",),
    "bench.plugins.context": ("Context",),
    "bench.plugins.fidelity": (
        "ORIGINAL",
        "OURS",
        "Fidelity",
        "Judgement",
        "exact",
        "reconstructed",
        "stated",
    ),
    "bench.plugins.method": ("Facts", "Method"),
    "bench.plugins.metric": ("Metric",),
    "bench.plugins.model": ("Model", "Training"),
    "bench.views.clip_views": ("Views",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'bench' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
