"""What stands between services: a recovery that waits for others', as their own plans promise it.

A plan may name the plan of what it depends on. Then the other's own recovery time counts, not what somebody
wrote down of it, and so does the longest chain of those that have to come back first.

What is found counts with the findings of each plan that can mend it (`added`, `counted`), so that the page,
the tables, the teams and the comparison with an earlier batch have the same numbers.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from maintplan.errors import MaintplanError
from maintplan.fields import duration, row_selector
from maintplan.words import words

NEEDS = "recovery.system-recovery-procedures.dependencies"
"""The table in which a plan names what it needs to recover."""


@dataclass(frozen=True)
class Between:
    """Something found between services.

    Attributes
    ----------
    rule
        ``dependency-slower``, ``chain-slower``, ``their-rto-differs`` or ``circle``.
    severity
        How grave it is.
    services
        Those that it is about, the one that waits first.
    compared
        What was compared, by name, as a reader reads it.
    at
        The place in each plan that can mend it, by service.
    """

    rule: str
    severity: str
    services: tuple[str, ...]
    compared: Mapping[str, str]
    at: Mapping[str, str] = field(default_factory=dict)


def said(each: Between, language: str = "en", which: str = "") -> str:
    """Say in a sentence what was found, or (``mend.``) what is to be done about it."""
    say = words(language)
    first, second = each.services[:2]
    listed = say("between.joined").join(each.services)
    return say(f"between.{which}{each.rule}", services=listed, first=first, second=second, **each.compared)


def names(needs: Mapping[str, Any], known: Mapping[str, str]) -> str | None:
    """Return the service that a row of dependencies names by its plan or its name.

    Parameters
    ----------
    needs
        The row.
    known
        Services by their name in lower case.
    """
    plan = str(needs.get("plan") or "")
    if "#" in plan:
        tried = [plan.rpartition("#")[2].partition("@")[0]]
    else:
        path = PurePosixPath(plan)
        tried = [path.stem, path.parent.name] if plan else []
    tried.append(str(needs.get("system") or ""))
    return next((known[each.casefold()] for each in tried if each.casefold() in known), None)


def graph(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Return what each service waits for, with the row that says so."""
    known = {service.casefold(): service for service in facts}
    return {
        service: [
            (other, row)
            for row in about.get("needs", ())
            if (other := names(row, known)) is not None and other != service
        ]
        for service, about in facts.items()
    }


def found(facts: Mapping[str, Mapping[str, Any]]) -> list[Between]:
    """Return what is found between services.

    Parameters
    ----------
    facts
        The facts of each plan, by service.
    """
    edges = graph(facts)
    circles = list(_circles(edges))
    inside = {each for circle in circles for each in circle}
    best: dict[str, tuple[float, list[str]]] = {}
    result = [Between("circle", "high", circle, {}, _within(circle, edges)) for circle in circles]
    for service, waits in edges.items():
        own = _seconds(facts[service].get("rto"))
        for other, row in waits:
            theirs, written = facts[other].get("rto"), row.get("their_rto")
            at = {service: _place(row)}
            other_seconds, written_seconds = _seconds(theirs), _seconds(written)
            if None not in (other_seconds, written_seconds) and other_seconds != written_seconds:
                values = {"written": _shown(written), "theirs": _shown(theirs)}
                result.append(Between("their-rto-differs", "medium", (service, other), values, at))
            if own is not None and other_seconds is not None and other_seconds > own:
                values = {"own": _shown(facts[service]["rto"]), "theirs": _shown(theirs)}
                result.append(Between("dependency-slower", "high", (service, other), values, at))
        if own is None or service in inside:
            continue
        chain = _longest(service, edges, facts, inside, best)
        total = sum(_seconds(facts[each].get("rto")) or 0.0 for each in chain[1:])
        if len(chain) > 2 and total > own:  # noqa: PLR2004 - of two, the dependency itself is told of above
            values = {
                "own": _shown(facts[service]["rto"]),
                "chain": _shown(_text(total)),
            }
            result.append(Between("chain-slower", "high", tuple(chain), values, {service: NEEDS}))
    return result


def added(facts: Mapping[str, Mapping[str, Any]], language: str = "en") -> dict[str, list[dict[str, Any]]]:
    """Return what is found between services as findings of the plans that can mend it, by service.

    Parameters
    ----------
    facts
        The facts of each plan, by service.
    language
        That of the findings' words.
    """
    more: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for each in found(facts):
        for service, at in each.at.items():
            more[service].append(_finding(each, at, facts[service], language))
    return dict(more)


