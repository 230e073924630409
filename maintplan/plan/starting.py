"""The text of a plan file that somebody begins to fill in by hand.

What is asked of the service's tier and stage stands there in its order: lines with ``##`` explain, and a
line with a single ``#`` is an answer that waits, with the recommended value where there is one. Taking the
``# `` away from any such line leaves a valid plan. Answers that the plan holds already, such as copied ones,
stand there as answers.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from maintplan import fields, yamltext
from maintplan.plan.approval import document
from maintplan.plan.model import Plan
from maintplan.template import Consideration, Field, Question

WIDTH = 100
SCHEMA = "# yaml-language-server: $schema={schema}"
HEAD = (
    "Plan of {service}, a service of tier {tier} in the stage {stage}.",
    "",
    (
        'Lines with ## explain. A line with a single # is an answer that waits: take away the "# " before it.'
        " What stands there is what is recommended; where nothing stands, the value is yours to write."
        " A table has one line a row."
    ),
    "",
    (
        "In the place of a value, or of all that is asked of a consideration, may stand {{none: why}}, "
        "{{not_applicable: why}} or {{not_known_yet: {{who: name, due: 2026-12-01}}}}. A consideration may "
        "also have an owner. Fields that are not asked, but can be answered, are in the schema."
    ),
)
INPUTS = "What the questions need: provided or missing, with where it lies."
CROSS_CUTTING = (
    "Lists that go across all questions: met, planned or not-met, or not_applicable with the reason."
)
RESPONSE = "The answer in a few paragraphs of Markdown."
RECOMMENDED = "Recommended for tier {tier} ({source})."
WHEN = "If {when}."
NUMBER = "a number"
ONE_OF = "one of {options}"
SOME_OF = "any of {options}"
ROW_OF = "the name of a row of {table}"
HINTS = {
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number in {unit}",
    "percent": "0 to 100",
    "duration": "such as 15m, 4h or 30d",
    "date": "such as 2026-12-01",
    "schedule": 'daily, weekly, monthly, quarterly, yearly, or {{every: week, days: [sun], time: "02:00"}}',
    "url": "https://...",
    "version": "such as 1.10",
}
CLEAR = frozenset({"duration", "integer", "number", "date", "version", "url", "schedule"})
"""Kinds whose values need no hint among the columns of a table."""
ROW = "Each row: {columns}."
SERVICE = {
    "owner": "The team or person who owns it",
    "description": "What it is for, in a sentence",
    "runbook_base": "Address under which its runbooks lie",
}


@dataclass(frozen=True)
class _Writing:
    """One pass over the template."""

    plan: Plan
    suggested: Mapping[str, Mapping[str, Any]]

    @property
    def data(self) -> dict[str, Any]:
        return document(self.plan)

    def text(self, schema: str | None) -> str:
        service = self.plan.service
        lines = [SCHEMA.format(schema=schema)] if schema else []
        for words in HEAD:
            head = words.format(service=service.name, tier=service.tier, stage=service.stage)
            lines += _prose(head, "") or ["##"]
        data = self.data
        for key in ("maintplan", "template", "layers", "inherits"):
            if key in data:
                lines.append(f"{key}: {yamltext.dump_line(data[key])}")
        lines += ["service:", *self.service(), f"revision: {data['revision']}", ""]
        lines += [*_prose(INPUTS, ""), "inputs:", *self.inputs(), "", "answers:"]
        for question in self.plan.template.questions:
            lines += self.question(question)
        if self.plan.template.cross_cutting:
            lines += ["", *_prose(CROSS_CUTTING, ""), "cross_cutting:", *self.cross_cutting()]
        lines.append("")
        if "provenance" in data:
            lines.append("provenance:")
            for place, each in data["provenance"].items():
                lines += _entry(place, each, "  ", deep=True)
        lines.append(f"status: {data['status']}")
        return "\n".join(lines) + "\n"

    def service(self) -> Iterator[str]:
        said = self.data["service"]
        for key, value in said.items():
            yield from _entry(key, value, "  ")
        for key, words in SERVICE.items():
            if key not in said:
                yield f"  # {key}:   # {words}"

    def inputs(self) -> Iterator[str]:
        said = self.data.get("inputs", {})
        for each in self.plan.template.inputs:
            yield from _prose(each.words, "  ")
            if each.id in said:
                yield from _entry(each.id, said[each.id], "  ")
            else:
                yield f"  # {_key(each.id)}: {{status: provided, references: []}}"

    def cross_cutting(self) -> Iterator[str]:
        said = self.data.get("cross_cutting", {})
        for each in self.plan.template.cross_cutting:
            yield from _prose(each.heading, "  ")
            yield f"  {_key(each.id)}:"
            for item in each.items:
                yield from _prose(item.words, "    ")
                if item.id in said.get(each.id, {}):
                    yield from _entry(item.id, said[each.id][item.id], "    ")
                else:
                    yield f"    # {_key(item.id)}: {{status: planned, note: }}"

    def question(self, question: Question) -> list[str]:
        shown = [(each, found) for each in question.considerations if (found := self.shown(each))]
        response = self.plan.responses.get(question.id)
        if not shown and response is None:
            return []
        lines = ["", *_prose(f"{question.number}. {question.heading}", "  ")]
        lines += _prose(" ".join(part for part in (question.asks, question.considers) if part), "  ")
        lines.append(f"  {_key(question.id)}:")
        if response is not None:
            lines += _entry("response", response, "    ")
        else:
            lines.append(f"    # response:   # {RESPONSE}")
        if shown:
            lines.append("    considerations:")
        for consideration, found in shown:
            lines += ["", *_prose(consideration.words, "      "), *_prose(consideration.guidance, "      ")]
            lines += [f"      {_key(consideration.id)}:", *self.consideration(consideration, found)]
        return lines

    def shown(self, consideration: Consideration) -> list[Field]:
        """Return the fields that are asked, conditions left aside, or answered."""
        service, answers = self.plan.service, self.plan.answers
        found = [
            each
            for each in consideration.fields
            if each.asks(service.tier, service.stage) or each.place in answers or each.place in self.suggested
        ]
        place = consideration.place
        if not found and (place in self.plan.owners or place in answers or place in self.suggested):
            return list(consideration.fields[:1])
        return found

    def consideration(self, consideration: Consideration, shown: Iterable[Field]) -> Iterator[str]:
        said = self.data.get("answers", {}).get(consideration.question, {}).get("considerations", {})
        values = said.get(consideration.id, {})
        for key in ("owner", "none", "not_applicable", "not_known_yet"):
            if key in values:
                yield from _entry(key, values[key], "        ")
        for key, value in self.suggested.get(consideration.place, {}).items():
            yield from _waiting(_entry(key, value, "", deep=True), "        ")
        for field in shown:
            yield from self.field(field, values.get(field.id))

    def field(self, field: Field, value: Any) -> Iterator[str]:
        indent = "        "
        service = self.plan.service
        recommended = field.recommendation.by_tier.get(service.tier) if field.recommendation else None
        hint = _hint(field.spec) if recommended is None or field.spec.options else ""
        said = [_ended(": ".join(part for part in (field.label, hint) if part))]
        if field.help:
            said.append(_ended(field.help))
        if field.when:
            said.append(WHEN.format(when=field.when))
        if recommended is not None and field.recommendation is not None:
            source = field.recommendation.source_for(service.tier)
            said.append(RECOMMENDED.format(tier=service.tier, source=source))
        columns = field.columns_for(service.tier, service.stage)
        if field.kind == "table":
            said.append(ROW.format(columns="; ".join(_column(each) for each in columns)))
        suggested = self.suggested.get(field.place)
        if value is not None:
            yield from (*_prose(" ".join(said), indent), *_entry(field.id, value, indent, deep=True))
        elif suggested is not None:
            yield from _prose(" ".join(said), indent)
            yield from _waiting(_entry(field.id, suggested, "", deep=True), indent)
        elif field.kind == "table":
            yield from _prose(" ".join(said), indent)
            yield f"{indent}{_key(field.id)}:"
            for row in recommended or [{}]:
                yield f"{indent}  # - {_row(row, columns)}"
        else:
            lines = (
                [f"{_key(field.id)}:"]
                if recommended is None
                else _entry(field.id, recommended, "", deep=True)
            )
            together = f"{indent}# {lines[0]}   # {' '.join(said)}"
            if len(lines) == 1 and len(together) <= WIDTH:
                yield together
            else:
                yield from (*_prose(" ".join(said), indent), *_waiting(lines, indent))


def text(
    plan: Plan, *, schema: str | None = None, suggested: Mapping[str, Mapping[str, Any]] | None = None
) -> str:
    """Return the text of a new plan file.

    Parameters
    ----------
    plan
        The plan, with what is answered already.
    schema
        The JSON Schema's file as seen from the plan's, for editors.
    suggested
        What could be said of a place (``{not_applicable: why}``), to stand there as a line that waits.
    """
    return _Writing(plan, suggested or {}).text(schema)


def _prose(words: str, indent: str) -> list[str]:
    """Return words as comment lines; white space and what can't be printed become blanks."""
    lead = f"{indent}## "
    found: list[str] = []
    for paragraph in words.split("\n\n"):
        line = " ".join("".join(each if each.isprintable() else " " for each in paragraph).split())
        found += textwrap.wrap(
            line,
            WIDTH,
            initial_indent=lead,
            subsequent_indent=lead,
            break_on_hyphens=False,
            break_long_words=False,
        )
    return found


