"""MkDocs hook: adds generated pages, files from outside docs/, and sites of the boards."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT))  # MkDocs loads a hook by its path and imports nothing from here

from docs.pages import pages  # noqa: E402
from docs.pages.boards import sites  # noqa: E402
from docs.pages.links import page_of, relinked  # noqa: E402

BOARDS = ROOT / "results" / "boards"
# Once, because both the navigation and the files need them.
GENERATED = pages(BOARDS)
SITES = sites(BOARDS)
TEXTS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")
PLAIN = ("LICENSE", "CITATION.cff")
LINK = "[Sort, filter and compare these results](site/index.html)."
# A board is too wide for a table of contents at its side.
WIDE = "---\nhide:\n  - toc\n---\n\n"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the sections of the navigation that name a folder of generated pages."""
    config.nav = [_filled(entry) for entry in config.nav or []]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what MkDocs does not find in docs/."""
    for path, text in (GENERATED | _boards()).items():
        files.append(File.generated(config, path, content=text))
    for name in TEXTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page_of(name), content=relinked(text, name)))
    pictures = sorted([*BOARDS.glob("*/*.png"), *BOARDS.glob("*/*.svg")])
    for file in (*map(ROOT.joinpath, PLAIN), *pictures):
        place = page_of(file.relative_to(ROOT).as_posix())
        files.append(File.generated(config, place, abs_src_path=str(file)))
    for place, data in SITES.items():
        files.append(File.generated(config, place, content=data))
    return files


def on_page_markdown(markdown: str, *, page: Page, files: Files, **_: Any) -> str:
    """Let links of docs/ that leave the folder lead to pages of the site."""
    # Generated pages were written with links that lead to pages.
    if page.file.generated_by is None:
        return relinked(markdown, f"docs/{page.file.src_uri}")
    return markdown


def _boards() -> dict[str, str]:
    """The pages of each published board, and the list of them that the README has."""
    found = {}
    for path in sorted(BOARDS.glob("*/*.md")):
        source = path.relative_to(ROOT).as_posix()
        name = path.parent.name
        heading, _, text = path.read_text(encoding="utf-8").partition("\n\n")
        if path.stem == "leaderboard" and f"boards/{name}/site/index.html" in SITES:
            text = f"{LINK}\n\n{text}"
        # All boards have the same heading; the folder's name distinguishes their pages.
        found[page_of(source)] = f"{WIDE}{heading.replace('# ', f'# {name}: ', 1)}\n\n{text}"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = readme.partition("## Leaderboards\n")[2].partition("\n## ")[0]
    index = "boards/index.md"
    return {index: f"# Boards\n{relinked(listed, 'README.md', index)}", **found}


def _filled(entry: Any) -> Any:
    ((title, folder),) = entry.items()
    if not isinstance(folder, str) or not folder.endswith("/"):
        return entry
    names = [path for path in GENERATED | _boards() if path.startswith(folder)]
    index = f"{folder}index.md"
    inner = [{_title(path): path} for path in sorted(names) if path != index]
    return {title: [index, *inner]}


def _title(path: str) -> str:
    """casme2 of datasets/casme2.md, synthetic-3db of boards/synthetic-3db/leaderboard.md."""
    page = Path(path)
    if page.parts[0] != "boards":
        return page.stem
    name = page.parent.name
    return name if page.stem == "leaderboard" else f"{name}: published results"
