"""One input column of a decision table as an index: from a value to the rows whose cells it passes, as the bits of a number.

A column whose cells are constants, comparisons with constants and ranges of constants of one type is looked up (a dict for
equality, a binary search between the limits otherwise); other cells are tested one by one. Both give the same rows.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from ..feel import Compiler, Scope, Test, Value
from ..feel import tree as feel
from ..feel.comparing import ORDERS, compare
from ..feel.compiling import UNKNOWN, constant
from ..feel.values import Date, DaysTime, YearsMonths

Mask = Callable[[Value, Scope], int]
_ORDERED = (Decimal, str, Date, DaysTime, YearsMonths)


def column(cells: Sequence[feel.Tests], compiler: Compiler) -> Mask:
    """The rows (bit n is row n from 0) whose cell in this column the value passes."""
    tests = [compiler.tests(cell) if cell.tests else None for cell in cells]
    slow = _one_by_one(tests)
    kind, bounds = points(cells)
    if kind is None:
        return slow
    found = at_places(cells, bounds)
    if any(isinstance(test, feel.Beyond | feel.Span) for cell in cells for test in cell.tests):
        return _searched(kind, bounds, found, slow)
    return _looked_up(kind, {bound: found[2 * n + 1] for n, bound in enumerate(bounds)}, found[0], slow)


def masks(cells: Sequence[feel.Tests]) -> list[int] | None:
    """The rows for every value of the column's type there can be, and for null; None for a column that is no index."""
    kind, bounds = points(cells)
    if kind is None:
        return None
    return [*at_places(cells, bounds), column(cells, Compiler())(None, {})]


def at_places(cells: Sequence[feel.Tests], bounds: Sequence[Any]) -> list[int]:
    """The rows before, at and between the limits."""
    ranks = {bound: 2 * n + 1 for n, bound in enumerate(bounds)}
    last = 2 * len(bounds)
    found = [0] * (last + 1)
    for row, cell in enumerate(cells):
        bit = 1 << row
        for place in _places_of(cell, ranks, last):
            found[place] |= bit
    return found


def _one_by_one(tests: list[Test | None]) -> Mask:
    free = sum(1 << at for at, test in enumerate(tests) if test is None)
    asked = [(1 << at, test) for at, test in enumerate(tests) if test is not None]

    def mask(value: Value, scope: Scope) -> int:
        rows = free
        for bit, test in asked:
            if test(value, scope) is True:
                rows |= bit
        return rows

    return mask


def limits(test: feel.Tree) -> list[Value] | None:
    """The constants a test compares with; None when it is no test of constants."""
    match test:
        case feel.Beyond(end=end):
            found = [constant(end)]
        case feel.Span(low=low, high=high):
            found = [constant(low), constant(high)]
        case _:
            found = [constant(test)]
    if any(one is UNKNOWN for one in found):
        return None
    if isinstance(test, feel.Span) and compare(*found) not in (-1, 0):
        return None  # a range the wrong way round is null: nothing is known to lie within, nor without
    return found


def points(cells: Sequence[feel.Tests]) -> tuple[type | None, list[Any]]:
    """The type of all constants of a column and the constants in order; no type when they differ or a cell is more."""
    found: list[Any] = []
    ordered = False
    for test in (one for cell in cells for one in cell.tests):
        constants = limits(test)
        if constants is None:
            return None, []
        found += constants
        ordered |= isinstance(test, feel.Span) or (isinstance(test, feel.Beyond) and test.sign not in ("=", "!="))
    kinds = {type(one) for one in found}
    if len(kinds) != 1 or not kinds <= ({*_ORDERED} if ordered else {*_ORDERED, bool}):  # true and false have no order
        return None, []
    return kinds.pop(), sorted(set(found))


def _places_of(cell: feel.Tests, ranks: dict[Any, int], last: int) -> Iterable[int]:
    """The places at which a value passes the cell: limit n is 2n+1, the gap before it 2n, the one behind all `last`."""
    if not cell.tests:
        return range(last + 1)
    passed = {place for test in cell.tests for place in _places_of_one(test, ranks, last)}
    return (place for place in range(last + 1) if place not in passed) if cell.negated else passed


def _places_of_one(test: feel.Tree, ranks: dict[Any, int], last: int) -> Iterable[int]:
    ends = [ranks[one] for one in limits(test) or ()]
    if isinstance(test, feel.Beyond):
        holds = ORDERS[test.sign]
        return [place for place in range(last + 1) if holds(place, ends[0])]
    if isinstance(test, feel.Span):
        low, high = ends
        return range(low if test.low_closed else low + 1, high + 1 if test.high_closed else high)
    return range(ends[0], ends[0] + 1)


def _looked_up(kind: type, known: dict[Any, int], other: int, slow: Mask) -> Mask:
    def mask(value: Value, scope: Scope) -> int:
        return known.get(value, other) if type(value) is kind else slow(value, scope)

    return mask


def _searched(kind: type, bounds: list[Any], masks: list[int], slow: Mask) -> Mask:
    last = len(bounds)

    def mask(value: Value, scope: Scope) -> int:
        if type(value) is not kind:
            return slow(value, scope)
        at = bisect_left(bounds, value)
        return masks[2 * at + 1] if at < last and bounds[at] == value else masks[2 * at]

    return mask
