"""The contract: honest methods pass it, and every kind of fault and cheat is named by it."""

from __future__ import annotations

import dataclasses
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import cheats
import numpy as np
import pytest
from cheats import FACTS, Honest, Nearest

from bench import Facts, Method
from bench.check import CHECKS, MINIMUM, check_method, checks, parametrize_checks
from bench.check.checks import apply, name_of
from bench.check.examination import examine
from bench.check.watching import foreign, opened_files
from bench.methods.flowsvm import FlowSVM
from bench.methods.majority import Majority
from bench.plugins.registry import load

HERE = Path(__file__).parent


def failures(method: type[Method] | Method) -> dict[str, str]:
    """Names of the failed checks, and why."""
    return {r.check: r.detail for r in check_method(method) if r.status == "failed"}


@parametrize_checks([Honest, Majority, FlowSVM])
def test_honest_methods_pass(check):
    check()


@pytest.mark.slow
@pytest.mark.parametrize("name", load().methods)
def test_every_method_passes(name):
    assert failures(load().methods[name]) == {}


@pytest.mark.parametrize(
    ("cheat", "check", "said"),
    [
        (cheats.DatasetReader, "opens no data", "bench.toml"),
        (cheats.ResultsReader, "opens no data", "results"),
        (cheats.LabelKeeper, "other folds change nothing", "kept between folds"),
        (cheats.NameReader, "file names change nothing", "depend on file names"),
        (cheats.FoldStatistics, "one clip at a time scores as the fold", "held-out fold"),
        (cheats.ScalerOfAll, "other folds change nothing", "kept between folds"),
        (cheats.Unlabelled, "scores are rows of finite numbers", "NoneType"),
        (cheats.CheckpointPicker, "tracing changes nothing", "held-out clips' scores"),
    ],
)
def test_a_cheat_is_flagged_by_name(cheat, check, said):
    cheats.MEMORY.clear()
    cheats.MET.clear()
    found = failures(cheat)
    assert list(found) == [check], "one fault, one row"
    assert said in found[check]


def fault(**parts: Any) -> type[Method]:
    """A method with some of its parts replaced, to be found in the module of cheats."""
    kind = type("Fault", (Honest,), {"__doc__": "A fault.", "name": "fault", **parts})
    kind.__module__ = cheats.__name__
    cheats.Fault = dataclass(frozen=True)(kind)
    return cheats.Fault


class Half(Nearest):
    def predict(self, clips):
        return super().predict(clips)[:, :2]


class Unfinished(Nearest):
    def predict(self, clips):
        return super().predict(clips) * np.nan


class Single(Nearest):
    def predict(self, clips):
        return super().predict(clips) if len(clips) > 1 else np.zeros((0, 3))


class Scribbler(Nearest):
    def predict(self, clips):
        clips[0][:] = 0
        return super().predict(clips)


def fits(model: type[Nearest]) -> Any:
    return lambda self, train, context: model(train.clips, train.labels, train.classes)


def noisy(self, train, context):
    rows = np.array(train.clips)
    noise = np.random.normal(size=rows.shape[1])  # noqa: NPY002 (the fault)
    return Nearest(train.clips, train.labels, train.classes, scale=np.exp(noise))


def fidgety(self, train, context):
    np.random.seed(context.random_state)  # noqa: NPY002 (the fault)
    return Nearest(train.clips, train.labels, train.classes, scale=np.random.normal() ** 2)  # noqa: NPY002


def networked(self, train, context):
    import torch

    return Nearest(train.clips, train.labels, train.classes, scale=torch.rand(1).numpy() + 1)


def fresh(self, train, context):
    scale = np.random.default_rng().uniform(1, 2)
    return Nearest(train.clips, train.labels, train.classes, scale=scale)


def long_seed(self, train, context):
    np.random.RandomState(context.seed)
    return Nearest(train.clips, train.labels, train.classes)


def bare_estimator(self, train, context):
    from sklearn.svm import SVC

    return SVC(random_state=0).fit(train.clips, train.labels)


def clocked(self, train, context):
    return Nearest(train.clips, train.labels, train.classes, scale=time.perf_counter_ns())


def every_class(self, train, context):
    if len(np.unique(train.labels)) < train.classes:
        raise ValueError("cannot stack an empty class")
    return Nearest(train.clips, train.labels, train.classes)


def several_subjects(self, train, context):
    for c in np.unique(train.labels):
        if len(np.unique(train.subjects[train.labels == c])) < 2:
            raise ValueError("no inner fold validates this class")
    return Nearest(train.clips, train.labels, train.classes)


def endless(self, train, context):
    started = time.process_time()
    while time.process_time() - started < 1.2 and context.deadline:
        np.sort(np.random.default_rng(0).normal(size=1000))
    return Nearest(train.clips, train.labels, train.classes)


