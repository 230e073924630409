"""The words that documents use around a plan's answers, from ``templates/words/``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from maintplan import resources, yamltext


class Words:
    """A catalogue of one language.

    Parameters
    ----------
    language
        Its code, such as ``en``.
    entries
        Texts by dotted key.
    """

    def __init__(self, language: str, entries: Mapping[str, str]) -> None:
        self.language = language
        self._entries = entries

    def __call__(self, key: str, /, **values: object) -> str:
        """Return the text of a key with its values filled in; values are never looked into."""
        text = self._entries[key]
        for name, value in values.items():
            before, mark, after = text.partition("{" + name + "}")
            if mark:
                text = before + str(value) + after
        return text

    def under(self, prefix: str) -> dict[str, str]:
        """Return the texts whose keys begin with a prefix, by the rest of their keys."""
        return {key[len(prefix) :]: text for key, text in self._entries.items() if key.startswith(prefix)}

    def get(self, key: str, default: str = "") -> str:
        """Return the text of a key, or a default where there is none."""
        return self._entries.get(key, default)


@lru_cache(maxsize=8)
def words(language: str) -> Words:
    """Return the catalogue of a language; English stands in for what a language does not have."""
    entries: dict[str, str] = {}
    for name in dict.fromkeys(("en", language.split("-", maxsplit=1)[0], language)):
        path = resources.root() / "templates" / "words" / f"{name}.yaml"
        if path.is_file():
            _flatten(yamltext.read_file(path).data, "", entries)
    return Words(language, entries)


def _flatten(data: Any, prefix: str, entries: dict[str, str]) -> None:
    for key, value in data.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", entries)
        else:
            entries[prefix + key] = value or ""
