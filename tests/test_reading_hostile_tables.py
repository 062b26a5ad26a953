"""Tables that people and programs spoil: filled where it is safe, else one line that says where."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import trees
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bench.core.errors import DataError
from bench.data.megc2019 import read_list
from bench.data.reading import number, read_table
from bench.data.reading.sheets import read_csv

HEAD = ["Subject", "Filename", "OnsetFrame", "Estimated Emotion"]


def book(folder: Path, rows: list[list[object]], merges: tuple[str, ...] = ()) -> Path:
    path = trees.write_xlsx(folder / "a.xlsx", {"S": rows})
    if merges:
        opened = load_workbook(path)
        for place in merges:
            opened["S"].merge_cells(place)
        opened.save(path)
    return path


def refused(path: Path, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        read_table(path, **options)
    said = str(caught.value)
    assert said.startswith(f"{path}: ")
    assert "\n" not in said
    assert len(said) < 400
    return said


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), emotion=st.booleans())
@settings(max_examples=30, deadline=None)
def test_merged_cells_are_those_of_every_row(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], emotion: bool
) -> None:
    rows: list[list[object]] = [HEAD]
    merges = []
    for person, size in enumerate(sizes, start=1):
        first = len(rows) + 1
        rows += [[person, f"c{i}", 10 + i, "happiness"] for i in range(size)]
        if size > 1:
            merges.append(f"A{first}:A{len(rows)}")
            merges += [f"D{first}:D{len(rows)}"] if emotion else []
    plain = read_table(book(tmp_path_factory.mktemp("a"), rows))
    assert read_table(book(tmp_path_factory.mktemp("b"), rows, tuple(merges))) == plain
    assert len(plain) == sum(sizes)


def test_merges_across_columns_and_headers_of_two_rows(tmp_path: Path) -> None:
    rows = [
        ["All clips", None, None, None],
        ["Subject", "Filename", "Frames", None],
        [None, None, "Onset", "Offset"],
        [1, "a", 3, 9],
        [2, "no micro-expression", None, None],
    ]
    path = book(tmp_path, rows, ("A1:D1", "A2:A3", "B2:B3", "C2:D2", "B5:D5"))
    found = read_table(path, ("subject", "name", "onset", "offset"))
    assert [(r["subject"], r["name"], r["onset"], r["offset"]) for r in found] == [
        ("1", "a", "3", "9"),
        ("2", "no micro-expression", "", ""),
    ]
    one = book(tmp_path, [HEAD, [None] * 4, [1, "a", 3, "fear"]], ("A1:A2", "B1:B2", "C1:C2"))
    assert [row["subject"] for row in read_table(one)] == ["1"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_subjects_that_only_the_first_of_their_rows_names(tmp_path: Path, kind: str) -> None:
    """A table with merged cells that was saved as csv does not tell what was merged."""
    rows = [HEAD, *([i if j == 0 else "", f"c{j}", 5, "fear"] for i in (1, 2) for j in range(16))]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in rows))
    path = path if kind == "csv" else book(tmp_path, rows)
    said = refused(path)
    assert "30 of 32 rows, the first row 3, have no value below 'Subject'" in said


def test_a_single_incomplete_row_is_left_to_the_index(tmp_path: Path) -> None:
    rows = [HEAD, *([1, f"c{i}", 5, "fear"] for i in range(20)), ["", "c99", 5, "fear"]]
    assert len(read_table(book(tmp_path, rows))) == 21


@pytest.mark.parametrize("digits", [10, 400, 5000])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "text"])
def test_numbers_of_no_frame(tmp_path: Path, digits: int, kind: str) -> None:
    figure = "9" * digits
    path = tmp_path / "a.csv"
    path.write_text(f"Subject,Filename,OnsetFrame\n1,a,5\n1,b,{figure}\n")
    if kind != "csv":
        value = figure if kind == "text" else 77
        path = book(tmp_path, [HEAD, [1, "a", 5], [1, "b", value]])
        old, new = b"<v>77</v>", f"<v>{figure}</v>".encode()
        trees.patch_sheets(path, lambda xml: xml.replace(old, new))
    assert "row 3, column 'OnsetFrame': " in refused(path)


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{0,500}(\.[0-9]*)?", fullmatch=True))
def test_any_text_is_a_frame_number_or_none(text: str) -> None:
    found = number(text)
    assert found is None or 0 <= found < 10**9


@pytest.mark.parametrize("sign", ["\0", "\x1b", "\x07"])
def test_control_characters(tmp_path: Path, sign: str) -> None:
    (tmp_path / "a.csv").write_text(f"Subject,Filename\n1,a\n1,b{sign}c\n")
    said = refused(tmp_path / "a.csv")
    assert f"row 3, column 'Filename': the control character {sign!r}" in said


def test_large_cells_and_open_quotation_marks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Subject,Filename\n1,a\n1," + "b" * 200_000 + "\n")
    assert "row 3: field larger than field limit" in refused(path)
    path.write_text('Subject,Filename\n1,"a\n' + "1,b\n" * 400)
    assert "row 2, column 'Filename': " in refused(path)
    assert "quotation mark" in refused(path)


def test_unicode_text_of_excel(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Subject\tFilename\n1\tü\n".encode("utf-16"))
    assert [row["name"] for row in read_table(tmp_path / "a.csv")] == ["ü"]


FAR = "import sys; from pathlib import Path; from bench.data.reading import read_table\n"
FAR += "try: print(len(read_table(Path(sys.argv[1]))))\nexcept Exception as e: print(type(e), e)"


@pytest.mark.parametrize("place", ["XFD1048576", "XFD5000", "Z1048576"])
def test_a_cell_far_away_does_not_abort_the_process(tmp_path: Path, place: str) -> None:
    path = book(tmp_path, [HEAD, [1, "a", 5, "fear"]])
    opened = load_workbook(path)
    opened["S"][place] = "x"
    opened.save(path)
    done = subprocess.run(
        [sys.executable, "-c", FAR, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "DataError" in done.stdout
    assert f"a cell at {place}, far beyond the table" in done.stdout


def test_formatted_cells_far_away_do_no_harm(tmp_path: Path) -> None:
    path = book(tmp_path, [HEAD, [1, "a", 5, "fear"]])
    blank = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    trees.patch_sheets(path, lambda xml: xml.replace(b"</sheetData>", blank))
    assert len(read_table(path)) == 1


def test_a_workbook_that_unpacks_to_gigabytes(tmp_path: Path) -> None:
    path = book(tmp_path, [HEAD, [1, "a", 5, "fear"]])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("xl/media/a.bin", bytes(70_000_000))
    assert "unpacks to more than" in refused(path)


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    # Made once: workbooks hold the time, and hypothesis needs the same bytes each time.
    return book(tmp_path_factory.mktemp("whole"), [HEAD, [1, "a", 5, "fear"]]).read_bytes()


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_damaged_bytes_end_in_rows_or_one_line(
    workbook: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    kind = data.draw(st.sampled_from(["a.xlsx", "a.xls", "a.csv"]))
    whole = workbook
    if kind == "a.csv":
        whole = b"Subject,Filename,OnsetFrame\n1,a,5\n"
    spoilt = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 5))):
        if spoilt:
            at = data.draw(st.integers(0, len(spoilt) - 1))
            spoilt[at] = data.draw(st.integers(0, 255))
    (folder / kind).write_bytes(bytes(spoilt))
    try:
        rows = read_table(folder / kind)
    except DataError as error:
        assert str(folder / kind) in str(error)  # noqa: PT017 (both ends are right)
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert all(isinstance(value, str) for row in rows for value in row.values())


@pytest.mark.parametrize("cell", ["b" * 200_000, "\0", '"open', "é"])
def test_the_list_of_megc_2019_is_read_as_safely(tmp_path: Path, cell: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"casme2,1,EP01,0\ncasme2,1,EP02,{cell}\n", encoding="cp1252")
    with pytest.raises(DataError) as caught:
        read_list(path)
    assert str(caught.value).startswith(f"{path}: row 2")
    assert len(str(caught.value)) < 400


def test_a_device_without_end_is_no_table() -> None:
    with pytest.raises(DataError, match="more than 64000000 bytes"):
        read_csv(Path("/dev/zero"))
