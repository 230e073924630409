"""Bad input, by the command itself: one line with place and mend, an exit code, every file as it was."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from maintplan import resources

Call = Callable[..., CompletedProcess[str]]
Said = CompletedProcess[str]

EXAMPLE = (resources.example() / "plan.yaml").read_text(encoding="utf-8")
HEAD = """maintplan: 1
template: {name: maintenance-rollout, version: "1"}
service: {name: notes, tier: 2, stage: production}
"""
BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
TAG = "service: !!python/object/apply:os.system ['touch pwned']\n"
STAGES = "rollout:\n    considerations:\n      phased-feature-rollout-strategy:\n        stages:"
RESTORE = "recovery:\n    considerations:\n      recovery-testing-and-validation:\n        last_restore_test:"


def answered(entry: str) -> str:
    return f"{HEAD}answers:\n  {entry}\n"


PLANS: dict[str, tuple[str | bytes, str, str]] = {
    "not YAML": ("a: [1, 2\nb: }{", ":2: YAML syntax error", "close the bracket"),
    "empty": ("", ": the file is empty", "write at least one"),
    "nothing but comments": ("# later\n\n", ": the file is empty", "write at least one"),
    "50 MB": (b"a: " + b"x" * 50_000_000, ": the file is larger than 2 MB", "check that it is the right one"),
    "an anchor bomb": (BOMB, ":1: &a0 is an anchor", "write the value out"),
    "100,000 brackets": ("[" * 100_000 + "]" * 100_000, ":1: the text is nested more than", "take away"),
    "100,000 open braces": ("{a: " * 100_000, ":1: the text is nested more than", "take away"),
    "a Python tag": (TAG, ":1: the tag !!python/object/apply:os.system", "write the value"),
    "a key twice": (f"{HEAD}service: {{name: b}}\n", ":4: the key 'service' stands twice", "keep one"),
    "Latin-1": (HEAD.encode() + "# für\n".encode("latin-1"), ":4: the byte 0xfc is not UTF-8", "as UTF-8"),
    "UTF-16": (HEAD.encode("utf-16"), ":1: the byte 0xff is not UTF-8", "save the file as UTF-8"),
    "a null character": (HEAD + 'x: "a\0b"\n', ":4: the character U+0000", "delete it"),
    "an unknown key": (HEAD + "revison: 3\n", ":4: unknown key 'revison'", "did you mean revision?"),
    "an unknown question": (
        answered("recovry: {}"),
        ":5, answers: unknown question",
        "did you mean recovery?",
    ),
    "a wrong type": (HEAD + "inputs: 3\n", ":4, inputs: '3' is not valid here", "write a mapping"),
    "a wrong tier": (HEAD.replace("tier: 2", "tier: 9"), ":3, service.tier: '9'", "write 3 or less"),
    "a percent of 140": (
        answered(f"{STAGES} [{{name: a, percent: 140}}]"),
        ":8, rollout.phased-feature-rollout-strategy.stages[a].percent: '140' is not a percent",
        "0 to 100",
    ),
    "a date that is none": (
        answered(f"{RESTORE} 2026-02-30"),
        ":8, recovery.recovery-testing-and-validation.last_restore_test: '2026-02-30' is not a day",
        "such as",
    ),
    "a template that is not there": (
        HEAD.replace("maintenance-rollout", "maintenance-rolout"),
        ":2, template.name: unknown template",
        "did you mean maintenance-rollout?",
    ),
    "a newer version of the template": (HEAD.replace('"1"', '"9"'), ":2, template.version", "update"),
    "a newer format": (HEAD.replace("maintplan: 1", "maintplan: 2"), ":1, maintplan: ", "update maintplan"),
    "a layer that is not there": (HEAD + "layers: [acme]\n", ":4, layers[#1]: there is no layer", "beside"),
    "plans in a circle": (HEAD + "inherits: [plan.yaml]\n", ":4, inherits[#1]: the plan", "take"),
    "a plan that is not there": (HEAD + "inherits: [b.yaml]\n", ":4, inherits[#1]: there is no", "check the"),
    "a list": ("- a\n", ":1: a mapping is expected here, not a list", "begin with"),
}


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def is_one_line(said: Said, code: int, *words: str) -> None:
    assert said.returncode == code
    assert said.stdout == ""
    assert said.stderr.count("\n") == 1, said.stderr
    assert "Traceback" not in said.stderr
    assert "; " in said.stderr, "what it is, then the mend"
    for each in words:
        assert each in said.stderr


@pytest.mark.parametrize("command", ["run", "review", "diff", "diff the other way", "new --from"])
@pytest.mark.parametrize("case", PLANS)
def test_a_bad_plan_file_is_refused_and_nothing_is_touched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Call, case: str, command: str
) -> None:
    text, where, mend = PLANS[case]
    monkeypatch.chdir(tmp_path)
    Path("plan.yaml").write_bytes(text if isinstance(text, bytes) else text.encode())
    Path("good.yaml").write_text(EXAMPLE, encoding="utf-8")
    before = files(tmp_path)
    words: dict[str, Sequence[str]] = {
        "run": ["run", "plan.yaml", "-o", "report"],
        "review": ["review", "plan.yaml"],
        "diff": ["diff", "plan.yaml", "good.yaml"],
        "diff the other way": ["diff", "good.yaml", "plan.yaml"],
        "new --from": ["new", "notes", "--from", "plan.yaml", "-o", "new.yaml"],
    }
    is_one_line(call(*words[command]), 2, f"plan.yaml{where}", mend)
    assert files(tmp_path) == before
    assert not Path("report").exists()


@pytest.mark.parametrize(
    ("words", "said", "mend"),
    [
        (["run"], "Missing argument 'plan'", "see maintplan --help"),
        (["run", "plan.yaml", "--to", "htm"], "--to: unknown format 'htm'", "did you mean html?"),
        (["run", "plan.yaml", "--tier", "4"], "'--tier'", "see maintplan --help"),
        (["run", "plan.yaml", "--stage", "prod"], "stage", "write "),
        (["run", "plan.yaml", "--confirm", "maybe"], "--confirm", "write yes or no"),
        (["run", "plan.yaml", "--set", "recovery.rto"], "--set: 'recovery.rto' sets nothing", "PLACE=VALUE"),
        (["run", "plan.yaml", "--set", "recovery.rt=4h"], "recovery.rt", "did you mean rto?"),
        (["run", "plan.yaml", "--set", "recovery.rto=soon"], "rto: 'soon' is not a duration", "such as"),
        (
            ["run", "plan.yaml", "--answers", "gone.yaml"],
            "gone.yaml: there is no such file",
            "check the path",
        ),
        (["new", "x" * 300], "name: 'xxx", "write at most 200 characters"),
        (["run", "plan.yaml", "--template", "gone"], "unknown template 'gone'", "maintenance-rollout"),
        (["run", "postgresql://ana:s3cret@db/plans#x"], "password", ""),
        (["new", "notes", "--tier", "0"], "'--tier'", "see maintplan --help"),
        (["new", "notes", "--stage", "prod"], "stage", "write "),
        (["new", "notes", "--template", "gone"], "unknown template 'gone'", "maintenance-rollout"),
        (["new", "notes", "--from", "gone.yaml"], "gone.yaml: there is no such plan", "--from"),
        (["new", "notes", "-o", "good.yaml"], "good.yaml: the file is there already", "-o"),
        (["new", " "], "name", "write something"),
        (["diff", "good.yaml"], "Missing argument 'B'", "see maintplan --help"),
        (["diff", "good.yaml", "gone.yaml"], "gone.yaml", "check the path"),
        (["diff", "good.yaml", "good.yaml", "--format", "xml"], "unknown format 'xml'", "use one of"),
        (["nwe"], "nwe", "see maintplan --help"),
    ],
)
def test_a_wrong_call_is_refused_and_nothing_is_touched(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    call: Call,
    words: list[str],
    said: str,
    mend: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(EXAMPLE, encoding="utf-8")
    before = files(tmp_path)
    found = call(*words)
    is_one_line(found, 2, said, mend)
    assert "s3cret" not in found.stderr
    assert files(tmp_path) == before


# --- what can't be written --------------------------------------------------------------------------------

COMMAND = str(Path(sys.executable).with_name("maintplan"))
CHANGE = ("--set", "recovery.rto=3h")


def maintplan(folder: Path, *words: str, before: Callable[[], None] | None = None) -> Said:
    """Call the command in a process of its own, because what is wrong there reaches its kernel too."""
    return subprocess.run(
        [COMMAND, *words], cwd=folder, capture_output=True, text=True, check=False, preexec_fn=before
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the example's plan and a report that was made before."""
    (tmp_path / "plan.yaml").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "maintenance-runbook.html").write_text("the report of last week")
    return tmp_path


