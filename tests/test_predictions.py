import os
from pathlib import Path

import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.store import predictions
from bench.store.predictions.log import parse_log, write_log
from bench.store.predictions.table import parse_table

CLASSES = ("negative", "positive", "surprise")
CLIPS = (
    "casme2/01/EP02_01f",
    "casme2/01/EP19_05f",
    "casme2/02/EP02_01f",
    "samm/006/006_1_2",
    "smic/s1/s1_ne_01",
)
TRUTH = np.array([1, 0, 0, 0, 0])
LOG = """casme2 sub01
EP19_05f 0 2
EP02_01f 1 1

samm 6
006_1_2 0 0
casme2 sub02
EP02_01f 0 1
smic s01
s01_ne_01 0 0
"""


def table(*rows, header="clip,truth,predicted"):
    return parse_table("\n".join([header, *rows]) + "\n", CLASSES)


def matched(read, clips, truth) -> list[int]:
    """The predicted labels in the order of the clips; fails if there is not one for each."""
    found = predictions.match(read, clips, truth)
    assert found.where.tolist() == list(range(len(clips)))
    return found.predicted.tolist()


def own():
    return predictions.Predictions(CLIPS, TRUTH, np.array([1, 2, 1, 0, 0]))


def same(first, second):
    return first.clips == second.clips and all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("truth", "predicted")
    )


def test_a_log_in_another_order_and_spelling_is_brought_into_the_tasks():
    read = parse_log(LOG, CLASSES)
    assert read.clips[0] == "casme2/sub01/EP19_05f"
    assert matched(read, CLIPS, TRUTH) == [1, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (
            "clip,truth,predicted",
            [
                "casme2/sub1/EP02_01f,1,1",
                "casme2/1/ep19_5f,negative,surprise",
                "casme2/02/EP02_01f,0,1",
            ],
        ),
        (
            "Clip, Subject ,truth,predicted",
            ["EP02_01f,01,1,1", "EP19_05f, ,0,2", "EP02_01f,02,0,1"],
        ),
        (
            "subject,predicted,clip,truth",
            ["casme2/01,1,EP02_01f,1", "01,2,EP19_05f,0", "02,1,EP02_01f,0"],
        ),
    ],
)
def test_tables_with_whole_and_partial_clips(header, rows):
    read = table(*rows, header=header)
    assert matched(read, CLIPS[:3], TRUTH[:3]) == [1, 2, 1]


def test_what_was_written_is_read_again():
    assert same(parse_log(write_log(own()), CLASSES), own())
    assert write_log(own()).startswith("casme2 01\nEP02_01f 1 1\nEP19_05f 0 2\ncasme2")


TABLE = [("clip", "truth", "predicted"), *zip(CLIPS, TRUTH, own().predicted, strict=True)]


@pytest.mark.parametrize("separator", [",", ";", "\t", " ; "])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_recognised_whatever_separates_its_columns(tmp_path, separator, encoding):
    path = tmp_path / "theirs.txt"
    text = "\n".join(separator.join(map(str, row)) for row in TABLE)
    path.write_text(text, encoding=encoding)
    assert same(predictions.read(path, CLASSES), own())


@pytest.mark.parametrize(
    "header",
    [
        "filename,y_true,y_pred",
        "Video Name,Ground Truth,Prediction",
        "file,gt,pred",
        "sample,label,predicted_label",
        "clip,target,y_pred",
    ],
)
def test_columns_have_the_names_the_field_gives_them(tmp_path, header):
    path = tmp_path / "theirs.csv"
    rows = [header, *(",".join(map(str, row)) for row in TABLE[1:])]
    path.write_text("\n".join(rows))
    assert same(predictions.read(path, CLASSES), own())


@pytest.mark.parametrize(
    "spelt",
    [
        "casme2/sub01/EP02_01f.avi",
        "sub01/EP02_01f",
        "/data/casme2/sub01/EP02_01f.png",
        "sub01_EP02_01f",
        "sub01_EP02_01f .png",
    ],
)
def test_a_file_name_is_the_clip_that_it_holds(spelt):
    assert matched(table(f"{spelt},1,2"), CLIPS[:1], TRUTH[:1]) == [2]


def test_a_name_that_is_no_formula_any_more_is_the_clip_it_was():
    assert matched(table("'=1+1,1,2"), ["casme2/01/=1+1"], TRUTH[:1]) == [2]


def test_a_log_is_recognised(tmp_path):
    path = tmp_path / "theirs.txt"
    path.write_text(write_log(own()), encoding="utf-8-sig")
    assert same(predictions.read(path, CLASSES), own())


@pytest.mark.parametrize(
    "text",
    ["just some words of a text that\nis no log\n", "a,b,c\n1,2,3\n", "\n", "x" * 100, "a;b\n"],
)
def test_what_has_no_known_form_is_told_the_forms(tmp_path, text):
    path = tmp_path / "theirs.txt"
    path.write_text(text)
    with pytest.raises(BenchError, match=r"no known form; known: csv .* megc2019|is empty"):
        predictions.read(path, CLASSES)


def test_clips_in_common_are_enough_where_asked():
    read = table("casme2/02/EP02_01f,0,1", "casme2/01/EP02_01f,1,2", "casme2/09/EP1,0,0")
    found = predictions.match(read, CLIPS, TRUTH, partial=True)
    assert found.where.tolist() == [0, 2]
    assert found.predicted.tolist() == [2, 1]
    assert found.faults["missing"] == [CLIPS[1], CLIPS[3], CLIPS[4]]
    assert found.faults["not in the task"] == ["casme2/09/EP1 (no such clips)"]


