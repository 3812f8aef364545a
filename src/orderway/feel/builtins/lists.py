"""Functions that read or make lists. Source: OMG DMN 1.5, clauses 10.3.4.4 and 10.3.4.7."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from ..comparing import compare, equal
from ..values import Value, number
from .registry import builtin


def _same(left: Value, right: Value) -> bool:
    return equal(left, right) is True


def _place(of: list[Value], position: Decimal) -> int | None:
    """The index of a position from 1, or from the end with a negative one; None outside the list."""
    at, length = int(position), len(of)
    return None if at == 0 or abs(at) > length else (at - 1 if at > 0 else length + at)


@builtin("list contains(list: list, element: any)")
def list_contains(of: list[Value], element: Value) -> Value:
    """Whether an item equals the element."""
    return any(_same(one, element) for one in of)


@builtin("sublist(list: list, start position: number, length?: number)")
def sublist(of: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    """The items from a position on, or as many as `length` says."""
    first = _place(of, start)
    if first is None or (length is not None and (int(length) < 0 or first + int(length) > len(of))):
        return None
    return of[first:] if length is None else of[first : first + int(length)]


@builtin("append(list: list, item...: any)")
def append(of: list[Value], *items: Value) -> Value:
    """The list with items behind it."""
    return [*of, *items]


@builtin("concatenate(list...: list)")
def concatenate(*lists: list[Value]) -> Value:
    """Lists one behind the other."""
    return [one for of in lists for one in of]


@builtin("insert before(list: list, position: number, newItem: any)")
def insert_before(of: list[Value], position: Decimal, new: Value) -> Value:
    """The list with a new item before a position."""
    at = _place(of, position)
    return None if at is None else [*of[:at], new, *of[at:]]


@builtin("remove(list: list, position: number)")
def remove(of: list[Value], position: Decimal) -> Value:
    """The list without the item at a position."""
    at = _place(of, position)
    return None if at is None else [*of[:at], *of[at + 1 :]]


@builtin("list replace(list: list, position: number, newItem: any)")
def list_replace(of: list[Value], position: Decimal, new: Value) -> Value:
    """The list with another item at a position."""
    at = _place(of, position) if position == position.to_integral_value() else None
    return None if at is None else [*of[:at], new, *of[at + 1 :]]


@builtin("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(of: list[Value], match: Any, new: Value) -> Value:
    """The list with another item wherever `match(item, newItem)` holds."""
    truths = [match.invoke([one, new]) for one in of]
    if not all(isinstance(truth, bool) for truth in truths):
        return None
    return [new if truth else one for one, truth in zip(of, truths, strict=True)]


@builtin("reverse(list: list)")
def reverse(of: list[Value]) -> Value:
    """The list from its end."""
    return of[::-1]


@builtin("index of(list: list, match: any)")
def index_of(of: list[Value], match: Value) -> Value:
    """The positions of the items that equal `match`."""
    return [number(at) for at, one in enumerate(of, 1) if _same(one, match)]


@builtin("union(list...: list)")
def union(*lists: list[Value]) -> Value:
    """All items of the lists, each once."""
    return distinct_values(concatenate(*lists))


@builtin("distinct values(list: list)")
def distinct_values(of: list[Value]) -> Value:
    """Each item once, in the order of its first place."""
    found: list[Value] = []
    for one in of:
        if not any(_same(one, other) for other in found):
            found.append(one)
    return found


@builtin("flatten(list: list)")
def flatten(of: list[Value]) -> Value:
    """The items of all lists within lists."""
    found: list[Value] = []
    for one in of:
        found += flatten(one) if isinstance(one, list) else [one]
    return found


@builtin("sort(list: list, precedes?: function)")
def sort(of: list[Value], precedes: Any = None) -> Value:
    """The list in order; `precedes(a, b)` says whether a comes first."""
    if precedes is not None:

        def order(a: Value, b: Value) -> int:
            return -1 if precedes.invoke([a, b]) is True else int(precedes.invoke([b, a]) is True)

        if of and precedes.invoke([of[0], of[0]]) not in (True, False, None):
            return None
        return sorted(of, key=cmp_to_key(order))
    if any(compare(one, of[0]) is None for one in of):
        return None
    return sorted(of, key=cmp_to_key(lambda a, b: compare(a, b) or 0))
