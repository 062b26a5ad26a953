"""Putting off an import until the module is used."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any


class _Deferred(ModuleType):
    """A module that runs its code when the first of its attributes is asked for.

    `importlib.util.LazyLoader` does this too, but runs it at the second import statement already.
    """

    def __getattr__(self, name: str) -> Any:
        # First of all, or attributes that the module's own code asks for would end up here again.
        self.__class__ = ModuleType  # type: ignore[assignment]
        spec: ModuleSpec = vars(self)["__spec__"]
        assert spec.loader is not None
        # Put back what `defer` took away: submodules are found through it.
        self.__path__ = spec.submodule_search_locations or []
        spec.loader.exec_module(self)
        return getattr(self, name)


def load(name: str) -> None:
    """Import a package and run it now, deferred or not.

    Before threads use it: one that asks while another runs it would find it half made.
    """
    module = import_module(name)
    if isinstance(module, _Deferred):
        # Its path was taken away, so that asking for it runs the package.
        _ = module.__path__


def defer(name: str) -> None:
    """Make `import name` instant until the package is used; nothing where it is imported already.

    For numpy, which every plugin imports and no listing uses.
    """
    spec = find_spec(name) if name not in sys.modules else None
    if spec is None:
        return
    module = module_from_spec(spec)
    module.__class__ = _Deferred
    # Without a path, importing a submodule has to ask for it, and so runs the package first.
    del module.__path__
    sys.modules[name] = module
