"""The small benchmark of every sandbox."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from .case import HERE, Case

PEOPLE, EMOTIONS = 4, ("low", "mid", "high")


def build(folder: Path) -> Case:
    """A world with data, plugin and settings, and files around it that are nobody's business."""
    case = Case(folder)
    for name in ("world/tmp", "outside/deep", "home"):
        (folder / name).mkdir(parents=True)
    shutil.copy(HERE / "plugin.py", case.world / "plugin.py")
    (case.world / "bench.toml").write_text(
        'plugins = ["plugin.py"]\n[roots]\nvectors = "vectors"\nfilms = "films"\n'
    )
    for name in ("precious.py", "leaderboard.md", "deep/notes.txt"):
        (case.outside / name).write_text(f"the only copy of {name}\n")
    rng = np.random.default_rng(0)
    for person in range(PEOPLE):
        home = case.world / "vectors" / f"p{person}"
        home.mkdir(parents=True)
        for i, emotion in enumerate(EMOTIONS):
            numbers = (rng.normal(0, 0.3, 2) + 2 * i).tolist()
            (home / f"c{i}-{emotion}.json").write_text(json.dumps(numbers))
    return case


def add_films(case: Case) -> None:
    """Frames, and a table of them."""
    import cv2
    from openpyxl import Workbook

    rng = np.random.default_rng(1)
    book = Workbook()
    book.active.append(["Subject", "Filename", "OnsetFrame", "OffsetFrame", "Estimated Emotion"])
    for person in range(PEOPLE):
        for i, emotion in enumerate(EMOTIONS):
            home = case.world / "films" / f"p{person}" / f"c{i}"
            home.mkdir(parents=True)
            for frame in (1, 2):
                grey = rng.integers(0, 40, (12, 16)) + 60 * i
                cv2.imwrite(str(home / f"img{frame}.png"), grey.astype(np.uint8))
            book.active.append([f"p{person}", f"c{i}", 1, 2, emotion])
    book.save(case.world / "films" / "table.xlsx")
