"""What a kind of value has to know about one field.

The template builds a `Spec` for every field and every table column. It holds no wording of the interview, no
condition and no recommendation: those belong to the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Spec:
    """One field, or one column of a table, as its kind sees it.

    Attributes
    ----------
    kind
        Name of the kind, such as ``duration``.
    id
        Id of the field or column.
    label
        Short label as on a form.
    options
        For choice and several: option id to label. Without any, every one-line text is taken.
    unit
        For number: the unit it is counted in.
    min, max
        For integer and number: the smallest and the largest value, both allowed.
    key
        For table: id of the column that names a row.
    row
        For table: what one row is called, in the singular.
    columns
        For table: its columns in order.
    to
        For reference: ``question.field`` of the table that it points to.
    """

    kind: str
    id: str = ""
    label: str = ""
    # Out of the hash only because a dict has none; two specs with other options are still unequal.
    options: Mapping[str, str] = field(default_factory=dict, hash=False)
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    key: str | None = None
    row: str | None = None
    columns: tuple[Spec, ...] = ()
    to: str | None = None

    def column(self, name: str) -> Spec | None:
        """Return the column with that id, or None."""
        return next((column for column in self.columns if column.id == name), None)
