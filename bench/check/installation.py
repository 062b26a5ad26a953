"""Whether this machine can run the benchmark: one finding a part, none raises."""

from __future__ import annotations

import importlib
import os
import platform
import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from bench.core.errors import BenchError
from bench.core.machine import cores
from bench.core.private import compiled_folder
from bench.plugins.registry import Registry
from bench.plugins.settings import Settings, located
from bench.running.engines.job import THREADS
from bench.store.store import Store

GIGABYTE = 1e9


@dataclass(frozen=True)
class Finding:
    """What was found of one part.

    Attributes:
        part: what was looked at.
        status: "bad" stops runs, "note" is good to know.
        detail: a sentence.
    """

    part: str
    status: Literal["good", "note", "bad"]
    detail: str


def examine(registry: Registry, settings: Settings) -> list[Finding]:
    """Look at everything, in the order of the report."""
    return [
        Finding("python", "good", f"{platform.python_version()}, {platform.system()}"),
        *packages(),
        threads(os.environ),
        numba_cache(),
        torch(),
        *(disk(name, path) for name, path in _folders(settings).items()),
        writable(settings),
        *datasets(registry, settings),
        *(Finding(name, "bad", why) for name, why in registry.broken.items()),
    ]


def _folders(settings: Settings) -> dict[str, Path]:
    return {"results": settings.results, "cache": settings.cache.folder}


def packages() -> Iterator[Finding]:
    """Whether each dependency is there in a version that is wanted."""
    try:
        lines = requires("mer-bench") or ()
    except PackageNotFoundError:
        yield Finding("packages", "note", "mer-bench is not installed (running from a checkout)")
        return
    # Those of extras have a marker that no extra of "" satisfies.
    wanted = [one for one in map(Requirement, lines) if not _is_extra(one)]
    problems = [problem for one in wanted if (problem := _problem(one))]
    if problems:
        yield Finding("packages", "bad", "; ".join(problems) + ": install them with pip")
    else:
        yield Finding("packages", "good", f"all {len(wanted)} dependencies are installed")


def _is_extra(requirement: Requirement) -> bool:
    marker = requirement.marker
    return marker is not None and not marker.evaluate({"extra": ""})


def _problem(requirement: Requirement) -> str:
    """What is wrong with a dependency; empty where nothing is."""
    name, wanted = requirement.name, requirement.specifier
    try:
        installed = version(name)
    except PackageNotFoundError:
        return f"{name} is missing"
    # By default a pre-release, a nightly build for example, satisfies no specifier.
    fits = wanted.contains(installed, prereleases=True)
    return "" if fits else f"{name} {installed} does not satisfy {wanted}"


def threads(environment: Mapping[str, str]) -> Finding:
    """Workers use one thread each whatever is set; other processes of the user may not."""
    given = {name: environment[name] for name in THREADS if name in environment}
    said = ", ".join(f"{name}={value}" for name, value in given.items()) or "none set"
    return Finding("threads", "good", f"{cores()} cores; {said}; each worker uses one thread")


def numba_cache() -> Finding:
    """Whether compiled kernels can be kept: otherwise every process compiles them again."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        folder = compiled_folder.__wrapped__()  # not the one that this process found earlier
    if said:
        return Finding("numba cache", "note", str(said[0].message))
    return Finding("numba cache", "good", f"{folder}")


def torch() -> Finding:
    """Whether torch loads, and what it computes on."""
    try:
        module = importlib.import_module("torch")
    # OSError where a shared library that torch needs cannot be loaded.
    except (ImportError, OSError) as error:
        return Finding("torch", "bad", f"cannot be imported: {' '.join(str(error).split())}")
    device = "cuda" if module.cuda.is_available() else "cpu"
    return Finding("torch", "good", f"{module.__version__} on {device}")


def disk(name: str, folder: Path) -> Finding:
    """Space where results and views go."""
    free = shutil.disk_usage(_existing(folder)).free
    said = f"{free / GIGABYTE:.1f} GB free at {folder}"
    if free < 0.1 * GIGABYTE:
        return Finding(f"disk of {name}", "bad", said)
    return Finding(f"disk of {name}", "note" if free < 2 * GIGABYTE else "good", said)


def _existing(folder: Path) -> Path:
    """The nearest folder above that is there."""
    folder = folder.absolute()
    return next(one for one in (folder, *folder.parents) if one.is_dir())


def writable(settings: Settings) -> Finding:
    """Whether results can be written, without leaving a folder behind."""
    folder = _existing(settings.results)
    if folder == settings.results.absolute():
        return _told("results", lambda: Store(folder).check_writable(), str(folder))
    if os.access(folder, os.W_OK):
        return Finding("results", "good", f"{settings.results} will be created")
    return Finding("results", "bad", f"{settings.results} cannot be created in {folder}")


def _told(part: str, act: Callable[[], object], said: str) -> Finding:
    try:
        act()
    except BenchError as error:
        return Finding(part, "bad", str(error))
    return Finding(part, "good", said)


def datasets(registry: Registry, settings: Settings) -> Iterator[Finding]:
    """Which datasets have data, and whether their roots are there."""
    if not settings.folders:
        yield Finding("datasets", "note", "none configured: runs use SYNTHETIC stand-ins")
        return
    for name, dataset in located(registry, settings.folders).items():
        made = "SYNTHETIC " if dataset.synthetic else ""
        if name not in settings.folders:
            yield Finding(name, "good", f"{made}composed of other datasets")
        elif dataset.root.is_dir():
            yield Finding(name, "good", f"{made}{dataset.root}")
        else:
            yield Finding(name, "bad", f"no folder {dataset.root}; correct bench.toml")
