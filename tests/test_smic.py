"""SMIC: the folders are the table."""

from collections import Counter
from pathlib import Path

import pytest
import trees

from bench.core.errors import DataError
from bench.datasets.smic import Smic, SmicNir, SmicVis


def test_the_counts_of_the_papers(tmp_path: Path) -> None:
    index = Smic(trees.smic_images(tmp_path)).index()
    labelling = Smic.labellings["3"]
    tally = Counter(labelling.label(clip) for clip in index.clips)
    assert (tally[0], tally[1], tally[2]) == labelling.expected == (70, 51, 43)
    assert len({clip.subject for clip in index.clips}) == labelling.subjects == 16
    assert (index.missing, index.dropped) == ((), ())
    assert {clip.apex_source for clip in index.clips} == {"absent"}


def test_frames_sort_as_numbers(tmp_path: Path) -> None:
    clip = Smic(trees.smic_images(tmp_path)).index().clips[0]
    numbers = (99_998, 99_999, 100_000, 100_001)
    assert clip.files == tuple(f"reg_image{n:06d}.bmp" for n in numbers)


def test_every_layout_gives_the_same_ids(tmp_path: Path) -> None:
    plain = [c.id for c in Smic(trees.smic_images(tmp_path / "a")).index().clips]
    bare = trees.smic_images(tmp_path / "b", micro="", cropped=False)
    assert [c.id for c in Smic(bare).index().clips] == plain
    for folder in ("a/SMIC_all_cropped", "a/SMIC_all_cropped/HS", "b/HS"):
        assert [c.id for c in Smic(tmp_path / folder).index().clips] == plain
    assert [c.id for c in Smic(tmp_path).index().clips] == plain


def test_cropped_frames_are_preferred_and_long_clips_passed_over(tmp_path: Path) -> None:
    trees.smic_images(tmp_path, cropped=False)
    trees.smic_images(tmp_path)
    trees.write_frames(tmp_path / "SMIC-HS-E" / "s1" / "micro" / "negative" / "x", ["a1.bmp"], b"x")
    (tmp_path / "SMIC-HS-E_annotation_2019.xlsx").write_bytes(b"x")
    index = Smic(tmp_path).index()
    assert len(index.clips) == 164
    assert {clip.files[0][:4] for clip in index.clips} == {"reg_"}


@pytest.mark.parametrize("folder", ["SMIC-HS-E", "HS_long"])
def test_the_long_clips_are_no_smic_hs(tmp_path: Path, folder: str) -> None:
    trees.write_frames(tmp_path / folder / "s1/micro/negative/s1_ne_01", ["image1.bmp"], b"x")
    with pytest.raises(DataError, match=r"no folder HS.*SMIC-E, whose long clips are another"):
        Smic(tmp_path).index()


def test_letter_case_of_folders_does_not_matter(tmp_path: Path) -> None:
    plain = Smic(trees.smic_images(tmp_path / "a")).index()
    (tmp_path / "b" / "hs").mkdir(parents=True)
    for person in (tmp_path / "a/SMIC_all_cropped/HS").iterdir():
        inner = tmp_path / "b/hs" / person.name.upper()
        (inner / "MICRO").mkdir(parents=True)
        for folder in (person / "micro").iterdir():
            (inner / "MICRO" / folder.name.title()).symlink_to(folder)
    assert [c.id for c in Smic(tmp_path / "b").index().clips] == [c.id for c in plain.clips]


@pytest.mark.parametrize("counted", ["numbers", "from the onset", "from one"])
def test_apexes_of_a_table_beside_the_frames_are_used_and_said(
    tmp_path: Path, counted: str
) -> None:
    trees.smic_images(tmp_path)
    head = ["Subject", "Filename", "OnsetFrame", "ApexFrame"]
    onset, apex = {
        "numbers": ("99998", 99_999),
        "from the onset": ("5", 6),
        "from one": ("", 2),
    }[counted]
    rows = [[p, n.replace("_ne_0", "_NE_"), onset, apex] for p, _, n in trees.smic_clips()[:-1]]
    table = tmp_path / "SMIC_all_cropped" / "coding.csv"
    table.write_text("\n".join(",".join(map(str, row)) for row in [head, *rows]))
    (tmp_path / "SMIC-HS-E_annotation.csv").write_text("Filename,ApexFrame\ns1_ne_01,9\n")
    index = Smic(tmp_path).index()
    given = [clip for clip in index.clips if clip.apex_source == "given"]
    assert {clip.apex for clip in given} == {1}
    assert len(given) == 163
    assert index.notes == (
        f"apexes of 163 of 164 clips from {table}; none for smic/s20/s20_sur_05",
    )


def test_a_table_of_other_clips_gives_no_apex(tmp_path: Path) -> None:
    trees.smic_images(tmp_path)
    (tmp_path / "coding.csv").write_text("Filename,ApexFrame\nEP02_01f,9\n")
    index = Smic(tmp_path).index()
    assert {clip.apex_source for clip in index.clips} == {"absent"}
    assert index.refused == (f"{tmp_path / 'coding.csv'}: no apex of any clip here",)


def test_names_are_spelt_one_way(tmp_path: Path) -> None:
    trees.write_frames(tmp_path / "HS" / "s01" / "Negative" / "s01_ne_1", ["image000001.bmp"], b"x")
    index = Smic(tmp_path).index()
    assert [clip.id for clip in index.clips] == ["smic/s1/s1_ne_01"]
    assert index.clips[0].emotion == "negative"


def test_missing_clips_are_named(tmp_path: Path) -> None:
    trees.smic_images(tmp_path, lack=["s3_ne_22", "s20_sur_05"])
    trees.write_frames(tmp_path / "SMIC_all_cropped/HS/s3/micro/negative/s3_ne_22", [], b"")
    index = Smic(tmp_path).index()
    assert trees.missing(index) == ("smic/s20/s20_sur_05", "smic/s3/s3_ne_22")
    assert [clip.emotion for clip in index.missing] == ["surprise", "negative"]
    assert [text.split(":")[0] for text in index.problems] == ["smic/s3/s3_ne_22"]


def test_the_other_cameras(tmp_path: Path) -> None:
    trees.smic_images(tmp_path)
    for camera in ("VIS", "NIR"):
        folder = tmp_path / "SMIC_all_cropped" / camera / "s11" / "micro" / "positive" / "s11_po_01"
        trees.write_frames(folder, ["reg_image000010.bmp"], b"x")
    for kind in (SmicVis, SmicNir):
        index = kind(tmp_path).index()
        assert [clip.id for clip in index.clips] == [f"{kind.name}/s11/s11_po_01"]
        assert index.clips[0].folder.parts[-5] == kind.camera
        assert (index.expected, index.missing) == (71, ())


def test_what_lacks_is_said(tmp_path: Path) -> None:
    (tmp_path / "VIS" / "s1").mkdir(parents=True)
    with pytest.raises(DataError, match=r"smic: no folder HS within .*, and no subjects s1, s2"):
        Smic(tmp_path).index()
