"""How long an index of 10,000 clips takes: `python -m benchmarks.indexing`.

A CAS(ME)^3 of empty files is made in a temporary folder, once with a folder for each clip and once
with whole videos (making them takes a minute or two), and indexed. CPU seconds are printed: the
disk is warm, as on a second run.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from openpyxl import Workbook

from bench.datasets.casme3 import Casme3

SUBJECTS, CLIPS, FRAMES = 100, 100, 20
HEAD = ("Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion")


def make(root: Path, own_folders: bool) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("label")
    sheet.append(HEAD)
    for subject in range(1, SUBJECTS + 1):
        for clip in range(CLIPS):
            onset = 1 + clip * FRAMES
            last = onset + FRAMES - 1
            sheet.append((f"spNO.{subject}", "a", onset, onset + 5, last, "4+7", "I", "fear"))
            place = f"spNO.{subject}_a_{onset}" if own_folders else f"spNO.{subject}/a/color"
            folder = root / "frame" / place
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(onset, last + 1):
                (folder / f"{number}.jpg").touch()
    book.save(root / "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx")


def main() -> None:
    for own_folders in (True, False):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder), own_folders)
            # Once before timing, so that the disk is warm.
            Casme3(Path(folder)).index()
            start = time.process_time()
            index = Casme3(Path(folder)).index()
            seconds = time.process_time() - start
            kind = "a folder for each" if own_folders else "whole videos"
            print(f"{len(index.clips)} clips of {FRAMES} frames, {kind}: {seconds:.2f} CPU s")


if __name__ == "__main__":
    main()
