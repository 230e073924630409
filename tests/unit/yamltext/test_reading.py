"""What a text says, and on which line it says it."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from maintplan.yamltext import Document, dump, read, read_file

PLAN = Path(__file__).parent / "files" / "plan.yaml"


@pytest.mark.parametrize(
    "plain", ["1.10", "true", "on", "yes", "010", "12:30", "0x1F", "2026-12-01", "1e3", "007"]
)
def test_a_plain_scalar_is_the_text_as_it_stands(plain: str) -> None:
    assert read(f"value: {plain}\n").data == {"value": plain}


@pytest.mark.parametrize("written", ["", " null", " ~", "  # nothing yet"])
def test_nothing_is_none(written: str) -> None:
    assert read(f"value:{written}\n").data == {"value": None}


@pytest.mark.parametrize(
    ("written", "text"), [('"null"', "null"), ("'~'", "~"), ('""', ""), ("|\n  null", "null")]
)
def test_what_is_quoted_stays_text(written: str, text: str) -> None:
    document = read(f"value: {written}")
    assert document.data == {"value": text}
    assert document.is_quoted(["value"])


def test_plain_text_and_collections_are_not_quoted() -> None:
    document = read('a: 1\nb: ["2"]\n')
    assert not document.is_quoted(["a"])
    assert not document.is_quoted(["b"])
    assert document.is_quoted(["b", 0])
    assert not document.is_quoted(["c"])


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read("1: a\non: b\nnull: c\n2026-01-01: d\n").data == {
        "1": "a",
        "on": "b",
        "null": "c",
        "2026-01-01": "d",
    }


def test_a_place_has_the_line_of_its_key() -> None:
    document = read("# a comment\na:\n  b:\n    - x\n    - {c: 1}\n")
    assert document.line(["a"]) == 2
    assert document.line(["a", "b"]) == 3
    assert document.line(["a", "b", 1]) == 5
    assert document.line(["a", "b", 1, "c"]) == 5


def test_a_place_that_is_not_there_has_the_line_of_what_would_hold_it() -> None:
    document = read("a:\n  b:\n    - x\n")
    assert document.line(["a", "b", 7, "z"]) == 2
    assert document.line(["a", "z"]) == 1
    assert document.line(["z"]) == 1
    assert document.line([]) == 1


def test_lines_are_counted_alike_with_every_line_ending() -> None:
    for ending in ("\n", "\r\n", "\r"):
        assert read(f"a: 1{ending}{ending}b: 2{ending}").line(["b"]) == 3


def test_a_line_separator_inside_a_text_is_an_ordinary_character() -> None:
    document = read("a: x\u2028y\x85z\ufeff\nb: 1\n")
    assert document.data == {"a": "x\u2028y\x85z\ufeff", "b": "1"}
    assert document.line(["b"]) == 2


def test_a_byte_order_mark_is_accepted() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n").data == {"a": "1"}


def test_the_plan_of_the_format_page_reads() -> None:
    document = read_file(PLAN)
    assert isinstance(document, Document)
    assert document.name == str(PLAN)
    assert document.text == PLAN.read_text(encoding="utf-8")
    assert document.line(["rounds", 1, "content"]) == 52
    gates: list[str | int] = [
        "answers",
        "rollout",
        "considerations",
        "phased-feature-rollout-strategy",
        "gates",
        0,
        "window",
    ]
    assert document.line(gates) == 22


def test_json_is_read_as_the_same_data() -> None:
    text = '{\n\t"a":\t1.10,\r\n\t"b": ["\\/\\ud83d\\ude00\\n", null, true, -1.5e+3],\n\t"c": {}\n}\n'
    document = read(text)
    assert document.data == {"a": "1.10", "b": ["/😀\n", None, "true", "-1.5e+3"], "c": {}}
    assert document.line(["b", 0]) == 3
    assert document.line(["c"]) == 4
    assert document.is_quoted(["b", 0])
    assert not document.is_quoted(["b", 1])


def test_json_may_have_long_keys() -> None:
    assert read(json.dumps({"k" * 5000: 1})).data == {"k" * 5000: "1"}


def test_braces_that_are_not_json_are_yaml() -> None:
    assert read('{"a": 1, b: [c d, "e"]}  # rest').data == {"a": "1", "b": ["c d", "e"]}


def test_other_tops_are_read_when_asked_for() -> None:
    assert read("- 1\n- 2\n", top="list").data == ["1", "2"]
    assert read("daily", top="any").data == "daily"
    assert read('"daily"', top="any").data == "daily"
    assert read("{every: week, days: [sun]}", top="any").data == {"every": "week", "days": ["sun"]}


def test_a_large_plan_is_read_in_time() -> None:
    plan = read_file(PLAN).data
    text = dump({f"plan-{number}": plan for number in range(18)})
    started = time.perf_counter()
    read(text)
    assert len(text) > 50_000
    assert time.perf_counter() - started < 0.5  # 0.03 on an idle machine
