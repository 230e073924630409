"""Expressions of rules: checked when they are loaded, compiled again to be evaluated when first needed.

The check runs over message types (see `types`) and refuses syntax, unknown names and columns, and types that
don't fit. What a type can't say is refused from the text: ``has()`` on a field, and loops within loops.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from maintplan.errors import InputError, Where, unknown
from maintplan.expressions.bare import closing, read, refuse_growth, too_deep
from maintplan.review.types import FOLLOWED, LIMITS, PACKAGE, Types

if TYPE_CHECKING:
    from cel_expr_python import cel

_NAME = re.compile(r"(?<![.\w])[A-Za-z_]\w*(?:\s*\.\s*[A-Za-z_]\w*)*")
_HAS = re.compile(rf"\bhas\s*\(\s*({_NAME.pattern})\s*\)")
_LOOP = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")
_PLACE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
_UNDECLARED = re.compile(r"undeclared reference to '([^']+)'")
_UNDEFINED = re.compile(rf"undefined field '([^']+)' not found in struct '{PACKAGE}\.([^']+)'")
_NO_VALUE = re.compile(r'No value with name "([^"]+)"')
_NO_KEY = re.compile(r'Key not found in map : "(.*)"')

_OF_TYPE = {
    "duration": "duration('1s')",
    "timestamp": "timestamp('2000-01-01T00:00:00Z')",
    "double": "1.0",
    "string": "''",
}
"""Something of each type that a limit can have."""

_FEW = 30
"""Rows of which each is looked at by itself where not all can be judged at once."""

_PART = 8
"""Rows that are judged at once where there are more: each may pass through a thousand others."""


@dataclass(frozen=True)
class Blocked:
    """An expression can't be decided: a value is missing.

    Attributes
    ----------
    name
        The name without a value, or None when it is a cell.
    column
        The column of the cell that is empty.
    """

    name: str | None = None
    column: str | None = None


@dataclass(frozen=True)
class Failed:
    """An expression can't be evaluated on these values at all."""

    why: str


@dataclass(frozen=True)
class Compiled:
    """An expression that was checked.

    Attributes
    ----------
    text
        As it was written.
    names
        The names that it looks at; ``row``, ``prev`` and ``limit`` among them.
    where
        The line that holds it.
    rule
        The rule that it belongs to, by whose id its limit is looked up.
    """

    text: str
    names: frozenset[str]
    where: Where
    rule: str
    _types: Types

    @cached_property
    def _expression(self) -> cel.Expression | Failed:
        return self._compiled(self.text)

    @cached_property
    def _over_rows(self) -> dict[tuple[str, int], cel.Expression | Failed]:
        return {}

    def _compiled(self, text: str) -> cel.Expression | Failed:
        """Compile a text for evaluation, ``limit`` bound to the rule's own; all of them stand in one map."""
        if "limit" in self.names:
            text = f"[{LIMITS}[{json.dumps(self.rule)}]].map(limit, (\n{text}\n))[0]"
        try:
            return self._types.evaluating.compile(text)
        except Exception as error:  # noqa: BLE001 - it was checked over other types; a review never stops
            return Failed(_first(str(error)))

    def prepare(self) -> None:
        """Compile it for evaluation now, and not when it is first needed."""
        _ = self._expression

    def value(self, values: cel.Activation) -> Any | Blocked | Failed:
        """Evaluate over values, see `Types.activation`."""
        return _evaluated(self._expression, values)

    def under(self, condition: Compiled | None, table: str | None) -> Compiled:
        """Return whether it is true, of each row if there is a table; null where a condition is false."""
        text = f"{table}.all(row, (\n{self.text}\n))" if table else self.text
        names = self.names
        if condition is not None:
            text = f"(\n{condition.text}\n) ? dyn(\n{text}\n) : dyn(null)"
            names |= condition.names
        return Compiled(text, names, self.where, self.rule, self._types)

    def by_row(self, table: str, rows: int, values: cel.Activation) -> list[Any]:
        """Return the outcome for each row of a table; None for a row that has to be looked at by itself.

        Parameters
        ----------
        rows
            How many rows there are.
        """
        if "prev" not in self.names or rows <= _FEW:
            # Rows that look at the one before are counted out, once for each number of them.
            key = (table, rows if "prev" in self.names else 0)
            if key not in self._over_rows:
                text = f"{table}.map(row, (\n{self.text}\n))"
                self._over_rows[key] = self._compiled(self._rows(table, range(rows)) if key[1] else text)
            found = _evaluated(self._over_rows[key], values)
            if isinstance(found, list):
                return found
        if rows <= _FEW:
            return [None] * rows
        # All at once was too much, or one can't be decided: some at a time, over the same values.
        outcomes: list[Any] = []
        for start in range(0, rows, _PART):
            part = range(start, min(start + _PART, rows))
            found = _evaluated(self._compiled(self._rows(table, part)), values)
            outcomes.extend(found if isinstance(found, list) else [None] * len(part))
        return outcomes

    def _rows(self, table: str, rows: range) -> str:
        """Return it as an expression over some rows of a table."""
        text = f"(\n{self.text}\n)"
        if "prev" in self.names:
            text = f"[at > 0 ? {table}[at - 1] : {{}}].map(prev, {text})[0]"
        return f"{list(rows)}.map(at, [{table}[at]].map(row, {text})[0])"


