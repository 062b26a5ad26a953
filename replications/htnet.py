"""HTNet (Wang, Zhang, Luo, Sankaranarayana, Neurocomputing 2024): the predictions in its code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.data.reading.coded import THREE
from bench.literature.replication import Claim, Number, Source
from bench.literature.replication.artefacts import constant
from bench.literature.replication.megc2019 import composite
from bench.store.predictions.matrices import from_json

FILE, NAME = "confusion_matrix.py", "three_dataset_pred_truth"
OTHERS = (
    "not the table's predictions, though they too are of the epoch that is best on each test "
    "subject (main_HTNet.py)"
)
AGAIN = "as UF1"


def _predictions(clone: Path) -> Mapping[str, float]:
    return composite(from_json(constant(clone / FILE, NAME), THREE, str(clone / FILE)))


CLAIMS = {
    "htnet-predictions": Claim(
        title="HTNet, predictions in its code",
        where="Table 2 of the paper (images/state_of_art.png)",
        how=f"the lists of 68 subjects in {FILE}, pooled",
        sources=(
            Source(
                "wangzhifengharrison/HTNet", "91cf4bda0a2db50d638d46c04c5d7cf3b602d446", (FILE,)
            ),
        ),
        recompute=_predictions,
        numbers=(
            Number("clips", "442"),
            Number("UF1", "0.8603", "0.8313", OTHERS),
            Number("UAR", "0.8475", "0.8175", AGAIN),
            Number("UF1 smic", "0.8049", "0.7691", AGAIN),
            Number("UAR smic", "0.7905", "0.7620", AGAIN),
            Number("UF1 casme2", "0.9532", "0.9367", AGAIN),
            Number("UAR casme2", "0.9516", "0.9242", AGAIN),
            Number("UF1 samm", "0.8131", "0.7870", AGAIN),
            Number("UAR samm", "0.8124", "0.7590", AGAIN),
        ),
    ),
}
