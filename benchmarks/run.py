"""Measures maintplan beside the stock tools, on this machine, in one go: `make bench`.

Seconds depend on the machine; ratios hardly do, so the table gives both and the wishes are ratios. Every
measurement is of fresh processes (the review excepted, which is measured warm), the two sides of a ratio take
turns, and the median counts. Nothing here is a test: a slow machine makes a slow table, not a failure
(``--check`` exits 1 where a limit is missed).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from maintplan import resources, review, store
from maintplan.plan import Standing, answering, approval, stand

if TYPE_CHECKING:
    from nbformat import NotebookNode

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Measured:
    """One row of the table.

    Attributes
    ----------
    name
        What was measured.
    seconds
        Ours, the median.
    beside
        What it was measured beside, and that side's median seconds; None where nothing stands beside it.
    limit
        What the ratio, or without a second side the seconds, should not pass.
    """

    name: str
    seconds: float
    beside: tuple[str, float] | None
    limit: float

    @property
    def figure(self) -> float:
        """What the limit is about: the ratio, or the seconds where nothing stands beside."""
        return self.seconds / self.beside[1] if self.beside else self.seconds

    @property
    def kept(self) -> bool:
        """Whether the figure is within its limit."""
        return self.figure <= self.limit


def timed(*commands: Sequence[str | Path], folder: Path) -> float:
    """Return the seconds that commands take one after the other, each in a fresh process."""
    started = time.perf_counter()
    for command in commands:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            # papermill and nbconvert start further commands by name: those of this environment
            env={**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"},
        )
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr[-2000:]}")
    return time.perf_counter() - started


def medians(rounds: int, *sides: Callable[[], float]) -> list[float]:
    """Run the sides by turns, once to warm the caches and then `rounds` times; return their medians."""
    for side in sides:
        side()
    seconds = [[side() for side in sides] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*seconds, strict=True)]


def importing(rounds: int, folder: Path) -> Measured:
    """`import maintplan` beside `import pandas`."""
    ours, pandas = medians(
        rounds,
        lambda: timed([sys.executable, "-c", "import maintplan"], folder=folder),
        lambda: timed([sys.executable, "-c", "import pandas"], folder=folder),
    )
    return Measured("import maintplan", ours, ("import pandas", pandas), limit=0.7)


def helping(rounds: int, folder: Path) -> Measured:
    """`maintplan --help`."""
    (ours,) = medians(rounds, lambda: timed([BIN / "maintplan", "--help"], folder=folder))
    return Measured("maintplan --help", ours, None, limit=0.4)


def running(rounds: int, folder: Path) -> Measured:
    """`maintplan run`, HTML included, beside stock papermill and nbconvert on the same notebook and plan.

    Each round writes to a folder of its own: documents that did not change would not be made again.
    """
    plan = resources.example("directory") / "plan.yaml"
    executed = folder / "executed.ipynb"
    papermill: list[str | Path] = [BIN / "papermill", resources.notebook(), executed, "-p", "plan", plan]
    nbconvert: list[str | Path] = [BIN / "jupyter", "nbconvert", executed, "--to", "maintplan-html"]
    ours, stock = medians(
        rounds,
        lambda: timed([BIN / "maintplan", "run", plan, "-o", tempfile.mkdtemp(dir=folder)], folder=folder),
        lambda: timed(papermill, nbconvert, folder=folder),
    )
    return Measured("maintplan run", ours, ("papermill + nbconvert", stock), limit=0.6)


def reviewing(rounds: int, folder: Path) -> Measured:
    """All rules over the whole tier 1 plan, warm, beside as many of the smallest expressions for CEL alone.

    Five milliseconds for 142 rules are seven such expressions a rule, which take five microseconds each.
    """
    del folder
    standing, rules = _example()
    ours, engine = medians(
        rounds * 20,
        lambda: clocked(lambda: review.review(standing, rules, TODAY)),
        lambda: clocked(lambda: _engine(rules, len(rules.ready))),
    )
    return Measured(f"review, {len(rules.ready)} rules", ours, ("as many expressions", engine), limit=7)


def touching(rounds: int, folder: Path) -> Measured:
    """Bring a review up to date with an edited field, warm: the field for which that takes longest.

    It stands beside 200 of the smallest expressions, a millisecond's worth.
    """
    del folder
    standing, rules = _example()
    before = review.review(standing, rules, TODAY)

    def judged(place: str, rounds: int) -> list[float]:
        again = partial(review.review_touching, standing, rules, TODAY, place, before)
        return medians(rounds, partial(clocked, again), lambda: clocked(lambda: _engine(rules, 200)))

    places = [place for place in standing.fields if rules.touching(place)]
    slowest = sorted(places, key=lambda place: judged(place, rounds)[0])[-5:]
    # The slowest of hundreds is often one that was disturbed: the last few are measured again, for longer.
    ours, engine = max((judged(place, rounds * 20) for place in slowest), key=lambda each: each[0] / each[1])
    return Measured("review, one field", ours, ("200 expressions", engine), limit=1)


TODAY = dt.date(2026, 12, 1)


def _example() -> tuple[Standing, review.Rules]:
    opened = store.open(resources.example("checkout") / "plan.yaml").plan
    return stand(opened), review.load(opened.template)


def _engine(rules: review.Rules, count: int) -> None:
    """Evaluate the smallest expression that reads a value, `count` times, by CEL alone."""
    expression = rules.ready[0].types.evaluating.compile("service.tier == 1")
    for _ in range(count):
        expression.eval(data={"service.tier": 1}).plain_value()


def clocked(call: Callable[[], object]) -> float:
    """Return the seconds that a call takes of the processor, its own commands included, others not."""
    started = _spent()
    call()
    return _spent() - started


def _spent() -> float:
    now = os.times()
    # The process's own clock counts in nanoseconds, os.times in hundredths of a second.
    return time.process_time() + now.children_user + now.children_system


def rendering(kind: str, limit: float) -> Callable[[int, Path], Measured]:
    """Return a benchmark: the whole Directory plan in one format, warm, beside nbconvert's own HTML of it.

    The limits are the ratios of 0.25 s (HTML), 0.5 s (PDF) and 0.4 s (DOCX) to the 0.14 s of nbconvert's HTML
    on an idle machine of two cores.
    """

    def measured(rounds: int, folder: Path) -> Measured:
        from nbconvert.exporters import HTMLExporter, get_exporter  # noqa: PLC0415 - the others need none

        from maintplan.reporting import select  # noqa: PLC0415

        notebook = executed(folder)
        whole = select(notebook, "maintenance-documentation")
        exporter = get_exporter(f"maintplan-{kind}")()  # type: ignore[no-untyped-call]
        stock = HTMLExporter()  # type: ignore[no-untyped-call]
        ours, beside = medians(
            rounds,
            lambda: clocked(lambda: exporter.from_notebook_node(whole)),
            lambda: clocked(lambda: stock.from_notebook_node(notebook)),
        )
        return Measured(f"whole plan, {kind}", ours, ("nbconvert's HTML", beside), limit)

    return measured


_MAKING = """
import json, os, sys
from pathlib import Path
from maintplan.reporting import formats, making
notebook = json.loads(Path(sys.argv[1]).read_bytes())  # as the run has it: in its hands
folder = Path(sys.argv[2])
chosen = formats.named("html,pdf,docx,markdown")
files = {}
for made in making.make(notebook, chosen, folder, {}, jobs=os.cpu_count() or 1):
    files |= {f"documents/{each.relative_to(folder).as_posix()}": each.read_bytes() for each in made.files}
