"""The campaign: which faults, one after the other, what each left, and the table of it all."""

from __future__ import annotations

import json
import os
import shutil
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from . import inputs, kernels, outputs, processes, storage
from .case import Case, snapshot
from .launch import warm_up
from .world import add_films, build

Fault = Callable[[Case, np.random.Generator], None]


@dataclass(frozen=True)
class Kind:
    """One kind of faults.

    Attributes:
        name: in the table.
        share: how many of a full campaign.
        fault: what goes wrong.
        start: the world it happens in: "empty", "done" (all units finished), "films" or "kernels".
        dataset: of the plan.
        methods: of the plan.
    """

    name: str
    share: int
    fault: Fault
    start: str = "done"
    dataset: str = "vectors"
    methods: str = "mean"


KINDS = (
    Kind("command killed", 40, processes.kill_parent, "empty"),
    Kind("worker killed", 30, processes.kill_worker, "empty"),
    Kind("starting worker killed", 20, processes.kill_starting_worker, "empty"),
    Kind("interrupted (Ctrl-C)", 40, processes.interrupt, "empty"),
    Kind("two runs at once", 15, processes.two_runs, "empty"),
    Kind("plugin ends", 60, processes.plugin_ends, "empty", methods="mean,ends"),
    Kind("disk full", 40, storage.full_disk, "empty"),
    Kind("damaged record", 60, storage.damaged_results("records")),
    Kind("damaged task", 20, storage.damaged_results("tasks")),
    Kind("damaged environment", 20, storage.damaged_results("environments")),
    Kind("damaged external", 15, storage.damaged_results("external")),
    Kind("damaged cache", 40, storage.damaged_cache),
    Kind("damaged kernel", 10, kernels.damaged_kernel, "kernels", "films", "lbptop"),
    Kind("hostile table", 30, inputs.hostile_table, "films", "films", "pixels"),
    Kind("hostile image", 25, inputs.hostile_image, "films", "films", "pixels"),
    Kind("hostile names", 20, inputs.hostile_names),
    Kind("hostile import", 30, inputs.hostile_import),
    Kind("read-only folder", 20, storage.read_only),
    Kind("few open files", 15, storage.few_files, "empty"),
    Kind("stdout closed or full", 15, outputs.closed_stdout),
    Kind("special -o target", 25, outputs.special_target),
    Kind("hostile option", 20, outputs.hostile_options),
)
COLUMNS = ("lost", "differing", "tracebacks", "hangs", "touched")


@dataclass(frozen=True)
class Outcome:
    """What one fault left.

    Attributes:
        number: of the fault.
        kind: its name.
        lost: finished units that were gone or changed after resuming.
        differing: units whose predictions after resuming are not those of an undisturbed run.
        tracebacks: outputs with one.
        hangs: commands that did not end.
        touched: files outside of the sandbox that changed, or special files that were replaced.
        crashes: outputs that name a saved report of an error that nobody foresaw; allowed, but
            worth a look.
        detail: what happened, where any of these is not zero.
    """

    number: int
    kind: str
    lost: int
    differing: int
    tracebacks: int
    hangs: int
    touched: int
    crashes: int = 0
    detail: str = ""

    @property
    def clean(self) -> bool:
        return not any(getattr(self, name) for name in COLUMNS)


def plan(faults: int) -> list[Kind]:
    """The kinds of a campaign of at least so many faults, in their shares, mixed."""
    whole = sum(kind.share for kind in KINDS)
    counts = [max(1, round(kind.share * faults / whole)) for kind in KINDS]
    # Rounding takes some away: so many more damaged records, of which there are the most.
    names = [kind.name for kind in KINDS]
    counts[names.index("damaged record")] += max(0, faults - sum(counts))
    chosen = [kind for kind, count in zip(KINDS, counts, strict=True) for _ in range(count)]
    order = np.random.default_rng(0).permutation(len(chosen))
    return [chosen[i] for i in order]


def templates(folder: Path, starts: set[str]) -> None:
    """Make the worlds that faults start in, and the predictions of undisturbed runs."""
    for start in sorted(starts):
        if (folder / start / "expected.json").exists():
            continue
        shutil.rmtree(folder / start, ignore_errors=True)
        case = build(folder / start)
        if start == "empty":
            case.methods = "mean,ends"
        if start in ("films", "kernels"):
            add_films(case)
            case.dataset = "films"
            case.methods = "pixels" if start == "films" else "lbptop"
        done = case.run(fresh=start == "kernels", limit=600.0)
        if done.code or len(case.predictions()) != 4 * len(case.methods.split(",")):
            raise RuntimeError(f"the undisturbed run failed:\n{done.text}")
        if start == "done":
            _external(case)
        expected = [[list(unit), value] for unit, value in case.predictions().items()]
        if start == "empty":
            for name in ("results", "cache"):
                shutil.rmtree(case.world / name)
        (folder / start / "expected.json").write_text(json.dumps(expected))


