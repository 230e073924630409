"""A document for Word, where a team can go on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from maintplan.errors import InputError, Where
from maintplan.reporting import faces, package, reference, word
from maintplan.reporting.source import Leaf, Rendered


def write(leaf: Leaf, *, reference_doc: str = "", **options: Any) -> Rendered:
    """Return a document as DOCX.

    Parameters
    ----------
    leaf
        The document.
    reference_doc
        A reference document in place of the kit's own.
    options
        Those of other formats.

    Raises
    ------
    InputError
        The reference document can't be read.
    """
    del options
    paper = leaf.paper
    look = _look(Path(reference_doc)) if reference_doc else package.own(paper)
    return Rendered(package.pack(look, word.body(paper, look), paper), {})


def load() -> None:
    """Load the styles and the kit's own fonts."""
    reference.load()
    faces.load(faces.faces(()).folders)


def _look(path: Path) -> package.Look:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        mend = "name a Word document (.docx)"
        raise InputError("there is no such reference document", Where(str(path)), mend) from None
    except OSError:
        data = b""
    return package.read(data, str(path))
