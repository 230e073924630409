"""A template looked at while it is being written."""

from __future__ import annotations

import shutil
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from maintplan.widgets.preview import preview
from maintplan.widgets.standalone import serving

POCKET = Path(__file__).parents[2] / "data" / "pocket"


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    return Path(shutil.copytree(POCKET, tmp_path / "pocket"))


def test_it_shows_what_was_saved_last_and_keeps_what_was_tried(bank: Path) -> None:
    shown = preview(bank)
    shown.take({"do": "edit", "place": "recovery.recovery-targets.rto", "raw": "2h"}, [])
    shown.take({"do": "respond", "place": "recovery", "raw": "As fast as can be."}, [])
    version = shown.version()
    text = (bank / "template.md").read_text(encoding="utf-8")
    (bank / "template.md").write_text(
        text.replace("How is a release rolled out?", "Who goes first?"), encoding="utf-8"
    )
    assert shown.version() != version
    shown.take({"do": "go", "step": "rollout"}, [])
    assert "Who goes first?" in shown.page()
    assert shown.app.interview.plan.answers["recovery.recovery-targets.rto"].value == "2h"  # type: ignore[union-attr]
    assert shown.app.interview.plan.responses["recovery"] == "As fast as can be."
    assert sorted(path.name for path in bank.iterdir()) == sorted(path.name for path in POCKET.iterdir())


def test_a_template_that_is_wrong_for_a_moment_is_said_on_the_page(bank: Path) -> None:
    shown = preview(bank)
    good = (bank / "fields.yaml").read_text(encoding="utf-8")
    (bank / "fields.yaml").write_text(good + "\nnonsense: [", encoding="utf-8")
    assert "fields.yaml" in shown.page()
    (bank / "fields.yaml").write_text("runbook: {}\n", encoding="utf-8")
    shown.page()
    assert len(shown.app.problem.split("\n")) <= 9, "the first often makes the others"
    (bank / "fields.yaml").write_text(good + "\n", encoding="utf-8")
    shown.page()
    assert shown.app.problem == ""


def test_nobody_reaches_it_without_its_address(bank: Path) -> None:
    with serving(preview(bank)) as address:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our own address
            assert b"Deployment manifests" in answer.read()
        root = address.split("/", 3)
        for path in ("", "script.mjs", "message", "../"):
            with pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen("/".join(root[:3]) + "/" + path, timeout=20)  # noqa: S310
