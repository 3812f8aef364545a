"""The one place where a map's script meets a language: a literal, a name, or a condition over the names that are known.

`read` is all that the compiler asks for, and `value` all that the engine calls; a richer language takes their place here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .conditions import ConditionError, FactType, Value, parse

__all__ = ["ConditionError", "Expression", "read"]
_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"\Z')


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text, the type of what it gives, the names it rests on, and `value(values)`."""

    text: str
    type: FactType
    names: frozenset[str]
    value: Callable[[Mapping[str, Value]], Value]


def read(text: str, types: Mapping[str, FactType]) -> Expression:
    """Read an expression over the names of `types`; raises ConditionError with the place when it is none."""
    if _NUMBER.match(text):
        number = Decimal(text)
        return Expression(text, "number", frozenset(), lambda _: number)
    if found := _TEXT.match(text):
        words = re.sub(r"\\(.)", r"\1", found[1])
        return Expression(text, "string", frozenset(), lambda _: words)
    if text in types:
        return Expression(text, types[text], frozenset({text}), lambda values: values[text])
    condition = parse(text, types)
    return Expression(text, "boolean", condition.names, condition.test)
