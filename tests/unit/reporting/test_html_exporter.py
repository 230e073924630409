# ruff: noqa: E501 - foreign markup is read best on one line
from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from unittest.mock import Mock

import nbformat
import pytest
from traitlets.config import Config

from maintplan.errors import InputError
from maintplan.reporting import MaintplanHTMLExporter, svg
from maintplan.summary.blocks import Column, Heading, Paragraph, Part, Prose, Span, Table, line

COVER = Part(
    id="cover",
    title="Directory: plan",
    kind="cover",
    about={
        "title": "Directory: plan",
        "language": "de-CH",
        "service": "directory",
        "tier": 2,
        "status": "in review",
        "revision": 23,
        "date": "2026-11-24",
        "made": "24 November 2026",
    },
)
ROLLOUT = Part(
    id="rollout",
    title="Feature Rollout",
    blocks=(
        Prose(markdown="We release in three stages.\nNo more."),
        Heading(level=3, text="Stages", anchor="stages"),
        Table(columns=(Column(label="Name"),), rows=((line("canary"),),), anchors=("canary",)),
    ),
)
SIGN_OFF = Part(id="sign-off", title="Sign-off", kind="status", blocks=(Paragraph(line=line("Open.")),))
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def shows(data: Any, **metadata: Any) -> dict[str, Any]:
    """An output that displays data, or a part."""
    bundle = data._repr_mimebundle_() if isinstance(data, Part) else data
    return {"output_type": "display_data", "metadata": metadata, "data": bundle}


def code(source: str, *outputs: dict[str, Any], tags: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {"tags": list(tags)},
        "execution_count": 1,
        "outputs": list(outputs),
    }


def text(source: str, *tags: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {"tags": list(tags)}}


def export(*cells: dict[str, Any], **options: Any) -> str:
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": numbered}
    node = nbformat.reads(json.dumps(notebook), as_version=4)  # type: ignore[no-untyped-call]
    html, _ = MaintplanHTMLExporter(**options).from_notebook_node(node)
    return str(html)


def plan(*added: dict[str, Any], **options: Any) -> str:
    """The report of a small plan, with what an analyst added after its section."""
    return export(
        code("a", shows(COVER)), code("b", shows(ROLLOUT)), *added, code("c", shows(SIGN_OFF)), **options
    )


def body(html: str) -> str:
    """Everything after the style sheet."""
    return html.partition("</style>")[2]


class Elements(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, name: str) -> set[str]:
        return {str(attributes[name]) for _, attributes in self.found if name in attributes}


def test_the_report_is_one_file_without_script_that_names_its_policy() -> None:
    html = plan()
    elements = Elements(html)
    assert not {tag for tag, _ in elements.found} & {"script", "link", "iframe", "object", "embed", "base"}
    assert all(src.startswith("data:") for src in elements.all("src"))
    assert not re.search(r"url\((?!data:font/woff2;base64,)", html)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:" in html


def test_the_title_page_the_contents_and_the_parts_come_in_order() -> None:
    html = body(plan())
    places = [html.index(each) for each in ("<h1", "<nav", 'id="rollout"', 'id="sign-off"')]
    assert places == sorted(places)
    assert "<title>Directory: plan</title>" in plan()
    assert '<html lang="de-CH">' in plan()
    assert "tier 2, in review, revision 23" in html


def test_every_link_within_the_report_has_one_end() -> None:
    html = plan(code("again", shows(ROLLOUT.model_copy(update={"title": "Feature Rollout, old"}))))
    elements = Elements(html)
    ids = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in elements.all("href") if href.startswith("#")} <= set(ids)


def test_a_part_that_was_shown_twice_is_said_once() -> None:
    assert body(plan(code("again", shows(ROLLOUT)))).count('id="rollout"') == 1


def test_the_title_page_comes_first_wherever_it_was_shown() -> None:
    html = body(export(code("a", shows(ROLLOUT)), code("b", shows(COVER))))
    assert html.index("<h1") < html.index('id="rollout"')


