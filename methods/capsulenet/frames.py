"""Which frames an epoch of CapsuleNet sees, and how they are changed at random."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from bench.learning.augment import rotate

TIMES = 5
"""Frames of an epoch for each clip of the rarest class: its apex and four neighbours."""
DEGREES, JITTER = 8.0, 0.2
"""Largest rotation, and largest relative change of brightness and of contrast."""


def evened(
    labels: Tensor, generator: torch.Generator, frames: int, batch_size: int
) -> Iterator[Tensor]:
    """Batches of one epoch: every apex, and as many of its neighbours as even the classes out.

    As in the authors' code every class gets about five frames for each clip of the rarest; there
    the rarest is always surprise. A fraction of a frame is one frame with that probability.

    Args:
        labels: (n frames,) of each clip's frames in the order of time, the apex in the middle.
        generator: on the CPU.
        frames: of a clip, an odd number.
        batch_size: frames a step.
    """
    classes, counts = torch.unique(labels[::frames], return_counts=True)
    rarest = int(counts.min())
    pairs = zip(classes.tolist(), counts.tolist(), strict=True)
    share = {label: TIMES * rarest / count - 1 for label, count in pairs}
    middle = frames // 2
    others = torch.tensor([at for at in range(frames) if at != middle])
    chosen: list[Tensor] = []
    for first, label in zip(range(0, len(labels), frames), labels[::frames].tolist(), strict=True):
        wanted = max(share[label], 0.0)
        more = int(wanted) + int(torch.rand(1, generator=generator).item() < wanted % 1)
        picks = torch.randperm(len(others), generator=generator)[:more]
        chosen.append(first + torch.cat([torch.tensor([middle]), others[picks]]))
    every = torch.cat(chosen)
    shuffled = every[torch.randperm(len(every), generator=generator)]
    yield from shuffled.split(batch_size)  # type: ignore[no-untyped-call]


def augment(images: Tensor, generator: torch.Generator, size: int) -> Tensor:
    """Frames (n, h, w) rotated, mirrored, of other brightness and contrast, cropped to a square.

    Args:
        images: 0 .. 255.
        generator: on the CPU.
        size: side of the crop, at most h and w.

    Returns:
        float32 (n, size, size) in 0 .. 255.
    """
    from torchvision.transforms.v2 import functional

    n, height, width = images.shape
    turned = rotate(images[:, None], generator, DEGREES)
    draws = torch.rand((5, n), generator=generator).tolist()
    made = []
    for image, mirror, bright, contrast, top, left in zip(turned, *draws, strict=True):
        x = image.flip(-1) if mirror < 0.5 else image
        x = functional.adjust_brightness(x.float() / 255, 1 + (2 * bright - 1) * JITTER)
        x = functional.adjust_contrast(x, 1 + (2 * contrast - 1) * JITTER)
        y0, x0 = int(top * (height - size + 1)), int(left * (width - size + 1))
        made.append(255 * x[0, y0 : y0 + size, x0 : x0 + size])
    return torch.stack(made)
