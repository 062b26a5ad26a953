"""The report on a dataset's folder: what makes it bad, and what it says."""

from pathlib import Path

import pytest
import trees

from bench.core.dataset import MARKER
from bench.data.counts import check
from bench.datasets.casme2 import Casme2
from bench.datasets.smic import Smic


def test_a_whole_dataset_is_good(tmp_path: Path) -> None:
    report = check(Smic(trees.smic_images(tmp_path)))
    assert report.good
    assert str(report).splitlines() == [
        f"smic at {tmp_path}: 164 of 164 clips",
        "  smic/3: negative 70, positive 51, surprise 43; 16 subjects",
        "OK",
    ]


def test_missing_clips_are_listed(tmp_path: Path) -> None:
    report = check(Smic(trees.smic_images(tmp_path, lack=["s1_ne_01"])), pixels=False)
    assert not report.good
    assert report.problems == (
        "1 clips have no frames on disk",
        "smic/3: negative 69, positive 51, surprise 43; 16 subjects: "
        "expected 70, 51, 43; 16 subjects",
    )
    assert "missing, 1:\n  smic/s1/s1_ne_01" in str(report)


def test_every_unreadable_clip_is_named(tmp_path: Path) -> None:
    dataset = Smic(trees.smic_images(tmp_path))
    bad = dataset.index().clips[::60]
    for clip in bad:
        (clip.folder / clip.files[-1]).write_bytes(b"")
    report = check(dataset)
    assert [line.split(":")[0] for line in report.unreadable] == [clip.id for clip in bad]
    assert report.problems == (f"{len(bad)} clips cannot be read",)
    assert check(dataset, pixels=False).good


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
    assert check(Casme2(tmp_path), pixels=False).problems == ("every task is empty",)


@pytest.mark.parametrize("marked", [True, False])
def test_counts_of_stand_ins_are_not_compared(tmp_path: Path, marked: bool) -> None:
    trees.write_frames(tmp_path / "HS/s1/negative/s1_ne_01", ["image1.bmp"], trees.tiny(".bmp"))
    if marked:
        (tmp_path / MARKER).write_text("{}")
    report = check(Smic(tmp_path), pixels=False)
    assert report.good == marked
    assert ("SYNTHETIC" in str(report)) == marked
