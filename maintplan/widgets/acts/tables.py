"""What a person does in a table: cells, rows, and blocks that are pasted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from maintplan.errors import RefusedError
from maintplan.plan import edits
from maintplan.plan.model import Given
from maintplan.widgets import fieldviews
from maintplan.widgets.tables import Sheet

if TYPE_CHECKING:
    from maintplan.widgets.app import App, Message


def cell(app: App, message: Message) -> None:
    """Put what was typed into a cell."""
    place = str(message["place"])
    sheet = sheet_of(app, place)
    row = sheet.row_at(str(message["row"]), message.get("index"))
    if sheet.put(row, str(message["column"]), message.get("raw")) is None:
        _keep(app, place, sheet)


def row(app: App, message: Message) -> None:
    """Add, remove or move a row."""
    if app.read_only:
        raise RefusedError(app.words("app.read_only"))
    place, what = str(message["place"]), str(message["what"])
    sheet, row = sheet_of(app, place), message.get("row")
    if what == "add":
        added = sheet.add(str(row) if row else None)
        app.tell({"type": "cell", "place": place, "row": added, "column": message.get("column")})
        return
    sheet.remember()
    if what == "remove":
        near = sheet.remove(str(row))
        app.tell({"type": "cell", "place": place, "row": near, "column": message.get("column")})
    else:
        sheet.move(str(row), -1 if what == "up" else 1)
        app.tell({"type": "cell", "place": place, "row": row, "column": message.get("column")})
    _keep(app, place, sheet)


_NAMED, _LONGEST = 4, 40
"""So many of the cells that have no place are named, each with so many characters."""


def paste(app: App, message: Message) -> None:
    """Paste a block of cells."""
    place = str(message["place"])
    sheet = sheet_of(app, place)
    shown = [str(column) for column in message.get("columns", [])]
    row, column = message.get("row"), message.get("column")
    if row is None and app.interview.standing.fields[place].state in fieldviews.WAITING:
        # One's own rows come in the place of those that were only recommended.
        sheet.rows.clear()
    count, refused = sheet.paste(
        str(row) if row else None, str(column) if column else None, str(message["text"]), shown
    )
    _keep(app, place, sheet)
    said = [app.words("app.table.pasted", rows=fieldviews.counted(app.words, "row", count))]
    if refused:
        cells = fieldviews.counted(app.words, "cell", refused)
        said.append(app.words("app.table.pasted_wrong", cells=cells))
    if sheet.left_out:
        named = ", ".join(f"“{each[:_LONGEST]}”" for each in sheet.left_out[:_NAMED])
        more = len(sheet.left_out) - _NAMED
        said.append(app.words("app.table.left_out", named=f"{named}, +{more}" if more > 0 else named))
    app.tell({"type": "say", "text": " ".join(said), "tone": "plain"})


def sheet_of(app: App, place: str) -> Sheet:
    """Return a table as it is being edited."""
    held = app.interview.standing.fields[place]
    rows = held.value if isinstance(held.value, list) else []
    if place not in app.edits.sheets:
        app.edits.sheets[place] = Sheet(held.field.spec, rows)
    app.edits.sheets[place].follow(rows)
    return app.edits.sheets[place]


def _keep(app: App, place: str, sheet: Sheet) -> None:
    rows = sheet.values()
    held = app.interview.standing.fields[place]
    if isinstance(held.answer, Given) and rows == held.value:
        return
    app.attempt(place, None, lambda plan: edits.answer(plan, place, rows))
