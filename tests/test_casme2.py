"""CASME II: all 255 clips, whatever the copy."""

import random
from pathlib import Path

import pytest
import trees

from bench.core.dataset import Index
from bench.core.errors import DataError
from bench.datasets.casme2 import Casme2


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return trees.casme2_images(tmp_path_factory.mktemp("casme2"))


@pytest.fixture
def root(images: Path, tmp_path: Path) -> Path:
    """A root of its own for each test, with the images of all."""
    (tmp_path / "CASME2" / "Cropped").mkdir(parents=True)
    for person in (images / "Cropped").iterdir():
        (tmp_path / "CASME2" / "Cropped" / person.name).symlink_to(person)
    return tmp_path / "CASME2"


def seen(index: Index) -> list[tuple]:
    """All of an index that may not depend on the copy."""
    return [
        (c.id, c.emotion, c.files, c.apex, c.apex_source, c.action_units, c.objective)
        for c in index.clips
    ]


@pytest.fixture(scope="module")
def plain(images: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple]:
    trees.casme2_table(images / "CASME2-coding-20140508.xlsx")
    index = seen(Casme2(images).index())
    (images / "CASME2-coding-20140508.xlsx").unlink()
    return index


def test_the_counts_of_the_papers(root: Path) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    index = Casme2(root).index()
    assert len(index.clips) == index.expected == 255
    for word in ("3", "5", "7"):
        labelling = Casme2.labellings[word]
        assert trees.counts(Casme2, index, word) == (labelling.expected, labelling.subjects)
    assert (index.missing, index.dropped) == ((), ())


def without_blank_columns(rows: list) -> list:
    return [[cell for i, cell in enumerate(row) if i not in (2, 6)] for row in rows]


def integer_subjects(rows: list) -> list:
    return [rows[0], *([int(row[0]), *row[1:]] for row in rows[1:])]


def float_numbers(rows: list) -> list:
    return [[float(cell) if isinstance(cell, int) else cell for cell in row] for row in rows]


def shuffled(rows: list) -> list:
    return [rows[0], *random.Random(3).sample(rows[1:], len(rows) - 1)]


def repeated(rows: list) -> list:
    return [*rows, *rows[5:15]]


def with_256th(rows: list) -> list:
    return [*rows, ["24", "EP02_07", None, 30, 32, 35, None, 4, "others"]]


def with_prefix(rows: list) -> list:
    return [rows[0], *([f"sub{row[0]}", f" {row[1]} ", *row[2:]] for row in rows[1:])]


def with_blank_rows(rows: list) -> list:
    return [[], [None, "legend"], *rows[:100], [None] * 9, [None, "", " "], *rows[100:], [], []]


SHAPES = (
    without_blank_columns,
    integer_subjects,
    float_numbers,
    shuffled,
    repeated,
    with_256th,
    with_prefix,
    with_blank_rows,
)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_copy_of_the_table_gives_the_same_clips(root: Path, plain: list, shape) -> None:
    trees.casme2_table(root / "CASME2-coding-20190701.xlsx", shape)
    assert seen(Casme2(root).index()) == plain


def test_the_same_from_csv(root: Path, plain: list) -> None:
    lines = [";".join("" if c is None else str(c) for c in row) for row in trees.casme2_rows()]
    head = ";".join(cell or "" for cell in trees.CASME2_HEAD)
    (root / "CASME2-coding.csv").write_text("\n".join([head, *lines]))
    assert seen(Casme2(root).index()) == plain


def test_formulas_with_stored_values(root: Path, plain: list) -> None:
    trees.as_formulas(trees.casme2_table(root / "CASME2-coding-20140508.xlsx"), cached=True)
    assert seen(Casme2(root).index()) == plain


def test_formulas_without_stored_values_are_named(root: Path) -> None:
    trees.as_formulas(trees.casme2_table(root / "CASME2-coding-20140508.xlsx"), cached=False)
    with pytest.raises(DataError, match=r"coding-20140508.xlsx: no values below 'OnsetFrame'"):
        Casme2(root).index()


def test_the_oddities_are_said(root: Path) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx", lambda r: with_256th(repeated(r)))
    index = Casme2(root).index()
    by_id = {clip.id: clip for clip in index.clips}
    assert by_id["casme2/04/EP12_01f"].apex_source == "absent"
    assert by_id["casme2/05/EP09_05f"].apex == 0
    assert any("04/EP12_01f: apex '/' is not a frame number" in text for text in index.repaired)
    assert sum("identical rows" in text for text in index.repaired) == 10
    assert index.dropped == ("casme2/24/EP02_07: a 256th row, not among the 255 published",)


