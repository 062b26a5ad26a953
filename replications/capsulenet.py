"""CapsuleNet (Van Quang, Chun, Tokuyama, FG 2019): the published logs and stored scores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.data.reading.coded import THREE
from bench.literature.replication import Claim, Number, Source
from bench.literature.replication.artefacts import unpickled
from bench.literature.replication.megc2019 import (
    composite,
    equal_predictions,
    scores_of,
    with_listed_classes,
)
from bench.statistics.metrics import confusion
from bench.store.predictions import Predictions, read

REPOSITORY = "davidnvq/me_recognition"
COMMIT = "cd46da69f9933ac8523e8701e1e2795451d29dfd"
LOG, AGAIN = "result_log.csv", "result_log_reproduced.csv"
STORED = "outputs/scores_capsule_resnet_sampled_freeze.pkl"
TRAINED = "trained/scores_capsule_resnet_sampled_fer_freeze.pkl"


def _log(clone: Path) -> Mapping[str, float]:
    content = _read(clone / LOG)
    listed = composite(with_listed_classes(content))
    return composite(content) | {f"{k} with listed classes": v for k, v in listed.items()}


def _again(clone: Path) -> Mapping[str, float]:
    first, second = _read(clone / LOG), _read(clone / AGAIN)
    return composite(second) | {"predictions as before": equal_predictions(first, second)}


def _stored(clone: Path) -> Mapping[str, float]:
    return _meter(clone / STORED)


def _trained(clone: Path) -> Mapping[str, float]:
    return _meter(clone / TRAINED)


def _meter(path: Path) -> Mapping[str, float]:
    meter = unpickled(path)["meter"]
    return scores_of(confusion(meter.Y_true, meter.Y_pred, len(THREE)))


def _read(path: Path) -> Predictions:
    content = read(path, THREE, "megc2019")
    assert isinstance(content, Predictions)
    return content


TABLE = "Table 2 of HTNet's paper (images/state_of_art.png in its repository)"
MISSING = "7 of SMIC are missing; the README names 5 of them, and 2 of SAMM that are there"
LISTED = "with the list's class of that clip"
WRONG = "s18_sur_03 is negative in the log and surprise in the organisers' list"


def _source(*files: str) -> tuple[Source, ...]:
    return (Source(REPOSITORY, COMMIT, files),)


CLAIMS = {
    "capsulenet-log": Claim(
        title="CapsuleNet, log of the submission",
        where=TABLE,
        how="the log's predictions, pooled",
        sources=_source(LOG),
        recompute=_log,
        numbers=(
            Number("clips", "", "435", MISSING),
            Number("wrong labels", "", "1", WRONG),
            Number("UF1", "0.6520"),
            Number("UAR", "0.6506"),
            Number("UF1 smic", "0.5820"),
            Number("UAR smic", "0.5877"),
            Number("UF1 casme2", "0.7068"),
            Number("UAR casme2", "0.7018"),
            Number("UF1 samm", "0.6209"),
            Number("UAR samm", "0.5989", "0.5990", "0.59898, cut off and not rounded"),
            Number("UF1 with listed classes", "", "0.6554", LISTED),
            Number("UAR with listed classes", "", "0.6534", LISTED),
        ),
    ),
    "capsulenet-again": Claim(
        title="CapsuleNet, log called reproduced",
        where='README: "the reproduced log file result"',
        how="its predictions, pooled, and held against those of the first log clip by clip",
        sources=_source(LOG, AGAIN),
        recompute=_again,
        numbers=(
            Number("UF1", "0.6520"),
            Number("UAR", "0.6506"),
            Number(
                "predictions as before",
                "",
                "435",
                "all are the first log's, in another order: no sign of a second run",
            ),
        ),
    ),
    "capsulenet-stored": Claim(
        title="CapsuleNet, stored predictions",
        where=TABLE,
        how=f"the arrays in {STORED}",
        sources=_source(STORED),
        recompute=_stored,
        numbers=(Number("UF1", "0.6520"), Number("UAR", "0.6506")),
    ),
    "capsulenet-trained": Claim(
        title="CapsuleNet, scores next to the released weights",
        where="",
        how=f"the arrays in {TRAINED}",
        sources=_source(TRAINED),
        recompute=_trained,
        numbers=(
            Number(
                "accuracy",
                "",
                "1.0000",
                "all 435 are right, where the log has 303: no scores of held-out subjects",
            ),
        ),
    ),
}
