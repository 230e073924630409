"""What is refused, in one line that says where and what to do."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from maintplan.errors import InputError
from maintplan.yamltext import MAX_BYTES, read, read_file

if TYPE_CHECKING:
    from pathlib import Path


def refusal(text: str | bytes, top: str = "mapping") -> InputError:
    with pytest.raises(InputError) as caught:
        read(text, "plan.yaml", top=top)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("plan.yaml")
    assert caught.value.mend
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: [1, 2\nc: 3\n", 3, "did not find expected"),
        ("a: 1\nb: x: y\n", 2, "mapping values are not allowed"),
        ('a: 1\nb: "x\n', 3, "unexpected end of stream"),
        ("a:\n\tb: 1\n", 2, "cannot start any token"),
        ("a: @x\n", 1, "cannot start any token"),
        ("a: 1\n- b\n", 2, "did not find expected key"),
        ('a: "\\q"\n', 1, "escape"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: 1\n<<: *x\n", 2, "anchors and aliases are not used in these files"),
        ("a: [&x 1]\n", 1, "anchor"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "!!python/object/apply:os.system"),
        ("a: 1\nb: !!str 2\n", 2, "!!str"),
        ("a: !mine {b: 1}\n", 1, "!mine"),
        ("a: ! x\n", 1, "tag"),
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", 5, "'c' stands twice, on line 3 and on line 5"),
        ('{"a": 1,\n "a": 2}', 2, "'a' stands twice, on line 1 and on line 2"),
        ("? [a, b]\n: c\n", 1, "where a key is expected"),
        ("{[a]: b}\n", 1, "where a key is expected"),
        (": b\n", 1, "did not find expected key"),
        ("? \n: b\n", 1, "a key is missing"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("- a\n", 1, "a mapping is expected here, not a list"),
        ("only words\n", 1, "a mapping is expected here, not a single value"),
        ("a: 1\nb: \x00\n", 2, "U+0000"),
        ("a: \x1b[0m\n", 1, "U+001B"),
        ("a: \ud800\n", 1, "U+D800"),
        (b"a: 1\r\nb: caf\xe9\n", 2, "0xe9 is not UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, "not UTF-8"),
        ('{"a":\n "\\ud83d"}', 2, "surrogate"),
    ],
)
def test_an_error_names_what_and_the_line(text: str | bytes, line: int, says: str) -> None:
    error = refusal(text)
    assert error.where.line == line
    assert says in error.what


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff", b""])
def test_an_empty_file_is_called_empty(text: str | bytes) -> None:
    assert refusal(text).what == "the file is empty"


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "a: " + "[" * 100_000,
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "a:\n- " + "- " * 100_000,
        "".join(" " * depth + "a:\n" for depth in range(1500)),
    ],
)
def test_deep_nesting_is_refused_at_once(text: str) -> None:
    started = time.perf_counter()
    assert "nested more than 64 levels" in refusal(text, top="any").what
    assert time.perf_counter() - started < 2


def test_sixty_four_levels_are_read() -> None:
    for opening, closing in (("[", "]"), ('{"a": ', "}")):
        inner = opening * 64 + "1" + closing * 64
        assert read(inner, top="any").data
        assert "nested" in refusal(opening + inner + closing, top="any").what


def test_a_file_that_is_too_big_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    started = time.perf_counter()
    assert "larger than 2 MB" in refusal("[" * (MAX_BYTES + 1)).what
    assert "larger than 2 MB" in refusal("a: " + "é" * (MAX_BYTES // 2)).what
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"a" * (MAX_BYTES * 2))
    with pytest.raises(InputError, match="larger than 2 MB"):
        read_file(path)
    assert time.perf_counter() - started < 2


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        read_file(tmp_path / "nothing.yaml")
    assert caught.value.where.file == str(tmp_path / "nothing.yaml")
    with pytest.raises(InputError, match="folder"):
        read_file(tmp_path)
    with pytest.raises(InputError, match="can't be read"):
        read_file("plan\0.yaml")


def test_a_file_name_is_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(InputError) as caught:
        read_file(path)
    assert caught.value.where.line == 2
    assert caught.value.where.file == str(path)
