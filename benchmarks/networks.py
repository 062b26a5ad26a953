"""What training costs: STSTNet's fast stage, and the shared loop, each beside the plain way.

`python -m benchmarks.networks` prints processor time of one thread, alternating the two sides and
keeping the least of several epochs, so that the ratio survives a busy machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import torch
from tabulate import tabulate
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.training import Recipe, adam, train
from bench.methods.offapex.net import OffApexNet
from bench.methods.ststnet.net import STSTNet
from bench.plugins.context import Context

CLIPS, BATCH, ROUNDS = 435, 256, 8


class ThreeStreams(nn.Module):
    """STSTNet as it is usually written."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.streams = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(3, channels, 3, padding=2),
                nn.ReLU(),
                nn.BatchNorm2d(channels),
                nn.MaxPool2d(3, 3, 1),
                nn.Dropout(0.5),
            )
            for channels in (3, 5, 8)
        )
        self.head = nn.Linear(400, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        x = torch.cat([stream(x.float()) for stream in self.streams], 1)
        return self.head(functional.avg_pool2d(x, 2).flatten(1))


def bare_epoch(net: nn.Module, images: Tensor, labels: Tensor) -> Callable[[], None]:
    """An epoch with nothing but what training takes."""
    # Fused as in the shared loop, so that the two differ in nothing but the loop.
    optimiser = torch.optim.Adam(net.parameters(), 5e-5, fused=True)

    def epoch() -> None:
        for index in torch.randperm(CLIPS).split(BATCH):
            optimiser.zero_grad()
            batch = images.index_select(0, index)
            functional.cross_entropy(net(batch), labels[index]).backward()
            optimiser.step()

    return epoch


def least(*sides: Callable[[], None]) -> list[float]:
    """Least processor time of each side in ms, measured in turns."""
    best = [float("inf")] * len(sides)
    for _ in range(ROUNDS):
        for i, side in enumerate(sides):
            started = time.process_time()
            side()
            best[i] = min(best[i], 1e3 * (time.process_time() - started))
    return best


def loop(build: Callable[[], nn.Module], images: Tensor, labels: Tensor, epochs: int) -> None:
    """The shared loop."""
    clips, recipe = list(images.numpy()), Recipe(epochs, BATCH, adam(5e-5))
    train(build, clips, labels.numpy(), Context(0, np.zeros(CLIPS)), recipe)


def main() -> None:
    torch.set_num_threads(1)
    images = torch.randint(256, (CLIPS, 3, 28, 28), dtype=torch.uint8)
    labels = torch.arange(CLIPS) % 3
    plain, fast = least(
        bare_epoch(ThreeStreams(3), images, labels), bare_epoch(STSTNet(3), images, labels)
    )
    rows = [["ststnet: three streams, fast stage", plain, fast, plain / fast]]
    for name, build, epochs in (("ststnet", STSTNet, 10), ("offapex", OffApexNet, 3)):
        net = build(3)
        epoch = bare_epoch(net, images, labels)
        bare, shared = least(
            # Bound as defaults: a closure would see the values of the last turn of the loop.
            lambda epoch=epoch, epochs=epochs: [epoch() for _ in range(epochs)],
            lambda net=net, epochs=epochs: loop(lambda: net, images, labels, epochs),
        )
        rows.append(
            [f"{name}: bare loop, shared loop", bare / epochs, shared / epochs, bare / shared]
        )
    head = [f"one epoch over {CLIPS} clips", "plain, ms", "ours, ms", "times as fast"]
    print(tabulate(rows, head, floatfmt=".2f"))


if __name__ == "__main__":
    main()
