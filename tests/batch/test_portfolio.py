"""All plans together: what stands between services, dates that meet, the page and the tables."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from maintplan import resources, store
from maintplan.batch import between, occurring, page, portfolio, teams, tickets
from maintplan.batch.facts import packed
from maintplan.cli import main
from maintplan.errors import InputError
from maintplan.plan import edits

DAY = dt.date(2026, 11, 25)
ZERO = {"asked": 1, "decided": 1, "high": 0, "medium": 0, "low": 0, "waiting": 0, "accepted": 0}


def plan(rto: str | None, *needs: dict[str, Any], **more: Any) -> dict[str, Any]:
    known = {"whole": ZERO, "tier": 2, "status": "draft", "findings": []}
    return {"rto": rto, "needs": list(needs), **known, **more}


def portfolio_of(**facts: dict[str, Any]) -> portfolio.Portfolio:
    """Return a portfolio of services as a batch's is read: what is long is packed."""
    entries = []
    for service, about in facts.items():
        short, long = packed(about)
        entries.append(portfolio.Entry(service, facts=short, long=long))
    return portfolio.Portfolio(tuple(entries), DAY)


def shown(
    found: portfolio.Portfolio, earlier: portfolio.Portfolio | None = None, out: Path | None = None
) -> str:
    return b"".join(page.page(found, earlier, out)).decode()


def on(path: str, their_rto: str | None = None) -> dict[str, Any]:
    return {"system": "it", "plan": path, "their_rto": their_rto}


def test_a_dependency_is_judged_by_its_own_plan() -> None:
    facts = {"shop": plan("1h", on("../ledger/plan.yaml", "30m")), "ledger": plan("4h")}
    found = {each.rule: each for each in between.found(facts)}
    assert set(found) == {"dependency-slower", "their-rto-differs"}
    assert found["dependency-slower"].services == ("shop", "ledger")
    assert found["dependency-slower"].compared == {"own": "1 hour", "theirs": "4 hours"}
    assert found["their-rto-differs"].compared == {"written": "30 minutes", "theirs": "4 hours"}


def test_the_longest_chain_counts() -> None:
    facts = {
        "shop": plan("5h", on("sqlite:///plans.db#orders")),
        "orders": plan("3h", on("plans/ledger.yaml"), on("cache.yaml")),
        "ledger": plan("3h"),
        "cache": plan("10m"),
    }
    (found,) = between.found(facts)
    assert (found.rule, found.services) == ("chain-slower", ("shop", "orders", "ledger"))
    assert found.compared == {"own": "5 hours", "chain": "6 hours"}


def test_a_circle_is_named_with_its_members_once() -> None:
    facts = {
        "a": plan("1h", on("b.yaml")),
        "b": plan("1h", on("c.yaml")),
        "c": plan("1h", on("a.yaml")),
        "d": plan("9h", on("a.yaml")),
    }
    (found,) = between.found(facts)
    assert (found.rule, found.services) == ("circle", ("a", "b", "c"))


def test_a_plan_that_is_not_there_and_a_service_that_names_itself_are_no_edges() -> None:
    assert between.found({"a": plan("1h", on("elsewhere.yaml"), on("a.yaml"))}) == []


def test_a_thousand_services_in_one_chain() -> None:
    facts = {f"s{n}": plan("1h", on(f"s{n + 1}.yaml")) for n in range(1_000)}
    assert {each.rule for each in between.found(facts)} == {"chain-slower"}


def item(start: str, rule: str, zone: str, minutes: int) -> dict[str, Any]:
    return {
        "start": start,
        "rule": rule,
        "zone": zone,
        "minutes": minutes,
        "title": "Patching",
        "kind": "task",
    }


def test_maintenance_meets_across_time_zones() -> None:
    facts = {
        "shop": plan(
            "1h",
            on("ledger.yaml"),
            calendar=[item("2026-11-29T02:00:00", "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin", 60)],
        ),
        "ledger": plan(
            "1h", calendar=[item("2026-11-28T20:30:00", "FREQ=WEEKLY;BYDAY=SA", "America/New_York", 60)]
        ),
        "apart": plan(
            "1h", calendar=[item("2026-11-29T02:00:00", "FREQ=WEEKLY;BYDAY=SU", "Europe/Berlin", 60)]
        ),
    }
    times = {service: occurring.occurrences(service, about, DAY) for service, about in facts.items()}
    assert len(times["shop"]) == 4
    met = occurring.collisions(times, between.graph(facts))
    assert len(met) == 4
    assert (met[0].first.service, met[0].second.service) == ("shop", "ledger")
    assert met[0].first.begin.isoformat() == "2026-11-29T01:00:00+00:00"
    assert (
        f"{met[0].begin:%H:%M} {met[0].end:%H:%M} {met[0].second.local:%a %H:%M}" == "01:30 02:00 Sat 20:30"
    )


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("FREQ=WEEKLY;BYDAY=SU;UNTIL=20261206T030000Z", 2),
        ("FREQ=WEEKLY;BYDAY=SU;COUNT=3", 3),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", 0),
        ("FREQ=HOURLY", 0),
    ],
)
def test_maintenance_ends_as_its_plan_says(rule: str, days: int) -> None:
    about = plan("1h", calendar=[item("2026-11-29T02:00:00", rule, "Europe/Berlin", 60)])
    assert len(occurring.occurrences("shop", about, DAY)) == days


