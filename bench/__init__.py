"""A benchmark of micro-expression recognition: the names a plugin author imports.

`from bench import Facts, Method, Model, Training, Context, Views, Clip, Dataset, Labelling`
"""

from bench.core.clip import Clip
from bench.core.dataset import Dataset, DatasetFacts, Index, Labelling
from bench.core.errors import BenchError, DataError
from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.method import Facts, Method
from bench.plugins.model import Model, Training
from bench.views.clip import Views

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
