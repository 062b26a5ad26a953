from dataclasses import replace
from pathlib import Path

import pytest

from bench.core.errors import BenchError
from bench.literature import table as literature
from bench.literature.verdict import verdicts as verdicts_of

TABLE = Path(__file__).parents[1] / "bench/literature/published.csv"
HEADER = ",".join(literature.COLUMNS)


@pytest.fixture(scope="module")
def rows():
    return literature.read(TABLE)


def write(folder, *lines):
    path = folder / "published.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n")
    return path


def line(value, *, dataset="casme2", classes="5", metric="accuracy", certainty="read", **words):
    pooling, selection = words.get("pooling", "pooled"), words.get("selection", "last")
    how = f"loso,{pooling},{selection}"
    return f"m,M,{dataset},full,{classes},{how},{metric},{value},{certainty},s,LOSO,"


def test_the_whole_table_is_read(rows):
    assert len(rows) == 452
    assert [row.line for row in rows] == list(range(2, 454))
    assert all(0 < row.value <= 1 for row in rows)
    assert {row.certainty for row in rows} == {"read", "derived", "recalled"}
    first = rows[0]
    assert (first.method, first.task, first.metric, first.value) == (
        "lbptop",
        "3db/3",
        "uf1",
        0.5882,
    )
    assert any(row.method is None for row in rows)


@pytest.mark.parametrize("text", ["0.7945", ".7945", "79.45", "79.45%"])
def test_percentages_and_fractions_are_one(tmp_path, text):
    (row,) = literature.read(write(tmp_path, line(text)))
    assert (row.value, row.decimals) == (0.7945, 4)


def test_uncertain_numbers_of_classes_belong_to_no_task(tmp_path):
    stated = ["5", "5?", "?", "unstated", "5 (SMIC 3)"]
    read = literature.read(write(tmp_path, *(line(0.5, classes=text) for text in stated)))
    assert [row.task for row in read] == ["casme2/5", None, None, None, "casme2/5"]
    (row,) = literature.read(write(tmp_path, line(0.5, dataset="smic", classes="5 (SMIC 3)")))
    assert row.task == "smic/3"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (line("n/a"), "line 2: value is 'n/a'"),
        (line("-0.5"), "line 2: value"),
        (line("250"), "at most 1 or 100 %"),
        (line("0.5", metric="wf1"), "line 2: metric is 'wf1', expected one of accuracy, f1"),
        (line("0.5", certainty="sure"), "line 2: certainty is 'sure'"),
        (line("0.5", pooling="mean"), "line 2: pooling is 'mean', expected one of pooled"),
        (line("0.5", selection="best"), "line 2: selection is 'best', expected one of last"),
    ],
)
def test_a_bad_line_is_named(tmp_path, bad, message):
    with pytest.raises(BenchError, match=message):
        literature.read(write(tmp_path, bad))


def test_a_bad_file_is_named(tmp_path):
    with pytest.raises(BenchError, match="cannot read the table of published scores"):
        literature.read(tmp_path / "none.csv")
    path = tmp_path / "published.csv"
    path.write_text("method,name\n")
    with pytest.raises(BenchError, match="lacks the columns dataset, part"):
        literature.read(path)


def test_a_result_is_what_one_source_says_of_one_part(rows):
    results = literature.results(rows)
    assert sum(map(len, results)) == len(rows)
    assert [row.metric for row in results[0]] == ["uf1", "uar"]
    for result in results:
        assert len({row.metric for row in result}) == len(result)
        assert len({(row.dataset, row.part, row.classes, row.source) for row in result}) == 1


@pytest.fixture(scope="module")
def verdicts(rows):
    few = [row for row in rows if row.name in ("LBP-TOP", "STSTNet (MATLAB)", "MFVAN")]
    return {found.lines: found for found in verdicts_of(few)}


def test_known_verdicts(verdicts):
    impossible = verdicts[4, 5]
    assert impossible.feasible == "no"
    assert "implies UF1 from 0.375 to 0.558" in impossible.reason
    assert verdicts[2, 3].feasible == "yes"


@pytest.mark.slow
def test_every_row_has_its_verdict(rows):
    verdicts = verdicts_of(rows)
    assert sum(len(found.lines) for found in verdicts) == 452
    assert {found.feasible for found in verdicts} == {"yes", "no", "unknown"}
    assert all(found.reason for found in verdicts)


def test_macro_precision_printed_as_uar_shows(verdicts, rows):
    named = {row.line: row for row in rows}
    (found,) = [
        found
        for lines, found in verdicts.items()
        if named[lines[0]].name.startswith("STSTNet (MATLAB)")
        and named[lines[0]].part == "casme2"
        and found.feasible == "no"
    ]
    assert "UAR 0.8686 on 88/32/25 clips implies UF1" in found.reason


def test_another_number_of_clips_is_named(verdicts, rows):
    wanted = {(row.method, row.task): row.line for row in rows if row.value == 0.7945}
    (found,) = [v for lines, v in verdicts.items() if wanted["mfvan", "casme2/5"] in lines]
    assert found.feasible == "no"
    assert "not a multiple of 1/246" in found.reason


def test_f1_is_checked_as_the_macro_f1(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.7114", "accuracy"), ("0.20", "f1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert (found.lines, found.feasible) == ((2, 3), "no")
    assert set(found.nearest) == {"accuracy", "f1"}


def test_two_names_of_one_score_may_not_differ(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.6304", "f1"), ("0.6296", "uf1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert found.feasible == "no"
    assert "UF1 0.6296 differ" in found.reason


def test_one_score_with_fewer_decimals_is_no_contradiction(tmp_path):
    lines = [line(v, metric=m) for v, m in (("0.63", "f1"), ("0.6296", "uf1"))]
    (found,) = verdicts_of(literature.read(write(tmp_path, *lines)))
    assert "differ" not in found.reason


def test_what_cannot_be_checked_says_why(rows):
    row = replace(rows[0], metric="accuracy", dataset="samm", part="full")
    (folds,) = verdicts_of([replace(row, pooling="fold-mean")])
    (unstated,) = verdicts_of([replace(row, classes=None)])
    (averaged,) = verdicts_of([replace(row, pooling="subject-mean")])
    assert [found.feasible for found in (folds, unstated, averaged)] == ["unknown"] * 3
    assert "means over folds" in folds.reason
    assert "number of clips per class is unknown" in unstated.reason
    assert "means over subjects" in averaged.reason


def test_prose_decides_nothing(rows):
    """The protocol and the source in words once decided what could be checked."""
    (row,) = (row for row in rows if row.line == 2)
    words = replace(row, protocol="loso, 5-fold", source="subject-averaged")
    assert [found.feasible for found in verdicts_of([row])] == ["yes"]
    assert [found.feasible for found in verdicts_of([words])] == ["yes"]
