"""A document for Word, where a team can go on."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from maintplan.errors import InputError, MissingExtra, Where
from maintplan.reporting import faces, reference, word
from maintplan.reporting.paper import Paper
from maintplan.reporting.source import Leaf, Rendered

_SECTION = re.compile(r"<w:sectPr\b(?:[^>]*/>|.*?</w:sectPr>)", re.DOTALL)
_SIZE = re.compile(r"<w:pgSz\b[^>]*/>")
_SIDES = re.compile(r'w:(w|h)="(\d+)"')
_MARGINS = re.compile(r'w:(left|right)="(\d+)"')
_REFERENCES = re.compile(r"<w:(?:header|footer)Reference\b[^>]*/>")
_CHECKED = re.compile(
    r'(<w:pStyle w:val="SourceCode"\s*/>)'
    r'((?:(?!</w:p>).)*</w:p>\s*<w:p>\s*<w:pPr>\s*<w:pStyle w:val="Check")',
    re.DOTALL,
)
"""A command, and the beginning of what says how to see that it worked."""
_ROW = re.compile(r"<w:tr\b.*?</w:tr>", re.DOTALL)
_WRITTEN = re.compile(r"<w:t\b[^>]*>([^<]*)")
_LONG_ROW = 1500
"""Characters from which a row may run over the end of a page."""
_TWENTIETHS = 20
_A4_ROOM = 481.9
_SECONDS = 120


def write(leaf: Leaf, *, reference_doc: str = "", **options: Any) -> Rendered:
    """Return a document as DOCX, in the look of a reference document where one is named."""
    del options
    return Rendered(docx(leaf.paper, Path(reference_doc) if reference_doc else None), {})


def load() -> None:
    """Load the styles and the kit's own fonts."""
    pandoc()
    reference.load()
    faces.load(faces.faces(()).folders)


def docx(paper: Paper, own: Path | None = None) -> bytes:
    """Return a document as DOCX.

    Parameters
    ----------
    paper
        The document.
    own
        A reference document in place of the kit's own.

    Raises
    ------
    MissingExtra
        Pandoc is not installed.
    InputError
        The reference document can't be read.
    """
    data = _look(own) if own is not None else reference.reference(paper)
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        look = Path(folder) / "reference.docx"
        look.write_bytes(data)
        made = _pandoc(word.tree(paper, _room(data)), look)
    return _finished(made, paper)


def _look(path: Path) -> bytes:
    """Read a reference document."""
    where, mend = Where(str(path)), "name a Word document (.docx)"
    try:
        data = path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            if "word/document.xml" in bundle.namelist() and "word/styles.xml" in bundle.namelist():
                return data
    except FileNotFoundError:
        raise InputError("there is no such reference document", where, mend) from None
    except (OSError, zipfile.BadZipFile):
        pass
    raise InputError("the reference document can't be read as DOCX", where, mend)


def _room(data: bytes) -> float:
    """Return the width of the text that a reference document's page leaves, in points."""
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        sections = _SECTION.findall(bundle.read("word/document.xml").decode("utf-8", "replace"))
    for section in reversed(sections):
        sides = dict(_SIDES.findall("".join(_SIZE.findall(section))))
        margins = dict(_MARGINS.findall(section))
        if "w" in sides and len(margins) == 2:  # noqa: PLR2004 - left and right
            room = int(sides["w"]) - int(margins["left"]) - int(margins["right"])
            return max(room / _TWENTIETHS, _A4_ROOM / 3)
    return _A4_ROOM


def pandoc() -> str:
    """Return the path of pandoc.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        import pypandoc  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        raise MissingExtra("DOCX needs pandoc, which is not installed", "documents") from None
    try:
        return str(pypandoc.get_pandoc_path())
    except OSError:
        raise MissingExtra("DOCX needs pandoc, which is not installed", "documents") from None


def _pandoc(tree: word.Tree, look: Path) -> bytes:
    made = subprocess.run(  # noqa: S603 - our own command; what people typed goes in as data
        [pandoc(), "-f", "json", "-t", "docx", "--sandbox", f"--reference-doc={look}", "-o", "-"],
        input=json.dumps(tree).encode(),
        capture_output=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "315532800"},
        timeout=_SECONDS,
        check=False,
    )
    if made.returncode:
        said = made.stderr.decode("utf-8", "replace").strip() or f"exit code {made.returncode}"
        raise InputError(f"pandoc could not write the document: {said}", mend="report this with the plan")
    return made.stdout


# ------------------------------------------------------------------------------------------ finishing touches


def _finished(made: bytes, paper: Paper) -> bytes:
    """Turn the pages of wide tables, name the document, and date every file within alike."""
    data = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made)) as source,
        zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            content = source.read(info)
            if info.filename == "word/document.xml":
                content = _kept(_turned(content.decode())).encode()
            elif info.filename == "docProps/core.xml":
                content = _core(paper).encode()
            target.writestr(zipfile.ZipInfo(info.filename, reference.MOMENT), content, zipfile.ZIP_DEFLATED)
    return data.getvalue()


def _turned(document: str) -> str:
    """Put wide tables into sections of their own whose page is turned.

    The section at the end of the document holds page and running heads; the others are made from it. Running
    heads go on from one section to the next, so only the first one has to name them.
    """
    begins, ends = f"<!--{word.WIDE_BEGINS}-->", f"<!--{word.WIDE_ENDS}-->"
    if begins not in document:
        return document
    last = _SECTION.findall(document)[-1]
    size = _SIZE.search(last)
    sides = dict(_SIDES.findall(size[0])) if size else {"w": "11906", "h": "16838"}
    across = f'<w:pgSz w:w="{sides["h"]}" w:h="{sides["w"]}" w:orient="landscape"/>'
    down = f'<w:pgSz w:w="{sides["w"]}" w:h="{sides["h"]}"/>'
    margins = "".join(re.findall(r"<w:pgMar\b[^>]*/>", last)[:1])
    heads = "".join(_REFERENCES.findall(last))
    document = document.replace(f"{ends}{begins}", "").replace(begins, _break(heads + down + margins), 1)
    document = document.replace(begins, _break(down + margins))
    return document.replace(ends, _break(across + margins))


def _kept(document: str) -> str:
    """Keep rows of tables on one page, but for those that fill much of it; and commands with their checks."""
    document = _CHECKED.sub(r"\1<w:keepNext/>\2", document)

    def kept(found: re.Match[str]) -> str:
        row = found[0]
        if sum(map(len, _WRITTEN.findall(row))) > _LONG_ROW:
            return row
        if "<w:trPr>" in row:
            return row.replace("<w:trPr>", "<w:trPr><w:cantSplit/>", 1)
        return row.replace("<w:tr>", "<w:tr><w:trPr><w:cantSplit/></w:trPr>", 1)

    return _ROW.sub(kept, document)


def _break(section: str) -> str:
    return f"<w:p><w:pPr><w:sectPr>{section}</w:sectPr></w:pPr></w:p>"


def _core(paper: Paper) -> str:
    day = paper.about.get("day", "")
    moment = f"{day}T00:00:00Z" if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else "1980-01-01T00:00:00Z"
    dated = "".join(
        f'<dcterms:{each} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{each}>'
        for each in ("created", "modified")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<cp:coreProperties'
        ' xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:language>{paper.language}</dc:language>"
        f"{dated}</cp:coreProperties>"
    )
