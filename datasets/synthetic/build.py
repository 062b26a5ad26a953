"""Make a whole set: three roots, their tables, their markers and the list of MEGC 2019."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bench.core.dataset import MARKER
from bench.core.errors import BenchError

from .knobs import Knobs, find_preset
from .plan import DATABASES, HEIGHT, WIDTH, PlannedClip, by_subject, make_plan
from .tables import (
    CASME2_OBJECTIVE,
    CASME2_TABLE,
    LIST,
    SAMM_TABLE,
    WARNING,
    casme2_objective_rows,
    casme2_rows,
    listed_lines,
    samm_rows,
    write_table,
)
from .truth import ORDER

GENERATOR = 3
"""Version of the generator: raise it when the same seed gives other clips."""

Progress = Callable[[int, int], None]
Facts = Mapping[str, Any]


def make(
    folder: Path,
    preset: str = "tiny",
    seed: int = 0,
    jobs: int = 2,
    smic_format: str = "jpg",
    knobs: Knobs | None = None,
    progress: Progress | None = None,
) -> dict[str, Path]:
    """Make SYNTHETIC stand-ins of SMIC-HS, CASME II and SAMM, each a root as its owners ship it.

    Everything is written into a hidden folder next to `folder` and moved at the end, so a folder
    that is there is whole. Where the same set is there already, nothing is done.

    Args:
        folder: gets `smic`, `casme2`, `samm` and the list `combined_3class_gt.csv`.
        preset: a key of `PRESETS`: "tiny", "3db" or "apex".
        seed: the same one gives the same bytes on the same machine, whatever `jobs`.
        jobs: processes.
        smic_format: "jpg", or "bmp" as the real SMIC frames (seven times the size).
        knobs: instead of the preset's.
        progress: called with (clips done, clips in all) in this process.

    Returns:
        the three roots by dataset name.

    Raises:
        BenchError: on unknown presets or formats, or when `folder` holds something else.
    """
    if smic_format not in ("jpg", "bmp"):
        raise BenchError(f"smic_format is {smic_format!r}; it must be 'jpg' or 'bmp'")
    if seed < 0:
        raise BenchError(f"seed is {seed}; it must be 0 or more")
    knobs = knobs or find_preset(preset).knobs
    # Lists and no tuples: `_is_made` compares these facts with what JSON gives back.
    facts = {
        "note": WARNING,
        "generator": GENERATOR,
        "preset": preset,
        "seed": seed,
        "knobs": asdict(knobs),
        "smic_format": smic_format,
        "frame_size": [WIDTH, HEIGHT],
        "action_units": list(ORDER),
    }
    folder = Path(folder).absolute()
    roots = {database: folder / database for database in DATABASES}
    if _is_made(folder, facts):
        return roots
    clips = make_plan(find_preset(preset), knobs, seed)
    try:
        _write_whole(folder, partial(_fill, clips, facts, jobs, progress))
    except OSError:
        # Another process may have made the same set in the meantime.
        if not _is_made(folder, facts):
            raise
    return roots


def _write_whole(folder: Path, fill: Callable[[Path], None]) -> None:
    """Fill a hidden folder next to `folder` and move it there when it is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        fill(part)
        # mkdtemp lets nobody but the owner enter the folder.
        part.chmod(0o755)
        if folder.exists():
            # rmdir removes an empty folder and fails on any other.
            folder.rmdir()
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _is_made(folder: Path, facts: Facts) -> bool:
    """True when the folder holds this very set; an error when it holds anything else."""
    if not folder.exists():
        return False
    if not folder.is_dir():
        raise BenchError(f"{folder} is a file; name a folder for the synthetic sets")
    try:
        found = json.loads((folder / MARKER).read_text(encoding="utf-8"))
        # Knobs that came later stood at their defaults.
        found["knobs"] = asdict(Knobs()) | found["knobs"]
    except (FileNotFoundError, ValueError, LookupError, TypeError):
        if any(folder.iterdir()):
            raise BenchError(
                f"{folder} holds other files and no {MARKER}; name a new or an empty folder"
            ) from None
        return False
    if found == facts:
        return True
    other = [name for name in facts if found.get(name) != facts[name]]
    raise BenchError(
        f"{folder} holds another synthetic set (it differs in {', '.join(other)}); "
        "delete it or name another folder"
    )


def _fill(
    clips: tuple[PlannedClip, ...],
    facts: Facts,
    jobs: int,
    progress: Progress | None,
    folder: Path,
) -> None:
    """Write frames, truth, tables and, last, the markers."""
    knobs = Knobs(**facts["knobs"])
    tasks = [
        (folder, facts["seed"], knobs, facts["smic_format"], group) for group in by_subject(clips)
    ]
    done = 0
    # In any order, so that progress is shown as soon as a subject is done.
    for number in map(_write, tasks) if jobs == 1 else _in_processes(tasks, jobs):
        done += number
        if progress is not None:
            progress(done, len(clips))
    _write_tables(folder, clips)
    for place in (*(folder / database for database in DATABASES), folder):
        (place / MARKER).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def _write(task: Any) -> int:
    # Imported here: OpenCV is needed only where a set is made.
    from .write import write_subject

    return write_subject(*task)


def _in_processes(tasks: Sequence[Any], jobs: int) -> Iterator[int]:
    from bench.running.engines.job import Job, Lost
    from bench.running.engines.processes import processes

    for _, outcome in processes(_write, (Job("", task) for task in tasks), jobs, None, ()):
        if isinstance(outcome, Lost):
            raise BenchError(f"SYNTHETIC stand-ins: {outcome.error.strip().splitlines()[-1]}")
        yield outcome


def _write_tables(folder: Path, clips: tuple[PlannedClip, ...]) -> None:
    own = {name: [clip for clip in clips if clip.database == name] for name in DATABASES}
    # The owners' workbook has two empty sheets, too.
    sheets = {"SYNTHETIC": casme2_rows(own["casme2"]), "Sheet2": [], "Sheet3": []}
    write_table(folder / "casme2" / CASME2_TABLE, sheets)
    objective = {"SYNTHETIC": casme2_objective_rows(own["casme2"])}
    write_table(folder / "casme2" / CASME2_OBJECTIVE, objective)
    write_table(folder / "samm" / SAMM_TABLE, {"MICRO_ONLY": samm_rows(own["samm"])})
    (folder / LIST).write_text("\n".join(listed_lines(clips)) + "\n", encoding="utf-8")
