"""SYNTHETIC stand-ins of SMIC-HS, CASME II and SAMM: drawn faces whose motion is known exactly.

They show whether a pipeline runs, leaks or beats its controls, how exact its flow is and where
its attention lands. They do not show how a method ranks on the real databases: their difficulty
was set, by knobs, to the levels of the literature.
"""

from .build import make
from .knobs import PRESETS, Knobs
from .truth import read_truth

__all__ = ["PRESETS", "Knobs", "make", "read_truth"]
