"""A review as JUnit XML: a suite for each plan; a case for each rule that was judged, or that waits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from maintplan.cli.reviewing import Reviewed
from maintplan.review import Finding

_UNFIT = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for."""


def report(reviewed: Sequence[Reviewed], failing: Sequence[str]) -> str:
    """Return the report.

    Parameters
    ----------
    reviewed
        The plans.
    failing
        The severities whose open findings are failures; the others are listed as skipped, with their words.
    """
    root = ET.Element("testsuites", name="maintplan review")
    for each in reviewed:
        cases = list(_cases(each, failing))
        suite = ET.SubElement(root, "testsuite", name=_fit(each.address))
        suite.extend(cases)
        suite.set("tests", str(len(cases)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        suite.set("skipped", str(sum(case.find("skipped") is not None for case in cases)))
        suite.set("errors", "0")
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode")


def _cases(of: Reviewed, failing: Sequence[str]) -> Iterator[ET.Element]:
    for finding in of.review.findings:
        case = _case(of, finding.rule, finding.at)
        if finding.open and finding.severity in failing:
            failure = ET.SubElement(case, "failure", message=_fit(finding.message), type=finding.severity)
            failure.text = _fit(_details(of, finding))
        else:
            since = f", counts from {finding.announced.isoformat()}" if finding.announced else ""
            _skip(case, f"{finding.severity}{since}: {finding.message}")
        yield case
    for finding in of.review.accepted:
        case = _case(of, finding.rule, finding.at)
        risk = finding.accepted
        _skip(case, f"accepted until {risk.until.isoformat() if risk else ''}: {finding.message}")
        yield case
    for waiting in of.review.waiting:
        case = _case(of, waiting.rule, waiting.at)
        _skip(case, f"waits for {', '.join(waiting.for_)}")
        yield case
    told = {each.rule for each in (*of.review.findings, *of.review.accepted)}
    told |= {each.rule for each in of.review.waiting}
    for rule in sorted(of.review.judged - told):
        yield _case(of, rule, "")


def _case(of: Reviewed, rule: str, at: str) -> ET.Element:
    title = f"{of.review.title(rule)} ({rule})"
    name = f"{title} at {at}" if at else title
    return ET.Element("testcase", classname=_fit(of.plan.service.name), name=_fit(name))


def _skip(case: ET.Element, message: str) -> None:
    ET.SubElement(case, "skipped", message=_fit(message))


def _details(of: Reviewed, finding: Finding) -> str:
    spot = of.spot(finding.at)
    where = f"{spot.file}:{spot.line}: {finding.at}" if spot else finding.at
    return "\n".join(part for part in (where, finding.message, finding.remedy, finding.source) if part)


def _fit(text: str) -> str:
    return _UNFIT.sub("\N{REPLACEMENT CHARACTER}", text)
