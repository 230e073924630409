"""The step after the planning, from ``handover.yaml``: what it asks for, and what answers to it."""

from __future__ import annotations

from maintplan.errors import MaintplanError, unknown
from maintplan.template import files
from maintplan.template.layered import Sources
from maintplan.template.model import Template
from maintplan.template.parts import Need, Next


def next_step(sources: Sources, template: Template, problems: list[MaintplanError]) -> Next:
    """Read ``handover.yaml``; without one, nothing is known of the next step."""
    found = sources.layered("handover.yaml", files.HandoverFile)
    if found is None:
        return Next()
    inputs = [each.id for each in template.inputs]
    needs: list[Need] = []
    for index, entry in enumerate(found.entries.needs):
        for key, names, known, what in (
            ("inputs", entry.inputs, inputs, "input"),
            ("answers", entry.answers, list(template.named), "field"),
        ):
            for at, name in enumerate(names):
                if name not in known:
                    problems.append(unknown(what, name, known, found.where("needs", index, key, at)))
        needs.append(Need(entry.need, tuple(entry.inputs), tuple(entry.answers), entry.shows))
    return Next(found.entries.next, tuple(needs))
