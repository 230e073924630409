"""The handover: made of a complete plan alone, the same each time, and an edit of it is found out."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from maintplan import handover, resources, store, template, zipped
from maintplan.calendar.ics import uid
from maintplan.errors import InputError, RefusedError
from maintplan.handover import manifest, opening
from maintplan.handover.verifying import says_the_same
from maintplan.plan import Plan, Service, approval, edits

POCKET = Path(__file__).parents[2] / "data" / "pocket"
WHEN = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
NOTEBOOK: Any = {"cells": []}
DOCUMENTS = {
    "documents/maintenance-runbook.html": b"<p>When it is in trouble</p>",
    "documents/maintenance-runbook.md": b"# When",
}


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> store.PlanFile:
    """A plan that everybody has said Yes to."""
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    text = (resources.example("checkout") / "plan.yaml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    opened = store.open(path)
    plan = opened.plan
    for role, by in (("service-owner", "Ada"), ("operations", "Ben"), ("security", "Cem")):
        plan = approval.say_yes(plan, by=by, role=role, when=WHEN, blocking=())
    opened.save(plan)
    assert approval.status(opened.plan) == "complete"
    return opened


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the keys `ops` and `mallory`, and a list of signers that knows the first."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("ops", "mallory"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True)
    kind, key, _ = (folder / "ops.pub").read_text(encoding="utf-8").split(" ", 2)
    (folder / "signers").write_text(f"ops@acme.example {kind} {key}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def made(complete: store.PlanFile, keys: Path) -> bytes:
    return make(complete, keys / "ops")


@pytest.fixture
def verify(tmp_path: Path, keys: Path) -> Callable[..., handover.Verdict]:
    def look(data: bytes, *, signers: bool = True) -> handover.Verdict:
        path = tmp_path / "handover.zip"
        path.write_bytes(data)
        return handover.verify(path, keys / "signers" if signers else None)

    return look


def make(opened: store.PlanFile, key: Path | None = None) -> bytes:
    return handover.make(opened.plan, NOTEBOOK, DOCUMENTS, text=opened.text, key=key)


def changed(data: bytes, **files: bytes | None) -> bytes:
    """Return the archive with files replaced, added or (None) taken out; `__` stands for a slash."""
    held: dict[str, bytes | None] = dict(zipped.unpack(data))
    held |= {name.replace("__", "/"): text for name, text in files.items()}
    return zipped.pack({name: text for name, text in held.items() if text is not None})


def rehashed(data: bytes) -> bytes:
    """Return the archive with a manifest that fits its files, as anybody can make it."""
    held = zipped.unpack(data)
    listed = json.loads(held[manifest.MANIFEST])
    for each in listed["files"]:
        text = held[each["name"]]
        each["sha256"], each["size"] = hashlib.sha256(text).hexdigest(), len(text)
    held[manifest.MANIFEST] = json.dumps(listed).encode()
    return zipped.pack(held)


# ------------------------------------------------------------------------------------------------- making


def test_it_holds_everything_that_the_next_step_asks_for(made: bytes) -> None:
    held = zipped.unpack(made)
    names = set(held)
    assert {
        "index.html",
        "documents/maintenance-runbook.html",
        "documents/maintenance-runbook.md",
        "plan/plan.yaml",
        "plan/plan.schema.json",
        "plan/content.json",
        "plan/sign-off.json",
        "review/findings.json",
        "review/accepted-risks.json",
        "calendar/calendar.ics",
        "tables/tables.xlsx",
        "tables/raci.csv",
        "tables/findings.csv",
        "manifest.json",
        "manifest.json.sig",
    } <= names
    listed = {each["name"]: each["sha256"] for each in json.loads(held["manifest.json"])["files"]}
    assert set(listed) == names - {"manifest.json", "manifest.json.sig"}
    assert all(hashlib.sha256(held[name]).hexdigest() == digest for name, digest in listed.items())
    record = json.loads(held["plan/sign-off.json"])
    assert [each["round"]["by"] for each in record["roles"]] == ["Ada", "Ben", "Cem"]
    assert record["content"] == "sha256:" + hashlib.sha256(held["plan/content.json"]).hexdigest()
    schema = json.loads((resources.root() / "templates" / "schemas" / "review.json").read_bytes())
    jsonschema.validate(json.loads(held["review/findings.json"]), schema)


def test_the_same_plan_gives_the_same_bytes(complete: store.PlanFile, keys: Path, made: bytes) -> None:
    assert make(store.open(complete.path), keys / "ops") == made


def test_every_link_of_the_first_page_leads_to_a_file_of_the_bundle(made: bytes) -> None:
    held = zipped.unpack(made)
    page = held["index.html"].decode()
    links = [link.partition("#")[0] for link in re.findall(r'href="([^"#][^"]*)"', page)]
    files = [link for link in links if not link.startswith(("http", "mailto"))]
    assert set(files) <= set(held)
    assert set(held) - set(files) == {"index.html", "manifest.json", "manifest.json.sig"}


def test_the_first_page_says_where_each_thing_stands_and_what_is_missing(complete: store.PlanFile) -> None:
    name = "deployment-and-ci-cd-configuration"
    gone = complete.plan.inputs[name].model_copy(update={"status": "missing", "references": ()})
    plan = replace(complete.plan, inputs={**complete.plan.inputs, name: gone})
    plan = edits.not_known_yet(plan, "database.tool", who="Noor", due=dt.date(2026, 12, 15))
    for role, by in (("service-owner", "Ada"), ("operations", "Ben"), ("security", "Cem")):
        plan = approval.say_yes(plan, by=by, role=role, when=WHEN, blocking=())
    page = zipped.unpack(handover.make(plan, NOTEBOOK, DOCUMENTS))["index.html"].decode()
    for title in ("Earlier artifacts", "This planning", "State of the implementation", "Deployment config"):
        assert title in page
    assert "docs/architecture.md" in page
    assert "Missing: Deployment and CI/CD configuration." in page
    said = " ".join(re.sub("<[^>]*>", "", page).split())
    assert "Migration tool (not known yet) Noor finds out by 15 December 2026." in said


def test_there_is_none_of_a_plan_that_is_not_complete() -> None:
    plan = Plan(template.load(POCKET), Service(name="notes", tier=2))
    with pytest.raises(RefusedError, match="no handover of a plan in draft"):
        handover.make(plan, NOTEBOOK, DOCUMENTS)


def test_a_yes_that_a_command_said_is_told_not_to_count(complete: store.PlanFile) -> None:
    plan = replace(complete.plan, rounds=())
    plan = approval.say_yes(plan, by="Ada", role="service-owner", identity="file", when=WHEN, blocking=())
    with pytest.raises(RefusedError, match="at tier 1 that is one said in the app or in the notebook"):
        handover.make(plan, NOTEBOOK, DOCUMENTS)


def test_a_later_revision_cancels_what_the_plan_no_longer_holds(complete: store.PlanFile) -> None:
    before = edits.answer(complete.plan, "roadmap.roadmap_review", "monthly")
    gone = replace(before, service=before.service)
    rows = [{"task": "an old task", "schedule": "weekly"}]
    gone = edits.answer(gone, "runbook.tasks", rows)
    held = zipped.unpack(handover.make(complete.plan, NOTEBOOK, DOCUMENTS, before=gone))
    text = held["calendar/calendar.ics"].decode().replace("\r\n ", "")
    place = 'runbook.routine-maintenance-tasks.tasks["an old task"].schedule'
    event = text[text.index(uid("checkout", place)) :].partition("END:VEVENT")[0]
    assert "STATUS:CANCELLED" in event


@pytest.mark.parametrize("text", ["", "not a key", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n"])
def test_what_is_no_key_is_refused_in_one_line(complete: store.PlanFile, tmp_path: Path, text: str) -> None:
    key = tmp_path / "key"
    with pytest.raises(InputError, match="no such key"):
        make(complete, key)
    key.write_text(text, encoding="utf-8")
    key.chmod(0o600)
    with pytest.raises(InputError, match="the key can't sign") as refused:
        make(complete, key)
    assert "\n" not in str(refused.value)


# ---------------------------------------------------------------------------------------------- verifying

Verify = Callable[..., handover.Verdict]


def test_one_that_nobody_touched_is_unchanged_and_says_who_signed_it(made: bytes, verify: Verify) -> None:
    found = verify(made)
    assert found.good
    assert (found.signer, found.service, found.flaws) == ("ops@acme.example", "checkout", ())
    assert found.bound == ("Ada (Service owner)", "Ben (Operations)", "Cem (Security)")
    assert found.key.startswith("ED25519 SHA256:")


def test_an_edited_document_is_found(made: bytes, verify: Verify) -> None:
    found = verify(changed(made, **{"documents__maintenance-runbook.html": b"<p>Call nobody</p>"}))
    assert not found.good
    assert found.changed == ("documents/maintenance-runbook.html",)


def test_an_edited_document_with_all_digests_made_anew_is_found(made: bytes, verify: Verify) -> None:
    found = verify(rehashed(changed(made, **{"documents__maintenance-runbook.html": b"<p>Call nobody</p>"})))
    assert not found.good
    assert (found.changed, found.seal) == ((), "broken")


def test_one_that_somebody_else_signed_anew_is_not_good(made: bytes, verify: Verify, keys: Path) -> None:
    edited = rehashed(changed(made, **{"documents__maintenance-runbook.html": b"<p>Call nobody</p>"}))
    listed = zipped.unpack(edited)[manifest.MANIFEST]
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(keys / "mallory"), "-n", "handover@maintplan"]
    signature = subprocess.run(command, input=listed, capture_output=True, check=True).stdout
    found = verify(changed(edited, **{manifest.SIGNATURE: signature}))
    assert not found.good
    assert found.seal == "unknown"
    assert verify(changed(edited, **{manifest.SIGNATURE: signature}), signers=False).seal == "unasked"


def test_a_signature_for_something_else_does_not_count(made: bytes, verify: Verify, keys: Path) -> None:
    listed = zipped.unpack(made)[manifest.MANIFEST]
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(keys / "ops"), "-n", "git"]
    signature = subprocess.run(command, input=listed, capture_output=True, check=True).stdout
    assert verify(changed(made, **{manifest.SIGNATURE: signature})).seal == "broken"


def test_one_without_a_signature_is_unsigned_and_never_unchanged(
    complete: store.PlanFile, made: bytes, verify: Verify
) -> None:
    for data in (make(complete), changed(made, **{manifest.SIGNATURE: None})):
        for signers in (True, False):
            found = verify(data, signers=signers)
            assert (found.seal, found.intact, found.good) == ("unsigned", True, False)


def test_a_file_too_many_and_one_too_few_are_found(made: bytes, verify: Verify) -> None:
    found = verify(changed(made, **{"documents__more.html": b"x", "plan__sign-off.json": None}))
    assert (found.added, found.missing) == (("documents/more.html",), ("plan/sign-off.json",))
    assert not found.good


def test_a_plan_with_other_content_than_its_yeses_is_found_even_unsigned(made: bytes, verify: Verify) -> None:
    text = zipped.unpack(made)["plan/plan.yaml"]
    edited = text.replace(b"strategy: canary", b"strategy: rolling")
    assert edited != text
    found = verify(rehashed(changed(made, **{"plan__plan.yaml": edited, manifest.SIGNATURE: None})))
    assert found.bound == ()
    assert "another content" in found.flaws[0]


def test_a_plan_whose_template_is_not_here_is_taken_as_it_was_sealed(made: bytes, verify: Verify) -> None:
    text = zipped.unpack(made)["plan/plan.yaml"]
    edited = text.replace(b"name: maintenance-rollout", b"name: some-other-bank")
    found = verify(rehashed(changed(made, **{"plan__plan.yaml": edited, manifest.SIGNATURE: None})))
    assert "some-other-bank" in found.unasked
    assert found.bound == ("Ada", "Ben", "Cem")


# -------------------------------------------------------------------------------------------------- refused


def archive(files: Mapping[str, bytes], change: Callable[[zipfile.ZipInfo], None] | None = None) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, text in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            if change is not None:
                change(entry)
            made.writestr(entry, text)
    return data.getvalue()


@pytest.mark.parametrize(
    "name",
    ["../evil", "a/../../evil", "/etc/passwd", "C:\\evil", "c:evil", "a\\b", "a//b", "./a", "a\nb"],
)
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    path.write_bytes(_named(name.encode()))
    with pytest.raises(InputError, match="leads out of it"):
        opening.read(path)


def _named(raw: bytes) -> bytes:
    """An archive whose one name is exactly these bytes, which Python itself would mend."""
    return archive({"A" * len(raw): b"x"}).replace(b"A" * len(raw), raw)


def test_a_name_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    path.write_bytes(archive({"plan/a": b"1", "Plan/A": b"2"}))
    with pytest.raises(InputError, match="stands twice"):
        opening.read(path)
    path.write_bytes(archive({"aa": b"1", "ab": b"2"}).replace(b"ab", b"aa"))
    with pytest.raises(InputError, match="stands twice"):
        opening.read(path)


def test_a_bomb_is_refused_before_it_goes_off(tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    for files in ({"a": bytes(300_000_000)}, {f"{each}": b"" for each in range(6_000)}):
        path.write_bytes(archive(files))
        with pytest.raises(InputError, match="the archive"):
            opening.read(path)


def test_what_stands_beside_the_files_of_an_archive_is_refused(made: bytes, tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    second = made.index(b"PK\3\4", 4)
    for data in (b"MZ program" + made, made + b"more", made[:-2] + b"\4\0more"):
        path.write_bytes(data)
        with pytest.raises(InputError, match="holds more than its files"):
            opening.read(path)
    path.write_bytes(made[:second] + bytes(99) + made[second:])
    with pytest.raises(InputError):
        opening.read(path)
    path.write_bytes(made)
    again = io.BytesIO()
    with zipfile.ZipFile(again, "w") as packed:  # as a mail gateway packs it anew, in its own way
        for name, content in opening.read(path).items():
            with packed.open(name, "w") as file:
                file.write(content)
    path.write_bytes(again.getvalue())
    assert opening.read(path)


def test_links_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"

    def link(entry: zipfile.ZipInfo) -> None:
        entry.external_attr = 0o120777 << 16

    path.write_bytes(archive({"a": b"/etc/passwd"}, link))
    with pytest.raises(InputError, match="holds a link"):
        opening.read(path)


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip at all", zipped.pack({"a": b"x" * 99})[:-30]])
def test_what_is_no_archive_is_refused_in_one_line(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    path.write_bytes(data)
    with pytest.raises(InputError, match="no whole ZIP archive"):
        handover.verify(path)


@pytest.mark.parametrize(
    "files",
    [
        {"a": b"x"},
        {"manifest.json": b"{"},
        {"manifest.json": b"[]"},
        {"manifest.json": b'{"handover": 2}'},
        {"manifest.json": b"[" * 100_000},
        {"manifest.json": b"\xff"},
    ],
)
def test_an_archive_that_is_no_handover_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    path.write_bytes(zipped.pack(files))
    with pytest.raises(InputError):
        handover.verify(path)


def test_a_damaged_file_within_is_refused(made: bytes, tmp_path: Path) -> None:
    path = tmp_path / "handover.zip"
    at = made.index(b"manifest.json") - 200
    path.write_bytes(made[:at] + bytes(8) + made[at + 8 :])
    with pytest.raises(InputError):
        handover.verify(path)


def test_a_template_that_recommends_something_else_since_is_nobodys_edit(complete: store.PlanFile) -> None:
    content = approval.content_data(complete.plan)
    places = dict(content["answers"]["fields"])
    held = next(place for place in places if place in complete.plan.answers)

    def sealed(**fields: Any) -> bytes:
        answers = {**content["answers"], "fields": {**places, **fields}}
        return json.dumps({**content, "answers": answers}).encode()

    assert says_the_same(complete.plan, sealed())
    assert says_the_same(complete.plan, sealed(**{"recovery.some.new": "4h"}))
    assert not says_the_same(complete.plan, sealed(**{held: "something else"}))
    assert not says_the_same(complete.plan, json.dumps({**content, "service": {"name": "other"}}).encode())
    for nothing in (b"", b"[]", b"{}", b'{"answers": {"fields": []}}'):
        assert not says_the_same(complete.plan, nothing)