def counted(about: Mapping[str, Any], more: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the facts of a plan, all or the short ones, in which findings that were added count too."""
    if not more:
        return about
    question = NEEDS.partition(".")[0]
    result = {**about, "whole": _more(about["whole"], more)}
    if "findings" in about:
        result["findings"] = [*about["findings"], *more]
    if question in about.get("questions", {}):
        result["questions"] = {**about["questions"], question: _more(about["questions"][question], more)}
    return result


def _more(part: Mapping[str, int], more: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts = dict(part)
    for each in more:
        counts[each["severity"]] += 1
    return counts


def _finding(each: Between, at: str, about: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return it as the facts of a plan have a finding; its id is made as that of any other."""
    places = (at, NEEDS, None)
    actions = (one["id"] for one in about.get("actions", ()) if _is_about(one, each.rule, places))
    return {
        "id": hashlib.sha256(f"{each.rule}\n{at}".encode()).hexdigest()[:16],
        "rule": each.rule,
        "title": words(language)(f"between.called.{each.rule}"),
        "severity": each.severity,
        "at": at,
        "message": said(each, language),
        "remedy": said(each, language, "mend."),
        "open": True,
        "accepted_until": None,
        "action": next(actions, None),
    }


def _is_about(action: Mapping[str, Any], rule: str, places: tuple[str | None, ...]) -> bool:
    return action["about"] == rule and action["at"] in places


def _within(
    circle: tuple[str, ...], edges: Mapping[str, list[tuple[str, Mapping[str, Any]]]]
) -> dict[str, str]:
    """Return the row by which each member of a circle is in it."""
    return {
        service: next(_place(row) for other, row in edges[service] if other in circle) for service in circle
    }


def _place(row: Mapping[str, Any]) -> str:
    return f"{NEEDS}{row_selector(str(row.get('system') or ''), 0)}"


def _longest(
    service: str,
    edges: Mapping[str, list[tuple[str, Mapping[str, Any]]]],
    facts: Mapping[str, Mapping[str, Any]],
    inside: set[str],
    best: dict[str, tuple[float, list[str]]],
) -> list[str]:
    """Return the chain behind a service whose recovery times add up to most, the service first."""
    stack: list[tuple[str, bool]] = [] if service in best else [(service, False)]
    while stack:
        at, ready = stack.pop()
        waits = [other for other, _ in edges[at] if other not in inside]
        if not ready:
            stack.append((at, True))
            stack += [(other, False) for other in waits if other not in best]
            continue
        own = _seconds(facts[at].get("rto")) or 0.0
        seconds, chain = max((best[other] for other in waits), default=(0.0, []))
        best[at] = (own + seconds, [at, *chain])
    return best[service][1]


def _circles(  # noqa: C901 - one algorithm, as it stands in the books
    edges: Mapping[str, list[tuple[str, Mapping[str, Any]]]],
) -> Iterator[tuple[str, ...]]:
    """Yield circles, each once, beginning with its first name: the strongly connected parts (Tarjan)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    open_: set[str] = set()
    for start in edges:
        if start in index:
            continue
        work = [(start, iter([other for other, _ in edges[start]]))]
        index[start] = low[start] = len(index)
        stack.append(start)
        open_.add(start)
        while work:
            at, others = work[-1]
            following = next(others, None)
            if following is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[at])
                if low[at] == index[at]:
                    part = []
                    while (each := stack.pop()) != at:
                        part.append(each)
                    open_.difference_update((at, *part))
                    if part:
                        yield tuple(sorted([at, *part]))
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                open_.add(following)
                work.append((following, iter([other for other, _ in edges[following]])))
            elif following in open_:
                low[at] = min(low[at], index[following])


def _seconds(text: Any) -> float | None:
    if not isinstance(text, str):
        return None
    try:
        return duration.seconds(text)
    except MaintplanError:
        return None


def _text(seconds: float) -> str:
    """Return a sum of durations as hours and minutes, or as whole days where it is some."""
    minutes = round(seconds / 60)
    if minutes % 1440 == 0:
        return f"{minutes // 1440}d"
    return f"PT{minutes // 60}H{minutes % 60}M"


def _shown(text: Any) -> str:
    return duration.show(str(text))
