"""Variants of one method on the board: grouped as an ablation, compared with the plain method."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import numpy as np
import pytest

from bench.board import build
from bench.board.ablation import crossed, grids
from bench.board.html import html
from bench.board.latex import latex
from bench.board.markdown import markdown
from bench.board.plain import to_json
from bench.evaluation.crossing import crossing
from bench.evaluation.notes import IncompleteVariants, NoCommonSeed, SeveralRows
from bench.evaluation.variants import paper_metrics
from bench.methods.mfvan import MFVAN
from bench.plugins.registry import load
from bench.statistics import holm
from bench.store.store import Store

CROSSED = """variants = {
        "noisy": {"scale": 0.0},
        "backwards": {"backwards": True},
        "same": {"scale": 1.0},
        "both": {"scale": 0.0, "backwards": True},
    }"""


@pytest.fixture
def crossing_world(world):
    """The toy method with two fields to vary: `scale`, and `backwards`, which spoils the labels."""
    text = world.plugin.read_text().replace('variants = {"noisy": {"scale": 0.0}}', CROSSED)
    text = text.replace("scale: float = 1.0", "scale: float = 1.0\n    backwards: bool = False")
    turned = "model = Nearest((np.array(means) + noise)[:: -1 if self.backwards else 1])"
    world.plugin.write_text(text.replace("model = Nearest(np.array(means) + noise)", turned))
    return world


def board(world, records=None):
    return build(Store(world.results), load((world.plugin,)), records=records)


def only_group(world):
    ((group,),) = (table.variants for table in board(world).tables)
    return group


def test_one_method_alone_has_no_group_and_its_variants_have_one(world):
    world.run(methods="mean")
    assert "Variants" not in markdown(board(world))
    world.run(methods="mean:noisy")
    made = board(world)
    for text in (markdown(made), html(made), latex(made)):
        assert text.count("Variants of mean") == 1
    assert json.loads(to_json(made))["tables"][0]["variants"][0]["rows"][1]["values"] == {
        "scale": 0
    }


def test_the_plain_method_comes_first_and_the_others_as_they_are_named(crossing_world):
    crossing_world.run(methods="mean:*,mean:same")
    grid = next(grids(only_group(crossing_world)))
    assert [line[:2] for line in grid.lines] == [
        ["mean", "–"],
        ["mean:noisy", "scale=0.0"],
        ["mean:backwards", "backwards=True"],
        ["mean:same", "none"],
        ["mean:both", "scale=0.0, backwards=True"],
    ]
    assert grid.names[-2:] == ["ΔUF1 vs mean", "p (Holm)"]
    for line in grid.lines:
        assert (line[-1] == "–") == (line[0] in ("mean", "mean:same"))


def test_differences_are_those_of_compare(crossing_world):
    crossing_world.run("--seeds", "0-1", methods="mean:*")
    found = {row.label: row.difference for row in only_group(crossing_world).rows}
    tested = ("mean:noisy", "mean:backwards", "mean:both")
    for label in tested:
        (pair,) = json.loads(crossing_world.bench("compare", label, "mean", "--json").out)
        one = found[label]
        assert one.value == pair["difference"] < 0
        assert (one.low, one.high, one.p) == (pair["low"], pair["high"], pair["p"])
        assert one.seeds == pair["seeds"] == 2
    adjusted = [found[label].adjusted for label in tested]
    assert adjusted == pytest.approx(holm([found[label].p for label in tested]))


def test_two_fields_that_cross_have_a_table(crossing_world):
    crossing_world.run(methods="mean:*")
    group = only_group(crossing_world)
    grid = list(grids(group))[1]
    assert grid.about.startswith("accuracy / F1 by scale (lines) and backwards (columns)")
    assert grid.names == ["scale", "backwards = False", "backwards = True"]
    assert [line[0] for line in grid.lines] == ["0.0", "1.0"]
    assert grid.lines[1][1] == "1.000 / 1.000"
    crossing_world.bench("explain", "mean", "-t", "toy/3", "--seconds", "0")
    page = (crossing_world.results / "explain" / "mean-toy-3" / "index.html").read_text()
    assert grid.about in page
    assert "<th>backwards = False</th>" in page


def test_a_composite_is_crossed_by_its_own_metrics(crossing_world):
    crossing_world.run(methods="mean:*")
    (table,) = board(crossing_world).tables
    (group,), row = table.variants, table.rows[0]
    assert paper_metrics(row) == group.metrics == ("accuracy", "f1")
    composite = paper_metrics(replace(row, parts={"casme2": {"uf1": 1.0, "uar": 1.0}}))
    grid = crossed(group.crossing, {r.label: r.scores for r in group.rows}, composite)
    assert grid.about.startswith("UF1 / UAR by scale (lines)")


def test_the_ablation_of_the_paper_is_found_among_all_variants():
    every = configs("", *MFVAN.variants)
    found = crossing(every)
    assert (found.down, found.across) == ("scales", "identity_weight")
    assert found.lines == ("none", "1", "2", "3", "1, 2, 3")
    assert found.columns == ("0.0", "1.0")
    assert found.labels[2] == ("global+scale2", "global+ri+scale2")
    assert found.labels[-1][1] == ""


def test_variants_that_do_not_cross_have_no_cross_table():
    assert crossing(configs("", "delta", "rollout")) is None


def configs(*labels: str) -> dict[str, dict[str, object]]:
    found = {}
    for label in labels:
        method = replace(MFVAN(), **MFVAN.variants.get(label, {}))
        found[label] = {f.name: getattr(method, f.name) for f in fields(method)}
    return found


def test_the_same_records_give_the_same_bytes_in_any_order(crossing_world):
    crossing_world.run(methods="mean:*")
    records = list(Store(crossing_world.results).records())
    shuffled = [records[i] for i in np.random.default_rng(0).permutation(len(records))]
    for write in (markdown, html, latex, to_json):
        first, again = (write(board(crossing_world, given)) for given in (records, shuffled))
        assert first == again


def test_an_incomplete_variant_is_left_out_and_named(crossing_world):
    crossing_world.run(methods="mean:*")
    next((crossing_world.results / "records").rglob("mean-noisy/**/*.json")).unlink()
    group = only_group(crossing_world)
    assert "mean:noisy" not in [row.label for row in group.rows]
    assert group.crossing is None
    assert group.notes == (IncompleteVariants(("mean:noisy",)),)
    assert "> Left out, some folds missing: mean:noisy." in markdown(board(crossing_world))


def test_without_the_plain_method_nothing_is_subtracted(crossing_world):
    crossing_world.run("--limit-folds", "2", methods="mean")
    crossing_world.run(methods="mean:noisy,mean:both")
    grid = next(grids(only_group(crossing_world)))
    assert [line[:2] for line in grid.lines] == [
        ["mean:noisy", "backwards=False"],
        ["mean:both", "backwards=True"],
    ]
    assert "ΔUF1 vs mean" not in grid.names
    assert "no difference to mean" in grid.about


def test_only_common_seeds_are_compared(world):
    world.run("--seeds", "0-1", methods="mean")
    world.run(methods="mean:noisy")
    assert only_group(world).rows[1].difference.seeds == 1
    records = [r for r in Store(world.results).records() if r.label != "mean" or r.inputs["seed"]]
    (group,) = board(world, records).tables[0].variants
    assert group.rows[1].difference is None
    assert group.notes == (NoCommonSeed("mean", ("mean:noisy",)),)


def test_of_several_configurations_the_fullest_stands(world):
    world.run(methods="mean")
    world.run("--seeds", "0-1", methods="mean:noisy")
    records = list(Store(world.results).records())
    other = [
        replace(r, family="ffffffffffff", inputs=r.inputs | {"config": {"scale": 0.5}})
        for r in records
        if r.label == "mean:noisy" and not r.inputs["seed"]
    ]
    (group,) = board(world, records + other).tables[0].variants
    assert group.rows[1].values == {"scale": 0.0}
    assert group.notes == (SeveralRows(("mean:noisy",)),)


def test_another_version_is_no_variant(world):
    world.run(methods="mean,mean:noisy")
    records = list(Store(world.results).records())
    later = [
        replace(r, family=f"{r.family}v", inputs=r.inputs | {"version": 2})
        for r in records
        if r.label == "mean"
    ]
    (group,) = board(world, records + later).tables[0].variants
    assert {row.label for row in group.rows} == {"mean", "mean:noisy"}
    kept = [r for r in records if r.label != "mean"] + later
    assert board(world, kept).tables[0].variants == ()


def test_stand_ins_keep_their_title(world):
    (world.folder / "data" / "SYNTHETIC.json").write_text("{}")
    world.run(methods="mean:*")
    made = board(world)
    assert made.tables[0].title == "SYNTHETIC toy/3"
    assert r"\caption{SYNTHETIC toy/3, loso. Variants of mean (quick). " in latex(made)
    text = markdown(made)
    assert text.index("## SYNTHETIC toy/3") < text.index("### Variants of mean (quick)")
