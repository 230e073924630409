"""Pictures: drawn from what is answered, the same each time, told in words as well."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maintplan import figures
from maintplan.figures import canvas
from maintplan.figures.inline import inline
from maintplan.figures.palette import VARIABLES
from maintplan.plan import Standing
from maintplan.summary import deliverables, html, pictures, sections
from maintplan.summary.blocks import Figure, Part

TODAY = dt.date(2026, 11, 24)
GATE = {
    "gate": "errors over 1 %",
    "metric": "errors",
    "threshold": "1 %",
    "window": "30m",
    "kind": "analysis",
}
STAGES = [
    {"name": "canary", "audience": "staff", "percent": 5, "bake_time": "1h", "gate": "errors over 1 %"},
    {"name": "early", "audience": "volunteers", "percent": 25, "bake_time": "4h"},
    {"name": "everyone", "audience": "all tenants", "percent": 100, "bake_time": "2d"},
]
ROLLOUT: dict[str, Any] = {
    "rollout.strategy": "canary",
    "rollout.start": "2026-12-01",
    "rollout.gates": [GATE],
    "rollout.stages": STAGES,
}
Answered = Callable[[dict[str, Any]], Standing]


def drawn(standing: Standing, name: str) -> figures.Picture:
    return figures.draw(standing, TODAY)[name]


def read(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


def texts(svg: str) -> list[str]:
    """The lines of text of a picture."""
    root = read(svg)
    return [each.text or "" for each in root if each.tag.endswith("text")]


def shown(part: Part | None) -> list[Figure]:
    return [each for each in (part.blocks if part else ()) if isinstance(each, Figure)]


def test_the_same_plan_gives_the_same_bytes(answered: Answered) -> None:
    first, second = (figures.draw(answered(ROLLOUT), TODAY) for _ in range(2))
    assert first == second
    assert not re.search(r"\d\d:\d\d|metadata|Matplotlib", first["rollout-stages"].svg)


def test_a_rollout_shows_each_stage_with_share_length_and_gate(answered: Answered) -> None:
    picture = drawn(answered(ROLLOUT), "rollout-stages")
    said = texts(picture.svg)
    for text in ("canary", "staff", "5 %, 1 hour", "stops on errors over 1 %", "1 December 2026", "100 %"):
        assert text in said
    assert "canary, 5 %, 1 hour; early, 25 %, 4 hours; everyone, 100 %, 2 days" in picture.alt
    assert "starts on 1 December 2026" in picture.alt


def test_stages_that_are_drawn_wider_than_they_last_are_said_to_be(answered: Answered) -> None:
    assert "wider than it lasts" in drawn(answered(ROLLOUT), "rollout-stages").caption
    even = [{**each, "bake_time": "1d"} for each in STAGES]
    assert "wider" not in drawn(answered({**ROLLOUT, "rollout.stages": even}), "rollout-stages").caption


@pytest.mark.parametrize(
    "stages",
    [
        [{"name": "all at once", "percent": 100}],
        [{"name": "a"}, {"name": "b", "bake_time": "15m"}],
        [
            {
                "name": "word" * 200,
                "audience": "<b>$x$ {{ y }} 中文 العربية 🚀",
                "percent": 0,
                "bake_time": "0s",
            }
        ],
        [{"name": f"stage {index}", "percent": index, "bake_time": "1y"} for index in range(60)],
    ],
)
def test_any_stages_are_drawn_within_the_sheet(answered: Answered, stages: list[dict[str, Any]]) -> None:
    picture = drawn(answered({**ROLLOUT, "rollout.stages": stages}), "rollout-stages")
    root = read(picture.svg)
    high = float(root.get("height", "0"))
    for each in root:
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", each.get("d", "")):
            assert -1 <= float(x) <= canvas.WIDTH + 1
            assert -1 <= float(y) <= high + 1
    assert inline(picture.svg, picture.alt, styled=True)


def test_there_is_no_picture_of_nothing(answered: Answered) -> None:
    at_once = {"rollout.strategy": "big-bang"}
    assert "rollout-stages" not in figures.draw(answered(at_once), TODAY)
    nameless = {"rollout.strategy": "canary", "rollout.stages": [{"name": "canary"}]}
    assert "rollout-stages" not in figures.draw(answered(nameless), TODAY)


def test_a_picture_of_recommended_values_says_so(answered: Answered) -> None:
    assert "nobody has looked at" in drawn(answered({}), "rollout-stages").caption


def test_a_picture_stands_in_its_section_of_the_plan_and_of_the_documents(answered: Answered) -> None:
    standing = answered(ROLLOUT)
    made = figures.draw(standing, TODAY)
    assert len(shown(sections.section(standing, "rollout", made))) == 1
    assert len(shown(sections.progress(standing, made))) == 1
    documents = {each.id: each for each in deliverables.documents(standing, TODAY, None, made)}
    plan = documents["feature-rollout-plan"]
    assert [part.id for part in plan.parts if shown(part)] == ["stages"]
    assert not shown(sections.section(standing, "rollout"))


def test_a_picture_follows_the_page_into_the_dark(answered: Answered) -> None:
    picture = drawn(answered(ROLLOUT), "rollout-stages")
    page = html.figure(pictures.figure(picture), styled=True)
    assert "<svg" in page
    assert 'role="img"' in page
    assert "canary, 5 %" in page
    assert "var(--accent,#0a5f73)" in page
    colours = set(re.findall(r"[^,]#[0-9a-f]{6}", page))
    assert not colours, "each colour has a name"
    notebook = html.figure(pictures.figure(picture))
    assert "currentColor" in notebook
    assert "var(" not in notebook


def test_every_colour_of_the_palette_is_one_of_the_report() -> None:
    from maintplan import resources  # noqa: PLC0415 - for this test alone

    css = (resources.report_template() / "report.css").read_text(encoding="utf-8")
    light = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", css.partition("@media")[0]))
    assert {name: light.get(name) for name in VARIABLES.values()} == {
        name: colour for colour, name in VARIABLES.items()
    }


@pytest.mark.parametrize(
    "mark",
    [
        '<script>alert(1)</script><path d="M 0 0"/>',
        '<image href="https://example.org/x.png"/>',
        '<path d="M 0 0" onclick="alert(1)"/>',
        '<path d="M 0 0" style="fill: url(https://example.org/x)"/>',
        "<style>*{display:none}</style>",
        '<a href="javascript:alert(1)"><path d="M 0 0"/></a>',
        '<text x="1" y="1"><tspan>x</tspan></text>',
        '<text x="1" y="1" style="font-family: x">x</text>',
    ],
)
def test_foreign_svg_stays_an_image(mark: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">{mark}</svg>'
    assert inline(svg, "a", styled=True) is None
    assert '<img src="data:image/svg+xml' in html.figure(Figure(svg=svg, alt="a"), styled=True)


@given(st.text(max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_drawn(text: str) -> None:
    sheet = canvas.Canvas(20)
    sheet.text(0, 12, canvas.cut(text, 100, 12))
    assert inline(sheet.svg(), text, styled=False)
    assert canvas.width(canvas.cut(text, 100, 12), 12) <= 100


def test_what_draws_nothing_does_not_import_matplotlib() -> None:
    code = (
        "import sys, maintplan.session, maintplan.figures, maintplan.summary.sections;"
        "sys.exit('matplotlib' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ------------------------------------------------------------------------------------- the other pictures

STEPS = [
    {"step": "Restore the database", "minutes": 30, "verify": "Rows are there"},
    {"step": "Let users back", "minutes": 10, "verify": "Errors stay under 1 %"},
]
RECOVERY: dict[str, Any] = {
    "recovery.rto": "1h",
    "monitoring.detection_target": "5m",
    "release.decision_time": "10m",
    "recovery.steps": STEPS,
}


def test_a_recovery_adds_up_to_what_its_objective_leaves(answered: Answered) -> None:
    picture = drawn(answered(RECOVERY), "recovery")
    said = texts(picture.svg)
    for text in ("Noticed", "Decided", "Restore the database", "30 min", "Restore within 1 hour"):
        assert text in said
    assert "Errors stay under 1 %" in said
    assert "leaves 5 min to spare" in picture.caption
    assert "Noticed, 5 min; Decided, 10 min; Restore the database, 30 min" in picture.alt


def test_a_recovery_that_takes_longer_says_by_how_much(answered: Answered) -> None:
    picture = drawn(answered({**RECOVERY, "recovery.rto": "40m"}), "recovery")
    assert "15 min longer than the objective" in picture.caption


def test_steps_without_a_time_are_counted_and_not_guessed(answered: Answered) -> None:
    steps = [*STEPS, {"step": "Call everybody"}]
    assert (
        "Steps without a time: 1." in drawn(answered({**RECOVERY, "recovery.steps": steps}), "recovery").alt
    )
    nobody = [{"step": "Call everybody"}]
    assert "recovery" not in figures.draw(answered({**RECOVERY, "recovery.steps": nobody}), TODAY)


def test_a_roadmap_stands_by_quarter_however_it_is_written(answered: Answered) -> None:
    items = [
        {"item": "c", "quarter": "some day"},
        {"item": "b", "quarter": "Q2 2027", "status": "planned"},
        {"item": "a", "quarter": "2027-Q1", "status": "done", "owner": "lead"},
        {"item": "d", "quarter": "2027 Q1", "status": "dropped"},
        {"item": "e"},
    ]
    picture = drawn(answered({"roadmap.items": items}), "roadmap")
    assert picture.alt == (
        "The roadmap, 5 items. 2027 Q1: a (done), d (dropped); 2027 Q2: b (planned); "
        "No quarter: e; some day: c."
    )
    assert "lead" in texts(picture.svg)


def test_the_year_shows_what_recurs_and_what_ends(answered: Answered) -> None:
    standing = answered(
        {
            "runbook.tasks": [
                {"task": "backup", "schedule": "daily"},
                {"task": "prune", "schedule": {"every": "week", "days": ["sun"], "time": "02:00"}},
            ],
            "release.freeze_periods": [{"name": "Christmas", "start": "2026-10-20", "end": "2027-01-03"}],
            "security.certificates": [{"name": "api", "expires": "2027-02-01"}],
        }
    )
    picture = drawn(standing, "year")
    assert "backup, every day" in picture.alt
    assert "prune, every week" in picture.alt
    assert "No releases: Christmas, from 1 November 2026 to 3 January 2027" in picture.alt
    assert "Certificate ends: api, on 1 February 2027" in picture.alt
    tasks = drawn(standing, "tasks")
    assert "Christmas" not in tasks.alt
    assert len(tasks.svg) < 20_000


def test_a_year_of_many_items_takes_several_sheets_and_leaves_none_out(answered: Answered) -> None:
    rows = [{"task": f"task {index}", "schedule": "weekly"} for index in range(100)]
    standing = answered({"runbook.tasks": rows})
    made = figures.draw(standing, TODAY)
    sheets = list(figures.sheets(made, "tasks"))
    assert len(sheets) == 3
    assert all(f"task {index}" in texts("".join(each.svg for each in sheets[:1])) for index in range(30))
    assert sum(each.alt.count("every week") for each in sheets) >= 100
    assert "Sheet 2 of 3." in sheets[1].caption
    shown_ = shown(sections.section(standing, "runbook", made))
    assert [each.name for each in shown_] == ["year", "year-2", "year-3"]


def test_every_picture_of_the_examples_reads_as_ours() -> None:
    from maintplan import resources, store  # noqa: PLC0415 - for this test alone
    from maintplan.plan import stand  # noqa: PLC0415

    for name in ("directory", "checkout"):
        standing = stand(store.open(resources.example(name) / "plan.yaml").plan)
        for picture in figures.draw(standing, TODAY).values():
            assert inline(picture.svg, picture.alt, styled=True), picture.id
            assert picture.alt.endswith(".")
            assert "{" not in picture.alt + picture.caption
