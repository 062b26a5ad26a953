"""`python -m benchmarks [NAME ...]`: what costs what, side by side; all of them without a name."""

from __future__ import annotations

import pkgutil
import runpy
import sys
from pathlib import Path

NAMES = sorted(
    module.name
    for module in pkgutil.iter_modules([str(Path(__file__).parent)])
    if module.name not in ("__main__", "timing", "namespaces", "simulation")
)
wanted = sys.argv[1:] or NAMES
for name in wanted:
    if name not in NAMES:
        sys.exit(f"no benchmark {name!r}; there are {', '.join(NAMES)}")
for name in wanted:
    print(f"\n{name}", flush=True)
    # Some benchmarks read arguments of their own; the names given here are not meant for them.
    sys.argv = [name]
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
