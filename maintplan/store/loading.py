"""Reading one plan with its template, without the plans that it inherits from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from maintplan import template as templates
from maintplan import yamltext
from maintplan.documents import Lines
from maintplan.errors import InputError, Where
from maintplan.plan import document
from maintplan.plan.model import Plan
from maintplan.template import Template, find

T = TypeVar("T")

_kept: dict[tuple[Path, ...], tuple[object, Template]] | None = None
"""Templates that stay loaded from plan to plan, where somebody asked for it; each with its files' state."""


def keep_templates() -> None:
    """Keep each template that is loaded from now on, until one of its files changes.

    For a process that opens plan after plan, such as a batch's.
    """
    global _kept  # noqa: PLW0603 - one for the process, as its modules are
    _kept = {} if _kept is None else _kept


def _state(paths: Sequence[Path]) -> object:
    """Return what changes when a file of a template does."""
    files = (each for path in paths for each in ([path] if path.is_file() else sorted(path.rglob("*"))))
    return tuple((str(each), state.st_mtime_ns, state.st_size) for each in files for state in [each.stat()])


@dataclass(frozen=True)
class Loaded:
    """A plan file that was read.

    Attributes
    ----------
    plan
        The plan, without what flows in from others.
    text
        What the file says, with its lines.
    migrated
        Whether it was written for another version of its template than the one that was found.
    """

    plan: Plan
    text: yamltext.Document
    migrated: bool


@dataclass(frozen=True)
class Banks:
    """The templates that were loaded already, so that plans of one template load it once."""

    _loaded: dict[tuple[Path, ...], Template] = field(default_factory=dict)

    def template(self, name: str, layers: Sequence[str], folder: Path) -> Template:
        """Load a template with its layers, or return it when it was loaded before."""
        found = (find.template(name, folder), *(find.layer(each, folder) for each in layers))
        key = tuple(each.resolve() for each in found)
        if key not in self._loaded:
            self._loaded[key] = _load(key, name, layers, folder)
        return self._loaded[key]


def _load(key: tuple[Path, ...], name: str, layers: Sequence[str], folder: Path) -> Template:
    if _kept is None:
        return templates.load(name, layers=layers, beside=folder)
    state = (_state(key), name, tuple(layers))
    if key not in _kept or _kept[key][0] != state:
        _kept[key] = (state, templates.load(name, layers=layers, beside=folder))
    return _kept[key][1]


def load(
    path: Path, name: str, banks: Banks, template: str | None = None, layers: Sequence[str] = ()
) -> Loaded:
    """Read a plan file.

    Parameters
    ----------
    path
        The file.
    name
        What errors call it.
    banks
        Templates loaded so far.
    template
        Where the template lies, when the plan's own word for it is not to be looked up.
    layers
        Further layers, on top of the plan's own.

    Raises
    ------
    InputError
        With the line of everything that is wrong.
    """
    text = _known(path, name) or _named(yamltext.read_file, path, name)
    folder = path.resolve().parent
    plan, migrated = read(text.data, text, banks, folder, template, layers, text=text)
    return Loaded(plan, text, migrated)


def read(
    data: Any,
    lines: Lines,
    banks: Banks,
    folder: Path,
    template: str | None = None,
    layers: Sequence[str] = (),
    *,
    text: yamltext.Document | None = None,
) -> tuple[Plan, bool]:
    """Read a plan's document with its template, which is looked for from a folder on.

    Where templates are kept, so is the last plan that was read from a text: a row of a batch opens the same
    one twice.

    Returns
    -------
    plan, migrated
        The plan, and whether it was written for another version of its template than the one found.

    Raises
    ------
    InputError
        With the line of everything that is wrong.
    """
    head = document.envelope(data, lines)

    def of(*at: str | int, path: str) -> Where:
        return Where(lines.name, lines.line(at), path)

    for index, layer in enumerate(head.layers):
        where = of("layers", index, path=f"layers[#{index + 1}]")
        _found(lambda layer=layer: find.layer(layer, folder), layer, where)  # type: ignore[misc]
    where = of("template", "name", path="template.name")
    if template is None:
        _found(lambda: find.template(head.template.name, folder), head.template.name, where)
    bank = banks.template(template or head.template.name, (), folder)
    if bank.name != head.template.name:
        mend = f"leave the template out, or name a plan of {bank.name}"
        what = f"the plan is written for {head.template.name}, not for {bank.name}"
        raise InputError(what, where, mend if template else f"write name: {bank.name}")
    if head.layers or layers:
        bank = banks.template(template or head.template.name, (*head.layers, *layers), folder)
    plan = _document(text, data, bank, lines)
    return plan, bank.version != head.template.version


_latest: tuple[yamltext.Document, Template, Plan] | None = None


def _known(path: Path, name: str) -> yamltext.Document | None:
    """Return a file's document where it still says what the last one said."""
    if _latest is not None:
        data = _latest[0].text.encode()
        with suppress(OSError):
            if path.stat().st_size == len(data) and path.read_bytes() == data:
                return replace(_latest[0], name=name)
    return None


def _document(text: yamltext.Document | None, data: Any, bank: Template, lines: Lines) -> Plan:
    global _latest  # noqa: PLW0603 - plans don't change, so that one may be anybody's
    known = _latest
    if text is not None and known is not None and known[0].text == text.text and known[1] is bank:
        return known[2]
    plan = document.read(data, bank, lines)
    if _kept is not None and text is not None:
        _latest = text, bank, plan
    return plan


def _named(reader: Callable[[Path], yamltext.Document], path: Path, name: str) -> yamltext.Document:
    """Read a file; errors name it as the person did."""
    try:
        found = reader(path)
    except InputError as error:
        error.where = Where(name, error.where.line, error.where.path)
        raise
    return found if found.name == name else yamltext.read(found.text, name)


def _found(look: Callable[[], T], name: str, where: Where) -> T:
    """Look for something that a line of the plan names; that line is what an error is about."""
    try:
        return look()
    except InputError as error:
        what = error.what if name in error.what else f"{error.what}: {name!r}"
        raise InputError(what, where, error.mend) from None
