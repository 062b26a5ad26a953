"""The loss of identity removal, L_RI: an apex in, an onset out."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import mse_loss


def identity_loss(taught: Tensor, learnt: Tensor, onset: Tensor, soft_target: float) -> Tensor:
    """L_RI = MSE(T(a), o) + MSE(S(a), o) + β MSE(S(a), stopgrad T(a)).

    Args:
        taught: T(a), the teacher's onset face, (n, 3, s, s).
        learnt: S(a), the student's.
        onset: o, the real one.
        soft_target: β.
    """
    both = mse_loss(taught, onset) + mse_loss(learnt, onset)
    # Detached: the teacher must not be drawn towards its student.
    return both + soft_target * mse_loss(learnt, taught.detach())
