"""Planning templates: the question bank, its words and its data, and the loaders."""

from maintplan.template.load import load
from maintplan.template.model import (
    STAGES,
    TIERS,
    Asked,
    Consideration,
    Field,
    Link,
    Question,
    Recommendation,
    Template,
)
from maintplan.template.parts import (
    Approvals,
    Change,
    CrossCutting,
    Dated,
    Dates,
    Deliverable,
    Drawing,
    Item,
    Need,
    Next,
    Prompt,
    Section,
    Show,
)

__all__ = [
    "STAGES",
    "TIERS",
    "Approvals",
    "Asked",
    "Change",
    "Consideration",
    "CrossCutting",
    "Dated",
    "Dates",
    "Deliverable",
    "Drawing",
    "Field",
    "Item",
    "Link",
    "Need",
    "Next",
    "Prompt",
    "Question",
    "Recommendation",
    "Section",
    "Show",
    "Template",
    "load",
    "load_template",
]

load_template = load
"""`load`, by the name that it has among the names of the package."""
