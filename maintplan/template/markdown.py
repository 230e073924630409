"""The words of a planning template, read from its Markdown.

The shape is the one of the maintenance and rollout template: a title; headings for the description, what
it produces, the inputs required, the questions, the summary and the validation prompt; and any number of
further lists that go across all questions. A CommonMark parser gives the structure; only the few fixed
openings inside a paragraph (``Question 3:``, ``If No:``) are matched as text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from maintplan.errors import InputError, MaintplanError, Problems, Where
from maintplan.template import nodes
from maintplan.template.asking import AskedQuestion, Asking
from maintplan.template.nodes import Point
from maintplan.template.parts import Item, Prompt
from maintplan.template.slugs import slug, unique

_NUMBER = re.compile(r"^\d+\s*[-\u2013\u2014.:]\s*")
_OUTCOME = re.compile(r"^If\s+(No|Yes)\s*:\s*", re.IGNORECASE)
_QUOTES = "\"'\u201c\u201d\u2018\u2019"
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

SHAPE = "compare with maintplan template show maintenance-rollout"


@dataclass(frozen=True)
class Words:
    """Everything that a template's Markdown says."""

    title: str
    description: str
    produces: tuple[str, ...]
    inputs: tuple[Item, ...]
    questions: tuple[AskedQuestion, ...]
    sections: tuple[tuple[str, str], ...]
    prompt: Prompt
    lists: tuple[tuple[str, tuple[Item, ...]], ...]


@dataclass
class _Part:
    """A second-level heading with what stands under it."""

    heading: str
    line: int
    nodes: list[SyntaxTreeNode] = field(default_factory=list)

    def points(self) -> tuple[Point, ...]:
        lists = (node for node in self.nodes if nodes.is_list(node))
        return tuple(point for node in lists for point in nodes.points(node))


def read(text: str, name: str) -> Words:
    """Read the words of a template.

    Parameters
    ----------
    text
        The Markdown.
    name
        The file's name, for errors.

    Raises
    ------
    Problems, InputError
        When a part is missing or not in its shape; each error names the line.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if found := _FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        what = f"the control character U+{ord(found[0]):04X} stands in the text"
        raise InputError(what, Where(name, line), "take it out")
    tree = SyntaxTreeNode(MarkdownIt("commonmark").parse(text))
    titles = [node for node in tree.children if node.type == "heading" and node.tag == "h1"]
    parts = _parts(tree.children)
    if not titles or not parts:
        what = "this is no planning template: it has no title with headings under it"
        raise InputError(what, Where(name, 1), SHAPE)
    reading = _Reading(name, last_line=text.rstrip("\n").count("\n") + 1)
    words = reading.words(nodes.inline(titles[0]), parts)
    if reading.problems:
        problems = sorted(reading.problems, key=lambda problem: problem.where.line or 0)
        raise Problems(problems) if len(problems) > 1 else problems[0]
    return words


def _parts(content: Sequence[SyntaxTreeNode]) -> list[_Part]:
    parts: list[_Part] = []
    for node in content:
        if node.type == "heading" and node.tag == "h2":
            parts.append(_Part(nodes.inline(node), nodes.line(node)))
        elif parts:
            parts[-1].nodes.append(node)
    return parts


class _Reading:
    """One pass over the parts, gathering problems instead of stopping at the first."""

    def __init__(self, name: str, last_line: int) -> None:
        self.name = name
        self.last_line = last_line
        self.problems: list[MaintplanError] = []

    def problem(self, what: str, line: int, mend: str = SHAPE) -> None:
        self.problems.append(InputError(what, Where(self.name, line), mend))

    def words(self, title: str, parts: list[_Part]) -> Words:
        left = list(parts)

        def take(what: str, *openings: str) -> _Part | None:
            for part in left:
                heading = part.heading.lower()
                if any(re.search(opening, heading) for opening in openings):
                    left.remove(part)
                    return part
            self.problem(f"the part with {what} is missing", self.last_line)
            return None

        description = take("the description", r"^description")
        produces = take("what the template produces", r"produces", r"^deliverables")
        inputs = take("the inputs required", r"^inputs", r"^required inputs")
        questions = take("the questions", r"questions")
        summary = take("the summary sections", r"summary")
        prompt = take("the validation prompt", r"^validation", r"\bprompt\b")
        return Words(
            title=_NUMBER.sub("", " ".join(title.split())),
            description=self.paragraphs(description),
            produces=tuple(item.words for item in self.items(produces)),
            inputs=self.items(inputs),
            questions=Asking(self.problem).read(questions.nodes, questions.line) if questions else (),
            sections=self.sections(summary),
            prompt=self.prompt(prompt),
            lists=tuple((part.heading, self.items(part)) for part in left if part.points()),
        )

    def paragraphs(self, part: _Part | None) -> str:
        if part is None:
            return ""
        text = "\n\n".join(nodes.inline(node) for node in part.nodes if node.type == "paragraph")
        if not text:
            self.problem(f"{part.heading!r} is empty", part.line)
        return text

    def points(self, part: _Part | None) -> tuple[Point, ...]:
        if part is None:
            return ()
        points = part.points()
        if not points:
            self.problem(f"{part.heading!r} has no list under it", part.line)
        return points

    def items(self, part: _Part | None) -> tuple[Item, ...]:
        points = self.points(part)
        ids = unique(slug(point.words) for point in points)
        return tuple(Item(each, point.words) for each, point in zip(ids, points, strict=True))

    def sections(self, part: _Part | None) -> tuple[tuple[str, str], ...]:
        sections = []
        for point in self.points(part):
            title, _, words = point.words.partition(":")
            sections.append((title.strip(), words.strip()))
        return tuple(sections)

    def prompt(self, part: _Part | None) -> Prompt:
        """Read the prompt's question and what follows a No and a Yes; each may go over several lines."""
        if part is None:
            return Prompt("", "", "")
        said: dict[str, list[str]] = {"words": [], "no": [], "yes": []}
        current = "words"
        for text in _lines(part.nodes):
            if match := _OUTCOME.match(text):
                current = match[1].lower()
                text = text[match.end() :]  # noqa: PLW2901 - the outcome without its opening
            said[current].append(text)
        words, no, yes = (" ".join(" ".join(lines).split()) for lines in said.values())
        if not (words and no and yes):
            what = "the validation prompt needs its question, 'If No:' and 'If Yes:'"
            self.problem(what, part.line)
        return Prompt(words.strip(_QUOTES + " "), no, yes)


def _lines(content: Sequence[SyntaxTreeNode]) -> list[str]:
    lines: list[str] = []
    for node in content:
        if nodes.is_list(node):
            lines.extend(point.words for point in nodes.points(node))
        elif node.type in ("paragraph", "blockquote"):
            lines.extend(nodes.inline(node).split("\n"))
    return lines
