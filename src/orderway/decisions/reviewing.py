"""A drawn table under review: what keeps it from deciding, what it says twice, what it leaves open. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from orderway.dmn.columns import limits
from orderway.dmn.covering import Covering, Place, covering, tests_of
from orderway.dmn.model import DecisionTable, Input
from orderway.feel.facts import given
from orderway.feel.typed import FactType
from orderway.feel.values import Value

from .problems import ERROR, WARNING, Problem
from .published import KINDS, Compiled, compile_table

_PYTHON: Mapping[FactType, type] = {
    "string": str, "number": Decimal, "boolean": bool, "date": date, "datetime": datetime,
}  # fmt: skip


def reviewed(xml: str, types: Mapping[str, FactType]) -> Compiled:
    """A DMN file compiled over the facts of `types`, with everything there is to say about it; no decider while one is an error."""
    compiled = compile_table(xml, types)
    logic = compiled.decider.logic if compiled.decider else None
    if logic is None:
        return compiled
    name = compiled.decider.name if compiled.decider else ""
    found = [*_kinds(name, logic, types), *_covered(name, logic, covering(logic, tuple(types)))]
    return Compiled(None if any(one.level == ERROR for one in found) else compiled.decider, tuple(found))


def _kinds(name: str, of: DecisionTable, types: Mapping[str, FactType]) -> Iterator[Problem]:
    """Columns and cells whose values are of another kind than the fact they ask: nothing would ever hit."""
    names = tuple(types)
    for at, one in enumerate(of.inputs):
        kind = types.get(one.expression.strip())
        if kind is None:
            continue
        written = KINDS.get(one.kind.removeprefix("feel:"))
        if written and written != kind:
            yield Problem("wrong-type", name, f"{one.expression.strip()}: {kind}, {written}", 0, at + 1)
            continue
        for row, rule in enumerate(of.rules):
            tests = tests_of(rule.inputs[at], names).tests
            constants = [given(value) for test in tests for value in limits(test) or () if value is not None]
            if any(type(value) is not _PYTHON[kind] for value in constants):
                yield Problem("wrong-type", name, f"{rule.inputs[at].strip()}: {kind}", row + 1, at + 1)


def _covered(name: str, of: DecisionTable, found: Covering) -> Iterator[Problem]:
    """Rules that hit together or never, and values without a rule."""
    code = "overlap" if of.policy == "U" else "contradiction"
    level = ERROR if of.policy == "U" else WARNING
    for a, b in found.together:
        yield Problem(code, name, f"{a}, {b}", b, 0, level)
    for row in found.never:
        yield Problem("never-hits", name, "", row, 0, WARNING)
    for gap in found.gaps:
        said = ", ".join(place_words(of.inputs[at], place) for at, place in gap.items()) or _("any values")
        yield Problem("gap", name, said, 0, 0, WARNING)


def place_words(asked: Input, place: Place) -> str:
    """A stretch of values of a column in words: `Net total < 100`."""
    name = asked.label or asked.expression.strip()
    low, high = (None if one is None else _written(one) for one in (place.low, place.high))
    if low is not None and low == high:
        return f"{name} = {low}"
    if low is None and high is None:
        return _("%(name)s something else") % {"name": name}
    if low is None or high is None:
        return f"{name} < {high}" if low is None else f"{name} > {low}"
    return f"{name} ({low}..{high})"


def _written(value: Value) -> str:
    plain = given(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    return plain.isoformat() if hasattr(plain, "isoformat") else str(plain)
