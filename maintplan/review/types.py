"""The types that rules are checked against: one protobuf message for each table of a template.

A map's keys are not known when an expression is compiled; a message's fields are, inside ``has()``, branches
and loops too. So expressions are checked over messages. They are evaluated over plain maps, where a cell
that is missing is missing, and not its type's default.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from maintplan import fields
from maintplan.errors import InputError
from maintplan.expressions.scope import SERVICE, cel_types
from maintplan.review import functions
from maintplan.template import Field, Template

if TYPE_CHECKING:
    from cel_expr_python import cel
    from google.protobuf.descriptor_pb2 import DescriptorProto

PACKAGE = "maintplan"
SCHEDULE = "a_schedule"
RISK = "an_accepted_risk"
FOLLOWED = "_followed"
"""Ends the name of the message of a row that its own table refers to: followed once, and no further."""

GIVEN, KNOWN = BESIDE = (".given", ".known")
"""What stands beside each field. ``given`` is false where the answer is none, and missing while there is no
answer, so that a rule waits; ``known`` is false then, for what only excuses and need not be waited for."""

LIMITS = "_limits"
"""What holds the limits of all rules when they are evaluated; a name that no question can have."""

RISK_COLUMNS = ("rule", "at", "reason", "by", "agreed_by")
_DURATION, _TIMESTAMP = ".google.protobuf.Duration", ".google.protobuf.Timestamp"


class Types:
    """The names that the rules of a template may use, and their types.

    Parameters
    ----------
    template
        The template; its references between tables must form no circle.

    Raises
    ------
    InputError
        When they do.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self.tables = {name: each for name, each in template.named.items() if each.kind == "table"}
        self.messages = {name: f"t{index}_{_plain(name)}" for index, name in enumerate(self.tables)}
        self.columns: Mapping[str, tuple[str, ...]] = {
            **{self.messages[name]: _columns(each) for name, each in self.tables.items()},
            **{self.messages[name] + FOLLOWED: _columns(each) for name, each in self.tables.items()},
            SCHEDULE: ("period", "text"),
            RISK: (*RISK_COLUMNS, "until"),
        }
        _refuse_circles(self.tables)

    @cached_property
    def names(self) -> frozenset[str]:
        """All names but those that depend on the rule: ``row``, ``prev`` and ``limit``."""
        beside = {f"{name}{each}" for name in self.template.named for each in BESIDE}
        return frozenset({*self.template.named, *beside, *SERVICE, "today", "accepted_risks"})

    @cached_property
    def checking(self) -> cel.Env:
        """The environment that expressions are checked in, over messages; one, as each takes a megabyte."""
        from cel_expr_python import cel  # noqa: PLC0415 - a native module, loaded where the first rule is compiled

        return cel.NewEnv(
            descriptor_pool=self._pool, variables=self._checked, extensions=[functions.checked()]
        )

    @cached_property
    def evaluating(self) -> cel.Env:
        """The environment that expressions are evaluated in, over plain maps."""
        from cel_expr_python import cel  # noqa: PLC0415

        kinds = cel_types()
        row = kinds["row"]
        variables = {**self._shared, "row": row, "prev": row, "limit": cel.Type.DYN}
        for name, each in self.template.named.items():
            variables[name] = row if each.kind == "reference" else kinds[fields.cel_type(each.spec)]
        variables["accepted_risks"] = cel.Type.List(row)
        variables[LIMITS] = row
        return cel.NewEnv(variables=variables, extensions=[functions.evaluated()])

    def activation(self, values: Mapping[str, Any]) -> cel.Activation:
        """Return values by name, ready to be evaluated over; each is converted once, when first needed.

        What is made of them stands in one arena: without, asking for memory is half of a short evaluation.
        """
        from cel_expr_python import cel  # noqa: PLC0415

        return self.evaluating.Activation(values, arena=cel.Arena())

    @cached_property
    def _shared(self) -> dict[str, cel.Type]:
        kinds = cel_types()
        shared = {f"{name}{each}": kinds["bool"] for name in self.template.named for each in BESIDE}
        shared.update({name: kinds[kind] for name, kind in SERVICE.items()})
        return {**shared, "today": kinds["timestamp"]}

    @cached_property
    def _checked(self) -> dict[str, cel.Type]:
        from cel_expr_python import cel  # noqa: PLC0415

        def message(name: str) -> cel.Type:
            return cel.Type(f"{PACKAGE}.{name}")

        kinds = cel_types()
        variables = {**self._shared, "accepted_risks": cel.Type.List(message(RISK))}
        for name, each in self.template.named.items():
            if each.kind == "table":
                variables[name] = cel.Type.List(message(self.messages[name]))
            elif each.kind == "schedule":
                variables[name] = message(SCHEDULE)
            elif each.kind == "reference" and each.spec.to in self.messages:
                variables[name] = message(self.messages[each.spec.to])
            else:
                variables[name] = kinds[fields.cel_type(each.spec)]
        return variables

    @cached_property
    def _pool(self) -> Any:
        from google.protobuf import (  # noqa: PLC0415 - only where rules are checked
            descriptor_pb2,
            descriptor_pool,
            duration_pb2,
            timestamp_pb2,
        )

        pool = descriptor_pool.DescriptorPool()
        known = (duration_pb2.DESCRIPTOR, timestamp_pb2.DESCRIPTOR)
        for each in known:
            pool.AddSerializedFile(each.serialized_pb)
        file = descriptor_pb2.FileDescriptorProto(
            name="rules.proto", package=PACKAGE, syntax="proto3", dependency=[each.name for each in known]
        )
        _add(file.message_type.add(name=SCHEDULE), [("period", _DURATION, False), ("text", "string", False)])
        risk = [(name, "string", False) for name in RISK_COLUMNS]
        _add(file.message_type.add(name=RISK), [*risk, ("until", _TIMESTAMP, False)])
        for name, table in self.tables.items():
            message = self.messages[name]
            _add(file.message_type.add(name=message), self._message_fields(name, table, followed=False))
            _add(
                file.message_type.add(name=message + FOLLOWED),
                self._message_fields(name, table, followed=True),
            )
        pool.AddSerializedFile(file.SerializeToString())
        return pool

    def _message_fields(self, name: str, field: Field, *, followed: bool) -> Iterator[tuple[str, str, bool]]:
        """Yield name, type and whether it is a list, for each column that an expression can name."""
        simple = {"duration": _DURATION, "timestamp": _TIMESTAMP, "double": "double", "bool": "bool"}
        for column in field.spec.columns:
            if not column.id.isidentifier():
                continue
            kind = fields.cel_type(column)
            if column.kind == "reference" and column.to in self.messages:
                to = self.messages[column.to] + (FOLLOWED if column.to == name else "")
                yield column.id, "string" if followed and column.to == name else f".{PACKAGE}.{to}", False
            elif kind == "schedule":
                yield column.id, f".{PACKAGE}.{SCHEDULE}", False
            elif kind == "list(string)":
                yield column.id, "string", True
            else:
                yield column.id, simple.get(kind, "string"), False


