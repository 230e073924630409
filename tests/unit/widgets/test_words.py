"""The words of the app: each that a script asks for is there, and each that is there is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import maintplan
from maintplan.widgets import assets, making
from maintplan.words import words

SCRIPT = assets.script()
SOURCE = "".join(path.read_text("utf-8") for path in Path(maintplan.__file__).parent.rglob("*.py"))
PUT_TOGETHER = {
    "is_none",
    "is_not_applicable",
    "is_not_known_yet",
    *(f"as_{each}" for each in making.FORMATS),
}
"""Asked for by a name that is put together."""


def test_each_word_that_a_script_asks_for_is_in_the_catalogue() -> None:
    known = set(words("en").under("app.ui."))
    asked = set(re.findall(r'\bsay\("(\w+)"', SCRIPT))
    assert len(asked) > 100
    assert asked - known == set()


def test_each_word_of_the_screen_is_asked_for() -> None:
    named = set(re.findall(r'["`](\w+)["`]', SCRIPT)) | set(re.findall(r'"app\.ui\.(\w+)"', SOURCE))
    assert set(words("en").under("app.ui.")) - named - PUT_TOGETHER == set()


def test_each_word_that_the_app_asks_for_in_full_is_in_the_catalogue() -> None:
    said = words("en")
    asked = set(re.findall(r'\b(?:said|words)\((?:\s*)"(app\.[a-z_.]+[a-z_])"', SOURCE))
    assert len(asked) > 50
    assert [key for key in asked if not said.get(key)] == []
