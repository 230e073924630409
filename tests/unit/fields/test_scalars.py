"""Text, numbers, choices, dates and addresses: what is taken, what is refused, and how it is shown."""

from __future__ import annotations

import datetime as dt

import pytest

from maintplan import fields
from maintplan.errors import InputError, ValueProblem
from maintplan.fields import Spec

STRATEGY = {"canary": "Canary", "big-bang": "All at once", "off": "No rollout"}


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  two words ", "two words"),
        ("text", "7", "7"),
        ("markdown", "a\r\n\r\nb\n\n", "a\n\nb"),
        ("markdown", "  indented", "  indented"),
        ("boolean", "TRUE", True),
        ("boolean", False, False),
        ("integer", "010", 10),
        ("integer", 3.0, 3),
        ("number", "2.50", 2.5),
        ("number", "3.0", 3),
        ("percent", "99.95 %", 99.95),
        ("percent", "5%", 5),
        ("percent", 0, 0),
        ("date", "2026-12-01", "2026-12-01"),
        ("date", "2026-12-1", "2026-12-01"),
        ("date", dt.date(2026, 12, 1), "2026-12-01"),
        ("date", dt.datetime(2026, 12, 1), "2026-12-01"),  # noqa: DTZ001 - as PyYAML makes it
        ("url", " https://acme.example/a?b=c#d ", "https://acme.example/a?b=c#d"),
        ("version", "1.10", "1.10"),
        ("reference", "prune [all]", "prune [all]"),
    ],
)
def test_a_value_gets_its_canonical_form(kind: str, raw: object, value: object) -> None:
    found = fields.parse(raw, Spec(kind))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("raw", [None, "", " \n\t ", [], {}, ()])
@pytest.mark.parametrize("kind", sorted(fields.KINDS))
def test_nothing_given_is_no_answer_for_any_kind(kind: str, raw: object) -> None:
    assert fields.parse(raw, Spec(kind)) is None


@pytest.mark.parametrize("raw", [7, 1.5, True])
@pytest.mark.parametrize("kind", ["text", "markdown", "url", "version", "choice", "reference", "several"])
def test_a_python_number_is_refused_where_text_is_declared(kind: str, raw: object) -> None:
    with pytest.raises(ValueProblem, match="stands where text is declared; quote it, or use --set"):
        fields.parse(raw, Spec(kind))


