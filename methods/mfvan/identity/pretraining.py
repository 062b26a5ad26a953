"""The teacher alone: reconstruct frames, L_pre = mean ||x - T(x)||²."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import mse_loss

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.errors import BenchError
from bench.core.seeds import derived_seed
from bench.core.types import Array
from bench.plugins.context import Context
from bench.plugins.model import Training

from ..model import images, part
from ..optimisation import Descent, batch_size, batches, compiled, placed, surroundings
from .autoencoders import Teacher

if TYPE_CHECKING:
    from ..config import Config

VERSION = 1
"""Raised when a change of code makes another teacher of the same frames."""
SAME = ("size", "units", "teacher", "teacher_channels", "teacher_epochs", "warmup", "fewest_steps")
DEPENDS_ON = {
    **{field: field for field in SAME},
    **{"rate": "learning_rate", "decay": "weight_decay", "batch": "batch_size"},
}
"""Fields that a pre-trained teacher depends on, by their words in its key.

The key seeds the teacher, so these words stay as they were when fields are renamed: another word is
another seed, and with it other predictions.
"""


def frames_of(config: Config, train: Training) -> dict[str, Array]:
    """Frames (k, size, size, 3) of each clip the teacher may see, by digest and in its order.

    The order is the content's, so that a teacher depends on which clips it saw and on nothing
    else: folds that see the same clips share it.
    """
    clips = list(train.clips)
    if config.shared_teacher:
        if train.unlabelled is None:
            raise BenchError(
                "mfvan: shared_teacher needs the held-out clips without labels, and the harness "
                "gave none; run it as a transductive method or switch shared_teacher off"
            )
        clips += train.unlabelled
    found = {}
    for clip in clips:
        frames = part(clip, "frames")
        found[hashlib.sha256(frames.tobytes()).hexdigest()] = frames
    return dict(sorted(found.items()))


def pretrained(config: Config, train: Training, context: Context) -> Teacher:
    """A teacher that reconstructs the training subjects' frames, from the artefacts if there."""
    frames = frames_of(config, train)
    name = key(
        "mfvan-teacher",
        VERSION,
        list(frames),
        {word: getattr(config, field) for word, field in DEPENDS_ON.items()},
        context.seed if config.teacher_seed == "fold" else None,
        # Another device or version of torch would train a teacher that differs in the last digits.
        context.device,
        torch.__version__,
    )
    shelf = None if context.artefacts is None else Cache(context.artefacts)
    # Seeded by what the teacher depends on: folds that share a teacher's clips share the teacher.
    with surroundings(derived_seed(name), context):
        teacher = Teacher(config).to(context.device)
        known = None if shelf is None else shelf.get("teachers", name)
        if isinstance(known, dict):
            teacher.load_state_dict({word: torch.from_numpy(known[word]) for word in known})
            return teacher
        reconstruct(teacher, list(frames.values()), config, context)
    if shelf is not None:
        state = teacher.state_dict()
        shelf.put("teachers", name, {word: state[word].cpu().numpy() for word in state})
    return teacher


def reconstruct(teacher: Teacher, frames: list[Array], config: Config, context: Context) -> None:
    """Train the teacher to give back what it sees."""
    every = [image for clip in frames for image in clip]
    learner = compiled(teacher, context.device)
    descent = Descent(config, teacher.parameters(), len(every), config.teacher_epochs)
    for epoch in range(config.teacher_epochs):
        context.check_deadline()
        errors = []
        for batch in batches(len(every), batch_size(len(every), config)):
            # Converted batch by batch: all frames as float32 would take four times their memory.
            x = placed(images([every[i] for i in batch.tolist()], config), context.device)
            error = mse_loss(learner(x), x)
            descent.step(error)
            errors.append(error.detach())
        context.log(teacher_epoch=epoch + 1, teacher_error=float(torch.stack(errors).mean()))
