"""Words that records, boards and tables share: each set is defined here once."""

from __future__ import annotations

from typing import Literal

Fidelity = Literal["exact", "stated", "reconstructed", "original"]
"""How a part of a method relates to its source, strongest first: compared with public code, as a
text states it, with gaps filled by our own reading, or without a source."""

RowFidelity = Fidelity | Literal["changed", "external", "unknown"]
"""The same for a whole row; also "changed" for presets and variants that differ from what was
judged, for imported predictions, and for methods whose plugin is not installed."""

Annotation = Literal["action_units", "gender"]
"""What may be annotated for the clips of a dataset besides their emotion."""

Status = Literal["ok", "failed", "timeout", "killed", "oom"]
"""How a unit ended; "oom" is out of memory."""

ExternalSelection = Literal["test-best", "last", "inner", "unknown"]
"""How the epoch of imported predictions was chosen, as whoever imports them says: the best on the
held-out subject, the last one, or by inner folds of the training subjects."""

Selection = Literal["oracle"] | ExternalSelection
"""The same for a row of a board; with "oracle" the harness chose by the held-out subject."""

PublishedSelection = Literal["last", "test-best", "test-best (probable)", "unknown", "n/a"]
"""How a paper or its code chose the epoch; "n/a" for methods without epochs."""

Certainty = Literal["read", "derived", "unverified"]
"""How sure a published score is: read in its source, calculated from scores read there, or
"unverified" because no source is known that a reader can open."""

Provenance = Literal["run", "reproduced", "reported", "unsealed"]
"""Where a record comes from: this user ran it, or ran it again with equal predictions; somebody
else says so; or a file of an older format, which anybody may have changed since."""

Pooling = Literal["pooled", "fold-mean", "subject-mean", "unknown"]
"""What a published score was computed on: all predictions together, each fold or each subject and
then averaged; "unknown" where the source does not say and the protocol allows pooling."""


def counted(number: int, noun: str) -> str:
    """A number of things: "1 fold", "12 folds"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
