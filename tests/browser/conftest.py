"""A report as a team would get it: the plan of the Directory service, long enough to be looked at."""

# ruff: noqa: E501 - a row of a table is read best on one line
from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import nbformat
import pytest

from maintplan.reporting import MaintplanHTMLExporter
from maintplan.summary.blocks import (
    Block,
    Bullets,
    Code,
    Column,
    Figure,
    Heading,
    Line,
    Note,
    Pairs,
    Paragraph,
    Part,
    Prose,
    Span,
    Table,
    line,
)

SECTIONS = (
    ("runbook", "Maintenance Runbook", "Complete operational procedures and maintenance tasks."),
    ("release", "Versioning Strategy", "Comprehensive versioning and release management."),
    ("database", "Database Maintenance", "Database maintenance and data management procedures."),
    ("security", "Security Maintenance", "Security updates and vulnerability management."),
    ("performance", "Performance Optimization", "Performance monitoring and optimization procedures."),
    ("rollout", "Feature Rollout", "Phased rollout strategy and user adoption management."),
    ("recovery", "Backup & Recovery", "Comprehensive backup and disaster recovery procedures."),
    ("support", "User Support", "User support and documentation implementation."),
    ("monitoring", "Monitoring Maintenance", "Monitoring and alerting optimization."),
    ("roadmap", "Long-term Planning", "Strategic roadmap and evolution planning."),
)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 150" width="640" height="150">'
    '<g fill="#0a5f73"><rect x="0" y="110" width="60" height="20"/><rect x="90" y="80" width="140" height="50"/>'
    '<rect x="260" y="20" width="370" height="110"/></g></svg>'
)


def head(section: str, words: str, state: str = "Decided") -> Heading:
    """Return the heading of a consideration."""
    tone = {"Decided": "muted", "Recommended": "recommended"}.get(state, "medium")
    anchor = f"{section}-{words.lower().replace(' ', '-')}"
    return Heading(
        level=3, text=words, anchor=anchor, aside=(Span.model_validate({"text": state, "tone": tone}),)
    )


def table(caption: str, columns: str, rows: Sequence[str], end: str = "", **more: object) -> Table:
    """Return a table from its lines, with a bar between cells."""
    labels = [label.strip() for label in columns.split("|")]
    cells = [tuple(_cell(cell.strip()) for cell in row.split("|")) for row in rows]
    return Table.model_validate(
        {
            "caption": caption,
            "columns": [Column(label=label, align="end" if label in end else "start") for label in labels],
            "rows": cells,
            **more,
        }
    )


def _cell(text: str) -> Line:
    return (Span(text=text[1:-1], tone="code"),) if text.startswith("`") else line(text)


