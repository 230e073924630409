r"""Text for a calendar file, written as it was typed.

icalendar takes a typed ``\N`` for a line break, as in the path ``\\host\Notes``.
"""

from __future__ import annotations

from icalendar import vText


class Text(vText):
    """A text that comes back from the file as it is here."""

    def to_ical(self) -> bytes:
        """Return the text as the file has it."""
        return rb"\\N".join(vText(each).to_ical() for each in self.split(r"\N"))
