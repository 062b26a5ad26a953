"""Faults of the disk: full, damaged, read-only, out of descriptors."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from .case import Case

VERBS = (
    ("board",),
    ("results", "list"),
    ("results", "export", "mean", "-o", "copy.csv"),
    ("plan", "-m", "mean", "-d", "vectors"),
    ("results", "verify"),
    ("data", "cache"),
)
NOBODY = 65534


def full_disk(case: Case, rng: np.random.Generator) -> None:
    """Results or cache lie on a disk that fills up during the run."""
    name = str(rng.choice(["results", "cache"]))
    size = int(rng.integers(0, 9)) * 4096
    folder = case.world / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={16384 + size},mode=777", "tmpfs", str(folder)]
    if os.geteuid() == 0 and not subprocess.run(mount, capture_output=True, check=False).returncode:
        try:
            case.run()
            kept = case.folder / "kept"
            shutil.copytree(folder, kept)
        finally:
            subprocess.run(["umount", str(folder)], check=True)
        folder.rmdir()
        kept.rename(folder)
        return
    # Without a disk of its own: no file of the process can grow beyond the limit.
    case.run(before=_limit(resource.RLIMIT_FSIZE, size // 4))


def damaged_results(folder: str) -> Callable[[Case, np.random.Generator], None]:
    """A file of a results folder is damaged; all verbs are called."""

    def fault(case: Case, rng: np.random.Generator) -> None:
        damage(case, rng, sorted((case.results / folder).rglob("*.json")))
        for verb in _some(rng, VERBS, 2):
            case.bench(*verb)

    return fault


def damaged_cache(case: Case, rng: np.random.Generator) -> None:
    """One to three files of the cache are damaged, and half of the records are gone."""
    files = [path for path in (case.world / "cache").rglob("*") if path.is_file()]
    for _ in range(int(rng.integers(1, 4))):
        damage(case, rng, sorted(path for path in files if path.is_file()))
    if rng.random() < 0.5:
        case.bench("data", "cache")


def damage(case: Case, rng: np.random.Generator, files: list[Path]) -> None:
    """Damage one file: bits, length, fields, or what it is at all."""
    path = files[int(rng.integers(len(files)))]
    if path.is_relative_to(case.results):
        case.damaged.add(path.relative_to(case.results))
    data = bytearray(path.read_bytes())
    way = str(rng.choice(["bit", "bits", "cut", "empty", "noise", "field", "folder", "loop"]))
    if way == "field":
        data = bytearray(_field(rng, bytes(data)))
    elif way in ("bit", "bits"):
        for _ in range(1 if way == "bit" else 20):
            data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    elif way == "cut":
        del data[int(rng.integers(len(data))) :]
    elif way == "empty":
        data.clear()
    elif way == "noise":
        data = bytearray(rng.bytes(int(rng.integers(1, 2000))))
    path.unlink()
    if way == "folder":
        path.mkdir()
        (path / "inside").write_text("x")
    elif way == "loop":
        path.symlink_to(path.name)
    else:
        path.write_bytes(data)
    case.log.append(f"damaged: {path.relative_to(case.world)} ({way})")


def _field(rng: np.random.Generator, data: bytes) -> bytes:
    """The json with a value of another type, or a field too few or too many."""
    try:
        raw = json.loads(data)
    except ValueError:
        return data[::-1]
    values: list[Any] = [
        None,
        -1,
        1e308,
        "x" * 1000,
        [],
        {},
        True,
        [[1, "a"]],
        float("nan"),
        "../../x",
    ]
    holder, keys = raw, []
    while isinstance(holder, dict | list) and holder:
        keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        key = keys[int(rng.integers(len(keys)))]
        inner = holder[key]
        if not isinstance(inner, dict | list) or not inner or rng.random() < 0.4:
            if rng.random() < 0.2:
                del holder[key]
            else:
                holder[key] = values[int(rng.integers(len(values)))]
            break
        holder = inner
    return json.dumps(raw).encode()


def read_only(case: Case, rng: np.random.Generator) -> None:
    """Folders that may not be written to, for a user who is not root."""
    names = ["world", "results", "cache", "results/records", "results/tasks"]
    chosen = _some(rng, names, int(rng.integers(1, 3)))
    home = case.world
    if os.geteuid() == 0:
        for path in [case.folder, *case.folder.rglob("*")]:
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    folders = [home if name == "world" else home / name for name in chosen]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in folders if path.exists()}
    for path in modes:
        path.chmod(0o500 if rng.random() < 0.7 else 0)
    try:
        case.run(before=_nobody)
        case.bench(*VERBS[int(rng.integers(len(VERBS)))], before=_nobody)
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
        case.log.append(f"read-only: {', '.join(chosen)}")


def few_files(case: Case, rng: np.random.Generator) -> None:
    """Hardly any open files allowed."""
    pool = ("--engine", "processes", "--jobs", "2") if rng.random() < 0.5 else ()
    case.run(*pool, before=_limit(resource.RLIMIT_NOFILE, int(rng.integers(4, 24))))


def _nobody() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _limit(which: int, value: int) -> Callable[[], None]:
    def lower() -> None:
        # Else the kernel kills a process whose file grows too long.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(which, (value, value))

    return lower


def _some(rng: np.random.Generator, of: Any, count: int) -> list[Any]:
    return [of[int(i)] for i in rng.permutation(len(of))[:count]]
