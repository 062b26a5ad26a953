"""LBP-TOP of the 255 clips of CASME II, as published with a re-implementation of its baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from bench import Array, Clip, DatasetFacts, Index, Labelling
from bench.core.dataset import PublicSource, require_root
from bench.core.errors import DataError
from bench.data.reading import THREE, FeatureDataset, as_matrix, in_three, read_arrays, subfolder

FEATURES = "CASME2_feature_block55_P4.mat"
LABELS = "CASME2_label.mat"
SIZE = 5 * 5 * 3 * 59
"""Blocks, planes and bins."""
CLIPS = (9, 13, 7, 5, 19, 5, 9, 3, 14, 14, 10, 12, 8, 4, 3, 4, 36, 3, 16, 11, 2, 2, 12, 10, 7, 17)
"""Clips of subjects 01 to 26; the files name none, and have them one after the other."""
WORDS = ("happiness", "disgust", "surprise", "repression", "others")
"""By label number."""
FEAR_OR_SADNESS = (81, 93, 170, 171, 194, 224, 225, 229, 248)
"""Rows, from 1, that the label file counts as happiness and are not: of its 41, the 32 others are
the 32 positive clips that the list of MEGC 2019 has of CASME II."""
FIVE = ("disgust", "happiness", "others", "repression", "surprise")
CLONES = ("CASME2-Micro-Expression-Database-SVM", "CASME2-Micro-Expression-Database-SVM-master")


class Casme2LBPTOP(FeatureDataset):
    """Histograms of the real clips of CASME II: needs no licence and shows no faces."""

    name = "casme2lbptop"
    facts = DatasetFacts(
        title="LBP-TOP of CASME II",
        paper="yuxinhe: CASME2-Micro-Expression-Database-SVM, after Yan et al.: CASME II, "
        "PLoS ONE 9(1), 2014",
        year=2018,
        url="https://github.com/yuxinhe/CASME2-Micro-Expression-Database-SVM",
        licence="Public: `git clone` the repository, which states no licence. The frames behind "
        "the features remain under the licence of CASME II.",
        layout=f"{FEATURES}\n{LABELS}",
        quirks=(
            "Uniform codes of 8 points with radii 1, 1 and 4 in 5 x 5 blocks of the cropped faces, "
            "all frames from onset to offset: 5 · 5 · 3 · 59 = 4425 features.",
            "Neither file names subject or clip. Rows are clips in the order of their folders: "
            "read so, with the number of clips that each subject has, the labels of all 145 clips "
            "on MEGC 2019's list agree with it. Clips are named by their row.",
            "The label file gives every class it does not know the number of happiness: 9 clips of "
            "fear or sadness (rows 81, 93, 170, 171, 194, 224, 225, 229, 248) are happiness there. "
            "They are the 9 of its 41 that the list does not have as positive; the loader takes "
            "them out of happiness, and no task has them.",
            "Task 3 leaves out rows 30 and 46, disgust, which MEGC 2019's list lacks.",
        ),
        public=PublicSource(
            "https://github.com/yuxinhe/CASME2-Micro-Expression-Database-SVM",
            "821c3b9285ea8046f0e1319b40e985d92e5d0cc5",
            (FEATURES, LABELS),
        ),
    )
    labellings = {
        "5": Labelling.by_word(FIVE, expected=(63, 32, 99, 27, 25), subjects=26),
        "3": Labelling(
            classes=THREE,
            of=in_three("disgust", "repression"),
            without=frozenset({"casme2/04/row030", "casme2/05/row046"}),
            expected=(88, 32, 25),
            subjects=24,
        ),
    }

    @classmethod
    def literature(cls) -> str:
        """These are the clips of CASME II."""
        return "casme2"

    def index(self) -> Index:
        """The rows of the files."""
        require_root(self.root, self.name)
        folder = _find(self.root)
        labels = np.ravel(_variable(folder / LABELS, "label"))
        if labels.shape != (sum(CLIPS),) or not np.isin(labels, range(len(WORDS))).all():
            raise DataError(
                f"{folder / LABELS}: labels of shape {labels.shape}; expected {sum(CLIPS)} numbers "
                f"from 0 to {len(WORDS) - 1}"
            )
        return Index(
            clips=tuple(
                Clip(
                    database="casme2",
                    subject=subject,
                    name=name,
                    emotion="fear or sadness" if row in FEAR_OR_SADNESS else WORDS[int(label)],
                    folder=folder,
                    files=(FEATURES,),
                )
                for row, ((subject, name), label) in enumerate(
                    zip(_names(), labels, strict=True), start=1
                )
            ),
            expected=sum(CLIPS),
        )

    @classmethod
    def vectors(cls, paths: Sequence[Path]) -> Mapping[str, Array]:
        """A histogram for every row."""
        (path,) = paths
        rows = as_matrix(_variable(path, "feature"), sum(CLIPS), str(path))
        if rows.shape[1] != SIZE:
            raise DataError(f"{path}: {rows.shape[1]} features of a clip, expected {SIZE}")
        return {f"casme2/{s}/{n}": row for (s, n), row in zip(_names(), rows, strict=True)}


def _names() -> list[tuple[str, str]]:
    """Subject and name of every row."""
    subjects = [f"{i:02d}" for i, count in enumerate(CLIPS, start=1) for _ in range(count)]
    return [(subject, f"row{row:03d}") for row, subject in enumerate(subjects, start=1)]


def _find(root: Path) -> Path:
    """The folder with both files: root, or a clone in it."""
    homes = [root, *filter(None, (subfolder(root, name) for name in CLONES))]
    for home in homes:
        if all((home / name).is_file() for name in (FEATURES, LABELS)):
            return home
    raise DataError(
        f"casme2lbptop: no {FEATURES} with {LABELS} in {root}; expected a clone of the repository "
        "CASME2-Micro-Expression-Database-SVM"
    )


def _variable(path: Path, name: str) -> Array:
    arrays = read_arrays(path)
    if name not in arrays:
        raise DataError(f"{path}: variables {', '.join(sorted(arrays))}; expected {name}")
    return arrays[name]
