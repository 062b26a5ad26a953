"""A world for tests: a folder with data, plugins and settings, and the command line in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

# One thread a test process, as in the harness: must be set before numpy and torch are imported.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from bench.core.private import compiled_folder  # noqa: E402

# Tests start processes with caches of their own, each of which would compile every kernel.
if (_folder := compiled_folder()) is not None:
    os.environ.setdefault("NUMBA_CACHE_DIR", str(_folder))

# The same examples in every run; `pytest --hypothesis-profile=search` looks for new ones.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("search", max_examples=1000, deadline=None)
settings.load_profile("repeatable")

HERE = Path(__file__).parent
# studies/ and docs/ are no part of the package. Last, so that nothing of the checkout hides it.
sys.path.append(str(HERE.parent))


@dataclass(frozen=True)
class Outcome:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


@dataclass
class World:
    """A temporary working folder; call `bench(...)` in it."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    patch: pytest.MonkeyPatch

    @property
    def plugin(self) -> Path:
        return self.folder / "toy.py"

    @property
    def results(self) -> Path:
        return self.folder / "results"

    def bench(self, *words: str) -> Outcome:
        """Run the command line in this process."""
        from bench.cli import main

        self.patch.setattr("sys.argv", ["bench", *map(str, words)])
        self.capture.readouterr()
        code, handler = 0, signal.getsignal(signal.SIGINT)
        try:
            main()
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
        finally:
            # The command line answers Ctrl-C itself, for as long as the process lives.
            signal.signal(signal.SIGINT, handler)
        got = self.capture.readouterr()
        return Outcome(code, got.out, got.err)

    def run(self, *words: str, methods: str = "mean", engine: str = "serial") -> Outcome:
        """`bench run` of toy methods on the toy dataset."""
        return self.bench("run", "-m", methods, "-d", "toy", "--engine", engine, *words)

    def own(self) -> Path:
        """Makes `own.py` the plugin of a method `own`, like `mean`, and of no dataset in use."""
        text = self.plugin.read_text()
        for name in ("toy", "mean", "faulty"):
            text = text.replace(f'name = "{name}"', f'name = "own{name}"'.replace("ownmean", "own"))
        path = self.folder / "own.py"
        path.write_text(text)
        (self.folder / "bench.toml").write_text(
            'plugins = ["toy.py", "own.py"]\n[roots]\ntoy = "data"\n'
        )
        return path

    def records(self) -> dict[str, dict]:
        """Every record by its path below records/."""
        root = self.results / "records"
        return {
            str(path.relative_to(root)): json.loads(path.read_text())
            for path in sorted(root.rglob("*.json"))
        }

    def predictions(self) -> dict[str, tuple]:
        """What must be equal between two runs of the same plan."""
        return {
            path: (raw["key"], raw["status"], raw["clips"], raw["scores"])
            for path, raw in self.records().items()
        }


@pytest.fixture
def world(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> World:
    """Six people, eighteen clips, three classes that can be told apart."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("BENCH_CONFIG", str(tmp_path / "bench.toml"))
    monkeypatch.setenv("BENCH_TRUST", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    # No world outlives a power cut, and hundreds of these wait for the disk.
    monkeypatch.setattr("os.fsync", lambda number: None)
    shutil.copy(HERE / "toy.py", tmp_path / "toy.py")
    (tmp_path / "bench.toml").write_text('plugins = ["toy.py"]\n[roots]\ntoy = "data"\n')
    rng = np.random.default_rng(0)
    for person in range(6):
        folder = tmp_path / "data" / f"p{person}"
        folder.mkdir(parents=True)
        for i, emotion in enumerate(("low", "mid", "high")):
            numbers = (rng.normal(0, 0.3, 2) + 2 * i).tolist()
            (folder / f"c{i}-{emotion}.json").write_text(json.dumps(numbers))
    return World(tmp_path, capsys, monkeypatch)


@pytest.fixture(autouse=True)
def ctrl_c():
    """Whatever a test does to the answer to Ctrl-C ends with it."""
    handler, hook = signal.getsignal(signal.SIGINT), sys.unraisablehook
    yield
    signal.signal(signal.SIGINT, handler)
    sys.unraisablehook = hook
