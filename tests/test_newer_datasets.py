"""4DME, SMIC-E and part C of CAS(ME)^3 in the layouts that public code reads."""

from __future__ import annotations

from pathlib import Path

import pytest
import trees

from bench.core.errors import DataError
from bench.datasets.casme3c import Casme3C
from bench.datasets.fourdme import FourDME
from bench.datasets.smice import SmicE, SmicEVis

FOURD = [
    (1, "1_1_clip", 100.0, 107.0, 114.0, "AU4+AU7(k)", "Positive"),
    (1, "1_2_clip", 150.0, 157.0, 164.0, "AU4", "Negative/Repression"),
    (2, "2_1_clip", 100.0, 107.0, 114.0, "L12+AU45(k)", "Surprise"),
    (2, "2_2_clip", 30.0, 33.0, 40.0, "AU1", "Positive/Surprise"),
    (3, "3_1_clip", 30.0, 33.0, 40.0, "AU1", "Others"),
]


@pytest.fixture
def fourd(tmp_path: Path) -> Path:
    head = ["sub_ID", "fold_name", "Onset", "Apex", "Offset", "AUs", "Emotion"]
    table = tmp_path / "4DME_Labelling_Micro_release v1.xlsx"
    trees.write_xlsx(table, {"S": [head, *map(list, FOURD)]})
    for subject, name, onset, _, offset, *_ in FOURD:
        numbers = range(int(onset), int(offset) + 1)
        folder = tmp_path / "gray_micro" / f"{subject:02d}" / name
        trees.write_frames(folder, [f"{n:05d}.jpg" for n in numbers], trees.tiny())
    return tmp_path


def test_4dme(fourd: Path) -> None:
    index = FourDME(fourd).index()
    assert [clip.id for clip in index.clips] == [f"4dme/{row[0]}/{row[1]}" for row in FOURD]
    assert {len(clip.files) for clip in index.clips} == {15, 11}
    assert [clip.apex for clip in index.clips] == [7, 7, 7, 3, 3]
    # Units of a blink are no part of the expression.
    assert [clip.action_units for clip in index.clips] == [{4}, {4}, {12}, {1}, {1}]
    assert not index.problems


def test_two_emotions_of_4dme_count_where_they_are_of_one_class(fourd: Path) -> None:
    clips = FourDME(fourd).index().clips
    three, five = (FourDME.labellings[word] for word in ("3", "5"))
    assert three.classes == ("negative", "positive", "surprise")
    assert [three.label(clip) for clip in clips] == [1, 0, 2, None, None]
    assert [five.label(clip) for clip in clips] == [1, None, 2, None, 4]


def smice(root: Path, camera: str = "HS") -> Path:
    home = root / f"{camera}_long" / f"SMIC-{camera}-E"
    head = ["Subject", "Filename", "OnsetF", "OffsetF", "TotalMF1", "Onset2F", "Offset2F"]
    head += ["TotalMF2", "FirstF", "LastF", "TotalVL", "Emotion"]
    rows = [
        [3, "s3_ne_01", 308870, 308879, 10, None, None, None, 308860, 308890, 31, "negative"],
        [3, "s3_sur_02", 400, 409, 10, 420, 424, 5, 390, 430, 41, None],
        [11, "s11_po_01", 50, 55, 6, None, None, None, 40, 60, 21, "positive"],
    ]
    trees.write_xlsx(home.parent / f"SMIC-{camera}-E_annotation_2019.xlsx", {"S": [head, *rows]})
    for subject, name, *_, first, last, _, _ in rows:
        folder = home / f"s{subject:02d}" / name
        trees.write_frames(folder, [f"image{n:06d}.jpg" for n in range(first, last + 1)], DATA)
    return root


DATA = trees.tiny()


def test_smic_e_has_the_annotated_frames_of_its_long_clips(tmp_path: Path) -> None:
    index = SmicE(smice(tmp_path)).index()
    found = {c.id: (c.emotion, len(c.files), c.files[0]) for c in index.clips}
    assert found == {
        "smice/s3/s3_ne_01": ("negative", 10, "image308870.jpg"),
        "smice/s3/s3_sur_02": ("surprise", 10, "image000400.jpg"),
        "smice/s3/s3_sur_02_2": ("surprise", 5, "image000420.jpg"),
        "smice/s11/s11_po_01": ("positive", 6, "image000050.jpg"),
    }
    assert not index.problems


def test_another_camera_of_smic_e_is_not_taken_for_this_one(tmp_path: Path) -> None:
    smice(tmp_path, "VIS")
    assert len(SmicEVis(tmp_path).index().clips) == 4
    with pytest.raises(DataError, match="of camera HS"):
        SmicE(tmp_path).index()
    smice(tmp_path)
    assert {clip.folder.parents[2].name for clip in SmicE(tmp_path).index().clips} == {"HS_long"}


@pytest.mark.parametrize("cut", [True, False])
def test_part_c_of_casme3(tmp_path: Path, cut: bool) -> None:
    rows = [["sub", "count", "onset", "offset", "au", "emotion"]]
    rows += [
        [1, 1, 30, 40, "4,7", "disgust"],
        [1, 2, 90, 99, 12, "happy"],
        [2, 1, 5, 9, "?", "sad"],
    ]
    trees.write_xlsx(tmp_path / "annotation" / "partC" / "cas(me)3_part_C_ME.xlsx", {"S": rows})
    for subject, count, onset, offset, *_ in rows[1:]:
        above = f"{subject:02d}/{count}" if cut else f"{subject:02d}"
        folder = tmp_path / "part_C" / above / "color"
        trees.write_frames(folder, [f"{n}.jpg" for n in range(onset, offset + 1)], DATA)
    index = Casme3C(tmp_path).index()
    assert [(c.id, c.emotion, len(c.files), c.apex) for c in index.clips] == [
        ("casme3c/01/1", "disgust", 11, None),
        ("casme3c/01/2", "happy", 10, None),
        ("casme3c/02/1", "sad", 5, None),
    ]
    assert index.clips[0].action_units == {4, 7}
    assert index.expected == 165
