"""What stands around the body of a DOCX: the reference document's styles, page and running heads.

The reference document is the kit's own (`maintplan.reporting.reference`) or an organisation's. All that is in
it stays as it is, but for its text. Styles that it lacks come from the kit's, without their fonts.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from maintplan import zipped
from maintplan.errors import InputError, Where
from maintplan.reporting import lists, parts, reference
from maintplan.reporting.parts import DECLARED, PACKAGE, Relation

if TYPE_CHECKING:
    from maintplan.reporting.paper import Paper
    from maintplan.reporting.word import Body

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_ROOT = re.compile(r"<w:document\b[^>]*>")
_SECTION = re.compile(r"<w:sectPr\b[^>]*/>|<w:sectPr\b[^>]*>(.*?)</w:sectPr>", re.DOTALL)
_TRACKED = re.compile(r"<w:sectPrChange\b.*?</w:sectPrChange>", re.DOTALL)
_SIZE = re.compile(r"<w:pgSz\b[^>]*/>")
_SIDES = re.compile(r'w:(w|h)="(\d+)"')
_MARGIN = re.compile(r"<w:pgMar\b[^>]*/>")
_MARGINS = re.compile(r'w:(left|right)="(\d+)"')
_REFERENCES = re.compile(r"<w:(?:header|footer)Reference\b[^>]*/>")
_FIRST_PAGE = re.compile(r"<w:(?:titlePg|pgNumType)\b[^>]*/>")
"""What is said of the first page of a document, and not of that of each section."""
_UNWANTED = re.compile(
    r"(?:^|/)(?:vbaProject|vbaData|stylesWithEffects)|^_xmlsignatures/|(?:^|/)comments\w*\.xml$",
    re.IGNORECASE,
)
"""Macros, which no DOCX may hold; signatures of what it was; remarks on what it said; styles told twice."""
_A4 = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1400" w:right="1134" w:bottom="1280" w:left="1134"/>'
_TWENTIETHS = 20
_LEAST_ROOM = 160.0


@dataclass(frozen=True)
class Look:
    """A reference document.

    Attributes
    ----------
    files
        What it holds, by name.
    main
        The name of its document.
    added
        The ids of styles that it lacked, by their names.
    """

    files: Mapping[str, bytes]
    main: str = "word/document.xml"
    added: Mapping[str, str] = field(default_factory=dict)

    def style(self, name: str) -> str:
        """Return the id of a style, by the name that Word has for it in every language."""
        return self._known.get(name.casefold()) or self.added.get(name) or reference.style_id(name)

    @cached_property
    def _known(self) -> dict[str, str]:
        return _names(self.files[self.part("styles")])

    @cached_property
    def _relations(self) -> list[Relation]:
        return parts.relations(self.files.get(parts.beside(self.main), b""))

    def part(self, kind: str) -> str:
        """Return the name of a part by its kind; empty where there is none."""
        for each in self._relations:
            if each.type.rpartition("/")[2] == kind and not each.mode:
                return posixpath.normpath(posixpath.join(posixpath.dirname(self.main), each.target)).lstrip(
                    "/"
                )
        return ""

    @cached_property
    def _document(self) -> str:
        return _TRACKED.sub("", self.files[self.main].decode("utf-8", "replace"))

    @cached_property
    def _section(self) -> str:
        """What the last section of the reference document says of page and running heads."""
        found = list(_SECTION.finditer(self._document))
        inner = found[-1][1] if found else ""
        return inner if inner and _SIZE.search(inner) and _MARGIN.search(inner) else f"{inner or ''}{_A4}"

    @property
    def _sides(self) -> tuple[int, int]:
        sides = dict(_SIDES.findall(_SIZE.findall(self._section)[0]))
        return int(sides.get("w", 11906)), int(sides.get("h", 16838))

    @property
    def _margins(self) -> int:
        return sum(int(size) for _, size in _MARGINS.findall(_MARGIN.findall(self._section)[0]))

    @cached_property
    def room(self) -> float:
        """The width that its page leaves for text, in points."""
        return max((self._sides[0] - self._margins) / _TWENTIETHS, _LEAST_ROOM)

    @cached_property
    def across(self) -> float:
        """The same on a page that is turned."""
        return max((self._sides[1] - self._margins) / _TWENTIETHS, self.room)

    @cached_property
    def lists(self) -> int:
        """The highest number that a list of the reference document has; ours come after it."""
        numbering = self.files.get(self.part("numbering"), b"").decode("utf-8", "replace")
        return lists.highest(numbering)

    def section(self, *, across: bool, first: bool) -> str:
        """Return a section before the last one. Running heads go on from the first one that names them."""
        wide, high = self._sides
        size = f'<w:pgSz w:w="{wide}" w:h="{high}"/>'
        if across:
            size = f'<w:pgSz w:w="{high}" w:h="{wide}" w:orient="landscape"/>'
        begins = "".join(_FIRST_PAGE.findall(self._section)) if first else ""
        heads = "".join(_REFERENCES.findall(self._section)) if first else ""
        ordered = sorted((_MARGIN.findall(self._section)[0], *_FIRST_PAGE.findall(begins)), key=_place)
        return f"<w:sectPr>{heads}{size}{''.join(ordered)}</w:sectPr>"

    def around(self, body: Body) -> str:
        """Return the document with a body in it."""
        root = _ROOT.search(self._document)
        opening = root[0] if root else f'<w:document xmlns:w="{_W}">'
        if "xmlns:r=" not in opening:
            opening = f'{opening[:-1]} xmlns:r="{_R}">'
        last = _FIRST_PAGE.sub("", self._section) if body.turned else self._section
        section = f"<w:sectPr>{last}</w:sectPr>"
        return f"{DECLARED}{opening}<w:body>{body.xml}{section}</w:body></w:document>"


def _place(xml: str) -> int:
    """Return where Word wants a part of a section."""
    return next(at for at, name in enumerate(("pgMar", "pgNumType", "titlePg")) if name in xml)


def own(paper: Paper) -> Look:
    """Return the kit's own look for a document, whose running heads name it."""
    return Look({name: text.encode() for name, text in reference.files(paper).items()})


