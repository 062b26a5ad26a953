"""Several folds of one network trained in one batch: the same steps, one kernel for all of them.

Off by default: no method uses it. On a CPU it is slower than one fold a core (.36 to .91 times as
fast); on a GPU, where the kernels of small networks are too tiny to fill it, it should pay, which
has not been measured.

Every fold has its own seed, initial weights, batches, dropout masks, augmentation and optimiser, so
a fold's weights do not depend on its company. Folds differ in size: at each step those whose batch
has as many clips go together and no batch is padded, so that batch statistics see training clips
of their own fold alone.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn
from torch.func import functional_call, grad_and_value, stack_module_state, vmap
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from bench.core.types import Array, Description
from bench.learning.layers import HalfDropout
from bench.learning.training import (
    Batch,
    NetworkModel,
    Recipe,
    Stack,
    as_tensors,
    batches,
    end_epoch,
    labels_of,
    stack,
    take,
    to,
)
from bench.plugins.context import Context

DROPOUTS = (HalfDropout, nn.modules.dropout._DropoutNd)


class Fed(nn.Module):
    """Dropout whose masks were drawn beforehand, in the order in which they are wanted."""

    def __init__(self, masks: list[Tensor]) -> None:
        super().__init__()
        self.masks = masks

    def forward(self, x: Tensor) -> Tensor:
        """Values times the next mask: 0 or the inverse of the probability to stay."""
        return x * self.masks.pop(0)


@dataclass
class Fold:
    """One fold in training.

    Attributes:
        model: its network's weights are rows of tensors that all folds share.
        inputs, targets: training clips on the device.
        labels: on the CPU.
        context: of the fold.
        generator: shuffles and augments.
        optimiser, scheduler: of this fold alone.
        states: of the global generators, CPU and GPU, for initial weights and dropout.
        waiting: batches of this epoch.
        losses: of the batches of this epoch.
    """

    model: NetworkModel
    inputs: Batch
    targets: Batch
    labels: Tensor
    context: Context
    generator: torch.Generator
    states: list[Tensor]
    optimiser: Optimizer | None = None
    scheduler: LRScheduler | None = None
    waiting: Iterator[Tensor] = field(default_factory=lambda: iter(()))
    losses: list[Tensor] = field(default_factory=list)


def train_many(
    build: Callable[[], nn.Module],
    folds: Sequence[tuple[Sequence[Description], Array | dict[str, Array], Context]],
    recipe: Recipe,
    stack: Stack = stack,
) -> list[NetworkModel]:
    """Train a network for each of several folds, with the results of `train` on one after another.

    Up to rounding, that is, and in single precision on a GPU too, where `train` mixes precisions.
    Networks may draw random numbers by dropout layers alone, and no layer may defy `torch.vmap`.

    Args:
        build: makes the network; its initial weights come from the fold's seed.
        folds: descriptions, targets and context of each; all on one device.
        recipe: how to train.
        stack: makes a batch of descriptions.

    Raises:
        DeadlineError: where the time of one of them is up.
    """
    device = torch.device(folds[0][2].device)
    torch.set_num_threads(folds[0][2].threads)
    with torch.random.fork_rng([device] if device.type == "cuda" else [], enabled=True):
        started = [_start(build, *fold, device, stack) for fold in folds]
        company = Company(started, recipe)
        for epoch in range(1, recipe.epochs + 1):
            _epoch(company, epoch)
    return [fold.model for fold in started]


def _start(
    build: Callable[[], nn.Module],
    clips: Sequence[Description],
    targets: Array | dict[str, Array],
    context: Context,
    device: torch.device,
    stack: Stack,
) -> Fold:
    """A fold with its initial weights."""
    torch.manual_seed(context.seed)
    goal = as_tensors(targets)
    return Fold(
        model=NetworkModel(build().to(device), device, stack),
        inputs=to(stack(clips), device),
        targets=to(goal, device),
        labels=labels_of(goal),
        context=context,
        generator=torch.Generator().manual_seed(context.seed),
        states=_states(device),
    )


class Company:
    """Folds whose weights lie in shared tensors, a row each, and the step they take together."""

    def __init__(self, folds: Sequence[Fold], recipe: Recipe) -> None:
        nets = [fold.model.net for fold in folds]
        self.folds, self.recipe = folds, recipe
        self.drawing = copy.deepcopy(nets[0]).train()
        self.calls: dict[int, list[tuple[nn.Module, Tensor]]] = {}
        self.masks: list[Tensor] = []
        self.template = _fed(copy.deepcopy(nets[0]), self.masks).train()
        parameters, self.buffers = stack_module_state(nets)
        self.parameters = {name: rows.detach() for name, rows in parameters.items()}
        for i, fold in enumerate(folds):
            for name, own in fold.model.net.named_parameters():
                own.data = self.parameters[name][i]
            for name, kept in fold.model.net.named_buffers():
                kept.data = self.buffers[name][i]
            learnt = [p for p in fold.model.net.parameters() if p.requires_grad]
            fold.optimiser = recipe.optimiser(learnt)
            fold.scheduler = recipe.scheduler and recipe.scheduler(fold.optimiser)
        self.learnt = [n for n, p in nets[0].named_parameters() if p.requires_grad]

    def ready(self) -> dict[int, tuple[list[int], list[tuple[Batch, Batch]]]]:
        """The next batch of every fold that has one: places and batches by number of clips."""
        groups: dict[int, tuple[list[int], list[tuple[Batch, Batch]]]] = {}
        for place, fold in enumerate(self.folds):
            index = next(fold.waiting, None)
            if index is None:
                continue
            where = index.to(fold.model.device)
            inputs = take(fold.inputs, where)
            if self.recipe.augment is not None:
                inputs = self.recipe.augment(inputs, fold.generator)
            places, parts = groups.setdefault(len(index), ([], []))
            places.append(place)
            parts.append((inputs, take(fold.targets, where)))
        return groups

    def step(self, places: list[int], parts: list[tuple[Batch, Batch]]) -> None:
        """One step of some folds.

        Args:
            places: of the folds.
            parts: inputs and targets of each, as many clips each.
        """
        where = torch.tensor(places, device=self.folds[0].model.device)
        rows = {name: every[where] for name, every in self.parameters.items()}
        learnt = {name: rows.pop(name) for name in self.learnt}
        buffers = {name: every[where] for name, every in self.buffers.items()}
        masks = [self._masks(self.folds[i], part[0]) for i, part in zip(places, parts, strict=True)]
        inputs, targets = (_joined([part[side] for part in parts]) for side in (0, 1))
        gradients, losses = vmap(grad_and_value(self._loss), randomness="error")(
            learnt,
            {**rows, **buffers},
            inputs,
            targets,
            [torch.stack(m) for m in zip(*masks, strict=True)],
        )
        for name, changed in buffers.items():
            self.buffers[name].index_copy_(0, where, changed)
        for row, i in enumerate(places):
            fold = self.folds[i]
            own = dict(fold.model.net.named_parameters())
            for name, gradient in gradients.items():
                own[name].grad = gradient[row]
            fold.optimiser.step()  # type: ignore[union-attr]
            fold.losses.append(losses[row].detach())

    def _loss(
        self,
        learnt: dict[str, Tensor],
        others: dict[str, Tensor],
        inputs: Batch,
        targets: Batch,
        masks: list[Tensor],
    ) -> Tensor:
        """Loss of one fold's batch; vmap makes it that of all."""
        self.masks[:] = masks
        return self.recipe.loss(functional_call(self.template, (learnt, others), inputs), targets)

    def _masks(self, fold: Fold, inputs: Batch) -> list[Tensor]:
        """A batch's dropout masks, drawn as the fold's network would draw them itself."""
        with torch.no_grad(), _own_randomness(fold):
            return [layer(ones) for layer, ones in self._wanted(fold, inputs)]

    def _wanted(self, fold: Fold, inputs: Batch) -> list[tuple[nn.Module, Tensor]]:
        """The dropout layers in the order of their calls, each with ones of its input's shape."""
        size = len(next(iter(inputs.values())) if isinstance(inputs, dict) else inputs)
        if size not in self.calls:
            calls = self.calls[size] = []

            def note(layer: nn.Module, given: tuple[Tensor, ...]) -> None:
                calls.append((layer, torch.ones_like(given[0])))

            layers = [m for m in self.drawing.modules() if isinstance(m, DROPOUTS)]
            hooks = [layer.register_forward_pre_hook(note) for layer in layers]
            before = _states(fold.model.device)
            self.drawing(inputs)
            _restore(before, fold.model.device)
            for hook in hooks:
                hook.remove()
        return self.calls[size]


