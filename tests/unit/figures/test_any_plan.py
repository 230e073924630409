"""Whatever a plan holds, its pictures are drawn, its calendar and its workbook are written and read back."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import vobject  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maintplan import fields, figures, template
from maintplan.calendar.ics import calendar
from maintplan.errors import ValueProblem
from maintplan.figures.inline import inline
from maintplan.plan import Plan, Service, edits, stand
from maintplan.summary import tables

BANK = template.load("maintenance-rollout")
TODAY = dt.date(2026, 11, 24)
NOW = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
NAMES = [
    *("rollout.stages", "rollout.start", "recovery.steps", "recovery.rto", "recovery.restore_time_measured"),
    *("monitoring.detection_target", "release.decision_time", "recovery.last_restore_test", "roadmap.items"),
    *("runbook.tasks", "runbook.maintenance_window", "release.freeze_periods", "release.flags"),
    *("security.certificates", "roadmap.components", "roadmap.goals", "recovery.critical_periods"),
]
WORDS = (
    st.sampled_from(["", "=1+1", "x" * 300, "<svg onload=1>", "]]>&amp;", "$x^2$ \\frac{1}", "{{ x }}"])
    | st.sampled_from(["\u4e2d\u6587", "\u0627\u0644", "\U0001f680", "a\u0301\u200b", "BEGIN:VEVENT"])
    | st.text(max_size=12)
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": WORDS,
    "markdown": WORDS,
    "version": st.sampled_from(["1", "16.4"]),
    "duration": st.sampled_from(["0s", "1ms", "90s", "15m", "4h", "400d", "30y", "999y", "PT1H30M"]),
    "percent": st.sampled_from([0, 0.01, 5, 33.3, 100]),
    "number": st.sampled_from([0, 0.5, 30, 1e9]),
    "integer": st.sampled_from([0, 1, 10**18]),
    "boolean": st.booleans(),
    "date": st.dates(dt.date(1970, 1, 1), dt.date(2200, 12, 31)).map(dt.date.isoformat),
    "schedule": st.sampled_from(
        [
            *("daily", "weekly", "monthly", "quarterly", "yearly"),
            {"every": "week", "days": ["mon", "sun"], "time": "02:30", "for": "2h", "zone": "Europe/Berlin"},
            {"every": "month", "days": [31, "last fri"], "time": "00:00", "zone": "America/New_York"},
            {"every": "day", "for": "999y", "time": "23:59", "zone": "UTC"},
            {"rrule": "FREQ=SECONDLY"},
            {"rrule": "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "start": "2026-12-01T08:00"},
            {"rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"},
            {"rrule": "FREQ=WEEKLY;INTERVAL=999999;BYDAY=MO"},
            {"rrule": "FREQ=DAILY;COUNT=999999", "start": "1970-01-01"},
            {
                "rrule": "FREQ=DAILY;UNTIL=20200101T000000Z",
                "start": "2019-01-01T10:00",
                "zone": "Asia/Kolkata",
            },
            {"rrule": "FREQ=MONTHLY;BYDAY=1MO,-1FR;BYHOUR=9,17", "zone": "Africa/Casablanca"},
            {"rrule": "FREQ=DAILY", "start": "2200-12-31T23:59", "zone": "Europe/Berlin"},
            {"rrule": "FREQ=DAILY", "start": "1970-01-01T00:01", "zone": "Pacific/Kiritimati"},
        ]
    ),
}


def value(spec: fields.Spec) -> st.SearchStrategy[Any]:
    """Draw a value of a kind."""
    if spec.kind == "table":
        cells = {column.id: value(column) for column in spec.columns}
        return st.lists(st.fixed_dictionaries({}, optional=cells), max_size=4)
    if spec.kind in ("choice", "several"):
        return st.sampled_from(list(spec.options or {"x": "X"}))
    return VALUES.get(spec.kind, st.none())


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan; what a kind refuses is left out."""
    plan = Plan(BANK, Service(name="pay", tier=1, stage="production"), revision=1)
    for name in NAMES:
        try:
            plan = edits.answer(plan, name, draw(value(BANK.named[name].spec)))
        except ValueProblem:
            continue
    return plan


@given(plans())
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_plan_is_drawn_written_and_read_back(plan: Plan) -> None:
    standing = stand(plan)
    for picture in figures.draw(standing, TODAY).values():
        assert inline(picture.svg, picture.alt, styled=True), picture.id
    read = vobject.readOne(calendar(standing, NOW).decode())
    assert read.contents.get("vevent")
    assert openpyxl.load_workbook(io.BytesIO(tables.workbook(standing))).sheetnames
