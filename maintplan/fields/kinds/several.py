"""Several of a field's options, in the order of the options."""

from __future__ import annotations

from typing import cast

from maintplan.fields import flow
from maintplan.fields.base import Kind, Schema, Value, refuse
from maintplan.fields.given import Given, clean, one_line, plain, quoted, scalar_text
from maintplan.fields.kinds.choice import option, option_forms, right
from maintplan.fields.spec import Spec
from maintplan.fields.wording import joined, lowered
from maintplan.fields.words import ENGLISH, Words


class Several(Kind):
    """A list of option ids without repetition."""

    name = "several"
    cel_type = "list(string)"

    def read(self, given: Given, spec: Spec) -> list[Value] | None:
        """Return the ids, from a list or from ``a, b`` or ``[a, b]``."""
        items = self._items(given, spec)
        found: list[str] = []
        for item in items:
            text = self._item(item, spec)
            if text is None:
                continue
            if text in found:
                raise refuse(f"{quoted(text)} stands twice", "name each option once")
            found.append(text)
        order = {name: place for place, name in enumerate(spec.options)}
        found.sort(key=lambda name: order.get(name, 0))
        return list[Value](found) or None

    def _items(self, given: Given, spec: Spec) -> list[object]:
        if isinstance(given, list):
            return given
        what_is_right = f"a list such as [a, b]; each item is {right(spec)}"
        text = scalar_text(given, declared_text=True, what_is_right=what_is_right).strip()
        if not text.startswith("["):
            # A label may hold a comma itself.
            whole = any(text in names for names in spec.options.items())
            return [text] if whole else list(text.split(","))
        data = flow.read(text, what_is_right)
        if not isinstance(data, list):
            raise refuse(f"{quoted(text)} is not a list", f"write {what_is_right}")
        return data

    @staticmethod
    def _item(raw: object, spec: Spec) -> str | None:
        given = plain(raw)
        if given is None:
            return None
        text = clean(scalar_text(given, declared_text=True, what_is_right=right(spec)))
        return option(one_line(text), spec) if text.strip() else None

    def show(self, value: Value, spec: Spec, words: Words = ENGLISH) -> str:
        """Show the labels as a sentence lists them."""
        first, *others = [spec.options.get(item, item) for item in cast("list[str]", value)]
        return joined([first, *map(lowered, others)], words)

    def text(self, value: Value, spec: Spec) -> str:  # noqa: ARG002 - the kind's contract
        """Write ``a, b``, or a list in one line of YAML where an item would be cut by that."""
        items = cast("list[str]", value)
        if any("," in item for item in items) or items[0].startswith("["):
            return flow.write(items)
        return ", ".join(items)

    def forms(self, spec: Spec) -> list[Schema]:
        """Describe a list of options, or a text that names some."""
        item: Schema = {
            "anyOf": [*option_forms(spec), {"type": "null"}, {"type": "string", "pattern": r"^\s*$"}]
        }
        return [{"type": "array", "items": item}, {"type": "string"}, *option_forms(spec)]
