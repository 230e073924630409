"""The screen's script and style sheet, as one text each.

The script is written as ES modules in ``static``. A widget's module comes over the wire as one text and
can't import its neighbours by path, so they are joined: each becomes part of one module, in the order of
their imports, without its own import and export words. There is no build step and nothing to install.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from maintplan import resources

_STATIC = Path(__file__).with_name("static")
_IMPORT = re.compile(r'^import\s+\{[^}]*\}\s+from\s+"\./(?P<name>[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let)\b)", re.MULTILINE)
_LISTED = re.compile(r"^export \{[^}]*\};\n", re.MULTILINE)
_LAST = re.compile(r"export\s*\{([^}]*)\};?\s*$")
_FILE = re.compile(r"url\(([\w.-]+\.woff2)\)")
_CELL = ".mp-cell-output { container: maintplan / inline-size; width: 100%; }\n"
_NARROW = re.compile(r"@media \((min|max)-width: ([34][\d.]+)em\)")
"""Where a page is too narrow for tables and pairs; a container's own ``em`` would be a notebook's."""
VENDOR = "vendor/htm-preact.js"
ENTRY = "main.js"


@lru_cache(maxsize=1)
def script() -> str:
    """Return the whole script as one ES module."""
    joined: list[str] = []
    _join(ENTRY, joined, set())
    return "\n".join(joined)


def _join(name: str, joined: list[str], seen: set[str]) -> None:
    if name in seen:
        return
    seen.add(name)
    text = (_STATIC / name).read_text(encoding="utf-8")
    if name == VENDOR:
        joined.append(_library(text))
        return
    for found in _IMPORT.finditer(text):
        _join(found["name"], joined, seen)
    text = _LISTED.sub("", _EXPORT.sub("", _IMPORT.sub("", text)))
    joined.append(f"// {name}\n{text}")


def _library(text: str) -> str:
    """Wrap a library's module, so that its short names stay its own."""
    found = _LAST.search(text)
    if found is None:
        raise ValueError(VENDOR)
    pairs = (part.split(" as ") for part in found[1].split(","))
    names = {outer.strip(): inner.strip() for inner, outer in pairs}
    wanted = ", ".join(names)
    given = ", ".join(f"{outer}: {inner}" for outer, inner in names.items())
    return (
        f"// {VENDOR}\nconst {{ {wanted} }} = (() => {{ {text[: found.start()]} return {{ {given} }}; }})();"
    )


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet, without fonts."""
    return (_STATIC / "app.css").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def notebook_style() -> str:
    """Return the style sheet for a notebook: it follows the width of the cell's output, not of the screen."""
    return _CELL + _NARROW.sub(r"@container maintplan (\1-width: \2rem)", style())


@lru_cache(maxsize=1)
def notebook_fonts() -> tuple[list[dict[str, str]], list[bytes]]:
    """Return the upright fonts for a page that can't fetch them: what a browser has to know, and files."""
    text = (resources.fonts() / "fonts.css").read_text(encoding="utf-8")
    faces, files = [], []
    for block in re.findall(r"@font-face \{(.*?)\}", text, re.DOTALL):
        said = dict(re.findall(r"^\s*([\w-]+): (.*);$", block, re.MULTILINE))
        found = _FILE.search(said["src"])
        if found is None or said["font-style"] != "normal":
            continue
        faces.append(
            {
                "family": said["font-family"].strip('"'),
                "weight": said["font-weight"],
                "unicodeRange": said.get("unicode-range", "U+0-10FFFF"),
            }
        )
        files.append((resources.fonts() / found[1]).read_bytes())
    return faces, files


def fonts(base: str) -> str:
    """Return the style sheet of the fonts, which lie under an address."""
    text = (resources.fonts() / "fonts.css").read_text(encoding="utf-8")
    return _FILE.sub(lambda found: f"url({base}{found[1]})", text)
