"""What holds for every kind and every value."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from maintplan import fields, yamltext
from maintplan.errors import InputError, ValueProblem
from maintplan.fields import Spec

OPTIONS = {"code": "Code", "off": "Switched off", "a,b": "Both, of them", "7": "Seven (7)"}
COLUMNS = tuple(
    Spec(
        kind,
        kind,
        options=OPTIONS if kind in {"choice", "several"} else {},
        unit="GB" if kind == "number" else None,
    )
    for kind in sorted(set(fields.KINDS) - {"table"})
)
SPECS = (*COLUMNS, Spec("table", "table", key="text", columns=COLUMNS), Spec("several", "free"))

LIKELY = [
    *("5", "5 %", "140", "-1", "1.10", "3 GB", "1e3", "007", "12:30", "null", "~", " padded ", "a\nb", ""),
    *("4h", "1h 30m", "PT2H", "at once", "15 Minutes", "P1M", "2026-12-01", "2026-12-1"),
    *("weekly", "{every: week, days: [sun], time: '02:00'}", "{every: month, days: [1, last fri]}"),
    *("{every: week, time: 12:30}", "{rrule: FREQ=DAILY, start: 2026-12-01}"),
    *("https://acme.example/x", "HTTP://acme.example", "true", "False", "off"),
    *("CODE", "Both, of them", "code, off", "[code, 'a,b']", "seven (7)"),
    *("- {text: a}", "[{text: a, duration: 4h}]", "[{text: a}, {text: a}]", "[", "{", "- - -", "&a x"),
]
texts = st.one_of(
    st.sampled_from(LIKELY),
    st.text(max_size=30),
    st.text(alphabet="0123456789.,-+eE %PTDHMSdhmws[]{}:\"'", max_size=12),
)
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.datetimes(), st.timedeltas(), texts
)
names = st.one_of(
    st.sampled_from([*fields.KINDS, "every", "days", "time", "for", "zone", "rrule", "start"]),
    st.text(max_size=5),
)
data = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
)
anything = st.one_of(texts, data, st.lists(st.dictionaries(names, texts, max_size=4), max_size=3))
each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.id)
quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(raw: object, spec: Spec) -> object:
    """Return the value, or the text of the error."""
    try:
        return fields.parse(raw, spec)
    except ValueProblem as problem:
        return f"refused: {problem}"


def valid(raw: Any, spec: Spec) -> fields.Value | None:
    """Return the value, or None where there is none."""
    try:
        return fields.parse(raw, spec)
    except ValueProblem:
        return None


@each_spec
@quick
@given(raw=anything)
def test_a_value_survives_its_text_and_being_read_again(spec: Spec, raw: object) -> None:
    value = valid(raw, spec)  # and nothing but a ValueProblem is raised
    if value is None:
        return
    assert fields.parse(value, spec) == value
    text = fields.text(value, spec)
    assert fields.parse(text, spec) == value
    assert fields.show(value, spec)
    fields.to_cel(value, spec)
    assert json.loads(json.dumps(value)) == value
    if spec.kind != "markdown":
        assert "\n" not in text


@each_spec
@quick
@given(text=texts)
def test_text_from_a_yaml_file_and_from_a_cell_give_the_same(spec: Spec, text: str) -> None:
    line = json.dumps({"value": text})
    try:
        in_file = yamltext.read(line).data
    except InputError:  # half a surrogate pair can't stand in a file
        return
    assert isinstance(in_file, dict)
    assert outcome(in_file["value"], spec) == outcome(text, spec)


@each_spec
@quick
@given(raw=st.one_of(st.integers(), st.floats(), st.booleans(), st.dates()))
def test_a_python_scalar_and_its_text_give_the_same_unless_text_is_declared(spec: Spec, raw: object) -> None:
    found = outcome(raw, spec)
    if "where text is declared" in str(found):
        return
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    assert found == outcome(text, spec)


@each_spec
@quick
@given(raw=anything)
def test_the_schema_accepts_what_is_accepted_in_a_plan_file(spec: Spec, raw: object) -> None:
    schema = fields.schema(spec)
    value = valid(raw, spec)
    validator = Draft202012Validator(schema)
    if value is not None:
        validator.validate(value)
    if isinstance(raw, str) and valid(raw, spec) is not None:
        validator.validate(raw)
        try:
            usual = yaml.safe_load(raw)
            ours = yamltext.read(raw, top="any").data
        except (InputError, yaml.YAMLError, ValueError):  # not every text is YAML
            return
        if valid(ours, spec) is not None:
            validator.validate(json.loads(json.dumps(usual, default=str)))


@each_spec
def test_the_schema_is_a_schema(spec: Spec) -> None:
    Draft202012Validator.check_schema(fields.schema(spec))
    json.dumps(fields.schema(spec))
