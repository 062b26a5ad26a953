"""The board as a reader sees it: narrow tables, columns by choice, literature beside."""

from __future__ import annotations

import base64
import csv
import dataclasses
import io
import json
import math
import re
from pathlib import Path

import hostile
import pytest
from rich.cells import cell_len
from rich.console import Console
from test_board_notes import kinds

from bench.board.board import Board, Table
from bench.board.columns import COLUMNS, DETAILS, MAIN, choose, ordered
from bench.board.html import html
from bench.board.latex import latex
from bench.board.markdown import literature, markdown
from bench.board.notes import BRIEF, brief_note, brief_text, note_text
from bench.board.plain import flat, to_csv, to_json, to_parquet
from bench.board.read import read_board
from bench.board.terminal import LONGEST_NOTE, fitting, grids
from bench.core.errors import BenchError
from bench.data.contract import Contract
from bench.evaluation.notes import (
    NotIsolated,
    Partial,
    Reconstructed,
    Stale,
    Told,
    Transductive,
    WithoutAnnotation,
)
from bench.evaluation.row import FitTime, Row, Score
from bench.literature.caveats import ImpossibleScores, OtherPreset
from bench.literature.comparison import Comparison

METHODS = ("mfvan:delta-no-ri (quick)", "lbptop", "offapex (quick)", "shcfnet (quick)", "htnet")
PARTS = ("casme2", "samm", "smic")


def row(name: str, uf1: float, rank: int | None = 1, **changes) -> Row:
    """A row of a composite, of a real board's form."""
    label, _, preset = name.partition(" (")
    scores = {
        metric: Score(uf1 - less, uf1 - less - 0.07, uf1 - less + 0.06)
        for metric, less in (("uf1", 0), ("uar", 0.02), ("accuracy", 0.01), ("f1", 0))
    }
    given = {
        "label": label, "preset": preset.rstrip(")") or "paper", "family": label, "title": label,
        "fidelity": "stated", "selection": "last", "folds": 68, "of": 68, "seeds": (0,),
        "scores": scores, "recall": [uf1, uf1, uf1], "oracle": None, "fit_seconds": 12.3,
        "parts": {part: {"uf1": uf1, "uar": uf1} for part in PARTS}, "parameters": 123_456,
        "rank": rank, "fit_times": (FitTime("cpu", 68, 12.3),), "provenance": "run", "clips": 442,
    }  # fmt: skip
    return Row(**(given | changes))


def table(*rows: Row, **changes):
    (plain, _) = hostile.board().tables
    given = {
        "task": "3db/3", "classes": ("negative", "positive", "surprise"), "counts": (250, 109, 83),
        "subjects": 68, "rows": rows, "test_best": (), "variants": (), "published": (),
        "fingerprint": "6bb2614c0653",
    }  # fmt: skip
    return dataclasses.replace(plain, **(given | changes))


