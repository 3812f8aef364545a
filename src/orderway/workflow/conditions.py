"""Conditions of a map: FEEL over typed names, in the part of it that is total (feel/typed.py), as a closure and as SQL.

What a person may write beside FEEL: `not x` without brackets. A condition is longer than a line only by mistake, so its length is
bounded. A flow is taken only on true; null, what is not known, decides nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from orderway.feel import Compiler, FeelError, read
from orderway.feel.facts import taken
from orderway.feel.sql import Written
from orderway.feel.typed import Both, Compare, Constant, FactType, Name, Not, Typed, check, names

Value = bool | Decimal | int | str | date | datetime | None
Truth = bool | None
Test = Callable[[Mapping[str, Value]], Truth]
Tree = Typed
ConditionError = FeelError
LONGEST = 2_000

__all__ = [
    "Both", "Compare", "Condition", "ConditionError", "Constant", "FactType", "Name", "Not", "Tree", "Truth", "Value", "parse",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: its text, its tree, the names it rests on and the Python form.

    `test(values)` takes a value for each of `names` (None where there is none) and answers True, False or None (not known);
    a flow is taken only on True.
    """

    text: str
    tree: Tree
    names: frozenset[str]
    test: Test

    def sql(self, columns: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
        """The SQL form and its parameters `condition_0`, `condition_1` … `columns` gives the SQL column of each of `names`."""
        written = Written(columns, "condition")
        return written.truth(self.tree), written.parameters


def parse(text: str, types: Mapping[str, FactType]) -> Condition:
    """Read a condition over the names of `types`; raises ConditionError with the place when it is none."""
    if len(text) > LONGEST:
        raise ConditionError(f"longer than {LONGEST} characters", LONGEST)
    read_tree = read(text, types, prefix_not=True)
    tree = check(read_tree, types)
    if tree.type not in ("boolean", "null"):
        raise ConditionError(f"{text.strip()} is a {tree.type}, expected true or false", 0)
    rests_on = frozenset(names(tree))
    run = Compiler().compile(read_tree)

    def test(values: Mapping[str, Value]) -> Truth:
        found = run({name: taken(values[name]) for name in rests_on})
        return found if isinstance(found, bool) else None

    return Condition(text, tree, rests_on, test)
