"""Is a set of published scores possible, that is, does any confusion matrix of the clips have them?

Accuracy, UAR, UF1 and the other kinds of F1 of pooled counts depend on few integers: the correct
clips and the predictions of each class. Given the number of clips per class, scores that no such
integers produce must be mistakes: in copying, in the definition, or in the number of clips.
"""

from bench.literature.feasibility.claims import Claim, Judgement
from bench.literature.feasibility.composite import Part, judge_parts
from bench.literature.feasibility.judge import judge, other_totals
from bench.literature.feasibility.measures import KINDS, F1Kind
from bench.literature.feasibility.printed import judge_printed

__all__ = [
    "KINDS",
    "Claim",
    "F1Kind",
    "Judgement",
    "Part",
    "judge",
    "judge_parts",
    "judge_printed",
    "other_totals",
]
