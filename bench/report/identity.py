"""How much of a score may be recognising people: its part of the report."""

from __future__ import annotations

from collections.abc import Sequence

from bench.board.identity import percent
from bench.board.text import NAMES, number, signed
from bench.evaluation.identity import SHOWN, Meter
from bench.evaluation.paired import difference
from bench.evaluation.scoring import confusions
from bench.report.evidence import Evidence
from bench.report.page import Part
from bench.statistics import score
from bench.statistics.metrics import METRICS
from bench.store.record import Record

TITLE = "How much of the score is the person?"
ABOUT = (
    "Where features tell people apart, a clip's nearest neighbour is another clip of the same "
    "person, far more often than if it were drawn at random from the other clips. Leaving out one "
    "clip (LOVO) leaves those clips in training, leaving out one subject (LOSO) does not: what "
    "LOVO scores more is not to be expected on new people. "
    "Neighbours are by Euclidean distance over the method's own features of all clips. Brackets: "
    "95 % interval, subjects resampled."
)


def identity(evidence: Evidence, meter: Meter) -> Part:
    """What is known, and how to learn the rest."""
    found = meter.identity(evidence.truth, evidence.done)
    rows, missing = [], []
    if found is not None and found.same_person is not None:
        clips = len(evidence.truth.labels)
        words = f"{percent(found.same_person)} of {clips} clips"
        rows.append(["nearest neighbour is of the same person", words])
        rows.append(["expected by chance", percent(found.chance)])
    else:
        missing.append(
            "The nearest neighbours are not measured: the features are no vectors of one length, "
            "or not in the cache."
        )
    pair = meter.pair(evidence.truth, evidence.done)
    if pair is not None:
        rows += _differences(evidence, *pair)
    elif evidence.protocol == "loso":
        command = f"bench run -m {evidence.row.label} --tasks {evidence.truth.task}"
        missing.append(f"LOVO − LOSO is unknown: `{command} --protocol lovo` measures it.")
    table = [["measure", "value"], *rows] if rows else ()
    return Part(TITLE, " ".join([ABOUT, *missing]), table=table)


def _differences(
    evidence: Evidence, loso: Sequence[Record], lovo: Sequence[Record]
) -> list[list[str]]:
    """A line for each metric: LOVO, LOSO, the difference with its interval."""
    subject_out, clip_out = (confusions(evidence.truth, side) for side in (loso, lovo))
    lines = []
    for name in SHOWN:
        metric = METRICS[name]
        found = difference(clip_out, subject_out, metric)
        sides = f"{number(score(clip_out, metric))} − {number(score(subject_out, metric))}"
        interval = f"[{signed(found.low)}, {signed(found.high)}]"
        lines.append([f"{NAMES[name]}: LOVO − LOSO", f"{sides} = {signed(found.value)} {interval}"])
    return lines
