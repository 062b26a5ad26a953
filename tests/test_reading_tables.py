"""Tables: the header is found by its words, whatever stands around it."""

from pathlib import Path

import pytest
import trees

from bench.core.errors import DataError
from bench.data.reading import read_table

HEAD = ["Subject", None, "File Name", "Onset\nFrame", "AU"]
ROWS = [["01", None, "EP01", 46.0, "4+7"], [2, None, "EP02", "/", None]]


def pairs(path: Path, **options: str) -> list[tuple[str, ...]]:
    fields = ("subject", "name", "onset", "action_units")
    return [tuple(row[f] for f in fields) for row in read_table(path, **options)]


EXPECTED = [("01", "EP01", "46", "4+7"), ("2", "EP02", "/", "")]


def test_a_workbook(tmp_path: Path) -> None:
    path = trees.write_xlsx(tmp_path / "a.xlsx", {"S": [["legend: Subject"], [], HEAD, *ROWS]})
    assert pairs(path) == EXPECTED
    assert [row["row"] for row in read_table(path)] == ["4", "5"]
    assert read_table(path)[0]["emotion"] == ""
    path = trees.write_xlsx(tmp_path / "b.xlsx", {"S": [[], [], HEAD, *ROWS]})
    assert [row["row"] for row in read_table(path)] == ["4", "5"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_csv(tmp_path: Path, delimiter: str, encoding: str) -> None:
    head = ["Subject", "Filename", "OnsetFrame", "AU", "Résumé"]
    rows = [["01", "EP01", "46.0", "4+7", "é"], ["", "", "", "", ""], ["2", "EP02", "/", "", ""]]
    text = "\r\n".join(delimiter.join(row) for row in [head, *rows])
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert [row[1] for row in pairs(tmp_path / "a.csv")] == ["EP01", "EP02"]
    assert pairs(tmp_path / "a.csv")[1] == EXPECTED[1]


def test_other_sheets_are_looked_into_and_one_is_preferred(tmp_path: Path) -> None:
    sheets = {"notes": [["Subject"]], "a": [HEAD, ROWS[0]], "b": [HEAD, ROWS[1]]}
    path = trees.write_xlsx(tmp_path / "a.xlsx", sheets)
    assert pairs(path) == EXPECTED[:1]
    assert pairs(path, sheet="b") == EXPECTED[1:]
    assert pairs(path, sheet="none") == EXPECTED[:1]


def test_100_000_empty_rows(tmp_path: Path) -> None:
    path = trees.write_xlsx(tmp_path / "a.xlsx", {"S": [HEAD, *ROWS]})
    blank = "".join(
        f'<row r="{i}"><c r="B{i}" t="str"><v> </v></c></row>' for i in range(4, 100_004)
    )
    trees.patch_sheets(
        path, lambda xml: xml.replace(b"</sheetData>", f"{blank}</sheetData>".encode())
    )
    assert pairs(path) == EXPECTED


def test_formulas(tmp_path: Path) -> None:
    path = trees.write_xlsx(tmp_path / "a.xlsx", {"S": [HEAD, ["01", None, "EP01", 46, 4]]})
    trees.as_formulas(path, cached=True)
    assert pairs(path) == [("01", "EP01", "46", "4")]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04 but no more", "not a readable spreadsheet"),
        ("a.xls", b"\xd0\xcf\x11\xe0 but no more", "not a readable spreadsheet"),
        ("a.csv", b"", "no row contains the column headers subject, filename"),
        ("a.csv", b"Subject,Filename\n", "no values below 'Subject' in row 1"),
        ("a.csv", b"Subject,Filename\n,EP01\n", "no values below 'Subject' in row 1"),
        ("a.csv", b"\x00\xff" * 50, "a.csv"),
        ("b.csv/", b"", "b.csv"),
    ],
)
def test_what_is_no_table_is_named_in_one_line(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
