"""Days of the calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from maintplan.fields.base import Scalar, Schema, Value, refuse
from maintplan.fields.given import quoted
from maintplan.fields.patterns import whole
from maintplan.fields.spec import Spec
from maintplan.fields.wording import calendar_date
from maintplan.fields.words import ENGLISH, Words

FIRST_YEAR, LAST_YEAR = 1970, 2200
# One digit is enough for a month or a day, because usual YAML parsers make a date of that too.
_DATE = "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
_READ = re.compile(_DATE)
_MEND = "write a date as year-month-day, such as 2026-12-01"


def canonical(text: str) -> str:
    """Return a date as ISO 8601 writes it.

    Raises
    ------
    ValueProblem
        When it is no day of the calendar from 1970 to 2200.
    """
    found = _READ.fullmatch(text)
    if not found:
        raise refuse(f"{quoted(text)} is not a date", _MEND)
    year, month, day = (int(part) for part in found.groups())
    try:
        value = date(year, month, day)
    except ValueError:
        raise refuse(f"{quoted(text)} is not a day of the calendar", _MEND) from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise refuse(f"the year of {quoted(text)} is not from {FIRST_YEAR} to {LAST_YEAR}", _MEND)
    return value.isoformat()


class Date(Scalar):
    """A day of the calendar as ISO 8601 text."""

    name = "date"
    cel_type = "timestamp"

    def read_text(self, text: str, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Return ISO 8601 text."""
        return canonical(text)

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return _MEND.removeprefix("write ")

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:  # noqa: ARG002 - the kind's contract
        """Show it with the month's name: ``1 December 2026``."""
        return calendar_date(str(value), words)

    def to_cel(self, value: Value, spec: Spec) -> datetime:  # noqa: ARG002 - the kind's contract
        """Return the first moment of that day in UTC."""
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe a date in ISO 8601."""
        return [{"type": "string", "pattern": whole(_DATE)}]
