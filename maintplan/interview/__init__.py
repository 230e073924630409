"""The walk through a plan: required inputs, the questions one at a time, the summary, the prompt.

`Interview` knows no screen and does no I/O. Widgets render it; `headless` drives it with given answers.
"""

from __future__ import annotations

from maintplan.interview.known import Missing
from maintplan.interview.steps import Kind, Step, steps
from maintplan.interview.walk import Asked, Interview, Progress

__all__ = ["Asked", "Interview", "Kind", "Missing", "Progress", "Step", "steps"]
