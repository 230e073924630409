"""Ids made from words: slugs, and numbers where two are alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

NAMELESS = "item"
"""The id of words without a letter or digit."""


def slug(words: str) -> str:
    """Make an id from words: lower case, one hyphen for all else, a closing "considerations" dropped.

    >>> slug("CI/CD & release considerations")
    'ci-cd-release'
    """
    text = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", words).lower()).strip("-")
    return text.removesuffix("-considerations") or NAMELESS


def unique(slugs: Iterable[str]) -> list[str]:
    """Return slugs with a number where one was there before: ``a``, ``a-2``, ``a-3``."""
    wanted = list(slugs)
    taken, result = set[str](), []
    first = set(wanted)
    for each in wanted:
        name, number = each, 2
        # A number that some other words give by themselves stays theirs.
        while name in taken or (name != each and name in first):
            name, number = f"{each}-{number}", number + 1
        taken.add(name)
        result.append(name)
    return result
