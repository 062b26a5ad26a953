"""SMIC: three cameras, fast (HS), normal (VIS) and near infrared (NIR); three classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data.reading import (
    find_home,
    numbered_frames,
    read_clip,
    subfolders,
    subject_number,
    with_landmarks,
)

CLASSES = ("negative", "positive", "surprise")
CODES = ("ne", "po", "sur")
TALLY = {
    1: (3, 2, 1),
    2: (0, 1, 5),
    3: (22, 11, 6),
    4: (10, 4, 5),
    5: (1, 0, 1),
    6: (2, 0, 2),
    8: (9, 4, 0),
    9: (0, 1, 3),
    11: (3, 3, 1),
    12: (0, 8, 1),
    13: (0, 10, 0),
    14: (3, 2, 5),
    15: (1, 1, 2),
    18: (2, 0, 5),
    19: (0, 1, 1),
    20: (14, 3, 5),
}
"""Clips of each subject of SMIC-HS by class, as in the list of MEGC 2019; numbered from 1."""
CLIP = re.compile(r"s0*(\d+)_(ne|po|sur)[a-z]*_0*(\d+)", re.IGNORECASE)
PAPER = (
    "Li, Pfister, Huang, Zhao, Pietikäinen: A Spontaneous Micro-expression Database: Inducement, "
    "Collection and Baseline, FG"
)
LICENCE = (
    "Free for academic research under a signed licence agreement with the owners; the images "
    "must not be redistributed."
)
URL = "https://www.oulu.fi/cmvs/node/41319"


def _facts(camera: str, about: tuple[str, ...] = ()) -> DatasetFacts:
    return DatasetFacts(
        title=f"SMIC-{camera}",
        paper=PAPER,
        year=2013,
        url=URL,
        licence=LICENCE,
        layout=f"SMIC_all_cropped/{camera}/s1/micro/negative/s1_ne_01/reg_image559740.bmp\n"
        f"{camera}/s1/micro/negative/s1_ne_01/image559740.bmp   (instead of SMIC_all_cropped)",
        quirks=(
            "There is no table; folder names are the labels.",
            "Some copies have no folder micro; folders named non_micro are ignored.",
            "No apex is annotated; methods that need one get the middle frame.",
            "If both cropped and raw frames are present, the cropped ones are used.",
            "SMIC-E, with long clips and the tables SMIC-*-E_annotation, is a different dataset.",
            *about,
        ),
    )


def _labellings(expected: tuple[int, ...], subjects: int) -> dict[str, Labelling]:
    return {"3": Labelling(CLASSES, {c: c for c in CLASSES}, expected=expected, subjects=subjects)}


class Smic(Dataset):
    """SMIC-HS: 164 clips of 16 subjects at 100 frames a second."""

    name: ClassVar[str] = "smic"
    camera: ClassVar[str] = "HS"
    clips: ClassVar[int] = 164
    facts: ClassVar[DatasetFacts] = _facts("HS")
    labellings: ClassVar[Mapping[str, Labelling]] = _labellings((70, 51, 43), 16)

    def index(self) -> Index:
        """The clips of the folders."""
        require_root(self.root, self.name)
        home = self._home()
        clips: dict[str, Clip] = {}
        dropped: list[str] = []
        for person in subfolders(home):
            for word, folder in _clip_folders(person):
                clip = _clip(self.name, person.name, word, folder)
                if not clip.files:
                    dropped.append(f"{clip.id}: no frames in {folder}")
                elif clip.id in clips:
                    dropped.append(f"{clip.id}: a second time in {folder}")
                else:
                    clips[clip.id] = clip
        missing = [] if self.synthetic else sorted(set(self._published()) - set(clips))
        index = Index(
            clips=tuple(clips[name] for name in sorted(clips)),
            dropped=tuple(dropped),
            missing=tuple(missing),
            expected=self.clips,
        )
        return with_landmarks(index, self.root)

    def _home(self) -> Path:
        """The folder of the camera, named so or holding the subjects itself."""
        holder = find_home(self.root, self._is_camera, ("crop", "raw"))
        if holder is not None:
            return next(f for f in subfolders(holder) if self._is_camera(f.name))
        if any(map(_is_subject, (folder.name for folder in subfolders(self.root)))):
            return self.root
        raise DataError(
            f"{self.name}: no folder {self.camera} within two levels of {self.root}, and no "
            "subjects s1, s2, ... in it"
        )

    def _is_camera(self, name: str) -> bool:
        words = re.split(r"[^a-z]+", name.lower())
        return self.camera.lower() in words and not {"e", "long"} & set(words)

    def _published(self) -> Iterator[str]:
        """Ids of all clips, where the published list is known."""
        for number, counts in TALLY.items():
            for code, count in zip(CODES, counts, strict=True):
                for at in range(1, count + 1):
                    yield f"{self.name}/s{number}/s{number}_{code}_{at:02d}"

    def read(self, clip: Clip) -> dict[str, Array]:
        """Frames, uint8."""
        return read_clip(self, clip)


class SmicVis(Smic):
    """SMIC-VIS: 71 clips of 8 subjects at 25 frames a second."""

    name: ClassVar[str] = "smicvis"
    camera: ClassVar[str] = "VIS"
    clips: ClassVar[int] = 71
    facts: ClassVar[DatasetFacts] = _facts("VIS")
    labellings: ClassVar[Mapping[str, Labelling]] = _labellings((23, 28, 20), 8)

    def _published(self) -> Iterator[str]:
        return iter(())


class SmicNir(SmicVis):
    """SMIC-NIR: 71 clips of 8 subjects at 25 frames a second, near infrared."""

    name: ClassVar[str] = "smicnir"
    camera: ClassVar[str] = "NIR"
    facts: ClassVar[DatasetFacts] = _facts("NIR")


def _is_subject(name: str) -> bool:
    return subject_number(name, "s") is not None


def _clip_folders(person: Path) -> Iterator[tuple[str, Path]]:
    """Class and folder of each clip of a subject, with or without the folder `micro`."""
    if not _is_subject(person.name):
        return
    for holder in (person, person / "micro"):
        for folder in subfolders(holder):
            word = folder.name.lower()
            if word in CLASSES:
                yield from ((word, clip) for clip in subfolders(folder))


def _clip(database: str, person: str, word: str, folder: Path) -> Clip:
    subject = f"s{subject_number(person, 's')}"
    match = CLIP.fullmatch(folder.name.strip())
    name = f"s{match[1]}_{match[2].lower()}_{int(match[3]):02d}" if match else folder.name
    return Clip(
        database=database,
        subject=subject,
        name=name,
        emotion=word,
        folder=folder,
        files=tuple(file for _, file in numbered_frames(folder)),
    )
