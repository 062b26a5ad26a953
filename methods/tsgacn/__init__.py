"""Two-stream graph attention on landmarks and the optical flow around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bench import Array, Facts, Training, Views
from bench.learning.network_method import NetworkMethod
from bench.plugins.fidelity import OURS, Fidelity, reconstructed
from bench.views.flow.optical import flow_between, optical_flow
from bench.views.frames import gray_frames
from bench.views.landmarks import TEMPLATE, landmarks

SIDE, PATCH, NEIGHBOURS = 128, 10, 6
FRAMES = 3
"""Onset, apex and offset."""
JAW = 17
"""Landmarks of the jaw come first, and are left out: brows, nose, eyes and lips are 51."""

if TYPE_CHECKING:
    from torch import nn


def neighbours(points: Array, count: int) -> Array:
    """Which points are among the nearest of one another or the same: (n, n) boolean."""
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    # Index 0 is the distance of a point to itself.
    near = distance <= np.sort(distance, 1)[:, count : count + 1]
    joined: Array = near | near.T
    return joined


def over_frames(joined: Array, frames: int) -> Array:
    """A graph repeated for each frame, and every node joined to itself a frame earlier and later.

    Args:
        joined: (n, n) boolean, of one frame.
        frames: how many.

    Returns:
        (frames n, frames n) boolean, nodes of the first frame first.
    """
    path = np.abs(np.subtract.outer(np.arange(frames), np.arange(frames))) == 1
    within, across = np.kron(np.eye(frames), joined), np.kron(path, np.eye(len(joined)))
    whole: Array = (within + across) > 0
    return whole


@dataclass(frozen=True)
class TSGACN(NetworkMethod):
    """Graph attention over 51 landmarks of three frames: places, and flow patches around them."""

    name = "tsgacn"

    learning_rate: float = 1e-3

    version = 3
    needs = frozenset({"optical_flow", "gray_frames", "landmarks"})
    described_by = ()
    presets = {"quick": {"epochs": 60}}
    seconds_per_clip = 4e-3
    sources = {
        "epochs": OURS,
        "learning_rate": OURS,
        "batch_size": OURS,
    }
    facts = Facts(
        title="TSGACN",
        paper="Kumar, Bhanu: Micro-expression classification based on landmark relations with "
        "graph attention convolutional network, CVPR workshops",
        year=2021,
        url="https://doi.org/10.1109/CVPRW53098.2021.00167",
        fidelity=Fidelity(
            network=reconstructed("our two graph-attention streams after the abstract"),
            preprocessing=reconstructed("landmarks of the onset, carried by the flow"),
            recipe=reconstructed("all settings are our reading"),
        ),
        deviations=(
            "Landmarks of the onset are the clip's where it has some, else a mean face's; the flow "
            "carries them to apex and offset.",
            "The graph spans onset, apex and offset, as the abstract says. Edges join nearest "
            "neighbours, and a landmark with itself in the next frame; this, layers, rate, batch "
            "and epochs are our reading.",
            "A patch is the flow from the onset, so that the onset's own patches are 0.",
            "The quick preset is ours: 60 epochs.",
        ),
    )

    def describe(self, clip: Views) -> dict[str, Array]:
        """Positions (153, 2) and flow from the onset around them (153, 200), float32.

        Nodes are the landmarks of the onset, then those of apex and offset; positions are
        displacements from the middle, in pictures, and flow in pixels of a 128 x 128 face.
        """
        frames = gray_frames(clip, (SIDE, SIDE))
        apex = optical_flow(clip, size=(SIDE, SIDE))
        offset = flow_between(frames[0], frames[-1])
        half = PATCH // 2
        start = landmarks(clip)[JAW:]
        # Patches that would cross the border are shifted inside the image.
        x, y = np.clip(np.rint(start * SIDE).astype(int), half, SIDE - half).T
        flows = np.zeros_like(apex), apex, offset
        points = [start + flow[:, y, x].T / SIDE for flow in flows]
        patches = [
            flow[:, b - half : b + half, a - half : a + half].ravel()
            for flow in flows
            for a, b in zip(x, y, strict=True)
        ]
        return {
            "points": (np.concatenate(points) - 0.5).astype(np.float32),
            "patches": np.stack(patches).astype(np.float32),
        }

    def network(self, train: Training) -> nn.Module:
        """Graph attention between nearest landmarks, and along their paths."""
        import torch

        from .net import TwoStreamNet

        # One graph, of the mean face: all clips of a batch share it.
        joined = neighbours(np.array(TEMPLATE[JAW:]), NEIGHBOURS)
        return TwoStreamNet(train.classes, torch.from_numpy(over_frames(joined, FRAMES)))
