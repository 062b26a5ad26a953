"""The report on a dataset's folder: what makes it bad, and what it says."""

from pathlib import Path
from typing import ClassVar

import pytest
import trees

from bench.core.dataset import MARKER
from bench.core.errors import DataError
from bench.data.check import check
from bench.datasets.casme2 import Casme2
from bench.datasets.smic import Smic


def test_a_whole_dataset_is_good(tmp_path: Path) -> None:
    report = check(Smic(trees.smic_images(tmp_path)))
    assert report.good
    lines = str(report).splitlines()
    # In between it says that the clips made here are all equal.
    assert [*lines[:2], lines[-1]] == [
        f"smic at {tmp_path}: 164 of 164 clips",
        "  smic/3: negative 70, positive 51, surprise 43; 16 subjects",
        "OK",
    ]


def test_missing_clips_are_listed(tmp_path: Path) -> None:
    report = check(Smic(trees.smic_images(tmp_path, lack=["s1_ne_01"])), pixels=False)
    assert not report.good
    assert report.problems == (
        "clips without usable frames on disk: 1",
        "smic/3: 163 clips of 16 subjects, other than the papers count",
    )
    assert "    negative: 1 not here: smic/s1/s1_ne_01\n" in str(report)
    assert "missing, 1:\n  smic/s1/s1_ne_01: no files on disk\n" in str(report)
    # The counts lack that clip and no other, so there is nothing wrong with a table.
    assert [line.partition(",")[0] for line in report.remedies] == [
        "copy the clips without usable frames from the owners' archive again"
    ]


def test_missing_clips_are_named_once_and_explained_once(tmp_path: Path) -> None:
    lack = ["s1_ne_01", "s1_ne_02", "s1_ne_03", "s1_po_01"]
    dataset = Smic(trees.smic_images(tmp_path, lack=lack))
    lines = str(check(dataset, pixels=False)).splitlines()
    at = lines.index("missing, 4:")
    assert lines[at + 1] == (
        "  4 clips: no files on disk (smic/s1/s1_ne_01, smic/s1/s1_ne_02, smic/s1/s1_ne_03 "
        "and 1 more)"
    )
    emptied = casme2(tmp_path / "emptied")
    folder = emptied.root / "Cropped" / "sub01" / "EP02_01f"
    for frame in folder.iterdir():
        frame.unlink()
    text = str(check(emptied, pixels=False))
    # The problem says why, so the list does not.
    assert "missing, 1:\n  casme2/01/EP02_01f\n" in text
    assert "  casme2/01/EP02_01f: no frames in its folder\n" in text


def test_every_unreadable_clip_is_named(tmp_path: Path) -> None:
    dataset = Smic(trees.smic_images(tmp_path))
    bad = dataset.index().clips[::60]
    for clip in bad:
        (clip.folder / clip.files[-1]).write_bytes(b"")
    report = check(dataset)
    assert [line.split(":")[0] for line in report.unreadable] == [clip.id for clip in bad]
    assert report.problems == (f"clips that cannot be read: {len(bad)}",)
    assert check(dataset, pixels=False).good


class Watched(Smic):
    """Notes how many frames are decoded together."""

    together: ClassVar[list[int]] = []

    def read_some(self, clip, positions):
        self.together.append(len(positions))
        return super().read_some(clip, positions)


def test_a_long_clip_is_read_in_parts_and_all_of_it(tmp_path: Path) -> None:
    dataset = Watched(trees.smic_images(tmp_path))
    clip = dataset.index().clips[0]
    trees.write_frames(clip.folder, (f"reg_image{i}.bmp" for i in range(300)), trees.tiny(".bmp"))
    long = next(one for one in dataset.index().clips if one.id == clip.id)
    assert len(long.files) >= 300
    (clip.folder / long.files[250]).write_bytes(b"")
    report = check(dataset)
    assert [line.split(":")[0] for line in report.unreadable] == [clip.id]
    assert max(Watched.together) <= 64


def test_more_clips_than_the_papers_count_are_no_good(tmp_path: Path) -> None:
    trees.smic_images(tmp_path)
    folder = tmp_path / "SMIC_all_cropped/HS/s1/micro/negative/s1_ne_99"
    trees.write_frames(folder, ["reg_image000001.bmp"], trees.tiny(".bmp"))
    report = check(Smic(tmp_path))
    assert report.problems[0] == "165 clips found, 164 expected"


def test_an_optional_table_is_not_missed(tmp_path: Path) -> None:
    trees.casme2_images(tmp_path)
    trees.casme2_table(tmp_path / "CASME2-coding-20140508.xlsx")
    report = check(Casme2(tmp_path), pixels=False)
    assert report.good
    assert "casme2/objective: no clip belongs to a class" in str(report)


def test_a_table_with_other_words_is_no_good(tmp_path: Path) -> None:
    trees.casme2_images(tmp_path)
    change = [trees.CASME2_HEAD, *([*row[:8], "joy"] for row in trees.casme2_rows())]
    trees.casme2_table(tmp_path / "CASME2-coding-20140508.xlsx", lambda _: change)
    problems = check(Casme2(tmp_path), pixels=False).problems
    assert problems[1].startswith("emotion 'joy' belongs to no class, 255 clips (")
    assert problems[2].startswith("of 26 of 26 subjects no clip can be used: casme2/01, ")
    assert problems[-1] == "every task is empty"


