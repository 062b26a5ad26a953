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


def in_table(rows: list) -> list:
    """Objective classes of the coding table itself, as in 2019."""
    tally = {"I": 30, "II": 18, "III": 93, "IV": 15, "V": 18, "VI": 1, "VII": 80}
    numbers = [c for c, n in tally.items() for _ in range(n)]
    body = trees.casme2_2019(rows[1:])
    return [[*rows[0], "Objective class"], *([*r, n] for r, n in zip(body, numbers, strict=True))]


def test_revisions_are_told_by_their_rows(root: Path) -> None:
    """Counts of 2019: the README of MMNet, https://github.com/muse1998/MMNet."""
    table = root / "CASME2-coding-20190701.xlsx"
    trees.casme2_table(table)
    index = Casme2(root).index()
    assert index.revision == "2014"
    assert trees.counts(Casme2, index, "5")[0] == Casme2.labellings["5"].counts("2014")
    trees.casme2_table(table, trees.casme2_2019)
    index = Casme2(root).index()
    assert index.revision == "2019"
    for word, total in (("5", 249), ("3", 148), ("7", 255)):
        found = trees.counts(Casme2, index, word)[0]
        assert found == Casme2.labellings[word].counts("2019")
        assert sum(found) == total
    assert "24/EP07_04f (surprise, not sadness)" in " ".join(index.notes)


def test_a_table_of_no_known_revision_is_a_problem(root: Path) -> None:
    def mixed(rows: list) -> list:
        return [[*r[:8], "fear"] if r[1] == "EP07_04f" else r for r in rows]

    trees.casme2_table(root / "CASME2-coding-20140508.xlsx", mixed)
    index = Casme2(root).index()
    assert index.revision == "unknown"
    assert index.problems == (
        "the table is not a known revision (2014 or 2019): 24/EP07_01 sadness, "
        "24/EP07_04f fear, 24/EP10_03 sadness",
    )


def test_a_table_without_the_telling_clips_is_of_unknown_revision(root: Path) -> None:
    trees.casme2_table(
        root / "CASME2-coding-20140508.xlsx", lambda rows: [r for r in rows if r[1] != "EP10_03"]
    )
    index = Casme2(root).index()
    assert index.revision == "unknown"
    assert "revision of the table: unknown, 24/EP10_03 is not in it" in index.notes


def test_a_fingerprint_is_of_what_the_rows_say(root: Path) -> None:
    def shown(shape) -> str:
        trees.casme2_table(root / "CASME2-coding-20140508.xlsx", shape)
        (note,) = [text for text in Casme2(root).index().notes if "fingerprint" in text]
        return note.split("fingerprint ")[1]

    plain = shown(lambda rows: rows)
    assert len(plain) == 16
    for shape in SHAPES[2::3]:
        assert shown(shape) == plain
    assert shown(trees.casme2_2019) != plain
    assert shown(lambda rows: [*rows[:9], [*rows[9][:3], 1, *rows[9][4:]], *rows[10:]]) != plain


def test_objective_classes_of_the_later_table_are_said_to_differ(root: Path) -> None:
    trees.casme2_table(root / "CASME2-coding-20190701.xlsx", in_table)
    index = Casme2(root).index()
    found = trees.counts(Casme2, index, "objective")[0]
    assert found == Casme2.labellings["objective"].counts("2019") == (30, 18, 93, 15, 18)
    assert "differs on 37 clips" in " ".join(index.notes)
    rows = [[int(r[0]), r[1], "I"] for r in trees.casme2_rows()]
    head = ["Subject", "Filename", "Objective Class"]
    trees.write_xlsx(root / "CASME2-ObjectiveClasses.xlsx", {"Sheet1": [head, *rows]})
    index = Casme2(root).index()
    assert trees.counts(Casme2, index, "objective")[0] == (255, 0, 0, 0, 0)
    (note,) = [text for text in index.notes if text.startswith("objective")]
    assert note.startswith(
        "objective classes are those of CASME2-ObjectiveClasses.xlsx; the coding table differs, "
        "on 225 clips: "
    )


def test_another_name_of_the_table_is_read_where_its_columns_fit(root: Path, plain: list) -> None:
    trees.casme2_table(root / "CASME2_label_Ver_2.xlsx")
    (root / "scores.csv").write_text("Subject,Filename\n01,x\n")
    index = Casme2(root).index()
    assert seen(index) == plain
    assert "CASME2_label_Ver_2.xlsx: 255 rows" in " ".join(index.notes)


def test_of_two_tables_the_one_read_and_the_one_refused_are_said(root: Path, plain: list) -> None:
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    trees.casme2_table(root / "CASME2-coding-20190701.xlsx", trees.casme2_2019)
    index = Casme2(root).index()
    assert seen(index) == plain
    assert "CASME2-coding-20140508.xlsx: 255 rows" in " ".join(index.notes)
    (refused,) = index.refused
    assert refused.endswith(
        "CASME2-coding-20190701.xlsx: CASME2-coding-20140508.xlsx is read instead"
    )


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
