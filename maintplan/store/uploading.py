"""A plan file that somebody sends in, read without letting it reach for anything.

What a plan file names (its template, its layers, the plans that it inherits from) may be paths. From a person
at a shell that is as it should be; from a visitor of a server it would open the server's own files.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import replace

from maintplan import resources, yamltext
from maintplan.errors import InputError, Where
from maintplan.plan import document
from maintplan.plan.model import Plan
from maintplan.store import loading
from maintplan.store.loading import Banks

_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
"""What no file that somebody has written holds, and nearly every other one does."""


def uploaded(data: bytes, name: str) -> Plan:
    """Read a plan file that was sent in.

    Parameters
    ----------
    data
        What it holds.
    name
        What it was called; errors name it so.

    Returns
    -------
    Plan
        The plan as one that was never saved here, to be saved under a name of its own.

    Raises
    ------
    InputError
        For what is no plan, and for one whose template is not one of this installation.
    """
    name = "".join(each for each in name.replace("\\", "/").rpartition("/")[2] if each.isprintable())[:100]
    if _NO_TEXT.search(data) and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        mend = "choose the plan file: its name ends in .yaml or .json"
        raise InputError(
            "it is a picture, a document or the like, and no text", Where(name or "the file"), mend
        )
    text = yamltext.read(data, name or "the file")
    head = document.envelope(text.data, text)
    for key, names in (("template", (head.template.name,)), ("layers", head.layers)):
        for each in names:
            if "/" in each or "\\" in each or each.endswith(".md") or each.startswith("."):
                where = Where(text.name, text.line((key,)), key)
                raise InputError(f"a plan that is sent in names its {key} by a path", where, "write its name")
    for index, each in enumerate(head.inherits):
        if not each.startswith("#"):
            where = Where(text.name, text.line(("inherits", index)), f"inherits[#{index + 1}]")
            mend = "take it out, or name a plan of this store: '#name'"
            raise InputError("a plan that is sent in inherits from another file", where, mend)
    plan, _ = loading.read(text.data, text, Banks(), resources.planning_templates())
    return replace(plan, revision=0, approved=None)
