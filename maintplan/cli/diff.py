"""``maintplan diff``: what is different between two plans, place by place."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maintplan.cli import terminal
from maintplan.errors import InputError, Where, unknown

if TYPE_CHECKING:
    from maintplan.cli.differing import Said
    from maintplan.plan import Plan
    from maintplan.plan.diff import Difference

FORMATS = ("text", "markdown", "json")


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A plan file.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another one, or a later copy of it.")],
    as_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text, markdown or json.")] = "text",
    template: Annotated[
        str | None, typer.Option(help="Where the plans' template lies, when it is not found by its name.")
    ] = None,
) -> None:
    """Show what changed from plan A to plan B, place by place."""
    if as_ not in FORMATS:
        raise unknown("format", as_, FORMATS, Where(path="--format"))
    one, other = _opened(a, template), _opened(b, template)
    from maintplan.plan.diff import differences  # noqa: PLC0415 - a command imports what it needs

    found = differences(one, other)
    if as_ == "json":
        typer.echo(json.dumps(_data((a, one), (b, other), found), ensure_ascii=False, indent=2))
        return
    from maintplan.cli.differing import said  # noqa: PLC0415

    told = [(each, said(each, one, other)) for each in found]
    pages = {"text": _text, "markdown": _markdown}
    typer.echo("\n".join(pages[as_]((a, one), (b, other), told)))


def _opened(address: str, template: str | None) -> Plan:
    from maintplan import store  # noqa: PLC0415

    opened = store.open(address, template=template)
    if not opened.exists:
        raise InputError("there is no such plan", Where(address), "check the path")
    return opened.plan


def _data(a: tuple[str, Plan], b: tuple[str, Plan], found: Sequence[Difference]) -> dict[str, Any]:
    return {
        "a": _who(*a),
        "b": _who(*b),
        "differences": [
            {"place": each.place, "part": each.part, "kind": each.kind, "old": each.old, "new": each.new}
            for each in found
        ],
    }


def _who(address: str, plan: Plan) -> dict[str, Any]:
    template = {"name": plan.template.name, "version": plan.template.version}
    return {"plan": address, "service": plan.service.name, "revision": plan.revision, "template": template}


def _counted(found: Sequence[tuple[Difference, Said]]) -> str:
    if not found:
        return "no differences"
    kinds = Counter(difference.kind for difference, _ in found)
    return f"{terminal.counted(len(found), 'difference')}: " + ", ".join(
        f"{count} {kind}" for kind, count in kinds.items()
    )


def _text(
    a: tuple[str, Plan], b: tuple[str, Plan], found: Sequence[tuple[Difference, Said]]
) -> Iterator[str]:
    (one, was), (other, now) = a, b
    yield terminal.wrapped(
        f"{was.service.name}, revision {was.revision} ({one})"
        f" → {now.service.name}, revision {now.revision} ({other})"
    )
    yield _counted(found)
    heading = under = ""
    for difference, said in found:
        if said.heading != heading:
            yield from ("", said.heading)
        if said.under and (said.heading, said.under) != (heading, under):
            yield f"  {said.under}"
        heading, under = said.heading, said.under
        yield from _lines(difference, said, "    " if said.under else "  ")


def _lines(difference: Difference, said: Said, indent: str) -> Iterator[str]:
    from maintplan.cli.differing import SIGNS  # noqa: PLC0415

    begin, hang = f"{indent}{SIGNS[difference.kind]} ", f"{indent}    "
    several = "\n" in (said.old or "") + (said.new or "")
    if several:
        yield terminal.wrapped(f"{said.label}:", begin, hang)
        yield from (terminal.wrapped(line, hang, f"{hang}  ") for line in _changed_lines(said))
    else:
        yield terminal.wrapped(f"{said.label}: {_change(difference, said)}", begin, hang)
    yield terminal.muted(f"{indent}  {difference.place}")


def _change(difference: Difference, said: Said) -> str:
    if difference.kind == "renamed":
        return f"now called {said.new}"
    if difference.kind == "reordered":
        return f"now in the order {said.new}"
    if difference.kind == "changed":
        return f"{said.old} → {said.new}"
    return said.new or said.old or "an empty row"


def _changed_lines(said: Said) -> Iterator[str]:
    """Yield the lines that are different, of texts of several lines."""
    old, new = (said.old or "").split("\n"), (said.new or "").split("\n")
    if not (said.old and said.new):
        yield from old if said.old else new
        return
    for line in difflib.ndiff(old, new):
        if line[0] in "+-":
            yield line


def _markdown(
    a: tuple[str, Plan], b: tuple[str, Plan], found: Sequence[tuple[Difference, Said]]
) -> Iterator[str]:
    from maintplan.summary import escaping  # noqa: PLC0415

    def words(text: str | None) -> str:
        return escaping.one_line(escaping.marks(escaping.cleaned(text or "")))

    (one, was), (other, now) = a, b
    yield f"# {words(now.service.name)}: what changed"
    yield ""
    files = [
        f"revision {plan.revision} ({escaping.code(Path(each).name)})"
        for each, plan in ((one, was), (other, now))
    ]
    yield f"From {files[0]} to {files[1]}: {_counted(found)}."
    heading = ""
    for difference, said in found:
        if said.heading != heading:
            heading = said.heading
            yield from ("", f"## {words(heading)}", "", "| What | Before | Now |", "| --- | --- | --- |")
        label = ": ".join(part for part in (said.under, said.label) if part)
        if difference.kind == "renamed":
            label += " (renamed)"
        yield f"| {words(label)} | {words(said.old)} | {words(said.new)} |"
