"""Puts a complete plan's handover together: documents, plan, review, calendar, pictures, tables, its seal.

The same plan gives the same bytes, whenever it is made: each part takes its moment from the plan itself. What
is chosen by whoever calls (documents and their formats) comes in; everything else is made here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from maintplan import yamltext, zipped
from maintplan.calendar import ics, moment
from maintplan.errors import RefusedError
from maintplan.handover import index, manifest, records, signing
from maintplan.plan import Plan, Standing, approval, hashing, schema, stand
from maintplan.review import load, readiness, review
from maintplan.summary import tables

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAME = "handover.zip"


def check(standing: Standing) -> None:
    """Refuse a plan that is not complete.

    Raises
    ------
    RefusedError
        With the roles whose Yes is missing.
    """
    plan = standing.plan
    status = approval.status(plan, standing)
    if status != "complete":
        what = f"there is no handover of a plan in {status.removeprefix('in_')}"
        raise RefusedError(what, mend=approval.awaited(plan, standing))


def make(
    plan: Plan,
    notebook: NotebookNode,
    files: Mapping[str, bytes],
    *,
    text: yamltext.Document | None = None,
    before: Plan | None = None,
    key: Path | None = None,
) -> bytes:
    """Return the handover of a complete plan.

    Parameters
    ----------
    plan
        The plan as it was saved.
    notebook
        Its executed notebook, from which the pictures come.
    files
        What was made already, by its name in the bundle: the documents, in the formats that were chosen.
    text
        The plan's file as it stands; written anew for a plan that lies in no file.
    before
        The plan as it was approved before, for what the calendar has to cancel.
    key
        An SSH key to sign with.

    Raises
    ------
    RefusedError
        When the plan is not complete.
    InputError
        When the key can't sign.
    """
    standing = stand(plan)
    check(standing)
    # A complete plan has a Yes, and so a moment of its own.
    when = (moment(plan) or dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).astimezone(dt.UTC)
    found = review(standing, load(plan.template), when.date())
    workbook = f"tables/{tables.WORKBOOK}"
    parts: dict[str, bytes] = {name: data for name, data in files.items() if name != workbook}
    parts["plan/plan.yaml"] = (text.text if text else yamltext.dump(approval.document(plan))).encode()
    parts["plan/plan.schema.json"] = schema.text(plan.template).encode()
    parts["plan/content.json"] = hashing.canonical(approval.content_data(plan, standing))
    parts["plan/sign-off.json"] = records.text(records.sign_off(standing))
    ready = readiness(standing, found)
    parts["review/findings.json"] = records.text(records.findings(standing, found, ready))
    parts["review/accepted-risks.json"] = records.text(records.risks(standing))
    parts["calendar/calendar.ics"] = ics.calendar(standing, when, before)
    parts |= {f"pictures/{name}.svg": data for name, data in index.pictures(notebook).items()}
    parts[workbook] = files.get(workbook) or tables.workbook(standing, found)
    parts |= {
        f"tables/{name.removeprefix('tables/')}": data for name, data in tables.files(standing, found).items()
    }
    page = index.page(standing, found, ready, list(parts), when.date())
    parts = {"index.html": page, **parts}
    content = hashing.of_text(parts["plan/content.json"])
    listed = manifest.write(plan.service.name, plan.revision, content, parts)
    sealed = {manifest.MANIFEST: listed}
    if key is not None:
        sealed[manifest.SIGNATURE] = signing.sign(listed, key)
    return zipped.pack({**parts, **sealed})
