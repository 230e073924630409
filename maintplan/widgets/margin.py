"""The reviewer's notes in the margin: where a value came from, what is recommended, what does not fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from maintplan import fields
from maintplan.errors import InputError
from maintplan.plan import places
from maintplan.plan.model import Given
from maintplan.plan.standing import FieldStanding, Standing, recommended_value
from maintplan.review import Finding, Review
from maintplan.words import Words

Note = dict[str, Any]
LONGEST_VALUE = 80
SAID = ("boolean", "schedule", "duration", "choice", "several")
"""Kinds whose values are words of ours, which begin a sentence like any other."""
_ORDER = {"high": 0, "medium": 1, "low": 2, "recommended": 3}


def notes(
    shown: Iterable[FieldStanding], standing: Standing, review: Review, words: Words
) -> dict[str, list[Note]]:
    """Return the notes of the fields on the screen, by place."""
    on_screen = {each.field.place: each for each in shown}
    found: dict[str, list[Note]] = {
        place: [
            *_origin(each, standing, words),
            *_recommended(each, standing, words),
            *_offers(each, standing, words),
        ]
        for place, each in on_screen.items()
    }
    for finding in (*review.findings, *review.accepted):
        at = next(
            (one for each in finding.places or (finding.at,) if (one := of_field(each)) in on_screen), None
        )
        if at is not None:
            found[at].append(_finding(finding, at, standing, words))
    # What does not fit comes before where a value came from.
    return {
        place: sorted(told, key=lambda note: _ORDER.get(note["tone"], len(_ORDER)))
        for place, told in found.items()
        if told
    }


def of_field(place: str) -> str:
    """Return the field of a place, without row and column."""
    return place.partition("[")[0]


def _origin(each: FieldStanding, standing: Standing, words: Words) -> Iterator[Note]:
    provenance = standing.plan.provenance.get(each.field.place)
    if each.source in ("imported", "inherited", "copied", "proposed"):
        origin = each.origin or ""
        key = f"app.margin.{each.source}" if origin else f"app.margin.{each.source}_alone"
        actions = (
            [["stand", words("app.margin.let_stand")]] if each.state in ("inherited", "to_confirm") else []
        )
        yield _note("origin", "muted", words(key, origin=origin), actions=actions)
    elif provenance is not None and provenance.source == "recommended" and provenance.let_stand is not None:
        yield _note("stood", "muted", words("app.margin.stood", by=provenance.let_stand.by))
    elif each.source == "entered" and not isinstance(each.answer, Given | None):
        return


def _recommended(each: FieldStanding, standing: Standing, words: Words) -> Iterator[Note]:
    field, tier = each.field, standing.plan.service.tier
    value = recommended_value(standing.plan, field)
    if value is None or field.recommendation is None or not each.asked:
        return
    why = field.recommendation.why_for(tier)
    source = field.recommendation.source_for(tier)
    table = field.kind == "table"
    shown = shorten(fields.show(value, field.spec))
    if field.kind in SAID:
        shown = _begun(shown)
    if each.state == "recommended":
        text = words(
            "app.margin.recommended_rows" if table else "app.margin.recommended", value=shown, tier=tier
        )
        actions = [["stand", words("app.margin.use")]]
    elif each.value != value or not isinstance(each.answer, Given):
        text = words("app.margin.differs_rows" if table else "app.margin.differs", value=shown, tier=tier)
        actions = [] if table else [["take", words("app.margin.use_instead")]]
    else:
        return
    text = text.replace("….", "…")
    why = " ".join(part for part in (why, words("app.margin.source", source=source)) if part)
    tone = "recommended" if each.state == "recommended" else "muted"
    yield _note("recommended", tone, text, why=why, actions=actions)


def _offers(each: FieldStanding, standing: Standing, words: Words) -> Iterator[Note]:
    for index, offer in enumerate(standing.plan.offers):
        if of_field(offer.at) == each.field.place:
            at = f"offer{index}"
            shown = shorten(
                fields.show(offer.value, each.field.spec)
                if offer.at == each.field.place
                else str(offer.value)
            )
            text = words(
                "app.margin.offer", value=shown, origin=offer.origin or words(f"sources.{offer.source}")
            )
            actions = [
                [f"offer:{index}", words("app.margin.use")],
                [f"dismiss:{index}", words("app.margin.dismiss")],
            ]
            yield _note(at, "recommended", text, actions=actions)


def _finding(finding: Finding, here: str, standing: Standing, words: Words) -> Note:
    elsewhere = [each for each in finding.places if of_field(each) != here]
    actions = []
    if elsewhere:
        label = label_of(elsewhere[0], standing)
        actions.append([f"go:{elsewhere[0]}", words("app.margin.go", label=label)])
    if finding.accepted is None:
        actions.append([f"accept:{finding.id}", words("app.margin.accept")])
    note = _note(
        finding.id,
        "muted" if finding.accepted or finding.announced else finding.severity,
        finding.message,
        head=words(f"findings.severities.{finding.severity}") + ".",
        detail=" ".join(part for part in (finding.remedy, _full_stop(finding.source)) if part),
        actions=actions,
    )
    note["at"] = finding.at
    if finding.accepted is not None:
        risk = finding.accepted
        note["detail"] = words(
            "app.margin.accepted", by=risk.by, until=risk.until.isoformat(), reason=risk.reason
        )
    elif finding.announced is not None:
        note["detail"] += " " + words("findings.announced", date=finding.announced.isoformat())
    elif finding.refused:
        note["detail"] += " " + _full_stop(finding.refused[:1].upper() + finding.refused[1:])
    return note


def label_of(place: str, standing: Standing) -> str:
    """Name a place as people do: the row and the field's label."""
    try:
        found = places.find(standing.plan.template, place)
    except InputError:
        return place
    if found.field is None:
        return found.consideration.words if found.consideration else found.question.heading
    return f"{found.field.label}: {found.place.row}" if found.place.row else found.field.label


def _full_stop(text: str) -> str:
    """Return a source as a sentence of its own; an address or a file's name keeps its first letter."""
    word = text.partition(" ")[0]
    begun = text[:1].upper() + text[1:] if word.isalpha() and word.islower() else text
    return begun if not begun or begun.endswith(".") else f"{begun}."


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def _note(
    note_id: str,
    tone: str,
    text: str,
    *,
    head: str = "",
    detail: str = "",
    why: str = "",
    actions: list[list[str]] | None = None,
) -> Note:
    return {
        "id": note_id,
        "tone": tone,
        "head": head,
        "text": text,
        "detail": detail,
        "why": why,
        "actions": actions or [],
    }


def shorten(text: str) -> str:
    """Return a value as a note can say it."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_VALUE:
        return text
    whole = text[:LONGEST_VALUE].rpartition(" ")[0] or text[: LONGEST_VALUE - 1]
    return whole.rstrip(" ,;.") + " …"
