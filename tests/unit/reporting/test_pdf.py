"""A document as PDF: accessible, whole, and set in the kit's own fonts whatever the machine has."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from pypdf import PdfReader

from maintplan.reporting import MaintplanPDFExporter, faces
from maintplan.reporting import pdf as renderer
from maintplan.reporting.collecting import collect
from maintplan.reporting.paper import paper
from maintplan.reporting.typesetting import SIDE, typeset
from maintplan.resources import report_template
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
    Prose,
    Span,
    Step,
    Steps,
    Table,
    line,
)

Notebook = Callable[..., Any]
Pdf = Callable[..., PdfReader]


@pytest.fixture(scope="module")
def pdf(notebook: Notebook) -> Pdf:
    def make(*blocks: Block, **about: Any) -> PdfReader:
        made, _ = MaintplanPDFExporter().from_notebook_node(notebook(*blocks, **about))
        return PdfReader(io.BytesIO(made))

    return make


def words(text: str) -> str:
    return "".join(text.split())


def text(reader: PdfReader) -> str:
    return words("".join(page.extract_text() for page in reader.pages))


def table(rows: Sequence[Sequence[str]], columns: int) -> Table:
    return Table(
        columns=tuple(Column(label=f"Column {index + 1}") for index in range(columns)),
        rows=tuple(tuple(line(cell) for cell in row) for row in rows),
    )


def test_it_says_that_it_is_accessible_and_names_title_and_language(pdf: Pdf) -> None:
    reader = pdf(Paragraph(line=line("Hello.")))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert reader.metadata is not None
    assert reader.metadata.title == "Sluice: maintenance runbook"
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_bookmarks_lead_to_the_sections(pdf: Pdf) -> None:
    reader = pdf(Paragraph(line=line("Hello.")))
    titles = [each.title for each in reader.outline if not isinstance(each, list)]
    assert titles == ["First things", "Second things"]


def test_each_page_says_what_it_belongs_to_and_how_many_there_are(pdf: Pdf) -> None:
    reader = pdf(*(Paragraph(line=line(f"Paragraph {index}. " * 30)) for index in range(30)))
    count = len(reader.pages)
    assert count > 1
    for number, page in enumerate(reader.pages, start=1):
        shown = words(page.extract_text())
        assert words("Sluice: maintenance runbook") in shown
        assert words(f"{number} of {count}") in shown


def test_a_long_table_repeats_its_header_and_loses_no_word_of_a_cell_of_two_pages(pdf: Pdf) -> None:
    rows = [
        [f"r{row}c{column}{' alpha beta gamma' * (column % 3)}" for column in range(12)] for row in range(200)
    ]
    rows[100][5] = " ".join(f"word{index}" for index in range(900))
    reader = pdf(Heading(level=2, text="Wide", anchor="wide"), table(rows, 12))
    shown = text(reader)
    assert all(cell.split()[0] in shown for row in rows for cell in row)
    assert all(f"word{index}" in shown for index in range(900))
    across = [page for page in reader.pages if page.mediabox.width > page.mediabox.height]
    assert 4 < len(across) < 36, "one long cell does not make all rows narrow, which took twice as many"
    assert all("Column1" in words(page.extract_text()) for page in across)
    assert "Wide" in across[0].extract_text(), "its heading turns with it"


def test_a_table_begins_where_its_first_two_rows_have_room(pdf: Pdf) -> None:
    rows = [[f"first{row}", f"second{row} and what makes it two lines " * 2] for row in range(20)]
    begun = table(rows, 2).model_copy(update={"caption": "Begun here"})
    alone = 0
    for count in (34, 35, 36):
        reader = pdf(*(Paragraph(line=line(f"Filler {index}.")) for index in range(count)), begun)
        for page in reader.pages:
            shown = words(page.extract_text())
            if "first0" in shown:
                assert "Begunhere" in shown
                alone += "first1" not in shown
    assert not alone


def test_a_command_is_as_large_as_what_a_table_says(pdf: Pdf) -> None:
    sizes: dict[str, float] = {}

    def seen(said: str, _: Any, matrix: Sequence[float], __: Any, size: float) -> None:
        sizes[said.strip()] = abs(matrix[3]) * size

    pdf(Code(text="ops/restart"), table([["cell", "other"]], 2)).pages[0].extract_text(visitor_text=seen)
    found = {key: value for text, value in sizes.items() for key in ("ops/restart", "cell") if key in text}
    assert found["ops/restart"] > found["cell"] * 0.9


def test_what_looks_like_code_of_any_kind_is_text(pdf: Pdf) -> None:
    nasty = '#panic("x") #read("/etc/passwd") $x^2$ \\input{a} <b>&amp; {{ 7*7 }} =1+1 @ref // /* `` ~ -- ---'
    everything = (
        Paragraph(line=line(nasty)),
        Bullets(items=(line(nasty),)),
        Steps(items=(Step(line=line(nasty), code=nasty, check=line(nasty)),)),
        table([[nasty, "x"]], 2),
        Pairs(pairs=((nasty, line(nasty)),)),
        Code(text=nasty),
        Note(line=line(nasty)),
    )
    assert text(pdf(*everything)).count(words(nasty)) == 10


def test_a_persons_markdown_goes_below_its_section_and_fetches_nothing(pdf: Pdf) -> None:
    prose = "# Big\n\n###### Small\n\n![a picture](file:///etc/passwd) ![b](https://x.example/b.png)\n\n<b>raw</b>"
    reader = pdf(Heading(level=2, text="Above", anchor="above"), Prose(markdown=prose))
    assert "apicture(file:///etc/passwd)" in text(reader)
    assert "<b>raw</b>" in text(reader)
    assert not any(page.images for page in reader.pages)


@pytest.mark.parametrize("word", ["x" * 400, "/".join(["path"] * 90), "https://x.example/" + "a" * 300])
def test_a_word_that_fits_no_line_breaks_and_stays_on_the_page(word: str, pdf: Pdf) -> None:
    blocks = (
        Paragraph(line=line(word)),
        Code(text=word),
        table([[word, "b", word]], 3),
        Note(line=line(word)),
    )
    reader = pdf(*blocks)
    assert text(reader).count(word) == 5
    for page in reader.pages:
        right: list[float] = []

        def seen(said: str, _: Any, matrix: Any, *rest: Any) -> None:
            del rest
            if said.strip():
                right.append(matrix[4])  # noqa: B023 - read at once

        page.extract_text(visitor_text=seen)
        assert max(right, default=0) < page.mediabox.width


WORD = "x" * 300
NASTY = (
    WORD,
    "https://x.example/" + "a/very/long/path-of-many-parts?and=a&query=" * 9,
    "Árvíztűrő_tükörfúrógép_" * 12,
    "\u0627\u0644\u0639\u0631\u0628\u064a\u0629" * 30,
    "\u4e2d\u6587\u5b57" * 60,
    "\U0001f680\U0001f468\u200d\U0001f469\u200d\U0001f467" * 30,
    '#panic("x") $x^2$ \\input{a} <b>&amp; {{ 7*7 }} =1+1 @ref // /* `` ~ -- ---' * 4,
)


def margins(made_of: Any) -> set[tuple[str, int]]:
    """Return the sides, with the page, on which anything stands in the outer part of a margin."""
    read = paper(collect(made_of, "nasty"), "nasty")
    chosen = faces.faces(read.texts())
    data = typeset(read, chosen).data
    pages = renderer._compiler(chosen.folders).compile(
        (report_template() / "document.typ").read_bytes(),
        format="png",
        ppi=48,
        sys_inputs={"document": json.dumps(data, ensure_ascii=False)},
    )
    found = set()
    for number, page in enumerate(pages if isinstance(pages, list) else [pages], start=1):
        with Image.open(io.BytesIO(page or b"")) as opened:
            image = ImageChops.invert(opened.convert("L"))
        across, down = image.size
        side, edge = round((SIDE - 5) * 48 / 72), round(18 * 48 / 72)
        areas = {
            "left": (0, 0, side, down),
            "right": (across - side, 0, across, down),
            "top": (0, 0, across, edge),
            "bottom": (0, down - edge, across, down),
        }
        found |= {(name, number) for name, area in areas.items() if image.crop(area).getbbox()}
    return found


@pytest.mark.parametrize("layout", ["document", "whole"])
def test_nothing_runs_into_a_margin_or_off_the_page(layout: str, notebook: Notebook) -> None:
    cell = " ".join(f"word{index}" for index in range(1100))
    wide = [[f"r{row}c{column} {NASTY[column % 7]}" for column in range(12)] for row in range(3)]
    wide[1][5] = cell
    deep = "\n".join("  " * level + f"- level {level} {WORD}" for level in range(7))
    blocks: list[Block] = [table(wide, 12), Heading(level=2, text="Next", anchor="next")]
    for each in NASTY:
        blocks += [
            Heading(level=2, text=each, anchor=each[:9], aside=line(each)),
            Paragraph(line=line(each)),
            Paragraph(line=line(Span(text=each, tone="code")), tone="muted"),
            Bullets(items=(line(each),)),
            Steps(items=(Step(line=line(each), code=f"{each}\n\t{each}", check=line(each)),)),
            table([[each, "b", each]], 3),
            Pairs(pairs=((each, line(each)),)),
            Note(line=line(each), more=line(each)),
            Prose(
                markdown=f"> > > {each}\n\n1. {each}\n\n```\n{each}\n```\n\n![{each}]({each})\n\n"
                f"|a|b|\n|-|-|\n|{WORD}|b|"
            ),
        ]
    blocks.append(Prose(markdown=deep))
    assert margins(notebook(*blocks, layout=layout, title=WORD, service=WORD)) == set()


def test_the_same_document_is_the_same_file(notebook: Notebook) -> None:
    first, _ = MaintplanPDFExporter().from_notebook_node(notebook(Paragraph(line=line("Hello."))))
    second, _ = MaintplanPDFExporter().from_notebook_node(notebook(Paragraph(line=line("Hello."))))
    assert first == second


def test_hungarian_greek_and_arabic_come_out_as_they_went_in(pdf: Pdf, notebook: Notebook) -> None:
    said = "Árvíztűrő tükörfúrógép. Ξεσκεπάζω την ψυχοφθόρα βδελυγμία. Съешь ещё. → ≤ ≥ ✓ …"
    assert words(said) in text(pdf(Paragraph(line=line(said))))
    exporter = MaintplanPDFExporter()
    exporter.from_notebook_node(notebook(Paragraph(line=line("مرحبا بالعالم"))))
    assert not exporter.warnings


def test_a_character_that_no_font_has_is_printed_as_its_code_point_and_named(notebook: Notebook) -> None:
    exporter = MaintplanPDFExporter()
    made, _ = exporter.from_notebook_node(
        notebook(Paragraph(line=line("the 火 burns")), Code(text="echo 火"))
    )
    assert text(PdfReader(io.BytesIO(made))).count("U+706B") == 2
    (said,) = exporter.warnings
    assert said.startswith(
        "no font has 火 (U+706B, in 'First things'); their code points are printed instead;"
    )
    assert "--font-path DIR" in said


TYPED = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("#*_`~|>-+=\\\n\t<>[](){}$@&!:/\x00\ufeff\u202e\u200d火ع😀ő"),
    ),
    min_size=1,
    max_size=60,
)


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(typed=TYPED)
@example(typed="| " + " | ".join(f"A rather long heading {n}" for n in range(9)) + " |\n|" + "---|" * 9)
@example(typed="\ufeff")
@example(typed="\xad")
@example(typed="a\xad\nb\xad")
@example(typed="# ")
@example(typed="\x00")
@example(typed="x" * 3_000)
def test_nothing_that_a_person_types_makes_it_fail(typed: str, pdf: Pdf) -> None:
    blocks = (
        Heading(level=3, text=typed, anchor=typed, aside=line(typed)),
        Paragraph(
            line=line(Span(text=typed, href=f"https://x.example/{typed}"), Span(text=typed, href="#first"))
        ),
        Prose(markdown=typed, under=4),
        Steps(items=(Step(line=line(typed), code=typed, check=line(typed)),)),
        table([[typed, typed]], 2),
        Pairs(pairs=((typed, line(typed)),)),
        Note(line=line(typed)),
    )
    assert len(pdf(*blocks, title=typed, service=typed).pages) >= 1


def font(folder: Path, characters: str) -> Path:
    """Write a font that has some characters, each as a box."""
    builder = FontBuilder(1000, isTTF=True)
    names = {each: f"u{ord(each):X}" for each in characters}
    builder.setupGlyphOrder([".notdef", *names.values()])
    builder.setupCharacterMap({ord(each): name for each, name in names.items()})
    pen = TTGlyphPen(None)
    for at, point in enumerate(((100, 0), (900, 0), (900, 800), (100, 800))):
        (pen.moveTo if at == 0 else pen.lineTo)(point)
    pen.closePath()
    box = pen.glyph()
    builder.setupGlyf(dict.fromkeys([".notdef", *names.values()], box))
    builder.setupHorizontalMetrics(dict.fromkeys([".notdef", *names.values()], (1000, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Acme Signs", "styleName": "Regular", "psName": "AcmeSigns"})
    builder.setupOS2(sTypoAscender=800, usWinAscent=800, usWinDescent=200)
    builder.setupPost()
    path = folder / "signs.ttf"
    builder.save(str(path))
    return path


def test_a_folder_of_fonts_draws_what_the_kits_own_lack(tmp_path: Path, notebook: Notebook) -> None:
    font(tmp_path, "火灾🚒𓀀")
    exporter = MaintplanPDFExporter(font_paths=[str(tmp_path)])
    said = "In case of 火灾 call 🚒 or 𓀀, in **bold 火** and `code 火`."
    blocks = (Prose(markdown=said), Code(text="echo 火灾 🚒"), table([["火灾", "🚒"]], 2))
    made, _ = exporter.from_notebook_node(notebook(*blocks))
    assert exporter.warnings == []
    reader = PdfReader(io.BytesIO(made))
    shown = text(reader)
    assert "Incaseof火灾call🚒or𓀀,inbold火andcode火." in shown
    assert "echo火灾🚒" in shown


def test_it_is_set_in_the_kits_own_fonts_whatever_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, pdf: Pdf
) -> None:
    monkeypatch.setenv("FONTCONFIG_FILE", "/nowhere/fonts.conf")
    monkeypatch.setenv("HOME", "/nowhere")
    reader = pdf(Paragraph(line=line("Serif ", Span(text="code", tone="code"))), Note(line=line("Sans")))
    fonts: set[str] = set()
    for page in reader.pages:
        resources: Any = page["/Resources"]
        fonts |= {
            str(each.get_object()["/BaseFont"]).partition("+")[2] for each in resources["/Font"].values()
        }
    assert fonts
    assert all(each.startswith(("SourceSerif4", "Inter", "SourceCodePro")) for each in fonts), fonts


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40"><text x="5" y="20" {}>{}</text></svg>'


def test_words_in_a_picture_are_read_and_said_in_other_words_too(pdf: Pdf) -> None:
    made = pdf(
        Figure(svg=SVG.format('font-family="Inter"', "canary 火"), alt="Stages: canary", caption="Stages")
    )
    assert "canaryU+706B" in text(made)
    root: Any = made.trailer["/Root"]
    assert "Stages: canary" in spoken(root["/StructTreeRoot"])


def spoken(node: Any) -> set[str]:
    """Return the alternatives that a PDF's structure names."""
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        return set().union(*map(spoken, node)) if node else set()
    if not isinstance(node, dict):
        return set()
    own = {str(node["/Alt"])} if "/Alt" in node else set()
    return own | spoken(node.get("/K", []))


@pytest.mark.parametrize("svg", ["no picture", "<svg", '<svg xmlns="http://www.w3.org/2000/svg" width="0"/>'])
def test_a_picture_that_can_t_be_drawn_is_said_in_words(svg: str, notebook: Notebook) -> None:
    exporter = MaintplanPDFExporter()
    whole = Figure(svg=SVG.format('font-family="Inter"', "canary"), alt="Stages", caption="Stages")
    broken = Figure(svg=svg, alt="Five stages in a row")
    made, _ = exporter.from_notebook_node(notebook(broken, whole))
    assert "Fivestagesinarow" in text(PdfReader(io.BytesIO(made)))
    assert "canary" in text(PdfReader(io.BytesIO(made))), "the other picture is drawn"
    assert exporter.warnings == ["a picture can't be drawn; what it shows stands there in words"]
