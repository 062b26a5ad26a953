"""Can a published set of scores be? Whether any confusion matrix of the clips gives them all.

Accuracy, UAR and UF1 of pooled counts depend on few integers: how many clips of each class are
right, and how often each class is predicted. With the number of clips per class known, the pairs
that no such integers give are mistakes: of copying, of the definition, of the number of clips.
"""

from bench.literature.feasibility.claims import Claim, Judgement
from bench.literature.feasibility.judge import judge, other_totals

__all__ = ["Claim", "Judgement", "judge", "other_totals"]
