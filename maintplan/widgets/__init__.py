"""The screens: the walk as an app and in a notebook, one question at a time.

>>> Question("rollout", "plan.yaml").show()  # doctest: +SKIP
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"app": ["App"], "question": ["Question"], "walk": ["Walk"]}
)
