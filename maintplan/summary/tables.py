"""A plan's answers as pandas tables, and as CSV files for other tools."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan import atomic, fields
from maintplan.fields import Spec
from maintplan.plan import Standing
from maintplan.review import Review, action_for
from maintplan.summary.phrases import words_of
from maintplan.template import Field

if TYPE_CHECKING:
    import pandas as pd

    from maintplan.summary.workbook import Sheet

RACI, WORKBOOK = "raci.csv", "tables.xlsx"
"""Names of the files: who is responsible for what, and all tables in one."""
FINDING_COLUMNS = (
    "id",
    "rule",
    "severity",
    "state",
    "question",
    "at",
    "message",
    "remedy",
    "source",
    "owner",
    "due",
    "action",
    "ticket",
    "until",
)
"""The columns of the findings as a table."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def considerations(standing: Standing) -> pd.DataFrame:
    """Return one row for each consideration: question, consideration, state, owner, counts of its fields."""
    return _frame(_considerations(standing))


def values(standing: Standing, question: str | None = None) -> pd.DataFrame:
    """Return one row for each field that is asked or answered: place, label, value, state, source.

    Parameters
    ----------
    standing
        How the plan stands.
    question
        Only this question's fields.
    """
    return _frame(_values(standing, question))


def table(standing: Standing, name: str) -> pd.DataFrame:
    """Return a table field's rows, in typed columns: numbers, timedeltas, dates and booleans.

    Parameters
    ----------
    standing
        How the plan stands.
    name
        The table's place, or ``question.field``.
    """
    import pandas as pd  # noqa: PLC0415 - pandas takes half a second to import

    from maintplan.plan import places  # noqa: PLC0415

    field = places.find(standing.plan.template, name).field
    if field is None or field.kind != "table":
        from maintplan.errors import InputError, Where  # noqa: PLC0415

        raise InputError("this place is no table", Where(path=name), "name question.table")
    given = standing.fields[field.place].value or []
    rows = [
        {
            column.id: fields.to_cel(row[column.id], column) if row.get(column.id) is not None else None
            for column in field.spec.columns
        }
        for row in given
    ]
    return pd.DataFrame(rows, columns=[column.id for column in field.spec.columns])


def findings(standing: Standing, found: Review) -> pd.DataFrame:
    """Return one row for each finding, the gravest first: what, where, what to do, who by when, its state."""
    import pandas as pd  # noqa: PLC0415 - pandas takes half a second to import

    return pd.DataFrame(_findings(standing, found), columns=list(FINDING_COLUMNS))


def section(standing: Standing, question: str) -> dict[str, pd.DataFrame]:
    """Return everything of one question: its values, and each of its tables by label."""
    found = {"values": values(standing, question)}
    for field in _tables(standing):
        if field.question == question:
            found[field.label] = table(standing, field.place)
    return found


def write(standing: Standing, folder: Path, found: Review | None = None) -> list[Path]:
    """Write the considerations, the values, the findings and every table as CSV files.

    Returns
    -------
    list of Path
        The files, in the order in which they were written.
    """
    written = []
    for name, data in files(standing, found).items():
        atomic.write(folder / name, data)
        written.append(folder / name)
    return written


def files(standing: Standing, found: Review | None = None) -> dict[str, bytes]:
    """Return the considerations, values, findings and every table as CSV, by the names of their files."""
    made = {
        "considerations.csv": _lines(_considerations(standing)),
        "values.csv": _lines(_values(standing, None)),
    }
    if found is not None:
        made["findings.csv"] = _lines(_findings(standing, found), FINDING_COLUMNS)
    made |= {f"tables/{field.name}.csv": _lines(_rows(standing, field)) for field in _tables(standing)}
    shared = raci(standing)
    return made if shared is None else made | {RACI: shared}


def _rows(standing: Standing, field: Field) -> list[dict[str, Any]]:
    return [
        {
            column.id: fields.text(row[column.id], column) if row.get(column.id) is not None else ""
            for column in field.spec.columns
        }
        for row in standing.fields[field.place].value
    ]


def workbook(standing: Standing, found: Review | None = None) -> bytes:
    """Return the considerations, the values, the findings and every table as one workbook, a sheet each."""
    from maintplan.summary import workbook as books  # noqa: PLC0415 - few ask for one

    return books.workbook(standing, _sheets(standing, found))


