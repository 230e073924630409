"""A document for Word: real styles, links that lead somewhere, an organisation's own look on request."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from openxml_audit import OpenXmlValidator

from maintplan.errors import InputError
from maintplan.reporting import MaintplanDocxExporter
from maintplan.summary.blocks import (
    Block,
    Code,
    Column,
    Figure,
    Heading,
    Note,
    Paragraph,
    Prose,
    Span,
    Step,
    Steps,
    Table,
    line,
)

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="30" height="9"/></svg>'
LONG = "an-anchor-that-is-longer-than-the-forty-characters-that-word-takes"
WIDE = Table(
    caption="Many columns",
    columns=tuple(Column(label=f"Column {index}") for index in range(12)),
    rows=tuple(tuple(line(f"r{row}c{index}") for index in range(12)) for row in range(3)),
)
EVERYTHING: tuple[Block, ...] = (
    Paragraph(line=line("See ", Span(text="the other one", href=f"#{LONG}"), " or ", "nothing.")),
    Steps(items=(Step(line=line("Do it."), code="do --it", check=line("It is done.")),)),
    WIDE,
    Heading(level=2, text="Below", anchor=LONG),
    Note(tone="medium", line=line("Mind this.")),
    Prose(markdown="## Mine\n\n1. one\n2. *two*\n\n> said"),
    Code(text="one\n  two"),
    Figure(svg=SVG, alt="A black bar", caption="How long it is"),
)


Docx = Callable[..., bytes]


@pytest.fixture(scope="module")
def docx(notebook: Callable[..., Any]) -> Docx:
    def make(*blocks: Block, **options: Any) -> bytes:
        made, _ = MaintplanDocxExporter(**options).from_notebook_node(notebook(*blocks))
        return bytes(made)

    return make


@pytest.fixture(scope="module")
def everything(docx: Docx) -> bytes:
    return docx(*EVERYTHING)


def body(data: bytes) -> ET.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return ET.fromstring(bundle.read("word/document.xml"))  # noqa: S314 - our own


def test_headings_captions_steps_and_tables_have_real_styles(everything: bytes) -> None:
    read = Document(io.BytesIO(everything))
    styles = {each.text: each.style.name for each in read.paragraphs if each.style is not None}
    assert styles["When Sluice is in trouble"] == "Title"
    assert styles["First things"] == "Heading 1"
    assert styles["Below"] == "Heading 2"
    assert styles["Many columns"] == "Table Caption"
    assert styles["How long it is"] == "Image Caption"
    assert styles["do --it"] == "Source Code"
    assert styles["It is done."] == "Check"
    assert styles["Mind this."] == "Note Medium"
    assert read.core_properties.title == "Sluice: maintenance runbook"
    assert [each.style.name for each in read.tables if each.style is not None] == ["Table"]


def test_every_link_within_has_a_place_to_lead_to(everything: bytes) -> None:
    tree = body(everything)
    places = {each.get(f"{W}name") for each in tree.iter(f"{W}bookmarkStart")}
    links = {each.get(f"{W}anchor") for each in tree.iter(f"{W}hyperlink")} - {None}
    assert len(links) == 3
    assert links <= places


def test_the_contents_are_a_field_that_is_filled_in(everything: bytes) -> None:
    tree = body(everything)
    fields = [each.text or "" for each in tree.iter(f"{W}instrText")]
    assert any(each.strip().startswith("TOC") for each in fields)
    read = Document(io.BytesIO(everything))
    listed = [each.text for each in read.paragraphs if each.style and each.style.name == "toc 1"]
    assert listed == ["First things", "Second things"]


def test_a_table_repeats_its_header_and_a_wide_one_turns_its_page(everything: bytes) -> None:
    tree = body(everything)
    assert len(list(tree.iter(f"{W}tblHeader"))) == 1
    read = Document(io.BytesIO(everything))
    turned = [(each.page_width or 0) > (each.page_height or 0) for each in read.sections]
    assert turned == [False, True, False]
    assert all("Sluice" in each.header.tables[0].cell(0, 0).text for each in read.sections)


def test_a_picture_says_what_it_shows(everything: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(everything)) as bundle:
        assert 'descr="A black bar"' in bundle.read("word/document.xml").decode()
        assert any(name.endswith(".png") for name in bundle.namelist())


def test_it_keeps_to_the_schema_of_office_documents_so_that_word_repairs_nothing(
    everything: bytes, tmp_path: Path
) -> None:
    assert flaws(everything, tmp_path) == []
    with zipfile.ZipFile(io.BytesIO(everything)) as bundle:
        document = bundle.read("word/document.xml").decode()
        styled = set(re.findall(r'<w:(?:p|r|tbl)Style w:val="([^"]+)"', document))
        defined = set(re.findall(r'w:styleId="([^"]+)"', bundle.read("word/styles.xml").decode()))
        assert styled <= defined


def flaws(data: bytes, folder: Path) -> list[str]:
    """Return what an Office document does against its schema."""
    path = folder / "looked-at.docx"
    path.write_bytes(data)
    found = OpenXmlValidator().validate(path).errors
    # A theme is needed by nothing here; Microsoft's own validator asks for none.
    return [str(each) for each in found if "relationships/theme" not in each.description]


def test_the_first_row_of_a_table_is_not_left_alone_at_a_pages_foot(docx: Docx) -> None:
    rows = tuple((line(f"row {index}"), line("x")) for index in range(9))
    made = docx(Table(columns=(Column(label="A"), Column(label="B")), rows=rows))
    kept = [
        "".join(each.itertext())
        for each in body(made).iter(f"{W}p")
        if each.find(f".//{W}keepNext") is not None
    ]
    assert [each for each in kept if each.startswith("row")] == ["row 0", "row 7"]


def test_the_same_document_is_the_same_file(everything: bytes, docx: Docx) -> None:
    assert docx(*EVERYTHING) == everything


def test_what_looks_like_code_of_any_kind_is_text(docx: Docx) -> None:
    nasty = "<w:p/> & ]]> \\input{x} $x^2$ #panic() {{ 7*7 }} =1+1 ![a](/etc/passwd) <img src=x>"
    read = Document(io.BytesIO(docx(Paragraph(line=line(nasty)), Code(text=nasty), Prose(markdown=nasty))))
    said = [each.text for each in read.paragraphs]
    assert said.count(nasty) == 2
    assert any("a (/etc/passwd)" in each for each in said)


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\xff\0\0" * 2) * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_an_organisations_own_document_keeps_its_fonts_its_page_and_its_logo(
    tmp_path: Path, docx: Docx
) -> None:
    own = Document()
    own.styles["Normal"].font.name = "Acme Sans"
    own.styles["Heading 1"].font.name = "Acme Display"
    own.sections[0].page_width = Pt(612)
    own.sections[0].page_height = Pt(792)
    own.sections[0].header.paragraphs[0].add_run().add_picture(io.BytesIO(png()))
    path = tmp_path / "acme.docx"
    own.save(str(path))
    made = docx(*EVERYTHING, reference_doc=str(path))
    assert flaws(made, tmp_path) == []
    read = Document(io.BytesIO(made))
    assert read.styles["Normal"].font.name == "Acme Sans"
    assert read.styles["Heading 1"].font.name == "Acme Display"
    assert [(each.page_width or 0).pt for each in read.sections] == [612, 792, 612]  # type: ignore[union-attr]
    with zipfile.ZipFile(io.BytesIO(made)) as bundle:
        (rels,) = (
            name for name in bundle.namelist() if re.fullmatch(r"word/_rels/header\d*\.xml\.rels", name)
        )
        target = re.search(r'Target="(media/[^"]+)"', bundle.read(rels).decode())
        assert target is not None
        assert bundle.read(f"word/{target[1]}") == png()


def test_a_reference_document_that_is_none_is_refused(tmp_path: Path, docx: Docx) -> None:
    path = tmp_path / "acme.docx"
    path.write_text("no document")
    with pytest.raises(InputError, match="can't be read as DOCX; name a Word document"):
        docx(*EVERYTHING, reference_doc=str(path))


def test_a_template_in_another_language_keeps_its_styles_its_lists_and_gets_what_it_lacks(
    tmp_path: Path, docx: Docx
) -> None:
    own = Document()
    heading = own.styles["Heading 1"]
    heading.element.set(qn("w:styleId"), "berschrift1")  # as a German Word has it
    own.add_paragraph("Theirs", style="List Number")
    for style in ("Default Paragraph Font", "Normal Table"):  # which other programs than Word do not write
        own.styles[style].delete()
    path = tmp_path / "acme.docx"
    own.save(str(path))
    theirs = numbers(path.read_bytes())
    made = docx(Prose(markdown="1. one\n2. two\n\nand\n\n1. again"), reference_doc=str(path))
    assert not [each for each in flaws(made, tmp_path) if "TableCode" in each or "'Table'" in each]
    read = Document(io.BytesIO(made))
    said = {each.text: each for each in read.paragraphs}
    assert said["First things"].style.style_id == "berschrift1"  # type: ignore[union-attr]
    assert said["one"].style.name == "Compact"  # type: ignore[union-attr]
    assert "Theirs" not in said
    marked = marks(made)
    ours = [marked[each][0] for each in ("one", "two", "again")]
    assert ours[0] == ours[1] != ours[2]
    assert theirs < numbers(made)
    assert set(ours) <= numbers(made) - theirs


def marks(data: bytes) -> dict[str, tuple[int, int]]:
    """Return the list and the level of each paragraph that stands in a list."""
    found = {}
    for each in body(data).iter(f"{W}p"):
        number, level = each.find(f".//{W}numId"), each.find(f".//{W}ilvl")
        if number is not None and level is not None:
            said = "".join(text.text or "" for text in each.iter(f"{W}t"))
            found[said] = int(number.get(f"{W}val", "")), int(level.get(f"{W}val", ""))
    return found


def numbers(data: bytes) -> set[int]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return set(
            map(int, re.findall(r'<w:num [^>]*w:numId="(\d+)"', bundle.read("word/numbering.xml").decode()))
        )


def test_a_template_may_be_written_in_any_way_that_xml_allows(tmp_path: Path, docx: Docx) -> None:
    own = Document()
    own.styles["Heading 1"].font.name = "Acme Display"
    own.sections[0].page_width, own.sections[0].page_height = Pt(792), Pt(612)  # lies across already
    own.sections[0].header.paragraphs[0].text = "Acme, confidential"
    own.add_section()  # names no running heads, so it has those of the one before
    path = tmp_path / "acme.docx"
    own.save(str(path))
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    for name in ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/settings.xml"):
        said = files[name].decode().partition("?>")[2].replace('"', "'").replace("xmlns:w=", "xmlns:a=")
        said = re.sub(r"(?<=[<\s/])w:", "a:", said)
        odd = f"<?xml version='1.0' encoding='UTF-16'?><!-- </w:styles> -->{said}<!-- <w:sectPr/> -->"
        files[name] = odd.encode("utf-16")
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content)
    made = docx(*EVERYTHING, reference_doc=str(path))
    assert flaws(made, tmp_path) == []
    read = Document(io.BytesIO(made))
    assert read.styles["Heading 1"].font.name == "Acme Display"
    assert "Verbatim Char" in {each.name for each in read.styles}
    assert [each.page_width for each in read.sections] == [Pt(792)] * len(read.sections)
    assert [each.header.paragraphs[0].text for each in read.sections] == ["Acme, confidential"] * len(
        read.sections
    )
    assert {"one", "two"} <= set(marks(made))


def test_a_template_that_is_locked_does_not_lock_its_documents(tmp_path: Path, docx: Docx) -> None:
    own = Document()
    settings = own.settings.element
    settings.insert(0, settings.makeelement(qn("w:documentProtection"), {qn("w:edit"): "readOnly"}))
    path = tmp_path / "acme.docx"
    own.save(str(path))
    made = Document(io.BytesIO(docx(*EVERYTHING, reference_doc=str(path))))
    assert made.settings.element.find(qn("w:documentProtection")) is None


def test_a_strict_template_is_refused_with_what_to_do(tmp_path: Path, docx: Docx) -> None:
    path = tmp_path / "acme.docx"
    Document().save(str(path))
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name) for name in bundle.namelist()}
    strict = (b"http://schemas.openxmlformats.org/", b"http://purl.oclc.org/ooxml/")
    with zipfile.ZipFile(path, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name, content.replace(*strict) if name == "_rels/.rels" else content)
    with pytest.raises(InputError, match=r"Strict Open XML Document; save it in Word as Word Document"):
        docx(*EVERYTHING, reference_doc=str(path))


def test_macros_and_remarks_of_a_template_stay_behind(tmp_path: Path, docx: Docx) -> None:
    own = io.BytesIO()
    Document().save(own)
    path = tmp_path / "acme.docm"
    with zipfile.ZipFile(own) as plain, zipfile.ZipFile(path, "w") as macros:
        for name in plain.namelist():
            data = plain.read(name)
            if name == "word/_rels/document.xml.rels":
                kind = b"http://schemas.microsoft.com/office/2006/relationships/vbaProject"
                more = (
                    b'<Relationship Id="rId99" Type="' + kind + b'" Target="vbaProject.bin"/></Relationships>'
                )
                data = data.replace(b"</Relationships>", more)
            macros.writestr(name, data)
        macros.writestr("word/vbaProject.bin", b"macro")
    with zipfile.ZipFile(io.BytesIO(docx(reference_doc=str(path)))) as bundle:
        assert not any("vba" in name for name in bundle.namelist())
        assert b"vba" not in bundle.read("word/_rels/document.xml.rels")


def test_lists_within_lists_and_quotes_keep_their_levels(docx: Docx) -> None:
    text = "1. one\n   - two\n     > said\n\n     ```\n     code\n     ```\n3. three"
    made = docx(Prose(markdown=text))
    read = Document(io.BytesIO(made))
    assert {said: level for said, (_, level) in marks(made).items()} == {"one": 0, "two": 1, "three": 0}
    styles = {each.text: each.style.name for each in read.paragraphs if each.style is not None}
    assert styles["said"] == "Block Text"
    assert styles["code"] == "Source Code"


def test_two_listings_in_a_row_stay_two(docx: Docx) -> None:
    made = docx(
        Code(text="first"), Code(text="second"), Prose(markdown="- in\n  ```\n  a\n  ```\n  ```\n  b\n  ```")
    )
    styles = [each.style.name for each in Document(io.BytesIO(made)).paragraphs if each.style is not None]
    assert styles.count("Source Code") == 4
    assert ("Source Code", "Source Code") not in set(pairwise(styles))


@pytest.mark.parametrize(
    "address", ["https://[half", "https://a.example/a b|c\u00fc", "https://ok.example/%20?a=b&c"]
)
def test_an_address_is_one_that_word_opens_or_none(address: str, docx: Docx) -> None:
    made = docx(Paragraph(line=line(Span(text="there", href=address))))
    with zipfile.ZipFile(io.BytesIO(made)) as bundle:
        related = ET.fromstring(bundle.read("word/_rels/document.xml.rels"))  # noqa: S314 - our own
    targets = [each.get("Target", "") for each in related if each.get("TargetMode") == "External"]
    assert all(re.fullmatch(r"[!-~]+", each) and "|" not in each and "[" not in each for each in targets)
    assert "there" in "".join(each.text for each in Document(io.BytesIO(made)).paragraphs)
