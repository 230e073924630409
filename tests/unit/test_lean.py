"""Notebook libraries come quickly, and nobody else misses what they came without."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from maintplan import lean


def test_a_module_is_hidden_for_a_while_and_there_again_afterwards() -> None:
    sys.modules.pop("wave", None)
    with lean.without("wave"), pytest.raises(ImportError):
        importlib.import_module("wave")
    assert importlib.import_module("wave").__name__ == "wave"


def test_what_is_loaded_stays() -> None:
    with lean.without("json"):
        assert importlib.import_module("json") is sys.modules["json"]
    assert "json" in sys.modules


def test_an_error_while_importing_leaves_nothing_hidden() -> None:
    sys.modules.pop("wave", None)
    with pytest.raises(RuntimeError), lean.without("wave"):
        raise RuntimeError
    assert importlib.import_module("wave").__name__ == "wave"


def test_nbformat_still_refuses_what_is_no_notebook_and_loads_no_grammar_of_addresses() -> None:
    program = """
import sys
from maintplan import lean
with lean.without(*lean.FORMATS):
    import nbformat
nbformat.validate(nbformat.v4.new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]})
except nbformat.ValidationError:
    print("refused", "rfc3987_syntax" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("refused False", 0), done.stderr
