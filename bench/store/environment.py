"""The machine and the packages that a record was made with."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from bench.cache.files import key
from bench.core.sealed import Kind, seal, unseal
from bench.core.typed import DamagedError, typed

ENVIRONMENT = Kind("environment", format=2, unsealed=1, default=1)

CURE = "the next `bench run` on that machine writes it again"

# Those whose version can change a prediction.
PACKAGES = [
    "mer-bench",
    "numpy",
    "scipy",
    "scikit-learn",
    "scikit-image",
    "opencv-python-headless",
    "numba",
    "torch",
    "timm",
]


@dataclass(frozen=True)
class Environment:
    """What a reader asks of a number's origin.

    Attributes:
        processor: model name.
        cores: how many.
        system: "Linux x86_64".
        python: version.
        packages: versions by name, None where one is not installed.
        commit: of the checkout, with a plus where files were changed; None in an installed copy.
    """

    processor: str
    cores: int | None
    system: str
    python: str
    packages: dict[str, str | None]
    commit: str | None = None


@cache
def environment() -> Environment:
    """This machine, its packages and this code."""
    return Environment(
        processor=_processor(),
        cores=os.cpu_count(),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        packages={name: _version(name) for name in PACKAGES},
        commit=_commit(),
    )


@cache
def environment_id() -> str:
    """Short name of this environment."""
    # Called for every record.
    return environment_name(asdict(environment()))


def environment_name(content: Mapping[str, Any]) -> str:
    """Short name of an environment with that content."""
    return key(content)[:12]


def environment_path(results: Path, name: str) -> Path:
    """Where an environment is described in a results folder."""
    return results / "environments" / f"{name}.json"


def encode_environment(content: Environment) -> bytes:
    """The file of an environment."""
    return seal(ENVIRONMENT, asdict(content))


def read_environment(results: Path, name: str) -> Environment | None:
    """The environment of that id; None where the results folder does not describe it.

    A damaged file describes nothing; `Store.contents` names it.
    """
    try:
        return read_environment_file(environment_path(results, name))
    except (FileNotFoundError, DamagedError):
        return None


def read_environment_file(path: Path) -> Environment:
    """The environment that a file describes.

    Raises:
        FileNotFoundError: there is no such file.
        DamagedError: it describes none, or another than its name says.
        NewerError: a later version wrote it.
    """
    try:
        content = unseal(path, ENVIRONMENT).content
        found = typed(content, Environment, path)
        # With whatever else it holds: the id is a hash of all that was written.
        if environment_name(content) != path.stem:
            raise DamagedError(path, "its name is not that of its content")
    except DamagedError as error:
        raise DamagedError(path, error.fault, CURE) from error
    return found


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    # Not every processor has one: arm64 kernels print no model name.
    return next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), "")


def _commit() -> str | None:
    """The checkout's commit, with a plus where files were changed; None in an installed copy."""
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        return None

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(root), *words], capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    # Untracked files, such as results in the checkout, are no change of its code.
    return git("rev-parse", "HEAD")[:12] + (
        "+" if git("status", "--porcelain", "--untracked-files=no") else ""
    )
