import numpy as np
from handcrafted_toy import accuracy, fold, moving

from bench.methods.lbpfip import LBPFIP
from bench.views.lbp.patterns import lbp_top

SMALL = LBPFIP(num_frames=12, size=(85, 70), grid=(3, 3))


def test_three_of_the_four_are_lbp_top():
    clip = moving(1, 0)
    found = SMALL.describe(clip)
    assert found.shape == (4, 3, 3, 59)
    expected = lbp_top(clip, 12, (85, 70), (3, 3), 8, (1, 1, 5), "u2")
    np.testing.assert_array_equal(found[:3], expected)
    np.testing.assert_allclose(found.sum(axis=3), 1, rtol=1e-5)


def test_the_papers_description_has_5900_numbers():
    assert LBPFIP().describe(moving(0, 0)).size == 5900


def test_vertices_before_and_after_alternate_around_the_ring():
    """The vertices before a point that only they reach in brightness make a pattern of 4 runs."""
    frames = np.full((11, 85, 70), 100, np.uint8)
    frames[5:] = 50
    frames[5, 40, 30] = 100  # the centre: earlier frames are as bright, later ones darker
    method = LBPFIP(num_frames=11, size=(85, 70), grid=(1, 1))
    clip = moving(0, 0)
    whole = method.describe(type(clip)({"frames": frames}))[3, 0, 0]
    # codes: all ones but at the centre, whose vertices are set where the frame lies before
    assert np.isclose(whole.max(), 1 - 1 / (83 * 68))
    before = sum(1 << bit for bit in (2, 3, 6, 7))
    changes = bin(before ^ ((before >> 1) | ((before & 1) << 7))).count("1")
    assert changes == 4  # not uniform: the last bin
    assert np.isclose(whole[58], 1 / (83 * 68))


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
