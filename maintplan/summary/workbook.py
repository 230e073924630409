"""All tables of a plan as one workbook (XLSX), a sheet a table.

It is made for people: columns are called as on the form, values read as in the documents, numbers and dates
are numbers and dates. What a person typed stays text, also where a spreadsheet would take it for a formula.
The same plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from maintplan import fields, lean, zipped
from maintplan.fields import Spec
from maintplan.plan import Standing
from maintplan.summary.phrases import words_of

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

Row = Sequence[tuple[Any, Spec | None]]
Sheet = tuple[str, Sequence[str], Iterable[Row]]

_NAME, _CELL = 31, 32_767
"""The longest name of a sheet, and the longest text of a cell, that spreadsheets take."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NARROW, _WIDE = 9, 60
_MOMENTS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
_EXACT = 10**15
"""Numbers beyond it lose digits in a spreadsheet."""


def load() -> None:
    """Load what writes a workbook; numbers are Python's own, so numpy is not loaded for it."""
    with lean.without("numpy"):
        import openpyxl  # noqa: F401, PLC0415 - see below


def workbook(standing: Standing, sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook.

    Parameters
    ----------
    standing
        How the plan stands.
    sheets
        Name, header and rows of each sheet; a row's cells are values with the kind that they are.
    """
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import, and few ask for a workbook

    book = Workbook()
    book.remove(book["Sheet"])
    book.properties.creator = "maintplan"
    book.properties.title = _cleaned(standing.plan.service.name)
    looks = _Looks(book)
    taken: set[str] = set()
    cut = words_of(standing)("tables.cut")
    for name, header, rows in sheets:
        _fill(book.create_sheet(_unique(name, taken)), looks, header, rows, cut)
    return _settled(book)


def _settled(book: Any) -> bytes:
    """Return a workbook's bytes without the moment of writing."""
    import io  # noqa: PLC0415 - here alone

    data = io.BytesIO()
    book.save(data)
    files = zipped.unpack(data.getvalue())
    core = "docProps/core.xml"
    files[core] = _MOMENTS.sub(rb"\g<1>1980-01-01T00:00:00Z", files[core])
    return zipped.pack(files)


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
    """How cells look; each look is made once and shared, since openpyxl compares a new one with all."""

    def __init__(self, book: Workbook) -> None:
        from openpyxl.styles import Alignment, Border, Font, Side  # noqa: PLC0415 - see above

        self._cell = book.create_sheet("looks").cell
        self._made: dict[tuple[str, bool], Any] = {}
        head = self._cell(1, 1)
        head.font = Font(bold=True)
        head.border = Border(bottom=Side(style="thin", color="FF8B8983"))
        self._top = Alignment(vertical="top", wrap_text=True)
        head.alignment = self._top
        self.head: Any = head._style  # noqa: SLF001 - openpyxl's own way to give a look on
        book.remove(book["looks"])

    def of(self, number_format: str, *, quoted: bool = False) -> Any:
        """Return the look of a cell: its number format, and whether it stays text when it is edited."""
        key = (number_format, quoted)
        if key not in self._made:
            cell: Any = self._cell(len(self._made) + 2, 1)
            cell.alignment = self._top
            cell.number_format = number_format
            if quoted:
                cell.quotePrefix = True
            self._made[key] = cell._style  # noqa: SLF001 - see above
        return self._made[key]


def _fill(sheet: Worksheet, looks: _Looks, header: Sequence[str], rows: Iterable[Row], cut: str) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - see above

    wide = [len(label) + 2 for label in header]
    for column, label in enumerate(header, 1):
        _put(sheet.cell(1, column), label, None, looks, cut)
        head: Any = sheet.cell(1, column)
        head._style = looks.head  # noqa: SLF001 - see above
    last = 1
    for last, row in enumerate(rows, 2):
        for column, (value, spec) in enumerate(row, 1):
            if value is None or value == "":
                continue
            cell = sheet.cell(last, column)
            _put(cell, value, spec, looks, cut)
            longest = max((len(each) for each in str(cell.value).splitlines()), default=0)
            wide[column - 1] = max(wide[column - 1], longest + 2)
    for column, width in enumerate(wide, 1):
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width, _NARROW), _WIDE)
    sheet.freeze_panes = "A2"
    if header:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{last}"
    sheet.page_setup.orientation = "landscape"
    sheet.print_title_rows = "1:1"


def _put(cell: Any, value: Any, spec: Spec | None, looks: _Looks, cut: str) -> None:
    number_format, quoted = "General", False
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT:
        cell.value = value
        if spec is not None and spec.kind == "percent":
            number_format = '0.####" %"'
        elif spec is not None and spec.unit:
            number_format = f'#,##0.####" {_NOT_IN_CELLS.sub("", spec.unit).replace(chr(34), "")}"'
    elif spec is not None and spec.kind == "date":
        cell.value = dt.date.fromisoformat(value)
        number_format = "yyyy-mm-dd"
    else:
        text = _cleaned(fields.show(value, spec) if spec is not None else str(value))
        if len(text) > _CELL:
            text = f"{text[: _CELL - len(cut) - 1]} {cut}"
        cell.value = text
        cell.data_type = "s"  # also where it looks like a formula
        quoted = text.startswith(("=", "+", "-", "@"))
    cell._style = looks.of(number_format, quoted=quoted)  # noqa: SLF001 - see above


def _cleaned(text: str) -> str:
    return _NOT_IN_CELLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
