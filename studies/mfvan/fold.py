"""What is measured of one fitted fold: a number for each of its held-out clips."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import torch

from bench.core.types import Array
from bench.learning.gradcam import grad_cam
from bench.learning.training import NetworkModel, to
from bench.methods.mfvan.model import Fitted
from bench.methods.mfvan.pictures import kept_attention
from bench.methods.offapex.net import OffApexNet
from bench.report.refit import Refitted
from studies.mfvan.measures import (
    difference_grid,
    features,
    most_frequent,
    moved_shares,
    probed,
    without_patches,
)

Measured = dict[str, Array]
"""Measures by name, each (n,), one number a held-out clip; nan where it has none."""


def measure(again: Refitted, people: Array, truths: Sequence[dict[str, Array]]) -> Measured:
    """All measures that a fold's model allows, of MFVAN or OFF-ApexNet.

    Args:
        again: the fitted fold.
        people: (n,) who each held-out clip shows.
        truths: of each held-out clip, "true_au_flow" (2, h, w) and "valid" (h, w).

    Raises:
        TypeError: a model of another method.
    """
    au_flows = [truth["true_au_flow"].astype(np.float64) for truth in truths]
    valid = [truth["valid"] for truth in truths]
    right = {"right": (again.predicted == again.labels).astype(float)}
    if isinstance(again.model, Fitted):
        found = {**_attention(again), **_chance(again)}
        shares = {f"moved {n}": moved_shares(m, au_flows, valid) for n, m in found.items()}
        return {**right, **shares, **_identity(again, people), **_patches(again)}
    if isinstance(again.model, NetworkModel) and isinstance(again.model.net, OffApexNet):
        return {**right, "moved grad-cam": moved_shares(_cams(again.model, again), au_flows, valid)}
    raise TypeError(f"expected a model of mfvan or offapex, got {type(again.model).__name__}")


def _attention(again: Refitted) -> dict[str, Array]:
    """Kept attention (n, g, g) of each scale."""
    assert isinstance(again.model, Fitted)
    scales = again.model.config.scales
    maps = kept_attention(again.model, again.held_out)
    return {f"scale {number}": of for number, of in zip(scales, maps, strict=True)}


def _chance(again: Refitted) -> dict[str, Array]:
    """Maps that know nothing, and that know the difference of apex and onset: (n, 8, 8)."""
    difference = np.array([difference_grid(clip, 8) for clip in again.held_out])
    return {"area": np.ones_like(difference), "difference": difference}


def _cams(model: NetworkModel, again: Refitted) -> list[Array]:
    """Grad-CAM of the second convolution of both streams, added, for the predicted class."""
    net = model.net
    assert isinstance(net, OffApexNet)
    # Index 3 is the second convolution, after the first, its ReLU and its pooling.
    layers = [stream[3] for stream in (net.u, net.v)]
    return [np.sum(grad_cam(net, layers, (_one(model, clip),)), axis=0) for clip in again.held_out]


def _one(model: NetworkModel, clip: object) -> torch.Tensor:
    """A description as a batch of one."""
    batch = to(model.stack([clip]), model.device)  # type: ignore[list-item]
    assert isinstance(batch, torch.Tensor)
    return batch


def _identity(again: Refitted, people: Array) -> Measured:
    """Whether a linear probe names the person, on each feature and by chance."""
    assert isinstance(again.model, Fitted)
    rows = features(again.model, again.held_out)
    found = {f"person from {name}": probed(of, people) for name, of in rows.items()}
    return {**found, "person by majority": most_frequent(people)}


def _patches(again: Refitted) -> Measured:
    """Whether the class is right with all patches, without the masked, without random ones."""
    assert isinstance(again.model, Fitted)
    right = without_patches(again.model, again.held_out, again.labels)
    return dict(zip(("all patches", "without masked", "without random"), right.T, strict=True))


def packed(measured: Measured) -> bytes:
    """Measures as the bytes of an npz file."""
    file = io.BytesIO()
    np.savez(file, **measured)  # type: ignore[arg-type]
    return file.getvalue()
