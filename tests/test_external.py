"""Files of external predictions that contradict themselves or their task."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.store.external import External, external_misfit, read_external_file, write_external
from bench.store.task_file import TaskFile

TASK = TaskFile(
    task="toy/2",
    fingerprint="f",
    classes=["low", "high"],
    synthetic=False,
    apex="given",
    clips={"toy/p0/a": ("toy/p0", "toy", 0), "toy/p0/b": ("toy/p0", "toy", 1)},
)
CLIPS = External("Theirs", "toy/2", "f", "loso", "x", {"toy/p0/a": 0, "toy/p0/b": 0})
SUBJECTS = replace(CLIPS, predicted={}, matrices={"toy/p0": [[0, 1], [0, 1]]})


@pytest.mark.parametrize(
    "one",
    [
        CLIPS,
        SUBJECTS,
        replace(CLIPS, predicted={"toy/p0/b": 1}, partial=True),
        replace(CLIPS, scores={"toy/p0/a": [0.5, -2], "toy/p0/b": [1, 0]}, selection="inner"),
    ],
)
def test_sound_ones_are_kept_as_they_are(tmp_path, one):
    assert external_misfit(one, TASK) == ""
    assert read_external_file(write_external(tmp_path, one)) == one


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (replace(CLIPS, predicted={"toy/p0/a": 0}), "not of the clips of toy/2"),
        (replace(CLIPS, partial=True), "not of the clips of toy/2"),
        (replace(CLIPS, predicted={}, partial=True), "not of the clips of toy/2"),
        (replace(CLIPS, predicted={**CLIPS.predicted, "toy/p9/a": 0}), "not of the clips"),
        (replace(CLIPS, predicted={"toy/p0/a": 0, "toy/p0/b": 2}), "not of the classes of toy/2"),
        (replace(CLIPS, predicted={"toy/p0/a": 0, "toy/p0/b": -1}), "not of the classes of toy/2"),
        (replace(CLIPS, scores={"toy/p0/a": [1, 0]}), "scores that are not of its clips"),
        (replace(CLIPS, scores={"toy/p0/a": [1], "toy/p0/b": [1]}), "scores that are not of its"),
        (replace(CLIPS, protocol="lopo"), "unknown protocol 'lopo'"),
        (replace(CLIPS, matrices=SUBJECTS.matrices), "not of the subjects of toy/2"),
        (replace(SUBJECTS, partial=True), "not of the subjects of toy/2"),
        (replace(SUBJECTS, matrices={"toy/p1": [[0, 1], [0, 1]]}), "not of the subjects of toy/2"),
        (replace(SUBJECTS, matrices={"toy/p0": [[0, 1], [1, 1]]}), "matrices that are not of"),
        (replace(SUBJECTS, matrices={"toy/p0": [[2, -1], [0, 1]]}), "matrices that are not of"),
        (replace(SUBJECTS, matrices={"toy/p0": [[1], [1]]}), "matrices that are not of"),
    ],
)
def test_what_does_not_fit_its_task_is_said(one, said):
    assert said in external_misfit(one, TASK)
