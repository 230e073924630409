"""All plans together: the portfolio page, and the tables for an analyst's own work.

What is shown of a plan are its facts (`maintplan.batch.facts`), from a batch's folder, from a folder of plan
files or from a store. Every figure on the page is a count that ``plans.parquet`` and ``findings.csv`` repeat.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from maintplan import atomic, resources, store
from maintplan.batch import between, occurring, teams
from maintplan.batch.facts import facts
from maintplan.batch.row import MEMORY
from maintplan.batch.running import RESULTS
from maintplan.errors import InputError, MaintplanError, MissingExtra, Where

if TYPE_CHECKING:
    import pandas as pd

    from maintplan.store.records import PlanRecord

PAGE, PLANS, FINDINGS = "portfolio.html", "plans.parquet", "findings.csv"
SOON = 60
"""Days within which an accepted risk runs out soon."""
_FREQUENT, _LISTED = 15, 200
_PLAN = re.compile(rb'^[{\s]*"?maintplan"?\s*:\s*"?\d', re.MULTILINE)
SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True)
class Entry:
    """One service.

    Attributes
    ----------
    service
        Its name.
    outcome
        What became of its row; ``ok`` where there was no batch.
    message
        Why it failed.
    facts
        The facts of its plan; empty where there is none.
    folder
        Where its results lie, seen from the page.
    beside
        A digest of what its report says of it and other services.
    """

    service: str
    outcome: str = "ok"
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    folder: str = ""
    beside: str = ""


@dataclass(frozen=True)
class Portfolio:
    """Services, and the day on which they are looked at."""

    entries: tuple[Entry, ...]
    day: dt.date

    @property
    def planned(self) -> dict[str, Mapping[str, Any]]:
        """The facts of those that have a plan, by service."""
        return {each.service: each.facts for each in self.entries if each.facts}


def read(address: str, day: dt.date | None = None) -> Portfolio:
    """Read a portfolio: a batch's folder, a folder of plan files, or a store.

    Raises
    ------
    InputError
        When there is none.
    """
    day = day or dt.datetime.now(dt.UTC).date()
    path = Path(address)
    if "://" in address:
        found = [_opened(f"{address}#{each.name}", each.name, day) for each in store.list_plans(address)]
    elif (path / RESULTS).is_file():
        return of_batch(path, day)
    elif path.is_dir():
        files = [each for kind in ("yaml", "yml", "json") for each in sorted(path.rglob(f"*.{kind}"))]
        plans = [each for each in files if _is_plan(each, path)]
        found = [_opened(each, each.stem if each.stem != "plan" else each.parent.name, day) for each in plans]
    else:
        mend = "name a batch's folder, a folder of plan files, or a store: sqlite:///plans.db"
        raise InputError("there are no plans", Where(address), mend)
    if not found:
        raise InputError("there are no plans", Where(address), "check the address")
    return Portfolio(tuple(found), day)


def of_batch(folder: Path, day: dt.date | None = None) -> Portfolio:
    """Read the portfolio of a batch that was run."""
    try:
        rows = json.loads((folder / RESULTS).read_bytes())["rows"]
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(
            "this is no batch's folder", Where(str(folder)), "name one with a batch.json"
        ) from None
    entries = []
    for each in rows:
        kept = _kept(folder / each["folder"] / MEMORY)
        about = kept.get("facts") or {}
        beside = str(kept.get("beside") or "")
        message = each.get("message") or ""
        entries.append(Entry(each["service"], each["outcome"], message, about, each["folder"], beside))
    return Portfolio(tuple(entries), day or dt.datetime.now(dt.UTC).date())


def _kept(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_plan(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    if ".approved." in path.name or hidden:
        return False
    with path.open("rb") as file:
        return _PLAN.search(file.read(4096)) is not None


def _opened(address: str | Path, name: str, day: dt.date) -> Entry:
    try:
        opened = store.open(address)
        found = facts(opened.plan, day)
        if not isinstance(opened, store.PlanFile):
            found["history"] = teams.history(cast("PlanRecord", opened), day)
    except MaintplanError as error:
        return Entry(name, "input_error", str(error))
    return Entry(str(found["name"]), facts=found)


def write(found: Portfolio, out: Path, baseline: Path | None = None) -> list[Path]:
    """Write the page and the tables; return what was written.

    Parameters
    ----------
    found
        The portfolio.
    out
        The folder.
    baseline
        An earlier batch's folder to compare with.
    """
    earlier = None if baseline is None else of_batch(baseline, found.day)
    atomic.folder(out)
    findings = findings_table(found)
    atomic.write(out / PAGE, page(found, earlier).encode("utf-8", "replace"))
    atomic.write(out / FINDINGS, findings.to_csv(index=False).encode("utf-8", "replace"))
    written = [out / PAGE, out / FINDINGS]
    try:
        data = io.BytesIO()
        plans_table(found).to_parquet(data, index=False)
    except ImportError:
        if earlier is None:
            return written
        raise MissingExtra(PLANS, "tables") from None
    atomic.write(out / PLANS, data.getvalue())
    return [*written, out / PLANS]


# ------------------------------------------------------------------------------------------- tables


def plans_table(found: Portfolio) -> pd.DataFrame:
    """Return a table with one row a service; ``docs/batch.md`` explains its columns."""
    import pandas as pd  # noqa: PLC0415

    rows = []
    for each in found.entries:
        about = each.facts
        row: dict[str, Any] = {"service": each.service, "outcome": each.outcome, "message": each.message}
        row |= {name: about.get(name) for name in ("owner", "tier", "stage", "status", "template")}
        row |= {
            name: about.get(name) for name in ("template_version", "revision", "rto", "last_restore_test")
        }
        row |= about.get("whole", {})
        for question, part in about.get("questions", {}).items():
            row |= {f"{question}_{name}": value for name, value in part.items()}
        rows.append(row)
    return pd.DataFrame(rows)


def findings_table(found: Portfolio) -> pd.DataFrame:
    """Return a table with one row a finding, and one for each that stands between services."""
    import pandas as pd  # noqa: PLC0415

    columns = ("service", "id", "rule", "severity", "at", "open", "accepted_until", "message", "remedy")
    rows = [
        {"service": service, **each}
        for service, about in found.planned.items()
        for each in about.get("findings", ())
    ]
    rows += [
        {
            "service": each.services[0],
            "rule": each.rule,
            "severity": each.severity,
            "open": True,
            "message": between.said(each),
            "remedy": between.said(each, which="mend."),
        }
        for each in between.found(found.planned)
    ]
    return pd.DataFrame(rows, columns=list(columns))


# --------------------------------------------------------------------------------------------- page


def page(found: Portfolio, earlier: Portfolio | None = None) -> str:
    """Return the page."""
    import jinja2  # noqa: PLC0415 - nbconvert brings it

    folder = resources.root() / "templates" / "portfolio"
    loader = jinja2.FileSystemLoader(folder)
    environment = jinja2.Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined
    )
    planned = found.planned
    times = {service: occurring.occurrences(service, about, found.day) for service, about in planned.items()}
    headings: dict[str, str] = {}
    for about in planned.values():
        headings |= about.get("headings", {})
    return environment.get_template("index.html.j2").render(
        css=(folder / "portfolio.css").read_text(),
        script=(folder / "portfolio.js").read_text(),
        day=found.day,
        entries=found.entries,
        headings=headings,
        state=_state,
        failed=[each for each in found.entries if each.outcome != "ok"],
        frequent=_frequent(found),
        teams=teams.teams(planned, None if earlier is None else earlier.planned),
        risks=_risks(found),
        untested=sorted(
            (service for service, about in planned.items() if not about.get("last_restore_test")),
            key=lambda service: (planned[service].get("tier", 9), service),
        ),
        overdue=_overdue(found),
        between=between.found(planned),
        said=between.said,
        times=sorted(each for of in times.values() for each in of)[:_LISTED],
        collisions=occurring.collisions(times, between.graph(planned)),
        waves=_waves(found),
        changes=None if earlier is None else _changes(found, earlier),
        counts=Counter(about.get("status") for about in planned.values()),
        open={severity: sum(a["whole"][severity] for a in planned.values()) for severity in SEVERITIES},
        soon=SOON,
        days=occurring.DAYS,
        listed=_LISTED,
    )


def _state(part: Mapping[str, int] | None) -> str:
    """Return how a question of a plan stands, in the words of the page's colours."""
    if not part or not part["asked"]:
        return "none"
    if part["high"]:
        return "high"
    if part["medium"]:
        return "medium"
    return "decided" if part["decided"] == part["asked"] else "open"


