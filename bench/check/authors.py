"""A method held against its authors' public code: the same input through both.

A plugin folder may hold `authors.py` with a constant `AUTHORS`: an `Authors`, or a tuple of them
where the network and the recipe are public in different repositories. The code compared with is
never part of this package: `bench fidelity` takes the path of a clone.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import numpy as np

from bench.core.clones import commit_of
from bench.core.errors import BenchError
from bench.learning.network_method import NetworkMethod
from bench.plugins.context import Context
from bench.plugins.method import Method
from bench.plugins.model import Training

Part = Literal["network", "feature", "preprocessing", "recipe"]

TOLERANCE = 1e-4
"""Largest difference, in largest values of theirs, at which two computations count as equal: sums
in another order differ by 1e-6 or so in float32, another layer by far more."""


@dataclass(frozen=True)
class Comparison:
    """One thing that was compared.

    Attributes:
        part: of the method.
        what: was compared, in a few words.
        agrees: whether it counts as equal.
        detail: the largest difference, or both values.
    """

    part: Part
    what: str
    agrees: bool
    detail: str


@dataclass(frozen=True)
class Authors:
    """Public code of a method, and how to compare with it.

    Attributes:
        repository: owner and name on GitHub.
        commit: that `compare` was written for, in full.
        compare: given a clone's folder, compares both; runs the clone's code.
        files: that the clone must have.
    """

    repository: str
    commit: str
    compare: Callable[[Path], Iterator[Comparison]]
    files: tuple[str, ...]


@dataclass(frozen=True)
class Compared:
    """A method held against one clone.

    Attributes:
        repository: owner and name.
        commit: of the clone; "unknown" for a folder without git's.
        comparisons: in the order made.
    """

    repository: str
    commit: str
    comparisons: tuple[Comparison, ...]

    @property
    def same(self) -> bool:
        """Whether everything but settings of the recipe agrees."""
        return all(one.agrees for one in self.comparisons if one.part != "recipe")


def authors_of(method: type[Method]) -> tuple[Authors, ...]:
    """The adapters in a method's folder, one for each repository."""
    spec = importlib.util.find_spec(method.__module__)
    # A plugin in one file is no package and can have no second module.
    if spec is None or spec.submodule_search_locations is None:
        return ()
    name = f"{method.__module__}.authors"
    if importlib.util.find_spec(name) is None:
        return ()
    found: Authors | tuple[Authors, ...] = importlib.import_module(name).AUTHORS
    return found if isinstance(found, tuple) else (found,)


def compared(authors: Authors, code: Path) -> Compared:
    """All comparisons with a clone.

    Raises:
        BenchError: a package that the clone imports is not installed.
    """
    import torch

    try:
        # Their layers draw initial weights from the global state, and the same differences should
        # be printed every time.
        with torch.random.fork_rng([]):
            torch.manual_seed(0)
            found = tuple(authors.compare(code))
    except ImportError as error:
        package = error.name if isinstance(error, ModuleNotFoundError) else None
        raise BenchError(
            f"the code of {authors.repository} needs {package or 'a package'}, which is not "
            f"installed here: {f'pip install {package}' if package else error}"
        ) from error
    return Compared(authors.repository, commit_of(code), found)


def numbers(part: Part, what: str, ours: Any, theirs: Any) -> Comparison:
    """Compare two arrays or tensors by their largest difference."""
    first, second = (np.asarray(one, dtype=float) for one in (ours, theirs))
    if first.shape != second.shape:
        return Comparison(part, what, False, f"shape {first.shape}, theirs {second.shape}")
    largest, scale = float(np.abs(first - second).max()), float(np.abs(second).max())
    detail = f"{largest:.1e} at most, of values up to {scale:.3g}"
    # A tolerance relative to nothing would call a broken comparison of zeros equal.
    return Comparison(part, what, scale > 0 and largest <= TOLERANCE * scale, detail)


def settings(pairs: Mapping[str, tuple[float, float]]) -> Iterator[Comparison]:
    """Compare settings of the recipe by name: ours and theirs."""
    for what, (ours, theirs) in pairs.items():
        detail = f"{ours:g}" if ours == theirs else f"{ours:g}, theirs {theirs:g}"
        yield Comparison("recipe", what, ours == theirs, detail)


