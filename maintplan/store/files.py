"""A plan in a file: opened, and saved so that only the lines of what changed change.

Saving is the only place that counts revisions, writes the derived status, and keeps the snapshot of an
approved plan. Nothing is written when nothing changed.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from maintplan import atomic, yamltext
from maintplan.documents import Lines, Unwritten, check
from maintplan.errors import InputError, MaintplanError, SaveError, Where
from maintplan.plan import approval, document
from maintplan.plan.model import Inherited, Plan, Round, Service
from maintplan.store import inherit, sources
from maintplan.store.kept import begun_from, carried_over, next_revision, same
from maintplan.store.loading import Banks, Loaded, load
from maintplan.yamltext.json_text import json_text

DEFAULT_TEMPLATE = "maintenance-rollout"


class PlanFile:
    """A plan and the file that it lives in.

    Use `open`. What was read stays in mind, so that a save changes only what changed, and notices when
    somebody else has changed the file in the meantime.

    Attributes
    ----------
    path
        The file as the person named it.
    plan
        The plan as it was last loaded or saved.
    """

    def __init__(
        self,
        path: Path,
        plan: Plan,
        loaded: Loaded | None,
        banks: Banks,
        given: tuple[str | None, Sequence[str]] = (None, ()),
    ) -> None:
        self.path = path
        self.plan = plan
        self._loaded = loaded
        self._banks = banks
        self._with = given

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        template: str | None = None,
        service: str | None = None,
        tier: int | None = None,
        stage: str | None = None,
        layers: Sequence[str] = (),
    ) -> PlanFile:
        """Open a plan file, or start a plan that will be written there.

        Parameters
        ----------
        path
            The file.
        template
            For a new plan: its template's name or path. For one that exists: where its template lies.
        layers
            Further layers, on top of the plan's own; for looking at a plan, not for saving it.
        service, tier, stage
            For a new plan. Its service is named after the file, or after the folder of a ``plan.yaml``.

        Raises
        ------
        InputError
            With file, line and mend for everything that is wrong.
        """
        path, banks = Path(path), Banks()
        if path.is_symlink() or path.exists():
            loaded = load(path, str(path), banks, template, layers)
            inherited = inherit.resolve(loaded.plan, sources.of_file(path), loaded.text, banks)
            return cls(path, replace(loaded.plan, inherited=inherited), loaded, banks, (template, layers))
        given = {"name": service or _service_name(path), "tier": tier, "stage": stage}
        known = {key: value for key, value in given.items() if value is not None}
        bank = banks.template(template or DEFAULT_TEMPLATE, layers, path.resolve().parent)
        plan = Plan(bank, check(Service, known, Unwritten("service")))
        return cls(path, plan, None, banks, (template, layers))

    @property
    def address(self) -> Path:
        """Where the plan is kept: its file."""
        return self.path

    @property
    def exists(self) -> bool:
        """Whether the plan has been written yet."""
        return self._loaded is not None

    @property
    def text(self) -> yamltext.Document | None:
        """What the file says, with its lines; None before it is written."""
        return self._loaded.text if self._loaded else None

    @property
    def snapshot(self) -> Path:
        """Where the snapshot of the approved plan lies, beside the plan."""
        path = Path(os.path.realpath(self.path)) if self.path.is_symlink() else self.path
        return path.with_name(f"{path.stem}.approved{path.suffix or '.yaml'}")

    @property
    def earlier_snapshot(self) -> Path:
        """Where the snapshot of the approval before the last one lies."""
        return self.snapshot.with_name(f"{self.snapshot.stem}-before{self.snapshot.suffix}")

    @property
    def refused(self) -> Path:
        """Where the plan lies as it was when somebody last said No, beside the plan."""
        return self.snapshot.with_name(self.snapshot.name.replace(".approved", ".refused"))

    def approved(self) -> Plan | None:
        """Return the plan as it was last approved; None before that, and where its snapshot is gone."""
        if self.plan.approved is None:
            return None
        path = self.snapshot.with_name(self.plan.approved.snapshot)
        return load(path, str(path), self._banks).plan if path.is_file() else None

    def approved_before(self) -> Plan | None:
        """Return the approved plan that this one is compared with; None where there is none."""
        last = self.approved()
        if last is None or approval.status(self.plan) != "complete":
            return last
        path = self.earlier_snapshot
        return load(path, str(path), self._banks).plan if path.is_file() else None

    def at_round(self, said: Round) -> Plan | None:
        """Return the plan as it was when the last No was said; of other rounds a file keeps nothing."""
        if not self.refused.is_file():
            return None
        kept = load(self.refused, str(self.refused), self._banks).plan
        return kept if kept.rounds and kept.rounds[-1] == said else None

    def save(
        self,
        plan: Plan,
        *,
        create: bool = False,
        header: str = "",
        by: str = "",
        when: dt.datetime | None = None,
    ) -> Plan:
        """Save a plan.

        Parameters
        ----------
        plan
            The plan with its changes. Its revision, and where its snapshot lies, are the store's to say.
        create
            Whether to write a new file even when nothing has been answered yet.
        header
            Comment lines that a new YAML file begins with.
        by, when
            Who saves it, and the moment.

        Returns
        -------
        Plan
            The plan as it is now saved; the one that was opened when nothing has changed.

        Raises
        ------
        ConflictError
            When somebody has changed the same place in the file meanwhile; with both values.
        SaveError
            When it can't be written. Everything that existed is then as it was.
        """
        del by, when  # a file keeps neither: its history is Git's
        before = self.plan
        plan = begun_from(before, plan)
        if same(plan, before) and (self.exists or not create):
            return before
        opened = self.plan, self._loaded
        try:
            with atomic.alone(self.path):
                plan, before = self._carried_over(plan, before)
                return self._save(plan, before, header)
        except MaintplanError:
            self.plan, self._loaded = opened
            raise

    def _carried_over(self, plan: Plan, before: Plan) -> tuple[Plan, Plan]:
        """Carry the caller's changes over onto what an editor has made of the file meanwhile."""
        if self._loaded is None or not self.path.is_file() or not self.changed():
            return plan, before
        where = Where(str(self.path))
        try:
            theirs = self.reload()
        except InputError as error:
            what = "somebody else changed the file since it was opened, and it can't be read now"
            raise SaveError(f"{what}: {error.what}", where, "mend the file, then save again") from None
        return carried_over(before, plan, theirs, where), theirs

    def _save(self, plan: Plan, before: Plan, header: str) -> Plan:
        if self.exists and same(plan, before):
            return before
        if plan.inherits != before.inherits:
            plan = replace(plan, inherited=self._inherited(plan, Unwritten(str(self.path))))
        plan, newly = next_revision(before, plan, self.snapshot.name)
        pending = []
        text = self._text(plan, header)
        data = text.text.encode()
        if newly:  # before the plan that names it
            if before.approved is not None and self.snapshot.is_file():
                pending.append(
                    atomic.Pending(self.earlier_snapshot, self.snapshot.read_bytes(), whatever=True)
                )
            pending.append(atomic.Pending(self.snapshot, data, whatever=True))
        if plan.rounds[len(before.rounds) :] and not plan.rounds[-1].confirmed:
            pending.append(atomic.Pending(self.refused, data, whatever=True))
        held = self._loaded.text.text.encode() if self._loaded else None
        pending.append(atomic.Pending(self.path, data, before=held))
        atomic.write_all(pending)
        self.plan, self._loaded = plan, Loaded(plan, text, migrated=False)
        return plan

    def changed(self) -> bool:
        """Say whether somebody else has changed the file since it was loaded or saved here."""
        try:
            now = self.path.read_bytes()
        except OSError:
            return self.exists
        return self._loaded is None or now != self._loaded.text.text.encode()

    def reload(self) -> Plan:
        """Load the plan again as its file is now, and return it."""
        loaded = load(self.path, str(self.path), self._banks, *self._with)
        self._loaded = loaded
        self.plan = replace(loaded.plan, inherited=self._inherited(loaded.plan, loaded.text))
        return self.plan

    def _inherited(self, plan: Plan, lines: Lines) -> Mapping[str, Inherited]:
        return inherit.resolve(plan, sources.of_file(self.path), lines, self._banks)

    def _text(self, plan: Plan, header: str) -> yamltext.Document:
        """Return the text to write, as it will be read again."""
        try:
            return self._written(plan, header)
        except InputError as error:
            mend = error.mend or "shorten the plan"
            raise SaveError(f"the plan can't be written: {error.what}", Where(str(self.path)), mend) from None

    def _written(self, plan: Plan, header: str) -> yamltext.Document:
        data = approval.document(plan)
        loaded = self._loaded
        if loaded is None:
            if self.path.suffix.lower() == ".json":
                text = json_text(data, indent=2) + "\n"
            else:
                text = (header.rstrip("\n") + "\n" if header else "") + yamltext.dump(data)
            return yamltext.read(text, str(self.path))
        said = loaded.text.data if isinstance(loaded.text.data, dict) else {}
        # What a newer version of the template has moved has to move in the text as well.
        old: dict[str, Any] = dict(said) if loaded.migrated else document.to_data(self.plan)
        # The status is derived; what the text says of it may have been true once.
        old["status"] = said.get("status")
        return yamltext.spliced(loaded.text, _with_empty(old, said), _with_empty(data, said))


def _with_empty(data: Any, said: Any) -> Any:
    """Return data with the keys that a text holds empty, which are no answers and keep their place.

    A plan that was begun by `maintplan new` is full of them, with comments below that wait to be answers.
    """
    if not (isinstance(data, dict) and isinstance(said, dict)):
        return data
    found = {key: _with_empty(value, said.get(key)) for key, value in data.items()}
    return found | {key: value for key, value in said.items() if key not in data and _is_empty(value)}


def _is_empty(value: Any) -> bool:
    return all(map(_is_empty, value.values())) if isinstance(value, dict) else value is None


def _service_name(path: Path) -> str:
    path = path.absolute()
    return (path.parent.name or "service") if path.stem == "plan" else path.stem
