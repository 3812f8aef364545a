"""The one place where a map's script meets a language: FEEL in the part of it that is total over typed names (feel/typed.py).

`read` is all that the compiler asks for, and `value` all that the engine calls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from orderway.feel import Compiler
from orderway.feel import read as read_feel
from orderway.feel.facts import given, taken
from orderway.feel.typed import check, names

from .conditions import LONGEST, ConditionError, FactType, Value

__all__ = ["ConditionError", "Expression", "read"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: its text, the type of what it gives, the names it rests on, and `value(values)`."""

    text: str
    type: FactType
    names: frozenset[str]
    value: Callable[[Mapping[str, Value]], Value]


def read(text: str, types: Mapping[str, FactType]) -> Expression:
    """Read an expression over the names of `types`; raises ConditionError with the place when it is none."""
    if len(text) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} characters", LONGEST)
    tree = read_feel(text, types, prefix_not=True)
    typed = check(tree, types)
    if typed.type == "null":
        raise ConditionError("null is of no type", 0)
    rests_on = frozenset(names(typed))
    run = Compiler().compile(tree)

    def value(values: Mapping[str, Value]) -> Value:
        return cast(Value, given(run({name: taken(values[name]) for name in rests_on})))

    return Expression(text, cast(FactType, typed.type), rests_on, value)
