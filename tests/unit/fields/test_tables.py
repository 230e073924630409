"""Tables: rows, cells, keys, and the place that an error names."""

from __future__ import annotations

from datetime import timedelta

import pytest

from maintplan import fields
from maintplan.errors import ValueProblem
from maintplan.fields import Spec

STAGES = Spec(
    "table",
    key="name",
    row="stage",
    columns=(
        Spec("text", "name"),
        Spec("percent", "percent"),
        Spec("duration", "bake_time"),
        Spec("reference", "gate"),
        Spec("schedule", "window"),
    ),
)
ROWS: fields.Value = [
    {"name": "canary", "percent": 5, "bake_time": "2h", "gate": "error-rate"},
    {"name": "everyone", "percent": 100, "window": {"every": "week", "days": ["sun"]}},
]

ONE_LINE = (
    "[{name: canary, percent: 5 %, bake_time: 2 hours, gate: error-rate},"
    " {name: everyone, percent: 100, window: {every: week, days: [sun]}}]"
)
BLOCK = """
- {bake_time: 2h, name: canary, percent: '5', gate: error-rate, window: }
-
- {name: everyone, percent: 100, window: {every: week, days: sun}}
"""


@pytest.mark.parametrize(
    "raw",
    [
        ONE_LINE,
        BLOCK,
        [
            {"name": "canary", "percent": 5.0, "bake_time": timedelta(hours=2), "gate": "error-rate"},
            {},
            {"name": "", "percent": None},
            {"percent": 100, "name": "everyone", "window": "{every: week, days: [sun]}"},
        ],
    ],
)
def test_the_same_table_is_read_from_yaml_and_from_python(raw: object) -> None:
    assert fields.parse(raw, STAGES) == ROWS


def test_the_text_of_a_table_is_yaml_in_one_line() -> None:
    text = fields.text(ROWS, STAGES)
    assert "\n" not in text
    assert fields.parse(text, STAGES) == ROWS


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ([{"name": "canary", "bake_time": "soon"}], "[canary].bake_time: 'soon' is not a duration; "),
        ([{"name": "prune [all]", "percent": 140}], "[\"prune [all]\"].percent: '140' is not a percent; "),
        ([{"name": "a"}, {}, {"percent": 140}], "[#3].percent: '140' is not a percent; "),
        ([{"name": "a", "percnt": 1}], "[a].percnt: unknown column 'percnt'; did you mean percent?"),
        ([{"name": "a", "per\ncnt": 1}], "[a]: unknown column 'per\\ncnt'; did you mean percent?"),
        ([{"name": "a", 5: 1}], "[a]: unknown column '(int)'; use one of: "),
        ([{"name": 7}], "[#1].name: the number 7 stands where text is declared; "),
        ([{"name": "a"}, {"name": "a"}], "[a].name: the rows 1 and 2 are both named 'a'; "),
        (["canary"], "[#1]: a row is not a mapping of columns; write {name: …, percent: …, bake_time: …}"),
        ({"name": "a"}, "a mapping stands where a table is declared; write a list of rows"),
        ("canary", "'canary' is not a table; write a list of rows"),
        ([{"percent": n % 100} for n in range(2001)], "the table has 2,001 rows; keep it within 2,000"),
    ],
)
def test_an_error_names_the_cell(raw: object, message: str) -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse(raw, STAGES)
    assert str(caught.value).startswith(message)


def test_a_table_of_empty_rows_is_no_answer() -> None:
    assert fields.parse([{}, {"name": " "}, None], STAGES) is None


def test_a_text_that_is_no_yaml_is_refused_in_one_line() -> None:
    with pytest.raises(ValueProblem) as caught:
        fields.parse("[{name: a", STAGES)
    assert "\n" not in str(caught.value)


def test_a_table_is_shown_by_its_keys_or_by_its_size() -> None:
    assert fields.show(ROWS, STAGES) == "canary and everyone"
    assert fields.show([{"percent": 5}], STAGES) == "1 row"


def test_a_rule_sees_typed_cells_and_no_empty_ones() -> None:
    assert fields.to_cel([{"name": "a", "percent": 5, "bake_time": "2h"}], STAGES) == [
        {"name": "a", "percent": 5.0, "bake_time": timedelta(hours=2)}
    ]


@pytest.mark.parametrize(
    ("key", "selector"),
    [
        ("canary", "[canary]"),
        ("error-rate_2", "[error-rate_2]"),
        ("größe", "[größe]"),
        ("prune [all]", '["prune [all]"]'),
        ('say "x\\y"', '["say \\"x\\\\y\\""]'),
        ("#3", '["#3"]'),
        (None, "[#3]"),
        ("", "[#3]"),
    ],
)
def test_a_row_is_named_by_its_key_or_its_position(key: str | None, selector: str) -> None:
    assert fields.row_selector(key, 2) == selector
