"""The parts of an Office document: which files belong to which, and of what kind each is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET
from xml.sax.saxutils import quoteattr

PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True)
class Relation:
    """What a part needs: its id there, its type, where it is, and whether that is outside.

    Attributes
    ----------
    id, type, target
        As they are written.
    mode
        ``External`` for what is outside of the document.
    """

    id: str
    type: str
    target: str
    mode: str = ""


def beside(part: str) -> str:
    """Return the name of the file with a part's relations."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(data: bytes) -> list[Relation]:
    """Return the relations that a file with them names; none for an empty one."""
    if not data:
        return []
    return [
        Relation(each.get("Id", ""), each.get("Type", ""), each.get("Target", ""), each.get("TargetMode", ""))
        for each in ET.fromstring(data)  # noqa: S314 - expat refuses entities that grow
    ]


def related(found: Iterable[Relation]) -> str:
    """Return a file with relations."""
    listed = "".join(
        f"<Relationship Id={quoteattr(each.id)} Type={quoteattr(each.type)} Target={quoteattr(each.target)}"
        + (f" TargetMode={quoteattr(each.mode)}/>" if each.mode else "/>")
        for each in found
    )
    return f'{DECLARED}<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def types(data: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Return the kinds of files by ending, and by name."""
    defaults, overrides = {}, {}
    for each in ET.fromstring(data):  # noqa: S314 - as above
        if each.tag.endswith("Default"):
            defaults[each.get("Extension", "").lower()] = each.get("ContentType", "")
        else:
            overrides[each.get("PartName", "")] = each.get("ContentType", "")
    return defaults, overrides


def typed(defaults: Mapping[str, str], overrides: Mapping[str, str]) -> str:
    """Return the file that says of what kind each file is."""
    listed = "".join(
        f"<Default Extension={quoteattr(name)} ContentType={quoteattr(kind)}/>"
        for name, kind in defaults.items()
    )
    listed += "".join(
        f"<Override PartName={quoteattr(name)} ContentType={quoteattr(kind)}/>"
        for name, kind in overrides.items()
    )
    return f'{DECLARED}<Types xmlns="{PACKAGE}/content-types">{listed}</Types>'