if sys.argv[3:]:
    from maintplan import atomic, handover, store
    opened = store.open(sys.argv[3])
    bundle = handover.make(opened.plan, notebook, files, text=opened.text, before=opened.approved_before())
    atomic.write(folder / handover.NAME, bundle)
"""


def documents(rounds: int, folder: Path) -> Measured:
    """All that a complete plan gives after its notebook has run, from a fresh process.

    Five documents in four formats with their pictures, the calendar, all tables, and the handover with them.
    """
    plan = _complete(folder)
    executed(folder, plan)
    making: list[str | Path] = [sys.executable, "-c", _MAKING, folder / "executed.ipynb"]
    (ours,) = medians(rounds, lambda: timed([*making, tempfile.mkdtemp(dir=folder), plan], folder=folder))
    return Measured("all documents, cold", ours, None, limit=5)


def unchanged(rounds: int, folder: Path) -> Measured:
    """Make the documents again, where nothing has changed."""
    executed(folder)
    command: list[str | Path] = [sys.executable, "-c", _MAKING, folder / "executed.ipynb", folder]
    (ours,) = medians(rounds, lambda: timed(command, folder=folder))
    return Measured("20 documents, again", ours, None, limit=1.5)


def _complete(folder: Path) -> Path:
    """Return a copy of the Directory plan to which all have said Yes, what is missing put off."""
    path = folder / "plan.yaml"
    path.write_bytes((resources.example("directory") / "plan.yaml").read_bytes())
    opened = store.open(path)
    when = dt.datetime.combine(TODAY, dt.time(), dt.UTC)
    plan = answering.let_stand(opened.plan, ["*"], by="Ada", when=when)
    for place, state in stand(plan).considerations.items():
        if state == "missing":
            plan = answering.not_known_yet(plan, place, who="Ada", due=TODAY)
    for by, sign_off in zip("ABC", approval.sign_offs(plan, stand(plan)), strict=False):
        plan = approval.say_yes(plan, by=by, role=sign_off.role, when=when, blocking=())
    opened.save(plan)
    return path


def executed(folder: Path, plan: Path | None = None) -> NotebookNode:
    """Execute the notebook of a plan, by default of the Directory example, and return it."""
    import nbformat  # noqa: PLC0415 - the others need none of it

    plan = plan or resources.example("directory") / "plan.yaml"
    timed([BIN / "maintplan", "run", plan, "-o", folder], folder=folder)
    notebook: NotebookNode = nbformat.read(folder / "executed.ipynb", as_version=4)  # type: ignore[no-untyped-call]
    return notebook


BENCHMARKS: dict[str, Callable[[int, Path], Measured]] = {
    "import": importing,
    "help": helping,
    "run": running,
    "review": reviewing,
    "touching": touching,
    "html": rendering("html", 1.8),
    "pdf": rendering("pdf", 3.6),
    "docx": rendering("docx", 2.9),
    "documents": documents,
    "unchanged": unchanged,
}


_SHORT = 0.1


def length(seconds: float) -> str:
    """Return seconds as text, short ones as milliseconds."""
    return f"{seconds:>7.2f} s " if seconds >= _SHORT else f"{seconds * 1000:>7.2f} ms"


def show(measured: Measured) -> str:
    """Return one line of the table."""
    name, seconds = measured.beside or ("", None)
    beside = f"{name} {length(seconds).strip()}" if seconds is not None else ""
    ratio = f"{measured.figure:.2f}" if measured.beside else ""
    limit = f"{measured.limit} of it" if measured.beside else length(measured.limit).strip()
    word = "kept" if measured.kept else "MISSED"
    return f"{measured.name:<22}{length(measured.seconds)}   {beside:<32}{ratio:>6}   {limit:<10} {word}"


def main() -> None:
    """Run the benchmarks that were asked for and print the table."""
    parser = argparse.ArgumentParser(description="Measure maintplan beside the stock tools.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=5, help="how often each side runs (default 5)")
    parser.add_argument("--check", action="store_true", help="exit 1 where a limit is missed")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in BENCHMARKS:
            parser.error(f"unknown benchmark {name!r}; there are: {', '.join(BENCHMARKS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, median of {asked.rounds}\n")
    print(f"{'ours':<22}{'':>9}   {'beside':<32}{'ratio':>6}   {'limit':<10}")
    kept = True
    for name in asked.names or BENCHMARKS:
        with tempfile.TemporaryDirectory() as folder:
            measured = BENCHMARKS[name](asked.rounds, Path(folder))
        print(show(measured), flush=True)
        kept = kept and measured.kept
    if asked.check and not kept:
        sys.exit(1)


if __name__ == "__main__":
    main()
