"""The outage bench: what a review would have said on the day before. `make outages` prints it.

Each folder beside this file is an outage that was accounted for in public: `eve.yaml` is the plan as it stood
the day before, as far as the account goes; `mended.yaml` the same plan with its causes mended; `expect.yaml`
names the causes that a rule can see, and those that no rule could. Recommendations fill in nothing: where an
old plan is silent, nobody had taken our advice.

The rules were written with most of these outages in view. The plans of those marked `held_out` were written
when the rules were done, and no rule was changed for them: they say how far the lessons carry. What is missed
there is counted and shown, and fails nothing. Facebook's and Basecamp's were held out until a rule was
written for what had been missed there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from maintplan import template, yamltext
from maintplan.documents import Strict, check
from maintplan.errors import MaintplanError, describe
from maintplan.plan import Plan, document, stand
from maintplan.review import Finding, Review, Rules, load, review
from maintplan.review.examples import without_recommendations
from maintplan.template import Template

HERE = Path(__file__).parent
COUNTED = ("high", "medium")
"""The severities whose findings need a cause; a low one is advice."""


class Cause(Strict):
    """A cause that the plan shows, and the rule that has to see it: at that place, if one is named."""

    rule: str
    cause: str
    at: str | None = None


class Support(Strict):
    """A finding that is no cause of the outage, but true by the same account."""

    rule: str
    why: str
    at: str | None = None


class Unjudged(Strict):
    """A cause that rests on facts which were not published."""

    cause: str
    why: str


class Expected(Strict):
    """``expect.yaml``; `today` is the eve, the day of the review; see the module for `held_out`."""

    title: str
    source: str
    today: dt.date
    held_out: bool = False
    must_flag: tuple[Cause, ...]
    also_true: tuple[Support, ...] = ()
    silent: tuple[str, ...] = ()
    not_judged: tuple[Unjudged, ...] = ()
    no_rule_could: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outage:
    """One outage: what is expected, and the reviews of the two plans."""

    name: str
    expected: Expected
    eve: Review
    mended: Review

    def findings_of(self, each: Cause | Support) -> list[Finding]:
        """Return the findings of the eve's plan that an entry means."""
        return [found for found in self.eve.findings if _means(each, found)]

    @property
    def caught(self) -> list[Cause]:
        """The causes that a finding names."""
        return [each for each in self.expected.must_flag if self.findings_of(each)]

    @property
    def missed(self) -> list[Cause]:
        """The causes that no finding names."""
        return [each for each in self.expected.must_flag if not self.findings_of(each)]

    @property
    def counted(self) -> list[Finding]:
        """The findings that need a cause."""
        return [each for each in self.eve.findings if each.severity in COUNTED or each.error]

    @property
    def without_cause(self) -> list[Finding]:
        """Those of them that the account does not support."""
        known: list[Cause | Support] = [*self.expected.must_flag, *self.expected.also_true]
        return [found for found in self.counted if not any(_means(each, found) for each in known)]

    @property
    def not_silent(self) -> list[Finding]:
        """The findings of rules that have to stay silent."""
        return [each for each in self.eve.findings if each.rule in self.expected.silent]

    @property
    def not_mended(self) -> list[str]:
        """The rules of the causes that still speak, or wait, on the mended plan."""
        heard = {each.rule for each in self.mended.findings} | {each.rule for each in self.mended.waiting}
        return sorted({each.rule for each in self.expected.must_flag} & heard)


@dataclass(frozen=True)
class Bench:
    """All outages under one set of rules."""

    rules: Rules
    outages: tuple[Outage, ...]

    def part(self, *, held_out: bool) -> Bench:
        """Return the outages that were held out, or those that were in view."""
        return Bench(self.rules, tuple(each for each in self.outages if each.expected.held_out == held_out))

    @property
    def marked(self) -> int:
        """The causes that a rule can see."""
        return sum(len(each.expected.must_flag) for each in self.outages)

    @property
    def caught(self) -> int:
        """Those of them that were caught."""
        return sum(len(each.caught) for each in self.outages)

    @property
    def counted(self) -> int:
        """The high and medium findings."""
        return sum(len(each.counted) for each in self.outages)

    @property
    def supported(self) -> int:
        """Those of them that their account supports."""
        return self.counted - sum(len(each.without_cause) for each in self.outages)

    @property
    def precision(self) -> float:
        """The share of the findings that their account supports."""
        return self.supported / self.counted if self.counted else 1.0

    @property
    def unknown(self) -> list[str]:
        """The rules that are expected somewhere and do not exist."""
        named = {
            rule
            for each in self.outages
            for rule in (
                *(cause.rule for cause in each.expected.must_flag),
                *(support.rule for support in each.expected.also_true),
                *each.expected.silent,
            )
        }
        return sorted(rule for rule in named if self.rules.rule(rule) is None)


