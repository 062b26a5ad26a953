"""What networks minimise instead of plain cross-entropy, each with its equation and source."""

from bench.learning.losses.classification import focal_loss, margin_loss
from bench.learning.losses.metric import centre_loss, prototype_scores, prototypical_loss
from bench.learning.losses.weights import effective_number, inverse_frequency

__all__ = [
    "centre_loss",
    "effective_number",
    "focal_loss",
    "inverse_frequency",
    "margin_loss",
    "prototype_scores",
    "prototypical_loss",
]
