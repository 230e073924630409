"""What another package brings by its entry points, as it is once it is installed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import IPython
import pytest

from maintplan import store
from maintplan.errors import InputError
from maintplan.plan import stand
from maintplan.plan.standing import Standing
from maintplan.summary import builders, sections
from maintplan.widgets import controls, page
from maintplan.widgets.app import App
from maintplan.widgets.desk import Opened
from maintplan.widgets.slots import Slots
from maintplan.widgets.walk import Walk

RTO = "recovery.system-recovery-procedures.rto"
CODE = """
import ipywidgets
from maintplan.summary.blocks import Paragraph, line

class Dial(ipywidgets.Text):
    def __init__(self, spec):
        super().__init__(description=spec.id)
        self.observe(self.turned, "value")

    def turned(self, change):
        if change["new"] == "13h":
            raise RuntimeError("no such hour on this dial")

def slider(spec):
    return Dial(spec)

def rollout(standing, part):
    ours = Paragraph(line=line("As the platform team rolls out."))
    return part.model_copy(update={"blocks": (ours, *part.blocks)})

def broken(standing, part):
    raise LookupError("no such ring")
"""
ENTRIES = """
[maintplan.widgets]
duration = acme_plans:slider
percent = not_installed:slider
[maintplan.sections]
rollout = acme_plans:rollout
recovery = acme_plans:broken
support = not_installed:support
"""


@pytest.fixture(autouse=True)
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package of somebody else's, installed."""
    site = tmp_path / "site"
    about = site / "acme_plans-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "acme_plans.py").write_text(CODE)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-plans\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(ENTRIES)
    monkeypatch.syspath_prepend(str(site))
    caches = (builders.builders, controls.foreign)
    for each in caches:
        each.cache_clear()
    yield
    for each in caches:
        each.cache_clear()


@pytest.fixture
def standing(tmp_path: Path) -> Standing:
    return stand(store.open(tmp_path / "shop.yaml", service="shop", tier=2).plan)


def test_its_widget_stands_in_the_question_and_answers_it(tmp_path: Path) -> None:
    app = App(
        handle=Opened("shop", store.open(tmp_path / "shop.yaml"), create=True), at="recovery", focus=RTO
    )
    slots = Slots(app, app.receive)
    assert slots.follow()
    slots._slots[RTO].widget.value = "5h"
    assert _answered(app) == "5h"
    # What is refused stays as it was put; the plan holds the last valid value.
    slots._slots[RTO].widget.value = "soon"
    slots.follow()
    assert (slots._slots[RTO].widget.value, _answered(app)) == ("soon", "5h")
    assert "is not a duration" in app.edits.wrong[RTO].why
    slots.close()


def test_its_widget_that_fails_at_a_change_is_told_and_what_was_put_counts(tmp_path: Path) -> None:
    app = App(
        handle=Opened("shop", store.open(tmp_path / "shop.yaml"), create=True), at="recovery", focus=RTO
    )
    failures: list[str] = []
    slots = Slots(app, app.receive, failures.append)
    slots.follow()
    slots._slots[RTO].widget.value = "13h"
    assert failures == [f"the widget of another package at {RTO}"]
    assert _answered(app) == "13h"
    slots.close()


def _answered(app: App) -> object:
    return getattr(app.interview.plan.answers[RTO], "value", None)


def test_its_section_stands_in_the_summary_beside_the_kits_own_blocks(standing: Standing) -> None:
    part = sections.section(standing, "rollout")
    assert "As the platform team rolls out." in part.blocks[0].model_dump_json()
    assert len(part.blocks) > 1


def test_a_section_that_can_t_be_built_is_told_with_its_entry_point(standing: Standing) -> None:
    with pytest.raises(InputError, match="no such ring") as caught:
        sections.section(standing, "recovery")
    assert "maintplan.sections, recovery" in str(caught.value)
    with pytest.raises(InputError, match=r"No module named 'not_installed'; mend the package"):
        sections.section(standing, "support")


def test_a_widget_that_can_t_be_loaded_leaves_the_kits_own_in_place() -> None:
    assert set(controls.foreign()) == {"duration"}


def test_a_step_that_can_t_be_shown_for_it_is_said_and_one_stays_where_one_was(tmp_path: Path) -> None:
    app = App(handle=Opened("shop", store.open(tmp_path / "shop.yaml"), create=True), at="rollout")
    app.whole()
    answers = app.receive({"do": "go", "step": "summary", "seq": 1})
    told = next(each["text"] for each in answers if each["type"] == "say")
    assert re.fullmatch(
        r"Summary can't be shown\. The builder .* recovery failed: .*no such ring\. .* [A-Z2-9]{6}\.", told
    )
    assert app.view()["at"] == "rollout"


def test_what_fails_in_its_code_is_told_on_the_page_of_a_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = SimpleNamespace(showtraceback=lambda: None)
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    walk = Walk(App(handle=Opened("shop", store.open(tmp_path / "shop.yaml"), create=True)), in_app=True)
    sent: list[Any] = []
    monkeypatch.setattr(walk, "send", sent.append)
    page._tell_of_failures(walk)
    shell.showtraceback()
    assert [each["type"] for each in sent] == ["failed"]
    walk.close()
