"""The fonts of printed documents: which characters they have, and how wide a word is.

Documents are set in the fonts that ship with the kit, and in no font of the machine, so that the same plan
gives the same pages everywhere. What they do not have comes from the folders that a person names, then from
DejaVu, which matplotlib brings along. Typst sets the text; what it will find is looked up here before,
because a character that no font has may not vanish from a page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from maintplan import glyphs, resources
from maintplan.errors import InputError, MissingExtra, Where

if TYPE_CHECKING:
    import typst

SERIF, SANS, MONO = "Source Serif 4", "Inter", "Source Code Pro"
_FILES = {
    (SERIF, False): ("SourceSerif4_400Regular.ttf", "SourceSerif4_400Regular_Italic.ttf"),
    (SERIF, True): ("SourceSerif4_600SemiBold.ttf", "SourceSerif4_600SemiBold_Italic.ttf"),
    (SANS, False): ("Inter_400Regular.ttf", "Inter_400Regular_Italic.ttf"),
    (SANS, True): ("Inter_600SemiBold.ttf",),
    (MONO, False): ("SourceCodePro_400Regular.ttf",),
    (MONO, True): ("SourceCodePro_600SemiBold.ttf",),
}
_UNKNOWN = 1.0
"""Width, in ems, that a character which was not measured is given."""
_MARK = "\ufeff"
"""A byte order mark, which nobody sees and no PDF may hold."""
_JOINER = "\u200d"
# Characters that nobody sees: joiners, marks of direction, variation selectors, tags.
UNSEEN = frozenset(
    map(
        chr,
        (
            0x00AD,
            0x034F,
            0x061C,
            *range(0x180B, 0x1810),
            *range(0x200B, 0x2010),
            *range(0x202A, 0x202F),
            *range(0x2060, 0x2070),
            *range(0xFE00, 0xFE10),
            0xFEFF,
            *range(0xE0000, 0xE1000),
        ),
    )
)
_BLANK = frozenset(" \n\t")
_MODIFIERS = frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_PAIRED = frozenset(map(chr, range(0x1F1E6, 0x1F200)))
"""Letters of which two make a flag."""


class Segment(NamedTuple):
    """A stretch of text that is set in one font.

    Attributes
    ----------
    text
        The text.
    family
        The spare font that it is set in; None for the kit's own.
    lacking
        Whether no font has it.
    """

    text: str
    family: str | None = None
    lacking: bool = False


@dataclass(frozen=True)
class Face:
    """One font file: its family, and the widths of its characters in ems."""

    family: str
    widths: Mapping[str, float]


@dataclass(frozen=True)
class Faces:
    """The fonts that one document is set in.

    Attributes
    ----------
    folders
        Folders of fonts, the kit's own first.
    spare
        Fonts that stand in where the kit's own lack a character, in order.
    undrawn
        Characters that these fonts have and do not draw.
    """

    folders: tuple[Path, ...]
    spare: tuple[Face, ...] = ()
    undrawn: frozenset[str] = frozenset()
    _known: dict[tuple[str, bool, str], float] = field(default_factory=dict, repr=False, compare=False)

    def without(self, characters: str) -> Faces:
        """Return the same fonts, some characters taken as if no font had them."""
        return replace(self, undrawn=self.undrawn | frozenset(characters))

    def width(self, text: str, family: str, *, bold: bool = False) -> float:
        """Return the width of a text in ems."""
        key = (family, bold, text)
        known = self._known.get(key)
        if known is None:
            widths = _own(family, bold)
            known = sum(widths.get(each, _UNKNOWN) for each in text if each not in UNSEEN)
            self._known[key] = known
        return known

    def segments(self, text: str) -> Iterator[Segment]:
        """Yield a text in stretches of one font each, and apart from these what no font has."""
        text = text.replace(_MARK, "")
        # Every font has ASCII, and looking that up letter by letter is what takes time.
        if (text.isascii() and text.isprintable() and not self.undrawn) or (
            _ours().issuperset(text) and self.undrawn.isdisjoint(text)
        ):
            yield Segment(text)
            return
        waiting: list[str] = []
        family: str | None = None
        for cluster in clusters(text):
            for segment in self._segments(cluster):
                same = segment.family == family or self._blank(segment.text, family)
                if segment.lacking or not same:
                    if waiting:
                        yield Segment("".join(waiting), family)
                    waiting = []
                if segment.lacking:
                    yield segment
                    continue
                if not waiting:
                    family = segment.family
                waiting.append(segment.text)
        if waiting:
            yield Segment("".join(waiting), family)

    def _blank(self, text: str, family: str | None) -> bool:
        """Whether a text is a blank that a spare font has, so that it parts no words of that font."""
        return text in _BLANK and any(each.family == family and text in each.widths for each in self.spare)

    def _segments(self, cluster: str) -> Iterator[Segment]:
        seen = [each for each in cluster if each not in UNSEEN and each not in _BLANK]
        if not self.undrawn.isdisjoint(cluster):
            yield from (Segment(each, lacking=True) for each in cluster)
            return
        if any(all(each in have for each in seen) for have in _families()):
            yield Segment(cluster)
            return
        for face in self.spare:
            if all(each in face.widths for each in seen):
                yield Segment(cluster, face.family)
                return
        if len(cluster) == 1:
            yield Segment(cluster, lacking=True)
            return
        for each in seen:
            yield from self._segments(each)


def faces(text: Iterable[str], folders: Sequence[Path] = ()) -> Faces:
    """Return the fonts for some texts.

    Parameters
    ----------
    text
        All that will be set.
    folders
        Folders with more fonts, for characters that the kit's own do not have.

    Raises
    ------
    InputError
        For a folder that is not there.
    """
    for folder in folders:
        if not folder.is_dir():
            mend = "name a folder that holds TTF or OTF files"
            raise InputError("there is no such folder of fonts", Where(str(folder)), mend)
    own = resources.fonts() / "paper"
    lacking = set[str]().union(*text) - _ours() - UNSEEN - _BLANK
    used, spare = [own], []
    for folder, face in _more(tuple(folders)) if lacking else ():
        if lacking.intersection(face.widths):
            used.append(folder)
            spare.append(face)
    return Faces(tuple(dict.fromkeys(used)), tuple(spare))


def clusters(text: str) -> Iterator[str]:
    """Yield what belongs together: a sign with its accents, a family of emoji, a flag."""
    cluster = ""
    for each in text:
        joins = (
            each in UNSEEN
            or each in _MODIFIERS
            or unicodedata.category(each)[0] == "M"
            or cluster.endswith(_JOINER)
            or (each in _PAIRED and len(cluster) == 1 and cluster in _PAIRED)
        )
        if cluster and not joins:
            yield cluster
            cluster = ""
        cluster += each
    if cluster:
        yield cluster


@lru_cache(maxsize=1)
def _families() -> tuple[frozenset[str], ...]:
    """Return what each family of the kit has, in every weight and style."""
    return tuple(
        frozenset[str].intersection(
            *(frozenset(_file(name)) for bold in (False, True) for name in _FILES[family, bold])
        )
        for family in (SERIF, SANS, MONO)
    )


@lru_cache(maxsize=1)
def _ours() -> frozenset[str]:
    return frozenset().union(*_families(), _BLANK)


@lru_cache(maxsize=8)
def _own(family: str, bold: bool) -> Mapping[str, float]:  # noqa: FBT001 - as the table's keys are
    # Kept, because finding out where the fonts lie asks the disk, and each word asks for it.
    return _file(_FILES[family, bold][0])


def _file(name: str) -> Mapping[str, float]:
    return glyphs.widths(resources.fonts() / "paper" / name)


@lru_cache(maxsize=8)
def load(folders: tuple[Path, ...]) -> typst.Fonts:
    """Return the fonts of some folders, as Typst takes them."""
    try:
        import typst  # noqa: PLC0415 - an extra, and a large one
    except ModuleNotFoundError:
        raise MissingExtra("a PDF needs Typst", "documents") from None
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(each) for each in folders]
    )


@lru_cache(maxsize=4)
def _more(folders: tuple[Path, ...]) -> tuple[tuple[Path, Face], ...]:
    """Return the fonts beyond the kit's own: those of the folders, then DejaVu."""
    found: list[tuple[Path, Face]] = []
    for folder in folders:
        known: set[str] = set()
        for info in sorted(load((folder,)).fonts(), key=_plain_first):
            if info.path and info.family not in known:  # of each family the plainest
                known.add(info.family)
                found.append((folder, Face(info.family, glyphs.widths(Path(info.path), info.index))))
    spare = glyphs.dejavu()
    if spare is not None:
        found.extend(
            (spare, Face(info.family, glyphs.widths(Path(info.path), info.index)))
            for info in load((spare,)).fonts()
            if info.path and Path(info.path).name in (glyphs.SANS, glyphs.MONO)
        )
    return tuple(found)


def _plain_first(info: Any) -> tuple[bool, int, str, str]:
    return (info.style != "normal", abs(info.weight - 400), info.family, info.path or "")
