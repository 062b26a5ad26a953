"""The randomness that a method is given: of the fold's seed, and gone without a trace."""

from __future__ import annotations

import random

import numpy as np
import torch

from bench import Context
from bench.check.watching import random_state
from bench.core.seeds import derived_seed

SEED = derived_seed("fold")


def context(seed: int = SEED) -> Context:
    return Context(seed, np.repeat(np.arange(4), 3))


def drawn() -> tuple[float, float, float]:
    return random.random(), np.random.random(), torch.rand(1).item()  # noqa: NPY002


def test_seeded_draws_are_those_of_the_seed_and_leave_no_trace():
    before = random_state()
    found = []
    for one in (context(), context(), context(SEED + 1)):
        with one.seeded():
            found.append(drawn())
    with context().seeded(SEED + 1):
        found.append(drawn())
    assert found[0] == found[1]
    assert found[2] == found[3]
    assert not set(found[0]) & set(found[2])
    assert random_state() == before


def test_the_state_is_restored_when_a_method_raises():
    before = random_state()
    try:
        with context().seeded():
            drawn()
            raise ValueError
    except ValueError:
        assert random_state() == before


def test_torch_can_be_left_out():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    with context().seeded(with_torch=False):
        assert torch.rand(1) == expected


def test_generators_are_fresh_each_time():
    one = context()
    draws = [torch.rand(3, generator=one.torch_generator()) for _ in range(2)]
    assert torch.equal(*draws)
    assert torch.equal(draws[0], torch.rand(3, generator=torch.Generator().manual_seed(SEED)))


def test_the_seed_of_scikit_learn_has_32_bits():
    assert SEED > 2**32 > context().random_state >= 0