def test_code_prompts_and_standard_error_stay_out() -> None:
    noise = {"output_type": "stream", "name": "stderr", "text": "DeprecationWarning"}
    html = plan(code("secret_call()", noise))
    assert "secret_call" not in html
    assert "DeprecationWarning" not in html


def test_code_comes_in_when_it_is_asked_for() -> None:
    noise = {"output_type": "stream", "name": "stderr", "text": "DeprecationWarning"}
    html = plan(code("x = 1 < 2", noise), show_code=True)
    assert "x = 1 &lt; 2" in html
    assert "DeprecationWarning" not in html


def test_what_an_analyst_added_stands_in_its_place() -> None:
    html = body(
        plan(
            code(
                "plot", shows({"image/png": PNG, "text/plain": "<Figure>"}, **{"image/png": {"alt": "Load"}})
            ),
            code("table", shows({"text/html": "<table><tr><td>42</td></tr></table>", "text/plain": "42"})),
            code("words", shows({"text/markdown": "**bold** <b>"})),
            code("print", {"output_type": "stream", "name": "stdout", "text": ["a < b\n"]}),
            text("Added *by hand*", "report"),
            text("For whoever runs this"),
        )
    )
    wanted = (
        'id="rollout"',
        f'<img src="data:image/png;base64,{PNG}" alt="Load">',
        "<td>42</td>",
        "<strong>bold</strong> &lt;b&gt;",
        "a &lt; b",
        "Added <em>by hand</em>",
        'id="sign-off"',
    )
    places = [html.index(each) for each in wanted]
    assert places == sorted(places)
    assert "For whoever runs this" not in html


def test_a_widget_and_a_hidden_cell_leave_nothing() -> None:
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": "Text(value='')"}
    html = plan(code("w", shows(widget)), code("h", shows({"text/plain": "hidden"}), tags=("no-report",)))
    assert "Text(" not in html
    assert "hidden</pre>" not in html


@pytest.mark.parametrize(
    "foreign",
    [
        {"text/html": "<script>alert(1)</script><p onclick='alert(1)'>hi<img src=x onerror=alert(1)></p>"},
        {"text/html": "<a href='javascript:alert(1)'>hi</a><iframe src='//x.org'></iframe>"},
        {
            "text/html": "<svg><script>alert(1)</script></svg><math><style><img onerror=alert(1)>hi</style></math>hi"
        },
        {
            "text/html": "<style>body{background:url(//x.org)}</style><p style='background:url(//x.org)'>hi</p>"
        },
        {
            "text/html": "<form action='//x.org'><input name=a>hi</form><meta http-equiv=refresh content='0;//x.org'>"
        },
        {"text/markdown": "hi <script>alert(1)</script> [x](javascript:alert(1)) ![x](http://x.org/a.png)"},
        {
            "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"
        },
        {"image/png": "x' onerror='alert(1)"},
        {"application/javascript": "alert(1)"},
    ],
)
def test_foreign_output_never_becomes_script(foreign: dict[str, str]) -> None:
    elements = Elements(body(plan(code("x", shows(foreign)))))
    assert not {tag for tag, _ in elements.found} & {
        "script",
        "iframe",
        "svg",
        "math",
        "style",
        "form",
        "input",
        "meta",
    }
    assert all(src.startswith("data:image/") for src in elements.all("src"))
    assert not [name for _, attributes in elements.found for name in attributes if name.startswith("on")]
    assert all(re.match(r"#|https?://", href) for href in elements.all("href"))


def test_a_foreign_part_is_no_way_in() -> None:
    foreign = Part(
        id='"><script>alert(1)</script>',
        title="<script>alert(1)</script>",
        blocks=(Paragraph(line=line(Span(text="x", href="javascript:alert(1)"))),),
    )
    html = plan(code("x", shows(foreign)))
    assert "<script" not in html
    assert "javascript:" not in body(html)


