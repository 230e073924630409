"""A review as SARIF 2.1.0, so that a pull request shows findings at their lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from maintplan import __version__
from maintplan.cli.reviewing import Reviewed
from maintplan.review import Finding, Rule

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"high": "error", "medium": "warning", "low": "note"}


def log(reviewed: Sequence[Reviewed]) -> dict[str, Any]:
    """Return the log: one run over all plans."""
    rules: dict[str, dict[str, Any]] = {}
    results: list[dict[str, Any]] = []
    for each in reviewed:
        for finding in (*each.review.findings, *each.review.accepted):
            rules.setdefault(finding.rule, _rule(finding, each.rules.rule(finding.rule)))
            results.append(_result(each, finding, list(rules).index(finding.rule)))
    driver = {"name": "maintplan", "version": __version__, "rules": list(rules.values())}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(finding: Finding, rule: Rule | None) -> dict[str, Any]:
    found: dict[str, Any] = {"id": finding.rule, "shortDescription": {"text": f"{finding.title}."}}
    severity = min(rule.severity.items())[1] if rule else finding.severity
    found["defaultConfiguration"] = {"level": _LEVELS[severity]}
    if finding.remedy:
        source = f" ({finding.source})" if finding.source else ""
        found["help"] = {"text": f"{finding.remedy}{source}"}
    return found


def _result(of: Reviewed, finding: Finding, index: int) -> dict[str, Any]:
    counts = f" (counts from {finding.announced.isoformat()})" if finding.announced else ""
    remedy = f" {finding.remedy}" if finding.remedy else ""
    found: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": "note" if finding.announced else _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}{counts}{remedy}"},
        "locations": [_location(of, finding.at)],
        "partialFingerprints": {"finding/v1": f"{of.plan.service.name}/{finding.id}"},
    }
    others = [place for place in finding.places if place != finding.at]
    if others:
        found["relatedLocations"] = [
            {"id": number, **_location(of, place)} for number, place in enumerate(others, 1)
        ]
    if finding.accepted is not None:
        risk = finding.accepted
        why = f"{risk.reason} ({risk.by}, agreed by {risk.agreed_by}, until {risk.until.isoformat()})"
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return found


def _location(of: Reviewed, place: str) -> dict[str, Any]:
    logical = {"name": place, "fullyQualifiedName": f"{of.plan.service.name}: {place}"}
    found: dict[str, Any] = {"logicalLocations": [logical]}
    spot = of.spot(place)
    if spot is not None:
        found["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(spot.file)},
            "region": {"startLine": spot.line},
        }
    return found


def _uri(file: str) -> str:
    """Return a file as seen from the folder of the call, which in a check-out is its root."""
    path, here = Path(file).absolute(), Path.cwd()
    path = Path(*path.parts).resolve().parent / path.name
    within = path.is_relative_to(here.resolve())
    return quote(path.relative_to(here.resolve()).as_posix()) if within else path.as_uri()
