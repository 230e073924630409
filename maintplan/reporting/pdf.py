"""A document as an accessible PDF (PDF/UA-1), set by Typst.

It needs no program beside Python and no font of the machine: Typst comes as a wheel, the fonts with the kit.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from maintplan.errors import InputError, MissingExtra, Where
from maintplan.reporting import faces, pictures, typesetting
from maintplan.reporting.paper import Paper
from maintplan.reporting.source import Leaf, Rendered
from maintplan.resources import report_template

if TYPE_CHECKING:
    import typst

_UNDRAWN = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
_TRIES = 20
_ONE_BY_ONE = threading.Lock()
"""A compiler sets one document at a time; the work around it goes on meanwhile."""
_NAMED = 12
"""Characters that a warning names."""


def load() -> None:
    """Load Typst and the kit's own fonts."""
    faces.load(faces.faces(()).folders)


def write(leaf: Leaf, *, font_paths: Sequence[str] = (), **options: Any) -> Rendered:
    """Return a document as PDF.

    Parameters
    ----------
    leaf
        The document.
    font_paths
        Folders with more fonts.
    options
        Those of other formats.

    Raises
    ------
    MissingExtra
        Typst is not installed.
    """
    del options
    paper = leaf.paper
    try:
        import typst  # noqa: PLC0415 - an extra, and a large one
    except ModuleNotFoundError:
        raise MissingExtra("a PDF needs Typst", "documents") from None
    chosen = faces.faces(paper.texts(), [Path(each) for each in font_paths])
    without: frozenset[str] = frozenset()
    for _ in range(_TRIES):
        set_ = typesetting.typeset(paper, chosen, without=without)
        try:
            made = _compiled(set_.data, chosen, _moment(paper))
        except typst.TypstError as error:
            undrawn = _UNDRAWN.search(str(error))
            if undrawn is not None and not chosen.undrawn.issuperset(undrawn[1]):
                chosen = chosen.without(undrawn[1])
            elif set_.drawn:  # a picture that can't be read, or words in it that no font draws
                without |= _undrawn(set_.drawn, chosen) or set_.drawn.keys()
            else:
                raise
            continue
        said = [said_of(set_.lacking)] if set_.lacking else []
        if without:
            said.append("a picture can't be drawn; what it shows stands there in words")
        return Rendered(made, {}, tuple(said))
    raise InputError(
        "no font draws what this document shows", Where(path=paper.title), "name a folder of fonts"
    )


def _undrawn(drawn: Mapping[str, str], chosen: faces.Faces) -> frozenset[str]:
    """Return which of a document's pictures can't be drawn even by themselves."""
    return frozenset(was for was, svg in drawn.items() if not pictures.drawable(svg, chosen.folders))


def _compiled(data: typesetting.Data, chosen: faces.Faces, moment: int) -> bytes:
    template = (report_template() / "document.typ").read_bytes()
    text = json.dumps(data, ensure_ascii=False)
    with _ONE_BY_ONE:
        made = _compiler(chosen.folders).compile(
            template,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"document": text},
            timestamp=moment,
        )
    return cast("bytes", made)


@lru_cache(maxsize=4)
def _compiler(folders: tuple[Path, ...]) -> typst.Compiler:
    import typst  # noqa: PLC0415

    return typst.Compiler(font_paths=faces.load(folders), ignore_system_fonts=True)


def _moment(paper: Paper) -> int:
    """Return the moment that the PDF is dated, the document's own: the same plan is the same file."""
    try:
        day = dt.date.fromisoformat(str(paper.about.get("day", "")))
    except ValueError:
        return 0
    return int(dt.datetime.combine(day, dt.time(), dt.UTC).timestamp())


def said_of(lacking: Mapping[str, str]) -> str:
    """Say which characters no font has, where they are met first, and the mend."""
    named = [f"{each} (U+{ord(each):04X}, in {section!r})" for each, section in lacking.items()]
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return (
        f"no font has {', '.join(named[:_NAMED])}{more}; their code points are printed instead; "
        "name a folder of fonts that have them: --font-path DIR "
        "(nbconvert: --MaintplanPDFExporter.font_paths=DIR)"
    )
