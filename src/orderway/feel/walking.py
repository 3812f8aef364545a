"""How `for`, `some` and `every` walk through lists and ranges. Source: OMG DMN 1.5, clauses 10.3.2.14 and 10.3.2.15."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import count, takewhile
from typing import Any

from .values import Date, Range, Value, date_of

Scope = dict[str, Value]
Compiled = Callable[[Scope], Value]
Walks = Sequence[tuple[str, Compiled, Compiled | None]]
MOST = 1_000_000
"""Steps of one walk, turns of inner walks included; more is taken for a mistake and gives null."""


def stations(source: Value, high: Value, spanned: bool) -> list[Value] | None:
    """What a walk comes by: the items of a list, the numbers or days of a range; None when it cannot be walked."""
    if spanned:
        return _steps(source, high, True, True)
    if isinstance(source, list):
        return source
    if isinstance(source, Range):
        return None if source.sign else _steps(source.low, source.high, source.low_closed, source.high_closed)
    return None if source is None else [source]


def _steps(low: Value, high: Value, low_in: bool, high_in: bool) -> list[Value] | None:
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        make: Callable[[Any], Value] = Decimal
        first, last = low, high
    elif type(low) is Date and type(high) is Date:
        make, first, last = date_of, Decimal(low.days), Decimal(high.days)
    else:
        return None
    if abs(last - first) > MOST:
        return None
    way = 1 if first <= last else -1
    found = takewhile(lambda at: (last - at) * way >= 0, (first + way * step for step in count()))
    kept = [at for at in found if (low_in or at != first) and (high_in or at != last)]
    return [make(at) if make is Decimal else make(int(at)) for at in kept]


def every_way(walks: Walks, scope: Scope) -> Iterator[Scope | None]:
    """The names in scope for each combination, the last walk turning fastest; None once when a walk is none."""
    (name, source, high), rest = walks[0], walks[1:]
    found = stations(source(scope), high(scope) if high else None, high is not None)
    if found is None:
        yield None
        return
    for one in found:
        inner = {**scope, name: one}
        if rest:
            yield from every_way(rest, inner)
        else:
            yield inner


def quantified(walks: Walks, test: Compiled, every: bool, scope: Scope) -> bool | None:
    """`some` (or `every`): decided by one that holds (or does not); else null when one is not known."""
    answer: bool | None = every
    for steps, inner in enumerate(every_way(walks, scope)):
        if inner is None or steps >= MOST:
            return None
        truth = test(inner)
        if truth is (not every):
            return not every
        if not isinstance(truth, bool):
            answer = None
    return answer
