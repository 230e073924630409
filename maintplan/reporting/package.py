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
from xml.parsers.expat import ExpatError
from xml.sax.saxutils import escape

from maintplan import zipped
from maintplan.errors import InputError, Where
from maintplan.reporting import grafting, lists, parts, reference, sections
from maintplan.reporting.parts import DECLARED, PACKAGE, Relation
from maintplan.reporting.sections import R, Section, W

if TYPE_CHECKING:
    from maintplan.reporting.paper import Paper
    from maintplan.reporting.word import Body

_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_NUMBERING = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"
_CORE = "application/vnd.openxmlformats-package.core-properties+xml"
_STRICT = "http://purl.oclc.org/ooxml/"
_UNWANTED = re.compile(
    r"(?:^|/)(?:vbaProject|vbaData|stylesWithEffects|thumbnail\.)|^_xmlsignatures/|(?:^|/)comments\w*\.xml$",
    re.IGNORECASE,
)
"""Macros, which no DOCX may hold; signatures and pictures of what it was; remarks on it; styles twice."""
_LOCKS = ("documentProtection", "writeProtection", "mailMerge")
"""Settings that would keep a team from editing the document, or have Word look for data."""


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
    def page(self) -> Section:
        """Its page and its running heads."""
        return sections.last(ET.fromstring(self.files[self.main]))  # noqa: S314 - as in `parts`

    @cached_property
    def lists(self) -> int:
        """The highest number that a list of the reference document has; ours come after it."""
        return lists.highest(self.files.get(self.part("numbering"), b""))

    def around(self, body: Body) -> str:
        """Return the document with a body in it."""
        last = self.page.written(first=not body.turned)
        inside = f"<w:body>{body.xml}{last}</w:body>"
        return f'{DECLARED}<w:document xmlns:w="{W}" xmlns:r="{R}">{inside}</w:document>'


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
        return _lookalike(files, name)
    except (
        OSError,
        zipfile.BadZipFile,
        KeyError,
        StopIteration,
        ValueError,
        ET.ParseError,
        ExpatError,
        NotImplementedError,
        RuntimeError,
    ):
        raise unread from None


def _lookalike(files: Mapping[str, bytes], name: str) -> Look:
    """Return the look of a reference document's files, with the styles that it lacks."""
    start = next(
        each for each in parts.relations(files["_rels/.rels"]) if each.type.endswith("/officeDocument")
    )
    if start.type.startswith(_STRICT):
        mend = "save it in Word as Word Document (.docx)"
        raise InputError("the reference document is a Strict Open XML Document", Where(name), mend)
    main = posixpath.normpath(start.target.lstrip("/"))
    kept = {each: content for each, content in files.items() if not _UNWANTED.search(each)}
    look = Look(kept, main)
    styles, settings = look.part("styles"), look.part("settings")
    more, ids = reference.lacking(_names(kept[styles]), _ids(kept[styles]))
    kept[styles] = grafting.added(kept[styles], more)
    if settings in kept:
        kept[settings] = grafting.without(kept[settings], _LOCKS)
    made = Look(kept, main, ids)
    if not made.page.parts or made.lists < 0:  # read here, where what is wrong with it is still said
        raise ValueError
    return made


def pack(look: Look, body: Body, paper: Paper) -> bytes:
    """Return a document: a body in some look."""
    files = dict(look.files)
    folder = posixpath.dirname(look.main)
    kept = [
        each
        for each in parts.relations(files.get(parts.beside(look.main), b""))
        if _stays(each, folder, files)
    ]
    added = [Relation(name, f"{R}/hyperlink", address, "External") for name, address in body.links.items()]
    types = parts.types(files["[Content_Types].xml"])
    overrides = {name: kind for name, kind in types[1].items() if name.lstrip("/") in files}
    defaults = {"png": "image/png", **types[0]}
    media: dict[bytes, str] = {}
    for name, picture in body.pictures.items():
        target = media.setdefault(picture, f"media/maintplan-{len(media) + 1}.png")
        files[posixpath.join(folder, target)] = picture
        added.append(Relation(name, f"{R}/image", target))
    if body.lists:
        part = look.part("numbering")
        if not part or part not in files:
            part = posixpath.join(folder, "numbering.xml")
            added.append(Relation("rIdLists", f"{R}/numbering", "numbering.xml"))
        files[part] = lists.numbered(files.get(part, b""), body.lists, look.lists)
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
    for each in ET.fromstring(styles).iter(f"{{{W}}}style"):  # noqa: S314 - as above
        name = each.find(f"{{{W}}}name")
        if name is not None:
            found[name.get(f"{{{W}}}val", "").casefold()] = each.get(f"{{{W}}}styleId", "")
    return found


def _ids(styles: bytes) -> frozenset[str]:
    found = ET.fromstring(styles).iter(f"{{{W}}}style")  # noqa: S314 - as above
    return frozenset(each.get(f"{{{W}}}styleId", "") for each in found)


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