def _waiting(lines: Iterable[str], indent: str) -> Iterator[str]:
    for line in lines:
        yield f"{indent}# {line}".rstrip()


def _entry(key: str, value: Any, indent: str, *, deep: bool = False) -> list[str]:
    """Return the lines of a key with its value; deep down a mapping stands on one line."""
    if deep and isinstance(value, dict) and not any("\n" in str(each) for each in value.values()):
        lines = [f"{_key(key)}: {yamltext.dump_line(value)}"]
    else:
        lines = yamltext.dump({key: value}).rstrip("\n").split("\n")
    return [indent + line if line else line for line in lines]


def _key(key: str) -> str:
    return yamltext.dump_line({key: 0})[1:-1].removesuffix(": 0")


def _row(row: Mapping[str, Any], columns: Iterable[fields.Spec]) -> str:
    """Return a row on one line, with the asked columns that it does not fill left open."""
    cells = [yamltext.dump_line({key: value})[1:-1] for key, value in row.items()]
    cells += [f"{_key(each.id)}: " for each in columns if each.id not in row]
    return "{" + ", ".join(cells) + "}"


def _column(spec: fields.Spec) -> str:
    hint = "" if spec.kind in CLEAR else _hint(spec)
    return f"{spec.id} ({spec.label}{', ' + hint if hint else ''})"


def _hint(spec: fields.Spec) -> str:
    """Say what may be written for a field, as it follows a colon."""
    if spec.options:
        options = ", ".join(spec.options)
        return (SOME_OF if spec.kind == "several" else ONE_OF).format(options=options)
    if spec.to:
        return ROW_OF.format(table=spec.to)
    if spec.kind == "number" and not spec.unit:
        return NUMBER
    return HINTS.get(spec.kind, "").format(unit=spec.unit)


def _ended(words: str) -> str:
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."
