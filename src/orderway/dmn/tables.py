"""A decision table, compiled: which rules hit, and what comes of them by the hit policy.

Source: OMG DMN 1.5, clauses 8.2.8 to 8.2.11 and 10.3.2.10. A table that breaks its own policy (two hits in a unique one, unlike
hits in an any) and one without a hit and without default give null.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..feel import Compiled, Kind, Scope, Value
from ..feel.builtins import BUILTINS
from ..feel.comparing import equal
from ..feel.compiling import UNKNOWN
from ..feel.kinds import coerced, python_type
from .columns import Mask

_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a table came to and the numbers of the rules that hit, from 1 in the order of the table."""

    value: Value
    rules: tuple[int, ...]


NO_ANSWER = Answer(None, ())


@dataclass(frozen=True, slots=True)
class Asked:
    """An input column: its expression, its kind, the index of its allowed values (1 is allowed) and that of its cells."""

    value: Compiled
    kind: Kind | None
    allowed: Mask | None
    mask: Mask


@dataclass(frozen=True, slots=True)
class Answered:
    """An output column: its name, kind, allowed values in priority, and the cells with their values where these are constant."""

    name: str
    kind: Kind | None
    ranked: list[Value]
    cells: list[Compiled]
    constants: list[Value]
    default: Compiled | None


@dataclass(slots=True)
class Table:
    """A compiled table. `decide(scope)` answers for the names in scope."""

    inputs: Sequence[Asked]
    outputs: Sequence[Answered]
    rows: int
    policy: str
    aggregation: str
    constant: bool = field(init=False)
    _remembered: dict[int, Answer] = field(init=False, default_factory=dict)

    _columns: list[tuple[Compiled, type | None, Kind | None, Mask | None, Mask]] = field(init=False)

    def __post_init__(self) -> None:
        self._columns = [(one.value, python_type(one.kind), one.kind, one.allowed, one.mask) for one in self.inputs]
        self.constant = all(UNKNOWN not in one.constants and one.default is None for one in self.outputs)

    def decide(self, scope: Scope) -> Answer:
        """The answer for the names in scope."""
        hits = -1
        for value_of, python, kind, allowed, mask in self._columns:
            value = value_of(scope)
            if type(value) is not python and kind is not None:
                value = coerced(value, kind)
            if allowed is not None and value is not None and not allowed(value, scope):
                return NO_ANSWER
            hits &= mask(value, scope)
        found = self._remembered.get(hits)
        return self._answer(hits, scope) if found is None else found

    def _answer(self, hits: int, scope: Scope) -> Answer:
        """The answer for the rules that hit; answers of constant cells are remembered by them."""
        found = self._made(hits, scope)
        if self.constant and len(self._remembered) < _REMEMBERED:
            self._remembered[hits] = found
        return found

    def _made(self, hits: int, scope: Scope) -> Answer:
        rules = [row for row in range(self.rows) if hits >> row & 1]
        if not rules:
            return Answer(self._default(scope), ())
        return _POLICIES[self.policy](self, rules, scope)

    def _default(self, scope: Scope) -> Value:
        if all(one.default is None for one in self.outputs):
            return None
        return self._joined([coerced(one.default(scope), one.kind) if one.default else None for one in self.outputs])

    def cells(self, row: int, scope: Scope) -> list[Value]:
        """What the output cells of a row come to, each coerced to its column's type."""
        return [coerced(one.cells[row](scope), one.kind) for one in self.outputs]

    def _joined(self, cells: list[Value]) -> Value:
        if len(cells) == 1:
            return cells[0]
        return {one.name: cell for one, cell in zip(self.outputs, cells, strict=True)}

    def result(self, row: int, scope: Scope) -> Value:
        """The result of one row: the value of its cell, or a context of several by the names of the columns."""
        return self._joined(self.cells(row, scope))

    def rank(self, cells: list[Value]) -> tuple[int, ...]:
        """Where a row stands by the priority of its outputs; the least is the first."""
        return tuple(
            next((at for at, one in enumerate(column.ranked) if equal(one, cell) is True), len(column.ranked))
            for column, cell in zip(self.outputs, cells, strict=True)
        )


def _numbers(rows: Sequence[int]) -> tuple[int, ...]:
    return tuple(row + 1 for row in rows)


def _unique(table: Table, rows: list[int], scope: Scope) -> Answer:
    return Answer(table.result(rows[0], scope) if len(rows) == 1 else None, _numbers(rows))


def _any(table: Table, rows: list[int], scope: Scope) -> Answer:
    results = [table.result(row, scope) for row in rows]
    alike = all(equal(one, results[0]) is True for one in results)
    return Answer(results[0] if alike else None, _numbers(rows))


def _first(table: Table, rows: list[int], scope: Scope) -> Answer:
    return Answer(table.result(rows[0], scope), _numbers(rows[:1]))


def _ranked(table: Table, rows: list[int], scope: Scope) -> list[int]:
    return sorted(rows, key=lambda row: table.rank(table.cells(row, scope)))


def _priority(table: Table, rows: list[int], scope: Scope) -> Answer:
    return _first(table, _ranked(table, rows, scope), scope)


def _rule_order(table: Table, rows: list[int], scope: Scope) -> Answer:
    return Answer([table.result(row, scope) for row in rows], _numbers(rows))


def _output_order(table: Table, rows: list[int], scope: Scope) -> Answer:
    return _rule_order(table, _ranked(table, rows, scope), scope)


def _collect(table: Table, rows: list[int], scope: Scope) -> Answer:
    if not table.aggregation:
        return _rule_order(table, rows, scope)
    if len(table.outputs) == 1:
        value = _aggregated(table.aggregation, [table.result(row, scope) for row in rows])
        return Answer(value, _numbers(rows))
    columns = zip(*(table.cells(row, scope) for row in rows), strict=True)
    parts = [_aggregated(table.aggregation, list(cells)) for cells in columns]
    return Answer(dict(zip((one.name for one in table.outputs), parts, strict=True)), _numbers(rows))


def _aggregated(aggregation: str, results: list[Value]) -> Value:
    if aggregation not in ("SUM", "MIN", "MAX", "COUNT"):
        return None
    # COUNT counts different results (clause 8.2.11)
    of = BUILTINS["distinct values"].invoke([results]) if aggregation == "COUNT" else results
    return BUILTINS[aggregation.lower()].invoke([of])


_POLICIES: dict[str, Callable[[Table, list[int], Scope], Answer]] = {
    "U": _unique, "A": _any, "P": _priority, "F": _first, "R": _rule_order, "O": _output_order, "C": _collect,
}  # fmt: skip
