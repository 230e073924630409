"""The example's plan, with comments and every way to write YAML: a changed value changes its lines alone."""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from maintplan import resources, store
from maintplan.plan import Given, edits

EXAMPLE = resources.example() / "plan.yaml"
VALUES = {
    "duration": "7h",
    "percent": "3",
    "text": "others: yes # and no",
    "markdown": "One line.\n\n- two: #x",
    "integer": "4",
    "date": "2027-03-03",
    "url": "https://a.example/",
}


def changes() -> Iterator[tuple[str, str]]:
    """Yield every field and cell that can take one of the values."""
    plan = store.open(EXAMPLE).plan
    for place, field in plan.template.fields.items():
        held = plan.answers.get(place)
        if field.kind in VALUES:
            yield place, VALUES[field.kind]
        elif field.kind == "table" and isinstance(held, Given):
            for index in range(len(held.value)):
                for column in field.spec.columns:
                    if column.kind in VALUES and column.id != field.spec.key:
                        yield f"{place}[#{index + 1}].{column.id}", VALUES[column.kind]


@pytest.mark.parametrize(("place", "value"), random.Random(7).sample(list(changes()), 30))  # noqa: S311 - no secret
def test_one_changed_value_changes_its_own_lines_and_no_comment(
    tmp_path: Path, place: str, value: str
) -> None:
    path = tmp_path / "plan.yaml"
    before = EXAMPLE.read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    file = store.open(path)
    saved = file.save(edits.answer(file.plan, place, value))
    after = path.read_text(encoding="utf-8")
    changed = [
        line
        for line in difflib.unified_diff(before.split("\n"), after.split("\n"), lineterm="", n=0)
        if line[0] == "-" and not line.startswith("---")
    ]
    assert 1 <= len(changed) <= 7, "the value's lines, and the revision's"
    comments = [line.partition(" # ")[2] for line in before.split("\n") if " # " in line]
    assert [each for each in comments if each not in after] == []
    assert store.open(path).plan == saved
