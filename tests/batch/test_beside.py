"""What stands between services is said in the reports of both, and takes nothing from a resumed batch."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from maintplan.batch import beside, manifest, portfolio, row
from maintplan.batch.job import Job

PLAN = """\
maintplan: 1
template: {{name: maintenance-rollout, version: "1"}}
service: {{name: {name}, tier: 2, stage: production}}
answers:
  recovery:
    considerations:
      system-recovery-procedures:
        rto: {rto}
        dependencies:
          - {{system: {needs}, their_rto: 30m, plan: ../{needs}/plan.yaml}}
"""
SAID = "shop promises to be back within 1 hour; ledger, which it needs, within 4 hours."


def batch(folder: Path, **plans: tuple[str, str]) -> dict[str, Job]:
    rows = ["service,plan"]
    for name, (rto, needs) in plans.items():
        (folder / name).mkdir(exist_ok=True)
        (folder / name / "plan.yaml").write_text(PLAN.format(name=name, rto=rto, needs=needs))
        rows.append(f"{name},{name}/plan.yaml")
    path = folder / "services.csv"
    path.write_text("\n".join(rows) + "\n")
    return {
        each.service: Job(each, str(path), path.name, str(folder / "out"), "key")
        for each in manifest.read(path)
    }


def run(folder: Path, jobs: dict[str, Job]) -> None:
    outcomes = [row.run(job) for job in jobs.values()]
    assert {each.outcome for each in outcomes} == {"ok"}, outcomes
    rows = [each.to_data() for each in outcomes]
    (folder / "out" / "batch.json").write_text(json.dumps({"batch": 1, "rows": rows}))


def report(folder: Path, service: str) -> str:
    return (folder / "out" / service / "maintenance-documentation.html").read_text()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Job], int]:
    folder = tmp_path_factory.mktemp("batch")
    jobs = batch(folder, shop=("1h", "ledger"), ledger=("4h", "elsewhere"), apart=("1h", "elsewhere"))
    run(folder, jobs)
    return folder, jobs, beside.show(portfolio.of_batch(folder / "out").entries, folder / "out", "html")


def test_both_reports_say_it_and_a_third_does_not(made: tuple[Path, dict[str, Job], int]) -> None:
    folder, _, count = made
    assert count == 2
    for service in ("shop", "ledger"):
        assert SAID in report(folder, service)
        assert "shop counts on ledger to be back within 30 minutes" in report(folder, service)
    assert "Between services" not in report(folder, "apart")
    nbformat.validate(nbformat.read(folder / "out" / "shop" / "executed.ipynb", as_version=4))  # type: ignore[no-untyped-call]


def test_a_second_look_changes_nothing_and_the_rows_still_count_as_made(
    made: tuple[Path, dict[str, Job], int],
) -> None:
    folder, jobs, _ = made
    before = {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")}
    assert beside.show(portfolio.of_batch(folder / "out").entries, folder / "out", "html") == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "out").rglob("*")} == before
    assert all(row.remembered(job) is not None for job in jobs.values())


def test_a_deleted_document_is_made_again(made: tuple[Path, dict[str, Job], int], tmp_path: Path) -> None:
    folder, jobs, _ = made
    path = folder / "out" / "apart" / "maintenance-runbook.html"
    held = path.read_bytes()
    path.unlink()
    assert row.remembered(jobs["apart"]) is None
    path.write_bytes(held)
    assert row.remembered(jobs["apart"]) is not None


def test_what_was_mended_is_gone_from_both_reports(tmp_path: Path) -> None:
    run(tmp_path, batch(tmp_path, shop=("1h", "ledger"), ledger=("4h", "elsewhere")))
    out = tmp_path / "out"
    assert beside.show(portfolio.of_batch(out).entries, out, "html") == 2
    jobs = batch(tmp_path, shop=("1h", "ledger"), ledger=("30m", "elsewhere"))
    assert row.run(jobs["ledger"]).outcome == "ok"
    assert beside.show(portfolio.of_batch(out).entries, out, "html") == 1
    assert "Between services" not in report(tmp_path, "shop") + report(tmp_path, "ledger")


def test_a_circle_is_told_to_its_members(tmp_path: Path) -> None:
    run(tmp_path, batch(tmp_path, shop=("1h", "ledger"), ledger=("1h", "shop")))
    beside.show(portfolio.of_batch(tmp_path / "out").entries, tmp_path / "out", "html")
    for service in ("shop", "ledger"):
        assert "ledger → shop need each other to come back" in report(tmp_path, service)
