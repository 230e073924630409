"""A question bank as the plain data that ``maintplan template show --format json`` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from maintplan import fields
    from maintplan.template import Asked, Consideration, Field, Template


def data(bank: Template) -> dict[str, Any]:
    """Return a template as plain data; ``templates/schemas/template.json`` describes it."""
    approvals = bank.approvals
    return {
        "name": bank.name,
        "version": bank.version,
        "language": bank.language,
        "layers": list(bank.layers),
        "title": bank.title,
        "description": bank.description,
        "produces": list(bank.produces),
        "inputs": [asdict(each) for each in bank.inputs],
        "questions": [
            {
                "id": question.id,
                "number": question.number,
                "heading": question.heading,
                "asks": question.asks,
                "considers": question.considers,
                "considerations": [_consideration(each) for each in question.considerations],
            }
            for question in bank.questions
        ],
        "cross_cutting": [
            {"id": each.id, "heading": each.heading, "items": [asdict(item) for item in each.items]}
            for each in bank.cross_cutting
        ],
        "sections": [asdict(each) for each in bank.sections],
        "prompt": asdict(bank.prompt),
        "approvals": {
            "roles": dict(approvals.roles),
            "by_tier": {str(tier): list(roles) for tier, roles in approvals.by_tier.items()},
            "lapses_after": {str(tier): after for tier, after in approvals.lapses_after.items()},
        },
        "deliverables": [
            {"id": each.id, "title": each.title, "reader": each.reader, "purpose": each.purpose}
            for each in bank.deliverables
        ],
    }


def _consideration(consideration: Consideration) -> dict[str, Any]:
    return {
        "id": consideration.id,
        "place": consideration.place,
        "words": consideration.words,
        "guidance": consideration.guidance,
        "good": consideration.good,
        "more": [asdict(each) for each in consideration.more],
        "when": consideration.when,
        "hidden": consideration.hidden,
        "fields": [_field(each) for each in consideration.fields],
    }


def _field(field: Field) -> dict[str, Any]:
    columns = [
        {
            **_spec(column),
            "asked": _asked(field.columns_asked.get(column.id)),
            "when": field.columns_when.get(column.id),
        }
        for column in field.spec.columns
    ]
    recommendation = field.recommendation
    return {
        **_spec(field.spec),
        "place": field.place,
        "help": field.help,
        "asked": _asked(field.asked),
        "when": field.when,
        "retiring": field.retiring,
        "required": field.required,
        "hidden": field.hidden,
        **({"key": field.spec.key, "columns": columns} if columns else {}),
        "recommended": {
            str(tier): {
                "value": value,
                "source": recommendation.source_for(tier),
                "why": recommendation.why_for(tier),
            }
            for tier, value in sorted(recommendation.by_tier.items())
        }
        if recommendation
        else {},
    }


def _spec(spec: fields.Spec) -> dict[str, Any]:
    found: dict[str, Any] = {"id": spec.id, "kind": spec.kind, "label": spec.label}
    if spec.options:
        found["options"] = dict(spec.options)
    known = {"unit": spec.unit, "min": spec.min, "max": spec.max, "to": spec.to}
    return found | {key: value for key, value in known.items() if value is not None}


def _asked(asked: Asked | None) -> dict[str, Any] | None:
    return {"tier": asked.tier, "stage": asked.stage} if asked else None
