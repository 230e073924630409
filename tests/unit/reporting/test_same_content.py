"""HTML, PDF, DOCX and Markdown say the same, word by word; together the documents hold every answer."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from markdown_it import MarkdownIt
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pypdf import PdfReader

from maintplan import fields, resources
from maintplan.plan import Given
from maintplan.reporting import formats
from maintplan.reporting.source import Source
from maintplan.session import Parameters, Session
from maintplan.summary import blocks, documents, prose, steps, values
from maintplan.summary.phrases import words_of

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
EXAMPLES = ("directory", "checkout")
NAMES = (
    "maintenance-runbook",
    "versioning-strategy",
    "rollback-procedures",
    "feature-rollout-plan",
    "maintenance-documentation",
)


@cache
def session(example: str) -> Session:
    return Session(Parameters(plan=str(resources.example(example) / "plan.yaml")), NOW)


@cache
def notebook(example: str) -> Any:
    """Return the notebook of an example, as executing it would leave its outputs."""
    opened = session(example)
    shown: list[blocks.Part] = [
        opened.cover(),
        opened.progress(),
        *opened.sections(),
        opened.improvement(),
        *opened.checks(),
        opened.sign_off(),
    ]
    outputs = [
        new_output("display_data", {blocks.MIME: part.to_json()})  # type: ignore[no-untyped-call]
        for part in shown
    ]
    outputs += [
        new_output("display_data", {documents.MIME: each.to_json()})  # type: ignore[no-untyped-call]
        for each in opened.documents()
    ]
    return new_notebook(cells=[new_code_cell(outputs=outputs)])  # type: ignore[no-untyped-call]


@cache
def source(example: str) -> Source:
    return Source(notebook(example))


@cache
def rendered(example: str, name: str, kind: str) -> bytes:
    return formats.FORMATS[kind].write(source(example).leaf(name, name), {}).data


@cache
def html_words(example: str, name: str) -> list[str]:
    return words(html(rendered(example, name, "html")))


class Read(HTMLParser):
    """What a browser shows of the document: not its frame, nor what is there for screen readers."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.hidden: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "wbr":  # a place to break, within a word
            return
        given = dict(attrs)
        unseen = (given.get("class") or "") in ("maintplan-unseen", "skip", "bar", "foot")
        hides = self.hidden or unseen or tag in ("style", "title", "svg")
        if hides and tag not in ("br", "img", "col", "meta", "link"):
            self.hidden.append(tag)
        self.text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if self.hidden and tag == self.hidden[-1]:
            self.hidden.pop()
        self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def html(data: bytes) -> str:
    return "".join(Read(data.decode()).text)


def markdown(data: bytes) -> str:
    source = re.sub(r"<!--.*?-->", "", data.decode())
    return html(
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(source).encode()
    )


def docx(data: bytes) -> str:
    read = Document(io.BytesIO(data))
    out: list[str] = []
    for each in read.element.body.iter():
        if each.tag == qn("w:t"):
            out.append(each.text or "")
        elif each.tag in (qn("w:p"), qn("w:br"), qn("w:tab")):
            out.append(" ")
    return "".join(out)


def pdf_pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def pdf(pages: list[str]) -> str:
    heads = [set(page.splitlines()) for page in pages]
    frame = set.intersection(*heads) if len(heads) > 1 else set()
    count = len(pages)
    lines = (line for page in pages for line in page.splitlines() if line not in frame)
    return "\n".join(line for line in lines if not re.fullmatch(rf"\d+ of {count}", line))


def words(text: str) -> list[str]:
    """Return the words of a text: letters and digits, since a line may break after any sign."""
    return re.findall(r"\w+", text.replace("\u00ad", ""))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_all_formats_say_the_same_word_by_word(example: str, name: str) -> None:
    said = html_words(example, name)
    assert words(markdown(rendered(example, name, "markdown"))) == said
    assert words(docx(rendered(example, name, "docx"))) == said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_pages_of_the_pdf_say_it_too_and_none_is_nearly_empty(example: str, name: str) -> None:
    pages = pdf_pages(rendered(example, name, "pdf"))
    assert [at for at, page in enumerate(pages[1:-1], start=2) if len(words(page)) < 60] == []
    found = letters(pdf(pages))
    for word, times in Counter(html_words(example, name)).items():
        assert found.count(word.casefold()) >= times, word


def dead_links(kind: str, data: bytes) -> set[str]:
    """Return where links within a document lead, and nothing is."""
    if kind == "pdf":
        read = PdfReader(io.BytesIO(data))
        links = (link.get_object() for page in read.pages for link in page.get("/Annots") or ())
        ends = {link["/Dest"] for link in links if isinstance(link.get("/Dest"), str)}  # the rest name a page
        return ends - set(read.named_destinations)
    if kind == "docx":
        body = Document(io.BytesIO(data)).element.body
        ends = {each.get(qn("w:anchor")) for each in body.iter(qn("w:hyperlink"))} - {None}
        return ends - {each.get(qn("w:name")) for each in body.iter(qn("w:bookmarkStart"))}
    link, place = (
        (r'href="#([^"]+)"', r'\bid="([^"]+)"')
        if kind == "html"
        else (r"\]\(<?#([^)>]+)", r'<a id="([^"]+)"')
    )
    return set(re.findall(link, data.decode())) - set(re.findall(place, data.decode()))


@pytest.mark.parametrize("kind", ["html", "pdf", "docx", "markdown"])
def test_every_link_within_a_document_leads_somewhere(kind: str) -> None:
    for example in EXAMPLES:
        for name in NAMES:
            assert dead_links(kind, rendered(example, name, kind)) == set(), (example, name)


def said_values(example: str) -> Iterator[tuple[str, str]]:
    """Yield place and words of every answer that stands in a plan: a sentence, a text, the row of a table."""
    standing = session(example).standing
    for place, each in standing.fields.items():
        if not each.shown or not isinstance(each.answer, Given):
            continue
        if each.field.kind == "table":
            for row in each.value:
                shown = [
                    fields.show(row[column.id], column)
                    for column in each.field.spec.columns
                    if row.get(column.id) is not None
                ]
                # The steps of procedures are laid out, not listed.
                laid_out = steps.of_procedures(each.field) is not None
                yield from ((place, text) for text in (shown if laid_out else ["".join(shown)]))
        else:
            said = values.sentence(each.field, each.value, words_of(standing))
            yield place, prose.to_markdown(str(each.value)) if each.field.kind == "markdown" else _text(said)


def _text(line: blocks.Line) -> str:
    return "".join(span.text for span in line)


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", text)).casefold()


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_maintenance_documentation_holds_every_answer(example: str) -> None:
    found = letters(html(rendered(example, "maintenance-documentation", "html")))
    missing = [(place, text) for place, text in said_values(example) if letters(text) not in found]
    assert missing == []