def read(data: bytes, name: str) -> Look:
    """Return the look of a reference document.

    Parameters
    ----------
    data
        The document.
    name
        Its file's name, for errors.

    Raises
    ------
    InputError
        It can't be read.
    """
    unread = InputError(
        "the reference document can't be read as DOCX", Where(name), "name a Word document (.docx)"
    )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            files = {each: bundle.read(each) for each in bundle.namelist() if not each.endswith("/")}
        main = next(
            each.target.lstrip("/")
            for each in parts.relations(files["_rels/.rels"])
            if each.type.endswith("/officeDocument")
        )
        look = Look({each: files[each] for each in files if not _UNWANTED.search(each)}, main)
        strict = _W.encode() not in files[main]
        if not look.part("styles") or look.part("styles") not in files or strict:
            raise unread
        known = _names(files[look.part("styles")])
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        StopIteration,
        ET.ParseError,
        NotImplementedError,
        RuntimeError,
    ):
        raise unread from None
    more, ids = reference.lacking(known, _ids(files[look.part("styles")]))
    styles = look.files[look.part("styles")].decode("utf-8", "replace")
    before, end, after = styles.rpartition("</w:styles>")
    return Look({**look.files, look.part("styles"): f"{before}{more}{end}{after}".encode()}, main, ids)


def pack(look: Look, body: Body, paper: Paper) -> bytes:
    """Return a document: a body in some look."""
    files = dict(look.files)
    folder = posixpath.dirname(look.main)
    kept = [
        each
        for each in parts.relations(files.get(parts.beside(look.main), b""))
        if _stays(each, folder, files)
    ]
    added = [Relation(name, f"{_R}/hyperlink", address, "External") for name, address in body.links.items()]
    types = parts.types(files["[Content_Types].xml"])
    overrides = {name: kind for name, kind in types[1].items() if name.lstrip("/") in files}
    defaults = {"png": "image/png", **types[0]}
    media: dict[bytes, str] = {}
    for name, picture in body.pictures.items():
        target = media.setdefault(picture, f"media/maintplan-{len(media) + 1}.png")
        files[posixpath.join(folder, target)] = picture
        added.append(Relation(name, f"{_R}/image", target))
    if body.lists:
        part = look.part("numbering")
        if not part or part not in files:
            part = posixpath.join(folder, "numbering.xml")
            added.append(Relation("rIdLists", f"{_R}/numbering", "numbering.xml"))
        files[part] = lists.numbered(
            files.get(part, b"").decode("utf-8", "replace"), body.lists, look.lists
        ).encode()
        overrides[f"/{part}"] = _NUMBERING
    top = [each for each in parts.relations(files["_rels/.rels"]) if _stays(each, "", files)]
    core = next((each.target.lstrip("/") for each in top if each.type.endswith("/core-properties")), "")
    if not core:
        core = "docProps/core.xml"
        top.append(Relation("rIdCore", f"{PACKAGE}/relationships/metadata/core-properties", core))
    files[core] = _core(paper).encode()
    overrides |= {f"/{core}": _CORE, f"/{look.main}": _MAIN}
    files[look.main] = look.around(body).encode()
    files[parts.beside(look.main)] = parts.related([*kept, *added]).encode()
    files["_rels/.rels"] = parts.related(top).encode()
    files["[Content_Types].xml"] = parts.typed(defaults, overrides).encode()
    return zipped.pack(
        dict(sorted(files.items(), key=lambda each: (each[0] != "[Content_Types].xml", each[0])))
    )


def _stays(relation: Relation, folder: str, files: Mapping[str, bytes]) -> bool:
    """Whether what a relation leads to is there, or outside."""
    if relation.mode:
        return True
    target = relation.target
    return (
        posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target))
        in files
    )


def _names(styles: bytes) -> dict[str, str]:
    """Return the ids of styles by their names."""
    found = {}
    for each in ET.fromstring(styles).iter(f"{{{_W}}}style"):  # noqa: S314 - as above
        name = each.find(f"{{{_W}}}name")
        if name is not None:
            found[name.get(f"{{{_W}}}val", "").casefold()] = each.get(f"{{{_W}}}styleId", "")
    return found


def _ids(styles: bytes) -> frozenset[str]:
    found = ET.fromstring(styles).iter(f"{{{_W}}}style")  # noqa: S314 - as above
    return frozenset(each.get(f"{{{_W}}}styleId", "") for each in found)


def _core(paper: Paper) -> str:
    day = paper.about.get("day", "")
    moment = f"{day}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else "1980-01-01T00:00:00Z"
    dated = "".join(
        f'<dcterms:{each} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{each}>'
        for each in ("created", "modified")
    )
    return (
        f"{DECLARED}<cp:coreProperties"
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:language>{paper.language}</dc:language>"
        f"{dated}</cp:coreProperties>"
    )
