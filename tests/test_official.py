"""Variants that choose the epoch as their authors do: traced by themselves, and never ranked."""

from __future__ import annotations

import json

import pytest

from bench.literature.table import literature
from bench.plugins.registry import load

PLUGIN = '''

@dataclass(frozen=True)
class Chooser(Mean):
    """Its authors keep the best epoch on the held-out subject."""

    name = "chooser"
    variants = {"official": {}, "same": {}}
    traced = frozenset({"official"})
'''


@pytest.fixture
def chooser(world):
    with world.plugin.open("a") as file:
        file.write(PLUGIN)
    return world


def test_such_a_variant_is_traced_without_being_asked(chooser):
    assert chooser.run(methods="chooser,chooser:official").code == 0
    traced = {record["label"]: record["traced"] for record in chooser.records().values()}
    assert traced == {"chooser": False, "chooser:official": True}
    assert all(r["trace"] for r in chooser.records().values() if "official" in r["label"])
    assert "12 reused" in chooser.run(methods="chooser,chooser:official").err
    plan = chooser.bench("plan", "-m", "chooser:official", "-d", "toy", "--json")
    assert [cell["done"] for cell in json.loads(plan.out)] == [6]


def test_a_field_may_be_set_besides(chooser):
    chooser.run(methods="chooser:official+scale=3")
    record = next(iter(chooser.records().values()))
    assert (record["traced"], record["inputs"]["config"]["scale"]) == (True, 3.0)
    assert "oracle" in (chooser.results / "leaderboard.md").read_text()


def test_its_row_has_an_oracle_score_and_no_rank(chooser):
    chooser.run(methods="chooser,chooser:official")
    (table,) = json.loads((chooser.results / "leaderboard.json").read_text())["tables"]
    rows = {row["label"]: row for row in table["rows"]}
    assert (rows["chooser"]["rank"], rows["chooser"]["oracle"]) == (1, None)
    assert rows["chooser:official"]["rank"] is None
    assert rows["chooser:official"]["oracle"] is not None


def test_a_glob_names_it_beside_the_plain_method(chooser):
    plan = chooser.bench("plan", "-m", "chooser:*", "-d", "toy", "--json")
    assert [cell["method"] for cell in json.loads(plan.out)] == ["chooser", "chooser:official"]


def test_the_literature_knows_of_every_such_choice():
    """The public scripts say so; `bench/literature/published.csv` names file and lines."""
    test_best = {one.method for one in literature() if one.selection == "test-best"}
    traced = {name for name, plugin in load().methods.items() if plugin.traced}
    assert traced == {"capsulenet", "htnet", "mmnet"}
    assert traced <= test_best
