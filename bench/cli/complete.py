"""Shell completion of the names of methods, presets, datasets, tasks and protocols."""

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
        return [f"{before}{comma}{name}" for name in names(registry) if name.startswith(word)]

    return complete


def _method_names(registry: Registry) -> Iterable[str]:
    yield "all"
    for name, plugin in registry.methods.items():
        yield name
        yield from (f"{name}:{variant}" for variant in plugin.variants)


def _task_names(registry: Registry) -> Iterable[str]:
    yield "all"
    for name, plugin in registry.datasets.items():
        yield from (f"{name}/{labelling}" for labelling in plugin.labellings)


def _preset_names(registry: Registry) -> Iterable[str]:
    known = (plugin.presets for plugin in registry.methods.values())
    return sorted({"paper", "quick"}.union(*known))


def complete_protocols(incomplete: str) -> list[str]:
    """Protocols, kfold with the usual number of groups."""
    known = ("loso", "kfold:5", "kfold:10", "hde", "lovo")
    return [name for name in known if name.startswith(incomplete)]


def complete_devices(incomplete: str) -> list[str]:
    """Devices, without asking the machine."""
    return [name for name in ("auto", "cpu", "cuda", "cuda:0") if name.startswith(incomplete)]


def _metric_names(registry: Registry) -> Iterable[str]:
    # Imported late, as it imports numpy: every command loads this module.
    from bench.statistics.metrics import METRICS

    return sorted([*METRICS, *registry.metrics])


complete_presets = _completion(_preset_names)
complete_methods = _completion(_method_names)
complete_datasets = _completion(lambda registry: ["all", "public", *registry.datasets])
complete_tasks = _completion(_task_names)
complete_metrics = _completion(_metric_names)
complete_names = _completion(lambda registry: [*registry.methods, *registry.datasets])
