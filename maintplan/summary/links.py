"""Which addresses a document may link to: web pages, mail addresses and places within itself.

Everything else (scripts, files, data) stays text. Nothing here asks whether an address exists.
"""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"(?:https?://[^\s/?#]|mailto:[^\s@]+@|#.)", re.IGNORECASE)
# Browsers drop these from an address before they read its scheme, so that "java\nscript:" runs.
_DROPPED = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\\<>\"`]")
BARE = re.compile(r"https?://[^\s<>\"'`\\^{}|]*[^\s<>\"'`\\^{}|.,;:!?*_~)\]]", re.IGNORECASE)
"""An address that a person typed as plain text; a closing full stop or bracket belongs to the sentence."""


def allowed(address: str | None) -> str | None:
    """Return an address that may become a link with unsafe characters escaped, or None.

    Parameters
    ----------
    address
        What was given as an address.

    Examples
    --------
    >>> allowed("https://example.org/a b")
    'https://example.org/a%20b'
    >>> allowed("javascript:alert(1)") is None
    True
    """
    if not address or not _ALLOWED.match(address):
        return None
    return _DROPPED.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), address)
