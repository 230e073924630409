"""How a finding and a review show themselves in a notebook; documents have `maintplan.summary.findings`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from maintplan.words import Words, words

if TYPE_CHECKING:
    from maintplan.review.findings import Finding, Review

_MARKS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~&])")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_NOTE = "border-inline-start:3px solid currentColor;padding-inline-start:.75rem;margin:.5rem 0"


def finding(given: Finding) -> dict[str, str]:
    """Return a finding as HTML, Markdown and plain text."""
    lead, more = _lead(given), _more(given)
    html = f"<p style='margin:0'><strong>{escape(lead)}</strong> {escape(given.message)}</p>"
    markdown = f"> **{_marked(lead)}** {_marked(given.message)}"
    if more:
        html += f"<p style='margin:0;opacity:.85'>{escape(more)}</p>"
        markdown += f"\n>\n> {_marked(more)}"
    place = f"<p style='margin:0;opacity:.85'><code>{escape(given.at)}</code> {escape(given.rule)}</p>"
    return {
        "text/html": f"<div class='tex2jax_ignore mathjax_ignore' style='{_NOTE}'>{html}{place}</div>",
        "text/markdown": f"{markdown}\n>\n> {_marked(given.at)} {_marked(given.rule)}",
        "text/plain": f"{lead} {given.message}\n{more}\n{given.at} ({given.rule})",
    }


def review(given: Review) -> dict[str, str]:
    """Return a review as a table of its findings, those that were accepted last."""
    found = (*given.findings, *given.accepted)
    if not found:
        nothing = words(given.language)("findings.nothing")
        return {"text/html": f"<p>{escape(nothing)}</p>", "text/markdown": nothing, "text/plain": nothing}
    say = words(given.language)
    labels = [say(f"findings.{each}") for each in ("severity", "finding", "remedy", "place")]
    rows = [[_lead(each), each.message, _more(each), each.at] for each in found]
    return {
        "text/html": _table(labels, rows),
        "text/markdown": "\n".join(
            f"| {' | '.join(cells)} |"
            for cells in (labels, ["---"] * len(labels), *([_marked(cell) for cell in row] for row in rows))
        ),
        "text/plain": "\n".join(" ".join((row[0], row[1], f"({row[3]})")) for row in rows),
    }


def as_words(rule: str, say: Words) -> str:
    """Say a rule's id as words; what is no id is left as it was typed."""
    if _ID.fullmatch(rule) is None:
        return rule
    text = " ".join(say.get(f"findings.acronyms.{word}", word) for word in rule.split("-"))
    return f"{text[:1].upper()}{text[1:]}"


def _lead(given: Finding) -> str:
    say = words(given.language)
    severity = say(f"findings.severities.{given.severity}")
    return f"{say('findings.accepted_one')}." if given.accepted else f"{severity}."


def _more(given: Finding) -> str:
    source = f"{given.source[:1].upper()}{given.source[1:]}." if given.source else ""
    return " ".join(part for part in (given.remedy, source) if part)


def _table(labels: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    look = " style='text-align:start;vertical-align:top;white-space:normal'"
    head = "".join(f"<th scope='col'{look}>{escape(each)}</th>" for each in labels)
    body = "".join(f"<tr>{''.join(f'<td{look}>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<div class='tex2jax_ignore mathjax_ignore' style='overflow-x:auto'>{table}</div>"


def _marked(text: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
