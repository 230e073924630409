from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maintplan.summary import markdown
from maintplan.summary.blocks import (
    Bullets,
    Code,
    Column,
    Figure,
    Heading,
    Line,
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

if TYPE_CHECKING:
    from markdown_it.token import Token

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"</?span>|</?code>|<br>|<a id=\"[^\"<>]*\">|</a>")
NASTY = st.text(
    alphabet=st.sampled_from(list("ab1 \n*_`~[](){}<>#-+=.!|\\$&:;/@^'\"x%")), min_size=1, max_size=40
)
ANY = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1, max_size=40)


def read(written: str) -> tuple[str, list[Token]]:
    """What a reader of Markdown sees as text, and the tokens that it made of it."""
    tokens = GITHUB.parse(written)
    return "\n".join(_text(token) for token in tokens if token.content or token.children), tokens


def _text(token: Token) -> str:
    if token.children is None:
        return token.content
    said = []
    for child in token.children:
        if child.type == "html_inline":
            assert OURS.fullmatch(child.content), child.content
            said.append("\n" if child.content == "<br>" else "")
        elif child.type == "hardbreak":
            said.append("\n")
        else:
            assert child.type in ("text", "code_inline", "strong_open", "strong_close", "text_special"), child
            said.append(child.content)
    return "".join(said)


def typed(text: str) -> str:
    """What Markdown can say of a text: without blanks around its lines."""
    return re.sub(r" *\n *", "\n", text).strip(" \n")


@given(NASTY | ANY)
@example("a\n\nb")
@example("one | two\n--- | ---")
@example("    code")
@example("1. x\n- y\n+ z\n> q\n# h\n===\n---\n~~~")
@example("\u00a0x\u2003")
@example("C:\\(x\\) \\begin{a} &lt; &#36; $$x$$")
def test_a_paragraph_says_what_was_typed(text: str) -> None:
    said, tokens = read(markdown.block(Paragraph(line=line(text))))
    assert said == typed(text)
    assert [token.type for token in tokens] == (
        ["paragraph_open", "inline", "paragraph_close"] if typed(text) else []
    )


@given(NASTY | ANY)
@example("a|b\\")
@example("`a|b`")
def test_a_cell_says_what_was_typed(text: str) -> None:
    table = Table(columns=(Column(label=text), Column(label="b")), rows=((line(text), line("c")),))
    tokens = GITHUB.parse(markdown.block(table))
    cells = [_text(token) for token in tokens if token.type == "inline"]
    assert cells == [typed(text), "b", typed(text), "c"]
    assert tokens[0].type == "table_open"
    assert tokens[-1].type == "table_close"


@given(NASTY)
def test_a_heading_a_list_and_a_note_say_what_was_typed(text: str) -> None:
    for block, within in (
        (Heading(level=2, text=text, anchor="x"), "heading_open"),
        (Bullets(items=(line(text), line("other"))), "bullet_list_open"),
        (Note(line=line(text)), "blockquote_open"),
        (Pairs(pairs=((text, line(text)),)), "table_open"),
    ):
        said, tokens = read(markdown.block(block))
        assert typed(text) in said
        assert not tokens or tokens[0].type == within


@given(NASTY, NASTY | ANY)
@example("a", "```\n~~~")
def test_a_step_holds_its_command_and_its_check(text: str, command: str) -> None:
    first = Step(line=line("first", text), code=command, check=line("seen", text))
    tokens = GITHUB.parse(markdown.block(Steps(items=(first, Step(line=line("second"))))))
    assert [token.type for token in tokens if token.level == 0] == ["ordered_list_open", "ordered_list_close"]
    assert len([token for token in tokens if token.type == "list_item_open"]) == 2
    (fence,) = [token for token in tokens if token.type == "fence"]
    assert fence.content.rstrip("\n") == command.rstrip("\n")


@given(NASTY | ANY)
@example("```\n~~~")
def test_a_listing_says_what_was_typed(text: str) -> None:
    tokens = GITHUB.parse(markdown.block(Code(text=text)))
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content.rstrip("\n") == text.rstrip("\n")


@given(
    st.lists(
        st.builds(
            Span,
            text=NASTY,
            tone=st.sampled_from(["plain", "strong", "code", "high"]),
            href=st.sampled_from([None, None, "#there"]),
        ),
        max_size=4,
    ).map(tuple)
)
def test_toned_spans_side_by_side_keep_their_text(given: Line) -> None:
    written = markdown.line(given, cell=True).replace("\n", " ")
    tokens = GITHUB.parseInline(written)[0].children or []
    said = "".join(token.content for token in tokens if token.type != "html_inline")
    assert "".join(said.split()) == "".join("".join(span.text for span in given).split())


def test_a_part_reads_as_a_person_would_write_it() -> None:
    part = Part(
        id="rollout",
        title="Feature Rollout",
        blocks=(
            Prose(markdown="We release in **three** stages.\nNo more."),
            Heading(level=3, text="Stages", anchor="stages", aside=line("Decided")),
            Table(
                caption="Stages",
                columns=(Column(label="Name"), Column(label="Share", align="end")),
                rows=((line("canary"), line("5 %")),),
                anchors=("canary",),
            ),
            Note(tone="high", line=line(Span(text="High.", tone="strong"), " Too short.")),
            Pairs(pairs=(("Gate", line(Span(text="error-rate", tone="code"))),)),
        ),
    )
    assert markdown.part(part) == (
        '## <a id="rollout"></a>Feature Rollout\n\n'
        "We release in **three** stages.\\\nNo more.\n\n"
        '### <a id="stages"></a>Stages\n\nDecided\n\n'
        '| Name | Share |\n| --- | ---: |\n| <a id="canary"></a>canary | 5 % |\n\n'
        "> **High.** Too short.\n\n"
        "|  |  |\n| --- | --- |\n| Gate | `error-rate` |\n"
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_span_leads_nowhere_it_may_not(href: str) -> None:
    assert markdown.line(line(Span(text="x", href=href))) == "x"


def test_a_picture_travels_within_the_text() -> None:
    written = markdown.block(Figure(svg="<svg/>", alt="5 ] of\n6", caption="Share"))
    assert written == "![5 \\] of 6](data:image/svg+xml;base64,PHN2Zy8+)\n\nShare"


def test_nbconvert_reads_the_same_text() -> None:
    from nbconvert.filters.markdown_mistune import markdown2html_mistune  # noqa: PLC0415

    text = "5 $ and 6 $ \\(x\\) {{ y }} <b> a_b_c *d* | e"
    table = Table(columns=(Column(label="a"),), rows=((line(Span(text="x|y", tone="code")),),))
    shown = markdown2html_mistune(markdown.block(Paragraph(line=line(text))) + "\n\n" + markdown.block(table))
    said = re.sub(r"<[^>]+>", "", shown)
    assert text.replace("<b>", "&lt;b&gt;") in said
    assert "x|y" in said
