"""``maintplan run``: execute the notebook headless and write the documents."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated, Any

import typer

from maintplan.errors import InputError, Where

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from maintplan.plan import Plan
    from maintplan.reporting.formats import Format
    from maintplan.store import StoredPlan

_SET = re.compile(r'(?P<place>(?:"(?:[^"\\]|\\.)*"|[^"=])+)=(?P<value>.*)', re.DOTALL)
"""A place and its value; a row's name in quotes may hold an equals sign."""
_STATUS = {"draft": "a draft", "in_review": "in review"}


def run(  # noqa: PLR0913, PLR0917 - each is an option of its own
    plan: Annotated[str, typer.Argument(help="A plan file; one that is not there yet starts a new plan.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for the documents.")] = Path("build"),
    to: Annotated[str, typer.Option(help="Formats, with commas: html, pdf, docx, markdown.")] = "html",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PLACE=VALUE", help="Answer a place; may be repeated."),
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML file of answers to merge in.")
    ] = None,
    let_stand: Annotated[
        list[str] | None,
        typer.Option(metavar="PLACE", help="Let a recommended value stand; '*' for all. Needs --by."),
    ] = None,
    template: Annotated[str | None, typer.Option(help="For a new plan: a template's name or path.")] = None,
    service: Annotated[str | None, typer.Option(help="For a new plan: the service's name.")] = None,
    tier: Annotated[int | None, typer.Option(min=1, max=3, help="1 is the most critical.")] = None,
    stage: Annotated[str | None, typer.Option(help="prototype, beta, production or retiring.")] = None,
    confirm: Annotated[
        str | None, typer.Option(metavar="yes|no", help="Answer the validation prompt.")
    ] = None,
    by: Annotated[str, typer.Option(metavar="NAME", help="Who answers it.")] = "",
    role: Annotated[str, typer.Option(help="In which role.")] = "",
    feedback: Annotated[str, typer.Option(metavar="TEXT", help="With a no: what to refine.")] = "",
    reopen: Annotated[
        list[str] | None, typer.Option(metavar="QUESTION", help="With a no: a question to reopen.")
    ] = None,
    show_code: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--show-code", help="Show the notebook's code too.")
    ] = False,
    font_path: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Fonts for characters that the kit's own lack; may be repeated."),
    ] = None,
    reference_doc: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A DOCX whose styles, page and running heads DOCX takes."),
    ] = None,
    sign: Annotated[
        Path | None, typer.Option(metavar="KEY", help="SSH key to sign the handover of a complete plan with.")
    ] = None,
    strict: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--strict", help="Fail on a warning, such as a character that no font has.")
    ] = False,
) -> None:
    """Execute the plan's notebook headless, and write its documents."""
    from maintplan import lean  # noqa: PLC0415 - before all that is loaded

    lean.collect_seldom()
    from maintplan import atomic, store  # noqa: PLC0415 - a command imports what it needs
    from maintplan.reporting import formats  # noqa: PLC0415
    from maintplan.store import loading  # noqa: PLC0415
    from maintplan.summary import tables  # noqa: PLC0415

    chosen = formats.named(to)
    for fonts in font_path or []:
        if not fonts.is_dir():
            mend = "name a folder that holds TTF or OTF files"
            raise InputError("there is no such folder of fonts", Where(str(fonts), path="--font-path"), mend)
    if reference_doc is not None and not reference_doc.is_file():
        where = Where(str(reference_doc), path="--reference-doc")
        raise InputError("there is no such reference document", where, "name a Word document (.docx)")
    if sign is not None and not sign.is_file():
        raise InputError("there is no such key", Where(str(sign), path="--sign"), "name a private SSH key")
    loading.keep_templates()  # the plan is opened again when it was run
    # Before anything is made: what is wrong with the plan is known at once.
    bank = {"template": template, "service": service, "tier": tier, "stage": stage}
    opened = store.open(plan, **bank)  # type: ignore[arg-type]
    parameters: dict[str, Any] = {"plan": plan, "out": str(out)}
    given = {
        **bank,
        "answers": _answers(opened.plan, answers, set_ or []),
        "let_stand": let_stand,
        "confirm": _yes_or_no(confirm),
        "confirmed_by": by,
        "role": role,
        "feedback": feedback,
        "reopen": reopen,
    }
    parameters |= {name: value for name, value in given.items() if value not in (None, "", [], {})}
    folder = atomic.folder(out)
    options = {
        "show_code": show_code,
        "font_paths": [str(each) for each in font_path or []],
        "reference_doc": str(reference_doc or ""),
    }
    books = _Workbooks()

    def meanwhile() -> None:
        """Load what makes the documents, and make what a run that changes nothing leaves as it is."""
        from maintplan.reporting import making  # noqa: PLC0415

        def needed() -> None:
            with suppress(Exception):  # what is wrong with it is said where it is used
                making.load(chosen)
                books.of(opened.plan)

        books.begun = Thread(target=needed, daemon=True)
        books.begun.start()

    notebook = _execute(parameters, folder / "executed.ipynb", meanwhile)
    now = store.open(plan, **bank)  # type: ignore[arg-type]
    books.begun.join()
    book = books.of(now.plan)
    atomic.write(folder / tables.WORKBOOK, book)
    warnings, documents = _export(notebook, chosen, folder, options)
    beside = {f"documents/{each.relative_to(folder).as_posix()}": each.read_bytes() for each in documents} | {
        f"tables/{tables.WORKBOOK}": book
    }
    _hand_over(now, notebook, beside, folder, sign)
    if not now.exists:
        said = "there is no such plan, and nothing was answered: the documents are those of an empty one"
        typer.echo(f"{plan}: {said}; check the path, or begin one with maintplan new", err=True)
    for said in warnings:
        typer.echo(f"warning: {said}", err=True)
    if warnings and strict:
        raise typer.Exit(1)


