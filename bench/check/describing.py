"""Checks of `describe`: declared views, nothing but pixels, the same each time."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from bench.cache.cache import Cache
from bench.cache.files import key
from bench.check.examination import Examination, Watched, same
from bench.check.finding import Finding, failed, noted, passed
from bench.check.toydata import APEX, LENGTH
from bench.core.clip import Clip
from bench.core.dataset import Dataset
from bench.core.types import Array, Description
from bench.plugins.method import Method
from bench.running.engines.job import Lost, call
from bench.running.jobs import Describe
from bench.running.worker import describe
from bench.views.catalog import CATALOG, servable
from bench.views.clip_views import Views


def every_dataset_that_serves_it(exam: Examination) -> Finding:
    """Each kind of dataset that the plan pairs the method with gives arrays that can be stored."""
    if not exam.servings:
        needs = ", ".join(sorted(exam.method.needs))
        return failed(f"needs {needs}, which is neither a view nor provided by the test clips")
    for serving in exam.servings:
        for arrays in exam.train.sources[:2]:
            clip = exam.views(arrays, serving)
            try:
                found = exam.method.describe(clip)
            except Exception:
                if lacking := sorted(clip.seen - servable(serving)):
                    return failed(
                        f"describe uses {', '.join(lacking)}, which a dataset of "
                        f"{', '.join(sorted(serving))} does not have: add it to needs, and such "
                        "datasets are skipped"
                    )
                raise
            parts = found if isinstance(found, dict) else {"": found}
            for name, part in parts.items():
                # Arrays of objects could be stored by pickle only, which the cache does not allow.
                if not isinstance(part, np.ndarray) or part.dtype.kind not in "fiub":
                    kind = type(part).__name__
                    return failed(f"describe returned a {kind}; expected an array of numbers")
                if not np.isfinite(part).all():
                    return failed(f"describe returned non-finite values {name}".strip())
    return passed("; ".join(", ".join(sorted(one)) for one in exam.servings))


def reads_declared_views_only(exam: Examination) -> Finding:
    """What `describe` reads is in `needs` or `takes`, or what those are computed from."""
    read: set[str] = set()
    for serving in exam.servings:
        for arrays in exam.train.sources[:2]:
            clip = exam.views(arrays, serving)
            sources = Watched(clip.sources)
            watched = Views(sources, clip.apex)
            exam.method.describe(watched)
            read |= watched.seen | sources.read
    if undeclared := sorted(read - _with_origins(exam.method.needs | exam.method.takes)):
        return failed(
            f"describe read {', '.join(undeclared)}, which needs and takes do not declare"
        )
    unread = exam.method.needs - read
    if unread:
        return noted(f"needs declares {', '.join(sorted(unread))}, which describe never read")
    return passed(", ".join(sorted(read)) or "nothing")


def _with_origins(names: frozenset[str]) -> set[str]:
    """Views and all that they are computed from."""
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting += [] if name not in CATALOG else sorted(CATALOG[name].of - found)
    return found


def describes_alike_each_time(exam: Examination) -> Finding:
    """The same clip has the same description, whatever was described before, and is left alone."""
    clip, *others = exam.train.sources
    shown = exam.views(clip)
    first = exam.method.describe(shown)
    for other in (*others[:2], *exam.held.sources[:1]):
        exam.method.describe(exam.views(other))
    if not same(first, exam.method.describe(exam.views(clip))):
        return failed("the same clip was described differently after other clips")
    changed = [name for name in shown.sources if not same(shown.sources[name], clip[name])]
    return failed(f"describe changed the clip's {', '.join(changed)}") if changed else passed()


def described_by_names_every_field_that_matters(exam: Examination) -> Finding:
    """Configurations that share cached descriptions give the same ones."""
    kind = type(exam.method)
    if kind.described_by is None:
        return passed("all fields")
    names = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(kind.described_by) - names):
        return failed(f"described_by names {', '.join(unknown)}, which is not a field")
    first: dict[str, tuple[str, Description]] = {}
    clip = exam.train.sources[0]
    for word, changes in {"paper": {}, **kind.presets, **kind.variants}.items():
        method = dataclasses.replace(kind(), **changes)  # type: ignore[type-var]
        shared = key([getattr(method, name) for name in kind.described_by])
        found = method.describe(exam.views(clip))
        other, expected = first.setdefault(shared, (word, found))
        if not same(expected, found):
            return failed(
                f"described_by leaves out a field that describe uses: {other} and {word} give "
                "different arrays"
            )
    return passed(", ".join(kind.described_by) or "no fields")


@dataclass(frozen=True)
class Spelt(Dataset):
    """One clip under any name: what a path spells must not reach a description."""

    arrays: Mapping[str, Array] = field(default_factory=dict)
    name: ClassVar[str] = "toy"

    @property
    def sources(self) -> frozenset[str]:
        """Names of the arrays."""
        return frozenset(self.arrays)

    def read(self, clip: Clip) -> dict[str, Array]:
        """The arrays, whatever the clip is called."""
        return dict(self.arrays)


def file_names_change_nothing(exam: Examination) -> Finding:
    """A clip is described alike when its folder and files spell another class."""
    arrays = {name: exam.train.sources[0][name] for name in exam.servings[0]}
    with tempfile.TemporaryDirectory() as folder:
        cache = Cache(Path(folder))
        first, second = (
            _stored(exam.method, word, arrays, cache) for word in ("positive", "negative")
        )
    return passed() if same(first, second) else failed("descriptions depend on file names")


def _stored(method: Method, word: str, arrays: Mapping[str, Array], cache: Cache) -> Any:
    """What a worker stores of a clip whose path spells a class."""
    files = tuple(f"{word}_{i:03d}.jpg" for i in range(LENGTH))
    clip = Clip("toy", "01", f"{word}_01", "", Path(f"/{word}/{word}_01"), files, APEX)
    job = Describe(Spelt(Path("/"), arrays), clip, "", ((key(word), method),), cache.folder)
    done = call(describe, (job,))
    for traceback in [done.error] if isinstance(done, Lost) else done.failed.values():
        raise RuntimeError(traceback.strip().splitlines()[-1])
    return cache.get("descriptions", key(word))
