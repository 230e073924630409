"""Errors as sentences for the screen."""

from __future__ import annotations

from maintplan.errors import MaintplanError, RefusedError
from maintplan.words import words

_REASONS = 5


def sentence(error: MaintplanError) -> str:
    """Say an error as the sentence beside a field."""
    parts = [part[:1].upper() + part[1:] for part in (error.what, error.mend) if part]
    return " ".join(part if part.endswith((".", "?")) else f"{part}." for part in parts)


def sentence_of(error: MaintplanError) -> str:
    """Say an error as a sentence for the screen, its reasons with it."""
    reasons = error.reasons if isinstance(error, RefusedError) else ()
    said = [f"{reason[:1].upper()}{reason[1:]}." for reason in reasons[:_REASONS]]
    if left := sum(getattr(each, "things", 1) for each in reasons[_REASONS:]):
        said.append(words("en")(f"app.counts.reason_{'one' if left == 1 else 'many'}", count=left))
    return " ".join([sentence(error), *said])
