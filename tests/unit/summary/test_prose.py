from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maintplan.summary import prose

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
DANGEROUS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!-- hidden -->",
    "{{ config }} {% raw %}",
    "<iframe src=x></iframe>",
)


@pytest.mark.parametrize("typed", DANGEROUS)
def test_markup_of_other_languages_is_shown_as_typed(typed: str) -> None:
    shown = prose.to_html(typed)
    assert (
        re.sub(r"</?p>", "", shown).replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') == typed
    )
    assert re.findall(r"<(\w+)", shown) == ["p"]


def test_a_line_break_stays_a_line_break() -> None:
    assert prose.to_html("one\ntwo").count("<br") == 1
    assert prose.to_markdown("one\ntwo") == "one\\\ntwo"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("[a](https://example.org)", '<a href="https://example.org">a</a>'),
        ("[a](mailto:ops@example.org)", '<a href="mailto:ops@example.org">a</a>'),
        ("[a](#recovery)", '<a href="#recovery">a</a>'),
        ("see https://example.org/x.", 'see <a href="https://example.org/x">https://example.org/x</a>.'),
        ("[a](javascript:alert(1))", "a (javascript:alert(1))"),
        ("[a](data:text/html,x)", "a (data:text/html,x)"),
        ("[a](docs/runbook.md)", "a (docs/runbook.md)"),
        ("<ftp://example.org>", "ftp://example.org"),
        ("![Plan](https://example.org/a.png)", '<a href="https://example.org/a.png">Plan</a>'),
        ("![Plan](a.png)", "Plan (a.png)"),
        ("[![Plan](a.png)](https://example.org)", '<a href="https://example.org">Plan</a>'),
    ],
)
def test_links_lead_to_the_web_or_within_and_images_are_told_in_words(typed: str, shown: str) -> None:
    assert prose.to_html(typed) == f"<p>{shown}</p>"


def test_headings_begin_below_the_one_above_and_skip_no_level() -> None:
    shown = prose.to_html("# One\n\n#### Deep\n\n## Two", under=3)
    assert re.findall(r"<(h\d)>", shown) == ["h4", "h5", "h5"]
    assert re.findall(r"<(h\d)>", prose.to_html("# a\n## b\n### c", under=5)) == ["h6", "h6", "h6"]


def test_a_table_has_header_cells_with_scope() -> None:
    assert '<th style="text-align:left" scope="col">a</th>' in prose.to_html("| a |\n|---|\n| b |")


@pytest.mark.parametrize("language", ["math", "mermaid", "{=html}", "geojson"])
def test_a_listing_is_never_drawn_or_run(language: str) -> None:
    assert prose.to_markdown(f"```{language}\nx\n```") == "```\nx\n```"


def test_dollars_stand_apart_so_that_no_reader_sees_math() -> None:
    assert prose.to_markdown("$a$") == r"<span>\$</span>a<span>\$</span>"
    assert prose.to_markdown("`$a$`") == "`$a$`"


@pytest.mark.parametrize(
    "typed",
    [
        "- a\n- b\n\n  more\n\n* other list\n\n7. seven\n8. eight",
        "> quoted\n> lines\n>\n> - item\n>   ```sh\n>   rm -rf /tmp/x\n>   ```",
        "| a | b |\n|:--|--:|\n| `x\\|y` | **c** |\n| <b> | $x$ |",
        "**bold** _em_ ~~gone~~ `code` ***both*** snake_case",
        "Title\n===\n\ntext\n\n***\n\n    indented",
        "1. one\n   1. two\n      - three\n2. four",
    ],
)
def test_rewritten_markdown_keeps_its_markup(typed: str) -> None:
    ours = re.compile(r'</?span>| scope="col"| style="text-align:left"')
    read = GITHUB.render(prose.to_markdown(typed))
    assert ours.sub("", read).split() == ours.sub("", prose.to_html(typed)).split()


PIECES = st.text(alphabet=st.sampled_from(list("ab1 \n\t*_`~[](){}<>#-+=.!|\\$&:;/@^'\"")), max_size=60)


@given(PIECES | st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
@example("*a*__b__ **c**d** ![")
@example("- \n-\t\n  > ```")
def test_any_text_gives_only_harmless_elements(typed: str) -> None:
    allowed = "p|br|em|strong|s|code|pre|ul|ol|li|blockquote|hr|h[3-6]|table|thead|tbody|tr|th|td|a"
    shown = prose.to_html(typed)
    assert not [tag for tag in re.findall(r"</?([^\s>/]+)", shown) if not re.fullmatch(allowed, tag)]
    assert all(re.match(r"https?://|mailto:|#", href) for href in re.findall(r'href="([^"]*)', shown))


@given(PIECES)
def test_what_is_rewritten_has_no_markup_but_ours(typed: str) -> None:
    written = prose.to_markdown(typed)
    outside_code = re.sub(r"(?s)(`+)(?!`).*?(?<!`)\1(?!`)", "", written)
    tags = re.findall(r"<(/?[A-Za-z!?][^>\s]*)", outside_code)
    assert set(tags) <= {"span", "/span", "br", "code", "/code"} | {each for each in tags if "://" in each}
