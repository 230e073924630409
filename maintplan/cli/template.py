"""``maintplan template``: question banks listed, shown and checked; the schema of their plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maintplan.errors import Where, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maintplan.template import Consideration, Field, Template

FORMATS = ("text", "json")

app = typer.Typer(
    help="Question banks: list, show, check, and the JSON Schema of their plans.", no_args_is_help=True
)

Layers = Annotated[
    list[str] | None, typer.Option("--layer", help="An organisation's additions; may be repeated.")
]


@app.command("list")
def list_() -> None:
    """List the templates that can be found, nearest first."""
    from maintplan import template  # noqa: PLC0415 - loaded where a call needs it
    from maintplan.template import find  # noqa: PLC0415

    for name in find.names(Path.cwd()):
        bank = template.load(name, beside=Path.cwd())
        counted = f"{len(bank.questions)} questions, {len(list(bank.considerations))} considerations"
        typer.echo(f"{bank.name}  version {bank.version}  {bank.title}  ({counted})")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A template's name or path.")],
    format_: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    layer: Layers = None,
) -> None:
    """Show what a template asks, from whom, and what it recommends."""
    from maintplan import template  # noqa: PLC0415

    if format_ not in FORMATS:
        raise unknown("format", format_, FORMATS, Where(path="--format"))
    bank = template.load(name, layers=layer or (), beside=Path.cwd())
    if format_ == "json":
        typer.echo(json.dumps(_data(bank), ensure_ascii=False, indent=2))
        return
    for line in _lines(bank):
        typer.echo(line)


@app.command()
def check(
    path: Annotated[str, typer.Argument(help="A template's folder, Markdown file or name.")],
    layer: Layers = None,
) -> None:
    """Check a template; every problem is named with file, line and mend."""
    from maintplan import template  # noqa: PLC0415

    bank = template.load(path, layers=layer or (), beside=Path.cwd())
    counted = (len(bank.questions), len(list(bank.considerations)), len(bank.fields))
    typer.echo("ok: {} questions, {} considerations, {} fields".format(*counted))


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="A template's name or path.")],
    layer: Layers = None,
) -> None:
    """Print the JSON Schema of the plan files that are written against a template."""
    from maintplan import template  # noqa: PLC0415
    from maintplan.plan import schema as plan_schema  # noqa: PLC0415

    typer.echo(plan_schema.text(template.load(name, layers=layer or (), beside=Path.cwd())).rstrip("\n"))


def _lines(bank: Template) -> Iterator[str]:
    yield f"{bank.title}, version {bank.version}"
    for question in bank.questions:
        yield ""
        yield f"{question.number}. {question.heading} ({question.id})"
        yield f"   {question.asks}"
        for consideration in question.considerations:
            yield f"   - {consideration.words}"
            yield from (f"       {_said(field)}" for field in consideration.fields)


def _said(field: Field) -> str:
    asked = f"from tier {field.asked.tier}, {field.asked.stage}" if field.asked else "in more detail"
    text = f"{field.id}: {field.label} [{field.kind}], {asked}"
    if field.recommendation is None:
        return text
    from maintplan import fields  # noqa: PLC0415

    by_tier = {tier: fields.show(value, field.spec) for tier, value in field.recommendation.by_tier.items()}
    if field.kind == "table":
        by_tier = {tier: f"{len(value)} rows" for tier, value in field.recommendation.by_tier.items()}
    values = "; ".join(f"tier {tier}: {shown}" for tier, shown in sorted(by_tier.items()))
    return f"{text}; recommended {values} ({field.recommendation.source})"


def _data(bank: Template) -> dict[str, Any]:
    return {
        "name": bank.name,
        "version": bank.version,
        "language": bank.language,
        "title": bank.title,
        "questions": [
            {
                "id": question.id,
                "number": question.number,
                "heading": question.heading,
                "asks": question.asks,
                "considers": question.considers,
                "considerations": [_consideration(each) for each in question.considerations],
            }
            for question in bank.questions
        ],
    }


def _consideration(consideration: Consideration) -> dict[str, Any]:
    return {
        "id": consideration.id,
        "words": consideration.words,
        "guidance": consideration.guidance,
        "fields": [
            {
                "id": field.id,
                "kind": field.kind,
                "label": field.label,
                "asked": {"tier": field.asked.tier, "stage": field.asked.stage} if field.asked else None,
                "recommended": {str(tier): value for tier, value in field.recommendation.by_tier.items()}
                if field.recommendation
                else None,
                "source": field.recommendation.source if field.recommendation else None,
            }
            for field in consideration.fields
        ],
    }
