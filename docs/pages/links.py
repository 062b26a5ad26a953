"""Links between files of the repository, and between the pages they become."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changes.md",
    "bench/cli": "commands/index.md",
    "methods": "methods/index.md",
    "datasets": "datasets/index.md",
}
# No colon, because URLs have one and stay as they are; an anchor after # is kept by not matching
# it.
LINK = re.compile(r"(?<=\]\()([^)\s#:]+)(?=[)#])")


def page_of(path: str) -> str:
    """Where a file or folder of the repository is in the documentation.

    A plugin becomes its generated page; what has no page of its own keeps its path.
    """
    if path in PAGES:
        return PAGES[path]
    plugin = re.fullmatch(r"(methods|datasets)/(\w+)(\.py|/.*)?", path)
    if plugin:
        return f"{plugin[1]}/{plugin[2]}.md"
    return path.removeprefix("docs/").removeprefix("results/")


def targets(text: str, source: str) -> Iterator[str]:
    """The repository paths that a markdown file links to.

    Args:
        text: its markdown.
        source: its path in the repository; links are relative to it.
    """
    for link in LINK.findall(text):
        yield posixpath.normpath(posixpath.join(posixpath.dirname(source), link))


def relinked(text: str, source: str, page: str | None = None) -> str:
    """The same markdown with its links leading to pages of the documentation.

    Args:
        text: its markdown.
        source: the repository path that its links are relative to.
        page: the page that shows it, where that is not the page of `source`.
    """
    folder = posixpath.dirname(page or page_of(source)) or "."

    def moved(match: re.Match[str]) -> str:
        (target,) = targets(f"]({match[0]})", source)
        return posixpath.relpath(page_of(target), folder)

    return LINK.sub(moved, text)