def _sheets(standing: Standing, found: Review | None) -> Iterator[Sheet]:
    say, template = words_of(standing), standing.plan.template
    headings = {each.id: each.heading for each in template.questions}
    names: tuple[str, ...] = (
        "question",
        "consideration",
        "state",
        "owner",
        "decided",
        "asked",
        "not_applicable",
    )
    rows: list[list[tuple[Any, Spec | None]]] = []
    for each in _considerations(standing):
        said = {**each, "question": headings[each["question"]], "consideration": each["words"]}
        said["state"] = say(f"states.{each['state']}")
        rows.append([(said[name], None) for name in names])
    yield say("tables.considerations"), [say(f"tables.columns.{name}") for name in names], rows
    names = ("question", "label", "value", "state", "source", "origin")
    rows = []
    for field in standing.fields.values():
        if field.asked or field.shown:
            value = field.value if field.field.kind != "table" else None
            source = say(f"sources.{field.source}") if field.source else None
            rows.append(
                [
                    (headings[field.field.question], None),
                    (field.field.label, None),
                    (value, field.field.spec),
                    (say(f"states.{field.state}"), None),
                    (source, None),
                    (field.origin, None),
                ]
            )
    yield say("tables.values"), [say(f"tables.columns.{name}") for name in names], rows
    if found is not None and (*found.findings, *found.accepted):
        yield _findings_sheet(standing, found)
    for table_ in _tables(standing):
        columns = table_.spec.columns
        given = standing.fields[table_.place].value
        listed = [[(row.get(column.id), column) for column in columns] for row in given]
        yield table_.label, [column.label for column in columns], listed


def _findings_sheet(standing: Standing, found: Review) -> Sheet:
    say = words_of(standing)
    headings = {each.id: each.heading for each in standing.plan.template.questions}
    date = Spec(kind="date")
    names = (
        "severity",
        "question",
        "finding",
        "remedy",
        "source",
        "owner",
        "due",
        "state",
        "ticket",
        "until",
    )
    rows: list[list[tuple[Any, Spec | None]]] = []
    for each in _findings(standing, found):
        state = say(f"open.action_states.{each['action']}") if each["action"] else None
        rows.append(
            [
                (say(f"findings.severities.{each['severity']}"), None),
                (headings.get(each["question"], each["question"]), None),
                (each["message"], None),
                (each["remedy"], None),
                (each["source"], None),
                (each["owner"] or None, None),
                (each["due"] or None, date),
                (state, None),
                (each["ticket"] or None, None),
                (each["until"] or None, date),
            ]
        )
    header = [say(f"findings.{name}" if name != "question" else "tables.columns.question") for name in names]
    return say("findings.title"), header, rows


def raci(standing: Standing) -> bytes | None:
    """Return who is responsible, accountable, consulted and informed as CSV; None where nobody said."""
    for field in _tables(standing):
        if {"responsible", "accountable"} <= {column.id for column in field.spec.columns}:
            rows = _rows(standing, field)
            labels = {column.id: column.label for column in field.spec.columns}
            return _lines([{labels[name]: value for name, value in row.items()} for row in rows])
    return None


def _tables(standing: Standing) -> list[Field]:
    return [
        each.field
        for each in standing.fields.values()
        if each.field.kind == "table" and each.shown and each.value
    ]


def _considerations(standing: Standing) -> list[dict[str, Any]]:
    rows = []
    for each in standing.plan.template.considerations:
        count = standing.count_fields(each.place)
        rows.append(
            {
                "question": each.question,
                "consideration": each.id,
                "words": each.words,
                "state": standing.considerations[each.place],
                "owner": standing.plan.owners.get(each.place, ""),
                "decided": count.decided,
                "asked": count.asked,
                "not_applicable": count.not_applicable,
            }
        )
    return rows


def _values(standing: Standing, question: str | None) -> list[dict[str, Any]]:
    rows = []
    for place, each in standing.fields.items():
        if (question is not None and each.field.question != question) or not (each.asked or each.shown):
            continue
        rows.append(
            {
                "place": place,
                "label": each.field.label,
                "value": fields.text(each.value, each.field.spec) if each.value is not None else "",
                "state": each.state,
                "source": each.source or "",
                "origin": each.origin or "",
            }
        )
    return rows


def _findings(standing: Standing, found: Review) -> list[dict[str, Any]]:
    rows = []
    for each in (*found.findings, *found.accepted):
        action = action_for(each, standing.plan.actions)
        state = "accepted" if each.accepted else "announced" if each.announced else "open"
        rows.append(
            {
                "id": each.id,
                "rule": each.rule,
                "severity": each.severity,
                "state": state,
                "question": each.at.partition(".")[0],
                "at": each.at,
                "message": each.message,
                "remedy": each.remedy,
                "source": each.source,
                "owner": (action.owner or "") if action else "",
                "due": action.due.isoformat() if action and action.due else "",
                "action": action.state if action else "",
                "ticket": (action.ticket or "") if action else "",
                "until": each.accepted.until.isoformat() if each.accepted else "",
            }
        )
    return rows


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - pandas takes half a second to import

    return pd.DataFrame(rows)


def _lines(rows: list[dict[str, Any]], columns: Sequence[str] = ("question",)) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else columns)
    writer.writeheader()
    writer.writerows({key: inert(value) for key, value in row.items()} for row in rows)
    return text.getvalue().encode()


def inert(value: Any) -> Any:
    """Return a value that no spreadsheet takes for a formula: an apostrophe stands before a text like one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
