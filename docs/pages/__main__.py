"""`python -m docs.pages`: write the pages into docs/."""

from pathlib import Path

from docs.pages import pages

for name, text in pages(Path("results/boards")).items():
    path = Path("docs") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
