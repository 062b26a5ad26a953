"""`python -m tests.faults`: the fault-injection campaign, and its table."""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from .campaign import KINDS, Outcome, campaign, plan, table

HEAD = (
    "kind", "faults", "lost units", "differing predictions", "tracebacks", "hangs",
    "files touched outside",
)  # fmt: skip
PAGE = """# What faults do

```
python -m tests.faults --write docs/faults.md
```

Every fault is injected into a small benchmark in a sandbox: commands are killed at random moments,
disks fill up, files are damaged, plugins end the process, tables, images, names and results of
others are hostile, folders are read-only. Then the fault is removed, the run is resumed, and
everything is compared:

- **lost units**: finished folds that were gone or changed after resuming, and folds of other
  methods that the fault kept from being finished
- **differing predictions**: folds whose predictions after resuming are not those of an undisturbed
  run, to the last bit
- **tracebacks**: commands that printed one
- **hangs**: commands that did not end, or left processes behind
- **files touched outside**: files beside the sandbox or in the home folder that changed, and
  devices, pipes and other people's files that were replaced

{count} faults, seed {seed}:

{table}

`pytest tests/faults` injects a short selection of them, `pytest -m slow tests/faults` all of them;
the files of `tests/faults` say what each kind does.
"""


def main() -> int:
    """Run the campaign; exit 1 if a fault had any effect."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--faults", type=int, default=520, help="at least so many (default 520)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--kind", action="append", default=[], help="only these kinds; repeatable")
    parser.add_argument("--folder", type=Path, help="keep sandboxes here; the same resumes")
    parser.add_argument("--write", type=Path, help="write the table to this page")
    parser.add_argument("--verbose", action="store_true", help="print what happened")
    given = parser.parse_args()
    unknown = set(given.kind) - {kind.name for kind in KINDS}
    if unknown:
        parser.error(f"unknown kind {unknown}; one of {', '.join(kind.name for kind in KINDS)}")
    kinds = [kind for kind in plan(given.faults) if not given.kind or kind.name in given.kind]
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        folder = (given.folder or Path(scratch)).resolve()
        # Workers of an unprivileged user must reach the sandboxes.
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)
        outcomes = campaign(kinds, given.seed, folder, given.jobs)
    text = markdown(outcomes)
    print(text)
    print(f"{len(outcomes)} faults in {time.monotonic() - start:.0f} s")
    bad = [one for one in outcomes if not one.clean]
    crashes = sum(one.crashes for one in outcomes)
    print(f"{crashes} saved reports of unforeseen errors")
    for one in (one for one in outcomes if given.verbose and one.detail):
        print(f"\n=== fault {one.number}: {one.kind}\n{one.detail[-6000:]}")
    if given.write:
        page = PAGE.format(count=len(outcomes), seed=given.seed, table=text)
        given.write.write_text(page)
    return 1 if bad or len(outcomes) < len(kinds) else 0


def markdown(outcomes: list[Outcome]) -> str:
    """The table as markdown."""
    rows = [HEAD, ("---", *("---:" for _ in HEAD[1:])), *table(outcomes)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    raise SystemExit(main())
