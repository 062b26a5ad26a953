"""`bench explain`."""

from __future__ import annotations

from pathlib import Path

from bench.cli.common import out, surroundings
from bench.errors import BenchError
from bench.store import Store, safe


def explain(
    method: str,
    task: str,
    preset: str,
    results: Path | None,
    output: Path | None,
    plugins: tuple[Path, ...],
) -> None:
    """Make the report and say where it is."""
    from matplotlib import rc_context

    from bench.explain.evidence import gather
    from bench.explain.report import recorded, write
    from bench.explain.style import SETTINGS

    registry, settings = surroundings(plugins, results)
    store = Store(settings.results)
    evidence = gather(store, registry, method, task, preset)
    folder = output or store.folder / "explain" / f"{safe(method)}-{safe(task)}"
    if not evidence.truth.synthetic and "boards" in folder.resolve().parts:
        raise BenchError(
            f"{folder}: a report may show faces, and boards are published; name a folder outside "
            "boards with -o"
        )
    with rc_context(SETTINGS):
        page = write(evidence, list(recorded(evidence)), folder)
    out().print(f"Report: {page}", soft_wrap=True)
