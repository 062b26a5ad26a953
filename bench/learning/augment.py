"""Random changes of training batches, on their device."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def flip_and_shift(
    images: Tensor, generator: torch.Generator, max_shift: int, hflip: bool = True, fill: float = 0
) -> Tensor:
    """Mirror half of the clips and shift each by up to `max_shift` pixels, edges padded.

    Args:
        images: (n, c, h, w); the channels of a clip, its frames say, change together.
        generator: on the CPU.
        max_shift: pixels, at least 0.
        hflip: whether to mirror any.
        fill: value of the padding.
    """
    n, _, h, w = images.shape
    # Drawn on the CPU: a seed then moves the clips alike on every device.
    mirrored = torch.rand(n, generator=generator) < (0.5 if hflip else 0)
    tops, lefts = torch.randint(2 * max_shift + 1, (2, n, 1), generator=generator)
    padded = nn.functional.pad(images, (max_shift,) * 4, value=fill)
    columns = lefts + torch.where(mirrored[:, None], torch.arange(w - 1, -1, -1), torch.arange(w))
    rows = (tops + torch.arange(h)).to(images.device)
    columns = columns.to(images.device)
    # Gathered by index: one kernel moves all clips, however far each.
    clips = torch.arange(n, device=images.device)
    moved = padded.movedim(1, -1)[clips[:, None, None], rows[:, :, None], columns[:, None, :]]
    return moved.movedim(-1, 1)


def rotate(
    images: Tensor, generator: torch.Generator, max_degrees: float, fill: float = 0
) -> Tensor:
    """Rotate each clip about its centre by up to `max_degrees` either way, nearest neighbours.

    Args:
        images: (n, c, h, w); the channels of a clip rotate together.
        generator: on the CPU.
        max_degrees: at least 0.
        fill: value of the corners.
    """
    from torchvision.transforms.v2 import functional

    degrees = max_degrees * (2 * torch.rand(len(images), generator=generator) - 1)
    pairs = zip(images, degrees.tolist(), strict=True)
    return torch.stack([functional.rotate(image, turn, fill=[fill]) for image, turn in pairs])
