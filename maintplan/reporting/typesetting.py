"""A document as the data that ``templates/report/document.typ`` sets in type.

What needs measuring is decided here: the widths of columns, which tables turn their page, what is small
enough to stay on one page, and where a word that fits no line breaks. The template decides the look. What a
person typed is data to it, never code.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, zip_longest
from typing import Any

from maintplan.reporting import flow, pictures, widths
from maintplan.reporting.faces import MONO, SANS, SERIF, UNSEEN, Faces
from maintplan.reporting.paper import Paper, Sheet
from maintplan.reporting.widths import Setting
from maintplan.summary import escaping

Data = dict[str, Any]

ACROSS, DOWN = 595.28, 841.89
"""A4, in points."""
SIDE, TOP, BOTTOM, GAP, GUTTER = 56.7, 68.0, 62.0, 9.0, 22.0
SIZES = {"text": 10.5, "table": 9.3, "note": 9.3, "code": 8.6}
_AFTER_SIGNS = re.compile(r"(?<=[/\\_.?&=,:;])(?=[^/\\_.?&=,:;])")
_DATE = re.compile(r"\b\d{1,2}\.?[ \xa0][^\W\d_]{3,} \d{4}\b")
_PARTED = re.compile("[-/]")
_UNIT = 24
"""Characters up to which a word is not parted at a slash: "3600 requests/s"; an address is."""
_DATED = re.compile(rf"{_DATE.pattern}\S*|{widths.PARTS.pattern}")
"""As `maintplan.reporting.widths.PARTS`, a date with its year being one: "26 November 2026"."""
_SOFT_AT_THE_END = re.compile("\N{SOFT HYPHEN}+$", re.MULTILINE)
"""What Typst makes no PDF of, at the end of a link that ends a line; it says nothing there."""
_INDENT, _NARROWEST = 18.0, 60.0
_CODE_INSET = 20.0
_NARROW_LINES = 36
"""Lines that a section may take to stand beside another."""
_SHARES = (0.5, 0.46, 0.54, 0.42, 0.58, 0.38, 0.62)
"""Shares of the page's width that are tried for the left of two that stand side by side."""
_LEADING = 0.6
"""Lines that the space around a row takes."""
_KEPT_LINES = 14
"""What has at most so many lines stays on one page."""
_KEPT_TABLE = 8
"""A table repeats its header, so that it may break sooner; a page half empty is worse."""
_FIRST, _MOST_ROOM = 2, 260.0
"""Rows that a table has at a page's foot at least; and points beyond which they are not waited for."""
_LINE, _ROW, _CAPTION = 1.22, 5.0, 20.0
"""What a line of a table takes, by its size; what the space around a row, and a label, take in points."""
_TURNED = ACROSS - TOP - BOTTOM - 90
"""Points that a turned page has for the rows of a table, below headings and labels."""
_HIGH, _WORTH = 5, 0.8
"""Lines up to which a row is no reason to set a table smaller; and how much lower that has to make it."""
_LOW = 4
_SMALL = (9.3, 8.6, 8.0, 7.2)
"""Sizes of a table, from which the first is taken in which it fits."""


@dataclass(frozen=True)
class Typeset:
    """A document ready for the template.

    Attributes
    ----------
    data
        What the template reads.
    lacking
        Characters that no font has, each with the title of the section where it was met first.
    drawn
        The pictures that it shows, as they are drawn, by what they were.
    """

    data: Data
    lacking: dict[str, str]
    drawn: dict[str, str]


def typeset(paper: Paper, faces: Faces, *, without: Collection[str] = ()) -> Typeset:
    """Return a document as the template needs it.

    Parameters
    ----------
    paper
        The document.
    faces
        Its fonts.
    without
        Pictures that can't be drawn; what they show stands there in words.
    """
    setter = _Setter(paper, faces, without)
    return Typeset(setter.document(), setter.lacking, setter.drawn)