def test_a_clip_of_that_name_stays_where_it_is_no_256th_row(root: Path) -> None:
    def renamed(rows: list) -> list:
        at = next(i for i, row in enumerate(rows) if row[0] == "24")
        return [*rows[:at], ["24", "EP02_07", *rows[at][2:]], *rows[at + 1 :]]

    trees.casme2_table(root / "CASME2-coding-20140508.xlsx", renamed)
    assert trees.missing(Casme2(root).index()) == ("casme2/24/EP02_07",)


def test_missing_clips_are_named(tmp_path: Path) -> None:
    lack = [f"{row[0]}/{row[1]}" for row in trees.casme2_rows()[::100]]
    trees.casme2_images(tmp_path, lack=lack)
    trees.casme2_table(tmp_path / "CASME2-coding-20140508.xlsx")
    index = Casme2(tmp_path).index()
    assert trees.missing(index) == tuple(f"casme2/{name}" for name in lack)
    assert len(index.clips) == 255 - len(lack)


def test_roots_in_use(root: Path, plain: list) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    for folder in (root, root / "Cropped", root.parent):
        assert seen(Casme2(folder).index()) == plain


def test_raw_frames(tmp_path: Path, plain: list) -> None:
    trees.casme2_images(tmp_path, cropped=False)
    trees.casme2_table(tmp_path / "CASME2-coding-20140508.xlsx")
    index = Casme2(tmp_path).index()
    assert [c[0] for c in seen(index)] == [c[0] for c in plain]
    numbers = [int("".join(filter(str.isdigit, name))) for name in index.clips[0].files]
    assert len(numbers) == 4
    assert numbers == sorted(numbers)


def test_cropped_frames_are_preferred(root: Path) -> None:
    trees.casme2_images(root, cropped=False)
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    assert {c.files[0][:3] for c in Casme2(root).index().clips} == {"reg"}


def test_objective_classes_from_their_own_table(root: Path) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    tally = {1: 25, 2: 15, 3: 99, 4: 26, 5: 20, 6: 1, 7: 69}
    numbers = [c for c, n in tally.items() for _ in range(n)]
    rows = [[int(r[0]), r[1], n] for r, n in zip(trees.casme2_rows(), numbers, strict=True)]
    head = ["Subject", "Filename", "Objective Class"]
    trees.write_xlsx(root / "CASME2-ObjectiveClasses.xlsx", {"Sheet1": [head, *rows]})
    index = Casme2(root).index()
    assert trees.counts(Casme2, index, "objective")[0] == (25, 15, 99, 26, 20)


def test_action_units(root: Path) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    units = {clip.action_units for clip in Casme2(root).index().clips}
    assert units == {
        None,
        *map(frozenset, ({4}, {4, 7}, {10}, {1, 2}, {12}, {4, 5, 7}, {17})),
    }


def test_a_hostile_tree(root: Path, images: Path, plain: list) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    (root / "~$CASME2-coding-20140508.xlsx").write_bytes(b"lock")
    (root / "loop").symlink_to(root / "loop")
    (root / "up").symlink_to(root)
    (root / "Cropped" / "sub01").unlink()
    (root / "Cropped" / "sub01").mkdir()
    for clip in (images / "Cropped" / "sub01").iterdir():
        folder = root / "Cropped" / "sub01" / clip.name
        folder.mkdir()
        for frame in clip.iterdir():
            (folder / frame.name).write_bytes(frame.read_bytes())
        for name in ("Thumbs.db", "notes 1.txt", "._reg_img11.jpg", "reg_img11 (1).jpg", "臉.jpg"):
            (folder / name).write_bytes(b"x")
        (folder / "reg_img0.jpg").write_bytes(b"")
        (folder / "reg_img99999.jpg").symlink_to(folder / "reg_img99999.jpg")
        (folder / "reg_img12.d").mkdir()
    (root / "Cropped" / "sub01" / "EP 臉 7").mkdir()
    assert seen(Casme2(root).index()) == plain


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a workbook", "not a readable spreadsheet"),
        (b"", "not a readable spreadsheet"),
    ],
)
def test_a_broken_table_is_named(root: Path, content: bytes, said: str) -> None:
    (root / "CASME2-coding-20140508.xlsx").write_bytes(content)
    with pytest.raises(DataError, match=said) as caught:
        Casme2(root).index()
    assert "CASME2-coding-20140508.xlsx" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_lacks_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no folder \S*none;"):
        Casme2(tmp_path / "none").index()
    with pytest.raises(DataError, match="no folders sub01, sub02"):
        Casme2(tmp_path).index()
    (tmp_path / "CASME2" / "Cropped" / "sub01" / "EP01_01").mkdir(parents=True)
    with pytest.raises(DataError, match="expected a file like CASME2-coding-20140508"):
        Casme2(tmp_path / "CASME2").index()
    trees.write_xlsx(tmp_path / "CASME2" / "CASME2-coding.xlsx", {"a": [["Subject", "Apex"]]})
    with pytest.raises(DataError, match="no row contains the column headers subject, filename"):
        Casme2(tmp_path / "CASME2").index()
