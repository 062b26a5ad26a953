"""Predictions that name no clip: labels or confusion matrices of each subject."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bench.core.errors import BenchError
from bench.store.predictions import Matrices, match_subjects, read
from bench.store.predictions.matrices import write_matrices

CLASSES = ("negative", "positive", "surprise")
CLIPS = ("casme2/01/a", "casme2/01/b", "casme2/02/a", "smic/s1/a", "smic/s1/b", "smic/s2/a")
PEOPLE = [clip.rpartition("/")[0] for clip in CLIPS]
TRUTH = np.array([1, 0, 2, 2, 2, 1])
# The form of the log in github.com/christy1206/STSTNet (STSTNet_python_logfile.txt) and of what
# main_HTNet.py in github.com/wangzhifengharrison/HTNet prints.
LOG = """lr=0.000050, epochs=800, device=cuda

Subject: sub01
Predicted   : [1, 2]
Best Predicted    : [0, 1]
Ground Truth: [0, 1]
UF1: 0.5185 | UAR: nan
Subject: s01
Predicted   : [2, 2]
Best Predicted    : [2, 2]
Ground Truth: [2, 2]
Subject: sub02
Predicted   : [2]
Best Predicted    : [2]
Ground Truth: [2]
Subject: s02
Predicted   : [0]
Best Predicted    : [1]
Ground Truth: [1]
Final Evaluation:
"""
EXPECTED = {
    "casme2/01": [[0, 1, 0], [0, 0, 1], [0, 0, 0]],
    "casme2/02": [[0, 0, 0], [0, 0, 0], [0, 0, 1]],
    "smic/s1": [[0, 0, 0], [0, 0, 0], [0, 0, 2]],
    "smic/s2": [[0, 0, 0], [1, 0, 0], [0, 0, 0]],
}


def reads(tmp_path, text, **options) -> Matrices:
    path = tmp_path / "theirs.txt"
    path.write_text(text)
    found = read(path, CLASSES, **options)
    assert isinstance(found, Matrices)
    return found


def matched(matrices, **options) -> dict[str, list]:
    found = match_subjects(matrices, CLIPS, PEOPLE, TRUTH, **options)
    return {name: counts.tolist() for name, counts in sorted(found.counts.items())}


def test_a_log_without_clip_names_is_matched_by_subject(tmp_path):
    """Both databases have a subject 1: those spelt alike are of the one whose classes agree."""
    assert matched(reads(tmp_path, LOG)) == EXPECTED


def test_the_best_epoch_is_read_only_where_that_is_said(tmp_path):
    best = reads(tmp_path, LOG, best=True)
    assert matched(best)["casme2/01"] == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    without = "\n".join(line for line in LOG.splitlines() if "Best" not in line)
    assert matched(reads(tmp_path, without, best=True)) == EXPECTED


def wide(names=CLASSES, separator=",") -> str:
    lines = [["subject", "truth", *names]]
    for subject, matrix in EXPECTED.items():
        lines += [[subject, name, *row] for name, row in zip(names, matrix, strict=True)]
    return "\n".join(separator.join(map(str, line)) for line in lines)


def long() -> str:
    lines = ["database,sub,y_true,y_pred,count"]
    for subject, matrix in EXPECTED.items():
        who = subject.replace("/", ",")
        lines += [f"{who},{t},{p},{n}" for t, r in enumerate(matrix) for p, n in enumerate(r)]
    return "\n".join(lines)


def clip_by_clip() -> str:
    lines = [
        f"{who},{t},{p}"
        for who, matrix in EXPECTED.items()
        for t, row in enumerate(matrix)
        for p, count in enumerate(row)
        for _ in range(count)
    ]
    return "\n".join(["subject,y_true,y_pred", *lines])


def labels() -> dict[str, dict[str, list[int]]]:
    """As HTNet's confusion_matrix.py keeps them."""
    found = {}
    for subject, matrix in EXPECTED.items():
        pairs = [(t, p) for t, r in enumerate(matrix) for p, n in enumerate(r) for _ in range(n)]
        found[subject] = {"pred": [p for _, p in pairs], "truth": [t for t, _ in pairs]}
    return found


