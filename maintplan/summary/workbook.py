"""All tables of a plan as one workbook (XLSX), a sheet a table.

It is made for people: columns are called as on the form, values read as in the documents, numbers and dates
are numbers and dates. What a person typed stays text, also where a spreadsheet would take it for a formula.
The same plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from functools import cache
from string import ascii_uppercase
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from maintplan import fields, zipped
from maintplan.fields import Spec
from maintplan.plan import Standing
from maintplan.summary.phrases import words_of

Row = Sequence[tuple[Any, Spec | None]]
Sheet = tuple[str, Sequence[str], Iterable[Row]]

_NAME, _CELL = 31, 32_767
"""The longest name of a sheet, and the longest text of a cell, that spreadsheets take."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NARROW, _WIDE = 9, 60
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CORE = f"{_PACKAGE}/relationships/metadata"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OWN = 2
"""Looks that every workbook has: that of a sheet, and that of a header."""
_FIRST_FORMAT = 164
"""The first number that a format of one's own may have."""
_EPOCH, _CALENDAR = dt.date(1899, 12, 30), dt.date(1900, 3, 1)
"""Day nought of a spreadsheet, and the first from which all of them count alike."""
_EXACT = 10**15
"""Numbers beyond it lose digits in a spreadsheet."""


def workbook(standing: Standing, sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook.

    Parameters
    ----------
    standing
        How the plan stands.
    sheets
        Name, header and rows of each sheet; a row's cells are values with the kind that they are.
    """
    looks = _Looks()
    taken: set[str] = set()
    cut = words_of(standing)("tables.cut")
    made = [
        (_unique(name, taken), *_sheet(looks, header, rows, cut, first=not at))
        for at, (name, header, rows) in enumerate(sheets)
    ]
    names = [name for name, _, _ in made]
    files = {
        "[Content_Types].xml": _types(len(made)),
        "_rels/.rels": _relations(
            [(_OFFICE, "officeDocument", "xl/workbook.xml"), (_CORE, "core-properties", "docProps/core.xml")]
        ),
        "docProps/core.xml": _core(_cleaned(standing.plan.service.name)),
        "xl/workbook.xml": _book(names, [area for _, _, area in made]),
        "xl/_rels/workbook.xml.rels": _relations(
            [(_OFFICE, "worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(made) + 1)]
            + [(_OFFICE, "styles", "styles.xml")]
        ),
        "xl/styles.xml": looks.xml(),
        **{f"xl/worksheets/sheet{at}.xml": xml for at, (_, xml, _) in enumerate(made, 1)},
    }
    return zipped.pack({name: f"{_DECLARED}{xml}".encode() for name, xml in files.items()})


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that a sheet may have and no other has, whatever its case."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", _cleaned(name)).split()).strip("'") or "-"
    found, number = plain[:_NAME].strip(), 1
    while found.casefold() in taken or found.casefold() == "history":  # a name that Excel keeps for itself
        number += 1
        end = f" ({number})"
        found = plain[: _NAME - len(end)].rstrip() + end
    taken.add(found.casefold())
    return found


class _Looks:
    """How cells look: each look is kept once, by its number format and whether it stays text when edited."""

    def __init__(self) -> None:
        self._made: dict[tuple[str, bool], int] = {}

    def of(self, number_format: str = "General", *, quoted: bool = False) -> int:
        """Return the number of a look. The first ones are a sheet's own and its header's."""
        return self._made.setdefault((number_format, quoted), len(self._made) + _OWN)

    def xml(self) -> str:
        """Return all looks."""
        formats = {
            name: _FIRST_FORMAT + at for at, name in enumerate(dict.fromkeys(n for n, _ in self._made))
        }
        formats["General"] = 0
        listed = [
            f'<numFmt numFmtId="{at}" formatCode={quoteattr(name)}/>' for name, at in formats.items() if at
        ]
        top = ' applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        head = 'numFmtId="0" fontId="1" fillId="0" borderId="1" xfId="0" applyFont="1" applyBorder="1"'
        looks = ['<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>', f"<xf {head}{top}"]
        for name, quoted in self._made:
            said = ' quotePrefix="1"' if quoted else ""
            about = f'numFmtId="{formats[name]}" fontId="0" fillId="0" borderId="0" xfId="0"{said}'
            looks.append(f'<xf {about} applyNumberFormat="1"{top}')
        font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
        none = "<left/><right/><top/>"
        line = '<bottom style="thin"><color rgb="FF8B8983"/></bottom><diagonal/>'
        return (
            f'<styleSheet xmlns="{_MAIN}">'
            + (f'<numFmts count="{len(listed)}">{"".join(listed)}</numFmts>' if listed else "")
            + f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            f'<borders count="2"><border>{none}<bottom/><diagonal/></border>'
            f"<border>{none}{line}</border></borders>"
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{len(looks)}">{"".join(looks)}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
            "</styleSheet>"
        )


def _sheet(
    looks: _Looks, header: Sequence[str], rows: Iterable[Row], cut: str, *, first: bool
) -> tuple[str, str]:
    """Return a sheet, and the area that its table fills."""
    wide = [len(label) + 2 for label in header]
    heads = "".join(
        _said(f"{_letters(column)}1", _cleaned(label), 1) for column, label in enumerate(header, 1)
    )
    out = [f'<row r="1">{heads}</row>']
    last = 1
    for last, row in enumerate(rows, 2):
        cells = []
        for column, (value, spec) in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell, shown = _cell(f"{_letters(column)}{last}", value, spec, looks, cut)
            cells.append(cell)
            wide[column - 1] = max(wide[column - 1], max(map(len, shown.splitlines()), default=0) + 2)
        out.append(f'<row r="{last}">{"".join(cells)}</row>')
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{min(max(width, _NARROW), _WIDE)}" customWidth="1"/>'
        for at, width in enumerate(wide, 1)
    )
    area = f"A1:{_letters(len(header) or 1)}{last}"
    chosen = ' tabSelected="1"' if first else ""
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><dimension ref="{area}"/>'
        f'<sheetViews><sheetView{chosen} workbookViewId="0"><pane ySplit="1" topLeftCell="A2"'
        ' activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
        '<sheetFormatPr defaultRowHeight="15"/>'
        + (f"<cols>{columns}</cols>" if columns else "")
        + f"<sheetData>{''.join(out)}</sheetData>"
        + (f'<autoFilter ref="{area}"/>' if header else "")
        + '<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
    ), area


def _cell(place: str, value: Any, spec: Spec | None, looks: _Looks, cut: str) -> tuple[str, str]:
    """Return a cell, and about what it shows."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT:
        number_format = "General"
        if spec is not None and spec.kind == "percent":
            number_format = '0.####" %"'
        elif spec is not None and spec.unit:
            number_format = f'#,##0.####" {_NOT_IN_CELLS.sub("", spec.unit).replace(chr(34), "")}"'
        return f'<c r="{place}" s="{looks.of(number_format)}"><v>{value!r}</v></c>', str(value)
    if spec is not None and spec.kind == "date":
        day = dt.date.fromisoformat(value)
        if day >= _CALENDAR:
            number = (day - _EPOCH).days
            return f'<c r="{place}" s="{looks.of("yyyy-mm-dd")}"><v>{number}</v></c>', value
    text = _cleaned(fields.show(value, spec) if spec is not None else str(value))
    if len(text) > _CELL:
        text = f"{text[: _CELL - len(cut) - 1]} {cut}"
    look = looks.of(quoted=text.startswith(("=", "+", "-", "@")))
    return _said(place, text, look), text


def _said(place: str, text: str, look: int) -> str:
    """Return a cell of text: as such, also where it looks like a formula."""
    return f'<c r="{place}" s="{look}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


@cache
def _letters(column: int) -> str:
    """Return how a column is called: A to Z, then AA."""
    rest, last = divmod(column - 1, len(ascii_uppercase))
    return (_letters(rest) if rest else "") + ascii_uppercase[last]


def _book(names: Sequence[str], areas: Sequence[str]) -> str:
    sheets, defined = [], []
    for at, (name, area) in enumerate(zip(names, areas, strict=True)):
        sheets.append(f'<sheet name={quoteattr(name)} sheetId="{at + 1}" r:id="rId{at + 1}"/>')
        quoted = "'" + name.replace("'", "''") + "'"
        fixed = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", area)
        defined.append(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'
            f"{escape(quoted)}!{fixed}</definedName>"
        )
        defined.append(
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{escape(quoted)}!$1:$1</definedName>'
        )
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{''.join(sheets)}</sheets><definedNames>{''.join(defined)}</definedNames></workbook>"
    )


def _types(count: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "/xl/workbook.xml": f"{kind}.sheet.main+xml",
        "/xl/styles.xml": f"{kind}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{f"/xl/worksheets/sheet{at}.xml": f"{kind}.worksheet+xml" for at in range(1, count + 1)},
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{what}"/>' for name, what in parts.items())
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _relations(targets: Sequence[tuple[str, str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{at}" Type="{base}/{kind}" Target="{target}"/>'
        for at, (base, kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _core(title: str) -> str:
    dated = "".join(
        f'<dcterms:{each} xsi:type="dcterms:W3CDTF">1980-01-01T00:00:00Z</dcterms:{each}>'
        for each in ("created", "modified")
    )
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>maintplan</dc:creator>{dated}</cp:coreProperties>"
    )


def _cleaned(text: str) -> str:
    return _NOT_IN_CELLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
