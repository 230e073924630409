"""The questions of a template's Markdown: number, heading, wording and the points to consider.

A question is a paragraph that begins with ``Question 3:``, under a heading of its own, or such a heading;
the lists below it are its considerations.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from maintplan.template import nodes
from maintplan.template.nodes import Point

if TYPE_CHECKING:
    from markdown_it.tree import SyntaxTreeNode

_QUESTION = re.compile(r"^Question\s+(\d{1,4})\s*[:.)\u2013\u2014-]\s*", re.IGNORECASE)

Problem = Callable[..., None]


@dataclass(frozen=True)
class AskedQuestion:
    """A question as the Markdown words it."""

    number: int
    heading: str
    asks: str
    considers: str
    points: tuple[Point, ...]
    line: int = 0


class Asking:
    """One pass over the part with the questions.

    Parameters
    ----------
    problem
        Takes what is wrong, with its line.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.found: list[AskedQuestion] = []
        self.heading: tuple[str, int] | None = None
        self.current: AskedQuestion | None = None

    def read(self, content: Iterable[SyntaxTreeNode], at: int) -> tuple[AskedQuestion, ...]:
        """Return the questions; `at` is the line of the part's own heading."""
        for node in content:
            if node.type == "heading":
                self._heading(node)
            elif node.type == "paragraph":
                self._paragraph(node)
            elif nodes.is_list(node) and self.current is not None:
                self._now(replace(self.current, points=(*self.current.points, *nodes.points(node))))
        self._close()
        if not self.found:
            self.problem("there is no question", at, "write **Question 1:** and its sentence")
        for question in self.found:
            if not question.points:
                self.problem(f"question {question.number} has no follow-up considerations", question.line)
        return tuple(self.found)

    def _close(self) -> None:
        """Say that a heading has no question under it."""
        if self.heading is not None and self.current is None:
            self.problem(f"no question stands under {self.heading[0]!r}", self.heading[1])

    def _heading(self, node: SyntaxTreeNode) -> None:
        text = nodes.inline(node)
        if match := _QUESTION.match(text):
            self._question(int(match[1]), text[match.end() :], nodes.line(node))
            return
        self._close()
        self.heading, self.current = (text, nodes.line(node)), None

    def _paragraph(self, node: SyntaxTreeNode) -> None:
        text = nodes.inline(node)
        if match := _QUESTION.match(text):
            self._question(int(match[1]), text[match.end() :], nodes.line(node))
        elif self.current is not None and not text.rstrip().endswith(":"):
            # What ends with a colon only announces the list below it.
            more = f"{self.current.considers} {' '.join(text.split())}".strip()
            self._now(replace(self.current, considers=more))

    def _question(self, number: int, text: str, at: int) -> None:
        before = next((each.line for each in self.found if each.number == number), None)
        if before is not None:
            what = f"question {number} is asked twice, first in line {before}"
            self.problem(what, at, "number the questions 1, 2, 3, …")
        asks, considers = _sentence(text)
        if not asks:
            self.problem(
                f"question {number} has no words", at, f"write **Question {number}:** and its sentence"
            )
        own = self.heading[0] if self.heading and self.current is None else ""
        self.current = AskedQuestion(number, own or asks, asks, considers, (), at)
        self.found.append(self.current)

    def _now(self, changed: AskedQuestion) -> None:
        self.found[-1] = self.current = changed


def _sentence(text: str) -> tuple[str, str]:
    """Part a question into its first sentence and what follows it."""
    lines = text.rstrip().split("\n")
    if len(lines) > 1 and lines[-1].rstrip().endswith(":"):
        lines.pop()  # it announces the list below
    text = " ".join(" ".join(lines).split())
    asks, mark, rest = text.partition("?")
    return (asks + mark, rest.strip()) if mark else (text, "")
