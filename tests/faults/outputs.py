"""Faults of what commands write to: closed pipes, devices, links, other people's files."""

from __future__ import annotations

import contextlib
import os
import stat
import time
from pathlib import Path

import numpy as np

from .case import Case

BOARDS = (("board",), ("results", "list"), ("list", "methods"))


def closed_stdout(case: Case, rng: np.random.Generator) -> None:
    """Standard output is closed, full, or a pipe whose reader has left."""
    words = BOARDS[int(rng.integers(len(BOARDS)))] if rng.random() < 0.7 else case.plan()
    way = str(rng.choice(["closed", "full", "pipe", "both"]))

    def before() -> None:
        if way == "full":
            target = os.open("/dev/full", os.O_WRONLY)
        else:
            reader, target = os.pipe()
            os.close(reader)
        os.dup2(target, 1)
        if way == "closed":
            os.close(1)
        if way == "both":
            os.close(1)
            os.close(2)

    case.bench(*words, before=before, fresh=True)
    case.log.append(f"stdout: {way}")


def special_target(case: Case, rng: np.random.Generator) -> None:
    """`-o` names a device, a pipe, a link to someone's file, someone's file, a folder."""
    way = str(rng.choice(["full", "null", "fifo", "link", "file", "folder", "socket", "board"]))
    known = {"full": "/dev/full", "null": "/dev/null", "file": case.outside / "precious.py"}
    target = Path(known.get(way, case.world / f"target-{way}"))
    foreign = target / "leaderboard.md"
    if way == "fifo":
        os.mkfifo(target)
    elif way == "link":
        target.symlink_to(case.outside / "precious.py")
    elif way in ("folder", "board"):
        target.mkdir()
    elif way == "socket":
        os.mknod(target, stat.S_IFSOCK | 0o600)
    if way == "board":
        foreign.write_text("somebody's notes")
    before = stat.S_IFMT(target.lstat().st_mode)
    verb = ("board",) if rng.random() < 0.6 else ("results", "export", "mean")
    words = (*verb, "-o", str(target))
    pid, output = case.start(*words)
    reader = None
    if way == "fifo":
        time.sleep(0.3)
        with contextlib.suppress(OSError):
            reader = os.open(target, os.O_RDONLY | os.O_NONBLOCK)
    case.end(pid, output, words, limit=20.0)
    if reader is not None:
        os.close(reader)
    if not os.path.lexists(target) or stat.S_IFMT(target.lstat().st_mode) != before:
        case.replaced.append(str(target))
    if way == "board" and foreign.read_text() != "somebody's notes":
        case.replaced.append(str(foreign))
    case.log.append(f"target: {way}")


OPTIONS = (
    ("--seeds", "²"), ("--seeds", "0-1000000"), ("--seeds", "4-0"), ("--seeds", "-1"),
    ("--seeds", "1e3"), ("--seeds", ""), ("--jobs", "0"), ("--jobs", "x"), ("--timeout", "nan"),
    ("--timeout", "-1"), ("--protocol", "kfold:0"), ("--protocol", "kfold:x"), ("--tasks", "[/]"),
    ("--preset", "[bold"), ("--limit-folds", "0"), ("--cache-size", "-5"),
    ("--cache-size", "1e999"),
    ("--plugin", "/dev/null"), ("--plugin", "nowhere.py"), ("--plugin", "vectors"),
    ("-m", "me[an"), ("-m", "\x1b[2J"), ("-d", "\udcff"), ("--inner", "-1"), ("--device", "tpu"),
    ("--results", "/dev/null"), ("--results", "plugin.py"),
)  # fmt: skip


def hostile_options(case: Case, rng: np.random.Generator) -> None:
    """Values that no option should accept."""
    case.run(*OPTIONS[int(rng.integers(len(OPTIONS)))], limit=30.0)
