"""What readers of a printed table rely on: it fills the page, and words break only where they must."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintplan.reporting import faces, widths
from maintplan.reporting.flow import Column, Grid, Run

ROOM, GAP = 480.0, 8.0
URL = "https://example.org/" + "a/very/long/path-with-parts_" * 12


@pytest.fixture(scope="module")
def setting() -> widths.Setting:
    return widths.Setting(faces.faces([]), "Inter", 8.0)


def grid(labels: list[str], rows: list[list[str]]) -> Grid:
    return Grid(
        columns=tuple(Column((Run(label),)) for label in labels),
        rows=tuple(tuple((Run(cell),) for cell in row) for row in rows),
    )


CELL = st.one_of(
    st.text("ab c", max_size=60), st.sampled_from(["", URL, "系统维护手册" * 30, "word " * 400, "14 days"])
)


@given(count=st.integers(1, 12), data=st.data())
@settings(max_examples=150, deadline=None)
def test_columns_fill_the_room_and_none_is_left_without_any(
    count: int, data: st.DataObject, setting: widths.Setting
) -> None:
    rows = data.draw(st.lists(st.lists(CELL, min_size=count, max_size=count), max_size=6))
    labels = data.draw(st.lists(CELL, min_size=count, max_size=count))
    found, _ = widths.columns(grid(labels, rows), setting, setting, ROOM, GAP)
    assert sum(found) == pytest.approx(ROOM)
    assert min(found) > GAP


@pytest.mark.parametrize("long", [URL, "系统维护手册" * 60, "word " * 500])
def test_a_short_word_stays_whole_beside_a_text_that_takes_many_lines(
    long: str, setting: widths.Setting
) -> None:
    found, _ = widths.columns(
        grid(["Link", "State"], [[long, "ok"], ["x", "ok"]]), setting, setting, ROOM, GAP
    )
    assert found[1] - GAP >= setting.width("State", bold=True)


def test_what_has_room_on_one_line_stands_on_one_line(setting: widths.Setting) -> None:
    rows = [["checkout", "Jonas Petersen", "11 January 2027"], ["a", "Ines", "12 May"], ["b", "Tom", "1 May"]]
    room = setting.width("checkoutJonas Petersen11 January 2027") + 3 * GAP + 1
    found, _ = widths.columns(grid(["Flag", "Owner", "Created"], rows), setting, setting, room, GAP)
    assert all(width - GAP >= setting.width(text) for width, text in zip(found, rows[0], strict=True))