@dataclass
class _Setter:
    paper: Paper
    faces: Faces
    without: Collection[str] = ()
    lacking: dict[str, str] = field(default_factory=dict)
    drawn: dict[str, str] = field(default_factory=dict)
    section: str = ""

    def __post_init__(self) -> None:
        self.anchors = self.paper.anchors()
        self.room = ACROSS - 2 * SIDE
        self.body = Setting(self.faces, SERIF, SIZES["text"])
        self.note = Setting(self.faces, SANS, SIZES["note"])
        self.table = Setting(self.faces, SANS, SIZES["table"])

    def document(self) -> Data:
        paper = self.paper
        self.section = paper.cover.title
        language, _, rest = paper.language.partition("-")
        spare = [face.family for face in self.faces.spare]
        facts = paper.facts()
        return {
            "title": self.plain(escaping.cleaned(paper.title)).strip() or paper.language,
            "lang": language.lower(),
            "region": rest if len(rest) == 2 else None,  # noqa: PLR2004 - a country's code
            "layout": paper.layout,
            "words": {each: paper.words(f"frame.{each}") for each in ("contents", "of")},
            "fonts": {
                "serif": [SERIF, SANS, MONO, *spare],
                "sans": [SANS, SERIF, MONO, *spare],
                "mono": [MONO, SANS, SERIF, *spare],
            },
            "page": {"x": SIDE, "top": TOP, "bottom": BOTTOM, "gap": GAP, "gutter": GUTTER},
            "sizes": SIZES,
            "head": {
                "left": self.text(self.short(paper.title, self.room * 0.5), self.note, self.room),
                "right": self.text(self.short(", ".join(facts), self.room * 0.45), self.note, self.room),
            },
            "foot": self.text(self.short(self._made_from(), self.room * 0.8), self.note, self.room),
            "cover": {
                "title": self.text(paper.cover.title, Setting(self.faces, SERIF, 30), self.room),
                "nodes": list(self.nodes(paper.cover.nodes, self.room)),
            },
            "middle": self.middle(),
            "first": self.sheets(paper.first),
            "body": self.sheets(paper.body),
        }

    def middle(self) -> str | None:
        """Return the last section that the first half of the contents lists; None for no contents."""
        listed = self.paper.contents
        return listed[(len(listed) - 1) // 2].id if len(listed) > 1 else None

    def _made_from(self) -> str:
        service = self.paper.about.get("service") or self.paper.title
        return f"{self.paper.words('frame.made_from')} {service}"

    # ----------------------------------------------------------------------------------------- sheets

    def sheets(self, sheets: Sequence[Sheet]) -> list[Data]:
        out: list[Data] = []
        at = 0
        while at < len(sheets):
            sheet = sheets[at]
            at += 1
            if at < len(sheets) and (pair := self.pair(sheet, sheets[at])):
                out.append(pair)
                at += 1
                continue
            self.section = sheet.title or self.section
            # A question begins a page where little is left of one; a short list goes on in any case.
            long = any(isinstance(node, flow.Head) for node in sheet.nodes)
            if self.paper.layout == "whole" and sheet.kind == "section" and long:
                out.append({"k": "question"})
            found: list[Data] = []
            if sheet.title:
                found.append(self.heading(1, (flow.Run(sheet.title),), sheet.id, ()))
            found.extend(self.nodes(sheet.nodes, self.room, top=True))
            out.extend(_across(found))
        return out

    def pair(self, left: Sheet, right: Sheet) -> Data | None:
        """Return two sheets side by side; None where they do not want to be or where one is too large."""
        beside = self.paper.side_by_side
        if left.id not in beside or right.id not in beside:
            return None
        found: tuple[float, list[float]] | None = None
        for share in _SHARES:
            rooms = [(self.room - GUTTER) * each for each in (share, 1 - share)]
            heights = [self._narrow(each, room) for each, room in zip((left, right), rooms, strict=True)]
            highest = max((each or math.inf) for each in heights)
            if highest <= _NARROW_LINES and (found is None or highest < found[0]):
                found = highest, rooms
        if found is None:
            return None
        sides: list[list[Data]] = []
        for sheet, room in zip((left, right), found[1], strict=True):
            self.section = sheet.title
            title = self.heading(1, (flow.Run(sheet.title),), sheet.id, ())
            sides.append([title, *self.nodes(sheet.nodes, room)])
        return {"k": "beside", "widths": found[1], "left": sides[0], "right": sides[1]}

    def _narrow(self, sheet: Sheet, room: float) -> float | None:
        """Return about how many lines a sheet takes in a narrow column; None where it does not read well."""
        height = 1.0
        for node in sheet.nodes:
            if isinstance(node, flow.Grid):
                size = _SMALL[1]
                body, head = Setting(self.faces, SANS, size), Setting(self.faces, SANS, size - 0.5)
                found, fits = widths.columns(node, body, head, room, GAP)
                if not fits:
                    return None
                height += sum(
                    max(self.lines(cell, body, each - GAP) for cell, each in zip(row, found, strict=True))
                    + _LEADING
                    for row in node.rows
                )
            elif isinstance(node, flow.Text | flow.Note):
                height += self.lines(node.runs, self.note, room)
            else:
                return None
        return height

    def heading(self, level: int, runs: flow.Runs, anchor: str, aside: flow.Runs) -> Data:
        if not any(_seen(run.text) for run in runs):  # readers of PDF take no heading without words
            runs = ()
        size = Setting(self.faces, SERIF, 20 if level == 1 else 13)
        return {
            "k": "head",
            "level": level,
            "runs": self.runs(runs, size, self.room),
            "id": anchor or None,
            "aside": self.runs(aside, self.note, self.room),
        }

    # ------------------------------------------------------------------------------------------ nodes

    def nodes(self, nodes: Iterable[flow.Node], room: float, *, top: bool = False) -> Iterator[Data]:
        level = 1
        found = list(nodes)
        for node, after in zip_longest(found, found[1:]):
            if isinstance(node, flow.Head):
                # No level is skipped, whatever holds the headings: readers of PDF insist on it.
                level = min(node.level, level + 1)
                yield self.heading(level, node.runs, node.anchor, node.aside)
            else:
                made = self.node(node, room, top=top)
                if isinstance(node, flow.Text) and after is not None and flow.leads(node, after):
                    made["stick"] = True
                yield made

    def node(self, node: flow.Node, room: float, *, top: bool) -> Data:  # noqa: C901 - a case for each kind
        match node:
            case flow.Head():
                return self.heading(node.level, node.runs, node.anchor, node.aside)
            case flow.Text():
                setting = self.body if node.tone == "plain" else self.note
                return {"k": "text", "tone": node.tone, "runs": self.runs(node.runs, setting, room)}
            case flow.Items():
                within = _within(room)
                items = [list(self.nodes(item, within)) for item in node.items]
                return {"k": "items", "ordered": node.ordered, "start": node.start, "items": items}
            case flow.Steps():
                return {"k": "steps", "items": [self.step(each, _within(room)) for each in node.items]}
            case flow.Grid():
                return self.grid(node, room, top=top)
            case flow.Pairs():
                return self.pairs(node, room)
            case flow.Code():
                return self.code(node.text, room)
            case flow.Note():
                return {
                    "k": "note",
                    "tone": node.tone,
                    "runs": self.runs(node.runs, self.note, _within(room)),
                }
            case flow.Picture():
                if node.svg in self.without:
                    said = (flow.Run(node.alt or node.caption),)
                    return {"k": "text", "tone": "muted", "runs": self.runs(said, self.note, room)}
                return self.picture(node, room)
            case flow.Quote():
                return {"k": "quote", "nodes": list(self.nodes(node.nodes, _within(room)))}
            case flow.Rule():
                return {"k": "rule"}

    def step(self, step: flow.Step, room: float) -> Data:
        runs = self.runs(step.runs, self.body, room)
        code = self.code(step.code, room) if step.code else None
        check = self.runs(step.check, self.note, room)
        lines: float = self.lines(step.runs, self.body, room) + self.lines(step.check, self.note, room)
        lines += step.code.count("\n") + len(step.code) / 80 + 2
        return {"runs": runs, "code": code, "check": check, "keep": lines <= _KEPT_LINES}

    def code(self, text: str, room: float) -> Data:
        setting = Setting(self.faces, MONO, SIZES["code"] / widths.CODE)
        shown = "\n".join(self._listing(line, setting, room - _CODE_INSET) for line in text.split("\n"))
        return {"k": "code", "text": shown, "keep": shown.count("\n") + len(shown) / 80 <= _KEPT_LINES}

    def _listing(self, line: str, setting: Setting, room: float) -> str:
        """Return a line of a listing, broken where a word fits no line."""
        line = self.plain(line.expandtabs(4))
        if setting.width(line, code=True) <= room:
            return line
        out: list[str] = []
        for at, word in enumerate(line.split(" ")):
            if at:
                out.append(" ")
            while word and setting.width(word, code=True) > room:
                fitting = max(1, int(len(word) * room / setting.width(word, code=True)) - 1)
                out.append(word[:fitting] + "\n")
                word = word[fitting:]  # noqa: PLW2901 - the rest of it
            out.append(word)
        return "".join(out)

    def pairs(self, node: flow.Pairs, room: float) -> Data:
        widest = max(self.table.width(name) for name, _ in node.pairs) + GAP
        name_room = min(max(widest, room * 0.24), room * 0.36)
        value_room = room - name_room
        pairs = [
            [
                self.text(name, self.table, name_room - GAP),
                self.runs(value, self.table, value_room - GAP),
            ]
            for name, value in node.pairs
        ]
        lines = sum(self.lines(value, self.table, value_room) for _, value in node.pairs)
        kept = lines <= _KEPT_LINES
        return {"k": "pairs", "widths": [name_room, value_room], "pairs": pairs, "keep": kept}

    def picture(self, node: flow.Picture, room: float) -> Data:
        width, height = pictures.size(node.svg)
        scale = min(1.0, room / width, (DOWN - TOP - BOTTOM) * 0.8 / height)
        drawn = self.drawn.setdefault(node.svg, self.plain(node.svg))
        return {
            "k": "picture",
            "svg": drawn,
            "alt": node.alt or self.section,
            "width": width * scale,
            "caption": self.text(node.caption, self.note, room),
        }

    def grid(self, node: flow.Grid, room: float, *, top: bool) -> Data:
        found, size, wide = self._fitted(node, room, top=top)
        body = Setting(self.faces, SANS, size)
        head = Setting(self.faces, SANS, size - 0.5)
        rooms = [max(each - GAP, 1.0) for each in found]
        heights = [self._tall(row, body, rooms) for row in node.rows]
        rows = [
            {
                "cells": [self.runs(cell, body, each) for cell, each in zip(row, rooms, strict=True)],
                "id": (node.anchors[at] or None) if at < len(node.anchors) else None,
                "keep": heights[at] <= _KEPT_LINES,
            }
            for at, row in enumerate(node.rows)
        ]
        keep = sum(heights) <= _KEPT_TABLE
        return {
            "k": "grid",
            "wide": wide,
            "keep": keep,
            "start": 0 if keep or wide or not top else self._start(node, head, rooms, heights, size),
            "size": size,
            "head": size - 0.5,
            "widths": found,
            "caption": self.text("" if node.repeats else node.caption, self.table, room),
            "columns": [
                {"runs": self.runs(column.label, head, each, bold=True), "end": column.align == "end"}
                for column, each in zip(node.columns, rooms, strict=True)
            ],
            "rows": rows,
        }

    def _start(
        self, node: flow.Grid, head: Setting, rooms: Sequence[float], heights: Sequence[int], size: float
    ) -> float:
        """Return the room that a table's label, header and first rows take, in points; 0 for very much."""
        labels = zip(node.columns, rooms, strict=True)
        lines = max(self.lines(column.label, head, each) for column, each in labels)
        caption = 0.0 if node.repeats or not node.caption else _CAPTION
        rows = sum(each * size * _LINE + _ROW for each in (lines, *heights[:_FIRST]))
        return rows + caption if rows <= _MOST_ROOM else 0.0

    def _fitted(self, node: flow.Grid, room: float, *, top: bool) -> tuple[list[float], float, bool]:
        """Return widths, size, and whether the page turns; no word breaks if it can be helped."""
        across = DOWN - 2 * SIDE
        many = top and widths.vast(node)
        tries = [(room, size) for size in _SMALL] if not many else []
        if top:
            tries += [(across, size) for size in _SMALL]
        found: list[float] = []
        kept: tuple[list[float], float, bool] | None = None
        lowest = 0.0
        for within, size in tries:
            if kept and within > room and not kept[2]:
                break  # the page is not turned for the sake of lower rows alone
            body, head = Setting(self.faces, SANS, size), Setting(self.faces, SANS, size - 0.5)
            found, fits = widths.columns(node, body, head, within, GAP)
            if not fits:
                continue
            lines = self._highest(node, body, found)
            if top and within == room and size == _SMALL[-1] and lines > _LOW:
                continue  # so small only where it is read at a glance
            if kept is None or lines * size < lowest * _WORTH:
                kept, lowest = (found, size, within > room), lines * size
            if lines <= _HIGH:
                break
        if kept and kept[2]:
            return self._on_one_page(node, across) or kept
        within, size = tries[-1]
        return kept or (found, size, within > room)

    def _on_one_page(self, node: flow.Grid, across: float) -> tuple[list[float], float, bool] | None:
        """Return widths and size of a table that fits a turned page by itself; None for a longer one."""
        for size in _SMALL[:-1]:
            body, head = Setting(self.faces, SANS, size), Setting(self.faces, SANS, size - 0.5)
            found, fits = widths.columns(node, body, head, across, GAP)
            rooms = [max(each - GAP, 1.0) for each in found]
            height = sum(self._tall(row, body, rooms) * size * _LINE + _ROW for row in node.rows)
            if fits and height <= _TURNED:
                return found, size, True
        return None

    def _tall(self, row: Sequence[flow.Runs], body: Setting, rooms: Sequence[float]) -> int:
        """Return about how many lines a row takes."""
        return max((self.lines(cell, body, each) for cell, each in zip(row, rooms, strict=True)), default=0)

    def _highest(self, node: flow.Grid, body: Setting, found: Sequence[float]) -> int:
        """Return the lines of a table's highest row."""
        rooms = [max(each - GAP, 1.0) for each in found]
        return max((self._tall(row, body, rooms) for row in node.rows), default=0)

    def lines(self, runs: flow.Runs, setting: Setting, room: float) -> int:
        """Return about how many lines a text takes."""
        text = "".join(run.text for run in runs)
        return sum(1 + int(setting.width(line) * 1.1 / max(room, 1.0)) for line in text.split("\n"))

    # ------------------------------------------------------------------------------------------- text

    def short(self, text: str, room: float) -> str:
        """Return a text for a running head: one line, however long it is where it first stands."""
        text = " ".join(text.split())
        if self.note.width(text) <= room:
            return text
        fitting = int(len(text) * room / self.note.width(text))
        return text[: max(fitting - 2, 1)].rstrip() + "\u2026"

    def text(self, text: str, setting: Setting, room: float) -> list[Data]:
        return self.runs((flow.Run(text),), setting, room) if text else []

    def plain(self, text: str) -> str:
        """Return text with the code points of characters that no font has in their place."""
        return "".join(
            self._named(segment.text) if segment.lacking else segment.text
            for segment in self.faces.segments(text)
        )

    def _named(self, character: str) -> str:
        self.lacking.setdefault(character, self.section)
        return f"U+{ord(character):04X}"

    def runs(self, runs: flow.Runs, setting: Setting, room: float, *, bold: bool = False) -> list[Data]:
        """Return runs as the template takes them; words that are wider than the room get places to break."""
        if setting.line(runs, bold=bold) <= room:  # nothing has to break
            return _linked([each for run in runs for each in self.run(run, run.text)])
        if max(setting.words(runs, bold=bold)) <= room:  # no word has to break
            return _linked(_merged([each for run in runs for each in self._whole(run, setting, room)]))
        out: list[Data] = []
        for word in _words(runs):
            whole = sum(
                setting.width(text, code="code" in run.marks, bold=bold or "strong" in run.marks)
                for run, text in word
            )
            breaks = whole > room
            for run, text in word:
                thick, code = bold or "strong" in run.marks, "code" in run.marks
                pieces = _pieces(text, setting, room, code=code, bold=thick) if breaks else (text,)
                for at, piece in enumerate(pieces):
                    if at or (breaks and out and "t" in out[-1]):
                        out.append({"b": 1, **_link(out[-1])})
                    out.extend(self.run(run, piece, whole=code and not breaks and not piece.isspace()))
        return _linked(_merged(out))

    def _whole(self, run: flow.Run, setting: Setting, room: float) -> Iterator[Data]:
        """Yield a run whose words stay whole, also at a hyphen; a date is one where it fits a line."""
        code = "code" in run.marks
        if not code and not _PARTED.search(run.text) and not _DATE.search(run.text):
            yield from self.run(run, run.text)
            return
        for part in _DATED.findall(run.text):
            whole = code or "-" in part or ("/" in part and len(part) <= _UNIT)
            whole = whole or (" " in part.strip() and setting.width(part, bold=True) <= room)
            yield from self.run(run, part, whole=whole and not part.isspace())

    def run(self, run: flow.Run, text: str, *, whole: bool = False) -> Iterator[Data]:
        """Yield a part of a run; `whole` keeps a word in one piece, which a slash or a hyphen would part."""
        look: Data = {}
        if run.marks:
            look["m"] = sorted(run.marks)
        if whole:
            look["w"] = 1
        if run.tone not in ("plain", "strong", "code"):
            look["c"] = run.tone
        if run.href and (not run.href.startswith("#") or run.href[1:] in self.anchors):
            look["href"] = run.href
            text = _SOFT_AT_THE_END.sub("", text)
        for at, line in enumerate(text.split("\n")):
            if at:
                yield {"n": 1, **_link(look)}
            for segment in self.faces.segments(line) if line else ():
                if segment.lacking:
                    yield {"x": self._named(segment.text), **_link(look)}
                elif segment.family:
                    yield {"t": segment.text, "f": segment.family, **look}
                else:
                    yield {"t": segment.text, **look}


def _within(room: float) -> float:
    """Return the room within a list or a quotation; however deep it is, there is some."""
    return max(room - _INDENT, _NARROWEST)


def _link(run: Data) -> Data:
    return {"href": run["href"]} if "href" in run else {}


def _words(runs: flow.Runs) -> Iterator[list[tuple[flow.Run, str]]]:
    """Yield what no line break parts, also where it changes its look; blanks are words of their own."""
    word: list[tuple[flow.Run, str]] = []
    for run in runs:
        for part in widths.PARTS.findall(run.text):
            if part.isspace():
                if word:
                    yield word
                yield [(run, part)]
                word = []
            else:
                word.append((run, part))
    if word:
        yield word


def _pieces(text: str, setting: Setting, room: float, *, code: bool, bold: bool) -> Iterator[str]:
    """Yield the pieces that a long word breaks into: after its signs, anywhere where that is not enough."""
    for piece in _AFTER_SIGNS.split(text):
        if setting.width(piece, code=code, bold=bold) * 2 <= room:
            yield piece
        else:
            yield from widths.clusters(piece)


def _merged(out: list[Data]) -> list[Data]:
    """Put neighbours of the same look together again."""
    merged: list[Data] = []
    for each in out:
        if merged and "t" in each and "t" in merged[-1] and "w" not in each:
            last = merged[-1]
            if {**last, "t": ""} == {**each, "t": ""}:
                merged[-1] = {**last, "t": last["t"] + each["t"]}
                continue
        merged.append(each)
    return merged


def _seen(text: str) -> bool:
    return any(not each.isspace() and each not in UNSEEN for each in text)


def _linked(out: list[Data]) -> list[Data]:
    """Put what leads to the same place into one link."""
    if not any("href" in each for each in out):
        return out
    linked: list[Data] = []
    for href, found in groupby(out, key=lambda each: each.get("href")):
        if href is None:
            linked.extend(found)
        else:
            within = [{key: value for key, value in each.items() if key != "href"} for each in found]
            linked.append({"href": href, "within": within})
    return linked


def _across(found: Sequence[Data]) -> Iterator[Data]:
    """Put wide tables on pages that are turned, each with the heading above it."""
    waiting: list[Data] = []
    for each in found:
        if each["k"] == "head":
            waiting.append(each)
            continue
        if each.get("wide"):
            yield {"k": "wide", "nodes": [*waiting, each]}
        else:
            yield from waiting
            yield each
        waiting = []
    yield from waiting
