"""Documents in the formats that are asked for: named, refused where a part is missing, not made twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert.exporters import get_export_names, get_exporter
from nbconvert.nbconvertapp import NbConvertApp
from nbformat.v4 import new_code_cell, new_notebook, new_output

from maintplan.errors import InputError, MissingExtra
from maintplan.reporting import formats, making, select
from maintplan.summary import documents
from maintplan.summary.blocks import MIME, Figure, Paragraph, Part, line

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="30" height="9"/></svg>'


def notebook(said: str = "Restart it.") -> Any:
    cover = Part(id="cover", title="Sluice: runbook", kind="cover", about={"title": "Sluice: runbook"})
    parts = (
        Part(id="one", title="One", blocks=(Paragraph(line=line(said)), Figure(svg=SVG, alt="A bar"))),
        Part(id="two", title="Two", blocks=(Paragraph(line=line("Look again.")),)),
    )
    runbook = documents.Document(id="runbook", title="Runbook", cover=cover, parts=parts)
    changed = Part(id="changes", title="Changed", blocks=(Paragraph(line=line("It was started.")),))
    whole = documents.Document(id="everything", title="Everything", cover=cover, parts=(changed,), whole=True)
    outputs = [new_output("display_data", {MIME: each.to_json()}) for each in (cover, *parts)]  # type: ignore[no-untyped-call]
    outputs += [new_output("display_data", {documents.MIME: each.to_json()}) for each in (runbook, whole)]  # type: ignore[no-untyped-call]
    return new_notebook(cells=[new_code_cell(outputs=outputs)])  # type: ignore[no-untyped-call]


ALL = formats.named("html,pdf,docx,markdown")


def make(folder: Path, made_of: Any, **options: Any) -> dict[str, bool]:
    return {each.path.name: each.anew for each in making.make(made_of, ALL, folder, options)}


def test_every_document_comes_in_every_format(tmp_path: Path) -> None:
    made = make(tmp_path, notebook())
    names = {
        f"{name}{ending}"
        for name in ("runbook", "everything")
        for ending in (".html", ".pdf", ".docx", ".md")
    }
    assert set(made) == names
    assert all((tmp_path / name).is_file() for name in names)


def test_what_did_not_change_is_not_made_again(tmp_path: Path) -> None:
    make(tmp_path, notebook())
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("runbook.*")}
    assert not any(make(tmp_path, notebook()).values())
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.glob("runbook.*")} == before


def test_what_changed_was_deleted_or_was_edited_is_made_again(tmp_path: Path) -> None:
    make(tmp_path, notebook())
    assert all(make(tmp_path, notebook("Restart both.")).values())
    (tmp_path / "runbook.pdf").unlink()
    (tmp_path / "runbook.md").write_text("Somebody's own words.")
    again = make(tmp_path, notebook("Restart both."))
    assert {name for name, anew in again.items() if anew} == {"runbook.pdf", "runbook.md"}
    assert "Somebody" not in (tmp_path / "runbook.md").read_text()


def test_another_option_makes_it_again(tmp_path: Path) -> None:
    make(tmp_path, notebook())
    assert all(make(tmp_path, notebook(), show_code=True).values())


def test_made_beside_each_other_they_are_the_same_files(tmp_path: Path) -> None:
    files = []
    for jobs in (1, 3):
        folder = tmp_path / str(jobs)
        folder.mkdir()
        made = list(making.make(notebook(), ALL, folder, {}, jobs=jobs))
        files.append({each.path.name: each.path.read_bytes() for each in made})
    assert files[0] == files[1]


def test_one_document_is_made_alone_and_is_the_same(tmp_path: Path) -> None:
    made = list(making.make(notebook(), ALL[:1], tmp_path, {}, only="runbook"))
    assert [each.path.name for each in made] == ["runbook.html"]
    assert made[0].path.read_bytes() == making.render(notebook(), "runbook", ALL[0], {}).data
    with pytest.raises(InputError, match="did you mean runbook"):
        list(making.make(notebook(), ALL[:1], tmp_path, {}, only="runbok"))


def test_pictures_of_markdown_are_files_beside_it(tmp_path: Path) -> None:
    make(tmp_path, notebook())
    text = (tmp_path / "runbook.md").read_text()
    assert "![A bar](runbook_files/figure-1.svg)" in text
    assert (tmp_path / "runbook_files" / "figure-1.svg").read_text() == SVG


def test_the_contents_of_markdown_lead_to_its_sections(tmp_path: Path) -> None:
    make(tmp_path, notebook())
    text = (tmp_path / "runbook.md").read_text()
    assert "1. [One](<#one>)\n2. [Two](<#two>)\n" in text
    assert '## <a id="one"></a>One' in text


def test_a_format_that_is_none_names_the_closest() -> None:
    with pytest.raises(InputError, match=r"--to: unknown format 'pfd'; did you mean pdf\?"):
        formats.named("html,pfd")


@pytest.mark.parametrize("name", ["pdf", "docx"])
def test_a_missing_part_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda each: None if each == "typst" else object())
    with pytest.raises(MissingExtra) as caught:
        formats.named(name)
    said = f"{name.upper()} needs Typst, which is not installed"
    assert str(caught.value) == f"{said}; install it with: pip install 'maintplan[documents]'"
    assert caught.value.exit_code == 2


def test_nbconvert_makes_one_by_itself(tmp_path: Path) -> None:
    nbformat.write(notebook(), tmp_path / "executed.ipynb")  # type: ignore[no-untyped-call]
    command = [sys.executable, "-m", "nbconvert", "--to", "maintplan-pdf", "executed.ipynb"]
    done = subprocess.run(
        [*command, "--SelectDeliverable.name=runbook"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "executed.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize("kind", ["docx", "markdown", "html"])
def test_its_command_makes_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    nbformat.write(notebook(), tmp_path / "executed.ipynb")  # type: ignore[no-untyped-call]
    nbconvert: Any = NbConvertApp()
    nbconvert.initialize(["--to", f"maintplan-{kind}", "executed.ipynb", "--SelectDeliverable.name=runbook"])
    nbconvert.start()
    made = tmp_path / f"executed{formats.FORMATS[kind].ending}"
    assert made.stat().st_size > 100
    if kind == "markdown":
        assert (tmp_path / "executed_files" / "figure-1.svg").is_file()
        assert "# <a" in made.read_text()


def test_the_export_menu_lists_each() -> None:
    listed = {name: get_exporter(name).export_from_notebook for name in get_export_names()}  # type: ignore[no-untyped-call]
    assert {name: label for name, label in listed.items() if name.startswith("maintplan-")} == {
        "maintplan-html": "Maintenance plan (HTML)",
        "maintplan-pdf": "Maintenance plan (PDF)",
        "maintplan-docx": "Maintenance plan (Word)",
        "maintplan-markdown": "Maintenance plan (Markdown)",
    }


@pytest.mark.parametrize("name", ["runbook", "everything"])
def test_a_document_is_the_one_that_nbconvert_makes(name: str) -> None:
    made_of = notebook()
    made_of.cells.append(new_code_cell("1 + 1", outputs=[new_output("stream", text="seen")]))  # type: ignore[no-untyped-call]
    about = {"metadata": {"name": name}, "output_files_dir": f"{name}_files"}
    for kind in formats.named("html,pdf,markdown"):
        for options in ({}, {"show_code": True}):
            exporter: Any = get_exporter(f"maintplan-{kind.name}")  # type: ignore[no-untyped-call]
            theirs, _ = exporter(**options).from_notebook_node(select(made_of, name), about)
            theirs = theirs.encode() if isinstance(theirs, str) else theirs
            assert making.render(made_of, name, kind, options).data == theirs
            assert (b"It was started." in theirs) == (name == "everything" and kind.name != "pdf")
