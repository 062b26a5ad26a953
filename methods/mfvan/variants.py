"""Named ablations and readings: what "mfvan:NAME" changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WITHOUT_IDENTITY_REMOVAL = {"identity_weight": 0.0}
SCALES: Mapping[str, tuple[int, ...]] = {
    "": (),
    "+scale1": (1,),
    "+scale2": (2,),
    "+scale3": (3,),
    "+scale123": (1, 2, 3),
}

ABLATION: Mapping[str, Mapping[str, Any]] = {
    f"global{removal}{word}": {"scales": scales, **change}
    for removal, change in (("", WITHOUT_IDENTITY_REMOVAL), ("+ri", {}))
    for word, scales in SCALES.items()
}
"""The rows of the paper's ablation; "global+ri+scale123" is the whole method, and
"global+scale123" is "no-ri"."""

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "no-ri": WITHOUT_IDENTITY_REMOVAL,
    **ABLATION,
    "no-soft-target": {"soft_target": 0.0},
    "delta": {"signal": "delta"},
    "delta-no-ri": {"signal": "delta", **WITHOUT_IDENTITY_REMOVAL},
    "rollout": {"attention": "rollout"},
    "no-mask-loss": {"mask_weight": 0.0},
    "masked-classification": {"mask_loss": "masked-classification"},
    "keep-ratio": {"mask_loss": "keep-ratio"},
    "shared-teacher": {"shared_teacher": True},
}
