"""Changing values inside a text, so that only the lines of the changed values change.

Each change becomes an edit at the marks of its node. The result is read again and compared with what it
should say. Where a text is written in a way that the edits don't know, the change is made in ever rougher
ways: without literal blocks, by writing the enclosing value anew, in the end by writing the whole text
anew. So the result always says exactly what was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintplan.errors import InputError
from maintplan.yamltext.aligning import target
from maintplan.yamltext.changing import change
from maintplan.yamltext.dumping import dump
from maintplan.yamltext.edits import Edits, Slot
from maintplan.yamltext.json_text import json_text
from maintplan.yamltext.nodes import Value, as_text, plain, same
from maintplan.yamltext.places import Places, Unfit
from maintplan.yamltext.reading import BOM, read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maintplan.yamltext.document import Document


def splice(document: Document, old: object, new: object) -> str:
    """Return the document's text with a change made in it, as `spliced` makes it."""
    return spliced(document, old, new).text


def spliced(document: Document, old: object, new: object) -> Document:
    """Return a document with a change made in its text.

    Parameters
    ----------
    document
        The text as it was read.
    old
        What was made of its data. It may say in other words what the text says (5 for ``5 %``).
    new
        What shall be made of it after the change. Where it is the same as `old`, the text stays as it is.
        Text is quoted where another parser could misread it; numbers and booleans are written plain.

    Returns
    -------
    Document
        The text with its byte order mark, line breaks and comments, as it is read again; the same document
        where nothing has changed. It says exactly what it should.
    """
    before, after = plain(old), plain(new)
    if same(before, after):
        return document
    bom = BOM if document.text.startswith(BOM) else ""
    places = Places(document.text.removeprefix(BOM))
    goal = target(document.data, before, after)
    said = as_text(goal)
    if said == document.data:
        return document
    for edits in _attempts(places, is_json=document.is_json):
        try:
            change(edits, document.root, Slot((), "top"), before, after, goal)
            text = edits.apply()
        except Unfit:
            continue
        try:
            found = read(bom + text, document.name, top="any")
        except InputError:
            continue
        if found.data == said:
            return found
    text = _whole(goal, document, places)
    return read(bom + text, document.name, top="any")  # refused if it is too big or too deep to be read later


def _attempts(places: Places, *, is_json: bool) -> Iterator[Edits]:
    edits = Edits(places, is_json)
    yield edits
    touched = edits.touched
    yield Edits(places, is_json, blocks=False)
    for up in range(1, max(map(len, touched), default=0) + 1):
        forced = frozenset(path[:-up] for path in touched if len(path) >= up)
        yield Edits(places, is_json, blocks=False, forced=forced)
    yield Edits(places, is_json, forced=frozenset({()}))


def _whole(goal: Value, document: Document, places: Places) -> str:
    if document.is_json:
        text = json_text(goal, indent=2 if "\n" in places.text.strip() else None) + "\n"
    else:
        text = dump(goal)
    if not places.text.endswith(("\n", "\r")) and read(text.rstrip("\n"), top="any").data == as_text(goal):
        text = text.rstrip("\n")
    return text.replace("\n", places.newline)
