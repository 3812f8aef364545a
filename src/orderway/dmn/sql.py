"""A decision table as SQL: the number of the rule that fires, and the outputs of each rule, for tables that are total.

For that every input is an expression over typed columns (feel/typed.py), every output a constant, and one rule decides: the
policy is first, or unique or any with rows that never hit together, which is proved from the columns' limits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from ..feel import FeelError, read, read_tests
from ..feel import tree as feel
from ..feel.compiling import UNKNOWN, constant
from ..feel.facts import given
from ..feel.sql import Written
from ..feel.typed import FactType, Not, Typed, check
from . import model
from .columns import masks


@dataclass(frozen=True, slots=True)
class TableSql:
    """`rule` is an expression for the number of the rule that fires (null without a hit), `parameters` its constants;
    `outputs` are the values of the output columns, one tuple a rule."""

    rule: str
    parameters: Mapping[str, Any]
    outputs: Sequence[tuple[Any, ...]]


def table_sql(of: model.DecisionTable, types: Mapping[str, FactType], columns: Mapping[str, str]) -> TableSql:
    """The SQL form over typed names; `columns` gives the SQL of each name. Raises FeelError when the table is not total."""
    cells = [[read_tests(rule.inputs[at].strip() or "-", types) for rule in of.rules] for at in range(len(of.inputs))]
    if of.policy != "F" and not (of.policy in "UA" and _never_together(cells, len(of.rules))):
        raise FeelError("rows that may hit together need the hit policy first to be decided in SQL", 0)
    asked = [read(one.expression, types) for one in of.inputs]
    written = Written(columns, "rule")
    cases = []
    for row in range(len(of.rules)):
        tests = [_typed(asked[at], column[row], types) for at, column in enumerate(cells) if column[row].tests]
        condition = " and ".join(written.truth(test) for test in tests) or "true"
        cases.append(f"when {condition} then {row + 1}")
    outputs = [tuple(_constant(text) for text in rule.outputs) for rule in of.rules]
    return TableSql(f"(case {' '.join(cases)} end)::integer", written.parameters, outputs)


def _typed(asked: feel.Tree, cell: feel.Tests, types: Mapping[str, FactType]) -> Typed:
    test = check(feel.In(asked, cell.tests), types)
    return Not(test) if cell.negated else test


def _constant(text: str) -> Any:
    value = constant(read(text)) if text.strip() else None
    if value is UNKNOWN:
        raise FeelError(f"{text.strip()} is no constant", 0)
    return given(value)


def _never_together(cells: Sequence[Sequence[feel.Tests]], rows: int) -> bool:
    """Whether no two rows can hit for the same values: for each pair some column lets never both pass."""
    found = [masks(column) for column in cells]
    return not any(
        all(of is None or any(mask >> a & 1 and mask >> b & 1 for mask in of) for of in found)
        for a, b in combinations(range(rows), 2)
    )
