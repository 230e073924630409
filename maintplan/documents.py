"""Data checked against a pydantic model, with errors that a person can act on.

pydantic knows the path of what is wrong; a YAML document knows the line of a path. `check` brings the two
together: each problem becomes one line with file, line, path and the mend.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

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
        return model.model_validate(data)
    except ValidationError as error:
        found = [_problem(model, details, document, tuple(at)) for details in error.errors()]
        found.sort(key=lambda problem: problem.where.line or 0)
        raise (Problems(found) if len(found) > 1 else found[0]) from None


def path_text(path: Sequence[str | int]) -> str:
    """Write a path of keys and indexes as a person reads it: ``a.b[2].c``, counted from 1."""
    text = ""
    for part in path:
        text += f"[#{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _problem(
    model: type[BaseModel], details: ErrorDetails, document: Lines, at: tuple[str | int, ...]
) -> MaintplanError:
    inner = tuple(_real(details["loc"]))
    path = (*at, *inner)
    where = Where(document.name, document.line(path), path_text(path))
    kind = details["type"]
    shown = _shown(details["input"])
    if kind == "extra_forbidden":
        parent = Where(document.name, document.line(path), path_text(path[:-1]) or None)
        return unknown("key", str(path[-1]), _names(model, inner[:-1]), parent)
    if kind == "missing":
        parent_path = path_text(path[:-1])
        return InputError(
            f"{path[-1]!r} is missing",
            Where(document.name, document.line(path[:-1]), parent_path or None),
            f"add {path[-1]}: ...",
        )
    if kind == "value_error":
        return InputError(f"{shown} is not valid here", where, str(details["ctx"]["error"]))
    expected = {
        "int_parsing": "a whole number",
        "int_type": "a whole number",
        "int_from_float": "a whole number",
        "string_type": "text",
        "list_type": "a list",
        "tuple_type": "a list",
        "dict_type": "a mapping of keys to values",
        "mapping_type": "a mapping of keys to values",
        "model_type": "a mapping of keys to values",
        "model_attributes_type": "a mapping of keys to values",
        "date_from_datetime_parsing": "a date such as 2026-12-01",
        "date_parsing": "a date such as 2026-12-01",
        "datetime_from_date_parsing": "a moment such as 2026-12-01T09:00:00Z",
        "datetime_parsing": "a moment such as 2026-12-01T09:00:00Z",
    }.get(kind)
    if kind == "literal_error":
        expected = str(details["ctx"]["expected"]).replace("'", "")
    if expected is None:
        message = details["msg"]
        return InputError(f"{shown} is not valid here", where, message[:1].lower() + message[1:])
    return InputError(f"{shown} is not valid here", where, f"write {expected}")


def _real(loc: Sequence[str | int]) -> Iterator[str | int]:
    """Leave out the parts of pydantic's path that name a branch of a union or a validator, not a key."""
    for part in loc:
        if isinstance(part, str) and ("[" in part or "(" in part):
            continue
        if isinstance(part, str) and part.startswith("function-"):
            continue
        yield part


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else "a mapping" if isinstance(value, Mapping) else repr(value)
    if isinstance(value, list | tuple):
        text = "a list"
    if value is None or value == "":
        return "nothing"
    return (
        repr(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...") if isinstance(value, str) else text
    )


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
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            yield annotation
        else:
            for name, field in annotation.model_fields.items():
                if path[0] in (name, field.alias):
                    yield from _models(field.annotation, path[1:])
