"""One sandbox: a world in which commands run in processes of their own, and files around it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .launch import FRESH, alive, be_bench, wait

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT = float(os.environ.get("FAULTS_LIMIT", "90"))
"""Seconds after which a command hangs. A sound one takes two."""

ORPHANS = 15.0
"""Seconds within which all processes of a command must have gone after it."""

TRACES = ("Traceback (most recent call last)", "Fatal Python error", "Exception ignored in")


@dataclass
class Done:
    """How a command ended: exit code (negative: signal), output, whether it had to be killed."""

    code: int
    text: str
    hung: bool


@dataclass
class Case:
    """A folder with a world, precious files outside of it, and what went wrong so far.

    Attributes:
        folder: holds `world`, `outside` and `home`.
        methods: those of the plan, comma-separated.
        dataset: that of the plan.
        tracebacks: outputs in which one was seen.
        hangs: commands that had to be killed or left processes behind.
        damaged: records that the fault itself has destroyed.
        crashes: outputs that name a saved report: an error that nobody foresaw.
        replaced: special files that became something else.
        missed: units of others that a fault kept from being finished.
        log: commands and outputs, for a look at a fault.
    """

    folder: Path
    methods: str = "mean"
    dataset: str = "vectors"
    tracebacks: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    damaged: set[Path] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    missed: int = 0
    number: int = 0

    @property
    def world(self) -> Path:
        return self.folder / "world"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def results(self) -> Path:
        return self.world / "results"

    def run(self, *words: str, **how: Any) -> Done:
        """`bench run` of the plan."""
        return self.bench(*self.plan(), *words, **how)

    def plan(self) -> tuple[str, ...]:
        """The words that run the plan; serially, unless others follow."""
        return ("run", "-m", self.methods, "-d", self.dataset, "--engine", "serial")

    def bench(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        before: Callable[[], object] | None = None,
        fresh: bool = False,
        limit: float = LIMIT,
    ) -> Done:
        """Run a command to its end."""
        pid, output = self.start(*words, env=env, before=before, fresh=fresh)
        return self.end(pid, output, words, limit)

    def start(
        self,
        *words: str,
        env: Mapping[str, str] | None = None,
        before: Callable[[], object] | None = None,
        fresh: bool = False,
    ) -> tuple[int, Path]:
        """Start a command in a session of its own: its process, and the file of its output.

        Args:
            words: of the command line.
            env: variables to add.
            before: called in the new process, such as to set a limit.
            fresh: a new interpreter; by default a copy of this one, which has all imported.
        """
        self.number += 1
        output = self.folder / f"output-{self.number}"
        variables = self.environment() | dict(env or {})
        if fresh:
            with output.open("wb") as file:
                process = subprocess.Popen(
                    [sys.executable, "-m", "bench", *words],
                    cwd=self.world,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=file,
                    start_new_session=True,
                    preexec_fn=before,
                )
            FRESH[process.pid] = process
            return process.pid, output
        pid = os.fork()
        if not pid:
            be_bench(self.world, variables, output, words, before)
        return pid, output

    def end(self, pid: int, output: Path, words: tuple[str, ...], limit: float = LIMIT) -> Done:
        """Wait for a command, note how it ended, and see that nothing of it lives on."""
        code = wait(pid, limit)
        hung = code is None
        if not hung and alive(pid, ORPHANS):
            self.hangs.append(f"processes left by: bench {' '.join(words)}")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        if hung:
            self.hangs.append(f"bench {' '.join(words)}")
            code = wait(pid, 10) or -9
        text = output.read_text(errors="replace")
        self.log.append(f"$ bench {' '.join(words)}\n{text}[exit {code}]")
        if any(trace in text for trace in TRACES):
            self.tracebacks.append(self.log[-1])
        if "bench: unexpected " in text:
            self.crashes.append(self.log[-1])
        return Done(code or 0, text, hung)

    def environment(self) -> dict[str, str]:
        """The variables of every command: nothing of it may go outside the sandbox."""
        home = self.folder / "home"
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "XDG_STATE_HOME": str(self.world / "state"),
            "XDG_CACHE_HOME": str(self.world / "cache-home"),
            "TMPDIR": str(self.world / "tmp"),
            "BENCH_CACHE": str(self.world / "cache"),
            "BENCH_CONFIG": str(self.world / "bench.toml"),
            "BENCH_TRUST": "1",
            "COLUMNS": "200",
            **{f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")},
        }

    def records(self) -> dict[Path, dict[str, Any]]:
        """All records that are json, by their path below the results folder."""
        found = {}
        for path in sorted((self.results / "records").rglob("*.json")):
            with contextlib.suppress(OSError, ValueError):
                raw = json.loads(path.read_bytes())
                if isinstance(raw, dict):
                    found[path.relative_to(self.results)] = raw
        return found

    def finished(self) -> dict[Path, bytes]:
        """Bytes of the records of finished units that the fault did not destroy itself."""
        return {
            path: (self.results / path).read_bytes()
            for path, raw in self.records().items()
            if raw.get("status") == "ok" and path not in self.damaged
        }

    def finished_now(self) -> dict[Path, bytes]:
        """Bytes of all records."""
        return {path: (self.results / path).read_bytes() for path in self.records()}

    def predictions(self) -> dict[tuple[str, str], Any]:
        """Clips and scores of every finished unit, by method and subject."""
        return {
            (raw["label"], raw["fold"]): (raw["clips"], raw["scores"])
            for raw in self.records().values()
            if raw.get("status") == "ok"
        }


def snapshot(*folders: Path) -> dict[str, tuple[Any, ...]]:
    """Kind, permissions and content of everything below."""
    found = {}
    for folder in folders:
        for path in [folder, *sorted(folder.rglob("*"))]:
            status = path.lstat()
            content = ""
            if stat.S_ISREG(status.st_mode):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = str(path.readlink())
            found[str(path)] = (status.st_mode, status.st_rdev, content)
    return found