def ponders(self, clip):
    started = time.process_time()
    while time.process_time() - started < 0.02:
        np.sort(np.random.default_rng(0).normal(size=1000))
    return np.zeros(4)


def guesses(self, train, context):
    return Nearest(train.clips, np.zeros_like(train.labels), train.classes)


def oracle(self, clip):
    return clip.sources.get("action_unit_codes", np.zeros((100, 8)))


def frames_too(self, clip):
    from bench.views.frames import key_frames

    return Honest.describe(self, clip) + key_frames(clip).mean()


def counts(self, clip, calls=[]):  # noqa: B006 (the fault)
    calls.append(1)
    return np.full(4, float(len(calls)))


def writes(self, clip):
    if "flow_image" in clip.sources:
        clip.sources["flow_image"][:] = 0
    return np.zeros(4)


def test_describing_is_no_part_of_the_time_that_a_fit_may_take(monkeypatch):
    monkeypatch.setattr("bench.check.fitting.PATIENCE", 0.1)
    checks = {name_of(one): one for one in CHECKS}
    found = apply(checks["the deadline is honoured"], examine(fault(describe=ponders)))
    assert found.status == "passed", found.detail


@pytest.mark.parametrize(
    ("parts", "check", "said"),
    [
        ({"facts": Facts("", "", 1066, "www", "code", ("no stop",))}, "facts are complete", "1066"),
        ({"facts": Facts("x", "x", 2020, "", "reconstructed")}, "facts are complete", "deviation"),
        (
            {"presets": {"paper": {"x": 1}}},
            "configuration is plain",
            "defaults must be the paper's",
        ),
        ({"variants": {"a": {"none": 1}}}, "configuration is plain", "none"),
        ({"fit": fits(Half)}, "scores are rows of finite numbers", "expected (3, 3)"),
        ({"fit": fits(Unfinished)}, "scores are rows of finite numbers", "non-finite"),
        ({"fit": fits(Single)}, "a fold of one clip", "shape (0, 3)"),
        ({"fit": fits(Scribbler)}, "inputs stay as they are", "held-out clips"),
        ({"fit": fidgety}, "global random state stays as it is", "with context.seeded()"),
        ({"fit": noisy}, "same seed same scores", "draws from numpy.random without"),
        ({"fit": networked}, "same seed same scores", "draws from torch without"),
        ({"fit": fresh}, "same seed same scores", "an unseeded generator"),
        ({"fit": bare_estimator}, "scores are rows of finite numbers", "expected a bench.Model"),
        ({"fit": long_seed}, "scores are rows of finite numbers", ": context.random_state is the"),
        ({"fit": clocked}, "same seed same scores", "differ"),
        ({"fit": every_class}, "a class missing in training", "empty class"),
        ({"fit": several_subjects}, "a class of a single subject", "inner fold"),
        ({"fit": endless}, "the deadline is honoured", "check_deadline"),
        ({"fit": guesses}, "learns an easy set", "expected 9"),
        ({"needs": frozenset({"thoughts"})}, "every dataset that serves it", "needs thoughts"),
        ({"describe": lambda self, clip: ["x"]}, "every dataset that serves it", "list"),
        ({"describe": oracle}, "reads declared views only", "action_unit_codes"),
        (
            {"describe": frames_too},
            "every dataset that serves it",
            "uses frames, key_frames, which",
        ),
        ({"describe": counts}, "describes alike each time", "differently"),
        ({"describe": writes}, "describes alike each time", "flow_image"),
    ],
)
def test_a_fault_is_found_by_its_check(parts, check, said):
    if parts.get("describe") is oracle:
        parts["needs"] = frozenset({"frames"})
    *results, whole = check_method(fault(**parts))
    found = {r.check: r.detail for r in results if r.status == "failed"}
    assert list(found) == [check], "one fault, one row"
    assert said in found[check]
    waiting = [r for r in results if r.status == "blocked"]
    assert all(r.detail == f"depends on a failed check: {check}" for r in waiting)
    ran = sum(r.ran for r in results)
    assert len(results) == ran + len(waiting) == 25
    assert whole.status == "passed"
    assert whole.detail.startswith(f"{ran} of 25 checks ran")


@dataclass(frozen=True)
class Sized(Honest):
    """Describes by a field that it does not name."""

    size: int = 1
    name: ClassVar[str] = "sized"
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[dict] = {"quick": {"size": 2}}

    def describe(self, clip):
        return super().describe(clip) * self.size


@dataclass(frozen=True)
class Unstorable(Honest):
    """Its configuration does not fit into a record."""

    words: set = field(default_factory=set)
    name: ClassVar[str] = "unstorable"


def test_shared_descriptions_must_be_equal():
    assert "quick" in failures(Sized)["described by names every field that matters"]