@pytest.mark.parametrize(
    "rows",
    [
        ("casme2/01/EP02_01f,0,0",),
        ("casme2/01/EP02_01f,1,1", "casme2/sub01/EP02_01f,1,1"),
        ("casme2/77/EP02_01f,1,1",),
    ],
)
def test_partial_excuses_no_other_class_no_repeated_clip_and_no_other_task(rows):
    with pytest.raises(BenchError, match="do not match"):
        predictions.match(table(*rows), CLIPS, TRUTH, partial=True)


def test_all_faults_are_named_together():
    read = table(
        "casme2/01/EP02_01f,0,1",
        "casme2/01/EP19_05f,0,1",
        "casme2/sub01/EP19_05f,0,1",
        "EP02_01f,0,1",
        "casme2/03/EP07_04,0,1",
    )
    with pytest.raises(BenchError) as error:
        predictions.match(read, CLIPS, TRUTH)
    message = str(error.value)
    assert "3 missing: casme2/02/EP02_01f, samm/006/006_1_2, smic/s1/s1_ne_01" in message
    assert "2 not in the task: EP02_01f (2 such clips), casme2/03/EP07_04 (no such" in message
    assert "1 given more than once: casme2/01/EP19_05f" in message
    assert "1 with another true class in the task: casme2/01/EP02_01f (0, in the task 1)" in message


def test_many_faults_are_counted():
    with pytest.raises(BenchError, match=r"4 missing: casme2/01/EP19_05f.*$") as error:
        predictions.match(table("casme2/01/EP02_01f,1,1"), CLIPS, TRUTH)
    assert "more" not in str(error.value)
    clips = tuple(f"casme2/01/EP{i}" for i in range(9))
    with pytest.raises(BenchError, match="EP5 and 3 more"):
        predictions.match(table("casme2/01/EP0,0,0"), clips, np.zeros(9, dtype=int))


def test_names_that_differ_by_padding_only_are_told_apart_by_spelling():
    clips = ("casme2/03/EP01_2", "casme2/03/EP01_02")
    read = table("casme2/03/EP01_02,0,2", "casme2/03/EP01_2,0,1")
    assert matched(read, clips, np.zeros(2, dtype=int)) == [1, 2]
    with pytest.raises(BenchError, match="EP1_2 \\(2 such clips\\)"):
        predictions.match(table("casme2/03/EP1_2,0,2"), clips, np.zeros(2, dtype=int))


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (
            parse_log,
            "EP02_01f 1 1\n",
            "log, line 1: 'EP02_01f 1 1', expected `database subject`",
        ),
        (parse_log, "casme2 sub01\nEP02_01f 1\nEP03 1 1 1\n", "line 3"),
        (
            parse_log,
            "casme2 sub01\nEP02_01f 1 3\n",
            "line 2: class '3', expected one of 0 negative, 1",
        ),
        (parse_log, "casme2 sub01\n", "no predictions"),
        (parse_table, "clip,label\na,1\n", "lacks the columns predicted; it has clip, label"),
        (parse_table, "clip,score_positive,truth,predicted\na,1,1,1\n", "not of negative, surp"),
        (
            parse_table,
            "clip,truth,predicted,score_negative,score_positive,score_surprise\na,1,1,0,nan,0\n",
            "line 2: score 'nan', expected a finite number",
        ),
        (parse_table, 'clip,"a\nb",truth\nc,1,1\n', r"lacks the columns predicted.*a\\nb"),
        (parse_table, "clip,clip,truth,predicted\na,a,1,1\n", "names a column twice: clip"),
        (parse_table, "clip,truth,predicted\na,1,1,1\n", "line 2: 4 cells below 3 columns"),
        (parse_table, f"clip,truth,predicted\n{'a' * 200_000},1,1\n", "line 2: no table"),
        (parse_table, f"clip,truth,predicted\na,{'9' * 5000},1\n", r"line 2: class '9+\.\.\.'"),
        (
            parse_table,
            "clip,truth,predicted\na,1,1\nb,joy,1\n",
            "table, line 3: class 'joy'",
        ),
        (parse_table, "clip,truth,predicted\na,1\n", "table, line 2: class ''"),
        (parse_table, "clip,truth,predicted\n,1,1\n", "table, line 2: no clip"),
        (parse_table, "clip,truth,predicted\n", "no predictions"),
    ],
)
def test_a_bad_file_names_the_line(parse, text, message):
    with pytest.raises(BenchError, match=message):
        parse(text, CLASSES)


@pytest.mark.parametrize("make", [lambda path: None, Path.mkdir, os.mkfifo])
def test_what_is_no_file(tmp_path, make):
    path = tmp_path / "theirs.txt"
    make(path)
    with pytest.raises(BenchError, match="cannot be read"):
        predictions.read(path, CLASSES)


def test_a_file_of_bytes_and_one_too_large(tmp_path):
    path = tmp_path / "theirs.txt"
    path.write_bytes(bytes([200, 0, 255]) * 10)
    with pytest.raises(BenchError, match="cannot be read as text"):
        predictions.read(path, CLASSES)
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(BenchError, match="over 64 MB"):
        predictions.read(path, CLASSES)
