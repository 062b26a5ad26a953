"""Processor time of listings, user and system, in a new process: `python -m benchmarks.startup`.

The least of ten runs is printed: on a busy machine caches are shared, and times rise.
"""

from __future__ import annotations

import resource
import subprocess
import sys

COMMANDS = (("-h",), ("list",), ("info", "mfvan"), ("run", "-h"))
ROUNDS = 10


def seconds(*words: str) -> float:
    """Processor time of one call of `bench`."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "bench", *words],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def main() -> None:
    for words in COMMANDS:
        least = min(seconds(*words) for _ in range(ROUNDS))
        print(f"bench {' '.join(words):10} {least:.3f} CPU s")


if __name__ == "__main__":
    main()
