"""Bytes under their hash: whoever reads them knows whether they are what was written."""

from __future__ import annotations

import hashlib

LENGTH = 65
"""Of what stands before the content: sha256 in hexadecimal, and a newline."""


def add_checksum(data: bytes) -> bytes:
    """The content under its hash."""
    return _head(data) + data


def strip_checksum(data: bytes) -> bytes | None:
    """The content, None where a bit of it or of its hash is another."""
    head, content = data[:LENGTH], data[LENGTH:]
    return content if head == _head(content) else None


def _head(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode() + b"\n"
