"""The one training loop of every network: fixed epochs, nothing to choose a model by.

Only training clips enter it; the held-out subject is scored afterwards, or by the harness through
`Context.checkpoint`, which returns nothing. Results depend on the fold's seed alone: initial
weights, shuffling, dropout and augmentation draw from generators made from it, and the global
random state is left as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from bench.core.errors import BenchError
from bench.core.types import Array, Description
from bench.plugins.context import Context
from bench.plugins.model import Model
from bench.plugins.state import State

Net = TypeVar("Net", bound=nn.Module)
Batch = Tensor | dict[str, Tensor]
Stack = Callable[[Sequence[Description]], Batch]
Sampler = Callable[[Tensor, torch.Generator], Iterable[Tensor]]
MakeOptimiser = Callable[[Iterable[nn.Parameter] | Iterable[dict[str, Any]]], Optimizer]
POINTS = 100
"""Points of a training curve, at most."""


def cross_entropy(outputs: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean cross-entropy of logits (n, classes) and labels (n,), classes weighted if wanted."""
    return nn.functional.cross_entropy(outputs, labels, weights)


def adam(learning_rate: float, weight_decay: float = 0.0) -> MakeOptimiser:
    """Adam with coupled weight decay, its update in one fused kernel."""
    return partial(torch.optim.Adam, lr=learning_rate, weight_decay=weight_decay, fused=True)


def sgd(learning_rate: float, weight_decay: float = 0.0) -> MakeOptimiser:
    """Stochastic gradient descent with momentum .9."""
    return partial(torch.optim.SGD, lr=learning_rate, momentum=0.9, weight_decay=weight_decay)


