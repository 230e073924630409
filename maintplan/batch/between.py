"""What stands between services: a recovery that waits for others', as their own plans promise it.

A plan may name the plan of what it depends on. Then the other's own recovery time counts, not what somebody
wrote down of it, and so does the longest chain of those that have to come back first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from maintplan.errors import MaintplanError
from maintplan.fields import duration
from maintplan.words import words


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
    """

    rule: str
    severity: str
    services: tuple[str, ...]
    compared: Mapping[str, str]


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
    result = [Between("circle", "high", circle, {}) for circle in circles]
    for service, waits in edges.items():
        own = _seconds(facts[service].get("rto"))
        for other, row in waits:
            theirs, written = facts[other].get("rto"), row.get("their_rto")
            other_seconds, written_seconds = _seconds(theirs), _seconds(written)
            if None not in (other_seconds, written_seconds) and other_seconds != written_seconds:
                values = {"written": _shown(written), "theirs": _shown(theirs)}
                result.append(Between("their-rto-differs", "medium", (service, other), values))
            if own is not None and other_seconds is not None and other_seconds > own:
                values = {"own": _shown(facts[service]["rto"]), "theirs": _shown(theirs)}
                result.append(Between("dependency-slower", "high", (service, other), values))
        if own is None or service in inside:
            continue
        chain = _longest(service, edges, facts, inside, best)
        total = sum(_seconds(facts[each].get("rto")) or 0.0 for each in chain[1:])
        if len(chain) > 2 and total > own:  # noqa: PLR2004 - of two, the dependency itself is told of above
            values = {
                "own": _shown(facts[service]["rto"]),
                "chain": _shown(duration.from_timedelta(dt.timedelta(seconds=total))),
            }
            result.append(Between("chain-slower", "high", tuple(chain), values))
    return result


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
    for start in edges:
        if start in index:
            continue
        work = [(start, iter([other for other, _ in edges[start]]))]
        index[start] = low[start] = len(index)
        stack.append(start)
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
                    if part:
                        yield tuple(sorted([at, *part]))
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                work.append((following, iter([other for other, _ in edges[following]])))
            elif following in stack:
                low[at] = min(low[at], index[following])


def _seconds(text: Any) -> float | None:
    if not isinstance(text, str):
        return None
    try:
        return duration.seconds(text)
    except MaintplanError:
        return None


def _shown(text: Any) -> str:
    return duration.show(str(text))
