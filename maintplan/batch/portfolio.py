"""All plans together: read from a batch, a folder or a store, and as tables for an analyst's own work.

What is known of a plan are its facts (`maintplan.batch.facts`). Every figure on the page (`batch.page`) is a
count that ``plans.parquet`` and ``findings.csv`` repeat. Of ten thousand plans only what is short is held at
once: what is long comes one plan at a time (`Portfolio.rows`), and goes to the page and tables as it comes.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, cast

from pydantic import BaseModel

from maintplan import atomic, documents, store
from maintplan.batch import between, page, teams, tickets
from maintplan.batch.facts import facts, packed, unpacked
from maintplan.batch.job import Outcome
from maintplan.batch.row import FAILED, MEMORY
from maintplan.batch.running import RESULTS
from maintplan.errors import InputError, MaintplanError, MissingExtra, Where
from maintplan.store import loading
from maintplan.summary import tables

if TYPE_CHECKING:
    import pandas as pd

    from maintplan.store.records import PlanRecord

T = TypeVar("T")

PAGE, PLANS, FINDINGS, TICKETS = "portfolio.html", "plans.parquet", "findings.csv", "tickets.csv"
_FINDING = ("service", "id", "rule", "severity", "at", "open", "accepted_until", "message", "remedy")
_AGAIN = "run the batch again with --resume"
_REPORT = "maintenance-documentation"
_KINDS = (".html", ".pdf", ".docx", ".md")
_SNAPSHOT = re.compile(r"\.(approved(-before)?|refused)\.")
_PLAN = re.compile(rb'^[{\s]*"?maintplan"?\s*:\s*"?\d', re.MULTILINE)


@dataclass(frozen=True)
class Entry:
    """One service.

    Attributes
    ----------
    service
        Its name.
    outcome
        What became of its row, or ``missing`` where its results are gone; ``ok`` where there was no batch.
    message
        Why it failed.
    facts
        The facts of its plan, all or the short ones; empty where there is none.
    long
        Those that are not among them, packed.
    folder
        Where its results lie in the batch's folder.
    beside
        A digest of what its report says of it and other services.
    report
        What can be read of it in that folder: its report, or the notebook that failed.
    """

    service: str
    outcome: str = "ok"
    message: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    long: bytes = field(default=b"", repr=False)
    folder: str = ""
    beside: str = ""
    report: str = ""


class Looking(Protocol):
    """Passes on what it is given, for one who wants to know how far that is."""

    def __call__(self, plans: Sequence[T], /) -> Iterable[T]:
        """Yield the plans as they are read."""


class _Results(BaseModel):
    """What is asked of a ``batch.json``."""

    batch: Literal[1]
    rows: tuple[Outcome, ...]


@dataclass(frozen=True)
class Portfolio:
    """Services, the day on which they are looked at, and the folder of the batch that made them."""

    entries: tuple[Entry, ...]
    day: dt.date
    root: Path | None = None

    @cached_property
    def planned(self) -> dict[str, Mapping[str, Any]]:
        """The short facts of those that have a plan, by service; what stands between them is counted in."""
        return {
            each.service: between.counted(each.facts, self._between.get(each.service, ()))
            for each in self.entries
            if each.facts
        }

    def rows(self) -> Iterator[tuple[Entry, Mapping[str, Any]]]:
        """Yield each service with all facts of its plan, none where it has none."""
        for each in self.entries:
            about = {**each.facts, **unpacked(each.long)}
            yield each, between.counted(about, self._between.get(each.service, ()))

    def plans(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield the name of each service that has a plan, with all facts of it."""
        return ((each.service, about) for each, about in self.rows() if about)

    @cached_property
    def _between(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return between.added({each.service: each.facts for each in self.entries if each.facts})


def read(address: str, day: dt.date | None = None, looking: Looking = iter) -> Portfolio:
    """Read a portfolio: a batch's folder, a folder of plan files, or a store.

    Parameters
    ----------
    address
        Where it is.
    day
        The day on which it is looked at, today by default.
    looking
        What the plans pass through as they are read.

    Raises
    ------
    InputError
        When there is none.
    """
    day = day or dt.datetime.now(dt.UTC).date()
    path = Path(address)
    loading.keep_templates()  # most plans have the same
    if "://" in address:
        names = [each.name for each in store.list_plans(address)]
        found = [_opened(f"{address}#{name}", name, day) for name in looking(names)]
    elif (path / RESULTS).is_file():
        return of_batch(path, day, looking)
    elif path.is_dir():
        files = [each for kind in ("yaml", "yml", "json") for each in sorted(path.rglob(f"*.{kind}"))]
        plans = [each for each in files if _is_plan(each, path)]
        found = _apart([(each.relative_to(path), _opened(each, _name(each), day)) for each in looking(plans)])
    else:
        mend = "name a batch's folder, a folder of plan files, or a store: sqlite:///plans.db"
        raise InputError("there are no plans", Where(address), mend)
    if not found:
        raise InputError("there are no plans", Where(address), "check the address")
    return Portfolio(tuple(found), day)


def of_batch(folder: Path, day: dt.date | None = None, looking: Looking = iter) -> Portfolio:
    """Read the portfolio of a batch that was run; the other parameters are those of `read`."""
    results = folder / RESULTS
    try:
        data = json.loads(results.read_bytes())
    except (OSError, ValueError):
        raise InputError(
            "this is no batch's folder", Where(str(folder)), "name one with a batch.json"
        ) from None
    entries: list[Entry] = []
    known: dict[str, str] = {}
    rows = documents.check(_Results, data, documents.Unwritten(str(results))).rows
    for each in looking(rows):
        kept = _kept(folder / each.folder / MEMORY)
        short, long = packed(kept.get("facts") or {})
        about = _shared(short, known)
        beside = str(kept.get("beside") or "")
        outcome: str = each.outcome
        message = each.message or ""
        there = [name for name in kept.get("files", ()) if "/" not in name]
        if outcome != "ok":
            there = [FAILED] if (folder / each.folder / FAILED).is_file() else []
        elif not about:
            outcome, message = "missing", f"its folder {each.folder} is not whole any more; {_AGAIN}"
        report = _report(there)
        entries.append(Entry(each.service, outcome, message, about, long, each.folder, beside, report))
    return Portfolio(tuple(entries), day or dt.datetime.now(dt.UTC).date(), folder)


def _report(files: Sequence[str]) -> str:
    """Return the file that a reader of a service's results begins with; empty where there is none."""

    def rank(name: str) -> tuple[bool, int, str]:
        stem, _, kind = name.rpartition(".")
        return stem != _REPORT, (*_KINDS, ".ipynb").index(f".{kind}"), name

    return min((each for each in files if Path(each).suffix in {*_KINDS, ".ipynb"}), key=rank, default="")


def _kept(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _shared(data: Any, known: dict[str, str]) -> Any:
    """Return JSON data whose texts are those that are known: most are the same in thousands of plans."""
    if isinstance(data, str):
        return known.setdefault(data, data)
    if isinstance(data, dict):
        return {name: _shared(value, known) for name, value in data.items()}
    return [_shared(each, known) for each in data] if isinstance(data, list) else data


def _is_plan(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    if _SNAPSHOT.search(path.name) or hidden:
        return False
    with path.open("rb") as file:
        return _PLAN.search(file.read(4096)) is not None


def _name(path: Path) -> str:
    return path.stem if path.stem != "plan" else path.parent.name


def _apart(found: Sequence[tuple[Path, Entry]]) -> list[Entry]:
    """Tell services of the same name apart by their files, so that none hides another."""
    often = Counter(each.service for _, each in found)
    return [
        replace(each, service=f"{each.service} ({path})") if often[each.service] > 1 else each
        for path, each in found
    ]


def _opened(address: str | Path, name: str, day: dt.date) -> Entry:
    try:
        opened = store.open(address)
        found = facts(opened.plan, day)
        if not isinstance(opened, store.PlanFile):
            found["history"] = teams.history(cast("PlanRecord", opened), day)
    except MaintplanError as error:
        return Entry(name, "input_error", str(error))
    short, long = packed(found)
    return Entry(str(found["name"]), facts=short, long=long)


def load() -> None:
    """Load what the first page and its tables would have to wait for."""
    for name in ("jinja2", "pandas", "pyarrow.parquet"):
        with contextlib.suppress(ImportError):  # without the last there is no file of Parquet
            import_module(name)


def write(found: Portfolio, out: Path, baseline: Path | None = None) -> Iterator[Path]:
    """Write the page and the tables; yield each file when it is there.

    Parameters
    ----------
    found
        The portfolio.
    out
        The folder.
    baseline
        An earlier batch's folder to compare with, or a folder of the plan files of then.

    Raises
    ------
    MissingExtra
        When all but ``plans.parquet`` could be written.
    """
    earlier = None if baseline is None else read(str(baseline), found.day)
    atomic.folder(out)
    atomic.write(out / PAGE, page.page(found, earlier, out))
    yield out / PAGE
    atomic.write(out / FINDINGS, _csv(_FINDING, _findings(found)))
    yield out / FINDINGS
    atomic.write(out / TICKETS, _csv(tickets.COLUMNS, _tickets(found, earlier)))
    yield out / TICKETS
    try:
        data = io.BytesIO()
        plans_table(found).to_parquet(data, index=False)
    except ImportError:
        raise MissingExtra(f"{out / PLANS} can't be written", "tables") from None
    atomic.write(out / PLANS, data.getvalue())
    yield out / PLANS


# ------------------------------------------------------------------------------------------- tables


def _csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Yield the lines of a table."""
    text = io.StringIO()
    lines = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    lines.writeheader()
    for each in rows:
        lines.writerow({name: tables.inert(value) for name, value in each.items()})
        yield text.getvalue().encode("utf-8", "replace")
        text.seek(text.truncate(0))
    yield text.getvalue().encode("utf-8", "replace")


def _findings(found: Portfolio) -> Iterator[dict[str, Any]]:
    """Yield the findings of all plans, what stands between services included."""
    for service, about in found.plans():
        for each in about.get("findings", ()):
            yield {"service": service, **each}


def _tickets(found: Portfolio, earlier: Portfolio | None) -> Iterator[dict[str, Any]]:
    return tickets.tickets(found.plans(), None if earlier is None else earlier.plans())


def plans_table(found: Portfolio) -> pd.DataFrame:
    """Return a table with one row a service; ``docs/batch.md`` explains its columns."""
    import pandas as pd  # noqa: PLC0415

    columns: dict[str, list[Any]] = {}
    for at, (each, about) in enumerate(found.rows()):
        row: dict[str, Any] = {"service": each.service, "outcome": each.outcome, "message": each.message}
        row |= {name: about.get(name) for name in ("owner", "tier", "stage", "status", "template")}
        row |= {
            name: about.get(name) for name in ("template_version", "revision", "rto", "last_restore_test")
        }
        row |= about.get("whole", {})
        for question, part in about.get("questions", {}).items():
            row |= {f"{question}_{name}": value for name, value in part.items()}
        for name in {**columns, **row}:
            columns.setdefault(name, [None] * at).append(row.get(name))
    return pd.DataFrame(columns)


def findings_table(found: Portfolio) -> pd.DataFrame:
    """Return a table with one row a finding, what stands between services included."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(_findings(found), columns=list(_FINDING))


def tickets_table(found: Portfolio, earlier: Portfolio | None = None) -> pd.DataFrame:
    """Return a table of what is still to be done, for a tracker."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(_tickets(found, earlier), columns=list(tickets.COLUMNS))
