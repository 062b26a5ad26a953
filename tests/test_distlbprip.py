import numpy as np
from handcrafted_toy import accuracy, fold

from bench import Context, Training
from bench.methods.distlbprip import (
    DiSTLBPRIP,
    group_columns,
    group_distances,
    nearest,
    separations,
)

SMALL = DiSTLBPRIP(grid=(3, 3), num_frames=10, size=(85, 70), neighbours=2)
PLANES = (slice(0, 4), slice(4, 6), slice(6, 9))


def histograms(n: int = 12) -> np.ndarray:
    return np.random.default_rng(0).dirichlet(np.ones(9), (n, 4))


def test_distances_equal_the_definition():
    rows, pairs = histograms(), np.array([(0, 3), (5, 2)])
    expected = np.zeros((4, 3))
    for i, j in pairs:
        for block in range(4):
            for plane, bins in enumerate(PLANES):
                for a, b in zip(rows[i, block, bins], rows[j, block, bins], strict=True):
                    expected[block, plane] += (a - b) ** 2 / (a + b) / 2
    np.testing.assert_allclose(group_distances(rows, pairs, PLANES), expected)


def test_neighbours_are_the_nearest_of_those_allowed():
    apart = np.abs(np.subtract.outer([0.0, 1, 3, 7], [0.0, 1, 3, 7]))
    allowed = ~np.eye(4, dtype=bool)
    allowed[3] = False
    found = {tuple(pair) for pair in nearest(apart, allowed, 2)}
    assert found == {(0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 0)}


def test_the_group_that_parts_the_classes_scores_highest():
    rows, labels = histograms(), np.arange(12) % 2
    rows[:, 2, 4:6] = np.eye(2)[labels] + 0.1 * rows[:, 2, 4:6]
    scores = separations(rows, labels, 3, PLANES)
    assert scores.argmax() == 2 * 3 + 1
    np.testing.assert_array_equal(group_columns(2 * 3 + 1, PLANES), [2 * 9 + 4, 2 * 9 + 5])
    assert (separations(rows, np.zeros(12), 3, PLANES) == 1).all()


def test_whole_groups_are_kept_half_of_them():
    rng = np.random.default_rng(0)
    clips = list(rng.dirichlet(np.ones(630), (6, 2, 2)))
    labels = np.arange(6) % 2
    train = Training(clips, labels, labels, 2)
    model = SMALL.fit(train, Context(seed=0, subjects=labels))
    groups = {
        tuple(group_columns(g, (slice(0, 512), slice(512, 571), slice(571, 630))))
        for g in range(12)
    }
    columns = model.transform.chosen
    kept = [group for group in groups if group[0] in set(columns)]
    assert len(kept) == 6
    np.testing.assert_array_equal(np.sort(np.concatenate(kept)), columns)
    assert model.predict(rng.dirichlet(np.ones(630), (3, 2, 2))).shape == (3, 2)


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    chosen = (model.transform.chosen for model in (one, two))
    np.testing.assert_array_equal(*chosen)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
