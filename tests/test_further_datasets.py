"""MMEW, CAS(ME)^3, DFME and CASME in the layouts of their owners."""

from collections import Counter
from pathlib import Path

import pytest
import trees

from bench.core.dataset import Dataset, Index
from bench.core.errors import DataError
from bench.datasets.casme import Casme
from bench.datasets.casme3 import Casme3
from bench.datasets.dfme import Dfme
from bench.datasets.mmew import Mmew

MMEW = {
    "anger": 8,
    "disgust": 72,
    "fear": 16,
    "happiness": 36,
    "others": 66,
    "sadness": 13,
    "surprise": 89,
}
CASME3 = {
    "disgust": 250,
    "surprise": 187,
    "others": 158,
    "Others": 3,
    "fear": 86,
    "anger": 64,
    "sad": 57,
    "happy": 55,
}
FIVE = ["Subject", "Filename", "OnsetFrame", "ApexFrame", "OffsetFrame"]


def counts(dataset: type[Dataset], index: Index, word: str) -> tuple[tuple[int, ...], int]:
    labelling = dataset.labellings[word]
    labels = {c: label for c in index.clips if (label := labelling.label(c)) is not None}
    tally = Counter(labels.values())
    numbers = tuple(tally[i] for i in range(len(labelling.classes)))
    return numbers, len({c.subject for c in labels})


@pytest.mark.parametrize("nested", [False, True])
def test_mmew(tmp_path: Path, nested: bool) -> None:
    rows, data = [], trees.tiny()
    for i, word in enumerate(e for e, n in MMEW.items() for _ in range(n)):
        subject, onset = 1 + i % 36, 1 + i % 12
        name = f"S{subject:02d}-0{1 + i % 7}-{i:03d}"
        apex = onset + 1 if i % 19 else None
        rows.append([subject, name, onset, apex, onset + 2, "4+7", word, None])
        above = f"S{subject:02d}/{word}" if nested else word
        folder = tmp_path / "MMEW_Final" / "Micro_Expression" / above / name
        trees.write_frames(folder, [f"{n}.jpg" for n in range(onset, onset + 4)], data)
    trees.write_frames(tmp_path / "MMEW_Final/Macro_Expression/S01", ["S01-07-001.jpg"], data)
    head = [*FIVE, "Action Units", "Estimated Emotion", "remarks"]
    trees.write_xlsx(tmp_path / "MMEW_Final" / "MMEW_Micro_Exp.xlsx", {"S": [head, *rows]})
    for root in (tmp_path, tmp_path / "MMEW_Final", tmp_path / "MMEW_Final" / "Micro_Expression"):
        index = Mmew(root).index()
        assert len(index.clips) == index.expected == 300
        for word, labelling in Mmew.labellings.items():
            assert counts(Mmew, index, word)[0] == labelling.expected
        assert counts(Mmew, index, "7")[1] == 36
    assert sum(clip.apex_source == "absent" for clip in index.clips) == 16
    assert {len(clip.files) for clip in index.clips} == {3}


