"""Any text that a person writes into a plan stands in the report as they typed it, and changes no markup."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell, new_notebook, new_output

from maintplan import store
from maintplan.errors import MaintplanError
from maintplan.plan import approval, edits
from maintplan.plan.model import AcceptedRisk, Action, Comment, CrossItem, Plan
from maintplan.reporting import MaintplanHTMLExporter
from maintplan.session import Parameters, Session
from maintplan.summary.blocks import MIME, Part

POCKET = Path(__file__).parents[2] / "data" / "pocket"
WORD = "xylophone"
NOW = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
RTO = "recovery.recovery-targets.rto"
QUIET = {"wbr", "br", "p", "colgroup", "col", "span"}
"""What line breaks and the lengths of words make, and what shields a dollar from being mathematics."""


class Read(HTMLParser):
    """What a browser reads: the text, its elements and their attributes."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[str] = []
        self.attributes: set[str] = set()
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes |= {name for name, _ in attrs}
        if tag not in QUIET:
            self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        if self.cdata_elem != "style":
            self.text += data


def written(plan: Plan, text: str) -> Plan:
    """Write a text wherever a plan holds words that are no Markdown."""
    plan = edits.describe_service(plan, name=text, owner=text)
    rows = [{"gate": text, "threshold": text}]
    plan = edits.answer(plan, "rollout.gates", rows)
    plan = edits.answer(plan, "rollout.stages", [{"name": text, "gate": text}])
    plan = edits.say_none(plan, "recovery.rpo", text)
    plan = edits.not_applicable(plan, "recovery.backups", text)
    plan = edits.not_known_yet(plan, RTO, who=text, note=text, due=dt.date(2026, 12, 1))
    plan = edits.own(plan, "recovery.recovery-targets", text)
    plan = edits.cross_cut(plan, "security-privacy", "access-review", CrossItem(status="met", note=text))
    plan = edits.note_action(plan, Action(id="a1", about=text, at=RTO, owner=text, ticket=text))
    plan = edits.comment(plan, Comment(id="c1", at=RTO, by=text, when=NOW, text=text))
    risk = AcceptedRisk(rule="r", at=RTO, reason=text, by=text, until=dt.date(2027, 1, 1))
    plan = replace(plan, accepted_risks=(risk,))
    return approval.say_no(plan, by=text, when=NOW, feedback=text, reopen=["recovery"])


def parts(folder: Path, text: str) -> list[Part]:
    path = folder / "plan.yaml"
    path.unlink(missing_ok=True)
    file = store.open(path, template=str(POCKET))
    file.save(written(file.plan, text))
    session = Session(Parameters(plan=str(path), template=str(POCKET)), NOW)
    return [
        session.cover(),
        session.progress(),
        *session.sections(),
        *session.checks(),
        session.sign_off(),
    ]


def report(found: list[Part]) -> str:
    outputs = [new_output("display_data", {MIME: part.to_json()}) for part in found]  # type: ignore[no-untyped-call]
    notebook = new_notebook(cells=[new_code_cell(outputs=outputs)])  # type: ignore[no-untyped-call]
    text, _ = MaintplanHTMLExporter().from_notebook_node(notebook)
    return str(text)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=30)
NASTY = [
    "</style></script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)> <svg/onload=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus=alert(1) '",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7} <%= 7 %>",
    "# no heading",
    "- no list",
    "1. no number",
    "> no quote",
    "*no* _emphasis_ ~~none~~ **none**",
    "[no link](javascript:alert(1)) ![no](x) <https://x.example>",
    "| no | cell |",
    "&lt;no&gt; &amp; &#60; \\< \\\\",
    "--- *** ___ === ``",
    "$a$ $$b$$ \\(c\\) \\[d\\]",
    "]]> <!-- --> <?x?> <!DOCTYPE x>",
    ":smile: ^a^ ~b~ ==c== [^1]: d",
    "\u202e right to left \u200b none \ufeff",
]
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> tuple[Read, Read]:
    """The same report and Markdown with an everyday word in all the places."""
    found = parts(tmp_path_factory.mktemp("harmless"), WORD)
    return Read(report(found)), Read(rendered(found))


def rendered(found: list[Part]) -> str:
    """Render the parts' Markdown as a reader's program does, with tables and raw HTML."""
    markdown = MarkdownIt("commonmark").enable("table").enable("strikethrough")
    return "\n".join(markdown.render(part._repr_mimebundle_()["text/markdown"]) for part in found)


def same_structure(tmp_path: Path, text: str, harmless: tuple[Read, Read]) -> None:
    try:
        found = parts(tmp_path, text)
    except MaintplanError:
        assume(False)  # noqa: FBT003 - what is no text is refused before it is written
    for read, expected in zip((Read(report(found)), Read(rendered(found))), harmless, strict=True):
        assert read.elements == expected.elements
        assert read.attributes - expected.attributes <= {"style", "start"}
        times = read.text.count(text.strip())
        assert times >= expected.text.count(WORD), "as often as the word stands in the other one"


@pytest.mark.parametrize("text", NASTY)
def test_what_looks_like_markup_is_text(tmp_path: Path, text: str, harmless: tuple[Read, Read]) -> None:
    same_structure(tmp_path, text, harmless)


@SETTINGS
@given(text=TEXTS)
@example(text="a  b")
def test_any_text_is_text(tmp_path: Path, text: str, harmless: tuple[Read, Read]) -> None:
    assume("`" not in text)  # between back-ticks stands a command
    same_structure(tmp_path, text, harmless)
