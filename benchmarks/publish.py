"""How long a site takes: 40 methods on 12 tasks of 145 clips and 26 subjects, drawn at random.

`python -m benchmarks.publish [FOLDER]` writes the results there, or in a temporary folder, then
publishes them in a fresh process.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench.cache.files import key
from bench.data.contract import Contract
from bench.store.record import Inputs, Record
from bench.store.record_file import encode
from bench.store.task_file import TaskFile, encode_task, task_name

METHODS, TASKS, CLIPS, SUBJECTS = 40, 12, 145, 26
LIMIT_SECONDS, LIMIT_BYTES = 20, 2_000_000


def drawn(folder: Path, methods: int = METHODS, tasks: int = TASKS) -> None:
    """Write a results folder whose predictions are drawn: methods know from a third of the clips.

    Args:
        folder: for the results.
        methods: how many, with names that no plugin has.
        tasks: how many, of three and five classes in turn.
    """
    rng = np.random.default_rng(0)
    for number in range(tasks):
        task = _task(number, rng)
        path = folder / "tasks" / task_name(task.fingerprint)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encode_task(task))
        for i, skill in enumerate(np.linspace(0.3, 0.7, methods)):
            _cell(folder, task, f"method{i:02d}", float(skill), rng)


def _task(number: int, rng: np.random.Generator) -> TaskFile:
    classes = ["negative", "positive", "surprise", "fear", "other"][: 3 + 2 * (number % 2)]
    # Each subject once before the rest is drawn, so that none is without clips.
    people = np.sort(np.append(np.arange(SUBJECTS), rng.integers(0, SUBJECTS, CLIPS - SUBJECTS)))
    clips = {
        f"base/s{person:02d}/c{i:03d}": (f"base/s{person:02d}", "base", int(label))
        for i, (person, label) in enumerate(
            zip(people, rng.integers(0, len(classes), CLIPS), strict=True)
        )
    }
    name = f"drawn{number:02d}/{len(classes)}"
    counts = np.bincount([label for *_, label in clips.values()], minlength=len(classes))
    contract = Contract(found=tuple(counts.tolist()))
    return TaskFile(name, key(name), classes, False, "annotated", clips, contract)


def _cell(folder: Path, task: TaskFile, name: str, skill: float, rng: np.random.Generator) -> None:
    """One method on one task: a record for each subject."""
    inputs: Inputs = {
        "method": name, "version": 1, "config": {}, "views": {}, "task": task.task,
        "data": task.fingerprint, "protocol": "loso", "seed": 0,
    }  # fmt: skip
    family = key({n: v for n, v in inputs.items() if n != "seed"})[:12]
    place = folder / "records" / task.task.replace("/", "-") / name / f"paper-{family}" / "seed0"
    place.mkdir(parents=True)
    for person in sorted({who for who, *_ in task.clips.values()}):
        mine = {clip: label for clip, (who, _, label) in task.clips.items() if who == person}
        scores = rng.random((len(mine), len(task.classes)))
        known = rng.random(len(mine)) < skill
        scores[known, np.array(list(mine.values()))[known]] += 1
        record = Record(
            key=key(inputs, person), inputs=inputs, fold=person, status="ok", label=name,
            preset="paper", family=family, source="", clips=list(mine),
            scores=scores.round(3).tolist(), seconds={"fit": 0.1, "predict": 0.01, "cpu": 0.1},
            device="cpu",
        )  # fmt: skip
        (place / f"{person.replace('/', '-')}.json").write_bytes(encode(record))


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else temporary)
        if not (folder / "tasks").exists():
            drawn(folder)
        site = Path(temporary) / "site"
        command = [sys.executable, "-m", "bench", "publish", str(folder), "-o", str(site)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        # Processor time, on one thread: what else runs on the machine hardly changes it.
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        took = used.ru_utime + used.ru_stime
        size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{METHODS} methods on {TASKS} tasks")
    print(f"{took:.1f} s of processor time (to stay under {LIMIT_SECONDS})")
    print(f"{size:,} bytes (to stay under {LIMIT_BYTES:,})")


if __name__ == "__main__":
    main()
