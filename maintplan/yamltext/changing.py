"""The walk through old and new values that turns each difference into edits of the text.

A mapping or list that is there before and after is changed entry by entry; everything else is written anew in
its place. What is not told apart here (odd spacing, comments inside) is left to the check of the result.
"""

from __future__ import annotations

from maintplan.yamltext.aligning import align, comparable
from maintplan.yamltext.dumping import entry_lines, flow_entry, item_lines
from maintplan.yamltext.edits import Edits, Slot
from maintplan.yamltext.nodes import Node, Value, same
from maintplan.yamltext.places import Unfit

Spans = list[tuple[int, int]]


def change(edits: Edits, node: Node, slot: Slot, old: Value, new: Value, goal: Value) -> None:
    """Collect the edits for one value.

    Parameters
    ----------
    edits
        Where they go.
    node, slot
        What stands in the text, and what holds it.
    old, new
        What was made of it, and what shall be made of it afterwards.
    goal
        What the text shall say.
    """
    if same(old, new):
        return
    try:
        if slot.path in edits.forced or not _change_inside(edits, node, slot, old, new, goal):
            edits.put(node, slot, goal)
    except Unfit:
        if not edits.stuck:
            edits.stuck = True
            edits.touched[:] = [(*slot.path, "+")]
        raise


def _change_inside(edits: Edits, node: Node, slot: Slot, old: Value, new: Value, goal: Value) -> bool:
    """Change a mapping or list entry by entry; return False when nothing of it stays."""
    if isinstance(old, dict) and isinstance(new, dict) and isinstance(goal, dict):
        if not node.entries or node.entries.keys().isdisjoint(goal):
            return False
        _change_mapping(edits, node, slot, old, new, goal)
        return True
    if isinstance(old, list) and isinstance(new, list) and isinstance(goal, list):
        if not node.items or not comparable(node.data(), old):
            return False
        pairs = list(align(old, new))
        if not any(i is not None and j is not None for i, j in pairs):
            return False
        _change_list(edits, node, slot, old, new, goal, pairs)
        return True
    return False


def _change_mapping(
    edits: Edits, node: Node, slot: Slot, old: dict[str, Value], new: dict[str, Value], goal: dict[str, Value]
) -> None:
    flow = node.style == "flow"
    places, entries = edits.places, node.entries or {}
    for key, (name, value) in entries.items():
        if key not in new or (key in old and same(old[key], new[key])):
            continue
        after = places.colon_end(name) if not flow or value.start == value.end else 0
        inner = Slot((*slot.path, key), "flow" if flow else "key", node.column, after)
        if key in old:
            change(edits, value, inner, old[key], new[key], goal[key])
        else:
            edits.put(value, inner, goal[key])
    spans = [(places.key_start(name), max(name.end, places.end(value))) for name, value in entries.values()]
    kept = [key in goal for key in entries]
    texts: dict[int | None, list[str]] = {}
    for at, keys in _new_keys(list(entries), new, goal).items():
        texts[at] = []
        blocks = edits.may_block(spans[at or 0][1])
        for key in keys:
            if edits.is_json:
                texts[at].append(f"{edits.written(key)}: {edits.written(goal[key])}")
            elif flow:
                texts[at].append(flow_entry(key, goal[key]))
            else:
                texts[at] += entry_lines(key, goal[key], node.column, slot.path, blocks=blocks)
    (_change_flow if flow else _change_block)(edits, node, slot, spans, kept, texts)


def _new_keys(there: list[str], new: dict[str, Value], goal: dict[str, Value]) -> dict[int | None, list[str]]:
    """Return the keys to add, by the position of the key that each comes after."""
    added: dict[int | None, list[str]] = {}
    anchor: int | None = None
    positions = {key: position for position, key in enumerate(there)}
    for key in new:
        if key in positions:
            anchor = positions[key]
        elif key in goal:
            added.setdefault(anchor, []).append(key)
    return added


