"""Predictions as files: other people's in the forms the field uses, and ours for other tools."""

from bench.store.predictions.content import Content, Matrices, Predictions
from bench.store.predictions.match import Faults, MismatchError, match
from bench.store.predictions.match_subjects import match_subjects
from bench.store.predictions.reading import Form, read

__all__ = [
    "Content",
    "Faults",
    "Form",
    "Matrices",
    "MismatchError",
    "Predictions",
    "match",
    "match_subjects",
    "read",
]