def blocks_of(section: str) -> tuple[Block, ...]:
    """Return what stands in a section."""
    match section:
        case "runbook":
            return (
                Prose(
                    markdown="The service is watched by the **on-call engineer** of team Directory.\n"
                    "Handover is every Monday at 10:00.\n\n"
                    "### What we do not do by hand\n\n"
                    "- switch to mock data\n- delete a tenant\n\n"
                    "See [the operations handbook](https://handbook.acme.example/ops) or ask ops@acme.example."
                ),
                head(section, "Daily operational procedures"),
                Paragraph(
                    line=line(
                        "Each morning at 09:00 (Europe/Berlin) somebody looks at health, error logs and disk space."
                    )
                ),
                table(
                    "Tasks",
                    "Task | How often | Who | Command",
                    [
                        "Check health | every day | on-call engineer | `curl -fsS https://directory.acme.example/health/detailed`",
                        "Read the error log | every day | on-call engineer | `docker logs --since 24h backend | grep ERROR`",
                        "Audit packages | every week | release lead | `npm audit --omit=dev`",
                        "Vacuum and analyze | every month | database owner | `psql -c 'vacuum (analyze)'`",
                    ],
                ),
                Note(
                    tone="recommended",
                    line=line(
                        Span(text="Recommended.", tone="strong"),
                        " A weekly audit is what tier 2 starts from.",
                    ),
                ),
                head(section, "Emergency response procedures"),
                table(
                    "Who to reach",
                    "After | Who | How",
                    [
                        "at once | on-call engineer | pager",
                        "15 min | second on call | pager, then phone",
                        "30 min | service owner | phone",
                    ],
                ),
                Note(
                    tone="high",
                    line=line(
                        Span(text="High.", tone="strong"),
                        " The escalation names no person for the night. ",
                        Span(text="Name the rota", href="#open"),
                        ".",
                    ),
                ),
                Code(
                    text="railway service restart backend --instance 1\nrailway logs --service backend --since 15m"
                ),
            )
        case "database":
            return (
                head(section, "Database backup and recovery"),
                Paragraph(
                    line=line(
                        "PostgreSQL 15 on Supabase. A dump is taken every day; it is kept for ",
                        Span(text="30 days", tone="strong"),
                        ".",
                    )
                ),
                Pairs(
                    pairs=(
                        ("Engine", line("PostgreSQL 15")),
                        ("Connection pool", line("2 to 20")),
                        ("Idle time-out", line("30 seconds")),
                    )
                ),
                head(section, "Every table of the schema"),
                table(
                    "Tables and their care",
                    "Table | Rows | Growth | Owner | Retention | Backup | Vacuum | Index check | Personal data | Last restored | Runs on | Note",
                    [
                        f"{name} | {rows} | {growth} | team Directory | 24 months | every day | every month | every quarter | {personal} | 3 March 2026 | primary | {note}"
                        for name, rows, growth, personal, note in (
                            ("companies", "1,204", "2 %", "no", ""),
                            ("employees", "412,000", "11 %", "yes", "right to erasure runs nightly"),
                            ("trainers", "9,310", "4 %", "yes", ""),
                            (
                                "training_requests",
                                "2,870,000",
                                "19 %",
                                "yes",
                                "partitioned by company from version 1.2",
                            ),
                        )
                    ],
                    end="Rows Growth",
                ),
                head(section, "Migrations", "Not known yet"),
                Note(
                    tone="medium",
                    line=line(
                        Span(text="Not known yet.", tone="strong"),
                        " The database owner finds out by 15 December 2026.",
                    ),
                ),
            )
        case "rollout":
            return (
                Prose(
                    markdown="We release in three stages.\nA stage is only worth its name if an alert can fire inside it."
                ),
                head(section, "Phased feature rollout strategy"),
                table(
                    "Stages",
                    "Name | Audience | Share | Watch for | Stops on",
                    [
                        "canary | staff of three companies | 5 % | 15 min | error rate > 1 %",
                        "early | volunteers | 25 % | 4 h | error rate > 1 %",
                        "everyone | all tenants | 100 % | 24 h | error rate > 1 %",
                    ],
                    end="Share Watch for",
                    anchors=("stage-canary", "stage-early", "stage-everyone"),
                ),
                Note(
                    tone="high",
                    line=line(
                        Span(text="High.", tone="strong"),
                        " The canary is watched for 15 min, but its alert needs 30 min to fire. "
                        "A bad change reaches “early” unseen. Watch it for 30 min or longer, or shorten HighErrorRate.",
                    ),
                ),
                Paragraph(line=line("Owner: release-lead"), tone="muted"),
                head(section, "Adoption tracking and analytics", "Recommended"),
                Paragraph(
                    line=line(
                        "Share of tenants that used a new feature within 30 days: at least ",
                        Span(text="40 %", tone="recommended"),
                        ".",
                    )
                ),
                Note(
                    tone="muted", line=line("Still missing here: who reads the numbers, where they are kept.")
                ),
                Figure(
                    svg=SVG,
                    alt="Share of tenants by stage: 5, 25 and 100 percent",
                    caption="Share of tenants, stage by stage",
                ),
            )
        case "recovery":
            return (
                head(section, "System recovery procedures"),
                Bullets(
                    items=tuple(
                        line(text)
                        for text in (
                            "Say on the status page that the service is down.",
                            "Restore the newest dump into an empty database, and verify it.",
                            "Point the back end to it; see that /health/database answers in less than 200 ms.",
                        )
                    ),
                    ordered=True,
                ),
                Prose(
                    markdown="| Objective | Value |\n|---|--:|\n| RPO | 24 hours |\n| RTO | 4 hours |\n\n"
                    "```sh\npg_restore --clean --dbname directory backup.dump\n```\n\n> Nobody has rehearsed this yet."
                ),
                Note(
                    tone="medium",
                    line=line(
                        Span(text="Medium.", tone="strong"),
                        " No restore drill is on record; the last restore was 3 March 2026.",
                    ),
                ),
            )
        case _:
            considerations = ("Roles and owners", "Schedule and windows", "What good looks like")
            made: list[Block] = []
            for words in considerations:
                made.append(head(section, words))
                made.append(
                    Paragraph(
                        line=line(
                            "The team keeps this under review every quarter. What is decided here follows from the "
                            "facts of the service and is checked against the other answers before the plan is confirmed."
                        )
                    )
                )
            made.append(
                table(
                    "Measures",
                    "Measure | Target | Window | Source",
                    [
                        "Availability | 99.5 % | 30 days | /health",
                        "Latency, 95th percentile | 300 ms | 30 days | back end",
                        "Error rate | below 1 % | 30 min | back end",
                    ],
                    end="Target",
                )
            )
            return tuple(made)


