"""Whole batches, by the command: failing rows, resumed, stopped by Ctrl-C, in an occupied folder."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import pytest

from maintplan.cli import main

Make = Callable[..., Any]


def test_a_failing_row_is_named_and_the_others_are_made_and_kept(batch: Make) -> None:
    one = batch(3, "broken,9\n")
    code, said = one.finished("--jobs", "2")
    assert code == 1
    assert "broken: input_error: services.csv:5, tier: the tier is '9'; write 1, 2 or 3" in said
    assert "3 of 4 plans made, 1 failed, 0 not run" in said
    assert "\r" not in said
    assert [each["outcome"] for each in one.results.values()] == ["ok", "ok", "ok", "input_error"]
    before = {each: each.stat().st_mtime_ns for each in one.made}
    one.services(3, "broken,1\n")
    code, said = one.finished("--jobs", "2", "--resume")
    assert code == 0, said
    assert "4 of 4 plans made" in said
    assert {each: each.stat().st_mtime_ns for each in before} == before
    assert one.results["service-0"]["kept"]


def test_ctrl_c_stops_and_says_how_to_go_on(batch: Make, until: Make) -> None:
    one = batch(40)
    running = one.start("--jobs", "2", "--timeout", "90")
    until(lambda: one.made)
    running.send_signal(signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "go on with: maintplan batch services.csv -o out --jobs 2 --timeout 90 --resume" in said
    assert "Traceback" not in said
    assert list((one.folder / "out").glob(".staging-*")) == []
    assert one.nothing_left()


def test_a_folder_in_use_is_refused(batch: Make, until: Make, capsys: pytest.CaptureFixture[str]) -> None:
    one = batch(20)
    running = one.start("--jobs", "1")
    lock = one.folder / "out" / ".maintplan-batch.lock"
    until(lambda: lock.exists() and lock.read_text())
    with pytest.raises(SystemExit, match="2"):
        main(["batch", str(one.folder / "services.csv"), "-o", str(one.folder / "out")])
    assert f"another batch is writing into this folder: process {running.pid}" in capsys.readouterr().err
    running.send_signal(signal.SIGINT)  # also while everything is still being loaded
    said, _ = running.communicate(timeout=60)
    assert "Traceback" not in said
    assert "stopped; go on with" in said


@pytest.mark.parametrize(
    ("options", "words"), [(["--executor", "ray:x"], "write dask:ADDRESS"), (["--to", "odt"], "odt")]
)
def test_a_wrong_call_is_refused_in_one_line(
    batch: Make, capsys: pytest.CaptureFixture[str], options: list[str], words: str
) -> None:
    one = batch(1)
    with pytest.raises(SystemExit, match="2"):
        main(["batch", str(one.folder / "services.csv"), "-o", str(one.folder / "out"), *options])
    said = capsys.readouterr().err
    assert words in said
    assert len(said.splitlines()) == 1
