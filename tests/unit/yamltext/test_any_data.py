"""Whatever the data: writing and reading gives it back, and a change gives exactly what was asked for."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from maintplan.yamltext import Value, dump, dump_line, read, splice
from maintplan.yamltext.nodes import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

TRICKY = [
    "yes",
    "1.10",
    "12:30",
    "2026-12-01",
    "---",
    "null",
    "<<",
    "a: b",
    "a\n",
    "\n",
    "a\n\n",
    " a\nb",
    "a\n  ",
    "- a",
]
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("ab \n\t:#-,[]{}'\"|>?&*!%@`\r\x85\u2028\ufeff\\=~1.", max_size=8),
    st.sampled_from(TRICKY),
)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS)
TREES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
MAPPINGS = st.dictionaries(TEXTS, TREES, min_size=1, max_size=4)
FORMS: dict[str, Callable[[Any], str]] = {
    "blocks": dump,
    "one line": dump_line,
    "windows": lambda data: dump(data).replace("\n", "\r\n"),
    "no last line break": lambda data: dump(data).rstrip("\n"),
    "json": lambda data: json.dumps(as_text(data)),
    "spread json": lambda data: json.dumps(as_text(data), indent="\t", ensure_ascii=False),
}
CAREFUL = settings(max_examples=150, deadline=None)


@CAREFUL
@given(TREES)
def test_any_data_is_read_back_as_it_was_written(tree: Value) -> None:
    assert read(dump(tree), top="any").data == as_text(tree)
    assert read(dump_line(tree), top="any").data == as_text(tree)


@CAREFUL
@given(TEXTS)
def test_another_parser_reads_any_text_as_the_same_text(text: str) -> None:
    assert yaml.safe_load(dump({"a": text, "b": [{text: text}]})) == {"a": text, "b": [{text: text}]}


@CAREFUL
@given(TREES, TREES, st.sampled_from(sorted(FORMS)))
def test_any_data_is_changed_into_any_other(before: Value, after: Value, form: str) -> None:
    document = read(FORMS[form](before), top="any")
    assert read(splice(document, document.data, after), top="any").data == as_text(after)


def _spots(tree: Any) -> list[Any]:
    inner = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
    here = [tree] if isinstance(tree, (dict, list)) else []
    return [*here, *(spot for item in inner for spot in _spots(item))]


@CAREFUL
@given(MAPPINGS, st.data())
def test_a_few_changes_inside_are_exact(before: dict[str, Any], data: st.DataObject) -> None:
    after = copy.deepcopy(before)
    for _ in range(data.draw(st.integers(1, 3))):
        spot = data.draw(st.sampled_from(_spots(after)))
        how = data.draw(st.sampled_from(["set", "add", "remove"])) if spot else "add"
        if how == "add":
            value = data.draw(TREES)
            spot.update({data.draw(TEXTS): value}) if isinstance(spot, dict) else spot.append(value)
            continue
        key = data.draw(st.sampled_from(sorted(spot) if isinstance(spot, dict) else range(len(spot))))
        if how == "set":
            spot[key] = data.draw(TREES)
        else:
            del spot[key]
    document = read(dump(before))
    assert read(splice(document, before, after)).data == as_text(after)


@CAREFUL
@given(
    st.dictionaries(st.text("abcdef", min_size=1), st.lists(TEXTS, min_size=1, max_size=3), min_size=1),
    st.data(),
)
def test_the_change_of_one_leaf_changes_only_its_lines(tree: dict[str, Any], data: st.DataObject) -> None:
    before = {key: {"text": texts[0], "more": {"all": texts}} for key, texts in tree.items()}
    key = data.draw(st.sampled_from(sorted(tree)))
    after = copy.deepcopy(before)
    after[key]["text"] = data.draw(TEXTS)
    document = read(dump(before))
    first = document.line([key, "text"]) - 1
    last = document.line([key, "more"]) - 1
    old = document.text.split("\n")
    new = splice(document, before, after).split("\n")
    assert new[:first] == old[:first]
    assert new[len(new) - (len(old) - last) :] == old[last:]
