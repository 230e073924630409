"""Web addresses that may be stored: no password travels in them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from maintplan.fields.base import Schema, refuse
from maintplan.fields.given import quoted
from maintplan.fields.kinds.text import Text
from maintplan.fields.patterns import any_case, whole
from maintplan.fields.spec import Spec

# White space, and what ends an address in HTML or Markdown.
_UNFIT = re.compile(r'[\s<>"\\`]')
_LOGIN = re.compile(r"//.*@")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_MEND = "write a web address such as https://example.com/page"


class Url(Text):
    """An address that begins with ``http://`` or ``https://`` and names a host."""

    name = "url"

    def read_text(self, text: str, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Return the address as it was written."""
        # An error text is stored too, in a log or an executed notebook.
        shown = quoted(_LOGIN.sub("//…@", text))
        if _UNFIT.search(text):
            raise refuse(
                f"{shown} holds a character that no address has", "write it percent-encoded, such as %20"
            )
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise refuse(f"{shown} is not a web address", _MEND) from None
        if "@" in parts.netloc:
            raise refuse("the address holds a user name or password, which would be stored", "leave it out")
        if parts.scheme not in {"http", "https"}:
            near = "://" in text or _SCHEME.match(text)
            raise refuse(f"{shown} is not a web address", _MEND if near else "begin it with https://")
        if not host:
            raise refuse(f"{shown} names no host", _MEND)
        return text

    def what_is_right(self, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Name what should be written."""
        return _MEND.removeprefix("write ")

    def forms(self, spec: Spec) -> list[Schema]:  # noqa: ARG002 - the kind's contract
        """Describe an address."""
        return [{"type": "string", "pattern": whole(rf"{any_case('http')}[sS]?:\S+")}]
