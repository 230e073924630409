"""The reference document of a DOCX: styles, page, running heads, built from ``templates/report/word.yaml``.

An organisation's own can stand in its place; its fonts, its logo and its running heads are then the
document's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from maintplan import yamltext
from maintplan.reporting.paper import Paper
from maintplan.resources import report_template

Style = Mapping[str, Any]

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_PARTS = {
    "styles": "styles+xml",
    "settings": "settings+xml",
    "fontTable": "fontTable+xml",
    "header1": "header+xml",
    "footer1": "footer+xml",
}
_LONGEST_HEAD = 60
"""Characters that a running head takes of a name."""
_INK = "1b1f23"
_CODE = "Consolas"
_SETTINGS = (
    '<w:defaultTabStop w:val="720"/><w:compat><w:compatSetting w:name="compatibilityMode"'
    ' w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)
"""Without the second, Word opens the document as one of its version of 2007."""


def files(paper: Paper) -> dict[str, str]:
    """Return the reference document for one document, whose running heads name it: its files by name."""
    look = _look(report_template() / "word.yaml")
    return {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations([("officeDocument", "word/document.xml")]),
        "word/document.xml": _document(look["page"]),
        "word/_rels/document.xml.rels": _relations(
            [(part.rstrip("1"), f"{part}.xml") for part in _PARTS],
        ),
        "word/styles.xml": _styles(report_template() / "word.yaml", paper.language),
        "word/settings.xml": _part("settings", _SETTINGS),
        "word/fontTable.xml": _part("fonts", "".join(_fonts(look["fonts"]))),
        "word/header1.xml": _part("hdr", _header(paper)),
        "word/footer1.xml": _part("ftr", _footer(paper)),
    }


def lacking(known: Mapping[str, str], taken: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the styles that another reference document lacks, and their ids by name.

    Parameters
    ----------
    known
        The ids of the styles that it has, by their names in small letters.
    taken
        All ids that it has.
    """
    look = _look(report_template() / "word.yaml")
    missing = [
        (kind, style)
        for kind, group in (("paragraph", "styles"), ("character", "characters"))
        for style in look[group]
        if str(style["name"]).casefold() not in known
    ]
    ids: dict[str, str] = {}
    for name in (*(str(style["name"]) for _, style in missing), "Table"):
        if name.casefold() not in known:
            own = style_id(name)
            while own in taken or own in ids.values():
                own += "1"
            ids[name] = own

    def named(name: str) -> str:
        # Word's own base of all characters or tables stands in no document that another program wrote.
        return known.get(name.casefold()) or ids.get(name, "")

    out = [_style(kind, _unobtrusive(style), named) for kind, style in missing]
    if "Table" in ids:
        out.append(_table(look["table"], named))
    return "".join(out), ids


def _unobtrusive(style: Style) -> Style:
    """Return a style without what the organisation's own says: the font, but for code, and the ink."""
    kept = {key: value for key, value in style.items() if key != "font" or value == _CODE}
    return {key: value for key, value in kept.items() if key != "colour" or value != _INK}


def load() -> None:
    """Load the styles."""
    _look(report_template() / "word.yaml")


@lru_cache(maxsize=4)
def _look(path: Path) -> Mapping[str, Any]:
    look: Mapping[str, Any] = _numbers(yamltext.read_file(path).data)
    return look


def _numbers(data: Any) -> Any:
    """Make numbers and truths of the texts that they are in the file."""
    if isinstance(data, dict):
        return {key: value if key in _NAMES else _numbers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_numbers(each) for each in data]
    if data == "true":
        return True
    try:
        return float(data)
    except (TypeError, ValueError):
        return data


_NAMES = frozenset(("name", "based", "next", "font", "colour", "bar", "shade", "under", "rule", "hairline"))


def _part(tag: str, content: str) -> str:
    return f"{_DECLARED}<w:{tag} {_W} {_R}>{content}</w:{tag}>"


