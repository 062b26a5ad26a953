"""Precomputed optical flow of the 442 MEGC 2019 clips, as published in the HTNet repository."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench import Array, Clip, Dataset, DatasetFacts, Index, Labelling
from bench.core.dataset import PublicSource, require_root
from bench.core.errors import DataError
from bench.data import megc2019
from bench.data.reading import (
    THREE,
    number,
    read_image,
    read_table,
    subfolder,
    subject_number,
)

TABLE = "combined_3_class2_for_optical_flow.csv"
FOLDER = "STSNet_whole_norm_u_v_os"
COLUMNS = {
    "database": ("dataset",),
    "subject": ("sub", "subject"),
    "name": ("filenameo", "filename"),
    "label": ("label",),
}
SUBJECTS = {"casme2": ("sub", "{:02d}"), "samm": ("", "{:03d}"), "smic": ("s", "s{}")}
"""Prefix of a subject's number in the list, and how the database writes it."""


class Megc2019Flow(Dataset):
    """28 x 28 flow and strain from onset to apex: needs no licence and shows no faces."""

    name = "megc2019flow"
    ships = frozenset({"flow_image"})
    facts = DatasetFacts(
        title="MEGC 2019 flow images",
        paper="Wang, Zhang, Luo, Sankaranarayana: HTNet for micro-expression recognition, "
        "Neurocomputing 602; inputs as in Liong, Gan, See, Khor, Huang: STSTNet, FG 2019",
        year=2024,
        url="https://github.com/wangzhifengharrison/HTNet",
        licence="Public: `git clone` the repository, which states no licence. The frames behind "
        "the flow remain under the licences of SMIC, CASME II and SAMM.",
        layout=f"datasets/{FOLDER}/006_006_1_2 .png\n{TABLE}",
        quirks=(
            "File names have a space before .png; names without it are accepted too.",
            "Red, green and blue are horizontal flow, vertical flow and strain, each scaled to "
            "0..255 per clip: sign and magnitude of the motion are lost.",
            "Subjects and clips are renamed as in the original databases: s01 becomes s1.",
        ),
        public=PublicSource(
            "https://github.com/wangzhifengharrison/HTNet",
            "91cf4bda0a2db50d638d46c04c5d7cf3b602d446",
            (TABLE, f"datasets/{FOLDER}"),
        ),
    )
    labellings = {"3": Labelling.by_word(THREE, expected=(250, 109, 83), subjects=68)}

    @classmethod
    def literature(cls) -> str:
        """These are the clips of the composite, already turned into flow."""
        return "3db"

    def index(self) -> Index:
        """The clips of the list."""
        require_root(self.root, self.name)
        table, folder = _find(self.root)
        # In reverse, so that of both spellings the published one, with the space, is put in last
        # and stays.
        files = {
            _plain(name): name for name in sorted((f.name for f in folder.iterdir()), reverse=True)
        }
        clips: dict[str, Clip] = {}
        missing: list[Clip] = []
        for row in read_table(table, COLUMNS, COLUMNS):
            file = files.get(f"{row['subject']}_{row['name']}.png")
            clip = _clip(row, folder, file, table)
            if file is None:
                missing.append(clip)
            else:
                clips[clip.id] = clip
        return Index(
            clips=tuple(clips[name] for name in sorted(clips)),
            missing=tuple(sorted(missing, key=lambda clip: clip.id)),
            expected=442,
        )

    def official(self, labelling: str) -> Mapping[str, str]:
        """The 442 clips of MEGC 2019."""
        del labelling
        return megc2019.official()

    def read(self, clip: Clip) -> dict[str, Array]:
        """The flow image, uint8 (3, 28, 28) ordered horizontal, vertical, strain."""
        path = clip.folder / clip.files[0]
        image = read_image(path)
        if image.shape != (28, 28, 3):
            raise DataError(f"{path}: shape {image.shape}, expected (28, 28, 3)")
        # `read_image` gives RGB, which is u, v, strain; read as BGR the planes would be reversed.
        return {"flow_image": np.ascontiguousarray(image.transpose(2, 0, 1))}


def _find(root: Path) -> tuple[Path, Path]:
    """List and folder of a clone: root is the clone, its parent, or the folder `datasets`."""
    inner = [subfolder(root, name) for name in ("HTNet", "HTNet-master")]
    for clone in filter(None, (root, root.parent, *inner)):
        within = subfolder(clone, "datasets")
        homes = [subfolder(home, FOLDER) for home in (within, root) if home is not None]
        folder = next(filter(None, homes), None)
        if folder is not None and (clone / TABLE).is_file():
            return clone / TABLE, folder
    raise DataError(
        f"megc2019flow: no {TABLE} with a folder datasets/{FOLDER} in {root}; "
        "expected a clone of the HTNet repository"
    )


def _plain(name: str) -> str:
    return re.sub(r"\s+\.png$", ".png", name)


def _clip(row: Mapping[str, str], folder: Path, file: str | None, table: Path) -> Clip:
    said = f"{table}: row {row['row']}"
    if row["database"] not in SUBJECTS:
        raise DataError(f"{said}: dataset {row['database']!r}, expected {', '.join(SUBJECTS)}")
    prefix, form = SUBJECTS[row["database"]]
    subject, label = subject_number(row["subject"], prefix), number(row["label"])
    if subject is None or label is None or label >= len(THREE):
        raise DataError(f"{said}: subject {row['subject']!r} with label {row['label']!r}")
    return Clip(
        database=row["database"],
        subject=form.format(subject),
        name=re.sub(r"^s0+(?=\d)", "s", row["name"]),
        emotion=THREE[label],
        folder=folder,
        files=(file,) if file else (),
    )