def run(extra: Sequence[str | Path] = ()) -> Bench:
    """Review all plans by the template's rules, and by those of further files laid over them."""
    bare = without_recommendations(template.load("maintenance-rollout"))
    rules = load(bare, extra)
    folders = sorted(each.parent for each in HERE.glob("*/expect.yaml"))
    return Bench(rules, tuple(_outage(folder, bare, rules) for folder in folders))


def _outage(folder: Path, bare: Template, rules: Rules) -> Outage:
    file = yamltext.read_file(folder / "expect.yaml")
    expected = check(Expected, file.data, file)
    eve, mended = (
        review(stand(_plan(folder / name, bare)), rules, expected.today)
        for name in ("eve.yaml", "mended.yaml")
    )
    return Outage(folder.name, expected, eve, mended)


def _plan(path: Path, bare: Template) -> Plan:
    file = yamltext.read_file(path)
    return document.read(file.data, bare, file)


def _means(each: Cause | Support, found: Finding) -> bool:
    return found.rule == each.rule and not found.error and (each.at is None or each.at in found.at)


def report(bench: Bench) -> Iterator[str]:
    """Yield the lines of the table."""
    for each in bench.outages:
        yield each.expected.title + (" (held out)" if each.expected.held_out else "")
        yield from _causes(each, bench.rules)
        yield from _rest(each)
        yield ""
    if bench.unknown:
        yield f"These rules do not exist: {', '.join(bench.unknown)}"
    for name, part in (
        ("In view when the rules were written", bench.part(held_out=False)),
        ("Held out", bench.part(held_out=True)),
    ):
        recall = part.caught / part.marked if part.marked else 1.0
        yield f"{name}: {len(part.outages)} outages."
        yield f"  Recall {recall:.2f}: {part.caught} of {part.marked} causes caught."
        yield f"  Precision {part.precision:.2f}: {part.supported} of {part.counted} findings have a cause."


def _causes(outage: Outage, rules: Rules) -> Iterator[str]:
    for cause in outage.expected.must_flag:
        found = outage.findings_of(cause)
        yield from _line("caught" if found else "MISSED", f"{cause.cause} ({cause.rule})")
        more = f" and {len(found) - 1} more" if found[1:] else ""
        yield from _line("", f"at {found[0].at}{more}" if found else _why_missed(outage, cause, rules))


def _rest(outage: Outage) -> Iterator[str]:
    expected = outage.expected
    lines = [
        *(
            ("true too", f"{each.why} ({each.rule})")
            for each in expected.also_true
            if outage.findings_of(each)
        ),
        *(("NO CAUSE", f"{each.message} ({each.rule}, {each.severity})") for each in outage.without_cause),
        *(("NOT SILENT", f"{each.message} ({each.rule})") for each in outage.not_silent),
        *(("NOT MENDED", rule) for rule in outage.not_mended),
        *(("not judged", f"{each.cause}: {each.why}") for each in expected.not_judged),
        *(("no rule", cause) for cause in expected.no_rule_could),
    ]
    for mark, text in lines:
        yield from _line(mark, text)


def _why_missed(outage: Outage, cause: Cause, rules: Rules) -> str:
    if rules.rule(cause.rule) is None:
        return "there is no such rule"
    waits = next((each for each in outage.eve.waiting if each.rule == cause.rule), None)
    return f"it waits for {', '.join(waits.places)}" if waits else "the rule is silent"


def _line(mark: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text, 110, initial_indent=f"  {mark:<11}", subsequent_indent=" " * 13, break_on_hyphens=False
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 when a cause was missed or a rule spoke that has to stay silent."""
    parser = argparse.ArgumentParser(description="Review the plans of past outages.")
    parser.add_argument("--rules", action="append", default=[], metavar="FILE", help="further rules, on top")
    try:
        bench = run(parser.parse_args(arguments).rules)
    except MaintplanError as error:
        sys.stderr.write(f"{describe(error)}\n")
        return 2
    sys.stdout.write("\n".join(report(bench)) + "\n")
    in_view = bench.part(held_out=False)
    return int(any(each.missed or each.not_silent or each.not_mended for each in in_view.outages))


if __name__ == "__main__":
    sys.exit(main())