def _change_list(
    edits: Edits,
    node: Node,
    slot: Slot,
    old: list[Value],
    new: list[Value],
    goal: list[Value],
    pairs: list[tuple[int | None, int | None]],
) -> None:
    flow = node.style == "flow"
    places, items = edits.places, node.items or []
    kept = [False] * len(old)
    added: dict[int | None, list[int]] = {}
    anchor: int | None = None
    starts = [item.start if flow else places.dash(node, item) for item in items]
    for i, j in pairs:
        if i is not None and j is not None:
            kept[i], anchor = True, i
            after = 0 if flow else starts[i] + 1
            inner = Slot((*slot.path, i), "flow" if flow else "dash", node.column, after)
            change(edits, items[i], inner, old[i], new[j], goal[j])
        elif j is not None:
            added.setdefault(anchor, []).append(j)
    spans = [(start, max(start + 1, places.end(item))) for start, item in zip(starts, items, strict=True)]
    texts: dict[int | None, list[str]] = {at: [] for at in added}
    for at, rows in added.items():
        blocks = edits.may_block(spans[at or 0][1])
        like = items[at or 0]
        spread = like.entries is not None and like.style == "block"
        for j in rows:
            if flow:
                texts[at].append(edits.written(goal[j]))
            else:
                texts[at] += item_lines(goal[j], node.column, slot.path, spread=spread, blocks=blocks)
    (_change_flow if flow else _change_block)(edits, node, slot, spans, kept, texts)


def _change_flow(
    edits: Edits,
    node: Node,
    slot: Slot,
    spans: Spans,
    kept: list[bool],
    added: dict[int | None, list[str]],
) -> None:
    if not added and all(kept):
        return
    edits.touched.append((*slot.path, "+"))
    places = edits.places
    if places.text[node.start : node.start + 1] not in ("{", "["):
        raise Unfit  # `[a: b]`
    for at, texts in added.items():
        start, end = spans[at or 0]
        line = places.line_start(start)
        own_line = places.line(start) != places.line(node.start) and not places.text[line:start].strip(" \t")
        gap = ",\n" + places.text[line:start] if own_line else ", "
        if at is None:
            edits.replace(start, start, gap.join(texts) + gap)
        else:
            edits.replace(end, end, gap + gap.join(texts))
    for position, stays in enumerate(kept):
        if not stays and any(kept[:position]):
            edits.replace(spans[position - 1][1], spans[position][1], "")
        elif not stays:
            edits.replace(spans[position][0], spans[position + 1][0], "")


def _change_block(
    edits: Edits,
    _: Node,
    slot: Slot,
    spans: Spans,
    kept: list[bool],
    added: dict[int | None, list[str]],
) -> None:
    if not added and all(kept):
        return
    edits.touched.append((*slot.path, "+"))
    places = edits.places
    for at, lines in added.items():
        if at is None:
            first = spans[0][0]
            column = first - places.line_start(first)
            edits.replace(first, first, "\n".join([*lines, " " * column])[column:])
        else:
            edits.insert_lines(places.line_end(spans[at][1]), lines)
    done = 0 if kept[0] else _remove_first(edits, spans, kept)
    for (start, end), stays in zip(spans[done:], kept[done:], strict=True):
        if not stays:
            edits.replace(places.before_line(start), places.line_end(end), "")


def _remove_first(edits: Edits, spans: Spans, kept: list[bool]) -> int:
    """Remove the first entry and what is removed right below it; return how many they are.

    Nothing stands above the first line of a text, and a dash stands before the first key of a row.
    """
    places = edits.places
    start, done = spans[0][0], 1
    end = places.line_end(spans[0][1])
    while done < len(spans) and not kept[done] and places.before_line(spans[done][0]) == end:
        end = places.line_end(spans[done][1])
        done += 1
    if not places.is_first_on_line(start):
        following = spans[done][0] if done < len(spans) else end
        if done == len(spans) or not kept[done] or "#" in places.text[end:following]:
            # a comment about the next one stands between: the dash stays alone on its line
            start, following = len(places.text[:start].rstrip(" ")), end
        edits.replace(start, following, "")
    elif places.line_start(start) == 0:
        edits.replace(0, places.start_of(places.line(end) + 1), "")
    else:
        edits.replace(places.before_line(start), end, "")
    return done