@pytest.mark.parametrize(
    ("kind", "raw", "message"),
    [
        ("text", "a\nb", "'a\\nb' has a line break; use one line"),
        ("text", "a\x07b", "the control character U+0007 stands at position 2; take it out"),
        ("markdown", "ab\ud800", "half a surrogate pair U+D800 stands at position 3; take it out"),
        ("text", "x" * 100_001, "the text is 100,001 characters long; keep it within 100,000"),
        ("text", ["a"], "a list stands where one value is declared; write text in one line"),
        ("boolean", "yes", "'yes' is neither true nor false; write true"),
        ("boolean", "maybe", "'maybe' is neither true nor false; write true or false"),
        ("integer", "2.5", "'2.5' is not a whole number; write a whole number"),
        ("number", "nan", "'nan' is not a number; write a number"),
        ("number", float("inf"), "'inf' is not a number; write a number"),
        ("number", "1,000", "'1,000' is not a number; write a number, without separators between digits"),
        ("number", "1e16", "'1e16' is larger than any number a plan needs; write a number"),
        ("number", "3 GB", "'3 GB' is not a plain number; write a number"),
        ("number", "12,5", "'12,5' is not a number; write a number, with a decimal point: 12.5"),
        (
            "percent",
            "12,5 %",
            "'12,5 %' is not a percent; write a number from 0 to 100, with a decimal point: 12.5 %",
        ),
        ("percent", "1,500", "'1,500' is not a percent; write a number from 0 to 100"),
        ("percent", "140", "'140' is not a percent; write a number from 0 to 100"),
        ("percent", "-1 %", "'-1 %' is not a percent; write a number from 0 to 100"),
        ("date", "2026-02-30", "'2026-02-30' is not a day of the calendar; "),
        (
            "date",
            "1.12.2026",
            "'1.12.2026' is not a date; write a date as year-month-day, such as 2026-12-01",
        ),
        ("date", "2201-01-01", "the year of '2201-01-01' is not from 1970 to 2200; "),
        ("url", "acme.example", "'acme.example' is not a web address; begin it with https://"),
        ("url", "ftp://acme.example", "'ftp://acme.example' is not a web address; "),
        ("url", "https:///path", "'https:///path' names no host; "),
        ("url", "https://a b", "'https://a b' holds a character that no address has; "),
        ("version", "1 10", "'1 10' is not a version; write one word of up to 64 characters"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(kind: str, raw: object, message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse(raw, Spec(kind))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "raw", ["https://ann:hunter2@h/x", "ftp://ann:hunter2/x@h", "https://ann:hunter2@[", "x//ann:hunter2@ y"]
)
def test_a_password_in_an_address_is_refused_and_not_repeated(raw: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse(raw, Spec("url"))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("raw", ["3", "3 GB", "3gb", 3, 3.0])
def test_a_number_may_carry_the_unit_of_its_field(raw: object) -> None:
    assert fields.parse(raw, Spec("number", unit="GB")) == 3


def test_a_number_in_another_unit_is_refused() -> None:
    with pytest.raises(ValueProblem, match="'3 MB' is not in GB; write a number of at least 1 in GB"):
        fields.parse("3 MB", Spec("number", unit="GB", min=1))


@pytest.mark.parametrize(("raw", "message"), [("0", "'0' is below 1"), ("9", "'9' is above 5")])
@pytest.mark.parametrize("kind", ["integer", "number"])
def test_a_number_outside_of_its_limits_is_refused(kind: str, raw: str, message: str) -> None:
    with pytest.raises(ValueProblem, match=message + "; write a .*number from 1 to 5"):
        fields.parse(raw, Spec(kind, min=1, max=5))


@pytest.mark.parametrize("raw", ["big-bang", "Big-Bang", "all at once", " All At Once "])
def test_a_choice_is_named_by_its_id_or_its_label(raw: str) -> None:
    assert fields.parse(raw, Spec("choice", options=STRATEGY)) == "big-bang"


def test_a_mistyped_choice_names_the_closest_option() -> None:
    with pytest.raises(ValueProblem, match="'cannary' is not one of the options; did you mean canary"):
        fields.parse("cannary", Spec("choice", options=STRATEGY))
    with pytest.raises(ValueProblem, match="write one of canary, big-bang, off"):
        fields.parse("xyz", Spec("choice", options=STRATEGY))


@pytest.mark.parametrize(
    "raw", ["off, canary", "[off, Canary]", "[canary, 'off']", ["off", "canary"], ("canary", "off", "")]
)
def test_several_options_stand_in_the_order_of_the_options(raw: object) -> None:
    assert fields.parse(raw, Spec("several", options=STRATEGY)) == ["canary", "off"]


def test_an_option_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueProblem, match="'canary' stands twice"):
        fields.parse("canary, Canary", Spec("several", options=STRATEGY))


@pytest.mark.parametrize(
    ("spec", "value", "shown"),
    [
        (Spec("boolean"), True, "yes"),
        (Spec("percent"), 99.95, "99.95 %"),
        (Spec("number", unit="GB"), 3, "3 GB"),
        (Spec("number"), 0.1, "0.1"),
        (Spec("number"), 1e-07, "0.0000001"),
        (Spec("integer"), 1200, "1200"),
        (Spec("integer"), 12500, "12,500"),
        (Spec("date"), "2026-12-01", "1 December 2026"),
        (Spec("choice", options=STRATEGY), "big-bang", "All at once"),
        (
            Spec("several", options={"c": "code", "d": "data", "k": "keys"}),
            ["c", "d", "k"],
            "code, data and keys",
        ),
        (Spec("reference", to="rollout.gates"), "error-rate", "error-rate"),
    ],
)
def test_a_value_is_shown_as_a_reader_expects_it(spec: Spec, value: fields.Value, shown: str) -> None:
    assert fields.show(value, spec) == shown


def test_another_language_is_another_catalogue() -> None:
    german = fields.Words(true="ja", last_of_list=" und ", thousands=".", decimal=",")
    assert fields.show(value=True, spec=Spec("boolean"), words=german) == "ja"
    assert fields.show(["a", "b"], Spec("several"), german) == "a und b"
    assert fields.show(12500.5, Spec("number"), german) == "12.500,5"


@pytest.mark.parametrize(
    ("spec", "value", "seen", "cel_type"),
    [
        (Spec("duration"), "2h", dt.timedelta(hours=2), "duration"),
        (Spec("date"), "2026-12-01", dt.datetime(2026, 12, 1, tzinfo=dt.UTC), "timestamp"),
        (Spec("percent"), 5, 5.0, "double"),
        (Spec("integer"), 5, 5.0, "double"),
        (Spec("boolean"), True, True, "bool"),
        (Spec("several"), ["a"], ["a"], "list(string)"),
        (Spec("version"), "1.10", "1.10", "string"),
        (Spec("schedule"), "weekly", {"period": dt.timedelta(days=7), "text": "every week"}, "schedule"),
    ],
)
def test_a_rule_sees_a_typed_value(spec: Spec, value: fields.Value, seen: object, cel_type: str) -> None:
    found = fields.to_cel(value, spec)
    assert found == seen
    assert type(found) is type(seen)
    assert fields.cel_type(spec) == cel_type


def test_a_numpy_scalar_is_taken_as_its_python_value() -> None:
    numpy = pytest.importorskip("numpy")
    assert fields.parse(numpy.int64(3), Spec("integer")) == 3
    assert fields.parse(numpy.bool_(True), Spec("boolean")) is True  # noqa: FBT003 - that is the value


def test_an_unknown_kind_names_the_closest() -> None:
    with pytest.raises(InputError, match="did you mean duration"):
        fields.kind("durations")


def test_within_a_list_labels_lose_their_capital_and_names_keep_it() -> None:
    options = {"unit": "Unit tests", "scan": "A security scan", "de": "German", "fed": "FedRAMP", "ci": "CI"}
    spec = Spec("several", options=options)
    assert fields.show([*options], spec) == "Unit tests, a security scan, German, FedRAMP and CI"
