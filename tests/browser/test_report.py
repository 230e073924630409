from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, ViewportSize, sync_playwright
from pypdf import PdfReader

from maintplan.reporting import MaintplanHTMLExporter
from maintplan.summary.blocks import Column, Note, Part, Span, Table, line

pytestmark = pytest.mark.browser

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = ViewportSize(width=1440, height=900)
NARROW = ViewportSize(width=360, height=780)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(chromium), args=list(ARGUMENTS))
        yield opened
        opened.close()


def opened(browser: Browser, report: Path, **how: Any) -> Page:
    context = browser.new_context(**{"viewport": WIDE, "reduced_motion": "reduce", **how})
    page = context.new_page()
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize("width", [320, 360, 641, 800, 960, 1100, 1280, 1920])
def test_no_width_scrolls_sideways(browser: Browser, report: Path, width: int) -> None:
    page = opened(browser, report, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.context.close()


def test_the_report_asks_for_nothing_and_breaks_no_policy(browser: Browser, report: Path) -> None:
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url[:80]))
    page.on("console", lambda message: said.append(message.text))
    page.goto(report.as_uri())
    page.evaluate("document.fonts.ready.then(() => true)")
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert said == []
    context.close()


def test_its_own_fonts_are_used(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    page.evaluate("document.fonts.ready.then(() => true)")
    loaded = page.evaluate("[...document.fonts].filter(f => f.status == 'loaded').map(f => f.family)")
    families = {name.strip('"') for name in loaded}
    assert families >= {"Source Serif 4", "Inter", "Source Code Pro"}
    page.context.close()


def test_it_looks_the_same_without_scripts_and_under_a_strict_policy(browser: Browser, report: Path) -> None:
    plain = opened(browser, report)
    expected = plain.screenshot(full_page=True)
    plain.context.close()
    context = browser.new_context(
        viewport=WIDE, reduced_motion="reduce", java_script_enabled=False, offline=True
    )

    def served(route: Route) -> None:
        headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
        route.fulfill(body=report.read_bytes(), headers=headers)

    context.route("http://report.invalid/", served)
    page = context.new_page()
    page.goto("http://report.invalid/")
    assert page.screenshot(full_page=True) == expected
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing(
    browser: Browser, report_html: str, tmp_path: Path, viewport: Any, scheme: str
) -> None:
    # axe is a script: for it alone the page's own policy has to step aside.
    path = tmp_path / "report.html"
    path.write_text(report_html.replace('http-equiv="Content-Security-Policy"', 'name="policy"'), "utf-8")
    page = opened(browser, path, viewport=viewport, color_scheme=scheme)
    results = Axe().run(page, options={"resultTypes": ["violations"]})
    assert results.violations_count == 0, results.generate_report()
    page.context.close()


def test_headings_come_in_order_with_one_title(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    page.context.close()


def test_links_of_the_contents_lead_to_their_sections(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    page.get_by_role("navigation").get_by_role("link", name="Feature Rollout").click()
    assert page.url.endswith("#rollout")
    assert abs(page.locator("#rollout").evaluate("e => e.getBoundingClientRect().top")) < 40
    page.context.close()


def test_a_keyboard_reaches_the_plan_past_the_contents(browser: Browser, report: Path) -> None:
    page = opened(browser, report)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the plan"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "plan"
    page.context.close()


def test_a_note_stands_in_the_margin_where_there_is_room(browser: Browser, report: Path) -> None:
    def left_of_note(width: int) -> float:
        page = opened(browser, report, viewport={"width": width, "height": 800})
        note = page.locator("#rollout .maintplan-notes").first.bounding_box()
        table = page.locator("#rollout .maintplan-table").first.bounding_box()
        page.context.close()
        assert note is not None
        assert table is not None
        return note["x"] - (table["x"] + table["width"])

    assert left_of_note(1440) > 0
    assert left_of_note(1000) < 0


def test_a_table_is_a_list_of_records_on_a_narrow_screen_and_still_a_table(
    browser: Browser, report: Path
) -> None:
    page = opened(browser, report, viewport=NARROW)
    table = page.get_by_role("table", name="Stages")
    assert table.get_by_role("columnheader").count() == 5
    assert table.get_by_role("row").count() == 4
    cell = table.get_by_role("cell", name="staff of three companies")
    assert cell.evaluate("e => getComputedStyle(e, '::before').content") == '"Audience"'
    page.context.close()


def test_a_long_label_beside_a_number_breaks_and_stays_off_it(browser: Browser, report: Path) -> None:
    page = opened(browser, report, viewport=NARROW)
    breaks = "cells => cells.map(cell => getComputedStyle(cell, '::before').whiteSpace)"
    found = page.locator(".maintplan-records td.maintplan-end").evaluate_all(breaks)
    assert set(found) == {"normal"}
    page.context.close()


def test_paper_is_a4_numbered_and_never_dark(browser: Browser, report: Path, tmp_path: Path) -> None:
    page = opened(browser, report, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(27, 31, 35)"
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed
    page.context.close()


def test_sections_side_by_side_show_all_of_their_tables_and_stay_on_the_first_page(
    browser: Browser, notebook: Callable[..., Any], tmp_path: Path
) -> None:
    about = {"title": "Sluice: runbook", "layout": "document", "side_by_side": ["who", "up"]}
    cover = Part(id="cover", title="When Sluice is in trouble", kind="cover", about=about)
    rows = [["at once", "Secondary on-call"], ["15 minutes", "Security team"]]
    checks: list[list[Span | str]] = [
        [Span(text="GET /health/external-apis", tone="code"), "Everything outside answers."]
    ]

    def part(name: str, rows: Sequence[Sequence[Span | str]]) -> Part:
        columns = (Column(label="After"), Column(label="Who"))
        listed = Table(columns=columns, rows=tuple(tuple(line(cell) for cell in row) for row in rows))
        note = Note(tone="medium", line=line("Not known yet. Manager finds out by 15 January 2027."))
        return Part(id=name, title=name, blocks=(listed, note))

    html, _ = MaintplanHTMLExporter().from_notebook_node(
        notebook([cover, part("who", rows), part("up", checks)])
    )
    path = tmp_path / "runbook.html"
    path.write_text(html, encoding="utf-8")
    page = opened(browser, path)
    clipped = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
    assert page.locator(".maintplan-scroll").evaluate_all(clipped) == 0
    one_line = "code => code.getClientRects().length"
    assert page.locator("td code").evaluate(one_line) <= 3  # after GET, and after a slash or a hyphen
    assert len(PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages) == 1
    page.context.close()
