"""What both phases of training share: seeds, devices, batches, AdamW and its schedule."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar, cast

import torch
from torch import Tensor, nn

from bench.plugins.context import Context

if TYPE_CHECKING:
    from .config import Config

Part = TypeVar("Part", bound=nn.Module)
SMALLEST_BATCH = 4
"""Batch normalisation over fewer images is mostly noise."""


@contextmanager
def surroundings(seed: int, context: Context) -> Iterator[None]:
    """Train with a seed, the fold's threads and precision, leaving torch's state as it was."""
    threads = torch.get_num_threads()
    cuda = context.device == "cuda"
    torch.set_num_threads(context.threads)
    try:
        with (
            context.seeded(seed),
            # bfloat16 has the range of float32, so that gradients need no scaler.
            torch.autocast("cuda", dtype=torch.bfloat16, enabled=cuda),
        ):
            yield
    finally:
        torch.set_num_threads(threads)


def placed(images: Tensor, device: str) -> Tensor:
    """Images on the device, in the memory order that is fastest there: convolutions follow it.

    On a CPU images are contiguous, since there the backward pass of some convolutions crashes on
    channels-last memory.
    """
    if device == "cuda":
        return images.to(device, memory_format=torch.channels_last, non_blocking=True)
    return images.contiguous()


def compiled(module: Part, device: str) -> Part:
    """A module for training, compiled where that pays; weights are the module's own.

    On a GPU with Triton it is; TORCH_COMPILE_DISABLE=1 switches it off. On a CPU it is not: there
    compiling takes half as long as a whole quick fold, and compiled convolutions turn to
    channels-last memory (see `placed`).
    """
    if device == "cuda" and find_spec("triton"):
        return cast(Part, torch.compile(module))
    return module


def batch_size(count: int, config: Config) -> int:
    """The configured batch, less where an epoch would have too few steps."""
    return min(config.batch_size, max(SMALLEST_BATCH, count // config.fewest_steps))


def batches(count: int, size: int) -> list[Tensor]:
    """An epoch of shuffled indices; a last batch that is too small is left out of this epoch."""
    parts: list[Tensor] = list(torch.randperm(count).split(size))  # type: ignore[no-untyped-call]
    return parts[:-1] if len(parts) > 1 and len(parts[-1]) < SMALLEST_BATCH else parts


def share_of_rate(step: int, steps: int, warm: int) -> float:
    """Rate at a step as a share of its peak: a line up over `warm` steps, half a cosine down."""
    if step < warm:
        return (step + 1) / (warm + 1)
    return (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm))) / 2


class Descent:
    """AdamW on one loss, its rate scheduled by the step."""

    def __init__(
        self, config: Config, parameters: Iterable[nn.Parameter], count: int, epochs: int
    ) -> None:
        """Plan `epochs` over `count` samples."""
        size = batch_size(count, config)
        whole, rest = divmod(count, size)
        # As `batches` does it: a remainder that is too small makes no step.
        an_epoch = max(1, whole + (rest >= SMALLEST_BATCH))
        self.adam = torch.optim.AdamW(
            parameters, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.adam, lambda step: share_of_rate(step, an_epoch * epochs, an_epoch * config.warmup)
        )

    def step(self, loss: Tensor) -> None:
        """Follow the gradient of a batch's loss."""
        self.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.adam.step()
        self.schedule.step()