def parts() -> list[Part]:
    """Return the parts of the sample."""
    title = "Directory: maintenance and rollout plan"
    cover = Part(
        id="cover",
        title=title,
        kind="cover",
        blocks=(
            Paragraph(line=line("The organisational backbone of a corporate learning platform: companies, employees, trainers, departments and training requests.")),
            Pairs(
                pairs=tuple(
                    (name, line(value))
                    for name, value in (
                        ("Service", "directory"),
                        ("Tier", "2, important"),
                        ("Stage", "production"),
                        ("Owner", "team Directory"),
                        ("Status", "in review"),
                        ("Revision", "23"),
                        ("Made on", "24 November 2026"),
                        ("Considerations", "51 of 58 decided"),
                        ("Template", "Maintenance and Rollout Planning, version 1"),
                    )
                )
            ),
        ),
        about={"title": title, "language": "en", "service": "directory", "tier": 2, "stage": "production",
               "status": "in review", "revision": 23, "date": "2026-11-24", "made": "24 November 2026"},
    )  # fmt: skip
    standing = table(
        "How far this plan is",
        "Question | Decided | Recommended | Not known yet | Missing | Not applicable",
        [
            f"{name} | {6 - index % 3} / 6 | {index % 3 or ''} | | {'' if index % 4 else '1'} |"
            for index, (_, name, _) in enumerate(SECTIONS)
        ],
        end="Decided Recommended Not known yet Missing Not applicable",
    )
    made = [
        cover,
        Part(
            id="standing",
            title="How far this plan is",
            blocks=(Paragraph(line=line("7 of 58 considerations are still open.")), standing),
        ),
    ]
    for section, name, words in SECTIONS:
        lead = Paragraph(line=line(words), tone="muted")
        made.append(Part(id=section, title=name, blocks=(lead, *blocks_of(section))))
    findings = (
        Note(
            tone="high",
            line=line(
                Span(text="High.", tone="strong"),
                " ",
                Span(text="The canary is watched for 15 min", href="#stage-canary"),
                ", but its alert needs 30 min to fire.",
            ),
        ),
    )
    made.append(
        Part(
            id="findings", title="Findings", blocks=(Paragraph(line=line("One finding is open.")), *findings)
        )
    )
    open_rows = [
        f"{name} | release-lead | 1 December 2026 | waits for the analytics contract"
        for _, name, _ in SECTIONS
    ]
    made.append(
        Part(
            id="open",
            title="What is open",
            kind="status",
            blocks=(table("Not known yet", "What | Who | By | Note", open_rows),),
        )
    )
    rows = [
        f"{name} | {topic} | Decided | team Directory | entered"
        for _, name, _ in SECTIONS
        for topic in (
            "Roles and owners",
            "Schedule and windows",
            "What good looks like",
            "Tools",
            "Reviews",
            "Records",
        )
    ]
    made.append(
        Part(
            id="considerations",
            title="All considerations",
            kind="status",
            blocks=(table("All considerations", "Question | Consideration | State | Owner | Source", rows),),
        )
    )
    signed = [
        "Service owner | owner-1 | 23 November 2026, 11:00 UTC | the server | Yes",
        "Operations | | | | open",
    ]
    ask = Paragraph(
        line=line(
            Span(
                text="Do you confirm this maintenance and rollout planning is complete and ready for final validation?",
                tone="strong",
            )
        )
    )
    digest = Paragraph(
        line=line("What they said it to: ", Span(text="sha256:" + "4be1c07a" * 8, tone="code"), "."),
        tone="muted",
    )
    made.append(
        Part(
            id="sign-off",
            title="Sign-off",
            kind="status",
            blocks=(ask, table("Sign-off", "Role | Who | When | Known by | Answer", signed), digest),
        )
    )
    return made


def notebook_of(shown: Sequence[Part]) -> nbformat.NotebookNode:
    """Return an executed notebook whose cells show parts."""
    outputs = [
        {"output_type": "display_data", "metadata": {}, "data": part._repr_mimebundle_()} for part in shown
    ]
    cells = [
        {
            "id": f"cell-{number}",
            "cell_type": "code",
            "source": f"document[{number}]",
            "metadata": {},
            "execution_count": number,
            "outputs": [output],
        }
        for number, output in enumerate(outputs, start=1)
    ]
    text = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})
    return nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call, no-any-return]


@pytest.fixture(scope="session")
def notebook() -> Callable[[Sequence[Part]], nbformat.NotebookNode]:
    """What makes an executed notebook of parts."""
    return notebook_of


@pytest.fixture(scope="session")
def report_html() -> str:
    """The sample as the exporter makes it."""
    html, _ = MaintplanHTMLExporter().from_notebook_node(notebook_of(parts()))
    return str(html)


@pytest.fixture(scope="session")
def report(report_html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample in a folder with nothing else in it, as somebody gets it by mail."""
    path = tmp_path_factory.mktemp("mailed") / "report.html"
    path.write_text(report_html, encoding="utf-8")
    return path
