"""Graph-regularised sparse coding: codes that follow the frames' neighbourhoods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.clip import Array


@dataclass(frozen=True)
class Problem:
    """min |X - DS|² + smoothness · tr(S L Sᵀ) + sparsity · |S|₁, atoms of length 1 at most.

    After Zheng et al., Graph regularized sparse coding for image representation, TIP 2011. X are
    frames as columns and L is the normalised Laplacian of the graph that joins each frame with
    its nearest ones of the same clip.
    """

    sparsity: float
    smoothness: float
    neighbours: int

    def laplacian(self, clips: Sequence[Array]) -> Any:
        """L of the frames of all clips, sparse (n, n); its eigenvalues are at most 2."""
        from scipy.sparse import block_diag

        return block_diag([laplacian(clip, self.neighbours) for clip in clips], format="csr")

    def codes(
        self, atoms: Array, clips: Sequence[Array], steps: int, start: Array | None = None
    ) -> Array:
        """Codes S (atoms, n) after so many proximal gradient steps, none of which does harm.

        Args:
            atoms: D, (d, atoms).
            clips: frames (frames, d) of each clip.
            steps: how many.
            start: codes to begin with; nought by default.
        """
        frames = np.concatenate(clips).T
        graph = self.laplacian(clips)
        codes = np.zeros((atoms.shape[1], frames.shape[1])) if start is None else start
        square, linear = atoms.T @ atoms, atoms.T @ frames
        # half the Lipschitz constant of the smooth part's gradient
        bound = np.linalg.eigvalsh(square)[-1] + 2 * self.smoothness
        for _ in range(steps):
            slope = square @ codes - linear + self.smoothness * (graph @ codes.T).T
            moved = codes - slope / bound
            codes = np.sign(moved) * np.maximum(np.abs(moved) - self.sparsity / (2 * bound), 0)
        return codes

    def objective(self, atoms: Array, clips: Sequence[Array], codes: Array) -> float:
        """What the codes and the dictionary minimise."""
        rest = np.concatenate(clips).T - atoms @ codes
        rough = np.sum(codes * (self.laplacian(clips) @ codes.T).T)
        return float(
            np.sum(rest**2) + self.smoothness * rough + self.sparsity * np.abs(codes).sum()
        )


def laplacian(frames: Array, neighbours: int) -> Array:
    """Normalised Laplacian (n, n) of the symmetric nearest-neighbour graph of frames (n, d)."""
    apart = ((frames[:, None] - frames[None]).astype(np.float64) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    count = min(neighbours, len(frames) - 1)
    joined = np.zeros(apart.shape)
    order = np.argsort(apart, axis=1, kind="stable")[:, :count]
    np.put_along_axis(joined, order, 1.0, axis=1)
    joined = np.maximum(joined, joined.T)
    root = np.sqrt(np.maximum(joined.sum(axis=1), 1))
    degree = np.diag((joined.sum(axis=1) > 0).astype(float))
    matrix: Array = degree - joined / root[:, None] / root[None]
    return matrix


def dictionary(
    problem: Problem,
    clips: Sequence[Array],
    atoms: int,
    rounds: int,
    steps: int,
    rng: np.random.Generator,
    check: Callable[[], None],
) -> tuple[Array, list[float]]:
    """Learn a dictionary: codes by proximal gradients, then the atoms one by one, in turn.

    Args:
        problem: what is minimised.
        clips: frames (frames, d) of each training clip.
        atoms: how many; they begin as frames drawn at random.
        rounds: of both.
        steps: of the codes a round.
        rng: draws the first atoms.
        check: called once a round.

    Returns:
        D (d, atoms), and the objective after each round, which never increases.
    """
    frames = np.concatenate(clips).T.astype(np.float64)
    drawn = rng.choice(frames.shape[1], atoms, replace=frames.shape[1] < atoms)
    # a little noise, so that atoms drawn twice part
    learned = frames[:, drawn] + rng.normal(0, 1e-3, (len(frames), atoms))
    learned /= np.linalg.norm(learned, axis=0)
    codes = np.zeros((atoms, frames.shape[1]))
    objectives = []
    for _ in range(rounds):
        check()
        codes = problem.codes(learned, clips, steps, codes)
        learned = updated(learned, frames, codes)
        objectives.append(problem.objective(learned, clips, codes))
    return learned, objectives


def updated(atoms: Array, frames: Array, codes: Array) -> Array:
    """Every atom in turn at its best for the codes, within the unit ball (Mairal et al. 2010)."""
    atoms = atoms.copy()
    square, linear = codes @ codes.T, frames @ codes.T
    for j in np.flatnonzero(np.diag(square) > 1e-12):
        best = atoms[:, j] + (linear[:, j] - atoms @ square[:, j]) / square[j, j]
        atoms[:, j] = best / max(1.0, float(np.linalg.norm(best)))
    return atoms
