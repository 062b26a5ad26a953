"""Facial landmarks of the onsets of 578 clips, as published in the repository of SLSTT."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import PublicSource, require_root
from bench.core.errors import DataError
from bench.data import megc2019
from bench.data.reading import THREE, read_landmarks, subfolder
from bench.views.landmarks import eyes_of, ibug, similarity

CLIPS = {"casme2": 255, "samm": 159, "smic": 164}
UNLISTED = "not in MEGC 2019"
CLONES = ("SLSTT", "SLSTT-main", "SLSTT-master")


class Landmarks(Dataset):
    """Where 68 points of a face are before it moves: who it is, and no expression."""

    name = "landmarks"
    ships = frozenset({"features"})
    facts = DatasetFacts(
        title="Landmarks of MEGC 2019's onsets",
        paper="Zhang, Hong, Arandjelović, Zhao: Short and long range relation based "
        "spatio-temporal transformer for micro-expression recognition, "
        "IEEE Trans. Affective Computing",
        year=2022,
        url="https://github.com/Vision-Intelligence-and-Robots-Group/SLSTT",
        licence="MIT (the repository). The frames behind the points remain under the licences of "
        "SMIC, CASME II and SAMM.",
        layout="preprocess/databases/casme2/landmarks/sub01/EP02_01f.npy\n"
        "preprocess/databases/samm/landmarks/006/006_1_2.npy\n"
        "preprocess/databases/smic/landmarks/s1/s1_ne_01.npy",
        quirks=(
            "68 points (dlib) of one frame per clip, the first: they hold the shape of the face "
            "and no motion. Nothing that a method scores on them comes from motion.",
            "The points are turned, scaled and shifted so that the eyes are where an aligned face "
            "has them: 136 features, x and y in widths of the picture.",
            "Of 578 files 442 are clips of MEGC 2019; classes are those of its list.",
            "The repository's tables of onsets and labels are not read.",
        ),
        public=PublicSource(
            "https://github.com/Vision-Intelligence-and-Robots-Group/SLSTT",
            "364656fe18ce8391ab8d72c7c3f77456f79d7359",
            tuple(f"preprocess/databases/{name}/landmarks" for name in CLIPS),
        ),
    )
    labellings = {
        "3": Labelling(
            THREE,
            {name: name for name in THREE},
            expected=(250, 109, 83),
            subjects=68,
            ignored=frozenset({UNLISTED}),
        )
    }

    @classmethod
    def literature(cls) -> str:
        """These are the clips of the composite."""
        return "3db"

    def index(self) -> Index:
        """The files of landmarks."""
        require_root(self.root, self.name)
        listed = megc2019.official()
        found = {clip.id: clip for clip in self._clips()}
        if not found:
            raise DataError(
                f"landmarks: no preprocess/databases/casme2/landmarks/sub01/*.npy in {self.root}; "
                "expected a clone of the repository SLSTT"
            )
        return Index(
            clips=tuple(found[name] for name in sorted(found)),
            missing=tuple(
                _clip(name, listed, self.root) for name in sorted(listed) if name not in found
            ),
            expected=sum(CLIPS.values()),
        )

    def official(self, labelling: str) -> Mapping[str, str]:
        """The 442 clips of MEGC 2019."""
        del labelling
        return megc2019.official()

    def _clips(self) -> Iterator[Clip]:
        listed = megc2019.official()
        clones = [self.root, *filter(None, (subfolder(self.root, name) for name in CLONES))]
        for clone in clones:
            for database in CLIPS:
                home = clone / "preprocess" / "databases" / database / "landmarks"
                for path in sorted(home.glob("*/*.npy")):
                    name = megc2019.clip_id(database, path.parent.name, path.stem)
                    if name is not None:
                        yield _clip(name, listed, path.parent, path.name)

    def read(self, clip: Clip) -> dict[str, Array]:
        """The aligned points: (136,) float64, x and y of each point."""
        points = ibug(read_landmarks(clip.folder / clip.files[0]))
        turned = similarity(eyes_of(points), (1, 1)) @ np.c_[points, np.ones(len(points))].T
        return {"features": turned.T.ravel()}


def _clip(name: str, listed: Mapping[str, str], folder: Path, *files: str) -> Clip:
    """A clip by its id, with the class that the list has for it."""
    database, subject, clip = name.split("/")
    return Clip(database, subject, clip, listed.get(name, UNLISTED), folder, files)
