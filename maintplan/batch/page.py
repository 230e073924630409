"""The portfolio as one page that needs nothing but itself.

What it shows is worked out here and in `batch.sums`, and laid out by ``templates/portfolio/``. All of it
stands in the page as it is read, also where no script runs; the script filters and sorts the map, and adds up
what is left of it.
"""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from maintplan import resources
from maintplan.batch import between, occurring, teams
from maintplan.batch.sums import SEVERITIES, Sums
from maintplan.errors import MaintplanError
from maintplan.fields import duration
from maintplan.reporting import fonts

if TYPE_CHECKING:
    from maintplan.batch.portfolio import Entry, Portfolio

SOON = 60
"""Days within which an accepted risk runs out soon."""
_LISTED = 200
_FEW = 3
"""What one day of the calendar names; of more it gives the number."""


def page(found: Portfolio, earlier: Portfolio | None = None, out: Path | None = None) -> list[bytes]:
    """Return the page, in pieces.

    Parameters
    ----------
    found
        The portfolio.
    earlier
        An earlier batch to compare with.
    out
        The folder that the page lies in, from which it links to reports.
    """
    import jinja2  # noqa: PLC0415 - nbconvert brings it

    folder = resources.root() / "templates" / "portfolio"
    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters |= {"day": _said_day, "long": _said_duration}
    pieces = environment.get_template("index.html.j2").stream(
        **_shown(found, earlier, out),
        css=(folder / "portfolio.css").read_text(encoding="utf-8"),
        script=(folder / "portfolio.js").read_text(encoding="utf-8"),
        fonts=_FONTS,
    )
    pieces.enable_buffering(_PIECE)
    characters: set[str] = set()
    data = []
    for each in pieces:
        characters.update(each)
        data.append(each.encode("utf-8", "replace"))
    data[0] = data[0].replace(_FONTS.encode(), fonts.css("".join(characters), italic=False).encode(), 1)
    return data


_FONTS = "/* fonts */"
"""Stands at the page's head until it is known which characters the page has."""
_PIECE = 500
"""Events of the template in a piece of the page; its head is a fraction of the first."""


def _shown(found: Portfolio, earlier: Portfolio | None, out: Path | None) -> dict[str, Any]:
    """Return all that the page shows."""
    planned = found.planned
    sums = Sums(found.day)
    for at, (each, about) in enumerate(found.rows()):
        if about:
            sums.add(at, each.service, about)
    met = occurring.collisions(sums.times, between.graph(planned))
    works = sorted(each for of in sums.times.values() for each in of)
    return {
        "day": found.day,
        "earlier": None
        if earlier is None
        else max((a.get("day", "") for a in earlier.planned.values()), default=""),
        "size": len(found.entries),
        "rows": found.rows(),
        "planned": planned,
        "links": {each.service: _link(each, found.root, out) for each in found.entries},
        "headings": sums.headings,
        "state": state,
        "total": sums,
        "failed": [each for each in found.entries if each.outcome != "ok"],
        "frequent": sums.frequent(),
        "rules": sums.rules(),
        "teams": teams.teams(planned, None if earlier is None else earlier.planned),
        "risks": _risks(found, sums.titles),
        "untested": _untested(planned),
        "overdue": _overdue(found, sums.titles),
        "between": between.found(planned),
        "said": between.said,
        "weeks": list(_weeks(found.day, works, met)),
        "works": works,
        "collisions": _pairs(met),
        "waves": _waves(planned),
        "changes": None if earlier is None else changes(found, earlier),
        "counts": Counter(about.get("status") for about in planned.values()),
        "soon": SOON,
        "listed": _LISTED,
        "few": _FEW,
    }


# ------------------------------------------------------------------------------------------- the map


def _link(each: Entry, root: Path | None, out: Path | None) -> str:
    """Return where a service's report lies, seen from the page; empty where there is none."""
    if not each.report:
        return ""
    folder = "" if root is None or out is None else os.path.relpath(root.resolve(), out.resolve())
    try:
        return quote((Path(folder) / each.folder / each.report).as_posix())
    except UnicodeEncodeError:  # a name that is no text
        return ""


def state(part: Mapping[str, int] | None) -> str:
    """Return how a question of a plan stands, in the words of the page's colours."""
    if not part or not part["asked"]:
        return "none"
    if part["high"]:
        return "high"
    if part["medium"]:
        return "medium"
    return "decided" if part["decided"] == part["asked"] else "open"


# ------------------------------------------------------------------------------------------ findings


def _risks(found: Portfolio, titles: Mapping[str, str]) -> list[tuple[str, Mapping[str, Any], int]]:
    """Return the accepted risks that ran out or run out soon with the days left, the earliest first."""
    rows = [
        (service, _titled(risk, "rule", titles), _days(found.day, risk["until"]))
        for service, about in found.planned.items()
        for risk in about.get("risks", ())
        if risk["until"]
    ]
    return sorted((each for each in rows if each[2] <= SOON), key=lambda each: (each[2], each[0]))


