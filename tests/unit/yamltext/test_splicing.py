"""A change touches the lines of what was changed, and no others."""

from __future__ import annotations

import copy
import difflib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from maintplan.errors import InputError
from maintplan.yamltext import MAX_BYTES, dump, read, read_file, splice
from maintplan.yamltext.nodes import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

PLAN = read_file(Path(__file__).parent / "files" / "plan.yaml")
ROLLOUT = "phased-feature-rollout-strategy"


def changed(text: str, change: Callable[[Any], object]) -> str:
    """Splice a change into a text and check that it says what it should."""
    document = read(text)
    new: Any = copy.deepcopy(document.data)
    change(new)
    result = splice(document, document.data, new)
    assert read(result).data == as_text(new)
    return result


def lines(change: Callable[[Any], object]) -> list[str]:
    """Return the lines that a change of the plan takes away and adds."""
    result = changed(PLAN.text, change)
    diff = difflib.unified_diff(PLAN.text.splitlines(), result.splitlines(), lineterm="", n=0)
    return [line for line in diff if not line.startswith(("---", "+++", "@@"))]


def rollout(plan: Any) -> Any:
    return plan["answers"]["rollout"]["considerations"][ROLLOUT]


def test_a_cell_changes_its_row_and_its_comment_stays() -> None:
    cells = "          - {name: canary, percent: %s, bake_time: 2h, gate: error-rate}"
    comment = "     # refers to a row of the gates table"
    assert lines(lambda plan: rollout(plan)["stages"][0].update(percent=7)) == [
        "-" + cells % 5 + comment,
        "+" + cells % 7 + comment,
    ]


def test_a_value_that_could_be_misread_is_quoted() -> None:
    removed, added = lines(lambda plan: plan.update(status="on"))
    assert added[1:] == removed[1:].replace("complete", '"on"', 1)


def test_a_plain_date_stays_plain() -> None:
    removed, added = lines(lambda plan: plan["actions"][0].update(due="2027-01-31"))
    assert "due: 2027-01-31," in added
    assert added[1:] == removed[1:].replace("2026-12-01", "2027-01-31")


def test_a_row_is_added_as_one_line() -> None:
    assert lines(lambda plan: rollout(plan)["stages"].insert(1, {"name": "ring-1", "percent": 30})) == [
        "+          - {name: ring-1, percent: 30}"
    ]


def test_a_row_is_removed_as_one_line() -> None:
    assert lines(lambda plan: rollout(plan)["stages"].pop(1)) == [
        "-          - {name: everyone, percent: 100, bake_time: 24h, gate: error-rate}"
    ]


def test_a_removed_answer_takes_its_lines_along() -> None:
    removed = lines(lambda plan: rollout(plan).pop("gates"))
    assert [line[0] for line in removed] == ["-", "-"]


def test_a_new_answer_stands_behind_the_last_one() -> None:
    answers = {"slos": {"not_applicable": "None."}}
    assert lines(lambda plan: plan["answers"].update(monitoring={"considerations": answers})) == [
        "+  monitoring:",
        "+    considerations:",
        "+      slos: {not_applicable: None.}",
    ]


def test_text_of_several_lines_stays_a_block() -> None:
    assert lines(lambda plan: plan["answers"]["rollout"].update(response="One.\n\n  Two.\n")) == [
        "-      We release in three stages.",
        "+      One.",
        "+",
        "+        Two.",
    ]


def test_a_line_becomes_a_block_and_keeps_its_comment() -> None:
    assert (
        changed("a: x  # why\nb: 1\n", lambda data: data.update(a="p\nq\n"))
        == "a: |  # why\n  p\n  q\nb: 1\n"
    )


def test_a_block_becomes_a_line_and_keeps_its_comment() -> None:
    assert changed("a: |  # why\n  p\n\nb: 1\n", lambda data: data.update(a="x")) == "a: x  # why\n\nb: 1\n"


def test_quotes_are_kept_where_they_can_hold_the_text() -> None:
    text = "a: 'x'\nb: \"x\"\nc: x\n"
    new = {"a": "it's", "b": "y", "c": "y: z"}
    assert changed(text, lambda data: data.update(new)) == "a: 'it''s'\nb: \"y\"\nc: \"y: z\"\n"