def _epoch(company: Company, epoch: int) -> None:
    """One pass of every fold over its clips."""
    recipe = company.recipe
    for fold in company.folds:
        fold.context.check_deadline()
        fold.waiting = batches(fold.labels, recipe, fold.generator, company.template)
        fold.losses = []
    while ready := company.ready():
        for places, parts in ready.values():
            company.step(places, parts)
    for fold in company.folds:
        if fold.scheduler is not None and fold.losses:
            fold.scheduler.step()
        model, context = fold.model, fold.context
        end_epoch(model, fold.inputs, fold.targets, context, recipe, epoch, fold.losses)


def _fed(net: nn.Module, masks: list[Tensor]) -> nn.Module:
    """A network whose dropout layers take masks from a list."""
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, DROPOUTS):
                setattr(module, name, Fed(masks))
    return net


def _joined(parts: Sequence[Batch]) -> Batch:
    """Batches of folds as one, a row each."""
    if isinstance(parts[0], dict):
        names = parts[0].keys()
        return {
            name: torch.stack([cast(dict[str, Tensor], p)[name] for p in parts]) for name in names
        }
    return torch.stack(cast(list[Tensor], parts))


def _states(device: torch.device) -> list[Tensor]:
    """States of the global generators of the CPU and of a GPU."""
    states = [torch.get_rng_state()]
    return [*states, torch.cuda.get_rng_state(device)] if device.type == "cuda" else states


def _restore(states: list[Tensor], device: torch.device) -> None:
    """Set the global generators."""
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        torch.cuda.set_rng_state(states[1], device)


@contextmanager
def _own_randomness(fold: Fold) -> Iterator[None]:
    """Draw from where this fold's draws ended."""
    _restore(fold.states, fold.model.device)
    yield
    fold.states = _states(fold.model.device)