def _untested(planned: Mapping[str, Mapping[str, Any]]) -> list[tuple[Any, list[str]]]:
    """Return the services without a tested restore by tier, the most critical first."""
    tiers = defaultdict(list)
    for service, about in sorted(planned.items()):
        if not about.get("last_restore_test"):
            tiers[about.get("tier") or 9].append(service)
    return sorted(tiers.items())


def _overdue(found: Portfolio, titles: Mapping[str, str]) -> list[tuple[str, Mapping[str, Any], int]]:
    """Return the actions whose day is over with the days since, the latest first."""
    rows = [
        (service, _titled(action, "about", titles), -_days(found.day, action["due"]))
        for service, about in found.planned.items()
        for action in about.get("actions", ())
        if action["due"]
    ]
    return sorted((each for each in rows if each[2] > 0), key=lambda each: (-each[2], each[0]))


def _titled(row: Mapping[str, Any], name: str, titles: Mapping[str, str]) -> Mapping[str, Any]:
    """Return a row that names a rule with the rule's title; what names none stays as somebody wrote it."""
    return {**row, "title": titles.get(row[name], row[name])}


def _days(since: dt.date, day: str) -> int:
    return (dt.date.fromisoformat(day) - since).days


# ------------------------------------------------------------------------------------------ calendar


def _weeks(
    day: dt.date, works: Sequence[occurring.Occurrence], met: Sequence[occurring.Collision]
) -> Iterator[list[dict[str, Any]]]:
    """Yield weeks of seven days, from the Monday before a day to the end of the calendar."""
    by_day = defaultdict(list)
    for work in works:
        by_day[work.begin.date()].append(work)
    pairs = {(each.begin.date(), each.first.service, each.second.service) for each in met}
    meets = Counter(date for date, *_ in pairs)
    last = day + dt.timedelta(days=occurring.DAYS)
    monday = day - dt.timedelta(days=day.weekday())
    while monday < last:
        days = [monday + dt.timedelta(days=count) for count in range(7)]
        yield [
            {
                "day": each,
                "out": not day <= each < last,
                "few": by_day[each] if len(by_day[each]) <= _FEW else [],
                "services": Counter(work.service for work in by_day[each]),
                "meets": meets[each],
            }
            for each in days
        ]
        monday += dt.timedelta(days=7)


def _pairs(met: Sequence[occurring.Collision]) -> list[list[occurring.Collision]]:
    """Return the collisions of each two services together, the earliest first."""
    pairs = defaultdict(list)
    for each in met:
        pairs[each.first.service, each.second.service].append(each)
    return list(pairs.values())


def _waves(planned: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return the services whose rollout has stages, the earliest first; those without a day come last."""
    rows = [
        (service, str(about.get("wave_start") or ""), list(_stages(about)))
        for service, about in planned.items()
        if about.get("waves")
    ]
    return sorted(rows, key=lambda each: (each[1] or "9999", each[0]))


def _stages(about: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the stages of a rollout, with the day of each where the first day is known."""
    start = str(about.get("wave_start") or "")
    at = dt.datetime.fromisoformat(start) if start else None
    for each in about["waves"]:
        yield {**each, "day": None if at is None else at.date()}
        if at is not None:
            lasts = _seconds(each["bake_time"])
            at = None if lasts is None else at + dt.timedelta(seconds=lasts)


def _seconds(text: Any) -> float | None:
    try:
        return duration.seconds(str(text))
    except MaintplanError:
        return None


# ---------------------------------------------------------------------------------------- comparison


def changes(found: Portfolio, earlier: Portfolio) -> list[tuple[str, str, list[tuple[str, int, int]]]]:
    """Return how services differ from an earlier batch, the worse ones first, and in which counts."""
    order = ("worse", "failed", "better", "new", "gone")
    failed = {each.service for each in found.entries if each.outcome != "ok"}
    rows = _compared(found.planned, earlier.planned, failed)
    return sorted(rows, key=lambda each: (order.index(each[1]), each[0]))


def _compared(
    now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]], failed: Collection[str]
) -> Iterator[tuple[str, str, list[tuple[str, int, int]]]]:
    for service in sorted({*now, *before}):
        if service not in before:
            yield service, "new", []
        elif service not in now:
            yield service, "failed" if service in failed else "gone", []
        else:
            one, other = before[service]["whole"], now[service]["whole"]
            change = {name: other[name] - one[name] for name in (*SEVERITIES, "decided")}
            worth = [-change["high"], -change["medium"], -change["low"], change["decided"]]
            first = next((each for each in worth if each), 0)
            if first:
                counts = [(name, one[name], other[name]) for name in change if change[name]]
                yield service, "better" if first > 0 else "worse", counts


# --------------------------------------------------------------------------------------------- words


def _said_day(day: dt.date | str) -> str:
    """Say a day as documents do."""
    date = dt.date.fromisoformat(day) if isinstance(day, str) else day
    return f"{date.day} {date:%B} {date.year}"


def _said_duration(text: Any) -> str:
    try:
        return duration.show(str(text))
    except MaintplanError:
        return str(text)
