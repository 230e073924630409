"""The handover: one archive of a complete plan, which can be asked whether anything in it was changed.

`bundle.make` puts it together, `verifying.verify` looks at one. The manifest names every file with its
SHA-256, an SSH signature stands over the manifest, and the sign-off is bound to the plan's content. Hashes
alone prove nothing, since whoever edits a file can compute them anew: without a signature a bundle is called
unsigned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from maintplan.handover.bundle import NAME, check, make
    from maintplan.handover.verifying import Verdict, verify

__getattr__, __dir__, _ = _lazy.attach(
    __name__, submod_attrs={"bundle": ["NAME", "check", "make"], "verifying": ["Verdict", "verify"]}
)

__all__ = ["NAME", "Verdict", "check", "make", "verify"]
