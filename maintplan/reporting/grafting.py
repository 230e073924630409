"""Elements put into, or taken out of, a file of WordprocessingML that another program wrote.

The rest of the file stays as it is, its prefixes too: Word looks for some of them by name
(``mc:Ignorable="w14"``), which is why the file is kept as a DOM and not as an element tree.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING
from xml.dom import minidom

from maintplan.reporting.sections import W

if TYPE_CHECKING:
    from xml.dom.minidom import Document, Element


def added(data: bytes, more: str, before: Collection[str] = ()) -> bytes:
    """Return a file with more elements in its root.

    Parameters
    ----------
    data
        The file.
    more
        The elements, with the usual prefix ``w``.
    before
        Names of elements; the new ones go before the first of these, else to the end.
    """
    file, root = _parsed(data)
    at = next((each for each in _children(root) if each.localName in before), None)
    _, ours = _parsed(f'<w:r xmlns:w="{W}">{more}</w:r>'.encode())
    for each in _children(ours):
        new = file.importNode(each, deep=True)
        if root.getAttribute("xmlns:w") != W:
            new.setAttribute("xmlns:w", W)
        root.insertBefore(new, at)
    return _written(file)


def without(data: bytes, names: Collection[str]) -> bytes:
    """Return a file without those elements of its root that have one of some names."""
    file, root = _parsed(data)
    for each in [each for each in _children(root) if each.localName in names]:
        root.removeChild(each)
    return _written(file)


def _parsed(data: bytes) -> tuple[Document, Element]:
    file = minidom.parseString(data)  # noqa: S318 - expat refuses entities that grow, and fetches none
    root = file.documentElement
    if root is None:  # which expat does not let through
        raise ValueError
    return file, root


def _children(root: Element) -> Iterator[Element]:
    for each in root.childNodes:
        if isinstance(each, minidom.Element) and each.namespaceURI == W:
            yield each


def _written(file: Document) -> bytes:
    return file.toxml(encoding="UTF-8", standalone=True)
