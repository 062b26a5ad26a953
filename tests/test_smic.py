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
    with pytest.raises(DataError, match="no folder HS"):
        Smic(tmp_path).index()


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
    assert [text.split(":")[0] for text in index.dropped] == ["smic/s3/s3_ne_22"]


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
