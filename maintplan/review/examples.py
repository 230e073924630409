"""Every rule's own examples: plan fragments that it must flag, and others that it must accept.

A fragment is written in short names, ``{question: {field: value}}``, and judged as a plan of its own that
holds nothing else: no recommendation fills in what it leaves out. It is of tier 1 and in production, and
the day is `TODAY`, unless it says ``service: {tier: 2, stage: beta}`` or ``today: 2026-01-31``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from maintplan import fields
from maintplan.documents import Unwritten, check
from maintplan.errors import InputError, MaintplanError, Where, unknown
from maintplan.plan import Answer, Given, Plan, Service, stand
from maintplan.plan.document import STANCES
from maintplan.review.findings import Finding, Review
from maintplan.review.judging import review
from maintplan.review.rules import Ready, Rules
from maintplan.template import Template
from maintplan.words import words

TODAY = dt.date(2026, 7, 1)
"""The day on which fragments are judged, so that a date in one means the same for ever."""

_OTHER_KEYS = ("service", "today")


def check_examples(rules: Rules, only: Sequence[str] = ()) -> list[MaintplanError]:
    """Run the examples of all rules, or of those named.

    Returns
    -------
    list
        What is wrong, each with its line: a fragment that was not judged as it should be, a value that its
        field refuses, a rule without examples.
    """
    bare = without_recommendations(rules.template)
    problems: list[MaintplanError] = []
    for ready in rules.ready:
        if not only or ready.rule.id in only:
            problems.extend(_of_rule(ready, bare))
    return problems


def without_recommendations(template: Template) -> Template:
    """Return the template without its recommendations, so that a plan holds only what it says itself."""
    return replace(
        template,
        questions=tuple(
            replace(
                question,
                considerations=tuple(
                    replace(each, fields=tuple(replace(field, recommendation=None) for field in each.fields))
                    for each in question.considerations
                ),
            )
            for question in template.questions
        ),
    )


def judge_fragment(ready: Ready, fragment: Mapping[str, Any], bare: Template, where: Where) -> Review:
    """Judge one fragment by one rule."""
    plan = read_fragment(fragment, bare, where)
    today = dt.date.fromisoformat(str(fragment["today"])) if "today" in fragment else TODAY
    return review(stand(plan), Rules(bare, (ready,)), today)


def _of_rule(ready: Ready, bare: Template) -> Iterator[MaintplanError]:
    rule = ready.rule
    for key, fragments in (("flags", rule.flags), ("accepts", rule.accepts)):
        if not fragments:
            mend = (
                f"add {key}: with one plan fragment that it must {'flag' if key == 'flags' else 'not flag'}"
            )
            yield InputError(f"the rule {rule.id} has no {key}", rule.where["id"], mend)
        for index, fragment in enumerate(fragments):
            path = f"{rule.id}.{key}[#{index + 1}]"
            where = replace(rule.where[key], path=path)
            try:
                found = judge_fragment(ready, fragment, bare, where)
            except MaintplanError as error:
                yield error
                continue
            except ValueError:
                yield InputError(f"{fragment['today']!r} is not a day", where, "write today: 2026-07-01")
                continue
            yield from _judged(ready, key, found, where, bare.language)


def _judged(ready: Ready, key: str, found: Review, where: Where, language: str) -> Iterator[MaintplanError]:
    of_rule: list[Finding] = [each for each in found.findings if each.rule == ready.rule.id]
    errors = [each for each in of_rule if each.error]
    waits = "; ".join(f"it waits for {', '.join(each.places)}" for each in found.waiting)
    if errors:
        yield InputError(errors[0].message, where, "mend the rule or the fragment")
    elif key == "flags" and not of_rule:
        silent = waits or "it stays silent: it does not apply, its requirement holds, or a field is not asked"
        yield InputError(
            f"the rule {ready.rule.id} does not flag this; {silent}", where, "mend one of the two"
        )
    elif key == "flags":
        missing = words(language)("findings.not_given")
        for each in of_rule:
            if missing in each.message:
                what = f"a value is missing in the message: {each.message}"
                yield InputError(
                    what, where, "name values that are always there when the rule finds something"
                )
    elif of_rule:
        yield InputError(
            f"the rule {ready.rule.id} flags this: {of_rule[0].message}", where, "mend one of the two"
        )
    elif waits:
        yield InputError(
            f"the rule {ready.rule.id} can't judge this; {waits}", where, "add what it waits for"
        )


def read_fragment(fragment: Mapping[str, Any], template: Template, where: Where) -> Plan:
    """Read a fragment as a plan.

    Raises
    ------
    InputError
        For a name that does not exist and for a value that its field refuses.
    """
    service = {"name": "example", "tier": 1, "stage": "production", **(fragment.get("service") or {})}
    answers: dict[str, Answer] = {}
    for question, values in fragment.items():
        if question in _OTHER_KEYS:
            continue
        if not isinstance(values, dict):
            raise InputError(f"{question} holds no fields", where, f"write {question}: {{field: value}}")
        for name, raw in values.items():
            field = template.named.get(f"{question}.{name}")
            if field is None:
                near = [each for each in template.named if each.startswith(f"{question}.")] or template.named
                raise unknown("field", f"{question}.{name}", near, where)
            path = f"{where.path}: {question}.{name}"
            answer = _answer(raw, field.spec, replace(where, path=path))
            if answer is not None:
                answers[field.place] = answer
    try:
        checked = check(Service, service, Unwritten())
    except MaintplanError as error:
        raise InputError(error.what, where, error.mend) from None
    return Plan(template=template, service=checked, answers=answers)


def _answer(raw: Any, spec: fields.Spec, where: Where) -> Answer | None:
    if isinstance(raw, dict) and len(raw) == 1 and set(raw) <= set(STANCES):
        name = next(iter(raw))
        return check(STANCES[name], raw, Unwritten(where.file))
    try:
        value = fields.parse(raw, spec)
    except MaintplanError as error:
        raise InputError(
            error.what, replace(where, path=f"{where.path}{error.where.path or ''}"), error.mend
        ) from None
    return None if value is None else Given(value)
