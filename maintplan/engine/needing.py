"""Which notebooks need a kernel of their own: those that are not run by this interpreter."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

_LAUNCHER = "ipykernel_launcher"


def kernel_of_its_own(notebook: NotebookNode, name: str) -> str | None:
    """Return why a notebook can't be run by a child of this process, or None when it can.

    Parameters
    ----------
    notebook
        The notebook.
    name
        The kernel that it shall run in.
    """
    if not hasattr(os, "fork"):
        return "this system has no fork"
    spec = notebook.get("metadata", {}).get("kernelspec", {})
    language = str(spec.get("language") or "python").lower()
    named = name == spec.get("name")
    if named and language != "python":
        return f"its language is {language}"
    return _other(name)


def _other(name: str) -> str | None:
    """Return what is special about an installed kernel."""
    specs = importlib.import_module("jupyter_client.kernelspec")
    try:
        found = specs.KernelSpecManager().get_kernel_spec(name)
    except specs.NoSuchKernel:
        return f"there is no kernel {name!r} here"
    if found.language.lower() != "python":
        return f"the language of its kernel {name!r} is {found.language}"
    command = list(found.argv)
    if _LAUNCHER not in command and not any("ipykernel" in each for each in command):
        return f"its kernel {name!r} is not ipykernel's"
    if not _same(command[0]):
        return f"its kernel {name!r} runs in another environment: {command[0]}"
    if found.env:
        return f"its kernel {name!r} sets environment variables: {', '.join(sorted(found.env))}"
    return None


def _same(command: str) -> bool:
    """Whether a kernel's command starts this very interpreter."""
    if command in ("python", "python3", f"python3.{sys.version_info[1]}"):
        return True
    here, there = Path(sys.executable), Path(command)
    return here == there or (here.parent == there.parent and here.resolve() == there.resolve())