def _evaluated(expression: cel.Expression | Failed, values: cel.Activation) -> Any | Blocked | Failed:
    if isinstance(expression, Failed):
        return expression
    try:
        found = expression.eval(values)
        value = found.plain_value()
        if value is True or value is False or not isinstance(value, str) or found.type().name() != "ERROR":
            return value
    except Exception as error:  # noqa: BLE001 - the native module raises what it likes, and a review never does
        return Failed(_first(str(error)))
    if match := _NO_VALUE.search(value):
        return Blocked(name=match[1])
    if match := _NO_KEY.search(value):
        return Blocked(column=match[1])
    return Failed(_first(value))


def compile_expression(
    text: str,
    types: Types,
    where: Where,
    *,
    rule: str,
    each: str | None,
    limit: str | None,
    condition: bool = True,
) -> Compiled:
    """Check an expression.

    Parameters
    ----------
    text
        The CEL text.
    types
        The names and types of the template.
    where
        The line that holds it, for errors.
    rule
        The rule that it belongs to.
    each, limit
        The table whose rows are judged, and the CEL type of the limit, where there are any.
    condition
        Whether it has to give a boolean.

    Raises
    ------
    InputError
        When it is too long or deep, does not compile, or loops within a loop.
    """
    code = read(text, where)
    if not _closes_what_it_opens(code):
        what = "the expression does not compile: its brackets have no partners"
        raise InputError(what, where, "close each bracket that it opens, and no other")
    own = {name for name, has in (("row", each), ("prev", each), ("limit", limit)) if has}
    known = types.names | own
    for found in _HAS.finditer(code):
        name = _joined(found[1])
        if name in known:
            mend = f"write {name}.given" if name in types.template.named else "leave has() out"
            raise InputError(f"has({name}) is not for fields, only for a row's columns", where, mend)
    _refuse_nested_loops(code, types, where)
    refuse_growth(code, where)
    try:
        kind = types.checking.compile(_typed(text, each, limit)).return_type().name().lower()
    except Exception as error:  # noqa: BLE001 - the native module has one class of its own for all
        raise _refusal(str(error), text, types, where, known) from None
    if condition and kind != "bool":
        raise InputError(f"the expression gives {kind}", where, "make it a condition, true or false")
    names = (_longest(_joined(name), known) for name in _NAME.findall(code))
    return Compiled(text, frozenset(name for name in names if name), where, rule, types)


def _typed(text: str, each: str | None, limit: str | None) -> str:
    """Give ``row``, ``prev`` and ``limit`` their types by loops around it; it begins in line 2."""
    around = [f"{each}.map({name}, " for name in ("row", "prev") if each]
    if limit is not None:
        around.append(f"[{_OF_TYPE[limit]}].map(limit, ")
    return f"{''.join(around)}(\n{text}\n){')[0]' * len(around)}"


