"""LBP-TOP and HOOF of the 442 MEGC 2019 clips, as published in the repository of ATNet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from bench import Array, Clip, DatasetFacts, Index, Labelling
from bench.core.dataset import PublicSource, require_root
from bench.core.errors import DataError
from bench.data import megc2019
from bench.data.reading import THREE, FeatureDataset, clean, parse_arrays, subfolder

CLONES = ("ACII19-Apex-Time-Network", "ACII19-Apex-Time-Network-master")
ARCHIVE = "Features.zip"
COUNTS = (250, 109, 83)
MEMBER = re.compile(r"([^/]+)/Features/([a-z0-9]+)-([^-]+)-(.+)\.mat")
"""Setting, database, subject and clip."""
SOURCE = PublicSource(
    "https://github.com/Trunpm/ACII19-Apex-Time-Network",
    "81789f16bed79d4a1bd09c84e2519a50d349058e",
    ("LBP-TOP/Features.zip", "HOOF/Features.zip"),
)
PAPER = (
    "Peng, Wang, Bi, Shi, Zhou, Chen: A novel apex-time network for cross-dataset "
    "micro-expression recognition, ACII 2019"
)
LICENCE = (
    "Public: `git clone` the repository, which states no licence. The frames behind the features "
    "remain under the licences of SMIC, CASME II and SAMM."
)
QUIRKS = (
    "Files are named database, subject, clip (samm-6-006_1_2.mat); subjects and clips are renamed "
    "as in the original databases. Classes are those of MEGC 2019's list, with which the labels in "
    "Data/Apex_Cropped_images.txt agree on all 442 clips.",
    "The settings are tasks: the first is 3; of the others every clip has their word after its "
    "name and class.",
    "Data/Apex_Cropped_images.txt also names the apex frame of each clip. It is not read: vectors "
    "have no frames that an apex could point into.",
)


def _labellings(words: Sequence[str]) -> dict[str, Labelling]:
    """A task for each setting."""
    return {
        f"3{word}": Labelling(
            THREE, {f"{name}{word}": name for name in THREE}, expected=COUNTS, subjects=68
        )
        for word in words
    }


class ArchivedFeatures(FeatureDataset):
    """One vector per clip and setting, from an archive of mat files.

    Attributes:
        folder: of the archive, in the clone.
        variable: of the mat files.
        settings: folder in the archive, and shape of the variable, by the word after the names.
    """

    folder: ClassVar[str]
    variable: ClassVar[str]
    settings: ClassVar[Mapping[str, tuple[str, tuple[int, int]]]]

    @classmethod
    def literature(cls) -> str:
        """These are the clips of the composite."""
        return "3db"

    def index(self) -> Index:
        """The clips of the archive, once for each setting."""
        require_root(self.root, self.name)
        home = self._home()
        there = self._members(home / ARCHIVE)
        clips: list[Clip] = []
        missing: list[Clip] = []
        for word in self.settings:
            for clip, emotion in sorted(self.official(f"3{word}").items()):
                database, subject, name = clip.split("/")
                files = (ARCHIVE,) if clip in there else ()
                one = Clip(database, subject, name, f"{emotion}{word}", home, files)
                (clips if files else missing).append(one)
        return Index(
            clips=tuple(sorted(clips, key=lambda clip: clip.id)),
            missing=tuple(sorted(missing, key=lambda clip: clip.id)),
            expected=442 * len(self.settings),
            notes=(f"442 clips, each in {len(self.settings)} settings",),
        )

    def official(self, labelling: str) -> Mapping[str, str]:
        """The 442 clips of MEGC 2019, in one setting."""
        word = labelling.removeprefix("3")
        return {f"{clip}{word}": name for clip, name in megc2019.official().items()}

    def _home(self) -> Path:
        """The folder of the archive: root is the clone, its parent, or that folder."""
        clones = [self.root, *filter(None, (subfolder(self.root, name) for name in CLONES))]
        homes = [self.root, *filter(None, (subfolder(clone, self.folder) for clone in clones))]
        # A clone has two archives of that name, in folders of their own.
        for home in homes:
            if (home / ARCHIVE).is_file() and self._members(home / ARCHIVE):
                return home
        raise DataError(
            f"{self.name}: no {self.folder}/{ARCHIVE} in {self.root}; expected a clone of the "
            "repository ACII19-Apex-Time-Network"
        )

    @classmethod
    def vectors(cls, paths: Sequence[Path]) -> Mapping[str, Array]:
        """The vectors of all clips and settings: the variable's rows one after the other."""
        (path,) = paths
        found: dict[str, Array] = {}
        members = cls._members(path)
        with zipfile.ZipFile(path) as archive:
            for clip, (word, member) in members.items():
                origin, shape = f"{path}: {member}", cls.settings[word][1]
                try:
                    data = archive.read(member)
                except (zipfile.BadZipFile, OSError, RuntimeError, ValueError) as error:
                    raise DataError(f"{origin}: {clean(error)}") from error
                values = parse_arrays(data, origin).get(cls.variable, np.zeros(0))
                good = values.dtype.kind == "f" and np.isfinite(values).all()
                if values.shape != shape or not good:
                    raise DataError(
                        f"{origin}: {cls.variable} of shape {values.shape}; expected finite "
                        f"numbers of shape {shape}"
                    )
                found[clip] = values.ravel()
        return found

    @classmethod
    def _members(cls, path: Path) -> dict[str, tuple[str, str]]:
        """Setting and member of the archive for each clip."""
        try:
            with zipfile.ZipFile(path) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise DataError(f"{path}: not a readable zip file: {clean(error)}") from error
        words = {folder: word for word, (folder, _) in cls.settings.items()}
        found: dict[str, tuple[str, str]] = {}
        for name in names:
            match = MEMBER.fullmatch(name)
            if match is None or match[1] not in words:
                continue
            clip = megc2019.clip_id(match[2], match[3], match[4])
            if clip is not None:
                word = words[match[1]]
                found[f"{clip}{word}"] = (word, name)
        return found


