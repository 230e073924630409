"""A batch's manifest: one service a row, as CSV, Excel or YAML.

Every cell stays the text that it is; what it means is said by the same parsers as everywhere. What is wrong
with the table as a whole is refused before anything runs. What is wrong with one row is that row's own
outcome.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from maintplan import yamltext
from maintplan.errors import InputError, MaintplanError, Problems, ValueProblem, Where, unknown
from maintplan.fields.given import clean

COLUMNS = ("service", "tier", "stage", "plan", "template", "layers", "inherits", "answers", "artifacts")
"""The columns besides those that are places."""
_LONGEST = 120
"""Bytes of a folder's name, so that files in it have room, and temporary names beside it."""
_UNFIT = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]+|^[.\s]+|[.\s]+$')
_RESERVED = frozenset(
    {
        "con",
        "prn",
        "aux",
        "nul",
        "portfolio.html",
        "batch.json",
        "plans.parquet",
        "findings.csv",
        "tickets.csv",
    }
)
_MOST = 200
"""Characters of a service's name, as in a plan."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes
    ----------
    number
        Where it stands: the line of a CSV or YAML file, the row of a sheet.
    service
        The service's name.
    folder
        Name of the folder that its results go to.
    cells
        The other named columns that say something.
    places
        Columns named by a place, with their text.
    """

    number: int
    service: str
    folder: str
    cells: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def listed(self, column: str) -> list[str]:
        """Return what a cell names: one after the other with commas or semicolons, or a list as in YAML.

        Raises
        ------
        InputError
            For a list that can't be read.
        """
        text = self.cells.get(column, "")
        if text.startswith("["):
            found: Any = yamltext.read(text, "the cell").data
            return [str(each) for each in found]
        return [each.strip() for each in re.split(r"[,;]", text) if each.strip()]


def read(path: Path) -> tuple[Row, ...]:
    """Read a manifest.

    Raises
    ------
    InputError
        For a file that is no manifest; `Problems` for several things that are wrong.
    """
    name = str(path)
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xlsm"):
        table = _sheet(path)
    elif suffix in (".yaml", ".yml", ".json"):
        table = _yaml(path)
    else:
        table = _csv(path)
    return _rows(table, name)


Table = Iterator[tuple[int, Mapping[str, str]]]


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("the manifest is not UTF-8", Where(str(path)), "save it as UTF-8") from None
    except OSError as error:
        what = f"the manifest can't be read: {(error.strerror or str(error)).lower()}"
        raise InputError(what, Where(str(path)), "name a CSV, XLSX or YAML file") from None


def _csv(path: Path) -> Table:
    text = _text(path)
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(each.strip() for each in cells):
                continue
            if columns is None:
                columns = _columns(cells, Where(str(path), reader.line_num))
                continue
            if len(cells) > len(columns) and any(each.strip() for each in cells[len(columns) :]):
                what = f"the row has {len(cells)} cells, its head {len(columns)}"
                mend = "put a cell that holds a comma in double quotes"
                raise InputError(what, Where(str(path), reader.line_num), mend)
            yield reader.line_num, dict(zip(columns, cells, strict=False))
    except csv.Error as error:
        raise InputError(
            f"this is no CSV: {error}", Where(str(path), reader.line_num), "check its quotes"
        ) from None
    if columns is None:
        raise InputError("the manifest is empty", Where(str(path)), "its first line names the columns")


def _sheet(path: Path) -> Table:
    import openpyxl  # noqa: PLC0415 - only for a manifest that is a workbook

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        what = f"the workbook can't be read: {error.strerror or error}"
        raise InputError(what, Where(str(path)), "look at the file and its permissions") from None
    except (KeyError, ValueError, zipfile.BadZipFile):
        what = "the workbook can't be read: it is not what its name says"
        raise InputError(what, Where(str(path)), "save it as XLSX in a spreadsheet, or as CSV") from None
    columns: list[str] | None = None
    try:
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            said = [_cell(each) for each in cells]
            if not any(said):
                continue
            if columns is None:
                columns = _columns(said, Where(str(path), number))
            else:
                yield number, dict(zip(columns, said, strict=False))
    finally:
        book.close()
    if columns is None:
        raise InputError("the manifest is empty", Where(str(path)), "its first row names the columns")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value).strip()


