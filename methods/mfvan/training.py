"""Fitting one fold: the teacher first, then teacher, student and attention together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import mse_loss

from bench.learning.augment import flip_and_shift
from bench.learning.losses import inverse_frequency
from bench.plugins.context import Context
from bench.plugins.model import Training

from .identity.autoencoders import Teacher
from .identity.loss import identity_loss
from .identity.pretraining import pretrained
from .losses import recognition_losses
from .model import Fitted, Network, images, part
from .optimisation import Descent, batch_size, batches, compiled, placed, surroundings

if TYPE_CHECKING:
    from .config import Config


class Batch(NamedTuple):
    """Images (n, 3, s, s) of apexes and onsets; labels (n,), None while none are used."""

    apex: Tensor
    onset: Tensor
    labels: Tensor | None


class Step(NamedTuple):
    """Weighted terms of the loss, errors to report with them, masks (n, N) of each scale."""

    terms: dict[str, Tensor]
    errors: dict[str, Tensor]
    masks: list[Tensor]

    def detached(self) -> Step:
        """The numbers without the graph that led to them."""
        return Step({n: t.detach() for n, t in self.terms.items()}, self.errors, self.masks)


def look_and_reconstruct(
    config: Config, network: Network, teacher: Teacher | None, batch: Batch, alpha: Tensor | None
) -> Step:
    """The losses of one batch; without labels identity removal is all there is to learn."""
    step = Step({}, {}, [])
    if batch.labels is None:
        learnt = network.student(batch.apex)
    else:
        reading = network(batch.apex, batch.onset)
        step.terms.update(recognition_losses(config, network, reading, batch.labels, alpha))
        step.masks.extend(look.mask for look in reading.looks)
        learnt = None if teacher is None else network.student.decode(reading.bottleneck)
    if teacher is not None:
        taught = teacher(batch.apex)
        step.terms["identity"] = config.identity_weight * identity_loss(
            taught, learnt, batch.onset, config.soft_target
        )
        step.errors["student_error"] = mse_loss(learnt.detach(), batch.onset)
        step.errors["teacher_error"] = mse_loss(taught.detach(), batch.onset)
    return step


def summary(steps: Sequence[Step], scales: Sequence[int]) -> dict[str, float]:
    """An epoch's point of the training curve.

    In addition to the terms of the loss: `kept_s`, the share of patches that scale s keeps, and
    `varied_s`, the deviation over clips of whether a patch is kept, mean over patches. At 0
    every clip keeps the same patches: the mask has collapsed.
    """
    numbers = [step.terms | step.errors for step in steps]
    means = {name: torch.stack([one[name] for one in numbers]).mean() for name in numbers[0]}
    means["loss"] = torch.stack([means[name] for name in steps[0].terms]).sum()
    masks = zip(*(step.masks for step in steps), strict=True)
    # No masks while no labels are used, and then no scales to report.
    for number, of_scale in zip(scales, masks, strict=False):
        kept = torch.cat(of_scale).float()
        means[f"kept_{number}"] = kept.mean()
        # Without the correction a single clip has deviation 0 and not NaN.
        means[f"varied_{number}"] = kept.std(0, correction=0).mean()
    return {name: float(value) for name, value in means.items()}


def augmented(config: Config, apex: Tensor, onset: Tensor, device: str) -> tuple[Tensor, Tensor]:
    """A batch's pairs mirrored and shifted on their device, both frames of a pair alike."""
    if not (config.hflip or config.max_shift):
        return apex, onset
    # Stacked as channels, so that both frames of a pair move alike.
    pairs = torch.cat([apex, onset], 1)
    moved = flip_and_shift(pairs, torch.default_generator, config.max_shift, config.hflip)
    apex, onset = moved.tensor_split(2, 1)
    return placed(apex, device), placed(onset, device)


def fit(config: Config, train: Training, context: Context) -> Fitted:
    """Train for a number of epochs fixed in advance; the last state is the model."""
    device = context.device
    apex, onset = (
        placed(images([part(clip, name) for clip in train.clips], config), device)
        for name in ("apex", "onset")
    )
    labels = torch.from_numpy(train.labels).to(device)
    alpha = None
    if config.balanced:
        alpha = torch.from_numpy(inverse_frequency(train.labels, train.classes)).to(apex)
    with surroundings(context.seed, context):
        network = Network(config, train.classes).to(device)
        teacher = pretrained(config, train, context) if config.identity_weight else None
        learned = [*network.parameters(), *([] if teacher is None else teacher.parameters())]
        first = config.identity_epochs if teacher is None else 0
        descent = Descent(config, learned, len(labels), config.epochs - first)
        model = Fitted(network, config, device)
        learner = compiled(network, device)
        teacher = None if teacher is None else compiled(teacher, device)
        # The error of handing back the apex itself: the student's means something only next to it.
        copy_error = float(mse_loss(apex, onset))
        for epoch in range(first, config.epochs):
            network.train()
            steps = []
            for rows in batches(len(labels), batch_size(len(labels), config)):
                known = labels[rows] if epoch >= config.identity_epochs else None
                batch = Batch(*augmented(config, apex[rows], onset[rows], device), known)
                step = look_and_reconstruct(config, learner, teacher, batch, alpha)
                descent.step(torch.stack(list(step.terms.values())).sum())
                # Detached, or the graphs of a whole epoch would stay in memory.
                steps.append(step.detached())
            numbers = summary(steps, config.scales)
            context.log(epoch=epoch + 1, copy_error=copy_error, **numbers)
            context.checkpoint(model, epoch + 1)
    network.eval()
    return model
