"""The terminal: a console that takes no text for markup, emoji or escape sequences."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.text import Text

from bench.core.escape import paragraphs, visible


class Screen(Console):
    """Prints foreign text as it is.

    Strings, also those in tables, are never markup: styled text is a `rich.text.Text`. Hidden
    characters are shown as escapes; line breaks are kept where a text has lines of its own.
    """

    def __init__(self, **options: Any) -> None:
        # No highlighting: rich would colour every number and path.
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        """All strings pass through here on their way to the terminal."""
        return super().render_str(paragraphs(text), **options)

    def say(self, text: object, style: str | None = None) -> None:
        """A sentence on one line, however long: a broken path could not be copied."""
        self.print(Text(visible(str(text))), style=style, soft_wrap=True)