def _yaml(path: Path) -> Table:
    document = yamltext.read_file(path)
    data: Any = document.data
    at: tuple[str | int, ...] = ()
    if isinstance(data, dict) and set(data) == {"services"}:
        data, at = data["services"], ("services",)
    if not isinstance(data, list) or not all(isinstance(each, dict) for each in data):
        mend = "write a list, with a mapping for each service: - {service: checkout, tier: 1}"
        raise InputError("the manifest is no list of services", Where(str(path), document.line(at)), mend)
    if not data:
        raise InputError("the manifest is empty", Where(str(path)), "name the services, one an entry")
    for index, each in enumerate(data):
        cells = {
            str(key): value.strip() if isinstance(value, str) else yamltext.dump_line(value)
            for key, value in each.items()
            if value is not None
        }
        yield document.line((*at, index)) or index + 1, cells


def _columns(cells: Sequence[str], where: Where) -> list[str]:
    names = [each.strip() for each in cells]
    while names and not names[-1]:
        names.pop()
    for name in names:
        if not name:
            raise InputError("a column has no name", where, "name it, or take it away")
        if names.count(name) > 1:
            raise InputError(f"two columns are named {name!r}", where, "keep one of them")
    return names


def _rows(table: Table, name: str) -> tuple[Row, ...]:
    problems: list[MaintplanError] = []
    rows: list[Row] = []
    folders: dict[str, Row] = {}
    services: dict[str, int] = {}
    known: set[str] = set()
    for number, cells in table:
        if not known and "service" not in cells:
            raise _no_service(cells, name)
        for column in cells:
            if column not in known:
                known.add(column)
                _check_column(column, Where(name, number if not rows else None))
        service = cells.get("service", "").strip()
        where = Where(name, number, "service")
        try:
            _check_name(service, services, where)
        except InputError as error:
            problems.append(error)
            continue
        services[service] = number
        folder = _folder(service, folders)
        said = {each: cells[each].strip() for each in COLUMNS[1:] if cells.get(each, "").strip()}
        places = {each: text.strip() for each, text in cells.items() if each not in COLUMNS and text.strip()}
        rows.append(Row(number, service, folder, said, places))
        folders[folder.casefold()] = rows[-1]
    if problems:
        raise problems[0] if len(problems) == 1 else Problems(problems)
    if not rows:
        raise InputError("the manifest names no service", Where(name), "add a row for each")
    return tuple(rows)


def _check_column(column: str, where: Where) -> None:
    """Refuse a column that is neither one of ours nor shaped like a place; whether it is, the row says."""
    if column in COLUMNS or "." in column:
        return
    error = unknown("column", column, COLUMNS, Where(where.file, where.line, column))
    error.mend = f"{error.mend}; a place has dots in it: question.consideration.field"
    raise error


def _check_name(service: str, earlier: Mapping[str, int], where: Where) -> None:
    """Refuse what is no name of a service, or that of one above."""
    if not service:
        raise InputError("the row names no service", where, "name it, or take the row away")
    if len(service) > _MOST:
        what = f"the service's name has {len(service)} characters"
        raise InputError(what, where, f"{_MOST} is the most")
    if service in earlier:
        what = f"the service {service!r} stands in line {earlier[service]} already"
        raise InputError(what, where, "each service has one row")
    try:
        clean(service)
    except ValueProblem as problem:
        raise InputError(problem.what, where, problem.mend) from None


def _no_service(cells: Mapping[str, str], name: str) -> InputError:
    shown = ", ".join(list(cells)[:6])
    what = "the manifest has no column service" + (f", only {shown}" if shown else "")
    return InputError(what, Where(name), "name the column that holds the services' names: service")


def _folder(service: str, taken: Mapping[str, Row]) -> str:
    """Return a folder's name that every file system takes, and that no other service has."""
    plain = _UNFIT.sub("-", unicodedata.normalize("NFC", service)).strip("- ") or "service"
    while len(plain.encode()) > _LONGEST:
        plain = plain[:-1]
    key = plain.casefold()
    if plain == service and key not in taken and key not in _RESERVED:
        return plain
    return f"{plain}-{hashlib.sha256(service.encode()).hexdigest()[:8]}"
