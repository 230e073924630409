"""What changed between two values: which rows are the old ones, and what the text shall say in the end.

`old` is what a caller made of the text (defaults filled in, ``5 %`` turned to 5), so the text may say the
same thing in other words. Where `old` and `new` agree, the text's own words stay.
"""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from maintplan.yamltext.nodes import Data, Value, as_text, same

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST_GAP = 2_500  # row pairs to compare before they are simply taken in order


def comparable(said: Data, old: Value) -> bool:
    """Return whether the items of a list in the text are those of `old`, one by one.

    Parameters
    ----------
    said
        What the text says.
    old
        What was made of it.
    """
    if not isinstance(said, list) or not isinstance(old, list) or len(said) != len(old):
        return False
    texts = [as_text(one) for one in old]
    others = [one for one in texts if isinstance(one, str)]
    # A word that stands elsewhere in `old` was put in another order; its position then says nothing.
    return not any(
        isinstance(one, str) and one != other and one in others
        for one, other in zip(said, texts, strict=True)
    )


def align(old: list[Value], new: list[Value]) -> Iterator[tuple[int | None, int | None]]:
    """Yield pairs of positions: the same row in `old` and in `new`, None where it was added or removed.

    Parameters
    ----------
    old, new
        The two lists. Equal rows are paired first, then in each gap the rows that are most alike.
    """
    matcher = difflib.SequenceMatcher(
        None, [_frozen(one) for one in old], [_frozen(one) for one in new], autojunk=False
    )
    for what, i1, i2, j1, j2 in matcher.get_opcodes():
        if what == "equal":
            yield from zip(range(i1, i2), range(j1, j2), strict=True)
        else:
            yield from _most_alike(old, new, range(i1, i2), range(j1, j2))


def _frozen(value: Value) -> str:
    return json.dumps(as_text(value), sort_keys=True)


def _most_alike(
    old: list[Value], new: list[Value], left: range, right: range
) -> list[tuple[int | None, int | None]]:
    # The best pairing that keeps the order; 1 for any pair, so that a changed row is a change and not two.
    if len(left) * len(right) > _LARGEST_GAP:
        paired = list(zip(left, right, strict=False))
        done = len(paired)
        return [*paired, *((i, None) for i in left[done:]), *((None, j) for j in right[done:])]
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        for j in range(len(right) - 1, -1, -1):
            pair = 1 + _likeness(old[left[i]], new[right[j]]) + best[i + 1][j + 1]
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    pairs: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if best[i][j] == best[i + 1][j]:
            pairs.append((left[i], None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            pairs.append((None, right[j]))
            j += 1
        else:
            pairs.append((left[i], right[j]))
            i, j = i + 1, j + 1
    return [*pairs, *((k, None) for k in left[i:]), *((None, k) for k in right[j:])]


def _likeness(one: Value, other: Value) -> int:
    if isinstance(one, dict) and isinstance(other, dict):
        return 100 * sum(key in other and same(value, other[key]) for key, value in one.items())
    return 50 if isinstance(one, list) and isinstance(other, list) else 0


def target(said: Data, old: Value, new: Value) -> Value:
    """Return what the text shall say after the change.

    Parameters
    ----------
    said
        What the text says now.
    old, new
        What was made of it, and what shall be made of it afterwards.
    """
    if same(old, new):
        return _in_own_words(said, new)
    if isinstance(said, dict) and isinstance(old, dict) and isinstance(new, dict):
        result: dict[str, Value] = {}
        for key, value in said.items():
            if key in new:
                result[key] = target(value, old[key], new[key]) if key in old else new[key]
            elif key not in old:
                result[key] = _in_own_words(value, None)
        added = {
            key: value for key, value in new.items() if key not in said and not _is_unsaid(key, old, value)
        }
        return {**result, **added}
    if isinstance(said, list) and isinstance(old, list) and isinstance(new, list) and comparable(said, old):
        return [
            new[j] if i is None else target(said[i], old[i], new[j])
            for i, j in align(old, new)
            if j is not None
        ]
    return new


def _is_unsaid(key: str, old: dict[str, Value], value: Value) -> bool:
    return key in old and same(old[key], value)


def _in_own_words(said: Data, value: Value) -> Value:
    # The text's words; as a number or boolean where they read the same: rewriting must not quote them.
    if isinstance(said, dict):
        known = value if isinstance(value, dict) else {}
        return {key: _in_own_words(item, known.get(key)) for key, item in said.items()}
    if isinstance(said, list):
        items: list[Value] = (
            value if isinstance(value, list) and len(value) == len(said) else [None] * len(said)
        )
        return [_in_own_words(one, item) for one, item in zip(said, items, strict=True)]
    if isinstance(value, (bool, int, float)) and as_text(value) == said:
        return value
    return said
