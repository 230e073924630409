"""``maintplan template``: question banks listed, shown and checked; the schema of their plans."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maintplan.cli import terminal
from maintplan.errors import MaintplanError, Where, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from maintplan.template import Consideration, Field, Template

FORMATS = ("text", "json")

app = typer.Typer(help="Question banks: list, show, check, schema.", no_args_is_help=True)

Layers = Annotated[
    list[str] | None,
    typer.Option("--layer", metavar="LAYER", help="An organisation's additions, on top; may be repeated."),
]


@app.command("list")
def list_() -> None:
    """List the templates that can be found: here, in MAINTPLAN_TEMPLATES, and those that ship."""
    from maintplan.template import find  # noqa: PLC0415 - loaded where a call needs it

    for name in find.names(Path.cwd()):
        folder = find.template(name, Path.cwd())
        try:
            bank = _loaded(name, None)
        except MaintplanError:
            typer.echo(f"{name}  does not load; see maintplan template check {folder}")
            continue
        typer.echo(f"{bank.name}, version {bank.version}: {bank.title}")
        typer.echo(f"  {_counted(bank)}")
        typer.echo(terminal.muted(f"  {folder}"))


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A template's name or path.")],
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="text or json.")] = "text",
    layer: Layers = None,
) -> None:
    """Show what a template asks, from whom, and what it recommends."""
    if format_ not in FORMATS:
        raise unknown("format", format_, FORMATS, Where(path="--format"))
    bank = _loaded(name, layer)
    if format_ == "json":
        from maintplan.cli.bank import data  # noqa: PLC0415

        typer.echo(json.dumps(data(bank), ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(_lines(bank)))


@app.command()
def check(
    path: Annotated[
        str, typer.Argument(help="A template's folder, Markdown file or name; or a layer's folder.")
    ],
    layer: Layers = None,
) -> None:
    """Check a template or a layer; every problem is named with file, line and mend."""
    for name in (fits := _layer_for(path)):
        bank = _loaded(name, [*(layer or ()), f"{Path(path).absolute()}"])
        typer.echo(f"ok: {_counted(bank)}, {_rules(bank)}, with this layer over {name}")
    if not fits:
        bank = _loaded(path, layer)
        typer.echo(f"ok: {_counted(bank)}, {_rules(bank)}")


@app.command()
def schema(
    name: Annotated[str, typer.Argument(help="A template's name or path.")],
    layer: Layers = None,
) -> None:
    """Print the JSON Schema of the plan files that are written against a template."""
    from maintplan.plan import schema as plan_schema  # noqa: PLC0415

    typer.echo(plan_schema.text(_loaded(name, layer)).rstrip("\n"))


def _loaded(name: str, layers: Sequence[str] | None) -> Template:
    from maintplan import template  # noqa: PLC0415

    return template.load(name, layers=layers or (), beside=Path.cwd())


def _rules(bank: Template) -> str:
    """Load the rules, hold each to its own examples, and count them."""
    from maintplan.documents import gathered  # noqa: PLC0415
    from maintplan.review import check_examples  # noqa: PLC0415
    from maintplan.review import load as load_rules  # noqa: PLC0415

    rules = load_rules(bank)
    if problems := check_examples(rules):
        raise gathered(problems)
    return terminal.counted(len(rules.ready), "rule")


@app.command()
def preview(
    path: Annotated[Path, typer.Argument(help="A template's folder, or a template.md.")],
    tier: Annotated[int, typer.Option(min=1, max=3, help="Of the service that is asked.")] = 1,
    stage: Annotated[str, typer.Option(help="Of the service that is asked.")] = "production",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    layer: Layers = None,
) -> None:
    """Walk through a template while it is being written: reloads on save, stores nothing."""
    import time  # noqa: PLC0415

    from maintplan.errors import InputError  # noqa: PLC0415
    from maintplan.widgets.preview import preview as previewed  # noqa: PLC0415
    from maintplan.widgets.standalone import serving  # noqa: PLC0415

    shown = previewed(path, tier, stage, layers=tuple(layer or ()))
    try:
        with serving(shown, port) as address:
            typer.echo(f"{path}: {address}")
            typer.echo(terminal.muted("Reloads when a file is saved, stores nothing. Ctrl-C ends it."))
            while True:
                time.sleep(3600)
    except OSError as error:
        raise InputError(f"the port {port} can't be used: {error.strerror}", mend="name another") from None
    except KeyboardInterrupt:
        return


def _layer_for(path: str) -> list[str]:
    """Return the names of the templates that a folder is a layer for; none for what is no layer."""
    folder = Path(path)
    if not (folder / "template.yaml").is_file() or (folder / "template.md").exists():
        return []
    from maintplan import yamltext  # noqa: PLC0415
    from maintplan.documents import check as fits  # noqa: PLC0415
    from maintplan.template.files import TemplateFile  # noqa: PLC0415

    head = yamltext.read_file(folder / "template.yaml")
    return list(fits(TemplateFile, head.data, head).layer_for or {})


def _counted(bank: Template) -> str:
    counts = ((len(bank.questions), "question"), (len(list(bank.considerations)), "consideration"))
    counted = [terminal.counted(count, noun) for count, noun in (*counts, (len(bank.fields), "field"))]
    return ", ".join(counted)


def _lines(bank: Template) -> Iterator[str]:
    yield f"{bank.title}, version {bank.version}"
    yield _counted(bank)
    yield terminal.wrapped(bank.description)
    for question in bank.questions:
        yield ""
        yield f"{question.number}. {question.heading} ({question.id})"
        yield terminal.wrapped(" ".join(part for part in (question.asks, question.considers) if part), "   ")
        for consideration in question.considerations:
            yield from _consideration(consideration)


def _consideration(consideration: Consideration) -> Iterator[str]:
    yield ""
    yield f"   {consideration.words}"
    yield terminal.muted(f"   {consideration.place}")
    if consideration.guidance:
        yield terminal.wrapped(consideration.guidance, "     ")
    for field in consideration.fields:
        yield terminal.wrapped(f"- {_said(field)}", "     ", "       ")
        if field.recommendation is not None:
            yield terminal.wrapped(_recommended(field), "       ")


def _said(field: Field) -> str:
    if field.hidden:
        asked = "hidden by a layer"
    elif field.required:
        asked = "always asked"
    else:
        asked = (
            f"from tier {field.asked.tier} and {field.asked.stage} on" if field.asked else "in more detail"
        )
    text = f"{field.id}: {field.label} [{field.kind}], {asked}"
    return f"{text}, if {field.when}" if field.when else text


def _recommended(field: Field) -> str:
    from maintplan import fields  # noqa: PLC0415

    if field.recommendation is None:
        return ""
    by_source: dict[str, list[str]] = {}
    for tier, value in sorted(field.recommendation.by_tier.items()):
        if value is not None:
            rows = field.kind == "table"
            shown = terminal.counted(len(value), "row") if rows else fields.show(value, field.spec)
            by_source.setdefault(field.recommendation.source_for(tier), []).append(f"tier {tier}: {shown}")
    return "recommended " + "; ".join(f"{'; '.join(tiers)} ({source})" for source, tiers in by_source.items())
