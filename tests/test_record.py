"""`bench results explain` and `bench repro`: what a record is worth, and whether it comes again."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from bench.core.sealed import ENVELOPE
from bench.store.environment import environment_name
from tests.sealing import edit, write


@pytest.fixture
def ran(world):
    world.run("--preset", "quick")
    return world


def paths(world) -> list[Path]:
    return sorted((world.results / "records").rglob("*.json"))


def explained(world, *words: str) -> dict:
    done = world.bench("results", "explain", *words, "--plugin", "toy.py", "--json")
    assert done.code == 0, done.err
    return json.loads(done.out)


def edited(world, change) -> str:
    path = paths(world)[0]
    edit(path, change, signed=True)
    return str(path)


def test_a_record_of_today_is_fresh(ran):
    found = explained(ran, str(paths(ran)[0]))
    assert found["state"] == "fresh", found
    assert found["about"]["fold"] == "toy/p0"
    by_words = explained(ran, "toy/3/mean:toy/p1")
    assert by_words["about"]["fold"] == "toy/p1"
    text = ran.bench("results", "explain", "toy/3/mean:toy/p1", "--plugin", "toy.py").out
    assert "fresh: made on this machine" in text


@pytest.mark.parametrize(
    ("change", "state", "said"),
    [
        (lambda raw: raw["inputs"].update(seed=1), "damaged", "changed by hand"),
        (lambda raw: raw["scores"].pop(), "damaged", "rows of scores"),
        (lambda raw: raw.update(format=9), "foreign", "has format 9"),
        (lambda raw: raw["clips"].__setitem__(0, "toy/p9/x"), "damaged", "toy/p9/x"),
        (lambda raw: raw.pop("scores"), "damaged", "scores: missing"),
        (lambda raw: raw.update(source="0"), "stale", "code has changed"),
        (lambda raw: raw.update(environment="0"), "foreign", "without a description"),
    ],
)
def test_what_is_wrong_with_a_record_is_said(ran, change, state, said):
    path = edited(ran, change)
    before = Path(path).read_bytes()
    found = explained(ran, path)
    assert found["state"] == state
    assert said in " ".join(found["why"])
    assert Path(path).read_bytes() == before


def test_a_truncated_record_is_damaged_and_stays_where_it_is(ran):
    path = paths(ran)[0]
    path.write_bytes(path.read_bytes()[:50])
    assert explained(ran, str(path))["state"] == "damaged"
    assert path.is_file()


def described(folder: Path, raw: dict) -> str:
    """Describe another machine; returns its id."""
    name = environment_name({k: v for k, v in raw.items() if k not in ENVELOPE})
    write(folder / f"{name}.json", raw)
    return name


def test_another_machine_is_described(ran):
    (file,) = (ran.results / "environments").glob("*.json")
    raw = json.loads(file.read_text())
    raw["packages"]["numpy"] = "0.9"
    other = described(file.parent, raw)
    found = explained(ran, edited(ran, lambda raw: raw.update(environment=other)))
    assert found["state"] == "foreign"
    assert "numpy 0.9 there" in found["why"][0]


def test_another_commit_of_the_same_code_is_fresh(ran):
    (file,) = (ran.results / "environments").glob("*.json")
    raw = json.loads(file.read_text())
    raw["commit"] = "0123456789ab"
    other = described(file.parent, raw)
    found = explained(ran, edited(ran, lambda raw: raw.update(environment=other)))
    assert found["state"] == "fresh"
    assert "commit 0123456789ab there" in found["why"][0]


def test_a_variants_colon_is_no_fold(world):
    world.run(methods="mean:noisy")
    (first, *_) = paths(world)
    for words in ("toy/3/mean:noisy:toy/p0", str(first)):
        assert explained(world, words)["about"]["fold"] == "toy/p0"


def test_a_cell_that_is_not_there_names_the_nearest(ran):
    done = ran.bench("results", "explain", "toy/3/maen:toy/p0")
    assert done.code == 2
    assert "nearest: toy-3/mean/quick-" in done.err


def test_a_plugin_that_is_not_here_makes_a_record_foreign(ran):
    done = ran.bench("results", "explain", str(paths(ran)[0]), "--json")
    (ran.folder / "bench.toml").write_text("")
    done = ran.bench("results", "explain", str(paths(ran)[0]), "--json")
    assert json.loads(done.out)["state"] == "foreign"
    assert "--plugin" in json.loads(done.out)["why"][0]


def test_a_changed_preset_is_told_field_by_field(ran):
    (ran.folder / "other").mkdir()
    text = ran.plugin.read_text().replace('{"scale": 2.0}', '{"scale": 3.0}')
    assert text != ran.plugin.read_text()
    (ran.folder / "other" / "toy.py").write_text(text)
    (ran.folder / "bench.toml").write_text("")
    done = ran.bench("results", "explain", str(paths(ran)[0]), "--plugin", "other/toy.py", "--json")
    found = json.loads(done.out)
    assert found["state"] == "stale"
    assert any("scale 2.0 → 3.0" in why for why in found["why"])


def test_misuse_is_a_line(ran):
    for words in (("toy/3/mean",), ("nothing",), ("toy/3/mean:toy/p9",)):
        done = ran.bench("results", "explain", *words)
        assert done.code == 2
        assert len(done.err.strip().splitlines()) == 1


def repro(world, *words: str):
    return world.bench("repro", "toy/3/mean", "--plugin", "toy.py", "--engine", "serial", *words)


def test_a_cell_comes_again_to_the_last_bit(ran):
    before = ran.predictions()
    done = repro(ran)
    assert done.code == 0, done.err
    assert "18 predictions of 6 folds: identical" in done.out
    assert ran.predictions() == before


def test_stand_ins_are_made_where_none_is_configured(world):
    data = world.folder / "data"
    (data / "SYNTHETIC.json").write_text("{}")
    world.run()
    (world.folder / "bench.toml").write_text("")
    world.patch.setattr("bench.plugins.settings.stand_ins", lambda *_, **__: {"toy": data})
    done = repro(world)
    assert done.code == 0, done.err
    assert "18 predictions of 6 folds: identical" in done.out


def test_one_fold_alone_and_kept(ran):
    done = repro(ran, "--fold", "toy/p2", "--into", "again", "--json")
    (row,) = json.loads(done.out)
    assert row["same"]
    assert row["largest"] == 0
    assert len(list((ran.folder / "again" / "records").rglob("*.json"))) == 1


def test_predictions_that_differ_are_named_clip_by_clip(ran):
    clip = json.loads(paths(ran)[0].read_text())["clips"][0]
    edited(ran, lambda raw: raw["scores"].__setitem__(0, raw["scores"][0][::-1]))
    done = repro(ran, "--json")
    assert done.code == 1
    rows = {row["fold"]: row for row in json.loads(done.out)}
    assert rows["toy/p0"]["changed"] == [clip]
    assert all(row["same"] for fold, row in rows.items() if fold != "toy/p0")


def test_a_fold_that_fails_now_is_said(ran):
    ran.run(methods="faulty")
    ran.patch.setenv("TOY_FAULT", "raise")
    done = ran.bench("repro", "toy/3/faulty", "--plugin", "toy.py", "--engine", "serial")
    assert done.code == 1
    assert re.search("6 folds failed", done.out)


def test_other_data_are_not_compared(ran):
    file = next((ran.folder / "data").rglob("*.json"))
    file.write_text("[0.5, 0.5]")
    done = repro(ran)
    assert done.code == 2
    assert "is not the data of" in done.err


def test_a_fold_that_is_not_there(ran):
    done = repro(ran, "--fold", "toy/p9")
    assert done.code == 2
    assert "toy/p9: not among the finished folds" in done.err