def _content_types() -> str:
    parts = {"document": "document.main+xml", **_PARTS}
    listed = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_TYPES}.{kind}"/>'
        for name, kind in parts.items()
    )
    return (
        f'{_DECLARED}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(targets: list[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, start=1)
    )
    return f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _document(page: Mapping[str, float]) -> str:
    names = list(_PARTS)
    side, top, bottom = (_twentieths(page[each]) for each in ("side", "top", "bottom"))
    section = (
        f'<w:headerReference w:type="default" r:id="rId{names.index("header1") + 1}"/>'
        f'<w:footerReference w:type="default" r:id="rId{names.index("footer1") + 1}"/>'
        f'<w:pgSz w:w="{_twentieths(page["width"])}" w:h="{_twentieths(page["height"])}"/>'
        f'<w:pgMar w:top="{top}" w:right="{side}" w:bottom="{bottom}" w:left="{side}"'
        f' w:header="{_twentieths(page["header"])}" w:footer="{_twentieths(page["footer"])}" w:gutter="0"/>'
    )
    return _part("document", f"<w:body><w:p/><w:sectPr>{section}</w:sectPr></w:body>")


def _header(paper: Paper) -> str:
    return _line("Header", _short(paper.title), _text(", ".join(paper.facts())))


def _footer(paper: Paper) -> str:
    service = paper.about.get("service") or paper.title
    of = _text(f" {paper.words('frame.of')} ")
    count = f"{_field('PAGE')}{of}{_field('NUMPAGES')}"
    return _line("Footer", f"{paper.words('frame.made_from')} {_short(service)}", count)


def _line(style: str, left: str, right: str) -> str:
    """Return a line with something at both ends: a table, since it is as wide as its page."""
    border = '<w:bottom w:val="single" w:sz="4" w:space="0" w:color="e3e0d8"/>' if style == "Header" else ""
    sides = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{share}" w:type="pct"/><w:tcBorders>{border}</w:tcBorders></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:jc w:val="{side}"/></w:pPr>{said}</w:p></w:tc>'
        for share, side, said in ((2500, "left", _text(left)), (2500, "right", right))
    )
    return (
        '<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblLayout w:type="fixed"/>'
        '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:bottom w:w="80" w:type="dxa"/>'
        '<w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="4819"/><w:gridCol w:w="4819"/></w:tblGrid><w:tr>{sides}</w:tr></w:tbl>'
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:spacing w:before="0" w:after="0" w:line="20"'
        ' w:lineRule="exact"/></w:pPr></w:p>'
    )


def _short(text: str) -> str:
    """Return a text for a running head, where the title page says it whole."""
    return text if len(text) <= _LONGEST_HEAD else f"{text[: _LONGEST_HEAD - 1].rstrip()}\u2026"


def _text(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr=" {name} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def _fonts(fonts: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    for name, about in fonts.items():
        pitch = about.get("pitch", "variable")
        yield (
            f'<w:font w:name={quoteattr(name)}><w:altName w:val="{about["instead"]}"/>'
            f'<w:family w:val="{about["family"]}"/><w:pitch w:val="{pitch}"/></w:font>'
        )


# ------------------------------------------------------------------------------------------------- styles


@lru_cache(maxsize=4)
def _styles(path: Path, language: str) -> str:
    look = _look(path)
    body = look["styles"][0]
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_characters(body)}"
        f'<w:lang w:val="{language}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )
    own = "".join(_style("paragraph", each, default=each is body) for each in look["styles"])
    characters = "".join(_style("character", each) for each in look["characters"])
    base = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>'
        '<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="NormalTable"><w:name w:val="Normal Table"/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
    )
    return _part("styles", f"{defaults}{base}{own}{characters}{_table(look['table'])}")


def style_id(name: str) -> str:
    """Return the id that Word gives a style of this name."""
    words = name.split()
    return "".join("TOC" if word == "toc" else f"{word[:1].upper()}{word[1:]}" for word in words)


