"""A benchmark of micro-expression recognition: the names a plugin author imports.

`from bench import Facts, Method, Model, Training, Context, Views, Clip, Dataset, Labelling`
"""

from pathlib import Path as _Path

from bench.clip import Array, Clip, Description, Views
from bench.context import Context
from bench.dataset import Dataset, DatasetFacts, Index, Labelling
from bench.errors import BenchError, DataError
from bench.method import Facts, Method, Model, Training

__version__ = "0.1.0"
__all__ = [
    "Array",
    "BenchError",
    "Clip",
    "Context",
    "DataError",
    "Dataset",
    "DatasetFacts",
    "Description",
    "Facts",
    "Index",
    "Labelling",
    "Method",
    "Model",
    "Training",
    "Views",
]

# In a bare checkout `bench.methods` and `bench.datasets` lie beside this folder, not inside it.
_checkout = _Path(__file__).resolve().parent.parent
if (_checkout / "pyproject.toml").is_file() and (_checkout / "methods").is_dir():
    __path__.append(str(_checkout))
