"""Notes on rows are values: ranking looks at them, and every format states kind and text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bench.board.build import build
from bench.board.html import html
from bench.board.markdown import markdown
from bench.board.notes import note_text, notes_text
from bench.board.plain import to_json
from bench.evaluation.notes import (
    Note,
    OldVersion,
    Partial,
    PluginMissing,
    Scratch,
    Stale,
    Transductive,
    WithoutAnnotation,
    unranked,
)
from bench.plugins.fidelity import Fidelity, reconstructed, stated
from bench.plugins.registry import load
from bench.store.store import Store


def rows(world, change=lambda record: record):
    records = [change(replace(record, isolated=True)) for record in Store(world.results).records()]
    (table,) = build(Store(world.results), load((world.plugin,)), records=records).tables
    return table.rows


def kinds() -> list[type[Note]]:
    return sorted(Note.__subclasses__(), key=lambda kind: kind.__name__)


def test_every_kind_of_note_has_a_word_of_its_own_and_a_text():
    words = [kind.kind for kind in kinds()]
    assert len(set(words)) == len(words) > 10
    for kind in kinds():
        values = {"ended": {}, "chosen": {"C=1": 2}, "labels": ("a",), "changed": ("a",)}
        assert note_text(kind(*[values.get(name, "1") for name in kind.__match_args__]))


def test_a_row_keeps_its_rank_whatever_letters_its_notes_hold(world):
    """A note once took the rank when its text held the letters "now", as "unknown" does."""
    world.run()

    def annotated(record):
        known = {"unknown_now": None}
        return replace(record, inputs=record.inputs | {"annotations": known})

    (row,) = rows(world, annotated)
    assert row.notes == (WithoutAnnotation("unknown_now"),)
    assert "now" in notes_text(row)
    assert row.rank == 1


def test_another_version_takes_the_rank(world):
    world.run()
    (row,) = rows(world, lambda record: replace(record, inputs=record.inputs | {"version": 7}))
    assert [type(note) for note in row.notes] == [OldVersion]
    assert (row.notes[0].made, row.notes[0].now) == (7, 1)
    assert row.rank is None


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"source": "other"}, Stale(("code",))),
        ({"transductive": True}, Transductive()),
        ({"inputs": {"method": "gone"}}, PluginMissing()),
        ({"inputs": {"config": {"weights": ""}}}, Scratch()),
    ],
)
def test_other_notes_leave_the_rank(world, change, note):
    world.run()

    def changed(record):
        inputs = record.inputs | change.get("inputs", {})
        return replace(record, **change | {"inputs": inputs})

    (row,) = rows(world, changed)
    assert [type(one) for one in row.notes] == [type(note)]
    assert row.rank == 1


def test_missing_folds_are_a_value(world):
    world.run("--limit-folds", "4")
    (row,) = rows(world)
    assert row.notes == (Partial(4, 6, {}),)
    assert row.rank is None
    assert not unranked(row.notes)


def test_json_states_kind_fields_and_text(world):
    world.run("--limit-folds", "4")
    done = world.bench("board", "--plugin", "toy.py", "--format", "json")
    (row,) = json.loads(done.out)["tables"][0]["rows"]
    assert row["notes"][0] == {
        "kind": "partial",
        "folds": 4,
        "of": 6,
        "ended": {},
        "text": "4/6 folds",
    }


def test_a_board_says_what_reconstructed_names_stand_for(world, monkeypatch):
    """Once for each method, the parts that are ours alone, in markdown, html and json."""
    world.run("--seeds", "0,1")
    registry, store = load((world.plugin,)), Store(world.results)
    assert "stand for" not in markdown(build(store, registry))
    mixed = Fidelity(reconstructed("our net, <b>not</b> theirs"), stated("x"), reconstructed("y"))
    mean = registry.methods["mean"]
    monkeypatch.setattr(mean, "facts", replace(mean.facts, fidelity=mixed))
    board = build(store, registry)
    assert "What reconstructed names stand for (1)" in markdown(board)
    for text in (markdown(board), html(board)):
        assert text.count("our net") == 1
        assert "<b>not" not in text
    (row,) = json.loads(to_json(board))["tables"][0]["rows"]
    what = "network or feature: our net, <b>not</b> theirs; recipe: y"
    assert {"kind": "reconstructed", "what": what, "text": "reconstructed"} in row["notes"]
