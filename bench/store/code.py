"""The code behind a record, then and now: of its method and of the plugins that read its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bench.core.code_hash import changes, source_hash
from bench.core.dataset import Dataset, opened
from bench.plugins.method import Method
from bench.store.record import Record


def dataset_plugins(dataset: Dataset) -> dict[str, type[Dataset]]:
    """Classes of `opened` by name."""
    return {one.name: type(one) for one in opened(dataset)}


def dataset_code(dataset: Dataset) -> dict[str, str]:
    """Hash of the source of each plugin that reads the dataset, by name."""
    return {name: source_hash(plugin) for name, plugin in dataset_plugins(dataset).items()}


def code_judge(
    method: type[Method], datasets: Mapping[str, type[Dataset]]
) -> Callable[[Record], list[str]]:
    """`code_changes` as a function of the record: those of one run have one code."""
    known: list[tuple[tuple[object, ...], list[str]]] = []

    def judge(record: Record) -> list[str]:
        code = record.source, record.borrowed, record.dataset_code
        for before, found in known:
            if before == code:
                return found
        known.append((code, code_changes(record, method, datasets)))
        return known[-1][1]

    return judge


def code_changes(
    record: Record, method: type[Method], datasets: Mapping[str, type[Dataset]]
) -> list[str]:
    """What of the code behind a record is different today, a few words each.

    Args:
        record: says what it was made by; what it does not say is not judged.
        method: today's plugin.
        datasets: today's plugins by name; a dataset that is not among them is not judged.
    """
    found = changes(record.source, record.borrowed, method)
    for name, before in record.dataset_code.items():
        if name in datasets and source_hash(datasets[name]) != before:
            found.append(f"the code of dataset {name}")
    return found
