"""Which clips a task has, against those that its dataset's table and the papers count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bench.cache.files import key
from bench.core.clip import Clip
from bench.core.dataset import Dataset, Index, Labelling, opened


@dataclass(frozen=True)
class Contract:
    """Which clips a task has, and why not others.

    Attributes:
        found: clips per class.
        expected: clips per class that the papers count; empty where unknown, and for stand-ins.
        repaired: what was repaired by a stated rule in clips of the task, a sentence each.
        dropped: what the dataset's index left out and why, a sentence each.
        problems: gaps in frames of clips of the task, and what is wrong with the dataset as a
            whole, a sentence each.
        missing: ids of clips of the task without usable files on disk, left out on request.
        unreadable: ids of clips with a frame that cannot be read, left out on request.
        excluded: ids of clips of the task that the user left out by name.
        unmapped: annotated words that no labelling of the dataset knows, with their clips.
        unlisted: ids of clips whose class is not that of the published list, on either side;
            empty where no list is public.
        revision: of the annotation table; empty where there is only one.
    """

    found: tuple[int, ...] = ()
    expected: tuple[int, ...] = ()
    repaired: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    unmapped: Mapping[str, int] = field(default_factory=dict)
    unlisted: tuple[str, ...] = ()
    revision: str = ""

    @property
    def clips(self) -> int:
        """How many the task has."""
        return sum(self.found)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Ids of the task's clips that were left out on request."""
        return (*self.missing, *self.unreadable, *self.excluded)

    @property
    def whole(self) -> int:
        """How many clips the task would have if none had been left out."""
        return self.clips + len(self.left_out)

    @property
    def subset(self) -> str:
        """As in the task's name, "245 of 246"; empty where no clip was left out."""
        return f"{self.clips} of {self.whole}" if self.left_out else ""

    @property
    def as_published(self) -> bool:
        """Nothing says that the papers' results are on other clips."""
        return not self.left_out and not self.unlisted and self.expected in ((), self.found)

    @property
    def plain(self) -> bool:
        """There is nothing to say of it: no counts to compare, nothing repaired or left out."""
        return self == Contract(found=self.found)

    @property
    def identity(self) -> str:
        """Identifies it by clips and counts: sentences may be reworded."""
        about = [
            sorted({text.partition(":")[0] for text in texts})
            for texts in (self.repaired, self.dropped)
        ]
        # What is wrong with the dataset as a whole shows in the clips, words and revision.
        about.append(sorted({clip for clip in map(clip_of, self.problems) if clip}))
        clips = self.missing, self.unreadable, self.excluded, self.unlisted
        words = sorted(self.unmapped.items())
        return key("contract", self.found, self.expected, about, clips, words, self.revision)

    def without(self, unreadable: Iterable[str], found: tuple[int, ...]) -> Contract:
        """The contract of a task without clips that cannot be read."""
        return replace(self, found=found, unreadable=(*self.unreadable, *sorted(unreadable)))


@dataclass(frozen=True)
class LeaveOut:
    """What a user agrees to leave out of tasks.

    Attributes:
        incomplete: run without the clips that have no frames, or none that can be read.
        excluded: ids of clips left out by name.
        absent: ids of clips taken as absent though they may be there: as in another copy.
    """

    incomplete: bool = False
    excluded: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


NOTHING = LeaveOut()
"""Tasks are whole or do not run."""


def make_contract(
    dataset: Dataset,
    index: Index,
    labelling: Labelling,
    found: Sequence[Clip],
    missing: Iterable[Clip],
    excluded: Iterable[Clip],
    official: Mapping[str, str] | None = None,
) -> Contract:
    """The contract of a task.

    Args:
        dataset: of the task; the counts of SYNTHETIC stand-ins are not compared.
        index: of the dataset.
        labelling: of the task.
        found: its clips.
        missing: clips that would be in it, had they frames.
        excluded: clips that would be in it, had the user not left them out.
        official: class of each clip of the published list, where there is one.
    """
    members = {clip.id for clip in found}
    # Sentences on single clips begin with their ids; others are on the whole dataset.
    strangers = {clip.id for clip in (*index.clips, *index.missing)} - members
    problems = (t for t in index.problems if t.partition(":")[0] not in strangers)
    tally = Counter(labelling.label(clip) for clip in found)
    return Contract(
        found=tuple(tally[i] for i in range(len(labelling.classes))),
        expected=() if dataset.synthetic else labelling.expected,
        repaired=_said(dataset, (t for t in index.repaired if t.partition(":")[0] in members)),
        dropped=_said(dataset, index.dropped),
        problems=_said(dataset, problems),
        unlisted=() if dataset.synthetic else _unlisted(labelling, found, official or {}),
        missing=_ids(missing),
        excluded=_ids(excluded),
        unmapped=unmapped(dataset, (*index.clips, *index.missing), labelling),
        revision=index.revision,
    )


def _unlisted(
    labelling: Labelling, found: Sequence[Clip], official: Mapping[str, str]
) -> tuple[str, ...]:
    labels = {clip.id: labelling.label(clip) for clip in found} if official else {}
    own = {clip: labelling.classes[at] for clip, at in labels.items() if at is not None}
    return tuple(sorted({clip for clip, _ in own.items() ^ official.items()}))


def unmapped(dataset: Dataset, clips: Iterable[Clip], labelling: Labelling) -> dict[str, int]:
    """Annotated words that no labelling of the dataset knows, with the number of their clips."""
    known = _vocabulary(dataset.labellings.values(), labelling)
    words = Counter(map(labelling.word, clips))
    return {word: n for word, n in sorted(words.items()) if word and word not in known}


def _vocabulary(labellings: Collection[Labelling], of: Labelling) -> set[str]:
    """Words that a labelling maps or leaves out on purpose: those of its kin are no accident."""
    kin = [of, *(one for one in labellings if one.field == of.field)]
    return {word for one in kin for word in (*one.of, *one.ignored)}


def _said(dataset: Dataset, texts: Iterable[str]) -> tuple[str, ...]:
    """Sentences without the folders of this machine: they are kept with the results."""
    kept = []
    for text in texts:
        for one in opened(dataset):
            text = text.replace(str(one.root), one.name)
        kept.append(text)
    return tuple(kept)


def clip_of(sentence: str) -> str:
    """Id of the clip that a sentence is about, "" for those on a whole dataset."""
    clip = sentence.partition(": ")[0]
    # Ids have two slashes and no blank.
    return clip if clip.count("/") == 2 and " " not in clip else ""


def _ids(clips: Iterable[Clip]) -> tuple[str, ...]:
    return tuple(sorted(clip.id for clip in clips))
