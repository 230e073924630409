"""One file per kind of value; importing this package registers them all."""

from maintplan.fields.kinds import (
    boolean,
    choice,
    date,
    duration,
    integer,
    markdown,
    number,
    percent,
    reference,
    schedule,
    several,
    table,
    text,
    url,
    version,
)

__all__ = [
    "boolean",
    "choice",
    "date",
    "duration",
    "integer",
    "markdown",
    "number",
    "percent",
    "reference",
    "schedule",
    "several",
    "table",
    "text",
    "url",
    "version",
]
