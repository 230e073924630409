"""The app without a screen: what a person does, as messages, and what they then see."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from maintplan import store
from maintplan.errors import SaveError
from maintplan.plan.model import Plan, Round
from maintplan.widgets.app import App
from maintplan.widgets.desk import OnePlan, Opened, StorePlans
from maintplan.widgets.patch import changes

NOW = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
RTO = "recovery.system-recovery-procedures.rto"
RPO = "recovery.system-recovery-procedures.rpo"
CONTACTS = "runbook.emergency-response-procedures.contacts"


class Kept:
    """A handle that counts saves, and refuses them when asked to."""

    def __init__(self, path: Path) -> None:
        self._opened = Opened("checkout", store.open(path, service="checkout", tier=2), create=True)
        self.saves = 0
        self.full = False

    @property
    def name(self) -> str:
        return self._opened.name

    @property
    def address(self) -> str | None:
        return self._opened.address

    @property
    def plan(self) -> Plan:
        return self._opened.plan

    def save(self, plan: Plan, by: str, when: dt.datetime) -> Plan:
        if self.full:
            raise SaveError("the disk is full", mend="make room")
        self.saves += 1
        return self._opened.save(plan, by, when)

    def reload(self) -> Plan:
        return self._opened.reload()

    def approved(self) -> Plan | None:
        return self._opened.approved()

    def at_round(self, said: Round) -> Plan | None:
        return self._opened.at_round(said)

    def others(self) -> Plan | None:
        return self._opened.others()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "plan.yaml")


def app_at(kept: Kept, at: str, focus: str | None = None) -> App:
    app = App(handle=kept, at=at, focus=focus, clock=lambda: NOW)
    app.whole()
    return app


def field(app: App, place: str) -> dict[str, Any]:
    considerations = app.view()["step"]["considerations"]["items"]
    found: dict[str, Any] = considerations[place.rpartition(".")[0]]["fields"]["items"][place]
    return found


def test_one_save_for_one_accepted_change_and_none_for_a_refused_one(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    app.receive({"do": "edit", "place": RTO, "raw": "5 hours"})
    assert (kept.saves, field(app, RTO)["edit"]) == (1, "5 hours")
    app.receive({"do": "edit", "place": RTO, "raw": "soon"})
    assert kept.saves == 1
    assert field(app, RTO)["wrong"]["raw"] == "soon"
    assert kept.plan.answers[RTO].value == "5h"  # type: ignore[union-attr]
    app.receive({"do": "edit", "place": RTO, "raw": "6h"})
    assert (kept.saves, field(app, RTO)["wrong"]) == (2, None)


def test_a_note_that_is_too_long_is_refused_in_words_and_stays_as_it_was(kept: Kept) -> None:
    app = app_at(kept, "inputs")
    (name, *_) = app.view()["step"]["items"]["items"]
    app.receive({"do": "input", "place": name, "status": "missing", "note": "Asked for it."})
    app.receive({"do": "input", "place": name, "note": "x" * 100_001})
    shown = app.view()["step"]["items"]["items"][name]
    assert "100,001 characters long" in shown["wrong"]
    assert kept.plan.inputs[name].note == "Asked for it."


def test_what_was_refused_outlives_an_undo_elsewhere_its_step_and_its_kernel(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    app.receive({"do": "edit", "place": RPO, "raw": "1h"})
    app.receive({"do": "edit", "place": RTO, "raw": "soon"})
    app.receive({"do": "undo"})
    app.receive({"do": "go", "step": "runbook", "place": CONTACTS})
    app.receive({"do": "row", "place": CONTACTS, "what": "add"})
    row = app.edits.sheets[CONTACTS].rows[-1]
    app.receive({"do": "cell", "place": CONTACTS, "row": row.id, "column": "name", "raw": "a\x00"})
    for step in ("summary", "runbook"):
        app.receive({"do": "go", "step": step})
    refused = app.view()["refused"]
    assert set(refused) == {RTO, f"{CONTACTS}|{row.id}|name"}
    after = app_at(kept, "recovery", RTO)
    for name, message in refused.values():
        after.receive({"do": name, **message})
    assert field(after, RTO)["wrong"]["raw"] == "soon"
    assert after.view()["refused"] == refused


def test_leaving_a_recommended_value_as_it_stands_decides_nothing(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    assert (field(app, RTO)["state"], field(app, RTO)["edit"]) == ("recommended", "4 hours")
    app.receive({"do": "edit", "place": RTO, "raw": "4 hours"})
    assert field(app, RTO)["state"] == "recommended"


def test_a_recommended_value_is_let_stand_by_somebody(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    refused = app.receive({"do": "stand", "places": [RTO]})
    assert [each["type"] for each in refused] == ["patch", "say"]
    app.receive({"do": "name", "who": "ana"})
    app.receive({"do": "stand", "places": [RTO]})
    assert field(app, RTO)["state"] == "decided"
    stood = kept.plan.provenance[RTO].let_stand
    assert stood is not None
    assert (stood.by, stood.when) == ("ana", NOW)


def test_a_failed_save_is_shown_and_made_good_when_it_is_tried_again(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_at(kept, "recovery", RTO)
    kept.full = True
    answer = app.receive({"do": "edit", "place": RTO, "raw": "5h", "seq": 1})
    assert answer[0]["saved"] is False
    failed = app.view()["saved"]["failed"]
    assert failed.startswith("The disk is full. Make room. Reference")
    app.receive({"do": "save"})
    assert app.view()["saved"]["failed"] == failed, "the same failure has one reference"
    reference = failed.split()[-1].rstrip(".")
    assert caplog.text.count(reference) == caplog.text.count("Traceback") == 1
    kept.full = False
    app.receive({"do": "save"})
    assert app.view()["saved"] == {"at": NOW.isoformat(), "failed": "", "gone": False, "keeps": True}
    assert kept.plan.answers[RTO].value == "5h"  # type: ignore[union-attr]


def test_an_edit_sends_no_more_in_a_plan_that_is_large(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    app.receive({"do": "edit", "place": RTO, "raw": "5h"})
    small = len(json.dumps(app.receive({"do": "edit", "place": RTO, "raw": "6h"})))
    rows = "\n".join(f"person {number}\tengineer" for number in range(300))
    app.receive({"do": "paste", "place": CONTACTS, "columns": ["name", "role"], "text": rows})
    assert len(kept.plan.answers[CONTACTS].value) == 300  # type: ignore[union-attr]
    large = len(json.dumps(app.receive({"do": "edit", "place": RTO, "raw": "7h"})))
    assert large <= small + 100


def test_what_went_wrong_in_here_is_one_sentence_with_a_reference(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = app_at(kept, "recovery", RTO)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    answer = app.receive({"do": "edit", "seq": 3})  # no place at all
    assert answer[-1]["type"] == "failed"
    assert answer[-1]["reference"]


def test_changes_say_what_is_new_and_what_is_gone() -> None:
    old = {"a": 1, "b": {"c": [1, 2], "d": 0}, "e": "x"}
    new = {"a": True, "b": {"c": [1, 3], "d": 0}, "f": []}
    assert changes(old, new) == [[["e"]], [["a"], True], [["b", "c", 1], 3], [["f"], []]]


def test_what_somebody_else_saved_meanwhile_stands_and_mine_is_shown_beside_it(tmp_path: Path) -> None:
    desk = StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")
    mine, theirs = App(desk), App(desk)
    mine.receive({"do": "begin", "name": "Shop", "tier": "2", "stage": "production"})
    mine.receive({"do": "go", "place": RTO})
    theirs.receive({"do": "plan", "plan": "shop"})
    theirs.receive({"do": "go", "place": RTO})
    theirs.receive({"do": "edit", "place": RTO, "raw": "9h"})
    mine.receive({"do": "edit", "place": RTO, "raw": "8h"})
    assert (field(mine, RTO)["edit"], field(mine, RTO)["wrong"]["raw"]) == ("9 hours", "8 hours")
    mine.receive({"do": "edit", "place": RTO, "raw": "8h"})
    assert desk.open("shop").plan.answers[RTO].value == "8h"  # type: ignore[union-attr]


def _two(tmp_path: Path) -> tuple[App, App, StorePlans]:
    """Two people at one plan."""
    desk = StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")
    mine, theirs = App(desk), App(desk)
    mine.receive({"do": "begin", "name": "Shop", "tier": "2", "stage": "production"})
    theirs.receive({"do": "plan", "plan": "shop"})
    return mine, theirs, desk


def test_of_a_text_that_two_people_have_written_both_are_shown_and_either_is_taken(tmp_path: Path) -> None:
    mine, theirs, desk = _two(tmp_path)
    mine.receive({"do": "go", "step": "recovery"})
    long = "We restore from the newest dump.\n\nThen the caches are warmed, one region after the other."
    theirs.receive({"do": "respond", "place": "recovery", "raw": long})
    mine.receive({"do": "respond", "place": "recovery", "raw": "We fail over."})
    step = mine.view()["step"]
    shown = (step["response"], step["response_wrong"]["raw"], step["response_wrong"]["theirs"])
    assert shown == (long, "We fail over.", long)

    # A page that comes back still shows both, and writes neither.
    key, (name, message) = next(iter(mine.view()["refused"].items()))
    again = App(desk)
    again.receive({"do": "plan", "plan": "shop"})
    again.receive({"do": name, **message})
    assert (key, again.edits.wrong[key].raw) == ("recovery#response", "We fail over.")
    assert desk.open("shop").plan.responses["recovery"] == long

    again.receive({"do": "theirs", "place": key})
    assert (again.edits.wrong, desk.open("shop").plan.responses["recovery"]) == ({}, long)
    mine.receive({"do": "mine", "place": key})
    assert (mine.edits.wrong, desk.open("shop").plan.responses["recovery"]) == ({}, "We fail over.")


def test_of_a_cell_that_two_people_have_changed_both_are_shown(tmp_path: Path) -> None:
    mine, theirs, desk = _two(tmp_path)
    rows = "Stage\tWatch for\ncanary\t1h\nall\t2h"
    table = "rollout.phased-feature-rollout-strategy.stages"
    mine.receive({"do": "go", "place": table})
    mine.receive({"do": "paste", "place": table, "row": None, "columns": ["name"], "text": rows})
    theirs.receive({"do": "plan", "plan": "shop"})
    theirs.receive({"do": "go", "place": table})
    for app, text in ((theirs, "3h"), (mine, "4h")):
        app.view()
        row = app.edits.sheets[table].rows[0]
        app.receive({"do": "cell", "place": table, "row": row.id, "column": "bake_time", "raw": text})
    cell = mine.edits.sheets[table].rows[0].wrong["bake_time"]
    assert (cell.raw, cell.theirs) == ("4 hours", "3 hours")
    assert desk.open("shop").plan.table("rollout.stages").loc[0, "bake_time"] == "3h"


def test_what_could_not_be_saved_for_a_while_is_kept_where_nobody_else_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs, desk = _two(tmp_path)
    with monkeypatch.context() as locked:
        locked.setattr(type(mine.handle), "save", lambda *_given: _raise(SaveError("it is locked")))
        mine.receive({"do": "edit", "place": RPO, "raw": "1h"})
        mine.receive({"do": "edit", "place": RTO, "raw": "8h"})
    theirs.receive({"do": "edit", "place": RTO, "raw": "9h"})
    mine.receive({"do": "save"})
    saved = desk.open("shop").plan.answers
    assert [saved[each].value for each in (RTO, RPO)] == ["9h", "1h"]  # type: ignore[union-attr]
    assert mine.edits.wrong[RTO].raw == "8 hours"


def _raise(error: Exception) -> None:
    raise error


def test_different_fields_of_two_people_are_both_kept(tmp_path: Path) -> None:
    desk = StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")
    mine, theirs = App(desk), App(desk)
    mine.receive({"do": "begin", "name": "Shop", "tier": "2", "stage": "production"})
    theirs.receive({"do": "plan", "plan": "shop"})
    theirs.receive({"do": "edit", "place": RPO, "raw": "1h"})
    mine.receive({"do": "edit", "place": RTO, "raw": "8h"})
    assert {RTO, RPO} <= set(desk.open("shop").plan.answers)
    mine.receive({"do": "undo"})
    assert RPO in desk.open("shop").plan.answers, "undo takes back one's own change alone"
    assert RTO not in desk.open("shop").plan.answers
    mine.receive({"do": "redo"})
    assert {RTO, RPO} <= set(desk.open("shop").plan.answers)


def test_a_plan_is_begun_with_its_tier_and_stage_said_and_nothing_else_is_opened(tmp_path: Path) -> None:
    desk = StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")
    app = App(desk)
    app.receive({"do": "begin", "name": " ", "tier": "", "stage": "beta"})
    assert set(app.view()["begin"]) == {"name", "tier"}
    app.receive({"do": "begin", "name": "Shop & Co", "tier": "1", "stage": "beta"})
    assert (app.name, app.view()["at"], app.interview.plan.service.tier) == ("shop-co", "inputs", 1)
    app.receive({"do": "leave"})
    assert [each["name"] for each in app.view()["plans"]] == ["shop-co"]
    for name in ("../shop-co", "/etc/passwd", "shop-co@1", "other"):
        assert app.receive({"do": "plan", "plan": name})[-1]["text"] == "There is no such plan here."
    assert app.view()["page"] == "start"


def test_summary_and_prompt_count_alike_what_a_yes_waits_for(kept: Kept) -> None:
    app = app_at(kept, "summary")
    left = len(list(app.interview.missing()))
    inputs = len(app.interview.plan.template.inputs)  # they can be left for later
    lead = app.view()["step"]["lead"]
    assert lead == (
        f"{left} things still need an answer, {left - inputs} of them before anybody can say Yes."
    )
    app.receive({"do": "go", "step": "confirm"})
    assert app.view()["step"]["blocks"].startswith(f"{left - inputs} answers missing")


def test_what_is_unanswered_is_found_alone_and_with_a_word(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)

    def found(text: str) -> list[dict[str, Any]]:
        said = app.receive({"do": "search", "text": text, "unanswered": True})
        return next(each["found"] for each in said if each["type"] == "found")

    everything = found("")
    assert [each["place"] for each in everything] == [each.place for each in app.interview.missing()]
    assert {each["step"] for each in found("recovery")} < {each["step"] for each in everything}
    contacts = CONTACTS.rpartition(".")[0]
    assert contacts in {each["place"] for each in everything}
    app.receive({"do": "stance", "place": contacts, "kind": "none", "reason": "nobody is on call"})
    assert contacts not in {each["place"] for each in found("")}


def test_what_changed_since_the_last_no_is_told_at_the_prompt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = StorePlans(f"sqlite:///{tmp_path}/plans.db", "maintenance-rollout")
    app = App(desk, desk.begin("Shop", 3, "beta"), at="confirm", clock=lambda: NOW)
    told: list[Any] = []
    monkeypatch.setattr(app, "tell", told.append)
    app.receive({"do": "no", "by": "ana", "feedback": "When is it back?", "reopen": ["recovery"]})
    assert "The No of ana is recorded. You will be asked again." in [each.get("text") for each in told]
    app.receive({"do": "go", "step": "confirm"})
    assert app.view()["step"]["last_no"]["changed"] == "Nothing has changed since then."
    app.receive({"do": "edit", "place": RTO, "raw": "5h"})
    last = app.view()["step"]["last_no"]
    assert last["changed"] == "1 change since then."
    assert "5 hours" in last["changes"]


def test_what_changed_since_the_last_no_is_told_of_a_plan_file_that_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    app = app_at(Kept(path), "confirm")
    app.receive({"do": "no", "by": "ana", "feedback": "When is it back?", "reopen": ["recovery"]})
    app.receive({"do": "edit", "place": RTO, "raw": "5h"})
    again = app_at(Kept(path), "confirm")
    assert "5 hours" in again.view()["step"]["last_no"]["changes"]
    assert (tmp_path / "plan.refused.yaml").is_file()


def test_a_consideration_that_was_clicked_while_it_opened_by_itself_stays_open(kept: Kept) -> None:
    app = App(handle=kept, at="recovery", focus=RTO)
    here, other = "recovery.system-recovery-procedures", "recovery.data-backup-and-archival"
    app.receive({"do": "open", "place": here, "open": True})
    assert app.opened == here
    app.receive({"do": "open", "place": other, "open": False})  # is closed already
    assert app.opened == here
    app.receive({"do": "open", "place": here, "open": False})
    assert app.opened is None


def test_a_closed_consideration_tells_its_text_in_words_without_marks(kept: Kept) -> None:
    place = "recovery.business-continuity-procedures.degraded_mode"
    app = App(handle=kept, at="recovery", focus=place)
    typed = "- **Database gone:** restore `dump`\n- [ask](https://x.example)"
    app.receive({"do": "edit", "place": place, "raw": typed})
    app.receive({"do": "open", "place": app.opened, "open": False})
    shown = app.view()["step"]["considerations"]["items"][place.rpartition(".")[0]]
    assert "Database gone: restore dump ask" in shown["gist"]


def test_the_summary_is_made_while_nobody_waits_and_anew_after_a_change(kept: Kept) -> None:
    app = App(handle=kept, at="recovery", focus=RTO)
    sections = len(app.interview.plan.template.sections)
    assert [app.ahead() for _ in range(sections + 1)] == [True] * sections + [False]
    app.receive({"do": "edit", "place": RTO, "raw": "7h"})
    assert app.ahead()
    app.receive({"do": "go", "step": "summary"})
    assert "7 hours" in app.view()["step"]["parts"]["items"]["recovery"]["html"]
    assert not app.ahead()


def test_undo_goes_to_what_it_takes_back(kept: Kept) -> None:
    app = app_at(kept, "recovery", RTO)
    app.whole()
    app.receive({"do": "edit", "place": RPO, "raw": "1h"})
    app.receive({"do": "respond", "place": "runbook", "raw": "By day."})
    app.receive({"do": "go", "step": "summary"})
    app.receive({"do": "undo"})
    assert app.view()["at"] == "runbook"
    told = app.receive({"do": "undo"})
    assert (app.view()["at"], told[-1]["place"]) == ("recovery", RPO)
    told = app.receive({"do": "redo"})
    assert (app.view()["at"], told[-1]["gently"]) == ("recovery", True), "it is on the screen already"


def test_the_page_and_the_link_call_a_plan_file_the_same(tmp_path: Path) -> None:
    from maintplan.serve.options import Options  # noqa: PLC0415 - the server's parts are slow to load
    from maintplan.serve.shelf import Shelf  # noqa: PLC0415

    for file in ("plan.yaml", "shop.yaml"):
        path = tmp_path / "payments" / file
        path.parent.mkdir(exist_ok=True)
        shelf = Shelf(Options(plan=str(path)))
        page = OnePlan(str(path)).open("")
        assert shelf.ask(page.name, None) is not None, file
        assert shelf.ask("plan", None) is None


def test_what_was_refused_in_a_block_comes_back_when_its_undo_is_taken_back(tmp_path: Path) -> None:
    mine, _theirs, _desk = _two(tmp_path)
    table = "rollout.phased-feature-rollout-strategy.stages"
    mine.receive({"do": "go", "place": table})
    mine.view()
    rows = "Stage\tWatch for\ncanary\tsoon\nall\t2h"
    mine.receive({"do": "paste", "place": table, "row": None, "columns": ["name"], "text": rows})

    def refused() -> list[str]:
        mine.view()
        return [str(each.raw) for row in mine.edits.sheets[table].rows for each in row.wrong.values()]

    assert refused() == ["soon"]
    mine.receive({"do": "undo"})
    assert refused() == []
    mine.receive({"do": "redo"})
    assert refused() == ["soon"]
    # A row that is removed comes back with it, too; what was mended does not.
    mine.receive({"do": "row", "place": table, "what": "remove", "row": mine.edits.sheets[table].rows[0].id})
    mine.receive({"do": "undo"})
    assert refused() == ["soon"]
    row = mine.edits.sheets[table].rows[0].id
    mine.receive({"do": "cell", "place": table, "row": row, "column": "bake_time", "raw": ""})
    mine.receive({"do": "undo"})
    mine.receive({"do": "redo"})
    assert refused() == []
