"""A message of the Jupyter protocol, from its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_client.jsonutil import extract_dates


def message(session: Any, parts: Sequence[bytes]) -> dict[str, Any]:
    """Return a message of the Jupyter protocol from its parts."""
    header, parent, metadata, content = (session.unpack(part) for part in parts[:4])
    return {
        "header": extract_dates(header),
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": parent,
        "metadata": metadata,
        "content": content,
        "buffers": [memoryview(part) for part in parts[4:]],
    }
