"""The reviewer: a plan checked against itself by the rules of its template.

>>> from maintplan.review import load, review
>>> found = review(stand(plan), load(plan.template), today)  # doctest: +SKIP

Rules are data (``rules.yaml``, in CEL). Loading refuses what is wrong with its line; judging never raises.
"""

from maintplan.review.actions import SETTLED, action_for
from maintplan.review.examples import check_examples
from maintplan.review.findings import DANGLING, SEVERITIES, Finding, Review, Severity, Waiting, by_field
from maintplan.review.judging import review, review_again, review_touching
from maintplan.review.readiness import Part, Readiness, readiness
from maintplan.review.rules import Limit, Rule, Rules, load

__all__ = [
    "DANGLING",
    "SETTLED",
    "SEVERITIES",
    "Finding",
    "Limit",
    "Part",
    "Readiness",
    "Review",
    "Rule",
    "Rules",
    "Severity",
    "Waiting",
    "action_for",
    "by_field",
    "check_examples",
    "load",
    "readiness",
    "review",
    "review_again",
    "review_touching",
]
