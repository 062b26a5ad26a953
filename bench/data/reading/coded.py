"""What datasets of frames with a coding table share."""

from __future__ import annotations

from collections.abc import Sequence

from bench.core.clip import UNIT_CODES, Clip
from bench.core.dataset import Dataset
from bench.core.types import Array
from bench.data.reading.images import read_clip

AGREEMENT = (
    "Free for academic research under a signed licence agreement with the owners; the images must "
    "not be redistributed."
)
"""The licence of most databases in the field."""

THREE = ("negative", "positive", "surprise")
"""The classes of MEGC 2019."""

CODED_FRAMES = frozenset({"frames", UNIT_CODES})
"""What a dataset ships whose table codes action units."""


def in_three(*negative: str, positive: str = "happiness") -> dict[str, str]:
    """Class of each annotated word in `THREE`: MEGC 2019 joins the negative emotions."""
    joined = dict.fromkeys(negative, "negative")
    return {**joined, positive: "positive", "surprise": "surprise"}


class FrameDataset(Dataset):
    """Clips that are folders of frames: a plugin adds its facts, labellings and `index`."""

    def read(self, clip: Clip) -> dict[str, Array]:
        """Frames, uint8."""
        return read_clip(self, clip)

    def read_some(self, clip: Clip, positions: Sequence[int]) -> dict[str, Array] | None:
        """Some frames, the others not decoded."""
        # A plugin that changes what `read` returns must change every frame.
        own = type(self).read is FrameDataset.read
        return read_clip(self, clip, positions) if own else None

    @classmethod
    def words(cls) -> frozenset[str]:
        """Every emotion that one of its labellings knows."""
        return frozenset(
            word
            for labelling in cls.labellings.values()
            if labelling.field == "emotion"
            for word in labelling.of
        )