class _Workbooks:
    """All tables of a plan, its findings as of the day of its documents; made once for the same plan."""

    def __init__(self) -> None:
        self.begun = Thread()
        self._made: tuple[Plan, dt.date, bytes] | None = None

    def of(self, plan: Plan) -> bytes:
        from maintplan.calendar import moment  # noqa: PLC0415 - see above
        from maintplan.plan import approval, stand  # noqa: PLC0415
        from maintplan.review import load, review  # noqa: PLC0415
        from maintplan.summary import tables  # noqa: PLC0415

        standing = stand(plan)
        said = moment(plan) if approval.status(plan, standing) == "complete" else None
        day = (said or dt.datetime.now(dt.UTC)).astimezone(dt.UTC).date()
        if self._made is None or self._made[:2] != (plan, day):
            made = tables.workbook(standing, review(standing, load(plan.template), day))
            self._made = plan, day, made
        return self._made[2]


def _hand_over(
    now: StoredPlan,
    notebook: NotebookNode,
    files: dict[str, bytes],
    folder: Path,
    key: Path | None,
) -> None:
    """Write the handover of a plan that is complete now; say why there is none of any other."""
    from maintplan import atomic  # noqa: PLC0415 - see above
    from maintplan.plan import approval  # noqa: PLC0415

    status = approval.status(now.plan)
    if status != "complete" and key is None:
        awaited = f"; {approval.awaited(now.plan)}" if status == "in_review" else ""
        typer.echo(f"no handover: the plan is {_STATUS[status]}{awaited}")
        return
    from maintplan import handover  # noqa: PLC0415 - few runs make one

    made = handover.make(now.plan, notebook, files, text=now.text, before=now.approved_before(), key=key)
    path = folder / handover.NAME
    atomic.write(path, made)
    typer.echo(f"wrote {path}, {'signed' if key else 'not signed'}")


def _yes_or_no(text: str | None) -> bool | None:
    if text is None:
        return None
    if text.lower() not in ("yes", "no"):
        raise InputError(f"{text!r} is neither yes nor no", Where(path="--confirm"), "write yes or no")
    return text.lower() == "yes"


def _answers(plan: Plan, file: Path | None, sets: list[str]) -> dict[str, Any]:
    """Merge the file of answers and what was set on the command line; check both before anything runs."""
    if file is None and not sets:
        return {}
    from maintplan import yamltext  # noqa: PLC0415 - only where there is something to read
    from maintplan.plan import Plan, document, edits, places  # noqa: PLC0415

    data: Any = {}
    if file is not None:
        lines = yamltext.read_file(file)
        plan = edits.merge(plan, document.read_answers(lines.data, plan.template, lines))
        data = lines.data
    changed = Plan(plan.template, plan.service)
    for each in sets:
        found = _SET.fullmatch(each)
        if found is None or not found["value"].strip():
            mend = "write PLACE=VALUE; to take an answer back, delete it in the plan"
            raise InputError(f"{each!r} sets nothing", Where(path="--set"), mend)
        place = places.find(plan.template, found["place"])
        table = place.field.place if place.field and not place.place.is_field else ""
        if table in plan.answers and table not in changed.answers:  # a row is changed among the others
            changed = replace(changed, answers={**changed.answers, table: plan.answers[table]})
        changed = edits.answer(changed, str(place.place), found["value"])
    merged: dict[str, Any] = _laid_over(data, document.answers_data(changed))
    return merged


def _laid_over(base: Any, top: Any) -> Any:
    if isinstance(base, dict) and isinstance(top, dict):
        return {**base, **{key: _laid_over(base.get(key), value) for key, value in top.items()}}
    return top


def _execute(parameters: dict[str, Any], path: Path, meanwhile: Callable[[], None]) -> NotebookNode:
    from maintplan import atomic, headless, resources  # noqa: PLC0415
    from maintplan.engine import writing  # noqa: PLC0415

    notebook, error = headless.execute(
        resources.notebook(), parameters, output=str(path), meanwhile=meanwhile
    )
    data = writing.data(notebook)
    if error is None:
        atomic.write(path, data)
        return notebook
    if not error.expected:  # to be looked into; what an earlier run has written stays
        failed = path.with_name("failed.ipynb")
        atomic.write(failed, data)
        error.mend = f"look at {failed}"
    raise error


def _export(
    notebook: NotebookNode, chosen: list[Format], folder: Path, options: dict[str, Any]
) -> tuple[list[str], list[Path]]:
    """Write the documents; return what their readers would not expect, each once, and all files."""
    from maintplan.cli.terminal import Progress  # noqa: PLC0415
    from maintplan.reporting import making  # noqa: PLC0415 - nbconvert is imported where it is used

    warnings: dict[str, None] = {}
    files: list[Path] = []
    progress = Progress(making.count(notebook, chosen), "document")
    for each in making.make(notebook, chosen, folder, options, jobs=min(os.cpu_count() or 1, 4)):
        typer.echo(f"{'wrote' if each.anew else 'unchanged:'} {each.path}")
        warnings |= dict.fromkeys(f"{each.path}: {said}" for said in each.warnings)
        files.extend(each.files)
        progress.step()
    return list(warnings), files