def test_numbers_and_booleans_are_written_plain_and_text_like_them_in_quotes() -> None:
    assert (
        changed("a: x\nb: x\nc: x\n", lambda data: data.update(a=1.5, b=True, c="1.5"))
        == 'a: 1.5\nb: true\nc: "1.5"\n'
    )


def test_comments_and_blank_lines_around_a_new_key_stay_where_they_are() -> None:
    text = "a:\n  b: 1  # one\n\n# about d\nd: 1\n"
    assert (
        changed(text, lambda data: data["a"].update(c=2)) == "a:\n  b: 1  # one\n  c: 2\n\n# about d\nd: 1\n"
    )


def test_a_new_key_stands_where_its_neighbours_say() -> None:
    document = read("b: 1\nd: 1\n")
    new: Any = {"a": "0", "b": "1", "c": "2", "d": "1"}
    assert splice(document, document.data, new) == 'a: "0"\nb: 1\nc: "2"\nd: 1\n'


def test_the_comment_above_a_removed_key_stays() -> None:
    text = "# about a\na: 1  # and this\n# about b\nb: 2\n"
    assert changed(text, lambda data: data.pop("a")) == "# about a\n# about b\nb: 2\n"


def test_several_removed_keys_leave_the_others_as_they_are() -> None:
    def change(data: Any) -> None:
        row = data["rows"][0]
        del data["a"], data["b"], row["k"], row["l"]

    text = "a: 1\nb: 2\n# about rows\nrows:\n  - k: 1\n    l: 2\n    m:   3\nend:   1\n"
    assert changed(text, change) == "# about rows\nrows:\n  - m:   3\nend:   1\n"


def test_keys_come_and_go_in_braces() -> None:
    assert (
        changed("a: {b: 1, c: 2}  # x\n", lambda data: data["a"].update(d="x, y"))
        == 'a: {b: 1, c: 2, d: "x, y"}  # x\n'
    )
    assert changed("a: {b: 1, c: 2}\n", lambda data: data["a"].pop("b")) == "a: {c: 2}\n"
    assert changed("a: {b: 1, c: 2}\n", lambda data: data["a"].pop("c")) == "a: {b: 1}\n"
    assert changed("a: {b: 1}\n", lambda data: data["a"].pop("b")) == "a: {}\n"
    assert changed("a: {b: }\n", lambda data: data["a"].update(b="x")) == "a: {b: x }\n"


def test_unchanged_items_of_a_list_in_brackets_keep_their_text() -> None:
    assert changed("a: ['x', y,  z]\n", lambda data: data["a"].insert(1, "new")) == "a: ['x', new, y,  z]\n"
    assert changed("a: ['x', y,  z]\n", lambda data: data["a"].pop(0)) == "a: [y,  z]\n"
    assert changed("a: ['x', y,  z]\n", lambda data: data["a"].pop(1)) == "a: ['x',  z]\n"


def test_items_of_a_list_without_indentation() -> None:
    text = "a:\n- x  # one\n# two\n- y\n-   k: 1\n    l: 2\nb: 1\n"
    assert changed(text, lambda data: data["a"].insert(1, "new")) == text.replace("# two", "- new\n# two")
    assert changed(text, lambda data: data["a"].pop(1)) == text.replace("- y\n", "")
    assert changed(text, lambda data: data["a"][2].update(m=3)) == text.replace("l: 2\n", "l: 2\n    m: 3\n")
    assert changed(text, lambda data: data["a"][2].pop("k")) == text.replace("k: 1\n    ", "")
    assert changed(text, lambda data: data["a"].append({"k": 1})) == text.replace("l: 2\n", "l: 2\n- k: 1\n")


def test_a_changed_row_beside_a_new_one_is_still_that_row() -> None:
    text = "t:\n  - {id: a,   v: 1}\n  - {id: b,   v: 2}\n"

    def change(data: Any) -> None:
        data["t"][1]["v"] = 3
        data["t"].insert(0, {"id": "c", "v": 9})

    assert changed(text, change) == "t:\n  - {id: c, v: 9}\n  - {id: a,   v: 1}\n  - {id: b,   v: 3}\n"


