"""Functions of ranges and points. Source: OMG DMN 1.5, clause 10.3.4.10 (Allen's relations), table 78."""

import re

from ..comparing import compare, within
from ..temporal import temporal
from ..values import Range, Value, number
from .registry import builtin

_RANGE = re.compile(r"\s*([\[\](])\s*(.*?)\s*\.\.\s*(.*?)\s*([\[\])])\s*", re.DOTALL)
_END = re.compile(r'(-?\d+(?:\.\d+)?)|@?"([^"]*)"|(?:date|time|date and time|duration)\("([^"]*)"\)')


def _less(a: Value, b: Value) -> bool | None:
    order = compare(a, b)
    return None if order is None else order < 0


def _meets(a: Range, b: Range) -> bool | None:
    """Whether the first ends exactly where the second starts."""
    order = compare(a.high, b.low)
    return None if order is None else order == 0


def _before(a: Value, b: Value) -> bool | None:
    """Whether a, a point or a range, lies wholly before b."""
    end, end_in = (a.high, a.high_closed) if isinstance(a, Range) else (a, True)
    start, start_in = (b.low, b.low_closed) if isinstance(b, Range) else (b, True)
    order = compare(end, start)
    return None if order is None else order < 0 or (order == 0 and not (end_in and start_in))


def _starts_at(value: Range, other: Range) -> bool | None:
    order = compare(value.low, other.low)
    return None if order is None else order == 0 and value.low_closed == other.low_closed


def _ends_at(value: Range, other: Range) -> bool | None:
    order = compare(value.high, other.high)
    return None if order is None else order == 0 and value.high_closed == other.high_closed


def _low_first(a: Range, b: Range) -> bool | None:
    """Whether the first starts no later than the second."""
    order = compare(a.low, b.low)
    return None if order is None else order < 0 or (order == 0 and (a.low_closed or not b.low_closed))


def _high_last(a: Range, b: Range) -> bool | None:
    """Whether the first ends no earlier than the second."""
    order = compare(a.high, b.high)
    return None if order is None else order > 0 or (order == 0 and (a.high_closed or not b.high_closed))


def _both(first: bool | None, second: bool | None) -> bool | None:
    return None if first is None or second is None else first and second


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


@builtin("before(point1: point, point2: point)")
@builtin("before(point: point, range: range)")
@builtin("before(range: range, point: point)")
@builtin("before(range1: range, range2: range)")
def before(a: Value, b: Value) -> Value:
    """Whether the first lies wholly before the second."""
    return _before(a, b)


@builtin("after(point1: point, point2: point)")
@builtin("after(point: point, range: range)")
@builtin("after(range: range, point: point)")
@builtin("after(range1: range, range2: range)")
def after(a: Value, b: Value) -> Value:
    """Whether the first lies wholly after the second."""
    return _before(b, a)


@builtin("meets(range1: range, range2: range)")
def meets(a: Range, b: Range) -> Value:
    """Whether the first ends with the very point the second starts with."""
    return _both(_meets(a, b), a.high_closed and b.low_closed)


@builtin("met by(range1: range, range2: range)")
def met_by(a: Range, b: Range) -> Value:
    """Whether the first starts with the very point the second ends with."""
    return meets(b, a)


@builtin("overlaps(range1: range, range2: range)")
def overlaps(a: Range, b: Range) -> Value:
    """Whether the two have a point in common."""
    return _both(_not(_before(a, b)), _not(_before(b, a)))


@builtin("overlaps before(range1: range, range2: range)")
def overlaps_before(a: Range, b: Range) -> Value:
    """Whether the first starts before the second and ends within it."""
    return _both(_both(_not(_low_first(b, a)), _not(_before(a, b))), _high_last(b, a))


@builtin("overlaps after(range1: range, range2: range)")
def overlaps_after(a: Range, b: Range) -> Value:
    """Whether the first starts within the second and ends after it."""
    return overlaps_before(b, a)


@builtin("finishes(point: point, range: range)")
def finishes_point(point: Value, of: Range) -> Value:
    """Whether the point is the range's last."""
    order = compare(of.high, point)
    return None if order is None else of.high_closed and order == 0


@builtin("finishes(range1: range, range2: range)")
def finishes(a: Range, b: Range) -> Value:
    """Whether the first ends with the second and starts within it."""
    return _both(_ends_at(a, b), _low_first(b, a))


@builtin("finished by(range: range, point: point)")
def finished_by_point(of: Range, point: Value) -> Value:
    """Whether the range's last point is the point."""
    return finishes_point(point, of)


@builtin("finished by(range1: range, range2: range)")
def finished_by(a: Range, b: Range) -> Value:
    """Whether the second ends with the first and starts within it."""
    return finishes(b, a)


@builtin("includes(range: range, point: point)")
def includes_point(of: Range, point: Value) -> Value:
    """Whether the point lies in the range."""
    return within(point, of)


@builtin("includes(range1: range, range2: range)")
def includes(a: Range, b: Range) -> Value:
    """Whether all of the second lies in the first."""
    return _both(_low_first(a, b), _high_last(a, b))


@builtin("during(point: point, range: range)")
def during_point(point: Value, of: Range) -> Value:
    """Whether the point lies in the range."""
    return within(point, of)


@builtin("during(range1: range, range2: range)")
def during(a: Range, b: Range) -> Value:
    """Whether all of the first lies in the second."""
    return includes(b, a)


@builtin("starts(point: point, range: range)")
def starts_point(point: Value, of: Range) -> Value:
    """Whether the point is the range's first."""
    order = compare(of.low, point)
    return None if order is None else of.low_closed and order == 0


@builtin("starts(range1: range, range2: range)")
def starts(a: Range, b: Range) -> Value:
    """Whether the first starts with the second and ends within it."""
    return _both(_starts_at(a, b), _high_last(b, a))


@builtin("started by(range: range, point: point)")
def started_by_point(of: Range, point: Value) -> Value:
    """Whether the range's first point is the point."""
    return starts_point(point, of)


@builtin("started by(range1: range, range2: range)")
def started_by(a: Range, b: Range) -> Value:
    """Whether the second starts with the first and ends within it."""
    return starts(b, a)


@builtin("coincides(point1: point, point2: point)")
def coincides_points(a: Value, b: Value) -> Value:
    """Whether two points are one."""
    order = compare(a, b)
    return None if order is None else order == 0


@builtin("coincides(range1: range, range2: range)")
def coincides(a: Range, b: Range) -> Value:
    """Whether two ranges have the same ends."""
    return _both(_starts_at(a, b), _ends_at(a, b))


@builtin("range(from: string)")
def range_(text: str) -> Value:
    """The range a text states, its ends being literals."""
    found = _RANGE.fullmatch(text)
    if not found:
        return None
    opening, low_text, high_text, closing = found.groups()
    low, high = _end(low_text), _end(high_text)
    if (low_text and low is None) or (high_text and high is None) or (low is None and high is None):
        return None
    if low is not None and high is not None and compare(low, high) not in (-1, 0):
        return None
    if (low is None and opening == "[") or (high is None and closing == "]"):
        return None
    low_closed, high_closed = opening == "[", closing == "]"
    sign = ""
    if low is None:
        sign = "<=" if high_closed else "<"
    elif high is None:
        sign = ">=" if low_closed else ">"
    return Range(low, high, low_closed, high_closed, sign)


def _end(text: str) -> Value:
    found = _END.fullmatch(text)
    if not found:
        return None
    if found.group(1):
        return number(found.group(1))
    if found.group(2) is not None:
        return temporal(found.group(2)) if text.startswith("@") else found.group(2)
    return temporal(found.group(3))
