"""Lists, tables and schedules as YAML in one line, for ``--set``, CSV cells and text boxes.

Writes JSON, which is YAML in flow style with nothing left to guess; reads any YAML by `maintplan.yamltext`.
"""

from __future__ import annotations

import json
import re

from maintplan.errors import InputError, ValueProblem

# What JSON may hold as it is and a YAML reader refuses or folds.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def write(value: object) -> str:
    """Write document data as YAML in one line."""
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def read(text: str, what_is_right: str) -> object:
    """Read YAML text; every scalar in it comes back as text, an empty one as None.

    Raises
    ------
    ValueProblem
        When it is no YAML, or uses what the kit's files do not.
    """
    from maintplan import yamltext  # noqa: PLC0415 - needed for this form only, and it loads libyaml

    try:
        return yamltext.read(text, "the value", top="any").data
    except InputError as error:
        mend = error.mend or f"write {what_is_right}"
        raise ValueProblem(error.what, mend=mend) from None
