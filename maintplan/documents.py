"""Data checked against a pydantic model, with errors that a person can act on.

pydantic knows the path of what is wrong; a YAML document knows the line of a path. `check` brings the two
together: each problem becomes one line with file, line, path and the mend.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel, ValidationError

from maintplan.errors import InputError, MaintplanError, Problems, Where, unknown

if typing.TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=BaseModel)

_SHOWN = 60
"""Characters of a wrong value that an error shows."""


class Lines(Protocol):
    """What knows the line of a path: a YAML document, or `Unwritten` data."""

    @property
    def name(self) -> str | None:
        """The file's name."""

    def line(self, path: Sequence[str | int], /) -> int | None:
        """Return the line of a path, counted from 1."""


class Unwritten:
    """Data that stands in no file, such as a notebook's parameter.

    Parameters
    ----------
    name
        What errors call it.
    """

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def line(self, path: Sequence[str | int], /) -> None:
        """Return None: there is no line."""
        del path


class Strict(BaseModel):
    """Base of every document model: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, protected_namespaces=())


def _boolean(value: object) -> object:
    # pydantic would also take yes, on and 1: words that mean something else in other places.
    if value in ("true", "false"):
        return value == "true"
    if isinstance(value, bool):
        return value
    message = "write true or false"
    raise ValueError(message)


Boolean = Annotated[bool, BeforeValidator(_boolean)]
"""``true`` or ``false`` and nothing else."""


def check(model: type[M], data: object, document: Lines, at: Sequence[str | int] = ()) -> M:
    """Build a model from a part of a document.

    Parameters
    ----------
    model
        What the part has to be.
    data
        The part: plain data as read from `document`.
    document
        Where it stands, for lines.
    at
        The part's path in the document.

    Raises
    ------
    Problems
        With one error for each thing that is wrong, by line.
    """
    try:
        # By alias alone: a file says `from`, whatever the code calls it.
        return model.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        details = error.errors(include_url=False)
    raise gathered(list(_problems(model, data, details, document, tuple(at)))) from None


def gathered(problems: Sequence[MaintplanError]) -> MaintplanError:
    """Make one error of those that were found, by their lines."""
    found = sorted(problems, key=lambda problem: problem.where.line or 0)
    return Problems(found) if len(found) > 1 else found[0]


def path_text(path: Sequence[str | int]) -> str:
    """Write a path of keys and indexes as a person reads it: ``a.b[2].c``, counted from 1."""
    text = ""
    for part in path:
        text += f"[#{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


_EXPECTED = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "string_too_short": "something",
    "too_short": "something",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "mapping_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "date_from_datetime_parsing": "a date such as 2026-12-01",
    "date_parsing": "a date such as 2026-12-01",
    "date_type": "a date such as 2026-12-01",
    "timezone_aware": "its time zone too, such as 2026-12-01T09:00:00Z",
    "datetime_from_date_parsing": "a moment such as 2026-12-01T09:00:00Z",
    "datetime_parsing": "a moment such as 2026-12-01T09:00:00Z",
    "datetime_type": "a moment such as 2026-12-01T09:00:00Z",
}
_LIMITED = {
    "greater_than_equal": ("ge", "{} or more"),
    "less_than_equal": ("le", "{} or less"),
    "string_too_long": ("max_length", "at most {} characters"),
    "too_long": ("max_length", "at most {} characters"),  # of a text that was looked at before
}


def _problems(
    model: type[BaseModel],
    data: object,
    errors: Sequence[ErrorDetails],
    document: Lines,
    at: tuple[str | int, ...],
) -> Iterator[MaintplanError]:
    """Yield one error for each path; several branches of a union make one."""
    wanted: dict[tuple[str | int, ...], list[str]] = {}
    shown: dict[tuple[str | int, ...], str] = {}
    for details in errors:
        inner = tuple(_real(details["loc"], data, named=details["type"] in ("missing", "extra_forbidden")))
        path = (*at, *inner)
        if details["type"] == "extra_forbidden":
            where = Where(document.name, document.line(path), path_text(path[:-1]) or None)
            yield unknown("key", str(path[-1]), _names(model, inner[:-1]), where)
        elif details["type"] == "missing":
            where = Where(document.name, document.line(path[:-1]), path_text(path[:-1]) or None)
            yield InputError(f"{path[-1]!r} is missing", where, f"add {path[-1]}: ...")
        else:
            wanted.setdefault(path, []).append(_right(details))
            shown[path] = _shown(details["input"])
    for path, mends in wanted.items():
        where = Where(document.name, document.line(path), path_text(path) or None)
        yield InputError(f"{shown[path]} is not valid here", where, " or ".join(dict.fromkeys(mends)))


def _right(details: ErrorDetails) -> str:
    """Say what should stand there."""
    kind, context = details["type"], details.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "literal_error":
        return "write " + str(context["expected"]).replace("'", "")
    if kind in _LIMITED:
        name, words = _LIMITED[kind]
        return "write " + words.format(context[name])
    if kind in _EXPECTED:
        return f"write {_EXPECTED[kind]}"
    message = details["msg"]
    return message[:1].lower() + message[1:]


def _real(loc: Sequence[str | int], data: object, *, named: bool) -> Iterator[str | int]:
    """Leave out the parts of pydantic's path that name a branch of a union or a validator, not a key.

    `named` says that the last part is a key, also where the data has none of that name.
    """
    for index, part in enumerate(loc):
        if isinstance(data, Mapping):
            there = part in data
        else:
            there = isinstance(data, list | tuple) and isinstance(part, int) and part < len(data)
        if there:
            inside: Any = data
            data = inside[part]
        elif not named or index < len(loc) - 1:
            continue
        yield part


def _shown(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else value[: _SHOWN - 3] + "...")
    if isinstance(value, bool | int | float):
        return str(value)[:_SHOWN]
    return "a mapping" if isinstance(value, Mapping) else "a list"


def _names(model: Any, path: Sequence[str | int]) -> list[str]:
    """Return the keys that the model has at a path."""
    for found in _models(model, list(path)):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


def _models(annotation: Any, path: list[str | int]) -> Iterator[type[BaseModel]]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, Annotated):
        for option in typing.get_args(annotation):
            yield from _models(option, path)
    elif origin is not None:
        arguments = [each for each in typing.get_args(annotation) if each is not Ellipsis]
        if path and arguments:
            yield from _models(arguments[-1], path[1:])
    elif isinstance(annotation, type) and issubclass(annotation, RootModel):
        yield from _models(annotation.model_fields["root"].annotation, path)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            yield annotation
        else:
            for name, field in annotation.model_fields.items():
                if path[0] in (name, field.alias):
                    yield from _models(field.annotation, path[1:])
