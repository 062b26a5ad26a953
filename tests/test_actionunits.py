"""Action units of several databases as features: from tables in their layouts, frames or none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trees

from bench import DataError
from bench.cache.cache import Cache
from bench.core.clip import UNIT_CODES
from bench.core.dataset import MARKER, Roots
from bench.data.reading import coded_units, unit_codes
from bench.data.task import read_tasks
from bench.datasets.actionunits import ActionUnits
from bench.datasets.casme2 import Casme2
from bench.datasets.samm import Samm

TABLE = "CASME2-coding-20140508.xlsx"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Tables of both, the frames of SAMM, and of CASME II one subject's alone."""
    rows = [f"{row[0]}/{row[1]}" for row in trees.casme2_rows()]
    trees.casme2_images(tmp_path / "casme2", lack=[row for row in rows if row[:2] != "01"])
    trees.casme2_table(tmp_path / "casme2" / TABLE)
    trees.samm_images(tmp_path / "samm")
    trees.samm_table(tmp_path / "samm" / "SAMM_Micro_FACS_Codes_v2.xlsx")
    return tmp_path


def located(home: Path) -> ActionUnits | None:
    parts = {"casme2": Casme2(home / "casme2"), "samm": Samm(home / "samm")}
    return ActionUnits.locate(Roots(opener=parts.get))


def test_every_row_counts_with_and_without_frames(home: Path) -> None:
    dataset = located(home)
    assert dataset is not None
    index = dataset.index()
    assert (len(index.clips), index.refused) == (255 + 159, ())
    for word in ("casme2-5", "casme2-3", "samm-5", "samm-3"):
        found, _ = trees.counts(ActionUnits, index, word)
        assert found == dataset.labellings[word].expected
    # The plain word of another database is none of its classes.
    assert {clip.emotion.split()[0] for clip in index.clips} == {"casme2", "samm"}


def test_features_are_the_codes_of_the_row(home: Path) -> None:
    dataset = located(home)
    seen = {}
    for clip in dataset.index().clips:
        arrays = dataset.read(clip)
        np.testing.assert_array_equal(arrays[UNIT_CODES], unit_codes(clip.coded_units or ()))
        np.testing.assert_array_equal(arrays["features"], arrays[UNIT_CODES].ravel())
        seen[clip.coded_units] = arrays[UNIT_CODES]
    # Columns are: coded, left, right, then the intensities.
    assert np.argwhere(seen[coded_units("L10")]).tolist() == [[10, 0], [10, 1]]
    assert np.argwhere(seen[coded_units("R1+R2")]).tolist() == [[1, 0], [1, 2], [2, 0], [2, 2]]
    assert not seen[None].any()


def test_a_corrected_table_is_other_data(home: Path, tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")

    def first() -> tuple[str, float]:
        dataset = located(home)
        (task,) = read_tasks(dataset, ["casme2-5"], cache).all()
        return task.digests[0], dataset.read(task.clips[0])[UNIT_CODES][99, 0]

    before = first()

    def corrected(rows: list[trees.Cells]) -> list[trees.Cells]:
        return [[*row[:7], 99, row[8]] if isinstance(row[3], int) else row for row in rows]

    trees.casme2_table(home / "casme2" / TABLE, corrected)
    after = first()
    assert before[0] != after[0]
    assert (before[1], after[1]) == (0, 1)


def test_stand_ins_and_what_lacks(home: Path) -> None:
    assert ActionUnits.locate(Roots()) is None
    for part in ("casme2", "samm"):
        (home / part / MARKER).write_text("{}")
    assert located(home) is None
    (home / "samm" / MARKER).unlink()
    assert [part.name for part in located(home).parts] == ["samm"]
    (home / "samm" / "SAMM_Micro_FACS_Codes_v2.xlsx").unlink()
    with pytest.raises(DataError, match="actionunits: no table was read: no annotation table"):
        located(home).index()