@pytest.mark.parametrize(
    "text",
    [
        wide(),
        wide(separator="\t"),
        wide(separator=";"),
        long(),
        clip_by_clip(),
        json.dumps(EXPECTED),
        json.dumps({"classes": CLASSES, "subjects": EXPECTED}),
        json.dumps(labels()),
        str(labels()),
        write_matrices(Matrices(tuple(EXPECTED), np.array(list(EXPECTED.values()))), CLASSES),
    ],
)
def test_every_form_of_the_same_matrices(tmp_path, text):
    assert matched(reads(tmp_path, text)) == EXPECTED


def test_subjects_that_agree_with_two_databases_are_not_guessed(tmp_path):
    """Whichever of two equal subjects it is would decide the scores of each database."""
    clips = ("casme2/01/a", "smic/s1/a")
    text = "Subject: 1\nPredicted: [0]\nGround Truth: [1]\n"
    with pytest.raises(BenchError, match=r"1 subjects not in the task: 1 \(2 such subjects\)"):
        match_subjects(reads(tmp_path, text), clips, ["casme2/01", "smic/s1"], np.array([1, 1]))


def test_partial_takes_whole_subjects(tmp_path):
    """One clip less: which one is not known, so the whole subject is left out."""
    text = LOG.replace("[0, 1]\nUF1", "[0]\nUF1").replace("Predicted   : [1, 2]", "Predicted: [1]")
    text = text.replace("Best Predicted    : [0, 1]", "Best Predicted: [0]")
    matrices = reads(tmp_path, text)
    with pytest.raises(BenchError) as error:
        matched(matrices)
    assert "2 missing: casme2/01/a, casme2/01/b" in str(error.value)
    assert "casme2/01 ([1, 0, 0], in the task [1, 1, 0])" in str(error.value)
    assert matched(matrices, partial=True) == {
        name: counts for name, counts in EXPECTED.items() if name != "casme2/01"
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: 1\nPredicted: [0]\nGround Truth: [0, 1]\n", "1 predictions of 2 clips"),
        ("Subject: 1\nGround Truth: [0]\n", "subject 1 has no list `Predicted`"),
        ("Subject: 1\nPredicted: [3]\nGround Truth: [0]\n", "line 2: label '3', expected a num"),
        ("Subject: 1\nPredicted: [0\nGround Truth: [0]\n", "has no list `Predicted`"),
        ("Predicted: [0]\nSubject: 1\nGround Truth: [0]\n", "line 1: `Predicted` before any"),
        ("Subject: 1\nPredicted: [0]\nGround Truth: [0]\n" * 2, "line 4: subject 1 a second time"),
        ("Subject: 1\nPredicted: []\nGround Truth: []\n", "no predictions"),
        ("subject,truth,negative,positive,surprise\n1,0,1,-1,0\n", "count '-1', expected a whole"),
        ('{"1": [[1, 0], [0, 1]]}', "1: expected a matrix of 3 x 3 counts"),
        ('{"1": {"pred": [1], "truth": [1, 1]}}', "lists `pred` and `truth` of the same length"),
        ('{"1": {"pred": [7], "truth": [1]}}', "class '7', expected one of"),
        ('{"1": [[1, 0, 0], [0, 1, 0], [0, 0, 9999999]]}', "count '9999999'"),
        ("[" * 100_000, "not JSON"),
        ('["a"]', "expected a list of objects"),
        ("{'it's': 1}", "not JSON"),
    ],
)
def test_a_bad_file_is_one_line(tmp_path, text, said):
    with pytest.raises(BenchError) as error:
        reads(tmp_path, text)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500