def test_containers_are_emptied_and_filled() -> None:
    assert changed("a:  # c\n  - 1\n  - 2\nb: 1\n", lambda data: data.update(a=[])) == "a: []  # c\nb: 1\n"
    assert (
        changed("a: []  # c\nb: 1\n", lambda data: data.update(a=[{"x": 1}])) == "a:  # c\n  - {x: 1}\nb: 1\n"
    )
    assert changed("a:\nb: 1\n", lambda data: data.update(a={"x": 1})) == "a:\n  x: 1\nb: 1\n"
    assert changed("# head\n{}\n", lambda data: data.update(a=1)) == "# head\na: 1\n"
    assert changed("# head\na: 1\n", lambda data: data.clear()) == "# head\n{}\n"


def test_windows_line_endings_a_byte_order_mark_and_a_missing_last_one_are_kept() -> None:
    assert changed("\ufeffa: 1\r\nb: 2", lambda data: data.update(a="x\ny", c=["z"])) == (
        "\ufeffa: |-\r\n  x\r\n  y\r\nb: 2\r\nc: [z]"
    )
    assert changed("a: 1\nb: 2", lambda data: data.update(b="x\ny\n")) == 'a: 1\nb: "x\\ny\\n"'
    assert changed("a: 1\nb: 2", lambda data: data.pop("b")) == "a: 1"


def test_a_block_does_not_swallow_the_comment_below_it() -> None:
    assert (
        changed("a: x\n  # note\nb: 1\n", lambda data: data.update(a="p\nq\n"))
        == 'a: "p\\nq\\n"\n  # note\nb: 1\n'
    )


def test_where_old_and_new_agree_the_words_of_the_text_stay() -> None:
    document = read("a: 5 %\nb: TRUE\nc: [Two, One]\nd: 1\n")
    old: Any = {"a": 5, "b": True, "c": ["1", "2"], "d": 1, "e": "default"}
    assert splice(document, old, old) == document.text
    assert splice(document, old, {**old, "d": 2}) == document.text.replace("d: 1", "d: 2")
    assert splice(document, old, {**old, "e": "mine"}) == document.text + "e: mine\n"


def test_a_list_that_was_put_in_another_order_is_written_anew() -> None:
    document = read("a: [two, one]\n")
    assert splice(document, {"a": ["one", "two"]}, {"a": ["two"]}) == "a: [two]\n"
    assert splice(document, {"a": ["one", "two"]}, {"a": ["one"]}) == "a: [one]\n"


def test_json_stays_json() -> None:
    text = '{\n  "a": 1,\n  "b": {"c": [1, 2]}\n}\n'

    def change(data: Any) -> None:
        data["a"] = "yes"
        data["b"]["c"].append(None)
        data["d"] = {"e": True}

    assert changed(text, change) == '{\n  "a": "yes",\n  "b": {"c": [1, 2, null]},\n  "d": {"e": true}\n}\n'


def test_unusual_texts_are_changed_too() -> None:
    text = '? a\n: 1\nl: [x: 1, y]\nk:\n  value\nq: "b\n  c"   # two lines\n---'[:-3]
    assert changed(text, lambda data: data.pop("a")) == text.replace("? a\n: 1\n", "")
    assert changed(text, lambda data: data.update(a=2)) == text.replace(": 1\n", ": 2\n", 1)
    assert "l: [{x:" in changed(text, lambda data: data["l"][0].update(x="2", z="3"))
    assert 'q: "now"   # two lines' in changed(text, lambda data: data.update(q="now"))


def test_a_text_that_would_grow_too_big_is_refused() -> None:
    document = read("a: 1\n")
    with pytest.raises(InputError, match="larger than 2 MB"):
        splice(document, document.data, {"a": "x" * MAX_BYTES})


def test_a_change_in_a_large_plan_is_made_in_time() -> None:
    document = read(dump({f"plan-{number}": PLAN.data for number in range(18)}))
    new: Any = copy.deepcopy(document.data)
    new["plan-5"]["status"] = "draft"
    started = time.perf_counter()
    result = splice(document, document.data, new)
    assert time.perf_counter() - started < 1  # 0.06 on an idle machine
    assert result.count("status: draft") == 1
