"""Bytes preceded by their hash, by which a reader detects damage."""

from __future__ import annotations

import hashlib

LENGTH = 65
"""Bytes before the content: sha256 in hexadecimal, and a newline."""


def add_checksum(data: bytes) -> bytes:
    """The content, preceded by its hash."""
    return _head(data) + data


def strip_checksum(data: bytes) -> bytes | None:
    """The content, None where it or its hash is not what was written."""
    head, content = data[:LENGTH], data[LENGTH:]
    return content if head == _head(content) else None


def _head(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode() + b"\n"
