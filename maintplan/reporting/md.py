"""A document as Markdown for a wiki or a repository.

Pictures become files beside it, because GitHub shows none that stand within the text.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from maintplan.reporting.paper import Paper, Sheet
from maintplan.reporting.source import Leaf, Rendered
from maintplan.summary import escaping, markdown
from maintplan.summary.blocks import Figure, Part


def write(leaf: Leaf, *, pictures: str | None = "", **options: Any) -> Rendered:
    """Return a document as Markdown, with its pictures as files in a folder beside it.

    None leaves them within the text; by default the folder is called as the document.
    """
    del options
    found: dict[str, bytes] = {}
    made = text(leaf.paper, f"{leaf.called}_files" if pictures == "" else pictures, found)
    return Rendered(made.encode(), found)


def load() -> None:
    """Load nothing: all that it needs is here."""


def text(paper: Paper, folder: str | None, found: dict[str, bytes]) -> str:
    """Return a document as Markdown.

    Parameters
    ----------
    paper
        The document.
    folder
        The folder beside it that its pictures go into; None leaves them within the text.
    found
        Takes the pictures, by path.
    """

    def picture(figure: Figure) -> str:
        name = f"{folder}/figure-{len(found) + 1}.svg"
        found[name] = escaping.cleaned(figure.svg).encode()
        return quote(name)

    place = picture if folder is not None else None
    out = [_sheet(paper.cover, place)]
    out.extend(_sheet(each, place) for each in paper.first)
    out.append(_contents(paper))
    out.extend(_sheet(each, place) for each in paper.body)
    return "\n".join(each for each in out if each)


def _sheet(sheet: Sheet, picture: markdown.Picture | None) -> str:
    part = Part(
        id=sheet.id,
        title=sheet.title,
        kind="cover" if sheet.kind == "cover" else "section",
        blocks=sheet.blocks,
    )
    return markdown.part(part, picture)


def _contents(paper: Paper) -> str:
    listed = paper.contents
    if len(listed) < 2:  # noqa: PLR2004 - one section needs no contents
        return ""
    entries = [
        f"{at}. [{escaping.one_line(escaping.marks(escaping.cleaned(each.title)))}]"
        f"({escaping.address(f'#{each.id}')})"
        for at, each in enumerate(listed, start=1)
    ]
    return f"## {paper.words('frame.contents')}\n\n" + "\n".join(entries) + "\n"
