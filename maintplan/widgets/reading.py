"""The sections of the summary as HTML: each made once for a plan, and ahead of time while nobody waits.

All of them take as long as forty moves do. A plan never changes in place, so what was made of it stays right
for as long as it is the same object.
"""

from __future__ import annotations

from typing import Any

from maintplan.interview import Interview
from maintplan.plan.model import Plan
from maintplan.summary import html, sections

View = dict[str, Any]


class Reading:
    """The sections of one plan after another."""

    def __init__(self) -> None:
        self._plan: Plan | None = None
        self._made: list[View] = []

    def parts(self, interview: Interview) -> list[View]:
        """Return all sections, each with the step that leads back to its question."""
        while self.ahead(interview):
            pass
        return list(self._made)

    def ahead(self, interview: Interview) -> bool:
        """Make one more section; say whether there was one left to make."""
        if self._plan is not interview.plan:
            self._plan, self._made = interview.plan, []
        asked = interview.plan.template.sections
        if len(self._made) == len(asked):
            return False
        part = sections.section(interview.standing, asked[len(self._made)])
        step = next(
            (each.id for each in interview.steps if each.kind == "question" and each.about == part.id), None
        )
        shown = html.part(part, styled=True)
        self._made.append({"id": part.id, "title": part.title, "html": shown, "step": step or part.id})
        return True
