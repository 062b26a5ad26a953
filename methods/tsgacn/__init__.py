"""Two-stream graph attention on landmarks and the optical flow around them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bench.clip import Array, Views
from bench.context import Context
from bench.method import Facts, Method, Model, Training
from bench.views.flow import flow_between, optical_flow
from bench.views.frames import gray_frames

SIDE, PATCH, NEIGHBOURS = 128, 10, 6


def arc(centre: tuple[float, float], radii: tuple[float, float], turns: Array) -> Array:
    """Points (x, y) of an ellipse at the given turns; 0 is left, a quarter is up."""
    angle = 2 * np.pi * turns
    points: Array = centre + np.stack([-np.cos(angle), -np.sin(angle)], 1) * radii
    return points


def template() -> Array:
    """51 landmarks (x, y) of an aligned face, unit square: brows, nose, eyes, lips."""
    half, full = np.linspace(0.05, 0.45, 5), np.arange(12) / 12
    bridge = np.stack([np.full(4, 0.5), np.linspace(0.38, 0.56, 4)], 1)
    return np.concatenate(
        [
            arc((0.29, 0.34), (0.13, 0.07), half),
            arc((0.71, 0.34), (0.13, 0.07), half),
            bridge,
            np.stack([np.linspace(0.42, 0.58, 5), np.full(5, 0.61)], 1),
            arc((0.3, 0.4), (0.08, 0.03), np.arange(6) / 6),
            arc((0.7, 0.4), (0.08, 0.03), np.arange(6) / 6),
            arc((0.5, 0.77), (0.16, 0.07), full),
            arc((0.5, 0.77), (0.1, 0.025), np.arange(8) / 8),
        ]
    )


def neighbours(points: Array, count: int) -> Array:
    """Which points are among the nearest of one another or the same: (n, n) boolean."""
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    near = distance <= np.sort(distance, 1)[:, count : count + 1]
    joined: Array = near | near.T
    return joined


@dataclass(frozen=True)
class TSGACN(Method):
    """Graph attention over 51 landmarks: their paths, and flow patches around them."""

    epochs: int = 100
    rate: float = 1e-3
    batch: int = 32

    name: ClassVar[str] = "tsgacn"
    needs: ClassVar[frozenset[str]] = frozenset({"optical_flow", "gray_frames"})
    described_by: ClassVar[tuple[str, ...] | None] = ()
    presets: ClassVar[Mapping[str, Mapping[str, Any]]] = {"paper": {}, "quick": {"epochs": 60}}
    facts: ClassVar[Facts] = Facts(
        title="TSGACN",
        paper="Kumar, Bhanu: Micro-expression classification based on landmark relations with "
        "graph attention convolutional network, CVPR workshops",
        year=2021,
        url="https://doi.org/10.1109/CVPRW53098.2021.00167",
        fidelity="reconstructed",
        deviations=(
            "Landmarks start at a template face and are carried to apex and offset by the flow.",
            "Edges join nearest neighbours; layers, rate, batch and epochs are our reading.",
            "The quick preset is ours: 60 epochs.",
        ),
    )

    def describe(self, clip: Views) -> dict[str, Array]:
        """Positions at onset, apex and offset (51, 6), and onset-to-apex flow (51, 200).

        Both float32; positions as displacements from the template's mean, in faces, and flow in
        pixels of a 128 x 128 face.
        """
        frames = gray_frames(clip, (SIDE, SIDE))
        apex = optical_flow(clip, size=(SIDE, SIDE))
        offset = flow_between(frames[0], frames[-1])
        start = template()
        x, y = np.rint(start * SIDE).astype(int).T
        paths = [start, start + apex[:, y, x].T / SIDE, start + offset[:, y, x].T / SIDE]
        half = PATCH // 2
        patches = [
            apex[:, b - half : b + half, a - half : a + half] for a, b in zip(x, y, strict=True)
        ]
        return {
            "points": (np.concatenate(paths, 1) - 0.5).astype(np.float32),
            "patches": np.stack(patches).reshape(len(start), -1),
        }

    def fit(self, train: Training, context: Context) -> Model:
        """Cross-entropy, Adam, fixed epochs."""
        import torch

        from bench.learning import training

        from . import net

        adjacency = torch.from_numpy(neighbours(template(), NEIGHBOURS))
        recipe = training.Recipe(self.epochs, self.batch, training.adam(self.rate))
        return training.train(
            lambda: net.TwoStreamNet(train.classes, adjacency),
            train.clips,
            train.labels,
            context,
            recipe,
        )

    def seconds(self, clips: int, frames: int) -> float:
        """About 1 millisecond a clip and epoch."""
        return 1e-3 * clips * self.epochs
