"""Seeing what a method does beside returning values: files it opens, random state it leaves."""

from __future__ import annotations

import os
import random
import site
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bench.cache.files import key
from bench.core.import_graph import is_installed

LOOKS = {"open", "os.listdir", "os.scandir", "glob.glob"}
"""Audit events of Python that name a file or folder somebody looks at."""
CODE = {".py", ".pyc", ".so", ".pyd", ".dll", ".nbi", ".nbc", ".pth", ".__path_hook__"}
"""Suffixes of what importing reads; the last is an editable installation's place in sys.path."""

_watchers: list[set[str]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook cannot be taken away again; it does nothing while nobody watches."""
    if not _watchers or event not in LOOKS:
        return
    name = arguments[0]
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    # A file descriptor names nothing, and what is only written cannot inform a method.
    if isinstance(name, str | os.PathLike) and not _writes(event, arguments):
        for seen in _watchers:
            seen.add(str(Path(name).absolute()))


def _writes(event: str, arguments: tuple[Any, ...]) -> bool:
    return event == "open" and bool((arguments[2] or 0) & os.O_WRONLY)


@cache
def _install() -> None:
    sys.addaudithook(_hook)


@contextmanager
def opened_files() -> Iterator[set[str]]:
    """Collect the files and folders that are read meanwhile, where Python itself opens them."""
    _install()
    seen: set[str] = set()
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers.remove(seen)


def foreign(seen: set[str], allowed: tuple[Path, ...] = ()) -> list[str]:
    """Of what was read, what is no code, no cache and no part of the system: files, then folders.

    Files come first because a report names only the first few, and a file says more.
    """
    rooms = [*_rooms(), *(str(path.absolute()) for path in allowed)]
    names = (
        name
        for name in seen
        if Path(name).suffix not in CODE
        and "__pycache__" not in name
        # With the separator, or /usr would cover /usr2 as well.
        and not any(name == room or name.startswith(room + os.sep) for room in rooms)
    )
    return sorted(names, key=lambda name: (not Path(name).suffix, name))


@cache
def _rooms() -> tuple[str, ...]:
    """Folders of the interpreter, of packages, of the system, and of what libraries download."""
    own = [Path(__file__).parents[1], Path(__file__).parents[2] / "methods"]
    homes = [
        Path.home() / ".cache",
        *(Path(os.environ[name]) for name in ("HF_HOME", "TORCH_HOME") if name in os.environ),
    ]
    system = map(Path, ("/proc", "/sys", "/dev", "/etc", "/usr", "/lib", "/lib64"))
    names = [sys.prefix, sys.base_prefix, *sysconfig.get_paths().values()]
    python = map(Path, [*names, *site.getsitepackages(), site.getusersitepackages()])
    return tuple({str(room.absolute()): None for room in (*own, *homes, *system, *python)})


@contextmanager
def imported_files() -> Iterator[set[Path]]:
    """Collect the files of modules that are imported meanwhile and that nobody installed."""
    before, found = set(sys.modules), set[Path]()
    yield found
    # multiprocessing gives the main module this second name in a worker.
    for name in set(sys.modules) - before - {"__mp_main__"}:
        file = Path(getattr(sys.modules[name], "__file__", None) or "")
        # torch has modules whose file is a word without a folder.
        if file.is_absolute() and file.suffix == ".py" and not is_installed(file):
            found.add(file.resolve())


@contextmanager
def lured() -> Iterator[None]:
    """A working folder with settings and results in it: who looks for labels finds a way there."""
    with tempfile.TemporaryDirectory() as folder:
        here, before = Path(folder), Path.cwd()
        (here / "results" / "tasks").mkdir(parents=True)
        (here / "results" / "records").mkdir()
        (here / "results" / "tasks" / "lure.json").write_text('{"clips": {}}')
        (here / "bench.toml").write_text('results = "results"\n')
        # It would lead a method past the lure.
        config = os.environ.pop("BENCH_CONFIG", None)
        os.chdir(here)
        try:
            yield
        finally:
            os.chdir(before)
            if config is not None:
                os.environ["BENCH_CONFIG"] = config


def random_state() -> dict[str, str]:
    """Fingerprints of the global random states: Python's, numpy's, and torch's where loaded."""
    name, keys, *rest = np.random.get_state()  # noqa: NPY002 (the state that must not change)
    state = {
        "random": key(random.getstate()),
        "numpy.random": key(name, np.asarray(keys).tolist(), rest),
    }
    if torch := sys.modules.get("torch"):
        state["torch"] = key(torch.get_rng_state().tolist())
    return state


@contextmanager
def other_random_state(seed: int = 7) -> Iterator[None]:
    """Put the global random states elsewhere, so that who draws from them shows; then back."""
    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
    torch = sys.modules.get("torch")
    kept = torch.get_rng_state() if torch else None
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)  # noqa: NPY002
        if torch and kept is not None:
            torch.set_rng_state(kept)
