"""Checks of what a method is before it sees a clip: facts, configuration, importing."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import json
import os
import pickle
import re
import subprocess
import sys
from inspect import get_annotations
from pathlib import Path
from typing import Any, get_args

import bench
from bench.check.examination import Examination
from bench.check.finding import Finding, failed, noted, passed
from bench.core.code_hash import code_files
from bench.core.words import Fidelity
from bench.plugins.method import Method

HEAVY = ("torch", "sklearn", "skimage", "scipy", "numba", "cv2", "matplotlib", "timm", "pandas")
LISTING = """
import sys
from pathlib import Path
from bench.plugins.load_file import load_file
load_file(Path(sys.argv[1]))
print(*[name for name in sys.argv[2:] if name in sys.modules])
"""


def facts_are_complete(exam: Examination) -> Finding:
    """Name, version, views, paper, fidelity: all there and of the right kind."""
    method, facts = exam.method, exam.method.stated()
    this_year = datetime.datetime.now(datetime.UTC).year
    wrong = {
        f"name {method.name!r} is not one lower-case word": not re.fullmatch(
            "[a-z][a-z0-9_]*", method.name
        ),
        f"version {method.version!r} is not a number from 1": method.version < 1,
        "needs is not a frozenset": not isinstance(method.needs, frozenset),
        "takes is not a frozenset": not isinstance(method.takes, frozenset),
        "title is empty": not facts.title,
        "paper is empty": not facts.paper,
        f"year {facts.year} is impossible": not 1950 <= facts.year <= this_year + 1,
        f"url {facts.url!r} is not a web address": not (facts.url or "http").startswith("http"),
        f"fidelity {facts.fidelity!r} is not one of {get_args(Fidelity)}": facts.fidelity
        not in get_args(Fidelity),
        "reconstructed, but no deviation says how; list them in deviations=(...), or write "
        '"original" for a method of your own': facts.fidelity == "reconstructed"
        and not facts.deviations,
        "a deviation is not a sentence ending in a full stop": any(
            not d.strip().endswith(".") for d in facts.deviations
        ),
        "the class has no docstring": not (type(method).__doc__ or "").strip(),
    }
    faults = [sentence for sentence, holds in wrong.items() if holds]
    return failed("; ".join(faults)) if faults else passed(facts.title)


def configuration_is_plain(exam: Examination) -> Finding:
    """A frozen dataclass whose fields come back from JSON, in every preset and variant."""
    kind = type(exam.method)
    if not dataclasses.is_dataclass(kind) or not kind.__dataclass_params__.frozen:
        return failed("the method is not a frozen dataclass")
    if kind.presets.get("paper"):
        return failed("the preset `paper` changes fields; the defaults must be the paper's")
    for what, changes in {"": {}, **kind.presets, **kind.variants}.items():
        method = dataclasses.replace(kind(), **changes)
        fields = {f.name: getattr(method, f.name) for f in dataclasses.fields(kind)}
        try:
            back = json.loads(json.dumps(fields, allow_nan=False))
        except (TypeError, ValueError) as error:
            return failed(f"{what or 'the default'}: a field cannot be written as JSON: {error}")
        if kind(**{name: _tuples(value) for name, value in back.items()}) != method:
            return failed(
                f"{what or 'the default'}: the fields differ after a round trip through JSON"
            )
    # Raises where a field does not hash: configurations are compared in sets.
    hash(exam.method)
    if bare := _untyped(kind):
        name, value = next(iter(bare.items()))
        return noted(
            f"{', '.join(bare)} without a type: not part of the configuration; as a field it is "
            f"`{name}: {type(value).__name__} = {value!r}`"
        )
    return passed(f"{len(kind.presets)} presets, {len(kind.variants)} variants")


def _untyped(kind: type[Method]) -> dict[str, Any]:
    """Numbers, words and tuples of a class that look like fields and are none."""
    known = {*dir(Method)}.union(*map(get_annotations, kind.__mro__))
    return {
        name: value
        for name, value in vars(kind).items()
        if name not in known
        and not name.startswith("_")
        and isinstance(value, bool | int | float | str | tuple)
    }


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples they were."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def importing_is_light(exam: Examination) -> Finding:
    """Importing the plugin loads no heavy library, so that listing methods stays instant."""
    home = Path(inspect.getfile(type(exam.method)))
    plugin = home.parent if home.name == "__init__.py" else home
    # `bench` may run from a checkout that is not installed.
    room = str(Path(bench.__file__).parents[1])
    paths = os.pathsep.join([room, *filter(None, [os.environ.get("PYTHONPATH")])])
    # In a fresh interpreter, because this one may have loaded everything already.
    done = subprocess.run(
        [sys.executable, "-c", LISTING, str(plugin), *HEAVY],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": paths},
    )  # fmt: skip
    if done.returncode:
        return failed(f"importing {plugin.name} alone: {done.stderr.strip().splitlines()[-1]}")
    loaded = done.stdout.split()
    return (
        failed(f"importing it imports {', '.join(loaded)}: import inside the functions that use it")
        if loaded
        else passed()
    )


def imports_can_be_followed(exam: Examination) -> Finding:
    """Every module that is imported is one whose edits make the method's records stale."""
    known = code_files(type(exam.method))
    home = Path(inspect.getfile(type(exam.method))).parent
    lost = [file for file in exam.base.modules if file not in known and not _of_bench(file)]
    if not lost:
        return passed()
    names = ", ".join(os.path.relpath(file, home) for file in sorted(lost))
    return failed(
        f"imports {names} in a way that cannot be followed: an edit would leave old results fresh. "
        "Make the plugin a folder and import it relatively"
    )


def _of_bench(file: Path) -> bool:
    return file.is_relative_to(Path(bench.__file__).resolve().parent)


def method_pickles(exam: Examination) -> Finding:
    """The method reaches a worker process as it is."""
    back: Method = pickle.loads(pickle.dumps(exam.method))
    return passed() if back == exam.method else failed("the method differs after pickling")
