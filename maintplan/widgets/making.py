"""Makes documents for the app, in another process: its kernel imports neither pandas nor matplotlib."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from maintplan import served, yamltext, zipped
from maintplan.plan import approval
from maintplan.plan.model import Plan

if TYPE_CHECKING:
    from maintplan.widgets.app import App

LONGEST = 120
"""Seconds after which a document is given up."""

WHOLE = "report"
"""What the one document of a template is called that names none."""
HTML = "text/html;charset=utf-8"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {
    "html": (".html", HTML),
    "pdf": (".pdf", "application/pdf"),
    "docx": (".docx", _WORD),
    "markdown": (".md", "text/markdown;charset=utf-8"),
}
"""What a document can be had as: how its file ends, and what it is."""
_NEEDS_TYPST = ("pdf", "docx")
YAML = "application/yaml;charset=utf-8"
ZIP = "application/zip"
HANDOVER = "handover"
"""The bundle of a complete plan: the documents in all formats, the plan, its review and its sign-off."""


_CALL = f"""
import sys
from maintplan import lean
lean.collect_seldom()
from maintplan.session import TEMPLATE, Parameters, Session
plan, template, out, document, formats = sys.argv[1:]
session = Session(Parameters(plan=plan, template=template or TEMPLATE))
if document == {HANDOVER!r}:
    session.hand_over(out, formats)
else:
    session.make(document, formats, out)
"""


class NotMadeError(Exception):
    """A document could not be made."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reference = served.reference()


@dataclass(frozen=True)
class Made:
    """A document."""

    name: str
    type: str
    data: bytes


def offered(plan: Plan) -> list[dict[str, str]]:
    """Return the documents of a plan, those for one reader first."""
    listed = [{"id": each.id, "title": each.title} for each in plan.template.deliverables]
    return listed or [{"id": WHOLE, "title": ""}]


@cache
def formats() -> list[str]:
    """Return the formats that this installation can make."""
    drawn = find_spec("typst") is not None
    return [each for each in FORMATS if drawn or each not in _NEEDS_TYPST]


def may(what: str, app: App) -> bool:
    """Say whether something can be had now: documents always, what is agreed to once the plan is complete."""
    if what in ("plan", HANDOVER):
        return approval.status(app.interview.plan) == "complete"
    document, _, kind = what.rpartition(".")
    known = (each["id"] for each in offered(app.interview.plan))
    return what == "runbook" or (document in known and kind in formats())


class Maker:
    """Has documents made for one screen, and keeps each for as long as the plan and the day are the same."""

    def __init__(self) -> None:
        self._of: tuple[Plan, dt.date] | None = None
        self._kept: dict[str, Made] = {}

    async def make(self, what: str, plan: Plan, address: str | None, today: dt.date) -> Made:
        """Return a document; see `make`."""
        if self._of != (plan, today):
            self._of, self._kept = (plan, today), {}
        kept = self._kept
        if what not in kept:
            kept[what] = await make(what, plan, address)
        return kept[what]


async def make(what: str, plan: Plan, address: str | None = None) -> Made:
    """Make a document, and no other.

    Parameters
    ----------
    what
        A document and its format, the handover, or the plan itself.
    plan
        The plan.
    address
        Where it is kept: what changed since its last approval, and who changed it, is known there alone.

    Raises
    ------
    NotMadeError
        With a reference, and what the log is to say under it.
    """
    name = _file_name(plan.service.name)
    if what == "plan":
        return Made(f"{name}.yaml", YAML, yamltext.dump(approval.document(plan)).encode())
    document, kind = _asked(what, plan)
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        if address is None:
            path = Path(folder) / f"{name}.yaml"
            path.write_text(yamltext.dump(approval.document(plan)), encoding="utf-8")
            address = str(path)
        out = Path(folder) / "out"
        # The folders that the template was read from come along, for a plan that is kept in no folder.
        template = str(plan.template.sources[0]) if plan.template.sources else ""
        asked = [HANDOVER, ",".join(formats())] if what == HANDOVER else [document, kind]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _CALL, address, template, str(out), *asked),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            stdin=asyncio.subprocess.DEVNULL,
            env=served.without(os.environ),
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), LONGEST)
        except TimeoutError:
            process.kill()
            await process.wait()
            raise NotMadeError(f"it took longer than {LONGEST} s") from None
        made = out / (f"{HANDOVER}.zip" if what == HANDOVER else f"{document}{FORMATS[kind][0]}")
        if process.returncode != 0 or not made.is_file():
            raise NotMadeError(said.decode(errors="replace")[-2000:])
        if pictures := sorted((out / f"{document}_files").glob("*")):  # what a Markdown file shows
            files = {str(each.relative_to(out)): each.read_bytes() for each in (made, *pictures)}
            return Made(f"{name}-{document}.zip", ZIP, zipped.pack(files))
        return Made(f"{name}-{made.name}", ZIP if what == HANDOVER else FORMATS[kind][1], made.read_bytes())


def _asked(what: str, plan: Plan) -> tuple[str, str]:
    """Return the id and the format of a document; the runbook's draft is the first for one reader."""
    if what == "runbook":
        listed = plan.template.deliverables
        first = next((each.id for each in listed if each.sections), offered(plan)[0]["id"])
        return first, "html"
    document, _, kind = what.rpartition(".")
    return document, kind


def _file_name(service: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in service)
    return kept.strip("-")[:80] or "plan"
