import numpy as np
from handcrafted_toy import accuracy, fold, moving

from bench import Views
from bench.methods.lbpsip import LBPSIP
from bench.views.lbp.sixpoints import lbp_sip

SMALL = LBPSIP(size=(85, 70), grid=(3, 3))


def test_histograms_equal_the_definition():
    volume = np.random.default_rng(0).integers(0, 9, (7, 12, 14)).astype(np.uint8)
    found = lbp_sip(Views({"frames": volume}), 7, None, (2, 2), (2, 1, 2))
    expected = np.zeros((2, 2, 20))
    for t in range(2, 5):
        for y in (*range(1, 5), *range(7, 11)):
            for x in (*range(2, 5), *range(9, 12)):
                centre = volume[t, y, x]
                within = (
                    volume[t, y, x + 2],
                    volume[t, y - 1, x],
                    volume[t, y, x - 2],
                    volume[t, y + 1, x],
                )
                code = sum(int(n >= centre) << bit for bit, n in enumerate(within))
                later, earlier = volume[t + 2, y, x] >= centre, volume[t - 2, y, x] >= centre
                expected[y // 6, x // 7, code] += 1
                expected[y // 6, x // 7, 16 + int(later) + 2 * int(earlier)] += 1
    expected /= 3 * 4 * 3
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_500_numbers_a_clip():
    assert LBPSIP().describe(moving(0, 0)).size == 500


def test_it_tells_what_moves_and_does_so_again():
    assert accuracy(SMALL, fits=15) >= 5 / 6
    (_, one, held, _), (_, two, again, _) = fold(SMALL), fold(SMALL)
    np.testing.assert_array_equal(one.predict(held), two.predict(again))
