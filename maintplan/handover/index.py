"""The handover's first page: what the next step looks for and where it stands, who signed off, every file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from maintplan.plan import Standing, approval
from maintplan.plan.model import NotKnownYet
from maintplan.reporting import collecting, markup
from maintplan.reporting.page import page as laid_out
from maintplan.review import Readiness, Review
from maintplan.summary import signing, values
from maintplan.summary.blocks import (
    MIME,
    Block,
    Bullets,
    Code,
    Line,
    Note,
    Paragraph,
    Part,
    Span,
    Tone,
    joined,
    line,
)
from maintplan.summary.phrases import as_a_name, date, listed, table, words_of
from maintplan.template import Need

_TO = "#bundle/"
"""How a link to a file of the bundle is written until the page is made: an address within it, as far as the
rest of the kit knows, which allows no others beside those of the web."""
_WHOLE = "maintenance-documentation"
_FOLDERS = ("documents", "plan", "review", "calendar", "pictures", "tables")


def pictures(notebook: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the pictures of an executed notebook, by their names."""
    found: dict[str, bytes] = {}
    for cell in notebook["cells"]:
        for output in cell.get("outputs", ()):
            part = output.get("data", {}).get(MIME) or {}
            for block in part.get("blocks", ()):
                if block.get("type") == "figure" and block.get("name"):
                    found.setdefault(block["name"], block["svg"].encode())
    return dict(sorted(found.items()))


def page(standing: Standing, review: Review, ready: Readiness, files: Sequence[str], today: dt.date) -> bytes:
    """Return the page as one file of HTML.

    Parameters
    ----------
    standing
        How the plan stands.
    review, ready
        What the review found, and how ready the plan is.
    files
        The names of all other files.
    today
        The day that the page bears.
    """
    making = _Making(standing, review, ready, files)
    parts = [making.cover(today), *making.needs(), making.signed(), making.files(), making.checking()]
    made = markup.html(laid_out(collecting.arranged(parts, "index.html"), "index"))
    return made.replace(f'href="{_TO}', 'href="').encode()


