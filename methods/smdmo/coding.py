"""Graph-regularised sparse coding: codes that follow the frames' neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.core.types import Array


@dataclass(frozen=True)
class Problem:
    """min |X - DS|² + smoothness · tr(S L Sᵀ) + sparsity · |S|₁, atoms of length 1 at most.

    After Zheng et al., Graph regularized sparse coding for image representation, TIP 2011. X are
    frames as columns and L is the normalised Laplacian of the graph that joins each frame with
    its nearest ones of the same clip.
    """

    sparsity: float
    smoothness: float

    def codes(
        self, atoms: Array, clips: Sequence[Graphed], sweeps: int, start: Array | None = None
    ) -> Array:
        """Codes S (atoms, n) after sweeps of coordinate descent; none increases the objective.

        Clips are coded one by one: a clip's codes do not depend on the other clips.

        Args:
            atoms: D, (d, atoms).
            clips: frames of each clip and their graph.
            sweeps: at most.
            start: initial codes; zeros by default.
        """
        from .kernel import descend

        frames = np.concatenate([clip.frames for clip in clips])
        # Copied, since the kernel writes in place and wants a frame's codes side by side.
        codes = np.zeros((len(frames), atoms.shape[1])) if start is None else start.T.copy()
        square = atoms.T @ atoms
        begin = 0
        for clip in clips:
            own = slice(begin, begin := begin + len(clip.frames))
            terms = square, clip.frames @ atoms, clip.graph
            descend(*terms, self.smoothness, self.sparsity, codes[own], sweeps)
        return codes.T

    def objective(self, atoms: Array, clips: Sequence[Graphed], codes: Array) -> float:
        """What the codes and the dictionary minimise."""
        total, begin = self.sparsity * np.abs(codes).sum(), 0
        for clip in clips:
            own = codes[:, begin : (begin := begin + len(clip.frames))]
            rest = clip.frames.T - atoms @ own
            total += np.sum(rest**2) + self.smoothness * np.sum(own * (own @ clip.graph))
        return float(total)


@dataclass(frozen=True)
class Graphed:
    """Frames (n, d) float64 of a clip and the Laplacian (n, n) of their graph."""

    frames: Array
    graph: Array

    @classmethod
    def of(cls, frames: Array, neighbours: int) -> Graphed:
        """Join each frame with its nearest ones."""
        return cls(frames.astype(np.float64), laplacian(frames, neighbours))


def laplacian(frames: Array, neighbours: int) -> Array:
    """Normalised Laplacian (n, n) of the symmetric nearest-neighbour graph of frames (n, d)."""
    apart = ((frames[:, None] - frames[None]).astype(np.float64) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    count = min(neighbours, len(frames) - 1)
    joined = np.zeros(apart.shape)
    # Stable, so that equally near frames tie in the same way everywhere.
    order = np.argsort(apart, axis=1, kind="stable")[:, :count]
    np.put_along_axis(joined, order, 1.0, axis=1)
    # Nearest neighbours are not mutual, and a Laplacian must be symmetric.
    joined = np.maximum(joined, joined.T)
    # A frame without neighbours has degree 0, and its row of the Laplacian is zeros.
    root = np.sqrt(np.maximum(joined.sum(axis=1), 1))
    degree = np.diag((joined.sum(axis=1) > 0).astype(float))
    matrix: Array = degree - joined / root[:, None] / root[None]
    return matrix


def dictionary(
    problem: Problem,
    clips: Sequence[Graphed],
    atoms: int,
    rounds: int,
    sweeps: int,
    rng: np.random.Generator,
    each_round: Callable[[], None],
) -> tuple[Array, list[float]]:
    """Learn a dictionary: codes by coordinate descent, then the atoms one by one, alternating.

    Args:
        problem: what is minimised.
        clips: frames of each training clip and their graph.
        atoms: how many; they begin as frames drawn at random.
        rounds: of both.
        sweeps: over the codes a round.
        rng: draws the first atoms.
        each_round: called once a round, to watch the deadline.

    Returns:
        D (d, atoms), and the objective after each round, which never increases.
    """
    frames = np.concatenate([clip.frames for clip in clips]).T
    drawn = rng.choice(frames.shape[1], atoms, replace=frames.shape[1] < atoms)
    # a little noise, so that atoms drawn twice part
    learned = frames[:, drawn] + rng.normal(0, 1e-3, (len(frames), atoms))
    learned /= np.linalg.norm(learned, axis=0)
    codes = np.zeros((atoms, frames.shape[1]))
    objectives = []
    for _ in range(rounds):
        each_round()
        codes = problem.codes(learned, clips, sweeps, codes)
        learned = updated(learned, frames, codes)
        objectives.append(problem.objective(learned, clips, codes))
    return learned, objectives


def updated(atoms: Array, frames: Array, codes: Array) -> Array:
    """Each atom in turn at its optimum for the codes, in the unit ball (Mairal et al. 2010)."""
    atoms = atoms.copy()
    square, linear = codes @ codes.T, frames @ codes.T
    # Atoms that no code uses stay as they are: nothing says where they should be.
    for j in np.flatnonzero(np.diag(square) > 1e-12):
        best = atoms[:, j] + (linear[:, j] - atoms @ square[:, j]) / square[j, j]
        atoms[:, j] = best / max(1.0, float(np.linalg.norm(best)))
    return atoms
