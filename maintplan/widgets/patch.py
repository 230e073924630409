"""What changed between two views: the screen gets that alone, however long the plan is.

A view is plain JSON. What can grow and shrink is a mapping with its order beside it, never a bare list, so
that one row more is one entry more.
"""

from __future__ import annotations

from typing import Any, TypeAlias

Path: TypeAlias = tuple[str | int, ...]
Change: TypeAlias = list[Any]
"""``[path, value]`` for what is now there, ``[path]`` for what is gone."""


def changes(old: Any, new: Any, path: Path = ()) -> list[Change]:
    """Return what makes the new view of the old one.

    >>> changes({"a": 1, "b": {"c": 2}}, {"a": 1, "b": {"c": 3}})
    [[['b', 'c'], 3]]
    """
    if isinstance(old, dict) and isinstance(new, dict):
        gone: list[Change] = [[[*path, key]] for key in old if key not in new]
        found = [
            change
            for key, value in new.items()
            for change in (changes(old[key], value, (*path, key)) if key in old else [[[*path, key], value]])
        ]
        return gone + found
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        pairs = enumerate(zip(old, new, strict=True))
        return [change for index, (was, now) in pairs for change in changes(was, now, (*path, index))]
    # A number and a boolean are equal in Python, and not on a screen.
    return [] if old == new and type(old) is type(new) else [[list(path), new]]
