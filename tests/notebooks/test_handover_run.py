"""From a complete plan to a signed handover, by the command alone; and what was signed can be asked."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from maintplan import resources, store, zipped
from maintplan.cli import main
from maintplan.plan import approval, edits
from maintplan.session import Parameters, Session

WHEN = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)


def called(*words: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return int(left.value.code or 0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a complete plan, and the handover that the command made of it."""
    made = tmp_path_factory.mktemp("handover")
    shutil.copy(resources.example("checkout") / "plan.yaml", made / "plan.yaml")
    opened = store.open(made / "plan.yaml")
    plan = opened.plan
    for role, by in (("service-owner", "Ada"), ("operations", "Ben"), ("security", "Cem")):
        plan = approval.say_yes(plan, by=by, role=role, when=WHEN, blocking=())
    opened.save(plan)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(made / "key")], check=True)
    kind, key, *_ = (made / "key.pub").read_text(encoding="utf-8").split()
    (made / "signers").write_text(f"ops {kind} {key}\n", encoding="utf-8")
    words = ("run", made / "plan.yaml", "-o", made / "out", "--to", "html,markdown", "--sign", made / "key")
    assert called(*words) == 0
    return made


@pytest.fixture(scope="module")
def held(folder: Path) -> Mapping[str, bytes]:
    return zipped.unpack((folder / "out" / "handover.zip").read_bytes())


def test_the_command_hands_over_what_it_has_made(folder: Path, held: Mapping[str, bytes]) -> None:
    for name in ("maintenance-runbook", "versioning-strategy", "rollback-procedures", "feature-rollout-plan"):
        for ending in ("html", "md"):
            assert held[f"documents/{name}.{ending}"] == (folder / "out" / f"{name}.{ending}").read_bytes()
    assert held["plan/plan.yaml"] == (folder / "plan.yaml").read_bytes()
    assert held["tables/tables.xlsx"] == (folder / "out" / "tables.xlsx").read_bytes()
    assert held["calendar/calendar.ics"] == (folder / "out" / "calendar.ics").read_bytes()
    assert {"pictures/rollout-stages.svg", "pictures/recovery.svg", "pictures/roadmap.svg"} <= set(held)


def test_what_it_signed_is_found_unchanged(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert called("verify", folder / "out" / "handover.zip", "--signers", folder / "signers") == 0
    assert "unchanged since it was made: signed by ops" in capsys.readouterr().out


def test_made_again_it_is_the_same_bytes(folder: Path) -> None:
    words = ("run", folder / "plan.yaml", "-o", folder / "again", "--to", "html,markdown")
    assert called(*words, "--sign", folder / "key") == 0
    assert (folder / "again" / "handover.zip").read_bytes() == (folder / "out" / "handover.zip").read_bytes()


def test_every_link_within_the_bundle_leads_somewhere(held: Mapping[str, bytes]) -> None:
    pages = {name: data.decode() for name, data in held.items() if name.endswith(".html")}
    anchors = {name: set(re.findall(r'\bid="([^"]+)"', page)) for name, page in pages.items()}
    dead = []
    for name, page in pages.items():
        for link in re.findall(r'href="([^"]+)"', page):
            file, _, anchor = link.partition("#")
            if file.startswith(("http:", "https:", "mailto:")):
                continue
            target = file or name
            if target not in held or (anchor and anchor not in anchors.get(target, ())):
                dead.append((name, link))
    assert dead == []


def test_of_a_draft_there_is_none_and_signing_it_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(resources.example() / "plan.yaml", tmp_path / "plan.yaml")
    assert called("run", tmp_path / "plan.yaml", "-o", tmp_path / "out", "--sign", folder / "key") == 1
    said = capsys.readouterr().err
    assert "there is no handover of a plan in draft; it takes a Yes that counts from: " in said
    assert not (tmp_path / "out" / "handover.zip").exists()
    assert (tmp_path / "out" / "maintenance-runbook.html").exists()


def test_an_open_notebook_hands_over_what_the_command_does(
    folder: Path, tmp_path: Path, held: Mapping[str, bytes]
) -> None:
    session = Session(Parameters(plan=str(folder / "plan.yaml")))
    path = session.hand_over(tmp_path / "out", to="html,markdown", sign=folder / "key")
    assert zipped.unpack(path.read_bytes()) == held


def test_the_run_of_a_later_yes_hands_over_what_any_later_run_does(folder: Path, tmp_path: Path) -> None:
    for name in ("plan.yaml", "plan.approved.yaml"):
        shutil.copy(folder / name, tmp_path / name)
    opened = store.open(tmp_path / "plan.yaml")
    plan = edits.answer(opened.plan, "release.decision_time", "4m")
    for role, by in (("operations", "Ben"), ("security", "Cem")):
        plan = approval.say_yes(plan, by=by, role=role, when=WHEN + dt.timedelta(days=1), blocking=())
    opened.save(plan)
    later = WHEN + dt.timedelta(days=1)
    session = Session(Parameters(plan=str(tmp_path / "plan.yaml")), later)
    session._file.save(
        approval.say_yes(session.plan, by="Ada", role="service-owner", when=later, blocking=())
    )
    first = session.hand_over(tmp_path / "first", to="markdown").read_bytes()
    assert called("run", tmp_path / "plan.yaml", "-o", tmp_path / "again", "--to", "markdown") == 0
    assert (tmp_path / "again" / "handover.zip").read_bytes() == first
    runbook = zipped.unpack(first)["documents/rollback-procedures.md"].decode()
    assert "4 minutes" in runbook.partition("What changed since the last approval")[2]


def test_a_mistyped_plan_is_not_taken_for_a_whole_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert called("run", tmp_path / "plann.yaml", "-o", tmp_path / "out", "--to", "markdown") == 0
    assert "plann.yaml: there is no such plan, and nothing was answered" in capsys.readouterr().err
    assert not (tmp_path / "plann.yaml").exists()
