"""The built-in claims; in a checkout they lie in its top-level folder of that name."""

from pathlib import Path

if (Path(__file__).parents[2] / "pyproject.toml").is_file():
    __path__ = [str(Path(__file__).parents[2] / "replications")]
