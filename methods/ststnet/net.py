"""STSTNet: three shallow streams of 3, 5 and 8 channels, kept as one convolution of 16."""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from bench.learning.layers import HalfDropout

from . import kernels

STREAMS = (3, 5, 8)
CHANNELS = sum(STREAMS)
# PyTorch's default, named because `_fast` moves the running statistics by hand.
MOMENTUM = 0.1


class PooledStage(torch.autograd.Function):
    """Convolution, ReLU and 3/3 pooling, with the moments that batch normalisation wants.

    Everything downstream depends on the 30 x 30 activations through the pooled values and two
    moments per channel only, so the gradient by an activation y is sparse plus a + b y.
    """

    @staticmethod
    def forward(
        ctx: Any, images: Tensor, weight: Tensor, bias: Tensor, sign: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Pooled extremes (n, 16, 10, 10), mean and biased variance (16,) of the activations."""
        padded = functional.pad(images, (2, 2, 2, 2)).flatten(2)
        planes = functional.pad(padded, (0, kernels.SPAN - padded.shape[2]))
        taps = weight.detach().flatten(2)
        arrays = (planes.numpy(), taps.numpy(), bias.detach().numpy(), sign.numpy())
        activations, pooled, sums = kernels.forward(*arrays)
        count = len(images) * kernels.SIDE**2
        mean = torch.from_numpy(sums[0] / count)
        # Of sums in double precision, since two large moments are subtracted.
        variance = torch.from_numpy(sums[1] / count) - mean**2
        # Kept as attributes, since save_for_backward takes no numpy arrays.
        ctx.arrays, ctx.mean, ctx.count = (arrays[0], activations, pooled), mean, count
        # Rounding can make a difference of moments negative.
        moments = mean.to(images.dtype), variance.clamp(min=0).to(images.dtype)
        return torch.from_numpy(pooled), *moments

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[None, Tensor, Tensor, None]:
        """Gradients of weight and bias; images are data and get none."""
        pooled, mean, variance = gradients
        slope = 2 * variance.double() / ctx.count
        constant = mean.double() / ctx.count - slope * ctx.mean
        dw, db = kernels.backward(
            *ctx.arrays,
            pooled.contiguous().numpy(),
            constant.to(pooled.dtype).numpy(),
            slope.to(pooled.dtype).numpy(),
        )
        shape = (CHANNELS, 3, 3, 3)
        return (
            None,
            torch.from_numpy(dw).to(pooled.dtype).view(shape),
            torch.from_numpy(db).to(pooled.dtype),
            None,
        )


class STSTNet(nn.Module):
    """The network: (n, 3, 28, 28) planes u, v, strain in 0 .. 255 to logits (n, classes).

    Convolution, rectification, normalisation, pooling and dropout treat channels apart, so the
    three streams are channels 0-2, 3-7 and 8-15 of one.
    """

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(3, CHANNELS, 3, padding=2)
        self.normalisation = nn.BatchNorm2d(CHANNELS, momentum=MOMENTUM)
        self.dropout = HalfDropout()
        self.head = nn.Linear(CHANNELS * 25, num_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits."""
        x = images.to(self.head.weight.dtype)
        # The kernels run on a CPU and take the statistics of the batch, which evaluation does not
        # use.
        fast = self.training and x.device.type == "cpu"
        x = self._fast(x) if fast else self._plain(x)
        return self.head(functional.avg_pool2d(self.dropout(x), 2).flatten(1))  # type: ignore[no-any-return]

    def _plain(self, x: Tensor) -> Tensor:
        """Convolution, ReLU, batch normalisation, pooling: (n, 16, 10, 10)."""
        x = self.normalisation(functional.relu(self.convolution(x)))
        return functional.max_pool2d(x, 3, 3, 1)

    def _fast(self, x: Tensor) -> Tensor:
        """The same in training mode, normalising after pooling; a negative scale pools minima."""
        norm = self.normalisation
        sign = torch.where(norm.weight.detach() < 0, -1.0, 1.0).to(x.dtype)
        pooled, mean, variance = PooledStage.apply(
            x, self.convolution.weight, self.convolution.bias, sign
        )
        with torch.no_grad():
            count = len(x) * kernels.SIDE**2
            # Batch normalisation keeps the unbiased variance and normalises by the biased one.
            unbiased = variance * (count / (count - 1))
            cast(Tensor, norm.running_mean).lerp_(mean, MOMENTUM)
            cast(Tensor, norm.running_var).lerp_(unbiased, MOMENTUM)
            cast(Tensor, norm.num_batches_tracked).add_(1)
        scale = norm.weight * torch.rsqrt(variance + norm.eps)
        shift = norm.bias - mean * scale
        return cast(Tensor, pooled * scale[:, None, None] + shift[:, None, None])
