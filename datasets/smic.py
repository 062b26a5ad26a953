"""SMIC: three cameras, fast (HS), normal (VIS) and near infrared (NIR); three classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bench import Clip, DatasetFacts, Index, Labelling
from bench.core.dataset import require_root
from bench.core.errors import DataError
from bench.core.names import ClipId
from bench.data import megc2019, reading

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
            "No apex is annotated; methods that need one get the middle frame, unless a table "
            "with Subject, Filename and ApexFrame (coding.csv) lies beside the frames: then its "
            "apexes are used, which `bench data check` says.",
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
        missing: dict[str, Clip] = {}
        dropped: list[str] = []
        listings: dict[Path, reading.Listing] = {}
        refused: list[str] = []
        for person in filter(lambda folder: _is_subject(folder.name), reading.subfolders(home)):
            folders = list(_clip_folders(person))
            if not folders:
                held = reading.some(folder.name for folder in reading.subfolders(person))
                refused.append(
                    f"{person}: holds {held or 'no folder'}; expected negative, positive or "
                    "surprise (SMIC-E, with long clips, is another dataset)"
                )
            for word, folder in folders:
                listings[folder] = reading.list_frames(folder)
                clip = _clip(self.name, person.name, word, folder, listings[folder])
                if clip.id in clips:
                    dropped.append(f"{clip.id}: a second time in {folder}")
                else:
                    (clips if clip.files else missing)[clip.id] = clip
        # A stand-in has clips of its own, not those of the published list.
        for name, word in ({} if self.synthetic else self.official("3")).items():
            one = ClipId.parse(name)
            missing.setdefault(name, Clip(self.name, one.subject, one.name, word, self.root, ()))
        index = Index(
            clips=tuple(clips[name] for name in sorted(clips)),
            dropped=tuple(dropped),
            missing=tuple(missing[name] for name in sorted(set(missing) - set(clips))),
            expected=self.clips,
            problems=tuple(
                f"{clip.id}: no frames in {clip.folder}"
                for clip in missing.values()
                if clip.folder in listings
            ),
            refused=(*refused, *reading.images_refused(self.root, listings)),
        )
        return reading.with_landmarks(_with_apexes(index, self.root, home), self.root)

    def official(self, labelling: str) -> Mapping[str, str]:
        """The clips of MEGC 2019, which are all of SMIC-HS."""
        del labelling
        return megc2019.official(self.name)

    def _home(self) -> Path:
        """The folder of the camera, named so or holding the subjects itself."""
        holder = reading.find_home(self.root, self._is_camera, ("crop", "raw"))
        if holder is not None:
            return next(f for f in reading.subfolders(holder) if self._is_camera(f.name))
        if any(map(_is_subject, (folder.name for folder in reading.subfolders(self.root)))):
            return self.root
        long = [folder.name for folder in reading.subfolders(self.root) if _is_long(folder.name)]
        hint = f"; {', '.join(long)}: SMIC-E, whose long clips are another dataset" if long else ""
        raise DataError(
            f"{self.name}: no folder {self.camera} within two levels of {self.root}, and no "
            f"subjects s1, s2, ... in it{hint}"
        )

    def _is_camera(self, name: str) -> bool:
        # SMIC-E with its long clips is another dataset, which may lie next to this one.
        return self.camera.lower() in _words(name) and not _is_long(name)


class SmicVis(Smic):
    """SMIC-VIS: 71 clips of 8 subjects at 25 frames a second."""

    name = "smicvis"
    camera = "VIS"
    clips = 71
    facts = _facts("VIS")
    labellings = _labellings((23, 28, 20), 8)


class SmicNir(SmicVis):
    """SMIC-NIR: 71 clips of 8 subjects at 25 frames a second, near infrared."""

    name = "smicnir"
    camera = "NIR"
    facts = _facts("NIR")


def _words(name: str) -> list[str]:
    return re.split(r"[^a-z]+", name.lower())


def _is_long(name: str) -> bool:
    return bool({"e", "long"} & set(_words(name)))


def _is_subject(name: str) -> bool:
    return reading.subject_number(name, "s") is not None


def _clip_folders(person: Path) -> Iterator[tuple[str, Path]]:
    """Class and folder of each clip of a subject, with or without the folder `micro`."""
    for holder in (person, reading.subfolder(person, "micro")):
        for folder in reading.subfolders(holder) if holder else []:
            word = folder.name.strip().lower()
            if word in reading.THREE:
                yield from ((word, clip) for clip in reading.subfolders(folder))


def _clip(database: str, person: str, word: str, folder: Path, listing: reading.Listing) -> Clip:
    subject = f"s{reading.subject_number(person, 's')}"
    return Clip(
        database=database,
        subject=subject,
        name=_spelt(folder.name),
        emotion=word,
        folder=folder,
        files=tuple(file for _, file in listing.frames),
    )


def _spelt(name: str) -> str:
    """A clip's name as the owners write it, whatever its padding and letter case."""
    match = CLIP.fullmatch(name.strip())
    return f"s{match[1]}_{match[2].lower()}_{int(match[3]):02d}" if match else name


def _with_apexes(index: Index, root: Path, home: Path) -> Index:
    """Clips with the apexes of a table beside the frames, which people share for SMIC."""
    for table in reading.find_tables(root, home, "cod|apex|smic"):
        # The annotations of SMIC-E are of other clips, and those next to root of other datasets.
        if _is_long(table.stem) or table.parent == root.parent:
            continue
        try:
            rows = reading.read_table(table, ("name", "apex"))
        except DataError as error:
            index = replace(index, refused=(*index.refused, str(error)))
            continue
        by_name = {_spelt(row["name"]): row for row in rows}
        clips = [_with_apex(clip, by_name.get(clip.name)) for clip in index.clips]
        without = [clip.id for clip in clips if clip.apex is None]
        if len(without) < len(clips):
            note = f"apexes of {len(clips) - len(without)} of {len(clips)} clips from {table}"
            note += f"; none for {reading.some(without)}" if without else ""
            return replace(index, clips=tuple(clips), notes=(*index.notes, note))
        index = replace(index, refused=(*index.refused, f"{table}: no apex of any clip here"))
    return index


def _with_apex(clip: Clip, row: reading.Row | None) -> Clip:
    """A clip with the apex of a row: a frame's number, else counted from the onset, else from 1."""
    apex = None if row is None else reading.number(row["apex"])
    if row is None or apex is None:
        return clip
    numbers = [at for at, _ in reading.numbered(clip.files)]
    onset = reading.number(row["onset"])
    at = numbers.index(apex) if apex in numbers else apex - (1 if onset is None else onset)
    if not 0 <= at < len(clip.files):
        return clip
    return replace(clip, apex=at, apex_source="given")
