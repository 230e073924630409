"""All tables of a plan as one workbook (XLSX), a sheet a table.

It is made for people: columns are called as on the form, values read as in the documents, numbers and dates
are numbers and dates. What a person typed stays text, also where a spreadsheet would take it for a formula.
The same plan gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.fields import Spec
from maintplan.plan import Standing
from maintplan.summary.phrases import words_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Row = Sequence[tuple[Any, Spec | None]]
Sheet = tuple[str, Sequence[str], Iterable[Row]]

_NAME, _CELL = 31, 32_767
"""The longest name of a sheet, and the longest text of a cell, that spreadsheets take, in units of UTF-16."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NOT_IN_CELLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_NARROW, _WIDE = 9, 60
_EXACT = 10**15
"""Numbers beyond it lose digits in a spreadsheet."""
_CALENDAR = dt.date(1900, 3, 1)
"""The first day from which all spreadsheets count alike."""
_MADE = dt.datetime(1980, 1, 1)  # noqa: DTZ001 - as the file has it, without a zone
_TOP = {"valign": "top", "text_wrap": True}
_HEAD = {**_TOP, "bold": True, "bottom": 1, "bottom_color": "#8B8983"}


def workbook(standing: Standing, sheets: Iterable[Sheet]) -> bytes:
    """Return a workbook.

    Parameters
    ----------
    standing
        How the plan stands.
    sheets
        Name, header and rows of each sheet; a row's cells are values with the kind that they are.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - few ask for a workbook

    data = io.BytesIO()
    with Workbook(data, {"in_memory": True}) as book:
        title = _cleaned(standing.plan.service.name)
        book.set_properties({"author": "maintplan", "title": title, "created": _MADE})
        looks = _Looks(book)
        taken: set[str] = set()
        cut = words_of(standing)("tables.cut")
        for name, header, rows in sheets:
            _fill(book.add_worksheet(_unique(name, taken)), looks, header, rows, cut)
    return data.getvalue()


def _unique(name: str, taken: set[str]) -> str:
    """Return a name that a sheet may have and no other has, whatever its case."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", _cleaned(name)).split()).strip("'") or "-"
    found, number = _cut(plain, _NAME).strip(), 1
    while found.casefold() in taken or found.casefold() == "history":  # a name that Excel keeps for itself
        number += 1
        end = f" ({number})"
        found = _cut(plain, _NAME - len(end)).rstrip() + end
    taken.add(found.casefold())
    return found


class _Looks:
    """How cells look; each look is made once."""

    def __init__(self, book: Workbook) -> None:
        self.head: Format = book.add_format(_HEAD)
        self.of = cache(self._make)
        self._book = book

    def _make(self, number_format: str = "General", *, quoted: bool = False) -> Format:
        """Return the look of a cell: its number format, and whether it stays text when it is edited."""
        return self._book.add_format({**_TOP, "num_format": number_format, "quote_prefix": quoted})


def _fill(sheet: Worksheet, looks: _Looks, header: Sequence[str], rows: Iterable[Row], cut: str) -> None:
    wide = [len(label) + 2 for label in header]
    for column, label in enumerate(header):
        sheet.write_string(0, column, _cleaned(label), looks.head)
    last = 0
    for last, row in enumerate(rows, 1):
        for column, (value, spec) in enumerate(row):
            if value is None or value == "":
                continue
            shown = _put(sheet, (last, column), value, spec, looks, cut)
            wide[column] = max(wide[column], max(map(len, shown.splitlines()), default=0) + 2)
    for column, width in enumerate(wide):
        sheet.set_column(column, column, min(max(width, _NARROW), _WIDE))
    sheet.freeze_panes(1, 0)
    if header:
        sheet.autofilter(0, 0, last, len(header) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)  # as wide as a page, as long as it is
    sheet.repeat_rows(0)


def _put(
    sheet: Worksheet, place: tuple[int, int], value: Any, spec: Spec | None, looks: _Looks, cut: str
) -> str:
    """Write a cell, and return about what it shows."""
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _EXACT:
        number_format = "General"
        if spec is not None and spec.kind == "percent":
            number_format = '0.####" %"'
        elif spec is not None and spec.unit:
            number_format = f'#,##0.####" {_NOT_IN_CELLS.sub("", spec.unit).replace(chr(34), "")}"'
        sheet.write_number(*place, value, looks.of(number_format))
        return str(value)
    if spec is not None and spec.kind == "date" and (day := dt.date.fromisoformat(value)) >= _CALENDAR:
        sheet.write_datetime(*place, day, looks.of("yyyy-mm-dd"))
        return str(value)
    text = _cleaned(fields.show(value, spec) if spec is not None else str(value))
    if _cut(text, _CELL) != text:
        text = f"{_cut(text, _CELL - len(cut) - 1)} {cut}"
    sheet.write_string(*place, text, looks.of(quoted=text.startswith(("=", "+", "-", "@"))))
    return text


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text, in at most so many units of UTF-16."""
    return (
        text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore") if len(text) * 2 > most else text
    )


def _cleaned(text: str) -> str:
    return _NOT_IN_CELLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