def casme3_rows() -> list[list]:
    rows = []
    for i, word in enumerate(e for e, n in CASME3.items() for _ in range(n)):
        subject, onset = f"spNO.{1 + i % 93}", 10 + 20 * (i // 93)
        rows.append([subject, "ab"[i % 2], onset, onset + 1, onset + 3, "4", "IV", word])
    for at in (0, 1):
        rows[at][4] = 0
    rows[2] = ["spNO.216", "d", 3647, 2668, 2694, "4", "IV", "disgust"]
    rows[3] = ["spNO.216", "e", 0, 0, 25, "4", "IV", "disgust"]
    return rows


def casme3_table(root: Path) -> None:
    head = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
    name = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
    trees.write_xlsx(root / "annotation" / name, {"label": [head, *casme3_rows()]})
    wrong = [head, *([*row[:7], "macro"] for row in casme3_rows())]
    for other in ("MaE_label_JpgIndex_v2", "ME_label_JpgIndex_v1"):
        trees.write_xlsx(root / f"annotation/cas(me)3_part_A_{other}.xlsx", {"label": wrong})


@pytest.mark.parametrize("own_folders", [False, True])
def test_casme3(tmp_path: Path, own_folders: bool) -> None:
    data = trees.tiny()
    for subject, name, onset, apex, offset, *_ in casme3_rows():
        last = max(apex, offset)
        first = 2647 if onset == 3647 else max(onset, 1)
        files = [f"{n}.jpg" for n in range(first, last + 1)]
        if own_folders:
            clip = f"{subject.replace('NO', 'No')}_{name}_{onset}"
            trees.write_frames(tmp_path / "Part_A_ME_clip" / "frame" / clip, files, data)
            (tmp_path / "Part_A_ME_clip" / "depth" / clip).mkdir(parents=True)
        else:
            trees.write_frames(tmp_path / "data" / subject / name / "color", files, data)
    casme3_table(tmp_path)
    index = Casme3(tmp_path).index()
    assert len(index.clips) == index.expected == 860
    for word, labelling in Casme3.labellings.items():
        assert counts(Casme3, index, word)[0] == labelling.expected
    assert counts(Casme3, index, "7")[1] == 94
    by_id = {clip.id: clip for clip in index.clips}
    assert by_id["casme3/spNO.216/d_3647"].files[0] == "2647.jpg"
    assert by_id["casme3/spNO.216/d_3647"].apex == 21
    assert by_id["casme3/spNO.216/e_0"].files[0] == "1.jpg"
    assert sum("ends at its apex" in text for text in index.repaired) == 2
    assert {clip.emotion for clip in index.clips} == {word.lower() for word in CASME3}


def test_casme3_cut_by_meb(tmp_path: Path) -> None:
    """Clips of one video lie in a, a2, a3 by their order in the table, with the video's numbers.

    The rule: https://github.com/tvaranka/meb, tools/extract_casme3_part_a.py.
    """
    rows = [["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "emotion", "Expression type"]]
    for person in (1, 2):
        for i, word in enumerate(("disgust", "surprise", "happy")):
            on, extra = 30 + 40 * i, ("", "2", "3")[i]
            rows.append([f"spNO.{person}", "a", on, on + 5, on + 10, "4", word, "Micro-expression"])
            folder = tmp_path / "ME_A" / f"SPNO.{person}" / f"a{extra}" / "Color"
            trees.write_frames(folder, [f"{n}.jpg" for n in range(on, on + 11)], b"x")
        rows.append([f"spNO.{person}", "a", 1, 5, 9, "4", "anger", "Macro-expression"])
    trees.write_xlsx(tmp_path / "CAS(ME)3_part_A_v2.xlsx", {"S": rows})
    index = Casme3(tmp_path).index()
    assert (len(index.clips), index.missing, index.problems) == (6, (), ())
    assert {clip.name: (clip.folder.parent.name, clip.files[0]) for clip in index.clips} == {
        "a_30": ("a", "30.jpg"),
        "a_70": ("a2", "70.jpg"),
        "a_110": ("a3", "110.jpg"),
    }


@pytest.mark.parametrize("below", ["annotation", "annotation/partA"])
def test_casme3_as_its_owners_lay_it_out(tmp_path: Path, below: str) -> None:
    head = ["Subject", "Filename", "Onset", "Apex", "Offset", "AU", "Objective class", "emotion"]
    rows = [head, ["spNO.1", "c", 100, 200, 3555, "4", "I", "fear"]]
    files = [f"{n}.jpg" for n in range(100, 3556)]
    trees.write_frames(tmp_path / "part_A" / "spNO.1" / "C" / "color", files, b"x")
    name = "cas(me)3_part_A_ME_label_JpgIndex_v2.xlsx"
    trees.write_xlsx(tmp_path / below / name, {"S": rows})
    part_c = [head[:3] + head[4:], ["spNO.1", "c", 1, 9, "4", "I", "anger"]]
    trees.write_xlsx(tmp_path / "annotation/partC/cas(me)3_part_C_ME.xlsx", {"S": part_c})
    index = Casme3(tmp_path).index()
    assert [clip.emotion for clip in index.clips] == ["fear"]
    assert (
        "casme3/spNO.1/c_100: annotated as 3456 frames, 115 s, longer than any facial expression"
        in index.notes
    )


def dfme(root: Path, clips: dict[str, int]) -> Dfme:
    """Parts by the name of their table, with so many clips of five subjects."""
    first = 0
    for part, number in clips.items():
        rows = []
        for at in range(first, first + number):
            subject = f"sub{1 + at % 5:04d}"
            name = f"{subject}_{at:02d}"
            word = None if part.endswith("B") else ("happiness", "Happy")[at % 2]
            rows.append([subject, name, 5, 6, 7, word, 3, 300, "L12"])
            files = [f"{n}.jpg" for n in range(4, 9)]
            trees.write_frames(root / part / subject / name, files, b"x")
        head = [*FIVE, "Emotion", "EmotionId", "Fps", "AU"]
        trees.write_xlsx(root / "annotations" / f"DFME_{part}.xlsx", {"S": [head, *rows]})
        first += number
    return Dfme(root)


def test_dfme(tmp_path: Path) -> None:
    index = dfme(tmp_path, {"train": 12, "testA": 6, "testB": 4}).index()
    assert len(index.clips) == 22
    assert counts(Dfme, index, "7")[0][4] == counts(Dfme, index, "3")[0][1] == 18
    clip = index.clips[0]
    assert (clip.subject, clip.files, clip.apex) == ("0001", ("5.jpg", "6.jpg", "7.jpg"), 1)
    assert clip.action_units == {12}
    assert index.expected == 1856 + 474 + 299


def test_dfme_counts(tmp_path: Path) -> None:
    """Counts of the challenge: CCAC 2024, https://mea-lab-421.github.io."""
    assert sum(Dfme.labellings["7"].expected) == sum(Dfme.labellings["3"].expected) == 1856
    index = dfme(tmp_path, {"train": 12, "x": 6, "yB": 4}).index()
    assert index.problems[:3] == (
        "DFME_train.xlsx: 12 clips of 5 subjects; the published table (train) has 1856 of 176",
        "DFME_x.xlsx: 6 clips of 5 subjects; the published table (train) has 1856 of 176",
        "DFME_yB.xlsx: 4 clips of 4 subjects; the published table (test B) has 299 of 41",
    )


def test_dfme_says_which_tables_it_did_not_read(tmp_path: Path) -> None:
    data = dfme(tmp_path, {"train": 12})
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    index = data.index()
    assert "notes.csv: no row contains the column headers" in index.refused[0]
    assert index.expected == 1856
    (tmp_path / "annotations" / "DFME_train.xlsx").unlink()
    with pytest.raises(DataError, match=r"dfme: no annotation table in .*notes\.csv"):
        data.index()


@pytest.mark.parametrize("cropped", [False, True])
def test_casme(tmp_path: Path, cropped: bool) -> None:
    rows = [["Subject", "Filename", "OnsetF", "ApexF1", "ApexF2", "OffsetF", "AUs", "Emotion"]]
    words = ("tense", "disgust", "repression", "surprise", "fear")
    for i in range(20):
        subject, name = 1 + i % 4, f"EP{i:02d}_{i}"
        rows.append([subject, name, 9, 10, 11 if i % 2 else None, 11, "4", words[i % 5]])
        home = "Cropped" if cropped else f"Section {'AB'[subject % 2]}"
        prefix = "reg_" if cropped else ""
        files = [f"{prefix}{name}-{n}.jpg" for n in range(8, 13)]
        trees.write_frames(tmp_path / home / f"sub{subject:02d}" / name, files, b"x")
        if cropped:
            (tmp_path / "Section A" / f"sub{subject:02d}" / name).mkdir(parents=True)
    trees.write_xlsx(tmp_path / "CASME-coding.xlsx", {"S": rows})
    index = Casme(tmp_path).index()
    assert len(index.clips) == 20
    assert {(len(clip.files), clip.apex) for clip in index.clips} == {(3, 1)}
    assert counts(Casme, index, "4")[0] == (4, 4, 4, 4)


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (Mmew, "mmew: no folders like S03-01-002"),
        (Casme3, "casme3: no folders spNO.1"),
        (Dfme, "dfme: no folders like sub0001_01"),
        (Casme, "casme: no folders sub01"),
    ],
)
def test_an_empty_root(tmp_path: Path, dataset: type[Dataset], said: str) -> None:
    with pytest.raises(DataError, match=said):
        dataset(tmp_path).index()
    with pytest.raises(DataError, match=r"no folder \S*none;"):
        dataset(tmp_path / "none").index()
