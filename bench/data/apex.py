"""Which frame of a clip stands for its apex: the annotated, the middle, or a spotted one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.errors import DataError
from bench.core.threads import side_by_side
from bench.core.types import ApexPolicy
from bench.views.apex_spotting import VERSION, spotted_apex


def with_apexes(
    dataset: Dataset,
    clips: Sequence[Clip],
    digests: Sequence[str],
    policy: ApexPolicy,
    cache: Cache,
    threads: int,
) -> list[Clip | DataError]:
    """Clips with the apex that a policy means; as they are where the dataset ships no frames.

    Args:
        dataset: reads the clips.
        clips: as indexed.
        digests: their identities, under which spotted apexes are remembered.
        policy: "given" (the middle frame where none is annotated), "middle", or "spotted" in
            every clip, annotated or not.
        cache: remembers spotted apexes.
        threads: read clips side by side.

    Returns:
        for each clip the clip, or an error where its frames cannot be read to spot one.
    """
    if "frames" not in dataset.sources:
        return list(clips)
    if policy != "spotted":
        keep = policy == "given"
        return [clip if keep and clip.apex is not None else _middle(clip) for clip in clips]

    def spotted(clip: Clip, digest: str) -> Clip | DataError:
        try:
            apex = _spotted(dataset, clip, digest, cache)
        except DataError as error:
            return error
        return dataclasses.replace(clip, apex=apex, apex_source="spotted")

    return list(side_by_side(spotted, clips, digests, threads=threads))


def _middle(clip: Clip) -> Clip:
    # None and not a number: one file may hold a whole video, whose length is not known here.
    return dataclasses.replace(clip, apex=None, apex_source="middle")


def _spotted(dataset: Dataset, clip: Clip, digest: str, cache: Cache) -> int:
    name = key("apex", VERSION, digest)
    position = cache.array("apexes", name)
    if position is None:
        position = np.array(spotted_apex(dataset.read(clip)["frames"]))
        cache.put("apexes", name, position)
    return int(position)
