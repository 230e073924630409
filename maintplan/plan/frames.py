"""A plan's tables as pandas, for the analyst: taken out, worked on, and laid back through the same checks.

A frame remembers the rows that it was taken from (``frame.attrs``, which pandas hands on to copies and
selections). What somebody else has changed in the table until it is laid back is kept, as in any other save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from maintplan.errors import InputError, Where
from maintplan.plan import places
from maintplan.plan.answering import answer
from maintplan.plan.model import Plan
from maintplan.plan.rebasing import rebase
from maintplan.plan.standing import stand
from maintplan.template import Field

if TYPE_CHECKING:
    import pandas as pd

TAKEN = "maintplan:taken"
"""The attribute of a frame that holds the rows it was taken from."""


def table(plan: Plan, name: str) -> pd.DataFrame:
    """Return a table of a plan with the rows that count: its own, else inherited or recommended ones.

    Parameters
    ----------
    plan
        The plan.
    name
        ``question.field``, or the whole place.

    Returns
    -------
    pandas.DataFrame
        A column for each column of the table, an empty cell as None; values as the plan file has them.

    Raises
    ------
    InputError
        When that is no table, with the closest name.
    """
    import pandas as pd  # noqa: PLC0415 - whoever takes no table out needs no pandas

    field = _table(plan, name)
    rows = stand(plan).fields[field.place].value or []
    columns = [column.id for column in field.spec.columns]
    frame = pd.DataFrame(
        [[row.get(column) for column in columns] for row in rows], columns=columns, dtype=object
    )
    frame.attrs[TAKEN] = rows
    return frame


def with_table(plan: Plan, name: str, frame: pd.DataFrame) -> Plan:
    """Return the plan with a table laid back.

    Raises
    ------
    InputError
        For a column that the table does not have and a value that its kind refuses, with row and column.
    ConflictError
        For a cell or row that somebody else has changed since the table was taken out, with both values.
    """
    field = _table(plan, name)
    records: list[dict[Any, Any]] = frame.astype(object).to_dict("records")
    rows = [{key: _plain(cell) for key, cell in row.items() if not _is_empty(cell)} for row in records]
    mine = answer(plan, field.place, [row for row in rows if row])
    taken = frame.attrs.get(TAKEN)
    if not isinstance(taken, list) or taken == (stand(plan).fields[field.place].value or []):
        return mine
    return rebase(answer(plan, field.place, taken), mine, plan)


def _table(plan: Plan, name: str) -> Field:
    found = places.find(plan.template, name)
    if found.field is None or found.field.kind != "table" or not found.place.is_field:
        tables = sorted(each.name for each in plan.template.fields.values() if each.kind == "table")
        raise InputError("this is no table", Where(path=name), f"name one such as {', '.join(tables[:3])}")
    return found.field


def _is_empty(cell: Any) -> bool:
    # What is not equal to itself is pandas' way to say that nothing stands there.
    return cell is None or (isinstance(cell, str) and not cell.strip()) or _differs(cell)


def _differs(cell: Any) -> bool:
    if isinstance(cell, list | dict):
        return False
    try:
        return bool(cell != cell)  # noqa: PLR0124 - so are NaN and NaT found without asking what they are
    except TypeError:  # pandas.NA says neither yes nor no
        return True


def _plain(cell: Any) -> Any:
    """Return a cell as plain data: what numpy and pandas wrap, unwrapped."""
    if hasattr(cell, "to_pydatetime"):
        cell = cell.to_pydatetime()
    return cell.item() if hasattr(cell, "item") else cell
