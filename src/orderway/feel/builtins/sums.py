"""Functions that make one value of a list. Source: OMG DMN 1.5, clause 10.3.4.4."""

from decimal import Decimal
from functools import reduce

from ..comparing import compare
from ..values import NUMBERS, DaysTime, Value, YearsMonths, number
from .registry import builtin


def _numbers(of: list[Value]) -> list[Decimal] | None:
    return of if of and all(isinstance(one, Decimal) for one in of) else None


def _best(of: list[Value], wanted: int) -> Value:
    if not of:
        return None
    best = of[0]
    if compare(best, best) is None:
        return None
    for one in of[1:]:
        order = compare(one, best)
        if order is None:
            return None
        if order == wanted:
            best = one
    return best


@builtin("count(list: list)")
def count(of: list[Value]) -> Value:
    """How many items."""
    return number(len(of))


@builtin("min(list: list)")
def min_(of: list[Value]) -> Value:
    """The first in order; null of an empty list."""
    return _best(of, -1)


@builtin("min(item: any, more...: any)")
def min_of(*of: Value) -> Value:
    """The first in order of several values."""
    return _best(list(of), -1)


@builtin("max(list: list)")
def max_(of: list[Value]) -> Value:
    """The last in order; null of an empty list."""
    return _best(of, 1)


@builtin("max(item: any, more...: any)")
def max_of(*of: Value) -> Value:
    """The last in order of several values."""
    return _best(list(of), 1)


@builtin("sum(list: list)")
def sum_(of: list[Value]) -> Value:
    """The sum of numbers or of durations of one sort; null of an empty list."""
    if of and all(isinstance(one, DaysTime) for one in of):
        return DaysTime(sum(one.nanos for one in of))
    if of and all(isinstance(one, YearsMonths) for one in of):
        return YearsMonths(sum(one.months for one in of))
    items = _numbers(of)
    return reduce(NUMBERS.add, items) if items else None


@builtin("sum(item: any, more...: any)")
def sum_of(*of: Value) -> Value:
    """The sum of several values."""
    return sum_(list(of))


@builtin("mean(list: list)")
def mean(of: list[Value]) -> Value:
    """The sum divided by the count."""
    items = _numbers(of)
    return NUMBERS.divide(reduce(NUMBERS.add, items), number(len(items))) if items else None


@builtin("mean(item: any, more...: any)")
def mean_of(*of: Value) -> Value:
    """The mean of several numbers."""
    return mean(list(of))


@builtin("product(list: list)")
def product(of: list[Value]) -> Value:
    """The product of numbers."""
    items = _numbers(of)
    return reduce(NUMBERS.multiply, items) if items else None


@builtin("product(item: any, more...: any)")
def product_of(*of: Value) -> Value:
    """The product of several numbers."""
    return product(list(of))


@builtin("median(list: list)")
def median(of: list[Value]) -> Value:
    """The middle number, or the mean of the middle two."""
    items = _numbers(of)
    if not items:
        return None
    ranked, half = sorted(items), len(items) // 2
    return ranked[half] if len(items) % 2 else NUMBERS.divide(NUMBERS.add(ranked[half - 1], ranked[half]), Decimal(2))


@builtin("median(item: any, more...: any)")
def median_of(*of: Value) -> Value:
    """The median of several numbers."""
    return median(list(of))


@builtin("stddev(list: list)")
def stddev(of: list[Value]) -> Value:
    """The standard deviation of a sample of at least two numbers."""
    items = _numbers(of)
    middle = mean(of)
    if not items or len(items) < 2:
        return None
    squares = reduce(NUMBERS.add, (NUMBERS.power(NUMBERS.subtract(one, middle), 2) for one in items))
    return NUMBERS.sqrt(NUMBERS.divide(squares, number(len(items) - 1)))


@builtin("stddev(item: any, more...: any)")
def stddev_of(*of: Value) -> Value:
    """The standard deviation of several numbers."""
    return stddev(list(of))


@builtin("mode(list: list)")
def mode(of: list[Value]) -> Value:
    """The most frequent numbers, in order; an empty list of an empty list."""
    items = _numbers(of)
    if not items:
        return [] if not of else None
    most = max(items.count(one) for one in items)
    return sorted({one for one in items if items.count(one) == most})


@builtin("mode(item: any, more...: any)")
def mode_of(*of: Value) -> Value:
    """The most frequent of several numbers."""
    return mode(list(of))


@builtin("all(list: list)")
def all_(of: list[Value]) -> Value:
    """False when an item is false, true when all are true, else null."""
    return _truth(of, False)


@builtin("all(item: any, more...: any)")
def all_of(*of: Value) -> Value:
    """`all` of several truths."""
    return _truth(list(of), False)


@builtin("any(list: list)")
def any_(of: list[Value]) -> Value:
    """True when an item is true, false when all are false, else null."""
    return _truth(of, True)


@builtin("any(item: any, more...: any)")
def any_of(*of: Value) -> Value:
    """`any` of several truths."""
    return _truth(list(of), True)


def _truth(of: list[Value], decides: bool) -> bool | None:
    if any(one is decides for one in of):
        return decides
    return None if any(not isinstance(one, bool) for one in of) else not decides
