"""Is a set of published scores possible, that is, does any confusion matrix of the clips have them?

Accuracy, UAR and UF1 of pooled counts depend on few integers: the correct clips and the
predictions of each class. Given the number of clips per class, scores that no such integers
produce must be mistakes: in copying, in the definition, or in the number of clips.
"""

from bench.literature.feasibility.claims import Claim, Judgement
from bench.literature.feasibility.judge import judge, other_totals

__all__ = ["Claim", "Judgement", "judge", "other_totals"]