def test_a_failed_notebook_begins_by_naming_the_cell_and_the_error() -> None:
    failed = {
        "output_type": "error",
        "ename": "InputError",
        "evalue": "\x1b[31mplan.yaml:3: 'abc' is not a <percent>\x1b[0m",
        "traceback": ["Traceback"],
    }
    note = text("An Exception was encountered at 'In [2]'", "papermill-error-cell-tag")
    html = body(export(code("a", shows(COVER)), text("# Read *the* plan"), note, code("b", failed)))
    banner = html.index('class="stopped"')
    assert banner < html.index("<h1")
    assert '<a href="#stopped-2">code cell 2, under “Read the plan”</a>' in html
    assert "plan.yaml:3: &#39;abc&#39; is not a &lt;percent&gt;" in html
    assert 'id="stopped-2"' in html
    assert "Traceback" not in html
    assert "Exception was encountered" not in html


def test_a_notebook_that_failed_before_its_title_page_still_has_a_report() -> None:
    html = export(code("a", {"output_type": "error", "ename": "KeyError", "evalue": "", "traceback": []}))
    assert "KeyError" in html
    assert html.count("<h1") == 1


def test_a_notebook_without_a_part_is_refused_with_the_mend() -> None:
    with pytest.raises(InputError, match="holds no part of a plan; run all cells"):
        export(code("1 + 1", shows({"text/plain": "2"})))


def test_a_part_of_another_version_is_refused_with_its_cell() -> None:
    data = {"application/vnd.maintplan.part+json": {"id": "x", "colour": "blue"}}
    with pytest.raises(InputError, match="code cell 1 can't be read"):
        export(code("x", shows(data)))


def test_fonts_of_other_scripts_come_only_where_they_are_used() -> None:
    assert len(plan()) < len(plan(code("x", shows({"text/plain": "Ł"})))) < 900_000


def test_jupyterlab_lists_the_exporter() -> None:
    exporter = MaintplanHTMLExporter()
    assert exporter.export_from_notebook == "Maintenance plan (HTML)"
    assert exporter.output_mimetype == "text/html"
    assert exporter.file_extension == ".html"


def test_a_picture_keeps_its_drawing_and_loses_what_it_would_fetch() -> None:
    picture = svg.cleaned(
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        "<style>@import url(http://x.org)</style>"
        '<g clip-path="url(#a)"><path d="M0 0" style="fill:url(http://x.org)"/><use xlink:href="#a"/></g>'
        '<image href="http://x.org/a.png"/><a href="javascript:alert(1)"><text>hi</text></a></svg>'
    )
    assert picture is not None
    assert b"x.org" not in picture
    assert b"javascript" not in picture
    assert b'clip-path="url(#a)"' in picture
    assert b"hi</text>" in picture


@pytest.mark.parametrize("source", ["", "no xml", "<html/>", "<!DOCTYPE a [<!ENTITY b 'c'>]><svg>&b;</svg>"])
def test_what_is_no_picture_is_left_out(source: str) -> None:
    assert svg.cleaned(source) is None


def test_nbconverts_own_settings_count_and_cost_nothing_where_there_are_none() -> None:
    cells = [code("", shows(COVER), tags=("mine",)), code("", shows(ROLLOUT), tags=("not-mine",))]
    numbered = [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)]
    node = nbformat.from_dict({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": numbered})  # type: ignore[no-untyped-call]
    copied = AssertionError("the notebook was copied")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbformat.NotebookNode, "__deepcopy__", Mock(side_effect=copied))
        assert "Feature Rollout" in MaintplanHTMLExporter().from_notebook_node(node)[0]
    without = Config(TagRemovePreprocessor={"remove_cell_tags": {"not-mine"}})
    assert "Feature Rollout" not in MaintplanHTMLExporter(config=without).from_notebook_node(node)[0]
    assert len(node["cells"]) == 2