def entry(service: str, **whole: int) -> portfolio.Entry:
    return portfolio.Entry(service, facts=plan("1h") | {"whole": ZERO | whole})


def test_better_worse_failed_new_and_gone() -> None:
    before = portfolio.Portfolio((*map(entry, "bcef"), entry("a", high=2)), DAY)
    failed = portfolio.Entry("f", outcome="timeout")
    now = portfolio.Portfolio((entry("a", high=1), entry("b", medium=1), *map(entry, "cd"), failed), DAY)
    assert page.changes(now, before) == [
        ("b", "worse", [("medium", 0, 1)]),
        ("f", "failed", []),
        ("a", "better", [("high", 2, 1)]),
        ("d", "new", []),
        ("e", "gone", []),
    ]


def test_what_stands_between_services_counts_where_it_can_be_mended() -> None:
    ledger = plan("4h", questions={"recovery": ZERO})
    both = portfolio_of(
        shop=plan("1h", on("ledger.yaml", "30m"), questions={"recovery": ZERO}), ledger=ledger
    )
    counted = dict(both.plans())
    assert counted["ledger"] == ledger
    assert both.planned["shop"]["whole"] == counted["shop"]["whole"]
    for part in (counted["shop"]["whole"], counted["shop"]["questions"]["recovery"]):
        assert (part["high"], part["medium"]) == (1, 1)
    found = {each["rule"]: each for each in counted["shop"]["findings"]}
    assert found["dependency-slower"]["at"] == "recovery.system-recovery-procedures.dependencies[it]"
    circle = portfolio_of(a=plan("1h", on("b.yaml")), b=plan("1h", on("a.yaml")))
    assert [about["whole"]["high"] for about in circle.planned.values()] == [1, 1]


def test_a_second_export_of_tickets_brings_the_first_up_to_date() -> None:
    action = {"id": "a1", "about": "their-rto-differs", "at": None, "owner": "ana", "due": "2026-12-01"}
    shop = plan("5h", on("ledger.yaml", "30m"), owner="web", actions=[action | {"ticket": "https://t/1"}])
    first = portfolio_of(shop=shop, ledger=plan("4h"))
    (ticket,) = tickets.tickets(first.plans())
    assert (ticket["state"], ticket["owner"], ticket["ticket"]) == ("open", "ana", "https://t/1")
    (later,) = tickets.tickets(portfolio_of(shop=shop, ledger=plan("3h")).plans())
    assert later["key"] == ticket["key"]
    assert later["description"] != ticket["description"]
    mended = portfolio_of(shop=shop | {"needs": [], "actions": []}, ledger=plan("4h"))
    (done,) = tickets.tickets(mended.plans(), first.plans())
    assert (done["key"], done["state"]) == (ticket["key"], "done")


def test_a_team_is_the_sum_of_its_services_and_has_a_past() -> None:
    def owned(owner: str, decided: int, high: int, **history: tuple[int, int]) -> dict[str, Any]:
        whole = ZERO | {"asked": 10, "decided": decided, "high": high}
        return plan("1h", owner=owner, history=history) | {"whole": whole, "day": "2026-11-25"}

    planned = {
        "shop": owned("web", 8, 1, **{"2026-09-30": (2, 10), "2026-10-31": (6, 10)}),
        "cart": owned("web", 9, 0, **{"2026-10-31": (5, 10)}),
        "ledger": owned("", 1, 2),
    }
    nobody, web = teams.teams(planned)
    assert (nobody.name, nobody.decided, nobody.high) == ("", 1, 2)
    assert (web.services, web.decided, web.asked, web.high) == (2, 17, 20, 1)
    assert web.before == {"2026-09-30": (2, 10), "2026-10-31": (11, 20)}
    assert nobody.before == {"2026-09-30": None, "2026-10-31": None}
    earlier = {"shop": owned("web", 3, 0) | {"day": "2026-08-01"}}
    assert teams.teams(planned, earlier)[1].before["2026-08-01"] == (3, 10)


def test_readiness_of_stored_plans_is_looked_up_in_their_revisions(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'plans.db'}"
    opened = store.open(f"{address}#shop")
    rto = "recovery.system-recovery-procedures.rto"
    when = dt.datetime(2026, 9, 3, tzinfo=dt.UTC)
    opened.save(edits.answer(opened.plan, rto, "4h"), create=True, when=when)
    opened.save(
        edits.answer(opened.plan, "recovery.system-recovery-procedures.rpo", "1h"),
        when=dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
    )
    (entry,) = portfolio.read(address, DAY).entries
    assert set(entry.facts["history"]) == {"2026-09-30", "2026-10-31"}
    assert entry.facts["history"]["2026-09-30"][1] == entry.facts["whole"]["asked"]
    assert "30 September 2026" in shown(portfolio.Portfolio((entry,), DAY))