ROWS = (
    *(row(name, 0.7 - i / 20, 1 + i // 2) for i, name in enumerate(METHODS[:3])),
    row(METHODS[3], 0.5, notes=(Reconstructed(),)),
    row("majority", 0.241, None, reference=True),
    row(METHODS[4], 0.9, None, folds=2, of=8, notes=(Partial(2, 8, {"timeout": 6}), Stale(("x",)))),
)
BOARD = Board((table(*ROWS),), {})


def pipe_tables(text: str) -> list[list[str]]:
    """The tables of a markdown text, as their lines."""
    return [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]


def shown(width: int, board: Board = BOARD) -> list[str]:
    """The lines of a terminal."""
    file = io.StringIO()
    for each in board.tables:
        for grid in grids(each, width):
            Console(file=file, width=width, color_system=None).print(grid)
    return file.getvalue().splitlines()


def test_the_main_table_is_narrow_and_the_second_has_the_rest():
    main, details = pipe_tables(markdown(BOARD))
    assert [cell.strip() for cell in main[0].strip("|").split("|")] == [
        "#", "method", "UF1 [95 %]", "UAR", "acc.", "casme2/samm/smic UF1", "notes",
    ]  # fmt: skip
    assert max(map(len, main)) < 110
    for word in ("recall", "seeds", "fit/fold", "parameters", "fidelity", "provenance", "clips"):
        assert word in details[0] or word == "clips"
    assert "2/8 folds: 6 timeout; stale: x changed since" in "\n".join(details)
    assert {*MAIN, *DETAILS} == {*COLUMNS}


def test_f1_has_a_column_only_where_it_is_not_uf1():
    scores = ROWS[0].scores | {"f1": Score(0.123)}
    other = Board((table(dataclasses.replace(ROWS[0], scores=scores), *ROWS[1:]),))
    assert " F1 |" not in pipe_tables(markdown(BOARD))[0][0]
    assert "  F1 |" in pipe_tables(markdown(other))[0][0]


@pytest.mark.parametrize("width", [40, 60, 72, 80, 100, 120, 160, 400])
def test_a_terminal_of_any_width_shows_ranks_names_and_missing_folds_whole(width):
    lines = shown(width)
    assert all(cell_len(line) <= width for line in lines)
    assert "…" not in "".join(lines)
    text = " ".join(lines)
    for word in ("#", "2/8 folds", ".700 [.630, .760]", "ref"):
        assert word in text or width < 60
    columns = fitting(BOARD.tables[0], ROWS, width)
    assert {"rank", "method", "uf1"} <= {column.name for column in columns}
    assert {"notes", "remarks"} & {column.name for column in columns} or width < 56
    # A cell that is shown is shown to its end.
    for each in ROWS if width >= 72 else ():
        (line,) = (one for one in lines if f" {each.name}  " in one)
        for column in columns:
            assert column.text(BOARD.tables[0], each) in line
    lacking = {column.title(BOARD.tables[0]) for column in MAIN}
    lacking -= {column.title(BOARD.tables[0]) for column in columns} | {"F1"}
    said = text.partition("No room for ")[2]
    assert bool(lacking) == bool(said)
    assert all(title in " ".join(said.split()) for title in lacking)


def names_shown(made: Table, width: int) -> list[str]:
    """Columns of a terminal, the notes in brief or in full under one name."""
    found = [one.name for one in fitting(made, made.rows, width)]
    return ["notes" if name == "remarks" else name for name in found]


def test_columns_leave_by_their_priority():
    """Details that differ only in one row, in order of priority; the others do not differ."""
    odd = dataclasses.replace(ROWS[0], fit_seconds=9.0, parameters=1, recall=(0.1, 0.2, 0.3))
    one = table(odd, *ROWS[1:])
    order = ["uar", "accuracy", "parts", "fit", "recall", "folds", "parameters"]
    idle = ["fidelity", "seeds", "selection", "provenance"]
    always = ["rank", "method", "uf1"]
    assert {column.name for column in MAIN} == {*always, "notes", *order[:3], "f1"}
    seen = set()
    for width in range(40, 400):
        names = names_shown(one, width)
        assert set(always) <= set(names)
        # What a score rests on leaves last.
        assert "notes" in names or set(names) == set(always)
        # Each is there only with all before it.
        told = [name for name in order if name in names]
        assert told == order[: len(told)]
        assert len(told) == len(order) or not {*idle} & {*names}
        seen.add(len(told))
        assert set(names) <= set(names_shown(one, width + 1))
    assert seen == set(range(len(order) + 1))
    assert {*idle} <= {*names}


def test_notes_leave_before_a_name_is_broken_in_a_word():
    """The widths at which the four columns fit: 3 + 17 + 17 + 13 characters and 3 times 2."""
    for width, kept in ((55, False), (56, True)):
        lines = shown(width)
        assert any(line.split()[1] == "mfvan:delta-no-ri" for line in lines if line[:1] == "1")
        assert ("reconstructed" in "".join(lines)) == kept
        assert ("notes: widen" in " ".join(lines)) == (not kept)
    assert [line for line in shown(66) if "mfvan:delta-no-ri (quick)  .700" in line]


@pytest.mark.parametrize("long", [Told("word " * 30), Stale(("some.long.module",) * 9)])
def test_a_long_note_pushes_no_column_out(long):
    plain, noted = (
        table(*ROWS[:4], dataclasses.replace(ROWS[4], notes=(note,)))
        for note in (Told("w" * LONGEST_NOTE), long)
    )
    for width in range(60, 200):
        assert set(names_shown(plain, width)) <= set(names_shown(noted, width))
        assert all(cell_len(line) <= width for line in shown(width, Board((noted,), {})))
    # Where nothing else is to be shown, it stands in full.
    assert "remarks" in {column.name for column in fitting(noted, noted.rows, 900)}


def test_clips_take_room_only_where_some_are_missing():
    whole = Contract(found=(250, 109, 83), expected=(250, 109, 83))
    rows = [dataclasses.replace(one, clips=442, expected=442) for one in ROWS[:4]]
    one = table(*rows, contract=whole, classes=("a", "b", "c"), task="toy/3")
    assert "clips" not in names_shown(one, 80)
    assert "clips" in names_shown(one, 400)
    fewer = table(*rows[1:], dataclasses.replace(rows[0], clips=20), contract=whole)
    assert "clips" in names_shown(fewer, 80)


@pytest.mark.parametrize("contract", [
    Contract(found=(90, 50, 30), expected=(250, 109, 83)),
    Contract(found=(249, 109, 83), missing=("smic/s1/s1_ne_01",)),
])  # fmt: skip
def test_rows_keep_their_clips_on_a_terminal_of_usual_width(contract):
    one = table(*ROWS, contract=contract, classes=("a", "b", "c"), task="toy/3")
    for width in (80, 100, 160):
        assert "clips" in {column.name for column in fitting(one, ROWS[:4], width)}


def test_chosen_columns_and_only_they_in_every_format():
    columns = choose("method,recall,uf1")
    names = ["method", "negative/positive/surprise recall", "UF1 [95 %]"]
    ((head, *_),) = pipe_tables(markdown(BOARD, columns))
    assert [cell.strip() for cell in head.strip("|").split("|")] == names
    assert re.findall(r"<th(?: [^>]*)?>(.*?)</th>", html(BOARD, columns)) == names
    assert "method & negative & positive & surprise & UF1 [95 \\%]" in latex(BOARD, columns)
    line = next(csv.DictReader(io.StringIO(to_csv(BOARD, columns))))
    assert list(line)[4:8] == ["method", "preset", "reference", "recall_negative"]
    with pytest.raises(BenchError, match="did you mean accuracy"):
        choose("acuracy")


@pytest.mark.parametrize("name", [column.name for column in COLUMNS if column.order])
def test_sorting_keeps_the_unranked_below(name):
    (made,) = ordered(BOARD, name).tables
    assert sorted(one.name for one in made.rows) == sorted(one.name for one in ROWS)
    places = [one.rank is None for one in made.rows]
    assert places == sorted(places)
    if name == "uar":
        assert made.rows[0].name == METHODS[0]
    if name == "method":
        assert [one.name for one in made.rows[:2]] == ["lbptop", METHODS[0]]


def test_what_has_no_order_does_not_sort():
    with pytest.raises(BenchError, match="--sort notes: expected one of rank, method, uf1"):
        ordered(BOARD, "notes")


def test_brief_notes_fit_and_count_the_others():
    notes = (Partial(2, 8, {"timeout": 6}), Reconstructed(), Transductive())
    assert brief_text(row("a", 0.5, notes=notes)) == "2/8 folds +2"
    assert brief_text(row("a", 0.5, notes=(NotIsolated(), Stale(("x",))))) == "not isolated +1"
    assert brief_text(row("a", 0.5, notes=(), provenance="reported")) == "reported"
    assert brief_text(row("a", 0.5)) == "–"
    assert brief_note(WithoutAnnotation("action_units")) == "no action units"


def test_every_kind_of_note_is_brief_in_the_narrow_table():
    for kind in kinds():
        values = {"ended": {}, "labels": ("a",), "changed": ("a",), "chosen": {"C=0.1": 68}}
        note = kind(*[values.get(name, "1") for name in kind.__match_args__])
        assert 0 < len(brief_note(note)) <= BRIEF + 10
        assert note_text(note)


def test_a_page_of_a_board_holds_its_forest_plots():
    page = html(BOARD)
    (picture,) = re.findall(r'<img src="data:image/svg\+xml;base64,([^"]*)" alt="Forest plot', page)
    assert b"mfvan" in base64.b64decode(picture)
    assert page.count("<img") == 1


def test_tables_of_several_tasks_have_contents():
    board = Board((table(*ROWS), table(*ROWS[:3], task="casme2/5", synthetic=True)))
    text = markdown(board)
    first = f"- [3db/3, loso](#table-1): {METHODS[0]} .700 and 2 more share rank 1"
    assert first in text
    assert '<a id="table-2"></a>\n\n## SYNTHETIC casme2/5, loso' in text
    assert '<a href="#table-2">SYNTHETIC casme2/5, loso</a>' in html(board)
    assert "#table-1" not in markdown(BOARD)


def comparison(name: str, label: str | None, part: str = "full") -> Comparison:
    ours = {"uf1": Score(0.65, 0.6, 0.7)} if label else {}
    return Comparison(name, label, part, {"uf1": 0.6}, ours, "last", "read", f"paper of {name}")


def test_literature_is_in_its_own_file_and_the_board_has_the_same_methods_alone():
    published = (
        comparison("LBP-TOP", "lbptop"),
        comparison("LBP-TOP", "lbptop", "smic"),
        comparison("STSTNet", None),
    )
    board = Board((table(*ROWS, published=published),))
    text, beside = markdown(board, beside_files=True), literature(board)
    (line,) = (line for line in text.splitlines() if "UF1 .600" in line)
    assert "| lbptop " in line
    assert "UF1 +.050 [+.000, +.100]" in line
    assert "paper of" not in text
    assert "[literature.md](literature.md#table-1)" in text
    assert '<a id="table-1"></a>' in beside
    for source in ("paper of LBP-TOP", "paper of STSTNet"):
        assert source in beside
    assert beside.count("UF1 .600") == 3


def test_numbers_for_programs_have_the_same_names_in_every_line():
    lines = flat(BOARD)
    assert {tuple(line) for line in lines} == {tuple(lines[0])}
    assert lines[0]["uf1_low"] == pytest.approx(0.63)
    assert lines[0]["casme2_uf1"] == 0.7
    assert lines[4]["rank"] is None
    again = list(csv.DictReader(io.StringIO(to_csv(BOARD))))
    assert list(again[0]) == list(lines[0])
    assert again[5]["notes"] == "2/8 folds: 6 timeout; stale: x changed since"


def test_parquet_holds_what_csv_holds():
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(io.BytesIO(to_parquet(BOARD))).to_pylist() == flat(BOARD)


def rendered(board: Board) -> list[str]:
    return [write(board) for write in (markdown, literature, html, latex, to_csv, to_json)]


def test_a_board_read_from_its_json_is_the_same_in_every_format(world, tmp_path):
    published = (comparison("LBP-TOP", "lbptop"), comparison("STSTNet", None))
    rows = (*ROWS[:-1], dataclasses.replace(ROWS[-1], recall=[0.5, math.nan, 0.25]))
    caveats = (ImpossibleScores("no"), OtherPreset("quick"))
    noted = dataclasses.replace(published[0], caveats=caveats)
    one = table(*rows, published=(noted, *published[1:]), ceiling=0.8)
    one = dataclasses.replace(one, variants=hostile.board().tables[0].variants)
    made = Board((one, table(*ROWS, synthetic=True, task="a/2")), {"x": "a machine"})
    path = tmp_path / "leaderboard.json"
    path.write_text(to_json(made))
    for source in (path, tmp_path):
        assert rendered(read_board(source)) == rendered(made)
    out = world.bench("board", "--from", str(path), "--tasks", "a/2", "--format", "csv").out
    assert {line.split(",")[0] for line in out.splitlines()[1:]} == {"a/2"}


def test_a_note_of_a_later_version_keeps_its_text(tmp_path):
    raw = json.loads(to_json(BOARD))
    raw["tables"][0]["rows"][0]["notes"] = [{"kind": "of-tomorrow", "x": 1, "text": "new words"}]
    (tmp_path / "leaderboard.json").write_text(json.dumps(raw))
    assert read_board(tmp_path).tables[0].rows[0].notes == (Told("new words"),)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda raw: raw.pop("format"), "earlier version"),
        (lambda raw: raw.update(format=99), "upgrade bench"),
        (lambda raw: raw.pop("tables"), "tables: missing"),
        (lambda raw: raw["tables"][0].pop("rows"), "tables.0.rows: missing"),
        (lambda raw: raw["tables"][0]["rows"][0].update(rank="x"), "tables.0.rows.0.rank: 'x'"),
        (lambda raw: raw["tables"][0]["rows"][-1]["notes"][0].pop("folds"), "folds: missing"),
        (lambda raw: raw["tables"][0]["rows"][-1]["notes"][0].pop("kind"), "kind: missing"),
        (lambda raw: raw["tables"][0]["rows"][0].update(confusion=[[1, 2], [3]]), "counts"),
        (
            lambda raw: raw["tables"][0]["differences"]["pairs"].append([0, 7, 0.1, 0, 1, 1]),
            "a pair of the rows 0 and 7",
        ),
    ],
)
def test_another_file_is_one_line(world, change, said):
    raw = json.loads(to_json(BOARD))
    change(raw)
    (world.folder / "leaderboard.json").write_text(json.dumps(raw))
    done = world.bench("board", "--from", ".")
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert "leaderboard.json" in line
    assert said in line
    assert "no such file" in world.bench("board", "--from", "nowhere.json").err