def _frequent(found: Portfolio) -> list[tuple[str, str, int, str]]:
    """Return the rules that most services break: title, severity, services, an example of its words."""
    services: Counter[str] = Counter()
    words: dict[str, tuple[str, str, str]] = {}
    for about in found.planned.values():
        open_ = [each for each in about.get("findings", ()) if each["open"]]
        services.update({each["rule"] for each in open_})
        for each in open_:
            said = (each.get("title") or each["rule"], each["severity"], each["remedy"] or each["message"])
            words.setdefault(each["rule"], said)
    frequent = services.most_common(_FREQUENT)
    return [(words[rule][0], words[rule][1], count, words[rule][2]) for rule, count in frequent]


def _risks(found: Portfolio) -> list[tuple[str, dict[str, Any], str]]:
    """Return the accepted risks that ran out or run out soon, the earliest first."""
    limit = (found.day + dt.timedelta(days=SOON)).isoformat()
    today = found.day.isoformat()
    rows = [
        (service, risk, "over" if risk["until"] < today else "soon")
        for service, about in found.planned.items()
        for risk in about.get("risks", ())
        if risk["until"] and risk["until"] <= limit
    ]
    return sorted(rows, key=lambda each: (each[1]["until"], each[0]))


def _overdue(found: Portfolio) -> list[tuple[str, dict[str, Any]]]:
    today = found.day.isoformat()
    rows = [
        (service, action)
        for service, about in found.planned.items()
        for action in about.get("actions", ())
        if action["due"] and action["due"] < today
    ]
    return sorted(rows, key=lambda each: (each[1]["due"], each[0]))


