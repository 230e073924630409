"""SHA-256 over RFC 8785 JSON: one text for each value, whatever order its keys were written in."""

from __future__ import annotations

import hashlib
from typing import Any

import rfc8785

VALUE_DIGITS = 8
"""A value's digest notices a change by hand; it guards against nobody, so eight digits do."""


def short(value: Any) -> str:
    """Return the short digest of a document value."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()[:VALUE_DIGITS]


def whole(data: Any) -> str:
    """Return the full digest of data, as rounds and sign-offs name it."""
    return of_text(canonical(data))


def canonical(data: Any) -> bytes:
    """Return data as RFC 8785 JSON."""
    text: bytes = rfc8785.dumps(data)
    return text


def of_text(text: bytes) -> str:
    """Return the full digest of data that is RFC 8785 JSON already."""
    return "sha256:" + hashlib.sha256(text).hexdigest()
