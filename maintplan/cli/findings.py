"""A review for people: a table as wide as the terminal, plain on a pipe."""

from __future__ import annotations

import io
import os
import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from maintplan.cli import terminal
from maintplan.cli.reviewing import Reviewed
from maintplan.review import SEVERITIES, Finding, Part, action_for
from maintplan.review.findings import awaited

_STYLES = {"high": "bold red", "medium": "yellow", "low": ""}


def table(of: Reviewed) -> str:
    """Return the findings, what waits, what was accepted, and how ready the plan is."""
    coloured = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    console = Console(
        file=io.StringIO(),
        width=terminal.width(),
        force_terminal=coloured,
        color_system="standard" if coloured else None,
        highlight=False,
        legacy_windows=False,
    )
    service = of.plan.service
    console.print(Text(f"{service.name}, tier {service.tier}, {service.stage} ({of.address})"))
    _findings(console, of)
    _listed(console, of)
    _readiness(console, of)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def _grid(*columns: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True, show_edge=False)
    for name in columns:
        made.add_column(name, overflow="fold", no_wrap=name == columns[0])
    return made


def _findings(console: Console, of: Reviewed) -> None:
    console.print()
    if not of.review.findings:
        console.print(Text("The rules found nothing."))
        return
    grid = _grid("Severity", "Finding")
    grid.columns[1].ratio = 1
    # What to do is said with the first finding of a rule.
    said: set[str] = set()
    for finding in of.review.findings:
        words = Text(finding.message)
        words.append(f"\n{_spot(of, finding)}  {finding.rule}", "dim")
        if finding.remedy and finding.rule not in said:
            said.add(finding.rule)
            words.append(
                f"\n{finding.remedy} ({finding.source})" if finding.source else f"\n{finding.remedy}"
            )
        if action := action_for(finding, of.plan.actions):
            due = f"by {action.due.isoformat()}" if action.due else ""
            told = ", ".join(part for part in (action.owner, due, action.state, action.ticket) if part)
            words.append(f"\nAction {action.id}: {told}.")
        if finding.announced:
            words.append(f"\nCounts from {finding.announced.isoformat()}.")
        if finding.refused:
            words.append(f"\nNot accepted: {finding.refused}.")
        grid.add_row(Text(finding.severity, _STYLES[finding.severity]), words)
    console.print(grid)


def _spot(of: Reviewed, finding: Finding) -> str:
    spot = of.spot(finding.at)
    return f"{spot.file}:{spot.line}  {finding.at}" if spot else finding.at


def _listed(console: Console, of: Reviewed) -> None:
    found = of.review
    if found.accepted:
        console.print(Text("\nAccepted risks (they do not count as passed)"))
        for finding in found.accepted:
            risk = finding.accepted
            if risk is not None:
                said = (
                    f"{risk.reason} ({risk.by}, agreed by {risk.agreed_by}, until {risk.until.isoformat()})"
                )
                console.print(Text(f"  {finding.severity}  {finding.message} {said}"))
    if found.waiting:
        console.print(Text("\nRules that wait for an answer"))
        for each in found.waiting:
            waits_for = "; ".join(awaited(each, of.standing))
            rule = f"{found.title(each.rule)} ({each.rule})"
            said = f"{each.severity}  {rule}: {waits_for}"
            console.print(Text(terminal.wrapped(said, "  ", "      ")))
    if found.off:
        console.print(Text("\nRules that are switched off"))
        for rule, reason in found.off:
            console.print(Text(f"  {found.title(rule)} ({rule}): {reason}"))


def _readiness(console: Console, of: Reviewed) -> None:
    console.print()
    grid = _grid("Question", "Decided", "High", "Medium", "Low", "Waiting")
    grid.columns[0].no_wrap = False
    grid.columns[0].ratio = 1
    for column in grid.columns[1:]:
        column.justify, column.no_wrap = "right", True
    for part in of.readiness.questions:
        grid.add_row(*_counts(part))
    grid.add_section()
    heading, *counts = _counts(of.readiness.plan)
    del heading
    grid.add_row("The plan", *counts)
    console.print(grid)
    if of.readiness.plan.not_applicable:
        console.print(Text("Not applicable, and in no count: " + ", ".join(of.readiness.plan.not_applicable)))


def _counts(part: Part) -> list[str]:
    open_ = [str(part.open[severity] or "-") for severity in SEVERITIES]
    return [part.heading, f"{part.decided} of {part.asked}", *open_, str(part.waiting or "-")]
