"""The composite of MEGC 2019: by its rule and by its list."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import trees

from bench.core.clip import Clip
from bench.core.dataset import MARKER, Dataset, Index, Roots
from bench.core.errors import DataError
from bench.data import megc2019
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm
from bench.datasets.smic import Smic
from bench.datasets.threedb import ThreeDB

PARTS = {"smic": Smic, "casme2": Casme2, "samm": Samm}
PUBLISHED = Path(__file__).parents[2] / "shared/data/combined_3class_gt.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("3db")
    trees.smic_images(folder / "smic")
    trees.casme2_images(folder / "casme2")
    trees.casme2_table(folder / "casme2" / "CASME2-coding-20140508.xlsx")
    trees.samm_images(folder / "samm")
    trees.samm_table(folder / "samm" / "SAMM_Micro_FACS_Codes_v2.xlsx")
    return folder


def roots_of(folder: Path, **more: Path) -> Roots:
    roots = Roots({**{name: folder / name for name in PARTS}, **more})
    return replace(roots, opener=lambda name: PARTS[name].locate(roots))


def composite(folder: Path, **more: Path) -> ThreeDB:
    dataset = ThreeDB.locate(roots_of(folder, **more))
    assert dataset is not None
    return dataset


def listed(index: Index) -> list[tuple[str, str, str, int]]:
    label = ThreeDB.labellings["3"].label
    return [(c.database, c.subject, c.name, label(c)) for c in index.clips]


def labels(index: Index) -> dict[str, int | None]:
    return {clip.id: ThreeDB.labellings["3"].label(clip) for clip in index.clips}


def test_the_counts_of_the_organisers(folder: Path) -> None:
    index = composite(folder).index()
    assert Counter(clip.database for clip in index.clips) == {
        "smic": 164,
        "casme2": 145,
        "samm": 133,
    }
    assert Counter(labels(index).values()) == {0: 250, 1: 109, 2: 83}
    assert len({clip.person for clip in index.clips}) == 68
    assert (index.notes, index.missing, index.expected) == ((), (), 442)
    assert index.revision == ""


@pytest.mark.skipif(not PUBLISHED.is_file(), reason="the organisers' file is not here")
def test_the_list_of_the_package_is_the_organisers(folder: Path) -> None:
    lines = [line.strip() for line in PUBLISHED.read_text(encoding="utf-8-sig").splitlines()]
    assert megc2019.LIST.read_text().splitlines() == [line for line in lines if line.strip(",")]


def test_the_same_list_at_its_root_changes_nothing(folder: Path, tmp_path: Path) -> None:
    plain = composite(folder).index()
    table = trees.official_list(tmp_path / "combined_3class_gt.csv", listed(plain))
    for root in (table, tmp_path):
        assert composite(folder, **{"3db": root}).index() == plain


def test_a_later_table_changes_no_clip_of_the_composite(folder: Path, tmp_path: Path) -> None:
    for name in ("smic", "samm"):
        (tmp_path / name).symlink_to(folder / name)
    (tmp_path / "casme2").mkdir()
    (tmp_path / "casme2" / "Cropped").symlink_to(folder / "casme2" / "Cropped")
    trees.casme2_table(tmp_path / "casme2" / "CASME2-coding-20140508.xlsx", trees.casme2_2019)
    index = composite(tmp_path).index()
    assert [clip.id for clip in index.clips] == [c.id for c in composite(folder).index().clips]
    assert labels(index) == labels(composite(folder).index())
    assert index.notes == tuple(
        f"casme2/24/{name}: left out by the list, surprise by the tables; the list decides"
        for name in ("EP07_01", "EP07_04f", "EP10_03")
    )


def test_a_table_with_other_words_changes_no_class(folder: Path, tmp_path: Path) -> None:
    for name in ("smic", "samm"):
        (tmp_path / name).symlink_to(folder / name)
    (tmp_path / "casme2").mkdir()
    (tmp_path / "casme2" / "Cropped").symlink_to(folder / "casme2" / "Cropped")

    def shape(rows: list) -> list:
        return [[*row[:8], "others"] if row[1] == "EP02_01f" else row for row in rows]

    trees.casme2_table(tmp_path / "casme2" / "CASME2-coding-20140508.xlsx", shape)
    index = composite(tmp_path).index()
    assert labels(index) == labels(composite(folder).index())
    assert "casme2/01/EP02_01f: positive by the list, left out by the tables" in index.notes[0]


def test_another_list_decides_and_is_compared_clip_by_clip(folder: Path, tmp_path: Path) -> None:
    rows = listed(composite(folder).index())
    changed = [("casme2", "04", "EP12_01f", 0), (*rows[1][:3], 2 - rows[1][3] // 2), *rows[2:]]
    changed.append(("samm", "006", "006_9_999", 1))
    table = trees.official_list(tmp_path / "list.csv", changed)
    index = composite(folder, **{"3db": table}).index()
    first, second = ("/".join(row[:3]) for row in rows[:2])
    assert index.revision == "own"
    assert index.notes[0] == (
        "the list at its root has 443 clips, that of MEGC 2019 442; they differ in 4"
    )
    assert [note.split(":")[0] for note in index.notes[1:5]] == sorted(
        [first, second, "casme2/04/EP12_01f", "samm/006/006_9_999"]
    )
    assert f"{first}: absent in the list at its root, " in "\n".join(index.notes)
    assert trees.missing(index) == ("samm/006/006_9_999",)


def test_a_list_with_a_header_and_a_clip_less(folder: Path, tmp_path: Path) -> None:
    rows = listed(composite(folder).index())
    table = trees.official_list(tmp_path / "list.csv", rows[1:])
    lines = table.read_text(encoding="utf-8-sig").splitlines()
    turned = [",".join(line.split(",")[i] for i in (3, 0, 1, 2)) for line in lines]
    table.write_text("\n".join(["label,dataset,sub,filename", *turned]))
    index = composite(folder, **{"3db": table}).index()
    assert (len(index.clips), index.expected, index.revision) == (441, 441, "own")
    assert "/".join(rows[0][:3]) in index.notes[1]


def test_a_broken_list_is_named(folder: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("casme2,sub01,EP02_01f,1\ncasme2,1,EP02_01f,0\n")
    with pytest.raises(DataError, match="row 2: casme2/01/EP02_01f is negative, and positive in"):
        composite(folder, **{"3db": table}).index()
    table.write_text("casme2,sub01,EP02_01f,happy\n")
    with pytest.raises(DataError, match="row 1 is 'casme2,sub01,EP02_01f,happy'; expected"):
        composite(folder, **{"3db": table}).index()
    with pytest.raises(DataError, match=r"no combined_3class_gt\.csv at"):
        composite(folder, **{"3db": tmp_path}).index()


def test_it_needs_all_parts(folder: Path) -> None:
    roots = roots_of(folder)
    assert ThreeDB.locate(Roots(roots.folders)) is None
    opener = roots.opener
    assert opener is not None
    fewer = replace(roots, opener=lambda name: None if name == "samm" else opener(name))
    assert ThreeDB.locate(fewer) is None


def test_missing_clips_of_the_parts_are_missing(tmp_path: Path, folder: Path) -> None:
    for name in ("casme2", "samm"):
        (tmp_path / name).symlink_to(folder / name)
    trees.smic_images(tmp_path / "smic", lack=["s1_ne_01"])
    index = composite(tmp_path).index()
    assert trees.missing(index) == ("smic/s1/s1_ne_01",)
    assert index.missing[0].emotion == "negative"
    assert len(index.clips) == 441


def test_reading_is_left_to_the_part(folder: Path) -> None:
    dataset = composite(folder)
    for clip in dataset.index().clips[::110]:
        frames = dataset.read(clip)["frames"]
        assert frames.shape == (len(clip.files), 8, 8, 3)
        assert frames.dtype == np.uint8
    assert dataset.sources == {"frames"}


@dataclass(frozen=True)
class Made(Dataset):
    """A stand-in of one part."""

    name: ClassVar[str] = "smic"
    labellings: ClassVar = {}

    def index(self) -> Index:
        return Index(())

    def read(self, clip: Clip) -> dict:
        return {}


def test_stand_ins_and_real_parts_do_not_mix(folder: Path, tmp_path: Path) -> None:
    (tmp_path / MARKER).write_text("{}")
    whole = composite(folder)
    mixed = replace(whole, parts=(Made(tmp_path), *whole.parts[1:]))
    assert not whole.synthetic
    assert mixed.synthetic
    with pytest.raises(DataError, match="smic SYNTHETIC and the rest real"):
        mixed.index()
