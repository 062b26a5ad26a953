"""Measures of what the paper claims: that attention finds the motion, that identity is removed.

Finding the motion needs its truth, which SYNTHETIC clips have. Every measure is one number a clip,
so that intervals can resample subjects. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import cv2
import numpy as np
import torch

from bench.core.types import Array, Description
from bench.methods.mfvan.model import Fitted, part

MOVED = 0.25
"""Skin counts as moved where the action units pull it by this share of the clip's largest pull."""


def moved_region(au_flow: Array, valid: Array) -> Array:
    """Where a clip's action units moved the skin: bool (h, w).

    Args:
        au_flow: (2, h, w) true motion from onset to apex by the action units alone, pixels.
        valid: (h, w) bool, where it may be scored.
    """
    pull = np.linalg.norm(au_flow.astype(np.float64), axis=0) * valid
    # Above 0 as well: where nothing moves the maximum is 0, and every pixel would count.
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
        # By area, so that a cell holds the share of its pixels that lies in the region.
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


def moved_shares(maps: Iterable[Array], au_flows: Sequence[Array], valid: Sequence[Array]) -> Array:
    """Of each clip's map, the share of its mass that lies where the face truly moved, (n,).

    Args:
        maps: of each clip (g, g), not below 0; nan is the share of a map that is 0 on the face.
        au_flows: of each clip (2, h, w), true motion by its action units, pixels.
        valid: of each clip (h, w) bool.
    """
    truths = zip(maps, au_flows, valid, strict=True)
    return np.array([share_inside(m, moved_region(f, v), v) for m, f, v in truths])


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


def probed(rows: Array, subjects: Array, parts: int = 4, seed: int = 0) -> Array:
    """Whether a linear classifier tells from a clip's features who it shows, (n,) 1, 0 or nan.

    Trained and tested on different clips of the same people (stratified cross-validation): a mean
    of 1 says that identity is there to be read, `most_frequent` of the same people that it is gone.

    Args:
        rows: (n, d) features.
        subjects: (n,) whose clip it is; clips of people with fewer than `parts` are nan.
        parts: of the cross-validation.
        seed: of its shuffling.

    Raises:
        ValueError: fewer than two people are left.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    enough = _frequent(subjects, parts)
    x, y = rows[enough], subjects[enough]
    if len(np.unique(y)) < 2:
        raise ValueError(f"the probe needs two people with at least {parts} clips each")
    folds = StratifiedKFold(parts, shuffle=True, random_state=seed)
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    right = np.full(len(subjects), np.nan)
    right[enough] = cross_val_predict(linear, x, y, cv=folds) == y
    return right


def most_frequent(subjects: Array, parts: int = 4) -> Array:
    """What `probed` would give for always naming the person with most clips, (n,)."""
    enough = _frequent(subjects, parts)
    names, counts = np.unique(subjects[enough], return_counts=True)
    return np.where(enough, subjects == names[counts.argmax()], np.nan)


def _frequent(subjects: Array, parts: int) -> Array:
    _, who, counts = np.unique(subjects, return_inverse=True, return_counts=True)
    return np.asarray(counts[who] >= parts)


def without_patches(
    model: Fitted, clips: Sequence[Description], labels: Array, seed: int = 0
) -> Array:
    """Whether masked patches are redundant: take them out before the blocks and predict again.

    The global feature still sees the whole face; only the scales lose their patches.

    Args:
        model: a trained network with at least one scale.
        clips: n held-out descriptions.
        labels: (n,) their classes.
        seed: of the random choice of patches.

    Returns:
        (n, 3) whether the class is right: with all patches, without the masked ones, without as
        many taken at random.
    """
    # A generator of its own, so that the patches depend on the seed alone.
    generator = torch.Generator().manual_seed(seed)
    right = []
    for clip, label in zip(clips, labels, strict=True):
        inputs = model.inputs([clip])
        with torch.inference_mode():
            whole = model.network(*inputs)
            masks = [look.mask for look in whole.looks]
            rooms = [torch.randperm(mask.shape[1], generator=generator) for mask in masks]
            random = [mask[:, room] for mask, room in zip(masks, rooms, strict=True)]
            others = [model.network(*inputs, only=only) for only in (masks, random)]
        right.append([int(one.scores.argmax()) == label for one in (whole, *others)])
    return np.array(right, float)
