"""The style in which data is written."""

from __future__ import annotations

import pytest
import yaml

from maintplan.yamltext import Value, dump, dump_line, read


def test_a_table_has_one_row_a_line() -> None:
    rows: Value = [{"name": "canary", "percent": 5}, {"name": "everyone", "percent": 100}]
    assert dump({"stages": rows}) == (
        "stages:\n  - {name: canary, percent: 5}\n  - {name: everyone, percent: 100}\n"
    )


def test_a_row_that_is_too_long_stands_in_a_block() -> None:
    assert dump({"rows": [{"a": "x " * 40 + "x", "b": "y " * 30 + "y"}]}).startswith("rows:\n  - a: x x")


def test_short_lists_stand_in_brackets_and_small_mappings_deep_down_in_braces() -> None:
    data: Value = {"layers": ["acme"], "a": {"b": {"c": {"d": {"none": "we have none"}}}}}
    assert dump(data) == "layers: [acme]\na:\n  b:\n    c:\n      d: {none: we have none}\n"


def test_text_of_several_lines_is_a_literal_block() -> None:
    data: Value = {"a": "one\ntwo\n", "b": "one\ntwo", "c": "one\n\n", "d": "  one\ntwo\n", "e": ["x\ny\n"]}
    assert dump(data) == (
        "a: |\n  one\n  two\nb: |-\n  one\n  two\nc: |+\n  one\n\n"
        "d: |2\n    one\n  two\ne:\n  - |\n    x\n    y\n"
    )


@pytest.mark.parametrize("text", ["a\rb\n", "a\n\x07b", "x\n\u2028y", "\n\n", " \n "])
def test_text_that_a_literal_block_cannot_hold_is_escaped(text: str) -> None:
    written = dump({"a": text})
    assert written.startswith('a: "')
    assert written.count("\n") == 1
    assert read(written).data == {"a": text}


@pytest.mark.parametrize(
    "text",
    ["yes", "No", "on", "y", "true", "null", "~", "", "007", "1.10", "1_000", "0x1F", "0o17", "1e3", ".inf",
     "+1", "12:30", "2026-12-01", "2026-11-20T09:00:00Z", "=", "<<", " x", "x ", "# x", "a # b", "a: b",
     "a:", "- a", "---", "...", "@x", "`x", "%x", "!x", "&x", "*x", "[x", "{x", "? x", "|", ">", "'x", '"x',
     "a\tb"],
)  # fmt: skip
def test_text_that_could_be_misread_is_quoted(text: str) -> None:
    line = dump({"a": text})
    assert line[3] in "\"'"
    assert yaml.safe_load(line) == {"a": text}
    assert yaml.safe_load(dump_line([text])) == [text]


@pytest.mark.parametrize(
    "text", ["directory", "5 %", "over 1 %", "4h", "it's", "https://a.example/x#y", "Ünïcode 😀", "-x"]
)
def test_harmless_text_is_plain(text: str) -> None:
    assert dump({"a": text}) == f"a: {text}\n"


def test_numbers_booleans_and_nothing_are_plain() -> None:
    assert dump({"a": 1, "b": 1.5, "c": True, "d": None}) == "a: 1\nb: 1.5\nc: true\nd: null\n"


def test_empty_collections_are_written_as_brackets() -> None:
    assert dump({"a": {}, "b": [], "c": [[], {}]}) == "a: {}\nb: []\nc:\n  - []\n  - {}\n"
    assert dump({}) == "{}\n"


def test_one_line_holds_anything() -> None:
    assert dump_line([{"a": "x\ny"}, "b, c", None]) == '[{a: "x\\ny"}, "b, c", null]'
    assert dump_line("12:30") == '"12:30"'