_BUILT_IN = frozenset(
    ("Normal", "Body Text", "Title", "Subtitle", "Block Text", "caption", "header", "footer", "Hyperlink")
)


def _style(kind: str, style: Style, named: Callable[[str], str] = style_id, *, default: bool = False) -> str:
    name = str(style["name"])
    known = name in _BUILT_IN or name.startswith(("heading ", "toc "))
    first = ' w:default="1"' if default else ""
    custom = "" if known else ' w:customStyle="1"'
    out = [f'<w:style w:type="{kind}"{first}{custom} w:styleId="{named(name)}"><w:name w:val="{name}"/>']
    based = style.get("based") or ("Default Paragraph Font" if kind == "character" else "")
    out.append(_based(named(based) if based else ""))
    if "next" in style:
        out.append(f'<w:next w:val="{named(style["next"])}"/>')
    out.append("<w:qFormat/>")
    if kind == "paragraph":
        out.append(f"<w:pPr>{''.join(_paragraph(style))}</w:pPr>")
    out.append(f"<w:rPr>{_characters(style)}</w:rPr></w:style>")
    return "".join(out)


def _based(on: str) -> str:
    return f'<w:basedOn w:val="{on}"/>' if on else ""


def _paragraph(style: Style) -> Iterator[str]:
    """Yield what Word wants to know of a paragraph, in the order in which it wants it."""
    if style.get("keep_next"):
        yield "<w:keepNext/>"
    if style.get("keep_lines") or style.get("level"):
        yield "<w:keepLines/>"
    if "bar" in style:
        yield f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="7" w:color="{style["bar"]}"/></w:pBdr>'
    if "under" in style:
        yield f'<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="5" w:color="{style["under"]}"/></w:pBdr>'
    if "shade" in style:
        yield f'<w:shd w:val="clear" w:color="auto" w:fill="{style["shade"]}"/>'
        yield '<w:wordWrap w:val="0"/>'
    spacing = [f'w:{name}="{_twentieths(style[name])}"' for name in ("before", "after") if name in style]
    if "line" in style:
        spacing.append(f'w:line="{round(240 * style["line"])}" w:lineRule="auto"')
    if spacing:
        yield f"<w:spacing {' '.join(spacing)}/>"
    if "indent" in style:
        yield f'<w:ind w:left="{_twentieths(style["indent"])}"/>'
    if "level" in style:
        yield f'<w:outlineLvl w:val="{round(style["level"]) - 1}"/>'


def _characters(style: Style) -> str:
    out = []
    if "font" in style:
        font = style["font"]
        out.append(f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:cs="{font}"/>')
    if style.get("bold"):
        out.append("<w:b/><w:bCs/>")
    if "colour" in style:
        out.append(f'<w:color w:val="{style["colour"]}"/>')
    if "size" in style:
        half = round(2 * style["size"])
        out.append(f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>')
    if style.get("underline"):
        out.append('<w:u w:val="single"/>')
    return "".join(out)


def _table(look: Mapping[str, Any], named: Callable[[str], str] = style_id) -> str:
    gap = _twentieths(look["gap"])
    lines = f'w:val="single" w:sz="4" w:space="0" w:color="{look["hairline"]}"'
    return (
        f'<w:style w:type="table" w:customStyle="1" w:styleId="{named("Table")}"><w:name w:val="Table"/>'
        f"{_based(named('Normal Table'))}<w:qFormat/>"
        f'<w:tblPr><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders><w:bottom {lines}/><w:insideH {lines}/></w:tblBorders>"
        '<w:tblCellMar><w:top w:w="20" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>'
        f'<w:bottom w:w="20" w:type="dxa"/><w:right w:w="{gap}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        '<w:tblStylePr w:type="firstRow"><w:tcPr><w:tcBorders>'
        f'<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{look["rule"]}"/></w:tcBorders>'
        '<w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
    )


def _twentieths(points: float) -> int:
    return round(20 * points)
