"""The JSON Schema of a plan file, for editors that complete, explain and check while somebody types.

The envelope's part comes from the models that read it, so that no key can be forgotten; the answers' part
from the template, each field as its kind describes it. The schema sees a file as a usual YAML 1.2 parser
reads it, where maintplan takes every scalar as the text that it is; so it allows a number where text is
declared. It accepts whatever `maintplan.plan.document.read` accepts of a file that is written for the
template's own version, and it refuses unknown keys. It can't see everything: a date that no calendar has is
left to `read`.
"""

from __future__ import annotations

import datetime as dt
import json
import types
import typing
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel

from maintplan import fields
from maintplan.plan import schema_words as words
from maintplan.plan.document import STANCES, Envelope
from maintplan.plan.model import FORMAT, CrossItem, Input, Unknown
from maintplan.template import Consideration, CrossCutting, Field, Question, Template

DRAFT = "https://json-schema.org/draft/2020-12/schema"
MARK = "plan file of maintplan, format {format}; template {name}, version {version}"
"""Comment in every schema, by which its file is known to be ours to write again."""

Schema = dict[str, Any]

_NULL: Schema = {"type": "null"}
_LONGEST = 100_000
_SAID = ("title", "description", "examples")
_OFTEN, _LONG = 4, 80
_FORMS: Mapping[Any, Schema] = {
    str: {"type": ["string", "number", "boolean"], "maxLength": _LONGEST},
    int: {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^\s*[+-]?[0-9_]+(?:\.0*)?\s*$"}]},
    bool: {"enum": [True, False, "true", "false"]},
    dt.date: {"type": "string", "pattern": r"^\s*[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\s*$"},
    AwareDatetime: {
        "type": "string",
        "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.,]+ ?(?:[Zz]|[+-][0-9:]+)$",
    },
    Any: {},
}


def schema(template: Template) -> Schema:
    """Return the JSON Schema (draft 2020-12) of a plan file that is written for a template.

    Parameters
    ----------
    template
        The template, with its layers.
    """
    names = {"template": template.name, "version": template.version}
    whole = _model(Envelope, "", names)
    properties = whole["properties"]
    properties["template"]["properties"]["name"]["examples"] = [template.name]
    properties["maintplan"]["examples"] = [FORMAT]
    properties["inputs"] = _titled(properties["inputs"], _inputs(template, names))
    properties["answers"] = _titled(properties["answers"], _answers(template))
    properties["cross_cutting"] = _titled(properties["cross_cutting"], _cross_cutting(template, names))
    reopen = properties["rounds"]["items"]["properties"]["reopen"]
    reopen["items"] = {"enum": [each.id for each in template.questions]}
    found = {**whole, "$defs": _definitions(names)}
    return {
        "$schema": DRAFT,
        "$comment": MARK.format(format=FORMAT, name=template.name, version=template.version),
        "title": words.TITLE.format(**names),
        "description": template.description,
        **_shared(found),
    }


def text(template: Template) -> str:
    """Return the schema as the text of a file."""
    return json.dumps(schema(template), ensure_ascii=False, indent=1) + "\n"


def _shared(whole: Schema) -> Schema:
    """Say forms that stand in many places once; the file is a third as long for it."""
    counted = Counter(_key(each) for each in _forms_in(whole))
    often = (key for key, count in counted.items() if count >= _OFTEN and len(key) >= _LONG)
    shared = {key: f"form-{number}" for number, key in enumerate(often, 1)}
    forms = {name: json.loads(key) for key, name in shared.items()}
    found = _referring(whole, shared)
    return {**found, "$defs": {**found["$defs"], **forms}}


def _forms_in(found: Any) -> Iterator[Schema]:
    for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _forms_in(each)
    if isinstance(found, dict) and isinstance(found.get("anyOf"), list):
        yield found


def _key(found: Schema) -> str:
    return json.dumps({key: value for key, value in found.items() if key not in _SAID})


def _referring(found: Any, shared: Mapping[str, str]) -> Any:
    if isinstance(found, list):
        return [_referring(each, shared) for each in found]
    if not isinstance(found, dict):
        return found
    if isinstance(found.get("anyOf"), list) and (name := shared.get(_key(found))) is not None:
        return {**{key: value for key, value in found.items() if key in _SAID}, "$ref": f"#/$defs/{name}"}
    return {key: _referring(value, shared) for key, value in found.items()}


def _definitions(names: Mapping[str, str]) -> Schema:
    """Describe what is the same under every consideration and field."""
    stances = _stances(names)
    alone = {"type": "object", "properties": stances, "additionalProperties": False}
    pairs = [("none", "not_applicable"), ("none", "not_known_yet"), ("not_applicable", "not_known_yet")]
    said = {name: {"not": _NULL} for name in STANCES}
    both = [
        {"type": "object", "required": list(pair), "properties": {name: said[name] for name in pair}}
        for pair in pairs
    ]
    markdown = fields.schema(fields.Spec(kind="markdown"))
    return {
        "stance": {**alone, "minProperties": 1, "maxProperties": 1},
        "one_stance": {"not": {"anyOf": both}},
        "response": {"description": words.KEYS["answers.*.response"], **markdown},
        "owner": {"description": words.KEYS["owner"], **markdown},
        **{name: _or_null(stance) for name, stance in stances.items()},
    }


def _stances(names: Mapping[str, str]) -> Schema:
    reason: Schema = {
        "anyOf": [
            {"type": "string", "pattern": r"\S", "maxLength": _LONGEST},
            {"type": ["number", "boolean"]},
        ]
    }
    return {
        "none": {"description": words.KEYS["none"], **reason},
        "not_applicable": {"description": words.KEYS["not_applicable"], **reason},
        "not_known_yet": {
            "description": words.KEYS["not_known_yet"],
            **_model(Unknown, "not_known_yet", names),
        },
    }


def _inputs(template: Template, names: Mapping[str, str]) -> Schema:
    entry = _model(Input, "inputs.*", names)
    return _closed({each.id: {"title": each.words, **entry} for each in template.inputs})


def _answers(template: Template) -> Schema:
    return _closed({each.id: _or_null(_question(each)) for each in template.questions})


def _question(question: Question) -> Schema:
    considerations = {each.id: _or_null(_consideration(each)) for each in question.considerations}
    title = {"description": words.KEYS["answers.*.considerations"]}
    return {
        "title": question.heading,
        "description": " ".join(part for part in (question.asks, question.considers) if part),
        **_closed(
            {
                "response": {"$ref": "#/$defs/response"},
                "considerations": {**title, **_or_null(_closed(considerations))},
            }
        ),
    }


def _consideration(consideration: Consideration) -> Schema:
    said = [consideration.guidance]
    if consideration.good:
        said.append(words.GOOD.format(good=consideration.good))
    said += [words.MORE.format(title=link.title, url=link.url) for link in consideration.more]
    properties: Schema = {each.id: _field(each) for each in consideration.fields}
    properties |= {name: {"$ref": f"#/$defs/{name}"} for name in ("owner", *STANCES)}
    return {
        "title": consideration.words,
        "description": "\n\n".join(part for part in said if part),
        **_closed(properties),
        "allOf": [{"$ref": "#/$defs/one_stance"}],
    }


def _field(field: Field) -> Schema:
    kind = fields.schema(field.spec)
    forms: list[Schema] = [{"$ref": "#/$defs/stance"}]
    kind["anyOf"] = [*typing.cast("list[Schema]", kind["anyOf"]), *forms]
    found: Schema = {"title": field.label, "description": "\n\n".join(_said(field)), **kind}
    if field.recommendation and field.kind != "table":
        values: list[Any] = []
        for value in field.recommendation.by_tier.values():
            if value is not None and value not in values:
                values.append(value)
        found["examples"] = values
    return found


def _said(field: Field) -> Iterator[str]:
    if field.help:
        yield field.help
    asked = field.asked
    yield words.ASKED.format(tier=asked.tier, stage=asked.stage) if asked else words.NEVER_ASKED
    if field.when:
        yield words.WHEN.format(when=field.when)
    if field.recommendation:
        yield _recommended(field)


def _recommended(field: Field) -> str:
    recommendation = field.recommendation
    if recommendation is None:
        return ""
    tiers: dict[str, list[str]] = {}
    for tier, value in sorted(recommendation.by_tier.items()):
        if value is not None:
            tiers.setdefault(fields.show(value, field.spec), []).append(str(tier))
    every = len(tiers) == 1 and len(recommendation.by_tier) > 1
    pattern = words.FOR_ALL if every else words.FOR_TIER
    values = "; ".join(pattern.format(value=value, tier=", ".join(which)) for value, which in tiers.items())
    said = words.RECOMMENDED.format(values=values, source=recommendation.source)
    return f"{said} {recommendation.why}".strip()


def _cross_cutting(template: Template, names: Mapping[str, str]) -> Schema:
    item = _model(CrossItem, "cross_cutting.*.*", names)
    return _closed({each.id: _list(each, item) for each in template.cross_cutting})


def _list(each: CrossCutting, item: Schema) -> Schema:
    whole = {"description": words.KEYS["not_applicable"], **_FORMS[str]}
    items = {point.id: {"title": point.words, **_or_null(item)} for point in each.items}
    return {
        "title": each.heading,
        **_or_null(_closed({**items, "not_applicable": whole})),
        # What is said of the whole list stands alone.
        "if": {"type": "object", "required": ["not_applicable"]},
        "then": {"maxProperties": 1},
    }


def _closed(properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _titled(by: Schema, found: Schema) -> Schema:
    return {"description": by["description"], **_or_null(found)}


def _or_null(found: Schema) -> Schema:
    """Let nothing stand there as well; title and description stay where an editor looks for them."""
    said = {key: found[key] for key in _SAID if key in found}
    rest = {key: value for key, value in found.items() if key not in said}
    if isinstance(rest.get("type"), str) and "enum" not in rest:
        return {**said, **rest, "type": [rest["type"], "null"]}
    if isinstance(rest.get("type"), list):
        return {**said, **rest, "type": [*rest["type"], "null"]}
    if set(rest) == {"enum"}:
        return {**said, "enum": [*rest["enum"], None]}
    return {**said, "anyOf": [*rest["anyOf"], _NULL] if set(rest) == {"anyOf"} else [rest, _NULL]}


def _model(model: type[BaseModel], path: str, names: Mapping[str, str]) -> Schema:
    """Describe what a model reads."""
    properties: Schema = {}
    required = []
    for name, info in model.model_fields.items():
        key = info.alias or name
        inner = f"{path}.{key}" if path else key
        found = _form(info.annotation, inner, names)
        limits = {limit: _limit(info.metadata, limit) for limit in ("ge", "le", "min_length")}
        if found.get("type") == "integer" or "anyOf" in found:
            found = _limited(found, limits["ge"], limits["le"])
        if limits["min_length"]:
            found = {**found, "minLength": limits["min_length"]}
        if not path and model is Envelope and not info.is_required():
            # At the top, nothing after a key is as good as no such key.
            found = _or_null(found) if not _takes_null(found) else found
        properties[key] = {"description": words.KEYS[inner].format(**names), **found}
        if info.is_required():
            required.append(key)
    return {**_closed(properties), **({"required": required} if required else {})}


def _form(annotation: Any, path: str, names: Mapping[str, str]) -> Schema:
    """Describe what a type of the models reads."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        (inner,) = [each for each in arguments if each is not type(None)]
        found = _or_null(_form(inner, path, names))
    elif origin is Annotated:
        found = _form(arguments[0], path, names)
    elif origin is Literal:
        found = {"enum": list(arguments)}
    elif origin is tuple:
        found = {"type": "array", "items": _form(arguments[0], f"{path}.*", names)}
    elif origin is dict:
        values = _form(arguments[1], f"{path}.*", names)
        found = {"type": "object", **({"additionalProperties": values} if values else {})}
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        found = _model(annotation, path, names)
    else:
        found = dict(_FORMS[annotation])
    return found


def _limit(metadata: list[Any], name: str) -> Any:
    return next((getattr(each, name) for each in metadata if hasattr(each, name)), None)


def _limited(found: Schema, least: int | None, most: int | None) -> Schema:
    number, *others = found["anyOf"]
    if number.get("type") != "integer":
        return found
    limits = {key: limit for key, limit in (("minimum", least), ("maximum", most)) if limit is not None}
    return {**found, "anyOf": [{**number, **limits}, *others]}


def _takes_null(found: Schema) -> bool:
    if not found or None in found.get("enum", ()):
        return True
    return _NULL in found.get("anyOf", ()) or "null" in found.get("type", ())
