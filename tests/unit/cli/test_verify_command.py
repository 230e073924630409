"""`maintplan verify`: what it says of a handover, and with which exit code."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from maintplan import handover, zipped
from maintplan.handover import manifest, signing

Call = Callable[..., CompletedProcess[str]]


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A folder with a small signed bundle, its key and its list of signers."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")], check=True)
    kind, key, *_ = (tmp_path / "key.pub").read_text(encoding="utf-8").split()
    (tmp_path / "signers").write_text(f"ops {kind} {key}\n", encoding="utf-8")
    files = {"documents/a.html": b"a"}
    listed = manifest.write("pay", 3, "sha256:0", files)
    files |= {
        manifest.MANIFEST: listed,
        manifest.SIGNATURE: signing.sign(listed, tmp_path / "key"),
    }
    (tmp_path / "handover.zip").write_bytes(zipped.pack(files))
    return tmp_path


def test_a_bundle_without_its_plan_falls_short_though_nothing_changed(call: Call, signed: Path) -> None:
    done = call("verify", signed / "handover.zip", "--signers", signed / "signers")
    assert done.returncode == 1
    assert "unchanged since it was made: signed by ops (ED25519 SHA256:" in done.stdout
    assert "does not fit: plan/content.json is not there" in done.stdout
    assert done.stderr == ""


def test_what_changed_is_named(call: Call, signed: Path) -> None:
    path = signed / "handover.zip"
    held = zipped.unpack(path.read_bytes())
    path.write_bytes(zipped.pack({**held, "documents/a.html": b"b"}))
    done = call("verify", path, "--signers", signed / "signers")
    assert done.returncode == 1
    assert "changed: documents/a.html\n" in done.stdout
    assert "unchanged" not in done.stdout


def test_without_a_signature_it_is_called_unsigned(call: Call, signed: Path) -> None:
    path = signed / "handover.zip"
    held = zipped.unpack(path.read_bytes())
    del held[manifest.SIGNATURE]
    path.write_bytes(zipped.pack(held))
    for options in ([], ["--signers", signed / "signers"]):
        done = call("verify", path, *options)
        assert done.returncode == 1
        assert "not signed: whether it was changed can't be told" in done.stdout
        assert "unchanged" not in done.stdout


def test_without_a_list_of_signers_it_says_what_to_name(call: Call, signed: Path) -> None:
    done = call("verify", signed / "handover.zip")
    assert done.returncode == 1
    assert "name who may sign with --signers FILE" in done.stdout


@pytest.mark.parametrize("given", [["nowhere.zip"], ["handover.zip", "--signers", "nowhere"], ["."]])
def test_what_can_t_be_read_is_refused_in_one_line(
    call: Call, signed: Path, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(signed)
    done = call("verify", *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1


def test_without_the_openssh_client_one_line_says_what_to_install(
    call: Call, signed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    done = call("verify", signed / "handover.zip")
    assert done.returncode == 2
    assert "signatures need ssh-keygen, which is not installed" in done.stderr
    assert "apt-get install openssh-client" in done.stderr


def test_a_verdict_that_is_good_is_exit_0(call: Call, signed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = handover.Verdict("pay", 3, 9, seal="signed", signer="ops", key="ED25519 SHA256:x", bound=("Ada",))
    from maintplan.handover import verifying  # noqa: PLC0415 - to be replaced

    def look(*_: Any) -> handover.Verdict:
        return good

    monkeypatch.setattr(verifying, "verify", look)
    monkeypatch.setattr(handover, "verify", look, raising=False)
    done = call("verify", signed / "handover.zip")
    assert done.returncode == 0
    assert "the plan has the content that was agreed to by Ada" in done.stdout
