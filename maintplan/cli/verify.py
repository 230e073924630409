"""``maintplan verify``: whether a handover was changed since it was made, and who signed it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from maintplan.handover import Verdict

_LISTED = 20
"""Files that are named; of more, how many."""


def verify(
    handover: Annotated[Path, typer.Argument(help="A handover that maintplan run has made.")],
    signers: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who may sign: a line for each, the name and the public SSH key."),
    ] = None,
) -> None:
    """Say whether a handover was changed since it was made, and who signed it."""
    from maintplan import handover as bundles  # noqa: PLC0415 - a command imports what it needs

    verdict = bundles.verify(handover, signers)
    for line in _said(verdict):
        typer.echo(line)
    if not verdict.good:
        raise typer.Exit(1)


def _said(found: Verdict) -> Iterator[str]:
    yield f"handover of {found.service}, revision {found.revision}, {found.files} files"
    for what, names in (("changed", found.changed), ("missing", found.missing), ("added", found.added)):
        for name in names[:_LISTED]:
            yield f"{what}: {name}"
        if len(names) > _LISTED:
            yield f"{what}: {len(names) - _LISTED} more"
    yield from _seal(found)
    for flaw in found.flaws:
        yield f"does not fit: {flaw}"
    if found.bound:
        yield f"the plan has the content that was agreed to by {', '.join(found.bound)}"
    elif not found.flaws:
        yield "nobody has said Yes to the content that the plan has"
    if found.unasked:
        yield f"the plan's content was taken as it stands in the bundle: {found.unasked}"


def _seal(found: Verdict) -> Iterator[str]:
    if found.seal == "signed":
        same = "unchanged since it was made" if found.intact else "changed since it was made"
        yield f"{same}: signed by {found.signer} ({found.key})"
    elif found.seal == "broken":
        yield "changed since it was signed: the signature does not fit the manifest"
    elif found.seal == "unsigned":
        fits = "; its files fit its manifest, but anybody can make them fit" if found.intact else ""
        yield f"not signed: whether it was changed can't be told{fits}"
    else:
        who = "nobody on the list of signers" if found.seal == "unknown" else "an unknown key"
        mend = "" if found.seal == "unknown" else "; name who may sign with --signers FILE"
        yield f"signed, but by {who} ({found.key}): whether it was changed can't be told{mend}"
