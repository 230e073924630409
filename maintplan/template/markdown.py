"""The words of a planning template, read from its Markdown.

The shape is the one of the maintenance and rollout template: a title; headings for the description, what
it produces, the inputs required, the questions, the summary and the validation prompt; and any number of
further lists that go across all questions. A CommonMark parser gives the structure; only the few fixed
openings inside a paragraph (``Question 3:``, ``If No:``) are matched as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from maintplan.errors import InputError, MaintplanError, Problems, Where
from maintplan.template.model import Item, Prompt

_NUMBER = re.compile(r"^\d+\s*[-\u2013\u2014.:]\s*")
_QUESTION = re.compile(r"^Question\s+(\d+)\s*[:.]\s*", re.IGNORECASE)
_OUTCOME = re.compile(r"^If\s+(No|Yes)\s*:\s*", re.IGNORECASE)
_QUOTES = "\"'\u201c\u201d\u2018\u2019"

SHAPE = "compare with the shape of the maintenance-rollout template (maintplan template show maintenance-rollout)"


@dataclass(frozen=True)
class Point:
    """A list item: its words, and the items of a list nested in it."""

    words: str
    nested: tuple[str, ...] = ()
    line: int = 0


@dataclass(frozen=True)
class AskedQuestion:
    """A question as the Markdown words it."""

    number: int
    heading: str
    asks: str
    considers: str
    points: tuple[Point, ...]
    line: int = 0


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

    def lists(self) -> list[SyntaxTreeNode]:
        return [node for node in self.nodes if node.type in ("bullet_list", "ordered_list")]


def slug(words: str) -> str:
    """Make an id from words: lower case, one hyphen for all else, a closing "considerations" dropped.

    >>> slug("CI/CD & release considerations")
    'ci-cd-release'
    """
    text = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    return text.removesuffix("-considerations") or text


def unique(slugs: Iterable[str]) -> list[str]:
    """Number repeated slugs: ``a``, ``a-2``, ``a-3``."""
    seen: dict[str, int] = {}
    result = []
    for each in slugs:
        seen[each] = seen.get(each, 0) + 1
        result.append(each if seen[each] == 1 else f"{each}-{seen[each]}")
    return result


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
    tree = SyntaxTreeNode(MarkdownIt("commonmark").parse(text.removeprefix("\ufeff")))
    titles = [node for node in tree.children if node.type == "heading" and node.tag == "h1"]
    parts = _parts(tree.children)
    if not titles or not parts:
        what = "this is no planning template: it has no title with headings under it"
        raise InputError(what, Where(name, 1), SHAPE)
    reading = _Reading(name, last_line=text.count("\n") + 1)
    words = reading.words(_inline(titles[0]), parts)
    if reading.problems:
        found = sorted(reading.problems, key=lambda problem: problem.where.line or 0)
        raise Problems(found) if len(found) > 1 else found[0]
    return words


def _parts(nodes: Sequence[SyntaxTreeNode]) -> list[_Part]:
    parts: list[_Part] = []
    for node in nodes:
        if node.type == "heading" and node.tag == "h2":
            parts.append(_Part(_inline(node), _line(node)))
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
        prompt = take("the validation prompt", r"^validation")
        return Words(
            title=_NUMBER.sub("", title),
            description=self.paragraphs(description),
            produces=tuple(item.words for item in self.items(produces)),
            inputs=self.items(inputs),
            questions=self.questions(questions),
            sections=self.sections(summary),
            prompt=self.prompt(prompt),
            lists=tuple((part.heading, self.items(part)) for part in left if part.lists()),
        )

    def paragraphs(self, part: _Part | None) -> str:
        if part is None:
            return ""
        text = "\n\n".join(_inline(node) for node in part.nodes if node.type == "paragraph")
        if not text:
            self.problem(f"{part.heading!r} is empty", part.line)
        return text

    def points(self, part: _Part | None) -> tuple[Point, ...]:
        if part is None:
            return ()
        points = tuple(point for node in part.lists() for point in _points(node))
        if not points:
            self.problem(f"{part.heading!r} has no list under it", part.line)
        return points

    def items(self, part: _Part | None) -> tuple[Item, ...]:
        points = self.points(part)
        ids = unique(slug(point.words) for point in points)
        return tuple(Item(each, point.words) for each, point in zip(ids, points, strict=True))

    def questions(self, part: _Part | None) -> tuple[AskedQuestion, ...]:
        if part is None:
            return ()
        found: list[AskedQuestion] = []
        numbers: dict[int, int] = {}
        heading, heading_line, opened = "", part.line, True
        current: AskedQuestion | None = None
        for node in part.nodes:
            if node.type == "heading":
                if not opened:
                    self.problem(f"no question stands under {heading!r}", heading_line)
                heading, heading_line, opened, current = _inline(node), _line(node), False, None
            elif node.type == "paragraph" and (match := _QUESTION.match(_inline(node))):
                number, line = int(match[1]), _line(node)
                if number in numbers:
                    what = f"question {number} is asked twice, first in line {numbers[number]}"
                    self.problem(what, line, "number the questions 1, 2, 3, …")
                numbers.setdefault(number, line)
                asks, considers = _sentence(_inline(node)[match.end() :])
                current = AskedQuestion(number, heading or asks, asks, considers, (), line)
                found.append(current)
                opened = True
            elif node.type in ("bullet_list", "ordered_list") and current is not None:
                points = (*current.points, *_points(node))
                current = AskedQuestion(
                    current.number, current.heading, current.asks, current.considers, points, current.line
                )
                found[-1] = current
        if not opened:
            self.problem(f"no question stands under {heading!r}", heading_line)
        if not found:
            self.problem("there is no question", part.line, "write **Question 1:** and its sentence")
        for question in found:
            if not question.points:
                self.problem(f"question {question.number} has no follow-up considerations", question.line)
        return tuple(found)

    def sections(self, part: _Part | None) -> tuple[tuple[str, str], ...]:
        sections = []
        for point in self.points(part):
            title, _, words = point.words.partition(":")
            sections.append((title.strip(), words.strip()))
        return tuple(sections)

    def prompt(self, part: _Part | None) -> Prompt:
        if part is None:
            return Prompt("", "", "")
        words, outcomes = "", {"no": "", "yes": ""}
        for node in part.nodes:
            texts = [point.words for point in _points(node)] if node.type.endswith("_list") else []
            texts = texts or _inline(node).split("\n")
            for text in texts:
                if match := _OUTCOME.match(text):
                    outcomes[match[1].lower()] = text[match.end() :]
                elif not words:
                    words = text.strip(_QUOTES + " ")
        if not words or not all(outcomes.values()):
            what = "the validation prompt needs its question, 'If No:' and 'If Yes:'"
            self.problem(what, part.line)
        return Prompt(words, outcomes["no"], outcomes["yes"])


def _line(node: SyntaxTreeNode) -> int:
    return node.map[0] + 1 if node.map else 1


def _inline(node: SyntaxTreeNode) -> str:
    """The plain text of a node: emphasis dropped, code and entities as they read."""
    if node.type in ("text", "code_inline", "html_inline", "code_block", "fence"):
        return node.content
    if node.type in ("softbreak", "hardbreak"):
        return "\n"
    return "".join(_inline(child) for child in node.children)


def _points(node: SyntaxTreeNode) -> list[Point]:
    points = []
    for item in node.children:
        paragraphs = [child for child in item.children if child.type == "paragraph"]
        nested = [child for child in item.children if child.type.endswith("_list")]
        words = " ".join(" ".join(_inline(child).split()) for child in paragraphs)
        inner = tuple(_flat(point) for each in nested for point in _points(each))
        if words:
            points.append(Point(words, inner, _line(item)))
    return points


def _flat(point: Point) -> str:
    return point.words if not point.nested else f"{point.words} ({'; '.join(point.nested)})"


def _sentence(text: str) -> tuple[str, str]:
    """Part a question into its first sentence and what follows it."""
    text = " ".join(text.split())
    asks, mark, rest = text.partition("?")
    return (asks + mark, rest.strip()) if mark else (text, "")
