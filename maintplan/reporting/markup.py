"""A page as HTML, by the template ``templates/report/index.html.j2``, without nbconvert around it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maintplan.reporting import fonts
from maintplan.reporting.page import Page, css_string
from maintplan.reporting.source import Leaf, Rendered
from maintplan.resources import report_template

if TYPE_CHECKING:
    from jinja2 import Template


def html(page: Page) -> str:
    """Return a page as one file of HTML."""
    return _template(report_template()).render(resources={"page": page}).lstrip("\r\n")


def write(leaf: Leaf, **options: Any) -> Rendered:
    """Return a document as HTML."""
    del options
    return Rendered(html(leaf.page).encode(), {})


def load() -> None:
    """Load the template and the fonts."""
    _template(report_template())
    fonts.css("", italic=False)


@lru_cache(maxsize=2)
def _template(folder: Path) -> Template:
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 - for who writes HTML

    # Nothing is escaped by itself, as under nbconvert: the template says where text becomes HTML.
    environment = Environment(loader=FileSystemLoader(folder))  # noqa: S701
    environment.filters["css_string"] = css_string
    return environment.get_template("index.html.j2")