class Megc2019LBPTOP(ArchivedFeatures):
    """LBP-TOP histograms of whole faces: needs no licence and shows no faces."""

    name = "megc2019lbptop"
    folder = "LBP-TOP"
    variable = "Histogram"
    settings = {
        "": ("LBPTOP_TIM10_333_4", (3, 59)),
        "-8points": ("LBPTOP_TIM10_333_8", (3, 59)),
        "-64frames": ("LBPTOP_TIM64_333_4", (3, 59)),
        "-64frames-8points": ("LBPTOP_TIM64_333_8", (3, 59)),
    }
    labellings = _labellings(tuple(settings))
    facts = DatasetFacts(
        title="MEGC 2019 LBP-TOP",
        paper=PAPER,
        year=2019,
        url=SOURCE.address,
        licence=LICENCE,
        layout="LBP-TOP/Features.zip",
        quirks=(
            "Histograms of 59 bins on three planes, 3 · 59 = 177 features, radii of 3, one block; "
            "10 or 64 frames, 4 or 8 points. With 4 points the bins above the 12th are empty.",
            *QUIRKS,
        ),
        public=SOURCE,
    )


class Megc2019HOOF(ArchivedFeatures):
    """Histograms of oriented optical flow: needs no licence and shows no faces."""

    name = "megc2019hoof"
    folder = "HOOF"
    variable = "HOOF"
    settings = {
        "": ("HOOF_TIM10_4", (4, 9)),
        "-8bins": ("HOOF_TIM10_8", (8, 9)),
        "-64frames": ("HOOF_TIM64_4", (4, 64)),
        "-64frames-8bins": ("HOOF_TIM64_8", (8, 64)),
    }
    labellings = _labellings(tuple(settings))
    facts = DatasetFacts(
        title="MEGC 2019 HOOF",
        paper=PAPER,
        year=2019,
        url=SOURCE.address,
        licence=LICENCE,
        layout="HOOF/Features.zip",
        quirks=(
            "A histogram of 4 or 8 directions between each frame and the next, of 10 frames (9 "
            "columns) or of 64 (64 columns): 36 to 512 features, each column summing to 1.",
            *QUIRKS,
        ),
        public=SOURCE,
    )