def test_a_read_only_plan_stays_as_it_is(folder: Path) -> None:
    (folder / "plan.yaml").chmod(0o444)
    before = files(folder)
    is_one_line(
        maintplan(folder, "run", "plan.yaml", "-o", "report", *CHANGE), 1, "plan.yaml: the file is read-only"
    )
    assert files(folder) == before


@pytest.mark.parametrize("out", ["report", "report/deeper", "plan.yaml", "plan.yaml/deeper"])
def test_an_output_folder_that_can_not_be_written_is_said_before_anything_is_done(
    folder: Path, call: Call, out: str
) -> None:
    (folder / "report").chmod(0o555)
    before = files(folder)
    found = call("run", folder / "plan.yaml", "-o", folder / out, *CHANGE)
    (folder / "report").chmod(0o755)
    is_one_line(found, 1, f"{folder / out}: ", "folder")
    assert files(folder) == before


def test_a_new_plan_in_a_read_only_folder_is_refused(folder: Path, call: Call) -> None:
    (folder / "report").chmod(0o555)
    found = call("new", "notes", "-o", folder / "report" / "new.yaml")
    (folder / "report").chmod(0o755)
    is_one_line(found, 1, "the folder is read-only")
    assert not (folder / "report" / "new.yaml").exists()


def _limit(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_disk_that_takes_only_half_of_a_plan_leaves_the_plan(folder: Path) -> None:
    """The system itself stops the write half-way, by a limit on the size of files."""
    before = files(folder)
    limit = partial(_limit, len(EXAMPLE) // 2)
    found = maintplan(folder, "run", "plan.yaml", "-o", "report", *CHANGE, before=limit)
    is_one_line(found, 1, "plan.yaml: the file can't be written: file too large", "choose another place")
    assert files(folder) == before
    is_one_line(
        maintplan(folder, "new", "notes", "-o", "new.yaml", before=partial(_limit, 9)), 1, "new.yaml: "
    )
    assert files(folder) == before


PRIVATE = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
FULL = """
set -e
mount -t tmpfs -o size=200k tmpfs "$1"
cp "$2" "$1/plan.yaml"
dd if=/dev/zero of="$1/rest" bs=1k count=200 2>/dev/null || true
cd "$1"
code=0
"$3" run plan.yaml -o "$4" --set recovery.rto=3h || code=$?
cmp "$2" plan.yaml
test "$(ls -A | sort | tr '\\n' ' ')" = "plan.yaml rest "
exit $code
"""


def can_mount() -> bool:
    """Whether this machine lets its users mount disks of their own, as most do and a container may not."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run([*PRIVATE, "mount -t tmpfs tmpfs /mnt"], check=False, capture_output=True)
    return tried.returncode == 0


if can_mount():  # the test above goes by a limit and runs everywhere

    def test_a_full_disk_leaves_the_plan(folder: Path) -> None:
        mount = folder / "disk"
        mount.mkdir()
        words = [*PRIVATE, FULL, "sh", mount, folder / "plan.yaml", COMMAND, folder / "report"]
        said = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
        is_one_line(said, 1, "plan.yaml: the disk is full; make room, then save again")


def test_a_refused_yes_leaves_the_plan_and_the_report_of_before(folder: Path) -> None:
    (folder / "report" / "executed.ipynb").write_text("{}")
    before = files(folder)
    words = ("--confirm", "yes", "--by", "ana", "--role", "service-owner")
    said = maintplan(folder, "run", "plan.yaml", "-o", "report", *words)
    first, *below = said.stderr.splitlines()
    line = CompletedProcess(said.args, said.returncode, said.stdout, f"{first}\n")
    is_one_line(line, 1, "the plan is not complete", "22 high findings open")
    assert all(line.startswith("- ") for line in below)
    assert len(below) == 20  # no more than a screen: a rule that found the same in four places is one line
    assert files(folder) == before


def test_a_report_that_can_not_be_written_leaves_the_old_one(folder: Path) -> None:
    before = files(folder)
    limit = partial(_limit, 100_000)  # enough for tables, not for a page with its fonts
    found = maintplan(folder, "run", "plan.yaml", "-o", "report", before=limit)
    assert found.returncode == 1
    assert re.fullmatch(r"\S+: the [a-z ]+ can't be [a-z]+: file too large; [^\n]+\n", found.stderr)
    after = files(folder)
    assert {name: after[name] for name in before} == before
    assert not [name for name in after if name.endswith(".tmp")]