def _refusal(message: str, text: str, types: Types, where: Where, known: frozenset[str]) -> InputError:
    found = _PLACE.search(message)
    line, column, words = (int(found[1]) - 1, int(found[2]), found[3]) if found else (1, 1, message)
    lines = text.split("\n")
    if line > len(lines):  # at the bracket of ours that closes it
        line, column, words = len(lines), len(lines[-1]) + 1, words.replace("')'", "its end", 1)
    spot = f"column {column}" if line == 1 else f"line {line}, column {column} of it"
    if "recursion" in message:
        return too_deep(where)
    error = None
    if undeclared := _UNDECLARED.search(words):
        error = _not_there(undeclared[1], known, where)
    if (undefined := _UNDEFINED.search(words)) and undefined[2] in types.columns:
        error = unknown("column", undefined[1], types.columns[undefined[2]], where)
    if error is not None:
        return InputError(f"{error.what} ({spot})", where, error.mend)
    for noise in (" (in container", " expecting {", " [INVALID_ARGUMENT]"):
        words = words.split(noise, 1)[0]
    words = words.replace("google.protobuf.", "")
    for name, message_type in types.messages.items():
        for ending in (FOLLOWED, ""):
            words = words.replace(f"{PACKAGE}.{message_type}{ending}", f"a row of {name}")
    mend = "write numbers as 20.0, and lengths of time as duration('4h')" if "double, int" in words else None
    return InputError(f"the expression does not compile: {_first(words)} ({spot})", where, mend)


def _not_there(name: str, known: frozenset[str], where: Where) -> InputError:
    if name in {"row", "prev"}:
        return InputError(f"there is no {name} here", where, "add each: question.table")
    if name == "limit":
        return InputError("there is no limit here", where, "add limit: {1: 30d, 2: 90d}")
    near = [each for each in known if each.startswith(name.split(".", maxsplit=1)[0] + ".")]
    return unknown("name", name, near or known, where)


def _longest(dotted: str, known: frozenset[str]) -> str | None:
    parts = dotted.split(".")
    for end in range(len(parts), 0, -1):
        if (name := ".".join(parts[:end])) in known:
            return name
    return None


def _joined(dotted: str) -> str:
    return "".join(dotted.split())


def _first(text: str) -> str:
    return text.splitlines()[0][:300] if text else text


def _closes_what_it_opens(text: str) -> bool:
    """Whether each bracket has its partner within the text: it stands within brackets of ours."""
    open_: list[str] = []
    for character in text:
        if character in "([{":
            open_.append(character)
        elif character in ")]}" and (not open_ or open_.pop() + character not in ("()", "[]", "{}")):
            return False
    return not open_


def _refuse_nested_loops(code: str, types: Types, where: Where) -> None:
    """Refuse a loop over a table within a loop over a table: of 1,000 rows it would take a million passes."""
    loops = list(_loops_over_tables(code, types))
    for start, end, outer in loops:
        for inner_start, _, inner in loops:
            if start < inner_start < end:
                what = f"a loop over {inner} stands within a loop over {outer}"
                raise InputError(what, where, "use each: for one of them, or follow a reference")


def _loops_over_tables(code: str, types: Types) -> Iterator[tuple[int, int, str]]:
    """Yield where the brackets of each loop over a table begin and end, and the table."""
    for found in _LOOP.finditer(code):
        begins = _receiver(code, found.start())
        names = (_longest(_joined(name), types.names) for name in _NAME.findall(code[begins : found.start()]))
        table = next((name for name in names if name in types.tables), None)
        if table is not None:
            yield found.end() - 1, closing(code, found.end() - 1), table


def _receiver(text: str, at: int) -> int:
    """Return where the expression begins that a loop is called on."""
    depth, index = 0, at - 1
    while index >= 0:
        character = text[index]
        if character in ")]}":
            depth += 1
        elif character in "([{":
            if depth == 0:
                break
            depth -= 1
        elif depth == 0 and not (character.isalnum() or character in "_." or character.isspace()):
            break
        index -= 1
    return index + 1
