from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from maintplan.summary import html
from maintplan.summary.blocks import (
    Block,
    Bullets,
    Code,
    Column,
    Figure,
    Heading,
    Note,
    Pairs,
    Paragraph,
    Part,
    Prose,
    Span,
    Step,
    Steps,
    Table,
    line,
)


class Read(HTMLParser):
    """What a browser reads: the text, and the elements with their attributes."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1, max_size=40)


def blocks_of(text: str) -> list[Block]:
    words = line(text)
    return [
        Heading(level=2, text=text, anchor="a", aside=words),
        Paragraph(line=words),
        Bullets(items=(words,)),
        Table(caption=text, columns=(Column(label=text), Column(label="b")), rows=((words, words),)),
        Pairs(pairs=((text, words),)),
        Code(text=text),
        Note(line=words, tone="high"),
        Steps(items=(Step(line=words, code=text, check=words),)),
        Figure(svg="<svg/>", alt=text, caption=text),
    ]


@pytest.mark.parametrize("kind", range(9))
@pytest.mark.parametrize("styled", [False, True])
@given(text=TEXT)
@example(text="</style></script><script>alert(1)</script> {{ x }} $a$ & &amp; \"'")
def test_any_text_comes_out_as_typed(kind: int, text: str, *, styled: bool) -> None:
    block = blocks_of(text)[kind]
    read = Read(html.block(block, styled=styled))
    harmless = Read(html.block(blocks_of("x")[kind], styled=styled))
    assert text in read.text
    assert [tag for tag, _ in read.elements if tag not in ("br", "wbr")] == [
        tag for tag, _ in harmless.elements
    ]
    if kind == 8:
        assert dict(read.elements)["img"]["alt"] == text


def test_a_part_is_a_section_with_its_title_and_without_math() -> None:
    section, title = Read(html.part(Part(id="rollout", title="Rollout"))).elements
    assert section[0] == "section"
    assert section[1]["id"] == "rollout"
    assert {"tex2jax_ignore", "mathjax_ignore"} <= set(str(section[1]["class"]).split())
    assert title == ("h2", {"id": "rollout-title"})
    assert "<h1" in html.part(Part(id="cover", title="A plan", kind="cover"))


def test_no_heading_skips_a_level_however_it_was_meant() -> None:
    part = Part(
        id="a",
        title="A",
        blocks=(
            Heading(level=3, text="b", anchor="b"),
            Prose(markdown="# c\n\n# d", under=2),
            Heading(level=3, text="e", anchor="e"),
            Heading(level=4, text="f", anchor="f"),
            Heading(level=1, text="g", anchor="g"),
        ),
    )
    assert re.findall(r"<(h\d)", html.part(part)) == ["h2", "h3", "h4", "h4", "h3", "h4", "h3"]


def test_a_table_has_a_caption_header_cells_and_anchors() -> None:
    table = Table(
        caption="Stages",
        columns=(Column(label="Name", weight=3), Column(label="Share", align="end"), Column(label="Gate")),
        rows=((line("canary"), line("5 %"), ()),),
        anchors=("stage-canary",),
    )
    shown = html.block(table, styled=True)
    assert "<caption>Stages</caption>" in shown
    assert shown.count('<th scope="col"') == 3
    assert 'id="stage-canary"' in shown
    assert 'data-label="Share"' in shown
    assert '<col style="width:60%">' in shown


def test_a_caption_that_repeats_its_heading_is_only_read_out() -> None:
    table = Table(caption="Sign-off", columns=(Column(label="Role"),), rows=())
    shown = html.part(Part(id="s", title="Sign-off", blocks=(table,)), styled=True)
    assert '<caption class="maintplan-unseen">Sign-off</caption>' in shown


def test_a_second_table_under_a_heading_keeps_its_label() -> None:
    checks, tasks = (
        Table(caption=caption, columns=(Column(label="a"), Column(label="b")), rows=())
        for caption in ("Checks", "Tasks")
    )
    shown = html.part(Part(id="a", title="Tasks", blocks=(checks, tasks)), styled=True)
    assert "<caption>Tasks</caption>" in shown


def test_a_very_long_word_in_a_cell_has_places_to_break() -> None:
    word = "a" * 19 + "&" + "b" * 25
    table = Table(columns=(Column(label="a"), Column(label="b")), rows=((line(word), line("b" * 40)),))
    shown = html.table(table)
    assert f"<td>{'a' * 19}&amp;<wbr>{'b' * 20}<wbr>bbbbb</td><td>{'b' * 40}</td>" in re.sub(
        r' style="[^"]*"', "", shown
    )
    assert word in Read(shown).text


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//x.org", "a.html", ""]
)
def test_a_span_leads_nowhere_it_may_not(href: str) -> None:
    assert html.span(Span(text="x", href=href)) == "x"


def test_a_note_stands_beside_the_block_that_it_is_about() -> None:
    note = Note(tone="high", line=line("Too short."))
    shown = html.part(Part(id="a", title="A", blocks=(note, Paragraph(line=line("Watch it.")), note)))
    assert shown.index("maintplan-note-high") < shown.index("Watch it.") < shown.index("maintplan-notes")


def test_a_picture_is_an_image_with_its_words() -> None:
    shown = html.block(Figure(svg="<svg><script>alert(1)</script></svg>", alt='5 "of" 6'))
    assert "script" not in shown
    assert 'alt="5 &quot;of&quot; 6"' in shown


def test_a_notebook_needs_no_style_sheet_and_a_document_no_styles() -> None:
    table = Table(columns=(Column(label="a"),), rows=((line("b"),),))
    assert "text-align:start" in html.block(table)
    assert "style=" not in html.block(table, styled=True)


def test_the_summary_does_not_import_nbconvert() -> None:
    code = (
        "import sys, maintplan.summary.html, maintplan.summary.markdown\n"
        "assert not {'nbconvert', 'bleach', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
