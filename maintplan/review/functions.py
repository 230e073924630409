"""What rules can call besides CEL's own functions: ``sum``, ``mentions`` and ``says``.

The last two look for words in what somebody wrote. CEL's ``matches`` can do that too, but makes its pattern
anew for every row; these are quicker, and easier to read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cel_expr_python import cel


def checked() -> cel.CelExtension:
    """Declare them for checking: ``sum`` for each type that has one, so that a wrong comparison is found."""
    from cel_expr_python import cel  # noqa: PLC0415 - a native module, loaded where the first rule is compiled

    kinds = (("double", cel.Type.DOUBLE), ("duration", cel.Type.DURATION))
    overloads = [
        cel.Overload(f"sum_{name}", return_type=kind, parameters=[cel.Type.List(kind)], impl=_total)
        for name, kind in kinds
    ]
    return cel.CelExtension("maintplan", [cel.FunctionDecl("sum", overloads), *_of_texts()])


def evaluated() -> cel.CelExtension:
    """Declare them for evaluating: a call can't tell two overloads of ``sum`` over lists apart."""
    from cel_expr_python import cel  # noqa: PLC0415

    of_all = cel.Overload(
        "sum_any", return_type=cel.Type.DYN, parameters=[cel.Type.List(cel.Type.DYN)], impl=_total
    )
    return cel.CelExtension("maintplan", [cel.FunctionDecl("sum", [of_all]), *_of_texts()])


def mentions(text: str, words: str) -> bool:
    """Whether a text holds one of the words, written ``disk|quota``; capitals don't matter."""
    return _pattern(words).search(text.casefold()) is not None


def says(text: str, words: str) -> bool:
    """Whether a text is one of the words, written ``no|none``, but for capitals and a dot at its end."""
    return " ".join(text.casefold().removesuffix(".").split()) in _words(words)


@lru_cache(maxsize=500)
def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _words(words))))


@lru_cache(maxsize=500)
def _words(words: str) -> tuple[str, ...]:
    return tuple(words.casefold().split("|"))


def _of_texts() -> list[cel.FunctionDecl]:
    from cel_expr_python import cel  # noqa: PLC0415

    text = cel.Type.STRING
    return [
        cel.FunctionDecl(
            name,
            [
                cel.Overload(
                    f"text_{name}",
                    return_type=cel.Type.BOOL,
                    parameters=[text, text],
                    is_member=True,
                    impl=function,
                )
            ],
        )
        for name, function in (("mentions", mentions), ("says", says))
    ]


def _total(values: list[Any]) -> Any:
    return sum(values[1:], values[0]) if values else 0.0
