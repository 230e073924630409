"""What the notebook's cells call: one plan, opened, walked through, shown and written.

A session holds the parameters, the plan's file and the plan as it stands after the walk. Clock and
screen are looked up here and nowhere below.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field as Key

from maintplan import atomic, figures, identity, served, store
from maintplan.calendar import ics, moment
from maintplan.documents import Strict, Unwritten, check
from maintplan.errors import InputError, Where, unknown
from maintplan.interview import headless
from maintplan.plan import Plan, Standing, approval, stand
from maintplan.plan.diff import differences
from maintplan.review import Review, load, review
from maintplan.store.authors import authors
from maintplan.summary import changes, checks, deliverables, sections, signing, tables
from maintplan.summary.blocks import Paragraph, Part, line
from maintplan.summary.documents import Document
from maintplan.summary.findings import Findings, in_plan
from maintplan.summary.phrases import words_of
from maintplan.template import Deliverable

if TYPE_CHECKING:
    import pandas as pd


CALENDAR = "calendar.ics"
TEMPLATE = "maintenance-rollout"
TEXTS = ("plan", "template", "service", "stage", "confirmed_by", "role", "feedback", "out")
"""Parameters that are text; papermill has turned 007 and 1e3 into numbers before anybody can ask."""


class Parameters(Strict):
    """The notebook's parameters, with the meaning that the cell tagged ``parameters`` gives them."""

    plan: str = "plan.yaml"
    template: str = TEMPLATE
    service: str | None = None
    tier: Annotated[int, Key(ge=1, le=3)] | None = None
    stage: str | None = None
    answers: dict[str, Any] | str = Key(default_factory=dict)
    artifacts: list[str] = Key(default_factory=list)
    let_stand: list[str] = Key(default_factory=list)
    confirm: bool | None = None
    confirmed_by: str = ""
    role: str = ""
    feedback: str = ""
    reopen: list[str] = Key(default_factory=list)
    out: str | None = None


def parameters(namespace: Mapping[str, Any]) -> Parameters:
    """Read the parameters from a notebook's names, and refuse a name that is none of them.

    Raises
    ------
    InputError
        For a name that the notebook does not know, with the closest one, and for a wrong value.
    """
    known = Parameters.model_fields
    given = {name: value for name, value in namespace.items() if _is_parameter(name, value)}
    for name in given:
        if name not in known:
            raise unknown("parameter", name, known, Where(path=name))
    if isinstance(given.get("confirm"), str):
        raise InputError(
            f"confirm is {given['confirm']!r}", Where(path="confirm"), "write True, False or None"
        )
    for name, value in given.items():
        if isinstance(value, int | float) and name in TEXTS:
            called = "boolean" if isinstance(value, bool) else "number"
            what = f"the {called} {value} stands where text is declared"
            raise InputError(what, Where(path=name), f"give it as it was typed: papermill -r {name} ...")
    return check(Parameters, given, Unwritten("the notebook's parameters"))


def _is_parameter(name: str, value: object) -> bool:
    """Whether a name can have come in as a parameter: plain data, and no name of IPython's own."""
    if name.startswith("_") or name in ("In", "Out"):
        return False
    return not (callable(value) or isinstance(value, ModuleType | Session))


