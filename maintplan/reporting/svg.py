"""Pictures from a notebook: SVG without anything that runs or fetches.

The report shows an SVG as an image, in which no browser runs scripts or loads files. It is cleaned all the
same, because a reader may save the image or open it by itself.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_RUNS = re.compile(r"script|foreignObject|iframe|embed|object|audio|video|handler|animate\w*|set")
_FETCHES = re.compile(r"url\(\s*['\"]?(?!#|['\"]?#)|@import|expression\(|javascript:", re.IGNORECASE)
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+")

ET.register_namespace("", _SVG)
ET.register_namespace("xlink", _XLINK)


def cleaned(source: str) -> bytes | None:
    """Return an SVG picture without scripts, events and addresses, or None when it is no SVG."""
    if "<!ENTITY" in source:  # a picture needs none; a bomb does
        return None
    try:
        picture = ET.fromstring(source.strip())  # noqa: S314 - without entities there is nothing to expand
    except (ET.ParseError, ValueError):
        return None
    if picture.tag not in (f"{{{_SVG}}}svg", "svg"):
        return None
    if picture.tag == "svg":
        picture.set("xmlns", _SVG)
    _clean(picture)
    return bytes(ET.tostring(picture, encoding="utf-8"))


def _clean(element: ET.Element) -> None:
    for name, value in list(element.attrib.items()):
        plain = name.rpartition("}")[2].lower()
        outside = plain in ("href", "src") and not (value.startswith("#") or _PICTURE.fullmatch(value))
        if plain.startswith("on") or outside or plain == "base" or _FETCHES.search(value):
            del element.attrib[name]
    if element.tag.rpartition("}")[2] == "style" and _FETCHES.search(element.text or ""):
        element.text = ""
    for child in list(element):
        namespace, _, plain = child.tag.rpartition("}")  # only SVG's own elements draw
        own = namespace in ("", f"{{{_SVG}")
        if not own or _RUNS.fullmatch(plain):
            element.remove(child)
        else:
            _clean(child)
