"""A field, a consideration and a table as plain JSON for the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from maintplan import fields
from maintplan.fields import Spec
from maintplan.interview import Asked
from maintplan.plan import places
from maintplan.plan.model import Answer, Given, NotApplicable, Nothing, NotKnownYet
from maintplan.plan.standing import FieldStanding, Standing
from maintplan.summary import prose
from maintplan.widgets import controls
from maintplan.widgets.tables import Sheet, Wrong
from maintplan.words import Words

View = dict[str, Any]

TONES = {
    "decided": "decided",
    "not_applicable": "muted",
    "not_known_yet": "medium",
    "recommended": "recommended",
    "inherited": "recommended",
    "to_confirm": "recommended",
    "missing": "muted",
    "not_asked": "muted",
    "set_aside": "muted",
}
WAITING = ("recommended", "inherited", "to_confirm")
LONGEST_GIST = 90
LONGEST_READ = 500
"""Characters of a text that its gist is taken from."""
LONGEST_ECHO = 20_000
"""Characters of what was typed and refused that are sent back."""


@dataclass
class Edits:
    """What is being edited and is not, or not only, in the plan.

    Attributes
    ----------
    wrong
        What was typed and refused, by place.
    sheets
        Tables on the screen, by place.
    slots
        The widgets of other packages on the screen, by place: the ids of their models.
    """

    wrong: dict[str, Wrong] = field(default_factory=dict)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    slots: dict[str, str] = field(default_factory=dict)

    def refused(self) -> View:
        """Return what was typed and refused, each by the screen's key for it and as the message that says it.

        Nothing of it is in the plan: the screen keeps it, and says it again to the next kernel.
        """
        found = {place: _saying(place, each) for place, each in self.wrong.items()}
        for place, sheet in self.sheets.items():
            for index, row in enumerate(sheet.rows):
                for column, each in row.wrong.items():
                    if each.theirs is not None:
                        continue
                    cell = {"place": place, "row": row.id, "column": column, "index": index, "raw": each.raw}
                    found[f"{place}|{row.id}|{column}"] = ["cell", cell]
        return {key: told for key, told in found.items() if told and not _is_long(told[1]["raw"])}

    def to_mend(self, place: str) -> int:
        """Count what was typed and refused at a place and below it: a question's, a consideration's."""
        cells = ((at, sum(len(row.wrong) for row in sheet.rows)) for at, sheet in self.sheets.items())
        return sum(
            count
            for at, count in (*((at, 1) for at in self.wrong), *cells)
            if at == place or at.startswith((f"{place}.", f"{place}#"))
        )

    def leave(self) -> None:
        """Free the tables of a step that is left, but for those in which something waits to be mended."""
        self.sheets = {
            place: sheet for place, sheet in self.sheets.items() if any(row.wrong for row in sheet.rows)
        }


def _saying(place: str, wrong: Wrong) -> list[Any]:
    """Return the message that says what was typed at a place; nothing for a form."""
    raw = wrong.raw
    if wrong.theirs is not None:
        return ["clashed", {"place": place, "raw": raw}]
    at, _, part = place.partition("#")
    first, _, rest = at.partition(".")
    if part == "owner":
        return ["own", {"place": at, "raw": raw}]
    if part == "response":
        return ["respond", {"place": at, "raw": raw}]
    if first == "service":
        return ["service", {"key": rest, "raw": raw}]
    # A reason or an input is refused as a whole, in its own form.
    return [] if isinstance(raw, dict) and "do" in raw else ["edit", {"place": at, "raw": raw}]


def _is_long(raw: Any) -> bool:
    return isinstance(raw, str) and len(raw) > LONGEST_ECHO


def consideration(
    asked: Asked, standing: Standing, edits: Edits, words: Words, *, opened: bool, findings: int
) -> View:
    """Show one consideration: a line while it is closed, with its fields while it is open."""
    each = asked.consideration
    waiting = sum(one.state in WAITING for one in asked.fields)
    view: View = {
        "place": each.place,
        "words": each.words,
        "state": asked.state,
        "open": opened,
        "waiting": waiting,
        **_headline(asked, words, waiting, findings, edits.to_mend(each.place)),
    }
    if not opened:
        view["gist"] = gist(asked, standing, words)
        return view
    stance = standing.plan.answers.get(each.place)
    view |= {
        "guidance": each.guidance,
        "good": each.good,
        "links": [[link.title, link.url] for link in each.more],
        "owner": standing.plan.owners.get(each.place, ""),
        "stance": said(stance),
        "wrong": wrong(edits.wrong, each.place),
        "owner_wrong": wrong(edits.wrong, f"{each.place}#owner"),
        "fields": listed([field_view(one, standing, edits, words) for one in asked.fields]),
        "more": listed([field_view(one, standing, edits, words) for one in asked.more]),
    }
    return view


def listed(views: list[View], key: str = "place") -> View:
    """Return views by their key, with their order beside them."""
    return {"order": [each[key] for each in views], "items": {each[key]: each for each in views}}


def _headline(asked: Asked, words: Words, waiting: int, findings: int, to_mend: int) -> View:
    if to_mend:  # it is not in the plan: nothing else says so once the consideration is closed
        return {"tone": "high", "says": counted(words, "to_mend", to_mend)}
    if findings:
        return {"tone": "high", "says": counted(words, "finding", findings)}
    if waiting and asked.state in WAITING:
        return {"tone": "recommended", "says": counted(words, "waiting", waiting)}
    left = sum(each.state in ("missing", *WAITING) for each in asked.fields)
    if asked.state == "missing" and left < len(asked.fields):
        return {"tone": "muted", "says": counted(words, "left", left)}
    return {"tone": TONES[asked.state], "says": words(f"app.states.{asked.state}")}


def counted(words: Words, key: str, count: int) -> str:
    """Return words with a number in them: ``1 finding``, ``2 findings``."""
    return words(f"app.counts.{key}_{'one' if count == 1 else 'many'}", count=count)


def gist(asked: Asked, standing: Standing, words: Words) -> str:
    """Say in a few words what was decided of a closed consideration."""
    whole = standing.plan.answers.get(asked.consideration.place)
    if whole is not None:
        return _short(_stance_words(whole, words))
    told = []
    for each in asked.fields:
        if each.state == "decided" and isinstance(each.answer, Given):
            shown = fields.show(each.answer.value, each.field.spec)
            if each.field.kind == "markdown":
                shown = prose.to_words(shown[:LONGEST_READ])
            told.append(shown if each.field.kind in ("markdown", "table") else f"{each.field.label} {shown}")
    return _short(", ".join(told))


def _stance_words(stance: Answer, words: Words) -> str:
    if isinstance(stance, Nothing):
        return words("app.stances.none", reason=stance.none)
    if isinstance(stance, NotApplicable):
        return words("app.stances.not_applicable", reason=stance.not_applicable)
    if isinstance(stance, NotKnownYet):
        unknown = stance.not_known_yet
        return words("app.stances.not_known_yet", reason=unknown.who or unknown.note or "")
    return ""


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_GIST else text[: LONGEST_GIST - 1].rstrip(" ,.") + "…"


def said(stance: Answer | None) -> View | None:
    """Return what was said instead of a value."""
    if isinstance(stance, Nothing):
        return {"kind": "none", "reason": stance.none}
    if isinstance(stance, NotApplicable):
        return {"kind": "not_applicable", "reason": stance.not_applicable}
    if isinstance(stance, NotKnownYet):
        unknown = stance.not_known_yet
        due = unknown.due.isoformat() if unknown.due else ""
        return {"kind": "not_known_yet", "who": unknown.who or "", "due": due, "reason": unknown.note or ""}
    return None


def field_view(each: FieldStanding, standing: Standing, edits: Edits, words: Words) -> View:
    """Show one field."""
    spec, place = each.field.spec, each.field.place
    whole = standing.plan.answers.get(f"{each.field.question}.{each.field.consideration}")
    own = each.answer if each.answer is not whole else None
    view: View = {
        "place": place,
        "label": each.field.label or words("app.field.answer"),
        "help": each.field.help,
        "kind": each.field.kind,
        "state": each.state,
        "waiting": each.state in WAITING,
        "stance": said(own),
        "wrong": wrong(edits.wrong, place),
        "aside": each.state == "set_aside",
    }
    if place in edits.slots:
        view["slot"] = edits.slots[place]
    if each.field.kind == "table":
        view["control"] = {"type": "table"}
        view |= _table(each, standing, edits, words)
        return view
    view["control"] = controls.control(spec, lambda reference: rows_of(standing, reference))
    if place in each.field.mono or spec.id in each.field.mono:
        view["control"]["mono"] = True
    view["edit"] = controls.edit(each.value, spec)
    view["shown"] = "" if each.value is None else fields.show(each.value, spec)
    _keep_unknown(view["control"], view["edit"])
    return view


def wrong(held: Mapping[str, Wrong], *at: str) -> View | None:
    """Return what was typed at one of these places and refused; a very long text is not sent back."""
    found = next((held[place] for place in at if place in held), None)
    if found is None:
        return None
    return {
        "raw": None if _is_long(found.raw) else found.raw,
        "why": found.why,
        **({"theirs": found.theirs} if found.theirs is not None else {}),
    }


def rows_of(standing: Standing, reference: Spec) -> list[list[str]]:
    """Return the rows that a reference may name, each with what it says beside its name."""
    target = standing.plan.template.named.get(reference.to or "")
    held = standing.fields[target.place].value if target else None
    if target is None or not isinstance(held, list):
        return []
    key = target.spec.column(target.spec.key) if target.spec.key else None
    if key is None:
        return []
    return [[fields.text(row[key.id], key)] * 2 for row in held if key.id in row]


def _keep_unknown(control: View, value: Any) -> None:
    """Offer a value that leads nowhere as what it is, so that it can be seen and changed."""
    if control["type"] == "reference" and value and all(value != key for key, _ in control["options"]):
        control["options"] = [*control["options"], [value, value]]
        control["lost"] = value


def _table(each: FieldStanding, standing: Standing, edits: Edits, words: Words) -> View:
    spec, place = each.field.spec, each.field.place
    held = each.value if isinstance(each.value, list) else []
    sheet = edits.sheets.get(place)
    if sheet is None:
        sheet = edits.sheets[place] = Sheet(spec, held)
    else:
        sheet.follow(held)
    asked = [column.id for column in standing.columns(place)]
    used = {name for row in sheet.rows for name in (*row.cells, *row.wrong)}
    columns = []
    for column in spec.columns:
        found = controls.control(column, lambda reference: rows_of(standing, reference))
        if column.id in each.field.mono:
            found["mono"] = True
        columns.append(
            {
                "id": column.id,
                "label": f"{column.label} ({column.unit})" if column.unit else column.label,
                "kind": column.kind,
                "control": found,
                "more": column.id not in asked and column.id not in used,
                "key": column.id == spec.key,
            }
        )
    rows = {
        row.id: {
            "cells": {
                name: [controls.edit(value, cell), fields.show(value, cell)]
                for name, value in row.cells.items()
                if (cell := spec.column(name)) is not None
            },
            "wrong": {name: wrong(row.wrong, name) for name in row.wrong},
            "name": str(row.cells.get(spec.key or "", "")),
            "at": places.selector(row.cells, index, spec),
        }
        for index, row in enumerate(sheet.rows)
    }
    return {
        "columns": columns,
        "rows": {"order": [row.id for row in sheet.rows], "items": rows},
        "row": spec.row or words("app.table.row"),
    }
