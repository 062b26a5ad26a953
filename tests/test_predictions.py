import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.store import predictions

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
    return predictions.parse_table("\n".join([header, *rows]) + "\n", CLASSES)


def own():
    return predictions.Predictions(CLIPS, TRUTH, np.array([1, 2, 1, 0, 0]))


def same(first, second):
    return first.clips == second.clips and all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("truth", "predicted")
    )


def test_a_log_in_another_order_and_spelling_is_brought_into_the_tasks():
    read = predictions.parse_log(LOG, CLASSES)
    assert read.clips[0] == "casme2/sub01/EP19_05f"
    assert predictions.match(read, CLIPS, TRUTH).tolist() == [1, 2, 1, 0, 0]


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
    assert predictions.match(read, CLIPS[:3], TRUTH[:3]).tolist() == [1, 2, 1]


def test_what_was_written_is_read_again():
    assert same(predictions.parse_log(predictions.write_log(own()), CLASSES), own())
    assert same(predictions.parse_table(predictions.write_table(own()), CLASSES), own())
    assert predictions.write_log(own()).startswith("casme2 01\nEP02_01f 1 1\nEP19_05f 0 2\ncasme2")


@pytest.mark.parametrize("write", [predictions.write_log, predictions.write_table])
def test_a_file_of_either_format_is_recognised(tmp_path, write):
    path = tmp_path / "theirs.txt"
    path.write_text(write(own()), encoding="utf-8-sig")
    assert same(predictions.read(path, CLASSES), own())


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
    assert predictions.match(read, clips, np.zeros(2, dtype=int)).tolist() == [1, 2]
    with pytest.raises(BenchError, match="EP1_2 \\(2 such clips\\)"):
        predictions.match(table("casme2/03/EP1_2,0,2"), clips, np.zeros(2, dtype=int))


@pytest.mark.parametrize(
    ("parse", "text", "message"),
    [
        (
            predictions.parse_log,
            "EP02_01f 1 1\n",
            "log, line 1: 'EP02_01f 1 1', expected `database subject`",
        ),
        (predictions.parse_log, "casme2 sub01\nEP02_01f 1\nEP03 1 1 1\n", "line 3"),
        (
            predictions.parse_log,
            "casme2 sub01\nEP02_01f 1 3\n",
            "line 2: class '3', expected one of 0 negative, 1",
        ),
        (predictions.parse_log, "casme2 sub01\n", "no predictions"),
        (predictions.parse_table, "clip,label\na,1\n", "lacks the columns truth, predicted"),
        (
            predictions.parse_table,
            "clip,truth,predicted\na,1,1\nb,joy,1\n",
            "table, line 3: class 'joy'",
        ),
        (predictions.parse_table, "clip,truth,predicted\na,1\n", "table, line 2: class ''"),
        (predictions.parse_table, "clip,truth,predicted\n,1,1\n", "table, line 2: no clip"),
        (predictions.parse_table, "clip,truth,predicted\n", "no predictions"),
    ],
)
def test_a_bad_file_names_the_line(parse, text, message):
    with pytest.raises(BenchError, match=message):
        parse(text, CLASSES)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BenchError, match="cannot be read"):
        predictions.read(tmp_path / "none.txt", CLASSES)
