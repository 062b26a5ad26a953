"""`bench.evaluate`: an estimator or a method that is no plugin file yet, scored like any other."""

from __future__ import annotations

import base64
import inspect
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import numpy as np

from bench.cli.prepare import Request, prepare
from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.core.types import Array
from bench.notebook.board import Board
from bench.notebook.run import carry_out
from bench.plugins.configure import Configured
from bench.plugins.context import Context
from bench.plugins.fidelity import ORIGINAL, OURS
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.running.options import RunOptions
from bench.views.catalog import CATALOG
from bench.views.clip_views import Views


def evaluate(
    method: Any,
    dataset: str,
    *,
    view: str = "",
    task: str = "",
    protocol: str = "loso",
    seed: int = 0,
    preset: str = "",
    plugins: Sequence[str | Path] = (),
) -> Board:
    """Score an estimator or a method by leave-one-subject-out, in this process.

    For trying things out: nothing is kept, and the rows say that held-out labels were in the same
    process. What is to be published belongs in a plugin file and in `bench.run`.

    Args:
        method: a scikit-learn classifier, pipeline or search; or a `Method`, as instance or class.
        dataset: its name.
        view: what an estimator gets of each clip, flattened: "features", "flow_image", ...
        task: of the dataset; by default its first.
        protocol: "loso", "kfold:K", "hde" or the diagnostic "lovo".
        seed: root seed.
        preset: of a `Method` given as a class.
        plugins: files of your own datasets.

    Raises:
        BenchError: neither of the two, an unknown view or name, or a class without a file.
    """
    if isinstance(method, type) and issubclass(method, Method):
        method = method(**method.presets.get(preset, {}))
    if not isinstance(method, Method):
        method = _of_estimator(method, view)
    elif view:
        raise BenchError(f"view={view!r}: {type(method).__name__} asks for its own views")
    _check_file(type(method))
    folder = TemporaryDirectory(prefix="bench-")
    request = Request(
        datasets=dataset,
        tasks=task,
        protocol=protocol,
        seeds=str(seed),
        results=Path(folder.name),
        plugin=[Path(one) for one in plugins],
    )
    row = Configured(method, method.name, "paper")
    return carry_out(prepare(request, RunOptions(engine="serial", jobs=1), row), folder)


def _check_file(kind: type) -> None:
    try:
        inspect.getfile(kind)
    except (OSError, TypeError):
        raise BenchError(
            f"{kind.__name__} is defined in a notebook, and its code is part of a result: write "
            "the cell to a file (%%writefile mymethod.py) and import it from there"
        ) from None


def _of_estimator(estimator: Any, view: str) -> Method:
    if not hasattr(estimator, "get_params"):
        raise BenchError(
            f"{type(estimator).__name__}: expected a scikit-learn estimator or a bench.Method"
        )
    if not view:
        raise BenchError(
            "evaluate(estimator, ...) needs view=..., what the estimator gets of each clip: "
            '"features", "flow_image", ...; `bench info DATASET` lists what there is'
        )
    steps = getattr(estimator, "steps", None)
    last = steps[-1][1] if steps else estimator
    kind = type(
        type(last).__name__,
        (EstimatorMethod,),
        {
            "name": type(last).__name__.lower(),
            "needs": frozenset({view}),
            "facts": Facts(
                title=type(last).__name__,
                paper="an estimator of yours",
                year=date.today().year,
                url="",
                fidelity=ORIGINAL,
                deviations=(" ".join(repr(estimator).split()) + f" on {view}.",),
            ),
            "__module__": __name__,
        },
    )
    pickled = base64.b64encode(pickle.dumps(estimator)).decode()
    method: Method = kind(pickled, view)
    return method


@dataclass(frozen=True)
class EstimatorMethod(Method):
    """A scikit-learn estimator on one view.

    Attributes:
        pickled: the estimator, by `pickle`, in base64: the configuration of a method is text.
        view: name.
    """

    pickled: str
    view: str

    sources: ClassVar[dict[str, str]] = {"pickled": OURS, "view": OURS}
    described_by: ClassVar[tuple[str, ...]] = ("view",)

    def describe(self, clip: Views) -> Array:
        """The view, flattened."""
        if self.view in clip.sources:
            return np.ravel(clip.sources[self.view])
        if self.view not in CATALOG:
            raise unknown("view", self.view, sorted(CATALOG))
        function = getattr(import_module(CATALOG[self.view].module), self.view)
        return np.ravel(function(clip))

    def fit(self, train: Training, context: Context) -> Model:
        """A copy of the estimator, fitted as `bench.learning.sklearn` says."""
        from bench.learning import sklearn

        # Pickled by this very process, a moment ago.
        return sklearn.fit(pickle.loads(base64.b64decode(self.pickled)), train, context)
