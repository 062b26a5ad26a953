"""All files of a site."""

from __future__ import annotations

from threadpoolctl import threadpool_limits

from bench.site.content import Content
from bench.site.downloads import downloads
from bench.site.pages import pages


def files(content: Content) -> dict[str, bytes]:
    """Bytes by path below the site."""
    # The matrices are small: threads would wait for each other longer than they work.
    with threadpool_limits(1):
        return dict(pages(content)) | downloads(content)