def _waves(found: Portfolio) -> list[tuple[str, str, Sequence[Mapping[str, Any]]]]:
    """Return the services whose rollout has a day or stages, the earliest first."""
    rows = [
        (service, str(about.get("wave_start") or ""), about["waves"])
        for service, about in found.planned.items()
        if about.get("waves")
    ]
    return sorted(rows, key=lambda each: (each[1] or "9999", each[0]))[:_LISTED]


def _changes(found: Portfolio, earlier: Portfolio) -> list[tuple[str, str, str]]:
    """Return how services differ from an earlier batch: service, better, worse, new or gone, and by what."""
    return sorted(_compared(found.planned, earlier.planned), key=lambda each: (each[1], each[0]))


def _compared(
    now: Mapping[str, Mapping[str, Any]], before: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, str]]:
    for service in sorted({*now, *before}):
        if service not in before:
            yield service, "new", ""
        elif service not in now:
            yield service, "gone", ""
        else:
            one, other = before[service]["whole"], now[service]["whole"]
            change = {name: other[name] - one[name] for name in (*SEVERITIES, "decided")}
            worth = [-change["high"], -change["medium"], -change["low"], change["decided"]]
            first = next((each for each in worth if each), 0)
            if first:
                said = ", ".join(f"{name} {one[name]} → {other[name]}" for name in change if change[name])
                yield service, "better" if first > 0 else "worse", said