def adamw(learning_rate: float, weight_decay: float = 1e-2) -> MakeOptimiser:
    """Adam with decoupled weight decay, its update in one fused kernel."""
    return partial(torch.optim.AdamW, lr=learning_rate, weight_decay=weight_decay, fused=True)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained.

    Attributes:
        epochs: passes over the training clips; the last one's weights are the result.
        batch_size: clips a step; the last, smaller batch of an epoch is used as well.
        optimiser: makes the optimiser of the network's parameters.
        groups: the network's parameters as groups with rates of their own, where they have some.
        scheduler: makes the schedule of its learning rate, stepped once an epoch.
        loss: of the network's outputs and the targets of a batch. In training mode a network may
            return what its loss wants, in evaluation mode it returns logits.
        augment: changes a training batch on its device, drawing from a generator on the CPU.
        sampler: index batches of one epoch from the labels, in place of shuffled batches.
        settle: given the network in evaluation mode, all training inputs and targets, makes what
            it decides by and does not learn by gradient, before every checkpoint.
        checkpoint_every: epochs between two offers to `Context.checkpoint`.
    """

    epochs: int
    batch_size: int
    optimiser: MakeOptimiser
    groups: Callable[[nn.Module], list[dict[str, Any]]] | None = None
    scheduler: Callable[[Optimizer], LRScheduler] | None = None
    loss: Callable[[Any, Any], Tensor] = cross_entropy
    augment: Callable[[Any, torch.Generator], Batch] | None = None
    sampler: Sampler | None = None
    settle: Callable[[nn.Module, Any, Any], None] | None = None
    checkpoint_every: int = 1


def by_class(labels: Tensor, generator: torch.Generator, batch_size: int) -> Iterable[Tensor]:
    """Batches in the order of the classes, the same in every epoch.

    So does public code that lists a folder for each class and shuffles nothing.
    """
    order = torch.argsort(labels, stable=True)
    return order.split(batch_size)  # type: ignore[no-any-return,no-untyped-call]


def stack(clips: Sequence[Description]) -> Batch:
    """Descriptions as one tensor, or as one tensor a name; types are kept."""
    if isinstance(clips[0], dict):
        rows = cast(Sequence[dict[str, Array]], clips)
        return {name: torch.from_numpy(np.stack([row[name] for row in rows])) for name in rows[0]}
    # uint8 stays uint8, a quarter of the memory: networks make floats of one batch at a time.
    return torch.from_numpy(np.stack(cast(Sequence[Array], clips)))


def take(batch: Batch, index: Tensor) -> Batch:
    """Some rows of a batch, in the order of an index."""
    if isinstance(batch, dict):
        return {name: rows.index_select(0, index) for name, rows in batch.items()}
    return batch.index_select(0, index)


def to(batch: Batch, device: torch.device) -> Batch:
    """A batch on a device."""
    if isinstance(batch, dict):
        return {name: rows.to(device) for name, rows in batch.items()}
    return batch.to(device)


@dataclass
class NetworkModel(Model):
    """A trained network.

    Attributes:
        net: returns logits (n, classes) in evaluation mode.
        device: where its weights are.
        stack: makes a batch of descriptions; a function of a module.
    """

    net: nn.Module
    device: torch.device
    stack: Stack = stack

    def __post_init__(self) -> None:
        self.parameters = sum(p.numel() for p in self.net.parameters() if p.requires_grad)

    def predict(self, clips: Sequence[Description]) -> Array:
        """Softmax scores (n, classes), float64.

        Clip by clip, so that a clip's score does not depend, even in the last bit, on the others.
        """
        self.net.eval()
        with torch.inference_mode():
            # One by one: a matrix product of another batch size may sum in another order.
            rows = [self.net(to(self.stack([clip]), self.device)) for clip in clips]
            return torch.cat(rows).double().softmax(1).cpu().numpy()

    def state(self) -> State:
        """Weights and buffers by their names in the network."""
        return state_of(self.net)


def state_of(net: nn.Module) -> dict[str, Array]:
    """Weights and buffers of a network by name, on the CPU."""
    return {name: one.detach().cpu().numpy() for name, one in net.state_dict().items()}


def restored(build: Callable[[], nn.Module], state: State) -> NetworkModel:
    """A network with the weights and buffers that `state_of` listed, on the CPU.

    Raises:
        BenchError: they are not of this network.
    """
    return NetworkModel(filled(build, state), torch.device("cpu"))


def filled(build: Callable[[], Net], state: State) -> Net:
    """A new network, in evaluation mode, with weights and buffers by name.

    Raises:
        BenchError: they are not of this network.
    """
    # Initial weights are drawn, and then replaced.
    with torch.random.fork_rng(devices=()):
        net = build()
    try:
        # Copied: torch warns of arrays that cannot be written to, as those of a mapped file.
        net.load_state_dict({name: torch.tensor(one) for name, one in state.items()})
    except (RuntimeError, TypeError, ValueError) as error:
        words = " ".join(str(error).split())
        raise BenchError(f"the weights are not of this network: {words:.300}") from error
    return net.eval()


def train(
    build: Callable[[], nn.Module],
    clips: Sequence[Description],
    targets: Array | dict[str, Array],
    context: Context,
    recipe: Recipe,
    stack: Stack = stack,
) -> NetworkModel:
    """Train a fresh network for a fixed number of epochs.

    Args:
        build: makes the network; its initial weights come from the fold's seed.
        clips: the training clips' descriptions, n of them, loaded to the device once.
        targets: (n,) labels, or arrays by name, "label" among them, for losses that want more.
        context: the fold's seed, device, threads and deadline.
        recipe: how to train.
        stack: makes a batch of descriptions.

    Raises:
        DeadlineError: where the unit's time is up.
    """
    device = torch.device(context.device)
    # Folds are trained side by side, each on its share of the cores.
    torch.set_num_threads(context.threads)
    with context.seeded():
        model = NetworkModel(build().to(device), device, stack)
        goal = to(as_tensors(targets), device)
        _loop(model, to(stack(clips), device), goal, context, recipe)
    return model


def as_tensors(targets: Array | dict[str, Array]) -> Batch:
    """Targets as tensors."""
    if isinstance(targets, dict):
        return {name: torch.from_numpy(rows) for name, rows in targets.items()}
    return torch.from_numpy(targets)


def labels_of(targets: Batch) -> Tensor:
    """The labels among targets, on the CPU."""
    return (targets["label"] if isinstance(targets, dict) else targets).cpu()


def _loop(
    model: NetworkModel, inputs: Batch, targets: Batch, context: Context, recipe: Recipe
) -> None:
    """Epochs of batches; mixed precision on a GPU."""
    net, device = model.net, model.device
    # A stream of its own: dropout draws from the global one, and must not change the batches.
    generator = context.torch_generator()
    trained = [p for p in net.parameters() if p.requires_grad]
    optimiser = recipe.optimiser(trained if recipe.groups is None else recipe.groups(net))
    scheduler = None if recipe.scheduler is None else recipe.scheduler(optimiser)
    # Half precision pays on a GPU only; the scaler keeps its small gradients above 0.
    mixed = device.type == "cuda"
    scaler = torch.amp.GradScaler(device.type, enabled=mixed)
    labels = labels_of(targets)
    for epoch in range(1, recipe.epochs + 1):
        context.check_deadline()
        # Every epoch, since a checkpoint leaves the network in evaluation mode.
        net.train()
        losses: list[Tensor] = []
        for index in batches(labels, recipe, generator, net):
            where = index.to(device)
            batch = take(inputs, where)
            if recipe.augment is not None:
                batch = recipe.augment(batch, generator)
            optimiser.zero_grad(set_to_none=True)
            with torch.autocast(device.type, enabled=mixed):
                loss = recipe.loss(net(batch), take(targets, where))
            scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            scaler.step(optimiser)
            scaler.update()
            # Kept on the device: reading a number each step would wait for the GPU.
            losses.append(loss.detach())
        # Without a batch the optimiser made no step that a schedule could follow.
        if scheduler is not None and losses:
            scheduler.step()
        end_epoch(model, inputs, targets, context, recipe, epoch, losses)


def batches(
    labels: Tensor, recipe: Recipe, generator: torch.Generator, net: nn.Module
) -> Iterator[Tensor]:
    """The index batches of one epoch, on the CPU; no single clip where batches are normalised."""
    # Statistics of a single clip would normalise it by itself.
    normalised = any(isinstance(m, nn.modules.batchnorm._BatchNorm) for m in net.modules())
    every: Iterable[Tensor] = (
        recipe.sampler(labels, generator)
        if recipe.sampler is not None
        else torch.randperm(len(labels), generator=generator).split(recipe.batch_size)  # type: ignore[no-untyped-call]
    )
    yield from (index for index in every if len(index) >= (2 if normalised else 1))


def end_epoch(
    model: NetworkModel,
    inputs: Batch,
    targets: Batch,
    context: Context,
    recipe: Recipe,
    epoch: int,
    losses: Sequence[Tensor],
) -> None:
    """Log the mean loss of an epoch's batches, settle, and offer a checkpoint, when it is time."""
    last = epoch == recipe.epochs
    # Rounded up, so that there are never more than POINTS.
    if losses and (last or epoch % -(-recipe.epochs // POINTS) == 0):
        context.log(epoch=epoch, loss=torch.stack(list(losses)).mean().item())
    if last or epoch % recipe.checkpoint_every == 0:
        if recipe.settle is not None:
            with torch.no_grad():
                recipe.settle(model.net.eval(), inputs, targets)
        context.checkpoint(model, epoch)
