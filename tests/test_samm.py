"""SAMM: all 159 clips, whatever the copy."""

import random
from collections import Counter
from pathlib import Path

import pytest
import trees

from bench.core.errors import DataError
from bench.datasets.samm import Samm

TABLE = "SAMM_Micro_FACS_Codes_v2.xlsx"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return trees.samm_images(tmp_path / "SAMM")


def test_the_counts_of_the_papers(root: Path) -> None:
    trees.samm_table(root / TABLE)
    index = Samm(root).index()
    assert len(index.clips) == index.expected == 159
    assert trees.counts(Samm, index, "3") == ((92, 26, 15), 28)
    assert trees.counts(Samm, index, "5")[0] == (57, 12, 26, 26, 15)
    assert trees.counts(Samm, index, "8") == (Samm.labellings["8"].expected, 29)
    assert trees.counts(Samm, index, "objective")[0] == (24, 13, 20, 8, 3)


def integer_subjects(rows: list) -> list:
    return [[int(row[0]), *row[1:]] for row in rows]


def shuffled(rows: list) -> list:
    return random.Random(1).sample(rows, len(rows))


def repeated(rows: list) -> list:
    return [*rows, *rows[:9], [None] * 12]


def plural(rows: list) -> list:
    return [[*r[:9], {"Other": "Others"}.get(r[9], r[9]), *r[10:]] for r in rows]


@pytest.mark.parametrize(
    "shape", [integer_subjects, shuffled, repeated, plural], ids=lambda s: s.__name__
)
def test_every_copy_of_the_table_gives_the_same_clips(root: Path, shape) -> None:
    trees.samm_table(root / TABLE)
    plain = Samm(root).index().clips
    trees.samm_table(root / TABLE, shape)
    assert Samm(root).index().clips == plain
    assert {clip.subject for clip in plain} == {f"{int(c.subject):03d}" for c in plain}


def test_frames_sort_as_numbers_and_stay_between_onset_and_offset(root: Path) -> None:
    trees.samm_table(root / TABLE)
    second = trees.samm_rows()[1][1]
    clip = next(c for c in Samm(root).index().clips if c.name == second)
    assert clip.files == tuple(f"{clip.subject}_{n:05d}.jpg" for n in range(9_997, 10_002))


def test_an_apex_outside_the_clip_is_no_apex(root: Path) -> None:
    trees.samm_table(root / TABLE)
    index = Samm(root).index()
    outlying = [c for c in index.clips if c.apex is None]
    assert len(outlying) == 4
    assert all(any(text.startswith(c.id) for text in index.repaired) for c in outlying)
    assert {c.apex for c in index.clips} == {None, 2}


def test_action_units_and_objective_classes(root: Path) -> None:
    trees.samm_table(root / TABLE)
    clips = Samm(root).index().clips
    assert frozenset({6, 12, 15}) in {clip.action_units for clip in clips}
    assert Counter(clip.objective for clip in clips)["VII"] == 84


def test_roots_in_use(root: Path) -> None:
    deeper = root / "SAMM_CROP"
    deeper.mkdir()
    for person in [folder for folder in root.iterdir() if folder != deeper]:
        person.rename(deeper / person.name)
    trees.samm_table(root / TABLE)
    for folder in (root, deeper, root.parent):
        assert len(Samm(folder).index().clips) == 159


def test_what_lacks_is_said(root: Path) -> None:
    with pytest.raises(DataError, match="expected a file like SAMM_Micro_FACS_Codes_v2"):
        Samm(root).index()
    with pytest.raises(DataError, match="no folders 006, 007"):
        Samm(root / "006").index()