@pytest.mark.parametrize("marked", [True, False])
def test_counts_of_stand_ins_are_not_compared(tmp_path: Path, marked: bool) -> None:
    trees.write_frames(tmp_path / "HS/s1/negative/s1_ne_01", ["image1.bmp"], trees.tiny(".bmp"))
    if marked:
        (tmp_path / MARKER).write_text("{}")
    report = check(Smic(tmp_path), pixels=False)
    assert report.good == marked
    assert ("SYNTHETIC" in str(report)) == marked


def casme2(root: Path, shape: trees.Shape = lambda rows: rows) -> Casme2:
    trees.casme2_images(root)
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx", shape)
    return Casme2(root)


def test_clips_that_differ_from_the_public_list_are_named_class_by_class(tmp_path: Path) -> None:
    def shape(rows: list) -> list:
        other = {"EP02_01f": "others", "EP19_05f": "surprise"}
        return [[*r[:8], other.get(r[1], r[8])] if r[0] == "01" else r for r in rows]

    report = check(casme2(tmp_path, shape), pixels=False)
    assert "casme2/3: 144 clips of 24 subjects, other than the papers count" in report.problems
    lines = [line.strip() for line in str(report).splitlines()]
    assert "negative: 1 not here: casme2/01/EP19_05f" in lines
    assert "positive: 1 not here: casme2/01/EP02_01f" in lines
    assert "surprise: 1 not in the list: casme2/01/EP19_05f" in lines


def test_other_clips_in_equal_numbers_are_no_good(tmp_path: Path) -> None:
    """Two clips of one subject with their classes exchanged."""

    def shape(rows: list) -> list:
        swapped = {"EP02_01f": "disgust", "EP19_05f": "happiness"}
        return [[*r[:8], swapped.get(r[1], r[8])] if r[0] == "01" else r for r in rows]

    report = check(casme2(tmp_path, shape), pixels=False)
    three = report.tasks[1]
    assert three.found == three.expected == (88, 32, 25)
    assert not three.good
    assert [(d.lacks, d.extra) for d in three.differences[:2]] == [
        (("casme2/01/EP19_05f",), ("casme2/01/EP02_01f",)),
        (("casme2/01/EP02_01f",), ("casme2/01/EP19_05f",)),
    ]


def test_a_later_revision_is_compared_with_its_own_counts(tmp_path: Path) -> None:
    report = check(casme2(tmp_path, trees.casme2_2019), pixels=False)
    assert report.good
    assert report.revision == "2019"
    assert "revision 2014 (CASME2-coding-20140508) differs in 24/EP07_01" in str(report)


def test_equal_repairs_are_one_line(tmp_path: Path) -> None:
    def shape(rows: list) -> list:
        return [[*r[:8], "Happy" if r[8] == "happiness" else r[8]] for r in rows]

    report = check(casme2(tmp_path, shape), pixels=False)
    assert report.good
    assert len([text for text in report.repaired if "Happy" in text]) == 32
    lines = [line for line in str(report).splitlines() if "Happy" in line]
    assert len(lines) == 1
    assert lines[0].startswith("  32 clips: emotion 'Happy' read as happiness (casme2/")


def test_what_was_refused_is_said_with_its_cure(tmp_path: Path) -> None:
    dataset = casme2(tmp_path)
    folder = tmp_path / "Cropped" / "sub01" / "EP02_01f"
    for frame in folder.iterdir():
        frame.rename(frame.with_suffix(".webp"))
    report = check(dataset, pixels=False)
    assert report.missing == ("casme2/01/EP02_01f",)
    assert "such as Cropped/sub01/EP02_01f/reg_img" in report.refused[0]
    assert report.remedies == (
        "follow the advice on the refused files above",
        "copy the clips without usable frames from the owners' archive again, or run without "
        "them: `bench run --datasets casme2 --incomplete`",
        "correct the frames or the table, or leave clips out by name, one per line: "
        "`bench run --datasets casme2 --exclude FILE`",
    )


@pytest.mark.parametrize("root", [".", "a", "a/b/CASME2/Cropped/sub01"])
def test_the_folder_that_holds_the_dataset_is_named(tmp_path: Path, root: str) -> None:
    home = tmp_path / "a" / "b" / "CASME2"
    trees.write_frames(home / "Cropped/sub01/EP01_1", ["img1.jpg"], b"x")
    row = ["01", "EP01_1", None, 1, 1, 1, None, "4", "happiness"]
    trees.casme2_table(home / "Cropped" / "coding.xlsx", lambda rows: [rows[0], row])
    try:
        remedy = check(Casme2(tmp_path / root), pixels=False).remedies[0]
    except DataError as error:
        remedy = str(error)
    assert 'below [roots] in bench.toml: casme2 = "' in remedy
    assert len(Casme2(Path(remedy.split('"')[1])).index().clips) == 1


def test_a_folder_of_something_else_is_described(tmp_path: Path) -> None:
    trees.smic_images(tmp_path / "data", lack=())
    casme2(tmp_path / "other")
    with pytest.raises(DataError) as error:
        check(Casme2(tmp_path / "data"))
    said = str(error.value)
    assert "it holds SMIC_all_cropped; expected Cropped/sub01/EP02_01f/reg_img46.jpg" in said
    assert "other" not in said
    assert "\n" not in said


def test_a_tree_of_smic_e_is_recognised(tmp_path: Path) -> None:
    trees.write_frames(tmp_path / "SMIC-E/HS/s1/s1_01", ["image1.bmp"], b"x")
    report = check(Smic(tmp_path / "SMIC-E"), pixels=False)
    assert len(report.missing) == 164
    assert "s1: holds s1_01; expected negative, positive or surprise (SMIC-E" in report.refused[0]
