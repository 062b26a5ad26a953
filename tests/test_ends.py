"""However a plugin's code ends, it costs its own units: the others go on, and a line says so."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from bench.running.engines.worker_process import WorkerProcess
from tests.ends import HARD, PLACES, SOFT

HERE = Path(__file__).parent


@pytest.fixture
def enders(world):
    shutil.copy(HERE / "ends.py", world.folder / "ends.py")
    return world


def names(places, hows):
    return [f"{place}_{how.__name__}" for place in places for how in hows]


def statuses(world):
    return {raw["label"]: raw["status"] for raw in world.records().values()}


def test_no_end_that_can_be_caught_ends_a_serial_run(enders):
    methods = names(PLACES, SOFT)
    done = enders.run(
        "--plugin", "ends.py", "--limit-folds", "1", "--trace", methods=",".join([*methods, "mean"])
    )
    assert done.code == 1
    assert statuses(enders) == {**dict.fromkeys(methods, "failed"), "mean": "ok"}
    assert "failed: fit_leave toy/3 toy/p0 seed 0: bench.core.contain.ExitError" in done.err
    errors = {raw["label"]: raw["error"] for raw in enders.records().values()}
    assert "SystemExit(0) was raised" in errors["predict_leave"]
    assert "os._exit(0) was called" in errors["describe_leave_at_once"]
    assert "of its own kind" in errors["checkpoint_own"]


def test_no_end_ends_a_run_in_processes(enders):
    soft = [*names(("describe", "fit"), SOFT), "fit_forked"]
    # Each end in `describe` takes seven workers; the other one has the next test.
    hard = ["describe_c_exit", *names(("fit", "predict"), HARD)]
    done = enders.run(
        "--plugin", "ends.py", "--limit-folds", "1", "--jobs", "2",
        methods=",".join([*soft, *hard, "mean"]), engine="processes",
    )  # fmt: skip
    assert done.code == 1
    assert statuses(enders) == {
        **dict.fromkeys(soft, "failed"),
        **dict.fromkeys(hard, "killed"),
        "mean": "ok",
    }
    errors = {raw["label"]: raw["error"] for raw in enders.records().values()}
    assert "ended twice (exit code 0)" in errors["fit_c_exit"]
    assert "ended twice (SIGSEGV)" in errors["predict_crash"]
    assert "describe_c_exit: describe did not return on 3 clips in a row" in done.err


@pytest.fixture
def starts(monkeypatch):
    """How many worker processes were started."""
    found, real = [], WorkerProcess.__init__

    def noted(self, *arguments):
        found.append(self)
        real(self, *arguments)

    monkeypatch.setattr(WorkerProcess, "__init__", noted)
    return found


def test_a_method_that_crashes_on_every_clip_is_given_up(enders, starts):
    done = enders.run(
        "--plugin", "ends.py", "--limit-folds", "1", "--jobs", "1",
        methods="describe_leave,describe_crash,mean", engine="processes",
    )  # fmt: skip
    assert statuses(enders) == {
        "describe_leave": "failed",
        "describe_crash": "killed",
        "mean": "ok",
    }
    assert "describe_crash: describe did not return on 3 clips in a row" in done.err
    # Two for each of three clips, and for the one at hand when the method is given up; one for the
    # rest; one for those four again; one for the folds.
    assert len(starts) == 11
    errors = {raw["label"]: raw["error"] for raw in enders.records().values()}
    # What was lost with the crashed workers has been found out again.
    assert "SystemExit(0) was raised" in errors["describe_leave"]
    assert not any("missing from the cache" in error for error in errors.values())


@pytest.mark.slow
def test_the_time_limit_of_describing_is_for_one_method_on_one_clip(enders):
    began = time.monotonic()
    done = enders.run(
        "--plugin", "ends.py", "--limit-folds", "1", "--jobs", "1", "--timeout", "2",
        methods="describe_hang,describe_leave,mean,mean:noisy", engine="processes",
    )  # fmt: skip
    # Three clips for 3.2 s each, whatever the number of methods and clips.
    assert time.monotonic() - began < 3 * 3.2 + 15
    assert done.code == 1
    assert statuses(enders)["describe_hang"] == "timeout"
    assert statuses(enders)["mean"] == "ok"


@pytest.mark.parametrize("words", ["sys.exit(0)", "os._exit(0)", "raise KeyboardInterrupt"])
@pytest.mark.parametrize("where", ["import", "__post_init__", "stated"])
def test_a_plugin_that_ends_before_the_run_is_a_line(world, where, words):
    code = "import os, sys\n" + (HERE / "toy.py").read_text().replace('"mean"', '"ends"')
    code = code[: code.index("@dataclass(frozen=True)\nclass Faulty")].replace('"toy"', '"toy2"')
    code += words if where == "import" else f"\n    def {where}(self):\n        {words}\n"
    (world.folder / "ends.py").write_text(code)
    done = world.bench("list", "methods", "--plugin", "ends.py")
    assert (done.code, done.err.count("\n")) == (2, 1), done.err
    assert "ends.py" in done.err
    assert "ExitError" in done.err


@pytest.mark.parametrize("words", ["sys.exit(0)", "os._exit(0)", "raise BaseException('own')"])
def test_a_dataset_that_ends_in_index_stops_no_other(world, words):
    code = world.plugin.read_text().replace('name = "toy"', 'name = "other"')
    code = code[: code.index("@dataclass(frozen=True)\nclass Mean")]
    code = "import sys\n" + code.replace(
        "if not self.root.is_dir", f"{words}\n        if not self.root.is_dir"
    )
    (world.folder / "other.py").write_text(code)
    (world.folder / "bench.toml").write_text(
        'plugins = ["toy.py", "other.py"]\n[roots]\ntoy = "data"\nother = "data"\n'
    )
    done = world.bench("run", "-m", "mean", "-d", "toy,other", "--engine", "serial")
    assert done.code == 2
    assert len(world.records()) == 6
    assert "other: index() of its plugin fails: ExitError" in done.err


@pytest.mark.parametrize("words", ["sys.exit(0)", "raise KeyError('column')"])
def test_a_dataset_that_ends_in_read_costs_its_clip(world, words):
    code = world.plugin.read_text().replace(
        "path = clip.folder / clip.files[0]",
        f"path = clip.folder / clip.files[0]\n        if path.stem == 'c0-low': {words}",
    )
    world.plugin.write_text("import sys\n" + code)
    done = world.run()
    assert done.code == 2
    assert "p0/c0-low: cannot be read" in done.err
