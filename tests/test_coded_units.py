"""Coded action units: read with sides and intensities, seen by those alone who declare them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import trees
from hypothesis import given
from hypothesis import strategies as st

from bench import Clip, Context, Dataset, Training
from bench.core.clip import UNIT_CODES, CodedUnit
from bench.data.reading import action_units, coded_units
from bench.data.reading.units import COLUMNS, unit_codes
from bench.datasets.casme2 import Casme2
from bench.methods.apexpixels import ApexPixels
from bench.methods.auoracle import GRID, ActionUnitOracle, settled
from bench.plugins.configure import Configured
from bench.running.describe import lacking_jobs
from bench.running.engines.job import call
from bench.running.jobs import Describe, bare, description_key
from bench.running.worker import describe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", {(12, "", 0)}),
        ("12.0", {(12, "", 0)}),
        ("4+7", {(4, "", 0), (7, "", 0)}),
        ("L10", {(10, "L", 0)}),
        ("R1+R2", {(1, "R", 0), (2, "R", 0)}),
        ("12C", {(12, "", 3)}),
        ("L12B + 4a", {(12, "L", 2), (4, "", 1)}),
        ("(R6 or R12) + R15", {(6, "R", 0), (12, "R", 0), (15, "R", 0)}),
        ("AU4+AUL14", {(4, "", 0), (14, "L", 0)}),
        ("17 and L14", {(17, "", 0), (14, "L", 0)}),
        ("or12", {(12, "", 0)}),
        ("L12+R12", {(12, "L", 0), (12, "R", 0)}),
        ("0", set()),
        ("?", None),
    ],
)
def test_sides_and_intensities(text: str, expected: set[tuple[int, str, int]] | None) -> None:
    """FACS (Ekman, Friesen, Hager 2002): L and R before the number, A to E after it."""
    assert coded_units(text) == (None if expected is None else frozenset(expected))


@given(st.text("0123456789LRABEUu +.?()or", max_size=20))
def test_the_numbers_are_those_of_the_plain_annotation(text: str) -> None:
    coded, plain = coded_units(text), action_units(text)
    assert (coded is None) == (plain is None)
    assert {unit.number for unit in coded or ()} == (plain or frozenset())


def test_codes_are_one_hot() -> None:
    codes = unit_codes([CodedUnit(12, "L", 2), CodedUnit(4)])
    assert codes.shape == (100, 8)
    assert {(n, COLUMNS[c]) for n, c in np.argwhere(codes)} == {
        *((12, name) for name in ("any", "L", "B")),
        (4, "any"),
    }
    assert set(np.unique(codes)) == {0, 1}


def test_a_real_layout_serves_them(tmp_path: Path) -> None:
    root = trees.casme2_images(tmp_path)
    trees.casme2_table(root / "CASME2-coding-20140508.xlsx")
    dataset = Casme2(root)
    clips = {clip.coded_units: clip for clip in dataset.index().clips}
    assert UNIT_CODES in dataset.sources
    for text in ("L10", "R1+R2", "4+5+L7"):
        units = coded_units(text)
        np.testing.assert_array_equal(dataset.read(clips[units])[UNIT_CODES], unit_codes(units))
    assert not dataset.read(clips[None])[UNIT_CODES].any()


@dataclass(frozen=True)
class Coded(Dataset):
    """A frame and the codes of the clip it was asked for."""

    name: ClassVar[str] = "coded"
    ships: ClassVar[frozenset[str]] = frozenset({"frames", UNIT_CODES})

    def read(self, clip):
        return {
            "frames": np.zeros((3, 40, 40), np.uint8),
            UNIT_CODES: unit_codes(clip.coded_units or ()),
        }


class Nosy(ApexPixels):
    """Declares frames, and looks for the codes too."""

    def describe(self, clip):
        assert UNIT_CODES not in clip.sources
        assert set(clip.sources) == {"frames"}
        assert len(clip.sources) == 1
        with pytest.raises(KeyError):
            clip.sources[UNIT_CODES]
        return clip.sources["frames"]


CLIP = Clip(
    "coded", "1", "a", "fear", Path("/"), ("1.jpg",) * 3, 1, coded_units=frozenset({CodedUnit(4)})
)


def test_a_method_that_does_not_declare_them_cannot_see_them(tmp_path: Path) -> None:
    rows = (("a" * 64, Nosy()), ("b" * 64, ActionUnitOracle()))
    job = Describe(Coded(Path("/")), CLIP, "digest", rows, tmp_path)
    done = call(describe, (job,))
    assert not done.failed
    assert not done.unread


def test_workers_get_them_where_a_method_asks_alone() -> None:
    assert bare(CLIP).coded_units is None
    assert bare(CLIP, [ApexPixels()]).coded_units is None
    kept = bare(CLIP, [ApexPixels(), ActionUnitOracle()])
    assert (kept.coded_units, kept.emotion) == (CLIP.coded_units, "")
    assert lacking_jobs([], None) == []  # type: ignore[arg-type]


def test_another_annotation_is_another_description() -> None:
    other = replace(CLIP, coded_units=frozenset({CodedUnit(4, "L")}))
    for method, same in ((ActionUnitOracle(), False), (ApexPixels(), True)):
        row = Configured(method, method.name, "paper")
        keys = {description_key(row, clip, "digest") for clip in (CLIP, other)}
        assert (len(keys) == 1) == same


def test_the_oracle_is_the_regression_of_scikit_learn() -> None:
    """A fixed C against scikit-learn on the same columns; "inner" is one of the grid."""
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    clips = [
        unit_codes({CodedUnit(int(label) + 1 if rng.random() < 0.8 else 9), CodedUnit(17)})
        for label in labels
    ]
    train = Training(clips, labels, np.arange(60) % 6, 3)
    context = Context(seed=0, subjects=train.subjects)
    scores = ActionUnitOracle(C=2.0).fit(train, context).predict(clips)
    rows = np.stack(clips).reshape(60, -1)
    reference = LogisticRegression(C=2.0, max_iter=1000).fit(rows, labels)
    np.testing.assert_allclose(scores, reference.decision_function(rows), atol=1e-3)
    chosen = settled(rows, labels, context)
    assert chosen in GRID
    inner = ActionUnitOracle().fit(train, context).predict(clips)
    np.testing.assert_allclose(inner, ActionUnitOracle(C=chosen).fit(train, context).predict(clips))


def test_no_code_at_all_is_no_error() -> None:
    clips = [unit_codes([])] * 6
    train = Training(clips, np.arange(6) % 2, np.arange(6), 2)
    model = ActionUnitOracle().fit(train, Context(seed=0, subjects=train.subjects))
    assert np.isfinite(model.predict(clips)).all()


def test_codes_of_a_real_dataset_reach_the_oracle_and_its_key(world) -> None:
    """Through the command line: coded by class, one clip otherwise; then the table is mended."""
    text = world.plugin.read_text()
    for old, new in (
        ('ships = frozenset({"numbers"})', 'ships = frozenset({"numbers", "action_unit_codes"})'),
        ("f.parent, (f.name,))", "f.parent, (f.name,), coded_units=coded(f.stem))"),
        (
            'return {"numbers": np.array(json.loads(path.read_text()), float)}',
            'return {"numbers": np.array(json.loads(path.read_text()), float), '
            '"action_unit_codes": unit_codes(clip.coded_units or ())}',
        ),
        (
            "FACTS = ",
            "from bench.core.clip import CodedUnit\n"
            "from bench.data.reading.units import unit_codes\n\n\n"
            "def coded(name):\n"
            "    table = Path('table.txt').read_text().split()\n"
            "    return frozenset({CodedUnit(int(table[int(name[1])]))})\n\n\n"
            "FACTS = ",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    world.plugin.write_text(text)
    scores = []
    for table in ("4 12 1", "4 4 4", "4 12 1"):
        (world.folder / "table.txt").write_text(table)
        done = world.run(methods="auoracle")
        assert done.code == 0, done.err
        rows = json.loads((world.results / "leaderboard.json").read_text())["tables"][0]["rows"]
        scores.append(sorted(row["scores"]["uf1"]["value"] for row in rows))
    # Three classes of equal size: without a code that differs, one class is predicted.
    assert scores[0] == [1.0]
    assert scores[1] == pytest.approx([1 / 6, 1.0])
    # The first table again: its folds are there already.
    assert "Nothing left to run" in done.err
    assert scores[2] == scores[1]
