"""Reading what others published without running any of it."""

from __future__ import annotations

import ast
import json
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bench.core.errors import BenchError

NUMPY = {"_reconstruct", "_frombuffer", "ndarray", "dtype", "scalar"}
"""What a pickle of numbers and arrays needs of numpy."""


def constant(path: Path, name: str) -> Any:
    """The value of a constant in a Python file, which is parsed and not run.

    Raises:
        BenchError: the file assigns no literal to that name: it is of another commit.
    """
    try:
        for node in ast.parse(path.read_text(encoding="utf-8", errors="replace")).body:
            names = [one.id for one in getattr(node, "targets", ()) if isinstance(one, ast.Name)]
            if isinstance(node, ast.Assign) and name in names:
                return ast.literal_eval(node.value)
    except (SyntaxError, ValueError, TypeError, RecursionError) as error:
        raise BenchError(f"{path}: {name} cannot be read ({error}); another commit?") from error
    raise BenchError(f"{path}: no constant {name}; another commit?")


def printed(path: Path) -> list[str]:
    """What each cell of a Jupyter notebook has printed; empty for cells that printed nothing.

    Raises:
        BenchError: it is no notebook.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        streams = [[o for o in c.get("outputs", ()) if o.get("name") == "stdout"] for c in cells]
        return ["".join(word for o in some for word in o["text"]) for some in streams]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchError(f"{path}: no notebook ({error})") from error


def unpickled(path: Path) -> Any:
    """The content of a pickle of numbers and arrays; objects of any other class lose it.

    Raises:
        BenchError: it is no such pickle.
    """
    try:
        with path.open("rb") as file:
            return _Numbers(file).load()
    # What a damaged or hostile pickle raises is up to its bytes.
    except Exception as error:
        raise BenchError(f"{path}: no pickle of numbers ({error}); another commit?") from error


class _Numbers(pickle.Unpickler):
    """Builds arrays; everything else becomes a bare holder of its attributes."""

    def find_class(self, module: str, name: str) -> Any:
        """Only numpy's own constructors: any other name could run code."""
        if module.partition(".")[0] == "numpy" and name in NUMPY:
            # numpy 2 has renamed the module that older pickles name.
            return super().find_class(module.replace("numpy.core", "numpy._core"), name)
        if (module, name) == ("_codecs", "encode"):
            return _bytes
        if (module, name) == ("copyreg", "_reconstructor"):
            return _held
        return type(name, (SimpleNamespace,), {})


def _bytes(text: str, _: str) -> bytes:
    """How the first protocols, which are text, hold bytes."""
    return text.encode("latin1")


def _held(kind: type, *_: Any) -> Any:
    """How the first protocols make an object."""
    return kind()
