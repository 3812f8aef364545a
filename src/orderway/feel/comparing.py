"""Which values are equal, which comes first, and what lies within what.

Source: OMG DMN 1.5, clause 10.3.2.13 with tables 53 and 54 (comparisons), clause 10.3.2.7 (ranges). Values of two kinds are
neither equal nor unequal: the answer is null.
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .temporal import first_moment, instant
from .values import NANOS, Date, DateTime, DaysTime, Function, Range, Time, Value, YearsMonths

Truth = bool | None
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
PLAIN = frozenset({Decimal, str, Date, DaysTime, YearsMonths})
"""Types whose own signs of Python say the same as those of FEEL, among values of one of them."""


def equal(left: Value, right: Value) -> Truth:
    """`left = right`: true, false, or null for values of two kinds."""
    if left is None or right is None:
        return left is right
    kind = type(left)
    if kind is type(right):
        return _equal_of_kind(kind, left, right)
    if isinstance(left, Date | DateTime) and isinstance(right, Date | DateTime):
        return whole_seconds(first_moment(left)) == whole_seconds(first_moment(right))
    if isinstance(left, DaysTime | YearsMonths) and isinstance(right, DaysTime | YearsMonths):
        return True if _amount(left) == 0 == _amount(right) else None
    return None


def _amount(value: DaysTime | YearsMonths) -> int:
    return value.nanos if isinstance(value, DaysTime) else value.months


def whole_seconds(value: DateTime) -> tuple[bool, int]:
    """What dates and times are compared by: the moment in whole seconds, and whether it has a zone (table 53 by seconds)."""
    return value.time.zone is None, instant(value) // NANOS


def _equal_of_kind(kind: type, left: Any, right: Any) -> Truth:
    if kind is list:
        return _equal_lists(left, right)
    if kind is dict:
        if left.keys() != right.keys():
            return False
        return _equal_lists(list(left.values()), [right[key] for key in left])
    if kind is DateTime:
        return whole_seconds(left) == whole_seconds(right)
    if kind is Time:
        # the name of a zone has no offset without a day, so it is compared as it stands
        return (left.seconds, left.zone) == (right.seconds, right.zone) or _offset_times(left, right)
    if kind is Range:
        ends = (left.low_closed, left.high_closed, left.sign) == (right.low_closed, right.high_closed, right.sign)
        return ends and equal(left.low, right.low) is True and equal(left.high, right.high) is True
    if kind is Function:
        return left is right
    return bool(left == right)


def _offset_times(left: Time, right: Time) -> bool:
    if not (isinstance(left.zone, int) and isinstance(right.zone, int)):
        return False
    return left.seconds - left.zone == right.seconds - right.zone


def _equal_lists(left: list[Value], right: list[Value]) -> bool:
    return len(left) == len(right) and all(equal(a, b) is True for a, b in zip(left, right, strict=True))


def compare(left: Value, right: Value) -> int | None:
    """-1, 0 or 1 for values that have an order among each other, null for others (null, boolean, list …)."""
    kind = type(left)
    if kind is not type(right):
        if isinstance(left, Date | DateTime) and isinstance(right, Date | DateTime):
            return _order(instant(first_moment(left)), instant(first_moment(right)))
        return None
    if kind in PLAIN:
        return _order(left, right)
    if kind is DateTime:
        if (left.time.zone is None) is not (right.time.zone is None):
            return None
        return _order(instant(left), instant(right))
    if kind is Time:
        if (left.zone is None) is not (right.zone is None):
            return None
        day = Date(1970, 1, 1)
        return _order(instant(DateTime(day, left)), instant(DateTime(day, right)))
    return None


def _order(left: Any, right: Any) -> int:
    return -1 if left < right else int(left > right)


def signed(sign: str, left: Value, right: Value) -> Truth:
    """`left sign right` for the six signs of comparison."""
    if sign in ("=", "!="):
        same = equal(left, right)
        return same if same is None or sign == "=" else not same
    order = compare(left, right)
    return None if order is None else ORDERS[sign](order, 0)


def within(value: Value, limits: Range | None) -> Truth:
    """Whether a value lies in a range; null when that is not known."""
    if limits is None:
        return None
    if limits.sign:
        return signed(limits.sign, value, limits.low if limits.sign in (">", ">=", "=", "!=") else limits.high)
    above = signed(">=" if limits.low_closed else ">", value, limits.low)
    below = signed("<=" if limits.high_closed else "<", value, limits.high)
    return False if above is False or below is False else (True if above and below else None)


def beyond(sign: str, end: Value) -> Range | None:
    """The range of a unary test."""
    if sign in ("=", "!="):
        return Range(end, end, sign == "=", sign == "=", sign)
    if sign in ("<", "<="):
        return Range(None, end, False, sign == "<=", sign)
    return Range(end, None, sign == ">=", False, sign)


def found_in(value: Value, among: Value) -> Truth:
    """`value in among` for a value that is a range, a list or anything else (table 55)."""
    if isinstance(among, Range) and not isinstance(value, Range):
        return within(value, among)
    if isinstance(among, list) and not isinstance(value, list):
        truths = [found_in(value, one) for one in among]
        return any(truth is True for truth in truths)
    if isinstance(among, list):
        return equal(value, among) is True or any(equal(value, one) is True for one in among)
    return equal(value, among)