def test_the_page_and_the_tables_of_a_folder_of_plans(tmp_path: Path) -> None:
    (tmp_path / "plans" / "shop").mkdir(parents=True)
    shutil.copy(resources.example() / "plan.yaml", tmp_path / "plans" / "shop" / "plan.yaml")
    (tmp_path / "plans" / "broken.yaml").write_text("maintplan: 1\nservice: <script>alert(1)</script>\n")
    found = portfolio.read(str(tmp_path / "plans"), DAY)
    written = list(portfolio.write(found, tmp_path / "out"))
    assert [each.name for each in written] == [
        "portfolio.html",
        "findings.csv",
        "tickets.csv",
        "plans.parquet",
    ]
    text = (tmp_path / "out" / "portfolio.html").read_text()
    assert "<script>alert" not in text
    plans = pd.read_parquet(tmp_path / "out" / "plans.parquet").set_index("service")
    findings = pd.read_csv(tmp_path / "out" / "findings.csv")
    assert plans.loc["broken", "outcome"] == "input_error"
    counted = findings[findings.open & (findings.severity == "high")].groupby("service").size()
    assert counted.sum() == plans["high"].sum() > 0


def test_a_batch_that_somebody_changed_is_told_and_not_guessed(tmp_path: Path) -> None:
    row = {"service": "shop", "folder": "shop", "key": "1", "outcome": "ok", "seconds": 1.0}
    (tmp_path / "batch.json").write_text(json.dumps({"batch": 1, "rows": [row]}))
    (gone,) = portfolio.read(str(tmp_path), DAY).entries
    assert (gone.outcome, gone.facts) == ("missing", {})
    assert "--resume" in gone.message
    (tmp_path / "batch.json").write_text(json.dumps({"batch": 1, "rows": [row | {"folder": None}]}))
    with pytest.raises(InputError, match=r"batch\.json, rows\[#1\]\.folder: nothing is not valid here"):
        portfolio.read(str(tmp_path), DAY)


def test_no_spreadsheet_takes_a_text_for_a_formula(tmp_path: Path) -> None:
    text = '=HYPERLINK("//evil","x")'
    finding = {"id": "1", "rule": "r", "title": text, "severity": "high", "at": "a", "open": True}
    told = finding | {"accepted_until": None, "message": text, "remedy": "@SUM(1)", "action": None}
    found = portfolio_of(**{"-2+3": plan("1h", findings=[told], owner="+web")})
    assert len(list(portfolio.write(found, tmp_path))) == 4
    for name in ("findings.csv", "tickets.csv"):
        table = pd.read_csv(tmp_path / name, keep_default_na=False).astype(str)
        assert not table.apply(lambda column: column.str.startswith(("=", "+", "-", "@"))).to_numpy().any()
        assert table["service"].tolist() == ["'-2+3"]


def test_without_the_extra_for_parquet_all_else_is_there_and_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    (tmp_path / "shop.yaml").write_bytes((resources.example() / "plan.yaml").read_bytes())
    with pytest.raises(SystemExit) as left:
        main(["portfolio", str(tmp_path), "-o", str(tmp_path / "out")])
    assert not left.value.code
    assert "plans.parquet can't be written; install it with: pip install 'maintplan[tables]'" in (
        capsys.readouterr().err
    )
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "findings.csv",
        "portfolio.html",
        "tickets.csv",
    ]


def test_a_page_without_a_plan_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("maintplan: 1\nservice: 7\n")
    assert list(portfolio.write(portfolio.read(str(tmp_path), DAY), tmp_path / "out"))
    text = (tmp_path / "out" / "portfolio.html").read_text()
    assert "These have no plan here" in text
    assert "No plan could be read." in text


def test_services_of_one_name_are_told_apart_and_snapshots_are_no_services(tmp_path: Path) -> None:
    text = (
        'maintplan: 1\ntemplate: {name: maintenance-rollout, version: "1"}\nservice: {name: shop, tier: 2}\n'
    )
    for name in ("one.yaml", "two.yaml", "one.approved.yaml", "one.approved-before.yaml", "one.refused.yaml"):
        (tmp_path / name).write_text(text)
    assert [each.service for each in portfolio.read(str(tmp_path), DAY).entries] == [
        "shop (one.yaml)",
        "shop (two.yaml)",
    ]


def test_a_service_leads_to_its_report_from_wherever_the_page_lies(tmp_path: Path) -> None:
    one = portfolio.Entry("shop", facts=plan("1h"), folder="shöp", report="maintenance-documentation.html")
    found = portfolio.Portfolio((one,), DAY, tmp_path / "plans")
    for out, link in (("plans", "sh%C3%B6p/"), ("overview", "../plans/sh%C3%B6p/")):
        assert f'<a href="{link}maintenance-documentation.html">shop</a>' in shown(
            found, None, tmp_path / out
        )


@pytest.mark.parametrize("address", ["nowhere", "sqlite:///nowhere.db"])
def test_no_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError):
        portfolio.read(address)
