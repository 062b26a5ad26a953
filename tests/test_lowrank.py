import numpy as np
import pytest
from handcrafted_toy import moving

from bench import BenchError
from bench.views.lowrank import robust_pca, sparse_frames


def mixture(rows: int = 120, columns: int = 40) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    low = rng.normal(size=(rows, 2)) @ rng.normal(size=(2, columns))
    sparse = np.where(rng.random((rows, columns)) < 0.05, rng.normal(0, 8, (rows, columns)), 0)
    return low, sparse


def test_both_parts_are_recovered():
    low, sparse = mixture()
    found_low, found_sparse = robust_pca(low + sparse, 1e-7)
    np.testing.assert_allclose(found_low, low, atol=0.01)
    np.testing.assert_allclose(found_sparse, sparse, atol=0.01)


def test_the_objective_is_no_larger_than_the_truths():
    def objective(low, sparse):
        return np.linalg.svd(low)[1].sum() + np.abs(sparse).sum() / np.sqrt(len(low))

    low, sparse = mixture()
    found = robust_pca(low + sparse, 1e-7)
    np.testing.assert_allclose(found[0] + found[1], low + sparse, atol=1e-4)
    assert objective(*found) <= objective(low, sparse) * 1.0001
    assert objective(*found) < objective(low + sparse, 0 * sparse) * 0.9


def test_nought_and_wide_matrices():
    assert not np.any(robust_pca(np.zeros((9, 3))))
    with pytest.raises(BenchError, match="tall matrix"):
        robust_pca(np.zeros((3, 9)))


def test_the_sparse_part_lies_where_the_face_moves():
    found = np.abs(sparse_frames(moving(1, 0), 12, (85, 70)))
    assert found.dtype == np.int32
    assert found[6, 30:54].mean() > 10 * found[6, 60:].mean()
    np.testing.assert_array_equal(found, np.abs(sparse_frames(moving(1, 0), 12, (85, 70))))
