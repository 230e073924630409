"""maintplan: interviews a team about one service and turns the answers into its maintenance documents.

Only the names below are meant to be used as ``maintplan.NAME``; everything else is reached by its module.
They are imported on first use, so that ``import maintplan`` stays cheap: no pandas, no papermill, no widgets.

=================  ==================================================================================
``open_plan``      opens the plan at an address: ``maintplan.open_plan("plan.yaml").plan``
``Plan``           one service's plan, as frozen data; `maintplan.plan.edits` makes changed copies
``stand``          works out how a plan stands: what is asked, decided and missing, as a `Standing`
``differences``    what is different between two plans, place by place
``Interview``      the walk through a plan, without any screen
``Session``        one plan in a notebook, from its parameters to its documents
``show``           shows parts of a session under a notebook's cell
``load_template``  loads a question bank by its name or path
=================  ==================================================================================

Every error is a `MaintplanError`; `InputError` and `RefusedError` are the two that a caller may want to tell
apart, and `describe` says any of them in one line. Clock, names of people and folders are always arguments.

>>> import maintplan
>>> bank = maintplan.load_template("maintenance-rollout")
>>> len(bank.questions)
10
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import lazy_loader as _lazy

if TYPE_CHECKING:
    from maintplan.errors import InputError, MaintplanError, RefusedError, describe
    from maintplan.interview import Interview
    from maintplan.plan import Plan, Standing, stand
    from maintplan.plan.diff import differences
    from maintplan.session import Session, show
    from maintplan.store import open_plan
    from maintplan.template import load_template

__version__ = "0.1.0"

# Module -> the names it gives to users. A name added here is also added to __all__, and imported under
# `if TYPE_CHECKING:` for editors and type checkers; a test compares the three.
_NAMES: dict[str, list[str]] = {
    "errors": ["InputError", "MaintplanError", "RefusedError", "describe"],
    "interview": ["Interview"],
    "plan": ["Plan", "Standing", "stand"],
    "plan.diff": ["differences"],
    "session": ["Session", "show"],
    "store": ["open_plan"],
    "template": ["load_template"],
}

__getattr__, __dir__, _offered = _lazy.attach(__name__, submod_attrs=_NAMES)

__all__ = [
    "InputError",
    "Interview",
    "MaintplanError",
    "Plan",
    "RefusedError",
    "Session",
    "Standing",
    "__version__",
    "describe",
    "differences",
    "load_template",
    "open_plan",
    "show",
    "stand",
]
