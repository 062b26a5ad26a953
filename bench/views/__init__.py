"""Label-free signals of one clip: each a function of `Views`, computed once and shared.

Importing the package lists every view in `catalog.CATALOG`: the plan knows all of them before any
method asks for one. None of these modules imports anything heavy.
"""

from bench.views import (
    dynamic,
    features,
    frames,
    hog,
    landmarks,
    lowrank,
    magnification,
    texture,
    tim,
)
from bench.views.flow import motion, optical, regions, strain
from bench.views.lbp import gradients, meanplanes, patterns, planes, projections, sixpoints

__all__ = [
    "dynamic",
    "features",
    "frames",
    "gradients",
    "hog",
    "landmarks",
    "lowrank",
    "magnification",
    "meanplanes",
    "motion",
    "optical",
    "patterns",
    "planes",
    "projections",
    "regions",
    "sixpoints",
    "strain",
    "texture",
    "tim",
]
