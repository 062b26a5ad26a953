"""Measures of what the paper claims: that attention finds the motion, that identity is removed.

Localisation needs the true motion, which SYNTHETIC clips have. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import torch

from bench.clip import Array, Description

from .model import Fitted, part
from .pictures import kept_attention

MOVED = 0.25
"""Skin counts as moved where the action units pull it by this share of the clip's largest pull."""


def moved_region(au_flow: Array, valid: Array) -> Array:
    """Where a clip's action units moved the skin: bool (h, w).

    Args:
        au_flow: (2, h, w) true motion from onset to apex by the action units alone, pixels.
        valid: (h, w) bool, where it may be scored.
    """
    pull = np.linalg.norm(au_flow.astype(np.float64), axis=0) * valid
    return np.asarray((pull > 0) & (pull >= MOVED * pull.max()))


def share_inside(grid: Array, moved: Array, valid: Array) -> float:
    """Share of a map's mass on the valid face that lies on the moved region.

    Args:
        grid: (g, g) non-negative map, a value for each cell of the image.
        moved: (h, w) bool, within `valid`.
        valid: (h, w) bool.

    Returns:
        0 to 1; nan where the map is 0 on the valid face. A uniform map gives the area share.
    """
    cells = grid.shape[::-1]
    on_moved, on_face = (
        cv2.resize(region.astype(np.float64), cells, interpolation=cv2.INTER_AREA)
        for region in (moved, valid)
    )
    total = (grid * on_face).sum()
    return float((grid * on_moved).sum() / total) if total > 0 else float("nan")


def difference_grid(clip: Description, side: int) -> Array:
    """Mean absolute difference of apex and onset in each of side x side cells, grey levels."""
    apex, onset = (part(clip, name).astype(np.float64) for name in ("apex", "onset"))
    change = np.abs(apex - onset).mean(2)
    return np.asarray(cv2.resize(change, (side, side), interpolation=cv2.INTER_AREA))


class Localisation(NamedTuple):
    """Shares of mass on the moved region, mean over clips.

    Attributes:
        scales: of the kept attention, for each scale looked at.
        area: of a uniform map: chance.
        difference: of the difference of apex and onset, on the grid of the first scale.
    """

    scales: tuple[float, ...]
    area: float
    difference: float


def localisation(
    model: Fitted, clips: Sequence[Description], au_flows: Sequence[Array], valid: Sequence[Array]
) -> Localisation:
    """How much of the kept attention lies where the face truly moved, beside chance.

    Args:
        model: a trained network with at least one scale.
        clips: held-out descriptions.
        au_flows: of each clip, (2, h, w) true motion by its action units.
        valid: of each clip, (h, w) bool.
    """
    maps = kept_attention(model, clips)
    side = maps[0].shape[1]
    rows = []
    for i, (clip, flow, face) in enumerate(zip(clips, au_flows, valid, strict=True)):
        grids = [of_scale[i] for of_scale in maps]
        grids += [np.ones((side, side)), difference_grid(clip, side)]
        moved = moved_region(flow, face)
        rows.append([share_inside(grid, moved, face) for grid in grids])
    *scales, area, difference = np.nanmean(rows, axis=0).tolist()
    return Localisation(tuple(scales), area, difference)


def features(model: Fitted, clips: Sequence[Description]) -> dict[str, Array]:
    """What the fusion is given, (n, D) each: "g" and "v1".. by scale; "apex": raw pixels."""
    found: dict[str, list[Array]] = {}
    for clip in clips:
        with torch.inference_mode():
            reading = model.network(*model.inputs([clip]))
        parts = {"g": reading.overall}
        for number, look in zip(model.config.scales, reading.looks, strict=True):
            parts[f"v{number}"] = look.pooled
        for name, row in parts.items():
            found.setdefault(name, []).append(row[0].double().cpu().numpy())
        found.setdefault("apex", []).append(part(clip, "apex").ravel() / 255)
    return {name: np.stack(rows) for name, rows in found.items()}


class Probe(NamedTuple):
    """Accuracy of a linear probe for the subject, and of always naming the most frequent one."""

    accuracy: float
    majority: float


def identity_probe(rows: Array, subjects: Array, parts: int = 4, seed: int = 0) -> Probe:
    """How well a linear classifier tells from features who a clip shows.

    Trained and tested on different clips of the same people (stratified cross-validation), so 1
    means that identity is there to be read and the majority's share that it is gone.

    Args:
        rows: (n, d) features.
        subjects: (n,) whose clip it is; people with fewer than `parts` clips are left out.
        parts: of the cross-validation.
        seed: of its shuffling.

    Raises:
        ValueError: fewer than two people are left.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    people, who, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    enough = counts[who] >= parts
    if len(people[counts >= parts]) < 2:
        raise ValueError(f"the probe needs two people with at least {parts} clips each")
    x, y = rows[enough], who[enough]
    folds = StratifiedKFold(parts, shuffle=True, random_state=seed)
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    named = cross_val_predict(linear, x, y, cv=folds)
    return Probe(float((named == y).mean()), float(counts.max() / len(y)))


class Redundancy(NamedTuple):
    """Accuracy with all patches, without masked ones, without as many taken at random."""

    whole: float
    without_masked: float
    without_random: float


def redundancy(
    model: Fitted, clips: Sequence[Description], labels: Array, seed: int = 0
) -> Redundancy:
    """Whether masked patches are redundant: take them out before the blocks and predict again.

    The global feature still sees the whole face; only the scales lose their patches.

    Args:
        model: a trained network with at least one scale.
        clips: n held-out descriptions.
        labels: (n,) their classes.
        seed: of the random choice of patches.
    """
    generator = torch.Generator().manual_seed(seed)
    hits = np.zeros(3)
    for clip, label in zip(clips, labels, strict=True):
        inputs = model.inputs([clip])
        with torch.inference_mode():
            whole = model.network(*inputs)
            masks = [look.mask for look in whole.looks]
            rooms = [torch.randperm(mask.shape[1], generator=generator) for mask in masks]
            random = [mask[:, room] for mask, room in zip(masks, rooms, strict=True)]
            others = [model.network(*inputs, only=only) for only in (masks, random)]
        hits += [int(one.scores.argmax()) == label for one in (whole, *others)]
    return Redundancy(*(hits / len(labels)).tolist())