@lru_cache(maxsize=4096)
def apart(name: str) -> tuple[str, str]:
    """Part a name into that of its field and what stands beside it: ``.given``, ``.known`` or nothing."""
    ending = next((each for each in BESIDE if name.endswith(each)), "")
    return name.removesuffix(ending), ending


def _plain(name: str) -> str:
    return re.sub(r"\W", "_", name)


def _columns(field: Field) -> tuple[str, ...]:
    return tuple(column.id for column in field.spec.columns)


def _add(message: DescriptorProto, columns: Any) -> None:
    numbers = {"string": 9, "double": 1, "bool": 8}  # the numbers of FieldDescriptorProto.Type
    for index, (name, kind, many) in enumerate(columns, 1):
        field = message.field.add(name=name, number=index, label=3 if many else 1)
        if kind in numbers:
            field.type = numbers[kind]  # type: ignore[assignment]
        else:
            field.type, field.type_name = 11, kind  # type: ignore[assignment]


def _refuse_circles(tables: Mapping[str, Field]) -> None:
    done: set[str] = set()

    def visit(name: str, open_: tuple[str, ...]) -> None:
        if name in open_:
            circle = " -> ".join([*open_[open_.index(name) :], name])
            what = f"the tables refer to each other in a circle: {circle}"
            raise InputError(what, tables[name].where, "make one of the columns text")
        if name in done:
            return
        for column in tables[name].spec.columns:
            if column.to is not None and column.to in tables and column.to != name:
                visit(column.to, (*open_, name))
        done.add(name)

    for name in tables:
        visit(name, ())