def test_a_configuration_that_is_not_json_is_refused():
    assert "written as JSON" in failures(Unstorable)["configuration is plain"]


def test_a_heavy_import_is_named(tmp_path):
    path = tmp_path / "heavy.py"
    path.write_text("import scipy.stats\n" + (HERE / "cheats.py").read_text())
    plugin = load((path,)).methods["honest"]
    found = failures(plugin)
    assert "imports scipy" in found["importing is light"]


def test_an_order_that_matters_is_noted_and_no_failure():
    def first_clip(self, train, context):
        return Nearest(train.clips, train.labels, train.classes, scale=train.clips[0] + 1)

    results = {r.check: r.status for r in check_method(fault(fit=first_clip))}
    assert results["training order matters through the seed only"] == "noted"


def test_a_transductive_method_is_handed_the_clips_and_excused():
    facts = dataclasses.replace(FACTS, transductive=True)
    results = {r.check: r for r in check_method(_with_facts(cheats.Unlabelled, facts))}
    assert results["scores are rows of finite numbers"].status == "passed"
    assert results["one clip at a time scores as the fold"].status == "skipped"


def _with_facts(kind: type[Method], facts: Facts) -> Method:
    return type("Stated", (kind,), {"facts": facts})()


def test_no_check_may_be_missing(monkeypatch):
    assert len(CHECKS) == 25
    assert MINIMUM == 23
    monkeypatch.setattr("bench.check.runner.CHECKS", checks.CHECKS[:5])
    assert "expected at least 23" in failures(Honest)["the whole contract was applied"]
    with pytest.raises(ValueError, match="some are missing"):
        parametrize_checks([Honest])
    monkeypatch.undo()
    with pytest.raises(ValueError, match="some are missing"):
        parametrize_checks([])


def test_files_that_are_read_are_seen(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("x")
    with opened_files() as seen:
        path.read_text()
        list(tmp_path.iterdir())
        (tmp_path / "own.txt").write_text("x")
    path.read_text()
    assert foreign(seen) == [str(path), str(tmp_path)]
    assert foreign(seen, (tmp_path,)) == []


def test_a_file_is_named_before_the_folders_looked_through():
    imports = "/a/__editable__.some_package.finder.__path_hook__"
    assert foreign({"/a", "/a/b", "/z/bench.toml", imports}) == ["/z/bench.toml", "/a", "/a/b"]


def test_the_verb(world):
    (world.folder / "cheat.py").write_text((HERE / "cheats.py").read_text())
    good = world.bench("check", "majority")
    assert good.code == 0, good.out + good.err
    assert "the whole contract was applied" in good.out
    bad = world.bench("check", "foldstatistics", "--plugin", "cheat.py", "--json")
    assert bad.code == 1
    failed = {row["check"] for row in json.loads(bad.out) if row["status"] == "failed"}
    assert failed == {"one clip at a time scores as the fold"}
    for words in (("check", "nosuch"), ("check", "nosuch.py"), ("check",)):
        assert world.bench(*words).code == 2


def test_the_verb_checks_the_methods_of_a_file(world):
    text = (HERE / "cheats.py").read_text()
    (world.folder / "mine.py").write_text(
        text[: text.index("@dataclass(frozen=True)\nclass DatasetR")]
    )
    done = world.bench("check", "mine.py", "--json")
    assert {row["method"] for row in json.loads(done.out)} == {"honest"}
    (world.folder / "empty.py").write_text("")
    assert world.bench("check", "empty.py").code == 2


@dataclass(frozen=True)
class Typeless(Honest):
    """Has what looks like a field and is none."""

    rate = 0.1
    name: ClassVar[str] = "typeless"


def test_a_number_without_a_type_is_noted():
    (found,) = [r for r in check_method(Typeless) if r.check == "configuration is plain"]
    assert found.status == "noted"
    assert "`rate: float = 0.1`" in found.detail


def test_a_module_that_cannot_be_followed_is_named(tmp_path):
    (tmp_path / "hidden_helper.py").write_text("")
    text = (HERE / "cheats.py").read_text()
    text = text[: text.index("@dataclass(frozen=True)\nclass DatasetR")]
    loading = """
        import importlib.util
        path = Path(__file__).with_name("hidden_" + "helper.py")
        spec = importlib.util.spec_from_file_location("hidden_helper", path)
        __import__("sys").modules["hidden_helper"] = importlib.util.module_from_spec(spec)
        return Nearest("""
    path = tmp_path / "hiding.py"
    path.write_text(text.replace("\n        return Nearest(", loading, 1))
    found = failures(load((path,)).methods["honest"])
    assert list(found) == ["imports can be followed"]
    assert "hidden_helper.py" in found["imports can be followed"]
    __import__("sys").modules.pop("hidden_helper", None)
