"""Sums, differences, products, quotients and powers. Source: OMG DMN 1.5, clause 10.3.2.5, tables 57 to 62; what no table
knows is null."""

from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal

from .temporal import minus, plus
from .values import NUMBERS, Date, DateTime, DaysTime, Time, Value, YearsMonths

_MOMENTS = (Date, DateTime, Time)
_DURATIONS = (DaysTime, YearsMonths)
_LONGEST_DURATION = 33
"""Digits of a duration's nanoseconds or months that a product may have: more cannot be told apart in 34 digits."""


def add(left: Value, right: Value) -> Value:
    """`left + right`."""
    if type(left) is type(right):
        match left:
            case Decimal():
                return NUMBERS.add(left, right)
            case str():
                return left + right
            case DaysTime():
                return DaysTime(left.nanos + right.nanos)
            case YearsMonths():
                return YearsMonths(left.months + right.months)
        return None
    if isinstance(left, _MOMENTS) and isinstance(right, _DURATIONS):
        return plus(left, right)
    if isinstance(right, _MOMENTS) and isinstance(left, _DURATIONS):
        return plus(right, left)
    return None


def negative(value: Value) -> Value:
    """`-value`."""
    match value:
        case Decimal():
            return NUMBERS.minus(value)
        case DaysTime(nanos):
            return DaysTime(-nanos)
        case YearsMonths(months):
            return YearsMonths(-months)
    return None


def subtract(left: Value, right: Value) -> Value:
    """`left - right`."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return NUMBERS.subtract(left, right)
    if isinstance(left, _MOMENTS) and isinstance(right, _MOMENTS):
        return minus(left, right)
    if isinstance(right, _DURATIONS) and isinstance(left, _MOMENTS + _DURATIONS):
        return add(left, negative(right))
    return None


def multiply(left: Value, right: Value) -> Value:
    """`left * right`."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return NUMBERS.multiply(left, right)
    if isinstance(left, Decimal) and isinstance(right, _DURATIONS):
        left, right = right, left
    if isinstance(left, _DURATIONS) and isinstance(right, Decimal):
        return _scaled(left, NUMBERS.multiply, right)
    return None


def divide(left: Value, right: Value) -> Value:
    """`left / right`; null for zero."""
    if isinstance(right, Decimal):
        if right == 0:
            return None
        if isinstance(left, Decimal):
            return NUMBERS.divide(left, right)
        return _scaled(left, NUMBERS.divide, right) if isinstance(left, _DURATIONS) else None
    if isinstance(left, DaysTime) and isinstance(right, DaysTime) and right.nanos:
        return NUMBERS.divide(Decimal(left.nanos), Decimal(right.nanos))
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths) and right.months:
        return NUMBERS.divide(Decimal(left.months), Decimal(right.months))
    return None


def _scaled(duration: DaysTime | YearsMonths, by: Callable[[Decimal, Decimal], Decimal], factor: Decimal) -> Value:
    amount = duration.nanos if isinstance(duration, DaysTime) else duration.months
    found = by(Decimal(amount), factor)
    if found.adjusted() > _LONGEST_DURATION:
        return None
    if isinstance(duration, DaysTime):
        return DaysTime(int(found.to_integral_value(ROUND_HALF_EVEN)))
    return YearsMonths(int(found))


def power(left: Value, right: Value) -> Value:
    """`left ** right`."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return NUMBERS.power(left, right)
    return None


OPERATIONS: dict[str, Callable[[Value, Value], Value]] = {
    "+": add, "-": subtract, "*": multiply, "/": divide, "**": power,
}  # fmt: skip
