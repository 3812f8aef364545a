"""How ranges lie to each other, against the sets of points that they hold."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderway.feel import evaluate
from orderway.feel.values import Range

GRID = [D(n) / 4 for n in range(-4, 24)]
"""Quarters: ends are whole, so that every range holds more than one point."""


@st.composite
def ranges(draw: st.DrawFn) -> Range:
    low, high = sorted(draw(st.lists(st.integers(0, 4), min_size=2, max_size=2, unique=True)))
    return Range(D(low), D(high), draw(st.booleans()), draw(st.booleans()))


def points(of: Range) -> set[D]:
    after = {at for at in GRID if at > of.low or (of.low_closed and at == of.low)}
    return {at for at in after if at < of.high or (of.high_closed and at == of.high)}


Sets = Callable[[set[D], set[D]], bool]
RELATIONS: dict[str, Sets] = {
    "before": lambda a, b: max(a) < min(b),
    "after": lambda a, b: min(a) > max(b),
    "meets": lambda a, b: a & b == {max(a)} == {min(b)},
    "met by": lambda a, b: a & b == {min(a)} == {max(b)},
    "overlaps": lambda a, b: bool(a & b),
    "overlaps before": lambda a, b: bool(a & b) and min(a) < min(b) and max(a) <= max(b),
    "overlaps after": lambda a, b: bool(a & b) and min(a) > min(b) and max(a) >= max(b),
    "includes": lambda a, b: a >= b,
    "during": lambda a, b: a <= b,
    "starts": lambda a, b: min(a) == min(b) and a <= b,
    "started by": lambda a, b: min(a) == min(b) and a >= b,
    "finishes": lambda a, b: max(a) == max(b) and a <= b,
    "finished by": lambda a, b: max(a) == max(b) and a >= b,
    "coincides": lambda a, b: a == b,
}


@given(st.sampled_from(sorted(RELATIONS)), ranges(), ranges())
def test_two_ranges_lie_as_their_points_do(name: str, a: Range, b: Range) -> None:
    found = evaluate(f"{name}(a, b)", {"a": a, "b": b})
    assert found is RELATIONS[name](points(a), points(b))
    assert evaluate(f"{name}(range2: b, range1: a)", {"a": a, "b": b}) is found


@given(st.sampled_from(GRID), ranges())
def test_a_point_lies_in_a_range_when_the_range_holds_it(at: D, of: Range) -> None:
    scope: dict[str, Any] = {"at": at, "of": of}
    held = points(of)
    for text, wanted in (
        ("at in of", at in held),
        ("includes(of, at)", at in held),
        ("during(at, of)", at in held),
        ("before(at, of)", at < min(held)),
        ("after(at, of)", at > max(held)),
        ("before(of, at)", max(held) < at),
        ("starts(at, of)", of.low_closed and at == min(held)),
        ("finishes(at, of)", of.high_closed and at == max(held)),
    ):
        assert evaluate(text, scope) is wanted, text