class Session:
    """One plan in a notebook.

    Parameters
    ----------
    given
        The notebook's parameters.
    now
        The moment that is recorded with what is said.
    """

    def __init__(self, given: Parameters, now: dt.datetime | None = None) -> None:
        self.given = given
        self.now = now or dt.datetime.now(dt.UTC).replace(microsecond=0)
        if given.artifacts:
            what = "no reader of artifacts is installed"
            raise InputError(what, Where(path="artifacts"), "leave artifacts empty, and answer in the plan")
        template = given.template if given.template != TEMPLATE else None
        self._file = store.open(
            given.plan, template=template, service=given.service, tier=given.tier, stage=given.stage
        )
        self._drawn: tuple[Plan, Mapping[str, figures.Picture]] | None = None
        self._stood: Standing | None = None
        self._compared: tuple[Plan, Plan | None] | None = None
        self._reviewed: Findings | None = None

    @classmethod
    def start(cls, namespace: dict[str, Any]) -> Session:
        """Open the plan that a notebook's parameters name; where a server runs it, its page's plan."""
        if os.environ.get(served.TICKET):
            from maintplan.widgets.page import Page  # noqa: PLC0415 - only the app needs the screens

            return cast("Session", Page())
        # The second time a cell runs, the notebook holds the analyst's own names as well.
        again = any(isinstance(value, Session) for value in namespace.values())
        names = {name: namespace[name] for name in Parameters.model_fields if name in namespace}
        return cls(parameters(names if again else namespace))

    @property
    def plan(self) -> Plan:
        """The plan as it was last saved or opened."""
        return self._file.plan

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        """Show how far the plan is."""
        shown = self.progress()._repr_mimebundle_(include, exclude)
        return {kind: data for kind, data in shown.items() if kind.startswith("text/")}  # no part of a report

    @property
    def kept(self) -> store.StoredPlan:
        """The plan and where it is kept."""
        return self._file

    @property
    def standing(self) -> Standing:
        """How the plan stands."""
        if self._stood is None or self._stood.plan is not self.plan:
            self._stood = stand(self.plan)
        return self._stood

    def put_table(self, name: str, frame: pd.DataFrame) -> Part:
        """Lay a table back that `Plan.table` gave, save the plan, and return what that changed, to look at.

        >>> stages = session.plan.table("rollout.stages")       # doctest: +SKIP
        >>> stages.loc[stages.name == "canary", "percent"] = 2  # doctest: +SKIP
        >>> session.put_table("rollout.stages", stages)         # doctest: +SKIP
        """
        from maintplan.plan import frames  # noqa: PLC0415 - only an analyst needs it

        before = self.plan
        self._file.save(frames.with_table(before, name, frame), by=identity.of_the_account(), when=self.now)
        whole = Deliverable(id="plan", title="")
        found = changes.part(self.standing, whole, differences(before, self.plan), {}, "just_now")
        nothing = Paragraph(line=line(words_of(self.standing)("changes.no_change")))
        return next(found, Part(id="changes", title="", kind="status", blocks=(nothing,)))

    def walk(self) -> None:
        """Walk through the plan with what the parameters answer, and save what that changed."""
        given = self.given
        plan = headless.drive(
            self.plan,
            service=given.service,
            tier=given.tier,
            stage=given.stage,
            answers=given.answers,
            let_stand=given.let_stand,
            by=given.confirmed_by,
            when=self.now,
        )
        by = given.confirmed_by or identity.of_the_account()
        self._file.save(plan, by=by, when=self.now)
        if given.confirm is not None:
            plan = headless.confirm(
                self.plan,
                yes=given.confirm,
                by=given.confirmed_by,
                role=given.role,
                feedback=given.feedback,
                reopen=given.reopen,
                when=self.now,
            )
            self._file.save(plan, by=by, when=self.now)
        if is_interactive():
            self._show_walk()

    def _show_walk(self) -> None:
        """Show the walk as widgets under the cell."""
        from IPython.display import display  # noqa: PLC0415 - only a notebook needs it

        from maintplan.widgets.app import App  # noqa: PLC0415 - a headless run needs no screen
        from maintplan.widgets.desk import Opened, name_of  # noqa: PLC0415
        from maintplan.widgets.walk import Walk  # noqa: PLC0415

        app = App(handle=Opened(name_of(self.given.plan), self._file, create=True))
        display(Walk(app, in_app=is_voila()))  # type: ignore[no-untyped-call]

    @property
    def today(self) -> dt.date:
        """The day that documents bear: of a complete plan that of its last word, whenever they are made."""
        said = moment(self.plan) if self.status == "complete" else None
        return (said or self.now).astimezone(dt.UTC).date()

    @property
    def pictures(self) -> Mapping[str, figures.Picture]:
        """The plan's pictures by name; drawn when one is asked for, and again when the plan has changed."""
        if self._drawn is None or self._drawn[0] is not self.plan:
            self._drawn = (self.plan, figures.draw(self.standing, self.today))
        return self._drawn[1]

    def cover(self) -> Part:
        """Return the title page."""
        return sections.cover(self.standing, self.today)

    def progress(self) -> Part:
        """Return how far the plan is."""
        return sections.progress(self.standing, self.pictures, self._findings)

    def sections(self) -> Iterator[Part]:
        """Yield the summary's sections, with the findings beside what they are about."""
        yield from sections.sections(self.standing, self.pictures, self._findings)

    @property
    def review(self) -> Review:
        """The plan held against itself by its rules, on the day that its documents bear."""
        return self._findings.found

    def improvement(self) -> Part:
        """Return the improvement plan: how ready each question is, the findings, and who sees to them."""
        return self._findings.improvement(in_plan(self.standing))

    def findings(self) -> pd.DataFrame:
        """Return one row for each finding: rule, severity, place, message, who sees to it, state."""
        return tables.findings(self.standing, self.review)

    @property
    def _findings(self) -> Findings:
        if self._reviewed is None or self._reviewed.standing.plan is not self.plan:
            standing = self.standing
            found = review(standing, load(self.plan.template), self.today)
            self._reviewed = Findings(standing, found)
        return self._reviewed

    def checks(self) -> Iterator[Part]:
        """Yield what stands beside the sections: inputs, lists across all questions, what is open."""
        yield from checks.all_parts(self.standing)

    def sign_off(self) -> Part:
        """Return the validation prompt and what was said to it."""
        return signing.sign_off(self.standing, self._findings)

    @property
    def _approved(self) -> Plan | None:
        """The approved plan that documents and calendar compare this one with."""
        if self._compared is None or self._compared[0] is not self.plan:
            self._compared = self.plan, self._file.approved_before()
        return self._compared[1]

    def documents(self) -> Iterator[Document]:
        """Yield the documents that the plan produces, for exporters to take out."""
        yield from deliverables.documents(
            self.standing,
            self.today,
            self._approved,
            self.pictures,
            self._findings,
            authors(self._file),
        )

    def calendar(self) -> bytes:
        """Return the plan's calendar file; what an approved revision had and this one lacks is cancelled."""
        return ics.calendar(self.standing, self.now, self._approved)

    def make(self, document: str, to: str = "html", folder: str | Path = ".") -> list[Path]:
        """Write one of the plan's documents, as `maintplan run` does, and return its files.

        Parameters
        ----------
        document
            Its name, such as ``maintenance-runbook``.
        to
            Formats, with commas: ``html,pdf,docx,markdown``.
        folder
            Where they go.
        """
        from maintplan.handover import shown  # noqa: PLC0415 - nbconvert and what it brings, for who asks
        from maintplan.reporting import formats, making  # noqa: PLC0415

        chosen, folder = formats.named(to, "to"), atomic.folder(Path(folder))
        made = making.make(shown.notebook(self._shown()), chosen, folder, {}, only=document)
        return [path for each in made for path in each.files]

    def _shown(self) -> Iterator[Part | Document]:
        """Yield what the cells of the notebook show, in their order."""
        yield from (self.cover(), self.progress(), *self.sections(), self.improvement())
        yield from (*self.checks(), self.sign_off())
        yield from self.documents()

    def hand_over(self, folder: str | Path = ".", to: str = "html", sign: str | Path | None = None) -> Path:
        """Write the handover of a complete plan, as `maintplan run` does, and return its path.

        Parameters
        ----------
        folder
            Where it goes, with the documents that it holds.
        to
            Formats of the documents, with commas: ``html,pdf,docx,markdown``.
        sign
            An SSH key to sign it with.

        Raises
        ------
        RefusedError
            When the plan is not complete.
        """
        from maintplan import handover  # noqa: PLC0415 - nbconvert and what it brings, for who asks
        from maintplan.handover import shown  # noqa: PLC0415
        from maintplan.reporting import formats, making  # noqa: PLC0415

        handover.check(self.standing)
        folder = atomic.folder(Path(folder))
        notebook = shown.notebook(self._shown())
        chosen, jobs = formats.named(to, "to"), min(os.cpu_count() or 1, 4)
        made = making.make(notebook, chosen, folder, {}, jobs=jobs)
        paths = [path for each in made for path in each.files]
        files = {f"documents/{path.relative_to(folder).as_posix()}": path.read_bytes() for path in paths}
        key = Path(sign).expanduser() if sign else None
        before, text = self._approved, self._file.text
        data = handover.make(self.plan, notebook, files, text=text, before=before, key=key)
        atomic.write(folder / handover.NAME, data)
        return folder / handover.NAME

    def write(self) -> list[Path]:
        """Write the tables and the calendar into the folder `out`, where one is named."""
        if self.given.out is None:
            return []
        folder = Path(self.given.out)
        written = tables.write(self.standing, folder, self.review)
        atomic.write(folder / CALENDAR, self.calendar())
        return [*written, folder / CALENDAR]

    @property
    def status(self) -> str:
        """The plan's status."""
        return approval.status(self.plan)


def is_voila() -> bool:
    """Whether Voilà runs the notebook, by itself or as the app."""
    return "VOILA_PREHEAT" in os.environ or os.environ.get("SERVER_SOFTWARE", "").startswith("voila/")


def is_interactive() -> bool:
    """Whether somebody sits before the notebook: JupyterLab has opened it, or Voilà."""
    return is_voila() or "JPY_SESSION_NAME" in os.environ


def show(*parts: Part | Document | Iterator[Part | Document]) -> None:
    """Show parts, or documents, under a notebook's cell."""
    from IPython.display import display  # noqa: PLC0415 - only a notebook needs it

    for each in parts:
        for part in [each] if isinstance(each, Part | Document) else each:
            display(part)  # type: ignore[no-untyped-call]
