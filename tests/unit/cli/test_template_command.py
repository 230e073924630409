"""`maintplan template`, as a template's author calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from maintplan import resources
from maintplan.cli import main

WORDS = resources.planning_templates() / "maintenance-rollout" / "template.md"


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(words)
    return int(left.value.code or 0)


def test_the_shipped_template_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("template", "list") == 0
    assert "maintenance-rollout" in capsys.readouterr().out


def test_a_good_template_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("template", "check", "maintenance-rollout") == 0
    assert capsys.readouterr().out.startswith("ok: 10 questions, 60 considerations, ")


def test_a_bare_markdown_file_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "ours.md"
    bare.write_text(WORDS.read_text())
    assert call("template", "check", str(bare)) == 0
    assert capsys.readouterr().out == "ok: 10 questions, 60 considerations, 60 fields, 0 rules\n"


def test_a_repeated_question_number_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = tmp_path / "ours.md"
    bare.write_text(WORDS.read_text().replace("**Question 2:**", "**Question 1:**"))
    assert call("template", "check", str(bare)) == 2
    error = capsys.readouterr().err
    assert "ours.md:" in error
    assert "question 1 is asked twice" in error


def test_what_is_no_template_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = tmp_path / "notes.md"
    bare.write_text("Buy milk.\n")
    assert call("template", "check", str(bare)) == 2
    assert "no planning template" in capsys.readouterr().err


def test_json_is_nothing_but_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("template", "show", "maintenance-rollout", "--format", "json") == 0
    assert len(json.loads(capsys.readouterr().out)["questions"]) == 10
    assert call("template", "schema", "maintenance-rollout") == 0
    assert json.loads(capsys.readouterr().out)["$schema"].endswith("2020-12/schema")


def test_a_mistyped_name_gets_the_closest_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert call("template", "show", "maintenance-rolout") == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "did you mean maintenance-rollout?" in error
