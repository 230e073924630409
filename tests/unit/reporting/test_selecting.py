"""One document taken out of an executed notebook, as ``--SelectDeliverable.name`` does."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from traitlets.config import Config

from maintplan.errors import InputError
from maintplan.reporting import MaintplanHTMLExporter, names, select
from maintplan.summary.blocks import Heading, Paragraph, Part, line
from maintplan.summary.documents import Document


def cover(title: str, **about: Any) -> Part:
    return Part(id="cover", title=title, kind="cover", about={"title": title, "service": "pay", **about})


PLAN = cover("pay: the plan")
FIRST = Part(id="who", title="Who to reach", blocks=(Paragraph(line=line("The pager.")),))
LATER = Part(id="restart", title="Restart", blocks=(Heading(level=3, text="One instance", anchor="one"),))
RUNBOOK = Document(
    id="runbook",
    title="Runbook",
    cover=cover("When pay is in trouble", layout="document", contents_after="who"),
    parts=(FIRST, LATER),
)
WHOLE = Document(id="everything", title="Everything", cover=cover("pay: everything"), whole=True)


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    """An executed notebook that shows a plan and holds two documents."""
    section = Part(id="rollout", title="Feature Rollout", blocks=(Paragraph(line=line("Three stages.")),))
    cells = [
        nbformat.v4.new_code_cell(  # type: ignore[no-untyped-call]
            outputs=[
                nbformat.v4.new_output("display_data", each._repr_mimebundle_())  # type: ignore[no-untyped-call]
                for each in group
            ]
        )
        for group in ((PLAN, section), (RUNBOOK, WHOLE))
    ]
    return nbformat.v4.new_notebook(cells=cells)  # type: ignore[no-untyped-call, no-any-return]


def exported(notebook: nbformat.NotebookNode, name: str = "") -> str:
    config = Config({"SelectDeliverable": {"name": name}})
    html, _ = MaintplanHTMLExporter(config=config).from_notebook_node(notebook)
    return str(html)


def test_without_a_name_the_report_is_the_plan_and_no_document_slips_in(notebook: Any) -> None:
    html = exported(notebook)
    assert "pay: the plan" in html
    assert "Three stages." in html
    assert "The pager." not in html
    assert "Runbook" not in html


def test_a_document_is_chosen_by_its_name_and_is_all_that_is_left(notebook: Any) -> None:
    html = exported(notebook, "runbook")
    assert "<title>When pay is in trouble</title>" in html
    assert "The pager." in html
    assert "Three stages." not in html


def test_the_contents_follow_what_is_needed_first(notebook: Any) -> None:
    html = exported(notebook, "runbook")
    assert html.index("The pager.") < html.index('id="contents"') < html.index("One instance")


def test_a_document_that_is_the_whole_plan_brings_its_own_title_page(notebook: Any) -> None:
    html = exported(notebook, "everything")
    assert "pay: everything" in html
    assert "pay: the plan" not in html
    assert "Three stages." in html


def test_the_notebook_stays_as_it_was(notebook: Any) -> None:
    before = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    select(notebook, "everything")
    exported(notebook, "runbook")
    assert nbformat.writes(notebook) == before  # type: ignore[no-untyped-call]


def test_a_wrong_name_is_refused_with_those_that_there_are(notebook: Any) -> None:
    assert names(notebook) == ["runbook", "everything"]
    with pytest.raises(InputError, match=r"unknown document 'runbok'.*runbook"):
        exported(notebook, "runbok")


def test_a_notebook_without_documents_says_how_to_get_them(notebook: Any) -> None:
    notebook.cells = notebook.cells[:1]
    with pytest.raises(InputError, match=r"holds no documents; run all cells of maintenance_plan\.ipynb"):
        select(notebook, "runbook", "plan.ipynb")


def test_a_document_of_another_version_is_named_in_one_line(notebook: Any) -> None:
    notebook.cells[1].outputs[0].data["application/vnd.maintplan.document+json"] = {"id": "runbook"}
    with pytest.raises(InputError, match="can't be read; run the notebook again"):
        select(notebook, "runbook")
