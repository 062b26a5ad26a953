"""Published numbers recomputed from published artefacts: logs, weights, features.

A module of `replications/`, of the entry points `bench.replications` or of a file named by
`--plugin` states claims in a constant `CLAIMS`; see docs/replicate.md.
"""

from bench.literature.replication.claim import Claim, Number, Source
from bench.literature.replication.find import find_claims
from bench.literature.replication.replicate import Finding, Replication, clones_for, recomputed

__all__ = [
    "Claim",
    "Finding",
    "Number",
    "Replication",
    "Source",
    "clones_for",
    "find_claims",
    "recomputed",
]
