"""What the portfolio's page says of many plans at once, added up one plan at a time."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from maintplan.batch import occurring

SEVERITIES = ("high", "medium", "low")
_FREQUENT = 15


class Frequent(NamedTuple):
    """A rule that many services break."""

    rule: str
    title: str
    severity: str
    services: int
    mend: str


class Sums:
    """Sums over plans.

    Attributes
    ----------
    headings
        Those of all questions, by id.
    times
        When each service is worked on.
    titles
        Those of the rules that any plan has a finding of, by rule.
    whole
        What is asked, decided and open in all plans.
    questions
        The same by question, without findings but high ones: of these the services that have any.
    """

    def __init__(self, day: dt.date) -> None:
        self._day = day
        self.headings: dict[str, str] = {}
        self.times: dict[str, list[occurring.Occurrence]] = {}
        self.titles: dict[str, str] = {}
        self.whole: Counter[str] = Counter()
        self.questions: dict[str, Counter[str]] = defaultdict(Counter)
        self._broken: Counter[str] = Counter()
        self._examples: dict[str, tuple[str, str]] = {}
        self._rows: dict[str, list[int]] = defaultdict(list)

    def add(self, at: int, service: str, about: Mapping[str, Any]) -> None:
        """Add a plan.

        Parameters
        ----------
        at
            The row of the map that it stands in, counted from 0.
        service
            Its service.
        about
            All facts of it.
        """
        self.headings |= about.get("headings", {})
        self.times[service] = occurring.occurrences(service, about, self._day)
        self.whole.update({name: about["whole"][name] for name in ("asked", "decided", *SEVERITIES)})
        for question, part in about.get("questions", {}).items():
            counts = {"asked": part["asked"], "decided": part["decided"], "high": bool(part["high"])}
            self.questions[question].update(counts)
        findings = about.get("findings", ())
        self.titles |= {each["rule"]: each.get("title") or each["rule"] for each in findings}
        open_: dict[str, Mapping[str, Any]] = {}
        for each in findings:
            if each["open"]:
                open_.setdefault(each["rule"], each)
        for rule, each in open_.items():
            self._broken[rule] += 1
            self._rows[rule].append(at)
            self._examples.setdefault(rule, (each["severity"], each["remedy"] or each["message"]))

    def frequent(self) -> list[Frequent]:
        """Return the rules that most services break, with an example of what is to be done."""
        found = [
            Frequent(rule, self.titles[rule], self._examples[rule][0], count, self._examples[rule][1])
            for rule, count in self._broken.items()
        ]
        found.sort(key=lambda each: (-each.services, SEVERITIES.index(each.severity), each.title))
        return found[:_FREQUENT]

    def rules(self) -> str:
        """Return which rows of the map have an open finding of each rule, as JSON for the page's script."""
        found = {
            rule: {"title": self.titles[rule], "severity": self._examples[rule][0], "rows": rows}
            for rule, rows in self._rows.items()
        }
        return json.dumps(found, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