def _external(case: Case) -> None:
    """Predictions from elsewhere, so that there is a file of them."""
    task = json.loads(next((case.results / "tasks").iterdir()).read_bytes())
    rows = [f"{clip},{label},0" for clip, (*_, label) in task["clips"].items()]
    path = case.world / "external.csv"
    path.write_text("\n".join(["clip,truth,predicted", *rows]))
    words = ("results", "import", str(path), "--task", "vectors/3", "--label", "Theirs")
    done = case.bench(*words)
    if done.code:
        raise RuntimeError(f"external predictions were not imported:\n{done.text}")


def inject(kind: Kind, number: int, seed: int, folder: Path, home: Path) -> Outcome:
    """One fault: break, look, repair, resume, compare."""
    rng = np.random.default_rng([seed, number])
    template = home / kind.start
    shutil.copytree(template, folder, symlinks=True)
    case = Case(folder, kind.methods, kind.dataset)
    raw = json.loads((template / "expected.json").read_bytes())
    expected = {tuple(unit): tuple(value) for unit, value in raw}
    expected = {u: v for u, v in expected.items() if u[0] in kind.methods.split(",")}
    before = snapshot(case.outside, folder / "home")
    kind.fault(case, rng)
    kept = case.finished()
    case.run(fresh=kind.start == "kernels")
    after, found = case.finished_now(), case.predictions()
    lost = [str(path) for path, content in kept.items() if after.get(path) != content]
    differing = [unit for unit, value in expected.items() if not _equal(found.get(unit), value)]
    touched = _changes(before, snapshot(case.outside, folder / "home"))
    touched += case.replaced
    one = Outcome(
        number,
        kind.name,
        len(lost) + case.missed,
        len(differing),
        len(case.tracebacks),
        len(case.hangs),
        len(touched),
        len(case.crashes),
    )
    if one.clean and not one.crashes:
        return one
    facts = {"lost": lost, "differing": differing, "hangs": case.hangs, "touched": touched}
    text = "\n".join([*(f"{k}: {v}" for k, v in facts.items() if v), *case.log])
    return Outcome(**{**asdict(one), "detail": text})


def _equal(found: object, expected: tuple[object, object]) -> bool:
    """Clips and scores, after both were json."""
    return found is not None and json.loads(json.dumps(found)) == list(expected)


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return sorted(path for path in before.keys() | after if before.get(path) != after.get(path))


def campaign(
    kinds: Sequence[Kind], seed: int, folder: Path, jobs: int = 1, keep: Path | None = None
) -> list[Outcome]:
    """Inject all faults; those that `keep` holds already are not injected again.

    Args:
        kinds: of each fault.
        seed: same seed, same faults (but the moments of kills depend on the machine).
        folder: for sandboxes; those of clean faults are deleted.
        jobs: processes.
        keep: a file of outcomes, one json a line, written as they come.
    """
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / "templates"
    shutil.rmtree(folder / "warm", ignore_errors=True)
    warm = build(folder / "warm")
    warm_up(warm.world, warm.environment())
    templates(home, {kind.start for kind in kinds})
    keep = keep or folder / "outcomes.jsonl"
    known = {one.number for one in read(keep)}
    todo = [number for number in range(len(kinds)) if number not in known]
    workers = []
    for part in range(jobs):
        pid = os.fork()
        if not pid:
            code = 1
            try:
                for number in todo[part::jobs]:
                    _write(keep, _once(kinds[number], number, seed, folder, home))
                code = 0
            finally:
                os._exit(code)
        workers.append(pid)
    for pid in workers:
        os.waitpid(pid, 0)
    return sorted(read(keep), key=lambda one: one.number)


def _once(kind: Kind, number: int, seed: int, folder: Path, home: Path) -> Outcome:
    """One fault; a mistake of the campaign itself is shown as one of the fault."""
    sandbox = folder / f"fault-{number}"
    shutil.rmtree(sandbox, ignore_errors=True)
    start = time.monotonic()
    try:
        one = inject(kind, number, seed, sandbox, home)
    except Exception:
        text = f"the campaign itself failed:\n{traceback.format_exc()}"
        one = Outcome(number, kind.name, 0, 0, 1, 0, 0, 0, text)
    if os.environ.get("FAULTS_TIMES"):
        print(f"{number} {kind.name} {time.monotonic() - start:.1f} s", flush=True)
    if one.clean:
        shutil.rmtree(sandbox, ignore_errors=True)
    return one


def _write(path: Path, one: Outcome) -> None:
    with path.open("a") as file:
        file.write(json.dumps(asdict(one)) + "\n")


def read(path: Path) -> list[Outcome]:
    """Outcomes written so far."""
    return list(_read(path)) if path.exists() else []


def _read(path: Path) -> Iterator[Outcome]:
    for line in path.read_text().splitlines():
        try:
            yield Outcome(**json.loads(line))
        except ValueError:  # a line that was being written when the campaign was stopped
            continue


def table(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """A row per kind, and their sum."""
    rows = []
    for name in [*(kind.name for kind in KINDS), ""]:
        own = [one for one in outcomes if name in ("", one.kind)]
        if own:
            sums = (sum(getattr(one, column) for one in own) for column in COLUMNS)
            rows.append((name or "all", str(len(own)), *map(str, sums)))
    return rows
