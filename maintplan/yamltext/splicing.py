"""Changing values inside a text, so that only the lines of the changed values change.

Each change becomes an edit at the marks of its node. The result is read again and compared with what it should
say; where a text is written in a way that the edits don't know, the change is made in ever rougher ways: without
literal blocks, by writing the enclosing value anew, in the end by writing the whole text anew. So the result
always says exactly what was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator

from maintplan.errors import InputError
from maintplan.yamltext.aligning import align, comparable, target
from maintplan.yamltext.document import Document
from maintplan.yamltext.dumping import dump, entry_lines, flow_entry
from maintplan.yamltext.edits import Edits, Path, Slot
from maintplan.yamltext.json_text import json_text
from maintplan.yamltext.nodes import Data, Node, Value, as_text, same
from maintplan.yamltext.places import Places, Unfit
from maintplan.yamltext.reading import BOM, read


def splice(document: Document, old: Value, new: Value) -> str:
    """Return the document's text with a change made in it.

    Parameters
    ----------
    document
        The text as it was read.
    old
        What was made of its data. It may say in other words what the text says (5 for ``5 %``).
    new
        What shall be made of it after the change. Where it is the same as `old`, the text stays as it is. Text is
        quoted where another parser could misread it; numbers and booleans are written plain.

    Returns
    -------
    str
        The text, with its byte order mark, line breaks and comments. It says exactly what it should.
    """
    if same(old, new):
        return document.text
    bom = BOM if document.text.startswith(BOM) else ""
    places = Places(document.text.removeprefix(BOM))
    goal = target(document.data, old, new)
    said = as_text(goal)
    if said == document.data:
        return document.text
    for edits in _attempts(places, document.is_json):
        try:
            _change(edits, document.root, Slot((), "key"), old, new, goal)
            text = edits.apply()
        except Unfit:
            continue
        if _says(text, document, said):
            return bom + text
    text = _whole(goal, document, places)
    read(
        bom + text, document.name, top="any"
    )  # too big or too deep: refused as it would be when it is next read
    return bom + text


def _attempts(places: Places, is_json: bool) -> Iterator[Edits]:  # noqa: FBT001 - private
    edits = Edits(places, is_json)
    yield edits
    touched = edits.touched
    yield Edits(places, is_json, blocks=False)
    for up in range(1, max(map(len, touched), default=0)):
        forced = frozenset(path[:-up] for path in touched if len(path) > up)
        yield Edits(places, is_json, forced=forced)


def _says(text: str, document: Document, said: Data) -> bool:
    try:
        return read(text, document.name, top="any").data == said
    except InputError:
        return False


def _whole(goal: Value, document: Document, places: Places) -> str:
    if document.is_json:
        text = json_text(goal, indent=2 if "\n" in places.text.strip() else None) + "\n"
    else:
        text = dump(goal)
    if not places.text.endswith(("\n", "\r")) and read(text.rstrip("\n"), top="any").data == as_text(goal):
        text = text.rstrip("\n")
    return text.replace("\n", places.newline)


def _change(edits: Edits, node: Node, slot: Slot, old: Value, new: Value, goal: Value) -> None:
    if same(old, new):
        return
    if slot.path in edits.forced:
        edits.put(node, slot, goal)
    elif node.entries and isinstance(old, dict) and isinstance(new, dict) and isinstance(goal, dict):
        if not goal or node.entries.keys().isdisjoint(goal):
            _put(edits, node, slot, goal)
        else:
            _change_mapping(edits, node, slot, old, new, goal)
    elif node.items and isinstance(old, list) and isinstance(new, list) and comparable(node.data(), old):
        pairs = list(align(old, new))
        if any(i is not None and j is not None for i, j in pairs):
            _change_list(edits, node, slot, old, new, goal, pairs)
        else:
            _put(edits, node, slot, goal)
    else:
        _put(edits, node, slot, goal)


def _put(edits: Edits, node: Node, slot: Slot, goal: Value) -> None:
    if not slot.path:
        edits.touched.append(())
        raise Unfit  # the whole text
    edits.put(node, slot, goal)


def _change_mapping(
    edits: Edits, node: Node, slot: Slot, old: dict[str, Value], new: dict[str, Value], goal: dict[str, Value]
) -> None:
    assert node.entries is not None  # asked before
    flow = node.style == "flow"
    places = edits.places
    for key, (name, value) in node.entries.items():
        if key in goal and key in new and not (key in old and same(old[key], new[key])):
            after = places.colon_end(name) if not flow or value.start == value.end else 0
            inner = Slot((*slot.path, key), "flow" if flow else "key", node.column, after)
            if key in old:
                _change(edits, value, inner, old[key], new[key], goal[key])
            else:
                edits.put(value, inner, goal[key])
    spans = [(name.start, max(name.end, places.end(value))) for name, value in node.entries.values()]
    kept = [key in goal for key in node.entries]
    added: dict[int | None, list[str]] = {}
    anchor: int | None = None
    positions = {key: position for position, key in enumerate(node.entries)}
    for key in new:
        if key in positions:
            anchor = positions[key] if key in goal else anchor
        elif key in goal:
            added.setdefault(anchor, []).append(key)
    if flow:
        texts = {
            at: [f"{edits.written(key)}: {edits.written(goal[key])}" if edits.is_json else flow_entry(key, goal[key])
                 for key in keys] for at, keys in added.items()
        }  # fmt: skip
        _change_flow(edits, node, slot, spans, kept, texts)
    else:
        lines = {
            at: [line for key in keys for line in entry_lines(key, goal[key], node.column, slot.path)]
            for at, keys in added.items()
        }
        _change_block(edits, slot, spans, kept, lines)


def _change_list(
    edits: Edits,
    node: Node,
    slot: Slot,
    old: list[Value],
    new: list[Value],
    goal: Value,
    pairs: list[tuple[int | None, int | None]],
) -> None:
    assert node.items is not None and isinstance(goal, list)  # asked before
    flow = node.style == "flow"
    places = edits.places
    kept = [False] * len(old)
    added: dict[int | None, list[int]] = {}
    anchor: int | None = None
    starts = [item.start if flow else places.dash(node, item) for item in node.items]
    for i, j in pairs:
        if i is not None and j is not None:
            kept[i], anchor = True, i
            inner = Slot(
                (*slot.path, i), "flow" if flow else "dash", node.column, 0 if flow else starts[i] + 1
            )
            _change(edits, node.items[i], inner, old[i], new[j], goal[j])
        elif j is not None:
            added.setdefault(anchor, []).append(j)
    spans = [
        (start, max(start + 1, places.end(item))) for start, item in zip(starts, node.items, strict=True)
    ]
    if flow:
        texts = {at: [edits.written(goal[j]) for j in rows] for at, rows in added.items()}
        _change_flow(edits, node, slot, spans, kept, texts)
    else:
        lines = {
            at: [
                line
                for j in rows
                for line in edits.new_item(goal[j], node.column, slot.path, node.items[at or 0])
            ]
            for at, rows in added.items()
        }
        _change_block(edits, slot, spans, kept, lines)


def _change_flow(
    edits: Edits,
    node: Node,
    slot: Slot,
    spans: list[tuple[int, int]],
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
    slot: Slot,
    spans: list[tuple[int, int]],
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
    for position, stays in enumerate(kept):
        if not stays:
            _remove_lines(edits, spans, position)


def _remove_lines(edits: Edits, spans: list[tuple[int, int]], position: int) -> None:
    places = edits.places
    start = spans[position][0]
    end = places.line_end(spans[position][1])
    if not places.is_first_on_line(start):  # the first key or item behind a dash
        following = spans[position + 1][0] if position + 1 < len(spans) else end
        between = places.text[end:following]
        edits.replace(start, end if "#" in between else following, "")
    elif places.line_start(start) == 0:
        following = places.line(end) + 1
        edits.replace(0, places.start_of(following), "")
    else:
        edits.replace(places.before_line(start), end, "")
