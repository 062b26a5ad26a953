"""SMIC: three cameras, fast (HS), normal (VIS) and near infrared (NIR); three classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench import Clip, DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.data import reading

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
URL = "https://www.oulu.fi/cmvs/node/41319"


def _facts(camera: str, about: tuple[str, ...] = ()) -> DatasetFacts:
    return DatasetFacts(
        title=f"SMIC-{camera}",
        paper=PAPER,
        year=2013,
        url=URL,
        licence=reading.AGREEMENT,
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
    return {"3": Labelling.by_word(reading.THREE, expected=expected, subjects=subjects)}


class Smic(reading.FrameDataset):
    """SMIC-HS: 164 clips of 16 subjects at 100 frames a second."""

    name = "smic"
    camera = "HS"
    clips = 164
    facts = _facts("HS")
    labellings = _labellings((70, 51, 43), 16)

    def index(self) -> Index:
        """The clips of the folders."""
        require_root(self.root, self.name)
        home = self._home()
        clips: dict[str, Clip] = {}
        dropped: list[str] = []
        for person in reading.subfolders(home):
            for word, folder in _clip_folders(person):
                clip = _clip(self.name, person.name, word, folder)
                if not clip.files:
                    dropped.append(f"{clip.id}: no frames in {folder}")
                elif clip.id in clips:
                    dropped.append(f"{clip.id}: a second time in {folder}")
                else:
                    clips[clip.id] = clip
        # A stand-in has clips of its own, not those of the published list.
        published = () if self.synthetic else self._published()
        missing = [clip for clip in published if clip.id not in clips]
        index = Index(
            clips=tuple(clips[name] for name in sorted(clips)),
            dropped=tuple(dropped),
            missing=tuple(sorted(missing, key=lambda clip: clip.id)),
            expected=self.clips,
        )
        return reading.with_landmarks(index, self.root)

    def _home(self) -> Path:
        """The folder of the camera, named so or holding the subjects itself."""
        holder = reading.find_home(self.root, self._is_camera, ("crop", "raw"))
        if holder is not None:
            return next(f for f in reading.subfolders(holder) if self._is_camera(f.name))
        if any(map(_is_subject, (folder.name for folder in reading.subfolders(self.root)))):
            return self.root
        raise DataError(
            f"{self.name}: no folder {self.camera} within two levels of {self.root}, and no "
            "subjects s1, s2, ... in it"
        )

    def _is_camera(self, name: str) -> bool:
        words = re.split(r"[^a-z]+", name.lower())
        # SMIC-E with its long clips is another dataset, which may lie next to this one.
        return self.camera.lower() in words and not {"e", "long"} & set(words)

    def _published(self) -> Iterator[Clip]:
        """All clips, without files, where the published list is known."""
        for number, counts in TALLY.items():
            for code, word, count in zip(CODES, reading.THREE, counts, strict=True):
                for at in range(1, count + 1):
                    name = f"s{number}_{code}_{at:02d}"
                    yield Clip(self.name, f"s{number}", name, word, self.root, ())


class SmicVis(Smic):
    """SMIC-VIS: 71 clips of 8 subjects at 25 frames a second."""

    name = "smicvis"
    camera = "VIS"
    clips = 71
    facts = _facts("VIS")
    labellings = _labellings((23, 28, 20), 8)

    def _published(self) -> Iterator[Clip]:
        return iter(())


class SmicNir(SmicVis):
    """SMIC-NIR: 71 clips of 8 subjects at 25 frames a second, near infrared."""

    name = "smicnir"
    camera = "NIR"
    facts = _facts("NIR")


def _is_subject(name: str) -> bool:
    return reading.subject_number(name, "s") is not None


def _clip_folders(person: Path) -> Iterator[tuple[str, Path]]:
    """Class and folder of each clip of a subject, with or without the folder `micro`."""
    if not _is_subject(person.name):
        return
    for holder in (person, person / "micro"):
        for folder in reading.subfolders(holder):
            word = folder.name.lower()
            if word in reading.THREE:
                yield from ((word, clip) for clip in reading.subfolders(folder))


def _clip(database: str, person: str, word: str, folder: Path) -> Clip:
    subject = f"s{reading.subject_number(person, 's')}"
    match = CLIP.fullmatch(folder.name.strip())
    name = f"s{match[1]}_{match[2].lower()}_{int(match[3]):02d}" if match else folder.name
    return Clip(
        database=database,
        subject=subject,
        name=name,
        emotion=word,
        folder=folder,
        files=tuple(file for _, file in reading.numbered_frames(folder)),
    )
