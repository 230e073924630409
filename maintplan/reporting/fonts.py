"""The fonts of a document as CSS that needs no other file: each font face with its data inside.

``templates/fonts/fonts.css`` says which file serves which characters. A face goes into a document only when
the document has such characters, so that a plan in English does not carry the rest of Europe with it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from maintplan import resources

_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FILE = re.compile(r"url\(([\w.-]+\.woff2)\)")
_RANGE = re.compile(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", re.IGNORECASE)
_LATIN = frozenset(map(chr, range(0x20, 0x100)))


@dataclass(frozen=True)
class Face:
    """A font face: its CSS with the data inside, the characters it serves, and whether it is italic."""

    css: str
    ranges: tuple[tuple[int, int], ...]
    italic: bool

    def serves(self, characters: set[int]) -> bool:
        """Return whether any of some characters is drawn with this face."""
        return any(low <= each <= high for each in characters for low, high in self.ranges)


def css(text: str, *, italic: bool) -> str:
    """Return the font faces that a text needs.

    Parameters
    ----------
    text
        All the text of the document.
    italic
        Whether any of it is set in italics.
    """
    characters = {ord(each) for each in set(text) - _LATIN} | {ord("a")}
    faces = (face for face in _faces(resources.fonts()) if italic or not face.italic)
    return "\n".join(face.css for face in faces if face.serves(characters))


@lru_cache(maxsize=2)
def _faces(folder: Path) -> tuple[Face, ...]:
    rules = (folder / "fonts.css").read_text(encoding="utf-8")
    return tuple(_face(found[0], folder) for found in _FACE.finditer(rules))


def _face(rule: str, folder: Path) -> Face:
    def inside(found: re.Match[str]) -> str:
        data = base64.b64encode((folder / found[1]).read_bytes()).decode("ascii")
        return f"url(data:font/woff2;base64,{data})"

    _, _, listed = rule.partition("unicode-range:")
    ranges = tuple((int(low, 16), int(high or low, 16)) for low, high in _RANGE.findall(listed))
    return Face(
        css=_FILE.sub(inside, rule),
        ranges=ranges or ((0, 0x10FFFF),),
        italic="font-style: italic" in rule,
    )
