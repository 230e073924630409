"""Looks at a handover: was it changed since it was made, who signed it, and what its Yeses are bound to.

Whoever edits a file can compute its digest anew, so fitting digests alone are not called unchanged: that
takes a signature by somebody whom the reader's own list of signers knows.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from maintplan import store
from maintplan.errors import InputError, MaintplanError, Where
from maintplan.handover import manifest, opening, signing
from maintplan.plan import Plan, approval, hashing

Seal = Literal["unsigned", "broken", "unknown", "unasked", "signed"]
"""No signature; one that does not fit; by a key that the list does not know; no list to ask; by a signer."""

_PLAN, _CONTENT, _SIGN_OFF = "plan/plan.yaml", "plan/content.json", "plan/sign-off.json"


@dataclass(frozen=True)
class Verdict:
    """What was found out about a handover.

    Attributes
    ----------
    service, revision
        Whose plan it says it is.
    files
        How many files the manifest names.
    changed, missing, added
        Files that are not as the manifest has them.
    seal
        What the signature says.
    signer, key
        Who signed, and with which key.
    bound
        Who said Yes to the content that the plan has; nobody where it has another one.
    flaws
        What does not fit between plan, content and sign-off.
    unasked
        Why the plan's content was not worked out anew; empty where it was.
    """

    service: str
    revision: int
    files: int
    changed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    seal: Seal = "unsigned"
    signer: str = ""
    key: str = ""
    bound: tuple[str, ...] = ()
    flaws: tuple[str, ...] = ()
    unasked: str = ""

    @property
    def intact(self) -> bool:
        """Whether every file is as the manifest has it, and the manifest as it was signed."""
        return not (self.changed or self.missing or self.added or self.seal == "broken")

    @property
    def good(self) -> bool:
        """Whether nothing was changed since somebody whom the reader knows has signed it."""
        return self.intact and self.seal == "signed" and bool(self.bound) and not self.flaws


def verify(path: Path, signers: Path | None = None) -> Verdict:
    """Find out whether a handover is as it was made.

    Parameters
    ----------
    path
        The archive.
    signers
        A file of allowed signers, as Git and ssh-keygen know it.

    Raises
    ------
    InputError
        When it is no handover, or the list of signers can't be read.
    """
    files = opening.read(path)
    where = str(path)
    if manifest.MANIFEST not in files:
        what = f"there is no {manifest.MANIFEST} in this archive"
        raise InputError(what, Where(where), "name a handover that maintplan made")
    listed = files.pop(manifest.MANIFEST)
    signature = files.pop(manifest.SIGNATURE, None)
    said = manifest.read(listed, where)
    named = {each.name: each.sha256 for each in said.files}
    seal, signed = _seal(listed, signature, signers)
    flaws = list(_flaws(said, files))
    bound, unasked = _bound(files, flaws)
    return Verdict(
        service=said.service,
        revision=said.revision,
        files=len(named),
        changed=tuple(
            name for name, digest in named.items() if name in files and manifest.sha256(files[name]) != digest
        ),
        missing=tuple(name for name in named if name not in files),
        added=tuple(name for name in files if name not in named),
        seal=seal,
        signer=signed.signer,
        key=signed.key,
        bound=bound,
        flaws=tuple(flaws),
        unasked=unasked,
    )


def _seal(listed: bytes, signature: bytes | None, signers: Path | None) -> tuple[Seal, signing.Signature]:
    if signature is None:
        if signers is not None:
            signing.readable(signers)
        return "unsigned", signing.Signature(fits=False)
    found = signing.check(listed, signature, signers)
    if not found.fits:
        return "broken", found
    if signers is None:
        return "unasked", found
    return ("signed" if found.signer else "unknown"), found


def _flaws(said: manifest.Manifest, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what does not fit between the content, the sign-off and the manifest."""
    content = files.get(_CONTENT)
    if content is None:
        yield f"{_CONTENT} is not there"
        return
    digest = hashing.of_text(content)
    if digest != said.content:
        yield f"{_CONTENT} is not the content that the manifest names"
    record = _json(files.get(_SIGN_OFF, b""))
    if not isinstance(record, dict) or record.get("content") != digest:
        yield f"{_SIGN_OFF} is bound to another content"


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _bound(files: Mapping[str, bytes], flaws: list[str]) -> tuple[tuple[str, ...], str]:
    """Return who said Yes to the plan's content, worked out anew from the plan in the archive."""
    if _PLAN not in files or _CONTENT not in files:
        flaws.append(f"{_PLAN} is not there")
        return (), ""
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        path = Path(folder) / "plan.yaml"
        path.write_bytes(files[_PLAN])
        try:
            plan = store.open(path).plan
        except MaintplanError as error:
            # Its template, a layer or a plan that it inherits from is not here; its sealed content is.
            return _by_record(files), error.what
    digest = hashing.of_text(files[_CONTENT])
    if approval.content(plan) == digest:
        return _said_yes(plan), ""
    if says_the_same(plan, files[_CONTENT]):
        return _by_record(files), "the template recommends something else here than it did then"
    flaws.append("the plan in the archive has another content than its Yeses are bound to")
    return (), ""


def says_the_same(plan: Plan, content: bytes) -> bool:
    """Whether a plan says itself what was agreed to, and only what nobody answered is different now.

    A later version of a template may recommend other values, or ask more; that is nobody's edit.
    """
    sealed = _json(content)
    here = json.loads(hashing.canonical(approval.content_data(plan)))
    if not isinstance(sealed, dict) or not isinstance(sealed.get("answers"), dict):
        return False
    now, then = here["answers"].pop("fields"), sealed["answers"].pop("fields", None)
    if here != sealed or not isinstance(then, dict):
        return False
    held = {place for place in plan.answers if place.count(".") > 1}
    return all(now.get(place) == then.get(place) for place in held if place in now or place in then)


def _said_yes(plan: Plan) -> tuple[str, ...]:
    return tuple(
        f"{each.round.by} ({each.label})" for each in approval.sign_offs(plan) if each.round and each.counts
    )


def _by_record(files: Mapping[str, bytes]) -> tuple[str, ...]:
    record = _json(files.get(_SIGN_OFF, b""))
    digest = hashing.of_text(files[_CONTENT])
    rounds = record.get("rounds", []) if isinstance(record, dict) else []
    return tuple(
        str(each.get("by"))
        for each in rounds
        if isinstance(each, dict) and each.get("confirmed") is True and each.get("content") == digest
    )
