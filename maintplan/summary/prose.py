"""A person's Markdown, made safe: as HTML, or as Markdown that every reader renders alike.

A CommonMark parser (with GitHub's tables and strikethrough) reads it. Raw HTML, math and template syntax are
text to it and come out as typed; an image becomes its description, linked to its address, because a
document fetches nothing; a link leads to the web, to a mail address or within the document; headings
move below the one that the prose stands under; and a line break stays a line break, as a person who typed it
expects.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from maintplan.summary import escaping, links, markdown_writer
from maintplan.summary.levels import Levels

_LONGEST = 200  # of an address that is told in words; a data: address can be a whole picture


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - the parser's own name
        """Let every address pass: one that may not become a link is told in words, later."""
        del url
        return True


@lru_cache(maxsize=2)
def _parser(*, ours: bool) -> MarkdownIt:
    """Return the parser of what people type, or (`ours`) of what `to_markdown` writes."""
    parser = _Parser("commonmark", {"html": ours, "breaks": True, "maxNesting": 20})
    return parser.enable(["table", "strikethrough"])


def to_html(markdown: str, under: int = 2) -> str:
    """Return a person's Markdown as safe HTML.

    Parameters
    ----------
    markdown
        What was typed.
    under
        Level of the heading that it stands under; its own headings begin one below.
    """
    return _html(parse(markdown, under))


def to_words(markdown: str) -> str:
    """Return the words of a person's Markdown in one line, without its marks."""
    return " ".join(" ".join(_said(markdown, ("inline",))).split())


def to_lines(markdown: str) -> str:
    """Return what a person's Markdown says, without its marks, a line for each paragraph, item and cell."""
    told = (" ".join(each.split()) for each in _said(markdown, ("inline", "fence", "code_block")))
    return "\n".join(each for each in told if each)


def _said(markdown: str, kinds: Sequence[str]) -> Iterator[str]:
    for token in parse(markdown):
        if token.type in kinds:
            children = token.children or ()
            told = "".join(child.content or " " for child in children if _is_said(child))
            yield told if token.type == "inline" else token.content


def _is_said(token: Token) -> bool:
    return token.type in ("text", "code_inline", "softbreak", "hardbreak")


def to_markdown(markdown: str, under: int = 2) -> str:
    """Return a person's Markdown as Markdown that says the same in every reader.

    What is written is read again and compared. Where the writer could not keep the meaning (delimiters that
    touch in ways that only one parser understands), the text stands as it was typed, without its markup.
    """
    tokens = parse(markdown, under)
    written = markdown_writer.write(tokens)
    again = _parser(ours=True).parse(written)
    if _comparable(_html(tokens)) == _comparable(_html(again)):
        return written
    paragraphs = re.split(r"\n[ \t]*(?:\n[ \t]*)+", escaping.cleaned(markdown).strip(" \t\n"))
    return "\n\n".join(escaping.lines(escaping.marks(paragraph)) for paragraph in paragraphs)


def parse(markdown: str, under: int = 2) -> list[Token]:
    """Return the tokens of a person's Markdown, safe to render."""
    tokens = _parser(ours=False).parse(escaping.cleaned(markdown))
    _relevel(tokens, under)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = list(_safe_inline(token.children))
        elif token.type in ("fence", "code_block"):
            token.info = markdown_writer.language(token.info)
        elif token.type in ("th_open", "td_open"):
            token.attrSet("style", str(token.attrGet("style") or "text-align:left"))
            if token.tag == "th":
                token.attrSet("scope", "col")
    return tokens


def _html(tokens: Sequence[Token]) -> str:
    # The renderer knows nothing of a reader's dangers; the tokens are safe by now.
    parser = _parser(ours=True)
    return str(parser.renderer.render(tokens, parser.options, {})).strip("\n")


def _comparable(html: str) -> str:
    html = re.sub(r"</?span>| scope=\"col\"| style=\"text-align:left\"", "", html)
    html = re.sub(r"<br */?>\s*", "<br>", html)
    return re.sub(r"\s+", " ", html).replace("> <", "><")


def _relevel(tokens: Sequence[Token], under: int) -> None:
    levels = Levels(under)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{levels.of(int(token.tag[1]))}"


def _safe_inline(children: Sequence[Token]) -> Iterator[Token]:
    refused: list[str | None] = []  # for each open link, the address that it may not lead to
    for at, token in enumerate(children):
        if token.type == "link_open":
            typed = str(token.attrGet("href") or "")
            href = links.allowed(typed)
            refused.append(typed if href is None else None)
            if href is not None:
                token.attrs = {"href": href}
                yield token
        elif token.type == "link_close":
            typed_address = refused.pop()
            if typed_address is None:
                yield token
            elif typed_address and children[at - 1].content != typed_address:
                yield _token("text", f" ({_short(typed_address)})")
        elif token.type == "image":
            yield from _described(token, within_link=None in refused)
        elif token.type == "text" and None not in refused:
            yield from _with_links(token.content)
        else:
            yield token


def _described(image: Token, *, within_link: bool) -> Iterator[Token]:
    """Say an image in words: its description, which leads to where the image is."""
    typed = str(image.attrGet("src") or "")
    words = "".join(_text(child) for child in image.children or ())
    href = links.allowed(typed)
    if within_link:
        yield _token("text", words or _short(typed))
    elif href is not None:
        yield from _link(href, words or typed)
    else:
        yield _token("text", f"{words} ({_short(typed)})" if words and typed else words or _short(typed))


def _short(address: str) -> str:
    return address if len(address) <= _LONGEST else address[: _LONGEST - 1] + "\u2026"


def _text(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


def _with_links(text: str) -> Iterator[Token]:
    at = 0
    for found in links.BARE.finditer(text):
        href = links.allowed(found[0])
        if href is None:
            continue
        if found.start() > at:
            yield _token("text", text[at : found.start()])
        yield from _link(href, found[0])
        at = found.end()
    if at < len(text):
        yield _token("text", text[at:])


def _link(href: str, words: str) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": href})
    yield _token("text", words)
    yield Token("link_close", "a", -1)


def _token(kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content)
