"""Bi-WOOF held against the MATLAB script of its first author, run in GNU Octave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.check.authors import Authors, Comparison, numbers, octave, setting, settings

from . import BiWOOF, histogram

SCRIPT = "biwoof.m"
SHAPE = (43, 38)
"""Rows and columns of the flow that both describe."""
COUNT = """
function h = weightedhistc(values, weights, edges)
  for at = 1:numel(edges) - 1
    h(at) = sum(weights(values >= edges(at) & values < edges(at + 1)));
  end
  h(numel(edges)) = sum(weights(values == edges(end)));
end;
"""
"""What the script calls and the clone lacks: MATLAB's histc, with weights."""
RUN = """
folder = tempname(); mkdir(folder);
for name = {'magnitude', 'orientation', 'os'}
  mkdir([folder '/' name{1}]);
  value = eval(name{1}); save('-v7', [folder '/' name{1} '/clip.mat'], 'value');
end
vid_list = {'clip.mat'};
eval(strrep(fileread(which('biwoof')), 'D:', folder));
"""
"""Leaves the three fields where the script looks for them, and runs it."""


def compare(code: Path) -> Iterator[Comparison]:
    """The descriptor of the variant strict, and the script's blocks and bins."""
    generator = np.random.default_rng(0)
    flow = generator.normal(size=(2, *SHAPE))
    strain = generator.random(SHAPE)
    given = {
        "magnitude": np.hypot(*flow),
        "orientation": np.degrees(np.arctan2(flow[1], flow[0])),
        "os": strain,
    }
    method = BiWOOF(strict=True)
    expected = octave(code, COUNT + RUN, given)["Hist"].ravel()
    made = histogram(flow, strain, method.grid, method.bins, method.strict)
    yield numbers("feature", "descriptor (strict)", made, expected)
    yield from settings(
        {
            "bins": (method.bins, setting(code, SCRIPT, r"nBin = (\d+)")),
            "blocks": (method.grid[0], setting(code, SCRIPT, r"nW = (\d+)")),
        }
    )


AUTHORS = Authors(
    "christy1206/biwoof", "0b57b37c571efe65856ccab27481e35099c0c995", compare, (SCRIPT,)
)
