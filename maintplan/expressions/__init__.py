"""Conditions and rules in CEL, compiled against the fields of a template.

CEL (the Common Expression Language, cel.dev) is typed and terminates; every field is a declared variable
``question.field``, so that a wrong name or type is refused when the expression is compiled. Beside each
stands ``question.field.given``: true where the field is answered, false where the answer is *none*.
"""

from maintplan.expressions.scope import Expression, Missing, Scope

__all__ = ["Expression", "Missing", "Scope"]
