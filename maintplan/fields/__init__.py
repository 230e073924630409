"""The kinds of value: how each is read, checked, shown, written and described.

A value is plain JSON-like data in its kind's canonical form. What a field is called, when it is asked and
what is recommended for it is the template's; where a value stands is the plan's.

>>> spec = Spec(kind="duration", id="rto", label="Restore within")
>>> parse("4 hours", spec)
'4h'
>>> show("4h", spec)
'4 hours'
"""

from __future__ import annotations

from maintplan.fields import duration, kinds
from maintplan.fields.base import (
    KINDS,
    Kind,
    Schema,
    Value,
    cel_type,
    is_seen_as_it_is,
    kind,
    parse,
    schema,
    show,
    text,
    to_cel,
)
from maintplan.fields.keys import row_selector
from maintplan.fields.spec import Spec
from maintplan.fields.words import ENGLISH, Words

__all__ = [
    "ENGLISH",
    "KINDS",
    "Kind",
    "Schema",
    "Spec",
    "Value",
    "Words",
    "cel_type",
    "duration",
    "is_seen_as_it_is",
    "kind",
    "kinds",
    "parse",
    "row_selector",
    "schema",
    "show",
    "text",
    "to_cel",
]
