"""Who sits at the keyboard, as the machine knows it; looked up at the edge and passed in below."""

from __future__ import annotations

import getpass


def of_the_account() -> str:
    """Return the name of the account that this process runs under; empty where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # such as a container's number without a name
        return ""
