"""Tables as they are edited: rows keep their identity, and what is refused stays as it was typed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maintplan.fields import Spec
from maintplan.widgets.tables import Sheet

STAGES = Spec(
    kind="table",
    id="stages",
    key="name",
    columns=(
        Spec(kind="text", id="name", label="Name"),
        Spec(kind="percent", id="percent", label="Share"),
        Spec(kind="duration", id="bake_time", label="Watch for"),
        Spec(kind="choice", id="kind", label="Kind", options={"auto": "Automatic", "hand": "By hand"}),
        Spec(kind="boolean", id="pages", label="Pages"),
    ),
)
SHOWN = ["name", "percent", "bake_time", "kind", "pages"]


def test_a_wrong_cell_stays_as_typed_beside_the_last_valid_value() -> None:
    sheet = Sheet(STAGES, [{"name": "canary", "percent": 5}])
    row = sheet.rows[0].id
    assert sheet.put(row, "percent", "a lot") is not None
    assert sheet.values() == [{"name": "canary", "percent": 5}]
    assert sheet.rows[0].wrong["percent"].raw == "a lot"
    assert sheet.put(row, "percent", "10") is None
    assert (sheet.values(), sheet.rows[0].wrong) == ([{"name": "canary", "percent": 10}], {})


def test_a_cell_that_is_mended_by_hand_is_read_as_its_heading_is() -> None:
    sheet = Sheet(STAGES, [{"name": "canary"}])
    row = sheet.rows[0].id
    wrong = sheet.put(row, "pages", "perhaps")
    assert wrong is not None
    assert wrong.why == "'perhaps' is neither yes nor no. Write yes or no."
    assert (sheet.put(row, "pages", "Yes"), sheet.put(row, "kind", "by hand")) == (None, None)
    assert sheet.values() == [{"name": "canary", "kind": "hand", "pages": True}]


def test_two_rows_have_no_one_name() -> None:
    sheet = Sheet(STAGES, [{"name": "canary"}, {"name": "all"}])
    wrong = sheet.put(sheet.rows[1].id, "name", "canary")
    assert wrong is not None
    assert wrong.why == "Another row is named 'canary' already. Give each row a name of its own."
    assert [row["name"] for row in sheet.values()] == ["canary", "all"]


def test_a_blank_row_is_on_the_screen_and_not_in_the_plan() -> None:
    sheet = Sheet(STAGES, [{"name": "canary"}])
    first = sheet.rows[0].id
    added = sheet.add(first)
    assert (len(sheet.rows), sheet.values()) == (2, [{"name": "canary"}])
    sheet.put(added, "name", "all")
    sheet.move(added, -1)
    assert [row["name"] for row in sheet.values()] == ["all", "canary"]
    assert sheet.remove(added) == first


def test_a_pasted_block_says_by_its_header_where_cells_belong() -> None:
    sheet = Sheet(STAGES, [])
    block = 'Share\tName\tKind\tPages\n5 %\tcanary\tby hand\tyes\n100\t"every\none"\tAutomatic\tx\n'
    assert sheet.paste(None, None, block, SHOWN) == (2, 0)
    assert sheet.values() == [
        {"name": "canary", "percent": 5, "kind": "hand", "pages": True},
        {"name": "every one", "percent": 100, "kind": "auto", "pages": True},
    ]


def test_what_a_pasted_block_has_no_column_for_is_remembered() -> None:
    sheet = Sheet(STAGES, [])
    sheet.paste(None, None, "Name\tRing\tShare\ncanary\tinner\t5 %\n", SHOWN)
    assert sheet.left_out == ["Ring"]
    sheet.paste(sheet.rows[0].id, SHOWN[-1], "x\tone too many\n", SHOWN)
    assert sheet.left_out == ["one too many"]


def test_a_block_without_a_header_begins_at_the_cell_where_it_is_pasted() -> None:
    sheet = Sheet(STAGES, [{"name": "canary"}])
    rows, refused = sheet.paste(sheet.rows[0].id, "percent", "5\t2h\n100\tsoon", SHOWN)
    assert (rows, refused) == (2, 1)
    assert sheet.values() == [{"name": "canary", "percent": 5, "bake_time": "2h"}, {"percent": 100}]
    assert sheet.rows[1].wrong["bake_time"].raw == "soon"


def test_rows_keep_their_identity_when_the_plan_has_changed_elsewhere() -> None:
    sheet = Sheet(STAGES, [{"name": "a"}, {"name": "b"}])
    a, b = (row.id for row in sheet.rows)
    sheet.follow([{"name": "b"}, {"name": "c"}, {"name": "a", "percent": 1}])
    assert [row.id for row in sheet.rows][::2] == [b, a]


@given(st.text(max_size=300))
def test_any_text_can_be_pasted(text: str) -> None:
    sheet = Sheet(STAGES, [])
    sheet.paste(None, None, text, SHOWN)
    keys = [row["name"] for row in sheet.values() if "name" in row]
    assert len(keys) == len(set(keys))
