"""The leave-one-subject-out score of models trained like one at hand."""

from __future__ import annotations

from bench.board.text import interval_text
from bench.core.words import Provenance
from bench.deploy.card import Card, Loso
from bench.evaluation.build_row import build_row, finished
from bench.evaluation.scoring import confusions
from bench.evaluation.truth import truth
from bench.plugins.registry import Registry
from bench.store.store import Store


def find_loso(card: Card, store: Store, registry: Registry) -> tuple[Loso, Provenance] | None:
    """The score of the same configuration on the same data in a results folder.

    Returns:
        None where there are no results, or not of all subjects.
    """
    tasks = store.tasks()
    data = card.inputs["data"]
    if data not in tasks:
        return None
    records = [one for one in store.contents().records if one.family == card.family]
    if not records:
        return None
    task = truth(tasks[data])
    row = build_row(task, "loso", records, confusions(task, finished(records)), registry)
    if row.folds != row.of:
        return None
    return Loso(dict(row.scores), row.of // len(row.seeds), row.seeds), row.provenance


def loso_text(loso: Loso | None) -> str:
    """In a sentence."""
    if loso is None:
        return "LOSO score: not known; `bench run` the same method and task to measure it."
    seeds = f", {len(loso.seeds)} seeds" if len(loso.seeds) > 1 else ""
    scores = ", ".join(
        f"{name.upper() if len(name) < 4 else name} {interval_text(loso.scores[name])}"
        for name in ("uf1", "uar", "accuracy")
        if name in loso.scores
    )
    return f"LOSO score of such models: {scores} ({loso.subjects} subjects{seeds})."
