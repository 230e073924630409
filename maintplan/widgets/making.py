"""Makes documents for the app, in another process: its kernel imports neither pandas nor matplotlib."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from maintplan import served, yamltext
from maintplan.plan import approval
from maintplan.plan.model import Plan

if TYPE_CHECKING:
    from maintplan.widgets.app import App

LONGEST = 120
"""Seconds after which a document is given up."""

WHOLE = "report"
"""What the one document of a template is called that names none."""
HTML = "text/html;charset=utf-8"
YAML = "application/yaml;charset=utf-8"
ZIP = "application/zip"
HANDOVER = "handover"
"""The bundle of a complete plan: the documents in all formats, the plan, its review and its sign-off."""


class NotMadeError(Exception):
    """A document could not be made."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reference = secrets.token_hex(4)


@dataclass(frozen=True)
class Made:
    """A document."""

    name: str
    type: str
    data: bytes


def may(what: str, app: App) -> bool:
    """Say whether a document can be had now: the runbook early, the others once the plan is complete."""
    if what == "runbook":
        return True
    return what in ("report", "plan", HANDOVER) and approval.status(app.interview.plan) == "complete"


async def make(what: str, plan: Plan) -> Made:
    """Make a document.

    Raises
    ------
    NotMadeError
        With a reference, and what the log is to say under it.
    """
    name = _file_name(plan.service.name)
    text = yamltext.dump(approval.document(plan))
    if what == "plan":
        return Made(f"{name}.yaml", YAML, text.encode())
    with tempfile.TemporaryDirectory(prefix="maintplan-") as folder:
        path = Path(folder) / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        out = Path(folder) / "out"
        # The folders that the template was read from come along, for a plan that is kept in no folder.
        template = ["--template", str(plan.template.sources[0])] if plan.template.sources else []
        call = [
            sys.executable,
            "-c",
            "from maintplan.cli import main; main()",
            "run",
            str(path),
            "-o",
            str(out),
            "--to",
            _formats() if what == HANDOVER else "html",
            *template,
        ]
        process = await asyncio.create_subprocess_exec(
            *call,
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
        made = out / (f"{HANDOVER}.zip" if what == HANDOVER else f"{_document(what, plan)}.html")
        if process.returncode != 0 or not made.is_file():
            raise NotMadeError(said.decode(errors="replace")[-2000:])
        return Made(f"{name}-{made.name}", ZIP if what == HANDOVER else HTML, made.read_bytes())


def _formats() -> str:
    """Return the formats of a handover: all that this installation can make."""
    extra = ",pdf,docx" if find_spec("typst") else ""
    return f"html,markdown{extra}"


def _document(what: str, plan: Plan) -> str:
    """Return the id of a document: that of the whole plan, or the first for one reader."""
    listed = plan.template.deliverables
    whole = next((each.id for each in listed if not each.sections), WHOLE)
    return whole if what == "report" else next((each.id for each in listed if each.sections), whole)


def _file_name(service: str) -> str:
    kept = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in service)
    return kept.strip("-")[:80] or "plan"