def batches(code: Path, name: str) -> Comparison:
    """Whether a script of theirs draws the clips of a batch anew every epoch, as ours do."""
    shuffled = "shuffle=True" in (code / name).read_text(encoding="utf-8", errors="replace")
    theirs = "shuffled" if shuffled else "in the order of the files"
    return Comparison("recipe", "batches", shuffled, f"ours shuffled, theirs {theirs}")


def momentum(method: NetworkMethod) -> float:
    """Momentum of the optimiser of a method's recipe."""
    import torch

    recipe = method.recipe(Training.outline(np.zeros(1), 3), Context(0, np.zeros(0)))
    return float(recipe.optimiser([torch.nn.Parameter(torch.zeros(1))]).defaults["momentum"])


def setting(code: Path, name: str, pattern: str, group: int = 1) -> float:
    """A number in the text of a file, by a group of a regular expression.

    Raises:
        BenchError: the file has no such text: it is of another commit.
    """
    found = re.search(pattern, (code / name).read_text(encoding="utf-8", errors="replace"))
    if found is None:
        raise BenchError(f"{code / name}: nothing like {pattern!r}; another commit?")
    return float(found[group])


@contextmanager
def importable(code: Path) -> Iterator[None]:
    """Let a clone's modules be imported by their own names, and forget them afterwards."""
    # As the files of modules are.
    code = code.resolve()
    before = set(sys.modules)
    sys.path.insert(0, str(code))
    try:
        yield
    finally:
        sys.path.remove(str(code))
        # Two clones may have modules of the same name.
        for name in set(sys.modules) - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).is_relative_to(code):
                del sys.modules[name]


def definitions(
    code: Path, name: str, wanted: tuple[str, ...], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Some classes and functions of a script that cannot be imported as a whole.

    Args:
        code: the clone.
        name: of the script.
        wanted: what to define, in this order.
        given: what the definitions use, by the names they use.

    Raises:
        BenchError: the script has no such definition: it is of another commit.
    """
    tree = ast.parse((code / name).read_text(encoding="utf-8", errors="replace"))
    nodes = {n.name: n for n in tree.body if isinstance(n, (ast.ClassDef, ast.FunctionDef))}
    if missing := [one for one in wanted if one not in nodes]:
        raise BenchError(f"{code / name}: no {missing[0]} is defined; another commit?")
    space = dict(given)
    body = ast.Module([nodes[one] for one in wanted], [])
    exec(compile(body, str(code / name), "exec"), space)
    return {one: space[one] for one in wanted}


@contextmanager
def on_cpu() -> Iterator[None]:
    """Let code that insists on a GPU run without one: `.cuda()` does nothing."""
    import torch

    def stay(self: Any, *_: Any, **__: Any) -> Any:
        return self

    with patch.object(torch.Tensor, "cuda", stay), patch.object(torch.nn.Module, "cuda", stay):
        yield


def roused(net: Any, seed: int = 0) -> Any:
    """A network in evaluation mode whose running statistics and scales are not at their start.

    Freshly built, batch normalisation does nothing, and a missing one would not show.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            for value in (module.running_mean, module.running_var, module.weight, module.bias):
                if value is not None:
                    value.data.uniform_(0.5, 1.5, generator=generator)
    return net.eval()


def octave(code: Path, script: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Run MATLAB code of a clone in GNU Octave.

    Args:
        code: its folder, where Octave finds its functions.
        script: statements that use the names given and leave results in variables.
        given: arrays and numbers by name.

    Returns:
        the variables after the script, by name.

    Raises:
        BenchError: Octave is not installed, or stops with an error.
    """
    from scipy.io import loadmat, savemat

    program = shutil.which("octave-cli")
    if program is None:
        raise BenchError("this comparison runs MATLAB code: install GNU Octave (octave-cli)")
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "given.mat"), Path(folder, "made.mat")
        savemat(source, given)
        words = f"load('{source}'); {script} save('-v7', '{target}');"
        done = subprocess.run(
            [program, "--quiet", "--no-gui", "--eval", f"addpath('{code.resolve()}'); {words}"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0 or not target.is_file():
            raise BenchError(f"Octave: {' '.join(done.stderr.split())[-300:]}")
        made: dict[str, Any] = loadmat(target)
        return made
