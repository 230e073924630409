"""maintplan: interviews a team about one service and turns the answers into its maintenance documents.

Only the names below are meant to be used as ``maintplan.NAME``; everything else is reached by its module.
They are imported on first use, so that ``import maintplan`` stays cheap: no pandas, no papermill, no widgets.
"""

from __future__ import annotations

import lazy_loader as _lazy

__version__ = "0.1.0"

# Module -> the names it gives to users. A name added here is also added to __all__, and imported under
# `if TYPE_CHECKING:` for editors and type checkers.
_NAMES: dict[str, list[str]] = {}

__getattr__, __dir__, _offered = _lazy.attach(__name__, submod_attrs=_NAMES)

__all__ = ["__version__"]
