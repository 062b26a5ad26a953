import numpy as np
import pytest
from handcrafted_toy import accuracy, fold, moving

from bench.methods.smdmo import Coder, SparseMDMO
from bench.methods.smdmo.coding import Graphed, Problem, dictionary, laplacian, updated
from bench.views.flow.regions import polar

SMALL = SparseMDMO(atoms=12, rounds=4, sweeps=5, num_frames=5, size=(85, 70))
PROBLEM = Problem(sparsity=0.2, smoothness=0.3)


def clips(count: int = 5, frames: int = 6) -> list[Graphed]:
    drawn = np.random.default_rng(0).normal(size=(count, frames, 7))
    return [Graphed.of(one, 2) for one in drawn]


def atoms(count: int = 9) -> np.ndarray:
    found = np.random.default_rng(1).normal(size=(7, count))
    return found / np.linalg.norm(found, axis=0)


def test_the_laplacian_measures_differences_along_the_graph():
    frames = np.array([[0.0], [1.0], [2.5], [10.0]])
    graph = laplacian(frames, 1)
    # edges 0-1, 1-2, 2-3 (each the nearest of one end)
    degrees = np.array([1, 2, 2, 1])
    codes = np.random.default_rng(0).normal(size=(3, 4))
    scaled = codes / np.sqrt(degrees)
    expected = sum(((scaled[:, i] - scaled[:, i + 1]) ** 2).sum() for i in range(3))
    assert np.trace(codes @ graph @ codes.T) == pytest.approx(expected)
    assert np.linalg.eigvalsh(graph).max() <= 2 + 1e-9
    assert not laplacian(frames[:1], 3).any()


def test_codes_minimise_the_objective():
    D, X = atoms(), clips()
    found = PROBLEM.codes(D, X, 2000)
    best = PROBLEM.objective(D, X, found)
    rng = np.random.default_rng(2)
    for _ in range(50):
        near = found + 0.01 * rng.normal(size=found.shape) * (rng.random(found.shape) < 0.1)
        assert PROBLEM.objective(D, X, near) >= best - 1e-9
    assert 0 < (found == 0).mean() < 1


def test_the_objective_never_increases():
    rng = np.random.default_rng(0)
    found, objectives = dictionary(PROBLEM, clips(), 9, 12, 4, rng, lambda: None)
    assert (np.diff(objectives) <= 1e-9).all()
    assert objectives[-1] < 0.95 * objectives[0]
    assert np.linalg.norm(found, axis=0).max() <= 1 + 1e-9


def test_no_atom_alone_does_better_than_updated():
    frames = np.concatenate([clip.frames for clip in clips()]).T
    codes = PROBLEM.codes(atoms(), clips(), 30)
    before, after = atoms(), updated(atoms(), frames, codes)
    assert ((frames - after @ codes) ** 2).sum() < ((frames - before @ codes) ** 2).sum()


def test_a_clip_is_coded_alike_alone_and_among_others():
    D, X = atoms(), clips()
    together = PROBLEM.codes(D, X, 20)
    np.testing.assert_array_equal(PROBLEM.codes(D, X[1:2], 20), together[:, 6:12])


def test_pooling():
    D, X = atoms(), clips()
    codes = np.abs(PROBLEM.codes(D, X[:1], 20))
    expected = [0.3 * max(row) + 0.7 * sum(row) / len(row) for row in codes.tolist()]
    np.testing.assert_allclose(Coder(PROBLEM, D, 2, 20, 0.3)(X[0].frames), expected)


def test_vectors_are_those_of_mdmo():
    found = SMALL.describe(moving(0, 0))
    assert found.shape == (4, 72)
    assert found[:, :36].max(axis=1) == pytest.approx(0.91)
    assert np.abs(found[:, 36:]).max() <= 0.09 * np.pi + 1e-6
    assert not polar(np.zeros((2, 36, 2)), 0.91).any()


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL, fits=15) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
    assert (fold(SMALL, seed=1)[1].transform.atoms != one.transform.atoms).any()
