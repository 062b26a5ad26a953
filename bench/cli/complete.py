"""Shell completion of the names of methods, datasets and tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bench.core.errors import BenchError
from bench.plugins.registry import Registry


def _completion(
    names: Callable[[Registry], Iterable[str]],
) -> Callable[[str], list[str]]:
    """Complete the last word of a comma-separated list; nothing where plugins are broken."""

    def complete(incomplete: str) -> list[str]:
        from bench.plugins.settings import read_settings

        before, comma, word = incomplete.rpartition(",")
        try:
            registry, _ = read_settings()
        except BenchError:
            return []
        known = ("all", *names(registry))
        return [f"{before}{comma}{name}" for name in known if name.startswith(word)]

    return complete


def _method_names(registry: Registry) -> Iterable[str]:
    for name, plugin in registry.methods.items():
        yield name
        yield from (f"{name}:{variant}" for variant in plugin.variants)


def _task_names(registry: Registry) -> Iterable[str]:
    for name, plugin in registry.datasets.items():
        yield from (f"{name}/{labelling}" for labelling in plugin.labellings)


complete_methods = _completion(_method_names)
complete_datasets = _completion(lambda registry: registry.datasets)
complete_tasks = _completion(_task_names)
complete_names = _completion(lambda registry: [*registry.methods, *registry.datasets])
