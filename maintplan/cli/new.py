"""``maintplan new``: begin a plan file, with what is asked standing there to be filled in."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maintplan.cli import terminal
from maintplan.errors import InputError, Where

if TYPE_CHECKING:
    from maintplan.plan import Plan
    from maintplan.plan.copying import Copied
    from maintplan.store.address import StoreAddress
    from maintplan.template import Template

TEMPLATE = "maintenance-rollout"
TIER, STAGE = 2, "production"
_TIERS = "How critical is the service? 1 most critical, 2 important, 3 least critical"
_STAGES = "Where is it in its life? prototype, beta, production or retiring"


def new(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The service's name.")],
    template: Annotated[
        str | None, typer.Option(help=f"A template's name or path; {TEMPLATE} where nothing is said.")
    ] = None,
    tier: Annotated[int | None, typer.Option(min=1, max=3, help="1 is the most critical.")] = None,
    stage: Annotated[str | None, typer.Option(help="prototype, beta, production or retiring.")] = None,
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="PLAN", help="Copy the answers of another plan, to be confirmed."),
    ] = None,
    out: Annotated[
        str, typer.Option("-o", "--out", metavar="FILE", help="The new plan file, or a place in a store.")
    ] = "plan.yaml",
) -> None:
    """Begin a plan file.

    What is asked of the service's tier and stage stands there, each with what is recommended.
    """
    from maintplan import atomic  # noqa: PLC0415 - a command imports what it needs
    from maintplan import template as templates  # noqa: PLC0415
    from maintplan.plan import schema as schemas  # noqa: PLC0415
    from maintplan.plan import starting  # noqa: PLC0415

    path = _free(out)
    folder = path.parent if isinstance(path, Path) else path.folder
    other = _other(from_) if from_ is not None else None
    name = template or (other.template.name if other else TEMPLATE)
    layers = other.template.layers if other and template is None else ()
    bank = templates.load(name, layers=layers, beside=folder)
    copied = _begun(bank, service, tier, stage, other, from_, folder)
    if not isinstance(path, Path):
        _keep(path, out, name, copied)
        return
    schema = folder / f"{bank.name}.schema.json"
    text = starting.text(copied.plan, schema=schema.name, suggested=copied.suggested)
    _check(text, bank, path)
    atomic.write(path, text.encode())
    typer.echo(f"wrote {path}: {_asked(copied.plan)}")
    for line in _about(copied):
        typer.echo(line)
    typer.echo(_schema(schema, schemas.text(bank)))
    if not _is_found(bank.name, folder):
        typer.echo(f"the template is not found by its name from there: give --template {name} to every call")


def _free(out: str) -> Path | StoreAddress:
    from maintplan.store import address  # noqa: PLC0415

    path = address.parse(out)
    if not isinstance(path, Path):
        return path
    if path.suffix.lower() == ".json":
        raise InputError(
            "a new plan holds comments, which JSON has none of", Where(out), "name a .yaml file with -o"
        )
    if path.is_dir():
        raise InputError("this is a folder", Where(out), "name a file in it with -o")
    if path.is_symlink() or path.exists():
        raise InputError("the file is there already", Where(out), "name another with -o")
    return path


def _keep(place: StoreAddress, out: str, template: str, copied: Copied) -> None:
    """Keep a new plan in a database, which has no room for comments."""
    from maintplan import identity, store  # noqa: PLC0415

    opened = store.open(out, template=template)
    if opened.exists:
        raise InputError("the plan is there already", Where(out), "name another with -o")
    # Nothing stands there yet that the plan could have changed but what it was begun with.
    opened.save(copied.plan, create=True, by=identity.of_the_account())
    typer.echo(f"wrote {place}: {_asked(copied.plan)}")
    for line in _about(copied):
        typer.echo(line)


def _other(address: str) -> Plan:
    from maintplan import store  # noqa: PLC0415

    opened = store.open(address)
    if not opened.exists:
        raise InputError("there is no such plan", Where(address), "check the path after --from")
    return opened.plan


def _begun(
    bank: Template,
    service: str,
    tier: int | None,
    stage: str | None,
    other: Plan | None,
    address: str | None,
    folder: Path,
) -> Copied:
    from maintplan.documents import Unwritten, check  # noqa: PLC0415
    from maintplan.plan import Plan, Service, copying  # noqa: PLC0415

    given: dict[str, Any] = {
        "name": service.strip(),
        "tier": TIER if tier is None else tier,
        "stage": stage or STAGE,
    }
    check(Service, given, Unwritten("the call"))  # before anything is asked
    if sys.stdin.isatty() and sys.stdout.isatty():
        given["tier"] = _ask(_TIERS, "tier") if tier is None else tier
        given["stage"] = _ask(_STAGES, "stage") if stage is None else stage
    begun = Plan(bank, check(Service, given, Unwritten("the call")), revision=1)
    if other is None or address is None:
        return copying.Copied(begun, {}, ())
    return copying.copied(begun, other, _origin(address, folder))


def _origin(address: str, folder: Path) -> str:
    """Name a plan as it is seen from a folder; one in a database is named by its address."""
    from maintplan.store import address as addresses  # noqa: PLC0415

    found = addresses.parse(address)
    return Path(os.path.relpath(found, folder)).as_posix() if isinstance(found, Path) else str(found)


def _ask(question: str, key: str) -> Any:
    from maintplan.documents import Unwritten, check  # noqa: PLC0415
    from maintplan.plan import Service  # noqa: PLC0415

    while True:
        said = typer.prompt(question).strip()
        try:
            return getattr(check(Service, {"name": "x", key: said}, Unwritten("the answer")), key)
        except InputError as error:
            typer.echo(error.mend or error.what)


def _check(text: str, bank: Template, path: Path) -> None:
    """Read the text as it will be read; a template's words can't break it."""
    from maintplan import yamltext  # noqa: PLC0415
    from maintplan.plan import document  # noqa: PLC0415

    written = yamltext.read(text, str(path))
    document.read(written.data, bank, written)


def _asked(plan: Plan) -> str:
    service = plan.service
    asked = [each for each in plan.template.fields.values() if each.asks(service.tier, service.stage)]
    recommended = [
        each
        for each in asked
        if each.recommendation and each.recommendation.by_tier.get(service.tier) is not None
    ]
    fields = terminal.counted(len(asked), "field")
    return (
        f"{fields} asked of tier {service.tier} in {service.stage}, {len(recommended)} with a recommendation"
    )


def _about(copied: Copied) -> list[str]:
    lines = []
    if count := len(copied.plan.answers):
        lines.append(f"copied {terminal.counted(count, 'answer')}, each to be confirmed")
    if count := len(copied.suggested):
        lines.append(f"{terminal.counted(count, 'whole consideration')} stand as suggestions, behind a #")
    if count := len(copied.unfit):
        lines.append(f"left out {terminal.counted(count, 'answer')} that the template has no place for")
    return lines


def _schema(path: Path, text: str) -> str:
    """Write the schema for editors, unless another one of that name stands there."""
    from maintplan import atomic  # noqa: PLC0415

    if path.exists():
        held = _held(path)
        if held == text:
            return f"editors find {path.name} beside it, as it was"
        mine = json.loads(text)["$comment"]
        if held is None or (theirs := _comment(held)) is None:
            return f"left {path} as it is: maintplan did not write it"
        if _age(theirs) > _age(mine):
            return f"left {path} as it is: it is newer"
    atomic.write(path, text.encode())
    return f"wrote {path}, by which editors complete and explain"


def _held(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _comment(text: str) -> str | None:
    try:
        comment = json.loads(text)["$comment"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return comment if isinstance(comment, str) and comment.startswith("plan file of maintplan, ") else None


def _age(comment: str) -> tuple[tuple[int, ...], ...]:
    """Return the format's number and the template's version from a schema's comment, to compare."""
    numbers = (comment.partition("format ")[2].partition(";")[0], comment.rpartition("version ")[2])
    return tuple(tuple(int(part) if part.isdigit() else 0 for part in each.split(".")) for each in numbers)


def _is_found(name: str, folder: Path) -> bool:
    from maintplan.template import find  # noqa: PLC0415

    try:
        find.template(name, folder)
    except InputError:
        return False
    return True