def test_the_command_takes_columns_and_order(world):
    world.run(methods="mean,mean:noisy,majority")
    out = world.bench("board", "--columns", "method,uf1", "--sort", "method").out
    lines = [line for line in out.splitlines() if "[" in line]
    assert lines[0].split() == ["method", "UF1", "[95", "%]"]
    assert [line.split()[0] for line in lines[1:]] == ["mean", "mean:noisy", "majority"]
    for words, said in (
        (("--columns", "uff1"), "did you mean uf1"),
        (("--sort", "recall"), "--sort recall: expected one of"),
        (("--columns", "uf1", "--format", "json"), "whole board"),
        (("--columns", "uf1", "-o", "folder"), "folder"),
        (("--format", "parquet"), "-o"),
    ):
        done = world.bench("board", *words)
        assert done.code == 2
        (line,) = done.err.splitlines()
        assert said in line
    assert not Path("folder").exists()
    assert world.bench("board", "-o", "x.parquet").code == 0


def test_real_before_synthetic_and_loso_before_the_rest(world):
    world.run(methods="mean")
    world.run("--protocol", "kfold:2", methods="mean")
    world.bench("run", "-m", "mean", "-d", "toy", "--tasks", "2", "--engine", "serial")
    (world.folder / "data" / "SYNTHETIC.json").write_text("{}")
    world.run(methods="mean")
    tables = json.loads(world.bench("board", "--format", "json").out)["tables"]
    assert [(one["synthetic"], one["protocol"], one["task"]) for one in tables] == [
        (False, "loso", "toy/2"),
        (False, "loso", "toy/3"),
        (False, "kfold:2", "toy/3"),
        (True, "loso", "toy/3"),
    ]
