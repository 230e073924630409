"""``tickets.csv``: what is still to be done in all plans, a row each, as a tracker takes it.

A row's key is the same in every export, whatever became of its words, its severity or its owner, so that a
second export updates what the first one made. What an earlier export had and this one does not is said to be
done: a tracker that only ever hears of open ones closes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

COLUMNS = (
    "key",
    "state",
    "title",
    "description",
    "service",
    "severity",
    "rule",
    "at",
    "owner",
    "due",
    "ticket",
)


def tickets(
    plans: Iterable[tuple[str, Mapping[str, Any]]],
    earlier: Iterable[tuple[str, Mapping[str, Any]]] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the tickets of all plans, those that are done since an earlier batch last.

    Parameters
    ----------
    plans
        Each service with all facts of its plan.
    earlier
        Those of an earlier batch.
    """
    still: set[str] = set()
    for service, about in plans:
        found = {each["key"]: each for each in _of(service, about)}
        yield from found.values()
        if earlier is not None:
            still.update(found)
    for service, about in earlier or ():
        found = {each["key"]: each for each in _of(service, about) if each["key"] not in still}
        yield from ({**each, "state": "done"} for each in found.values())


def _of(service: str, about: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the tickets of a plan: its findings, open or accepted, and actions about something else."""
    actions = {each["id"]: each for each in about.get("actions", ())}
    seen_to = set()
    for each in about.get("findings", ()):
        if not each["open"] and not each["accepted_until"]:
            continue
        action = actions.get(each.get("action"), {})
        seen_to.add(action.get("id"))
        state = action.get("state", "open") if each["open"] else "accepted"
        due = action.get("due") if each["open"] else each["accepted_until"]
        yield {
            "key": _key(service, "finding", each["id"]),
            "state": state,
            "title": f"{service}: {each['title'] or each['rule']}",
            "description": "\n\n".join(filter(None, (each["message"], each["remedy"]))),
            "service": service,
            "severity": each["severity"],
            "rule": each["rule"],
            "at": each["at"],
            "owner": action.get("owner") or about.get("owner"),
            "due": due,
            "ticket": action.get("ticket"),
        }
    for each in actions.values():
        if each["id"] not in seen_to:
            yield {
                "key": _key(service, "action", each["id"]),
                "state": each.get("state", "open"),
                "title": f"{service}: {each['about']}",
                "description": "",
                "service": service,
                "severity": None,
                "rule": None,
                "at": each["at"],
                "owner": each["owner"] or about.get("owner"),
                "due": each["due"],
                "ticket": each.get("ticket"),
            }


def _key(service: str, kind: str, name: str) -> str:
    """Return what one thing of one service is called in every export."""
    return hashlib.sha256(f"{service}\n{kind}\n{name}".encode()).hexdigest()[:16]
