"""Which plans a server serves, and which of them a link asks for.

A link names a plan; it never holds an address or a path. What the server does not serve is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from maintplan import served, store
from maintplan.errors import InputError, Where
from maintplan.plan.model import Plan
from maintplan.serve.options import Options, default_store
from maintplan.store import address, loading
from maintplan.store.address import StoreAddress
from maintplan.widgets.desk import name_of, open_with

_LONGEST = 100


@dataclass(frozen=True)
class Asked:
    """What a link asks for.

    Attributes
    ----------
    plan
        The address of the plan; None for the page on which one is chosen.
    question
        The question, where the link names one that a plan could have.
    """

    plan: str | None
    question: str | None


class Shelf:
    """The plans of one server.

    Parameters
    ----------
    options
        What it was told.

    Raises
    ------
    InputError
        When the plan or the store can't be served.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        given = address.parse(options.plan if options.plan is not None else default_store())
        self.store: str | None = None
        self._only: tuple[str, str] | None = None
        self._beside = Path.cwd()
        if isinstance(given, Path):
            path = _in_a_folder(given.absolute(), given)
            self._only = (name_of(str(path)), str(path))
        else:
            if given.kind == "sqlite":
                path = _in_a_folder(Path(given.database).absolute(), given)
                given = replace(given, database=str(path))
            self._of_database(given)
        self.check()

    def _of_database(self, given: StoreAddress) -> None:
        if given.revision is not None:
            mend = "leave the revision out; `maintplan run` makes its documents"
            raise InputError("a past revision can't be worked on", Where(str(given)), mend)
        if given.name is None:
            self.store, self._beside = given.store, given.folder
        else:
            self._only = (given.name, str(given))

    def check(self) -> None:
        """See that what is served can be read, and that plans can be begun.

        Raises
        ------
        InputError
            When it can't.
        """
        if self.store is not None:
            store.list_plans(self.store)
            loading.Banks().template(self._options.template, (), self._beside)
        elif self._only is not None:
            self.open(self._only[1])

    @property
    def shown(self) -> str:
        """What is served, for the log."""
        return self.store or (self._only[1] if self._only else "")

    def ask(self, plan: str | None, question: str | None) -> Asked | None:
        """Return what a link asks for; None when the server has no such plan."""
        if question is not None and not (len(question) <= _LONGEST and question.replace("-", "").isalnum()):
            question = None
        if self._only is not None:
            name, at = self._only
            return Asked(at, question) if plan in (None, "", name) else None
        if not plan:
            return Asked(None, None)
        names = {each.name for each in store.list_plans(self.store or "")}
        return Asked(f"{self.store}#{plan}", question) if plan in names else None

    def open(self, at: str) -> Plan:
        """Open a plan that `ask` has named."""
        return open_with(at, self._options.template).plan

    def ticket(self, asked: Asked) -> served.Ticket:
        """Return what the notebook of a page is told."""
        return served.Ticket(
            store=self.store,
            plan=asked.plan,
            question=asked.question,
            template=self._options.template,
            base_url=self._options.base_url,
            upload_limit=self._options.upload_limit,
        )


def _in_a_folder(path: Path, given: object) -> Path:
    """Return a path in a folder that is there."""
    if not path.parent.is_dir():
        what = f"there is no folder {str(path.parent)!r}"
        raise InputError(what, Where(str(given)), "make the folder, or choose another")
    return path