class _Making:
    def __init__(self, standing: Standing, review: Review, ready: Readiness, files: Sequence[str]) -> None:
        self.standing, self.review, self.ready, self.names = standing, review, ready, files
        self.plan = standing.plan
        self.say = words_of(standing)

    def cover(self, today: dt.date) -> Part:
        """Return the head of the page."""
        plan, say = self.plan, self.say
        title = say("handover.title", service=as_a_name(plan.service.name))
        status = say(f"status.{approval.status(plan, self.standing)}")
        said = say(
            "document.state",
            revision=say("document.revision", revision=plan.revision),
            status=status,
            date=date(today),
        )
        lead = say("handover.lead", next=plan.template.next.title) if plan.template.next.title else ""
        blocks = [Paragraph(line=line(said), tone="muted")]
        if lead:
            blocks.append(Paragraph(line=line(lead)))
        return Part(
            id="cover",
            title=title,
            kind="cover",
            blocks=tuple(blocks),
            about={
                "title": title,
                "language": plan.template.language,
                "layout": "document",
                "service": plan.service.name,
                "tier": plan.service.tier,
                "stage": plan.service.stage,
                "status": status,
                "revision": plan.revision,
                "date": today.isoformat(),
                "made": date(today),
            },
        )

    # ----------------------------------------------------------------------------------------- needs

    def needs(self) -> Iterator[Part]:
        """Yield what the next step asks for, each with where it stands and what of it is missing."""
        for number, each in enumerate(self.plan.template.next.needs, 1):
            blocks: list[Block] = []
            if each.inputs:
                blocks.extend(self._inputs(each))
            if each.answers:
                blocks.append(self._answers(each))
            if each.shows == "planning":
                blocks.append(Bullets(items=tuple(self._planning())))
            if each.shows == "state":
                blocks.append(Bullets(items=tuple(self._state())))
            yield Part(id=f"need-{number}", title=each.title, blocks=tuple(blocks))

    def _inputs(self, need: Need) -> Iterator[Block]:
        say = self.say
        rows: list[tuple[Line, ...]] = []
        missing: list[str] = []
        for each in self.plan.template.inputs:
            if each.id not in need.inputs:
                continue
            given = self.plan.inputs.get(each.id)
            state = given.status if given else "unanswered"
            if state != "provided":
                missing.append(each.words)
            tone: Tone = "decided" if state == "provided" else "medium"
            where = joined([values.reference(name) for name in given.references], ", ") if given else ()
            note = values.typed(given.note) if given and given.note else ()
            rows.append((line(each.words), line(Span(text=say(f"inputs.{state}"), tone=tone)), where, note))
        labels = (("input", 26), ("state", 10), ("references", 34), ("note", 30))
        yield table(say, "handover", need.title, labels, rows)
        if missing:
            yield Note(tone="medium", line=line(say("handover.missing", what=listed(missing))))

    def _answers(self, need: Need) -> Block:
        found: list[Line] = []
        for name in need.answers:
            field = self.plan.template.named[name]
            each = self.standing.fields[field.place]
            if each.shown:
                where: Line = (Span(text=field.label, href=self._documentation(field.question)),)
                if isinstance(each.answer, NotKnownYet):
                    open_ = (Span(text=self.say("handover.not_known_yet"), tone="medium"),)
                    where = joined([where, open_, values.unknown(each.answer.not_known_yet, self.say)])
                found.append(where)
            elif each.asked:
                found.append(line(f"{field.label}: {self.say('handover.not_answered')}"))
        return Bullets(items=tuple(found))

    def _documentation(self, question: str) -> str | None:
        """Return where the whole plan says it: in a web page at its very place, else the file as a whole."""
        kept = [name for name in self.names if name.startswith(f"documents/{_WHOLE}.")]
        page = next((f"{_TO}{name}#{question}" for name in kept if name.endswith(".html")), None)
        return page or next((f"{_TO}{name}" for name in kept), None)

    def _planning(self) -> Iterator[Line]:
        """Yield the documents, each in all its formats, then the plan and its sign-off."""
        titles = {each.id: each.title for each in self.plan.template.deliverables}
        for id_, title in titles.items():
            made = [name for name in self.names if name.rpartition(".")[0] == f"documents/{id_}"]
            if made:
                ends = joined([self._link(name, name.rpartition(".")[2].upper()) for name in made], ", ")
                yield (*line(f"{title}: "), *ends)
        yield self._link("plan/plan.yaml", self.say("handover.plan"))
        yield self._link("plan/sign-off.json", self.say("handover.sign_off"))

    def _state(self) -> Iterator[Line]:
        say, plan = self.say, self.ready.plan
        yield line(say("handover.decided", decided=plan.decided, asked=plan.asked))
        counts = ", ".join(
            f"{number} {say(f'findings.severities.{each}').lower()}"
            for each, number in plan.open.items()
            if number
        )
        found = self.review.open()
        said = say("handover.findings", counts=counts) if found else say("handover.no_findings")
        yield (*self._link("review/findings.json", said),)
        risks = len(self.plan.accepted_risks)
        yield (*self._link("review/accepted-risks.json", say("handover.risks", count=risks)),)
        open_ = sum(1 for each in self.plan.actions if each.state in ("open", "doing"))
        yield line(say("handover.actions", count=open_))

    def _link(self, name: str, words: str) -> Line:
        return (Span(text=words, href=f"{_TO}{name}"),)

    # ----------------------------------------------------------------------------------------- files

    def signed(self) -> Part:
        """Return who said Yes, and to what."""
        part = signing.sign_off(self.standing)
        return part.model_copy(update={"kind": "section"})

    def files(self) -> Part:
        """Return every file, folder by folder."""
        say = self.say
        rows: list[tuple[Line, ...]] = []
        for folder in _FOLDERS:
            mine = [name for name in self.names if name.startswith(f"{folder}/")]
            links = [self._link(name, name.partition("/")[2]) for name in mine]
            if links:
                rows.append((line(say(f"handover.folders.{folder}")), joined(links, ", ")))
        shown = table(say, "handover", say("handover.files"), (("folder", 24), ("file", 76)), rows)
        return Part(id="files", title=say("handover.files"), kind="status", blocks=(shown,))

    def checking(self) -> Part:
        """Return how to find out whether anything was changed."""
        say = self.say
        blocks = (Paragraph(line=line(say("handover.check_lead"))), Code(text=say("handover.check")))
        return Part(id="check", title=say("handover.check_title"), kind="status", blocks=blocks)
