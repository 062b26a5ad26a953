"""The parts of the report in order, and the files it writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from bench.board.ablation import crossed
from bench.board.epochs import epoch_figure
from bench.board.notes import notes_text
from bench.board.style import png, stamped
from bench.board.text import NAMES, score_text
from bench.cache.output import MARK, Output, write_outputs
from bench.evaluation.crossing import crossing
from bench.evaluation.variants import config_of, paper_metrics
from bench.report import ablation, epochs, scores
from bench.report.evidence import Evidence, LeftOut
from bench.report.page import Part, html

PAGE = "index.html"
STAND_INS = (
    "SYNTHETIC stand-ins, not real faces: these numbers and figures show whether a pipeline works, "
    "not how well a method performs on real data."
)


def recorded(evidence: Evidence) -> Iterator[Part]:
    """The parts that need nothing but the records."""
    yield from _recognition(evidence)
    if evidence.external is not None:
        return  # nothing is known of their training
    yield from _training(evidence)
    if len(evidence.variants) > 1:
        yield from _ablation(evidence)


def _recognition(evidence: Evidence) -> Iterator[Part]:
    truth, each = evidence.truth, evidence.counts.sum(0)
    pooled, classes = each.sum(0), truth.classes
    yield Part(
        "Confusion matrix",
        f"Rows are the true class, columns the predicted one, predictions of all folds pooled: "
        f"counts on the left, shares of each row on the right. n = {pooled.sum()} "
        f"({evidence.clips}).",
        "confusion",
        scores.confusion_figure(pooled, classes),
    )
    yield Part(
        "Recall of each class",
        f"Share of each true class that was recognised, with correct / all. n = {pooled.sum()} "
        f"({evidence.clips}).",
        "recall_classes",
        scores.class_figure(pooled, classes),
    )
    people = np.unique(truth.people).tolist()
    yield Part(
        "Recognition of each subject",
        "Share of each held-out subject's clips that were recognised, with correct / all. Here a "
        "subject with two clips counts as much as one with forty; the scores above pool the clips "
        f"instead. n = {pooled.sum()} ({evidence.clips}).",
        "recall_subjects",
        scores.subject_figure(each, people),
    )


def _training(evidence: Evidence) -> Iterator[Part]:
    done = evidence.done
    curves = epochs.curves(done)
    if curves:
        logged = sum(bool(record.curve) for record in done)
        yield Part(
            "Training curves",
            "Every quantity logged during training: median over folds, with the band between "
            f"the quartiles. n = {logged} trained folds.",
            "curves",
            epochs.curve_figure(curves),
        )
    if not any(record.curve or record.trace for record in done):
        return  # nothing was trained by epochs
    if not all(record.trace or record.traced for record in done):
        yield Part(
            "UF1 against epoch",
            "Not all of these records have a trace; "
            "`bench run --trace` reruns those folds and records it.",
        )
        return
    if evidence.row.epochs is None:
        return  # the method offers no checkpoints
    yield Part(
        "UF1 against epoch",
        "UF1 of the held-out clips at every checkpoint, all folds pooled. The oracle takes the "
        "best checkpoint of each held-out subject: it shows how much selecting the epoch on the "
        "test subject would gain, and is not a result. Inner folds, if requested, select the "
        "checkpoint on the training subjects of each fold. "
        f"n = {evidence.clips}.",
        "epochs",
        epoch_figure(evidence.row),
    )


def _ablation(evidence: Evidence) -> Iterator[Part]:
    rows = [row for row, _ in evidence.variants]
    configs = {row.label: config_of(row, done) for row, done in evidence.variants}
    about = f"{len(rows)} variants with all folds finished, each on {evidence.clips}"
    if factors := crossing(configs):
        grid = crossed(
            factors, {row.label: row.scores for row in rows}, paper_metrics(evidence.row)
        )
        table = [grid.names, *grid.lines]
        yield Part("Ablation", f"{grid.about} Of {about}.", table=table)
    yield Part(
        "Variants",
        f"The fields in which the variants differ, and their scores. Brackets and error bars: "
        f"95 % interval over subjects. {about}.",
        "variants",
        ablation.ablation_figure(rows),
        ablation.table(rows, configs),
    )


def summary(evidence: Evidence) -> list[str]:
    """Sentences above the figures."""
    row = evidence.row
    words = [
        f"{name} {score_text(row.scores[key])}" for key, name in NAMES.items() if key in row.scores
    ]
    preset = f"preset {row.preset}"
    if evidence.external is not None:
        preset = f"imported from {evidence.external.origin}, epoch: {row.selection}"
    return [
        f"{row.title}: label {row.label}, {preset}, protocol {evidence.protocol}, "
        f"{row.folds} of {row.of} folds, {evidence.clips}; apex: {evidence.truth.apex}.",
        ", ".join(words)
        + (". Brackets: 95 % interval, subjects resampled." if row.complete else "."),
        *(["Note: " + notes_text(row) + "."] if row.notes else []),
        *(_left_out(row.label, one) for one in evidence.left_out),
        *(f"Left out, damaged: {line}." for line in evidence.damaged),
    ]


def _left_out(method: str, one: LeftOut) -> str:
    return (
        f"Left out: {one.folds} finished folds of {method}, preset {one.preset}, protocol "
        f"{one.protocol}, configuration {one.family}, data {one.data[:12]}."
    )


def write(evidence: Evidence, parts: Sequence[Part], folder: Path, force: bool = False) -> Path:
    """Write the figures and the page; returns the path of the page.

    Raises:
        BenchError: a file is in the way that bench did not write; none is written then.
    """
    synthetic = evidence.truth.synthetic
    outputs = [
        Output(folder / f"{part.name}.png", png(stamped(part.figure, synthetic)), MARK)
        for part in parts
        if part.figure is not None
    ]
    title = ("SYNTHETIC: " if synthetic else "") + evidence.title
    text = html(title, STAND_INS if synthetic else "", summary(evidence), parts)
    page = folder / PAGE
    write_outputs([*outputs, Output(page, text.encode(), MARK)], force)
    return page
