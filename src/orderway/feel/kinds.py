"""Types as values are tested against them, and what a value becomes where a type is asked for.

Source: OMG DMN 1.5, clause 10.3.2.9 (types, conformance, `instance of`) and 10.3.2.9.4 (implicit conversions).
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from .values import Date, DateTime, DaysTime, Function, Range, Time, Value, YearsMonths

_PYTHON: dict[str, type | tuple[type, ...]] = {
    "number": Decimal, "string": str, "boolean": bool, "date": Date, "time": Time, "date and time": DateTime,
    "days and time duration": DaysTime, "years and months duration": YearsMonths, "list": list, "context": dict,
    "range": Range, "function": Function,
}  # fmt: skip
SAME = {
    "day time duration": "days and time duration", "year month duration": "years and months duration", "dateTime": "date and time",
    "dayTimeDuration": "days and time duration", "yearMonthDuration": "years and months duration", "any": "Any",
    "days and time duration": "days and time duration",
}  # fmt: skip
SIMPLE = frozenset([*_PYTHON, "Any", "Null"])


@dataclass(frozen=True, slots=True)
class Kind:
    """A type: a simple one; `list` and `range` with one of `parts`; `context` with `parts` by `names`; `function` with the kinds
    of its parameters and last that of its result. `test` holds for the allowed values; `limits` says it narrows a type."""

    name: str
    parts: tuple["Kind", ...] = ()
    names: tuple[str, ...] = ()
    test: Callable[[Value], bool] | None = None


ANY = Kind("Any")
UNSAID = Kind("")
"""The kind of a function's result that nothing says: it may be of any."""


def python_type(kind: Kind | None) -> type | None:
    """The one type of Python whose values are all of a kind; None where more must be asked."""
    found = _PYTHON.get(kind.name) if kind is not None and kind.test is None and not kind.parts else None
    return found if isinstance(found, type) and found is not Function else None


def simple(name: str) -> Kind | None:
    """The kind of a type's name, None for a name that is no type of the language."""
    name = SAME.get(name, name)
    return Kind(name) if name in SIMPLE else None


def is_a(value: Value, kind: Kind) -> bool:
    """`value instance of kind`; null is an instance of Null only."""
    if value is None:
        return kind.name == "Null"
    if kind.name != "Any" and not _of_python(value, kind.name):
        return False
    if kind.test is not None and not kind.test(value):
        return False
    return not kind.parts or _parts_fit(value, kind)


def _of_python(value: Value, name: str) -> bool:
    wanted = _PYTHON.get(name)
    if wanted is None:
        return False
    if name == "function":
        return hasattr(value, "invoke")
    return isinstance(value, wanted)


def bare(kind: Kind) -> Kind:
    """The kind without its allowed values: `instance of` does not ask for them."""
    return Kind(kind.name, tuple(bare(part) for part in kind.parts), kind.names)


def _fits(value: Value, kind: Kind) -> bool:
    return value is None or is_a(value, kind)


def _parts_fit(value: Value, kind: Kind) -> bool:
    if kind.name == "list":
        return all(_fits(one, kind.parts[0]) for one in value)
    if kind.name == "range":
        return _fits(value.low, kind.parts[0]) and _fits(value.high, kind.parts[0])
    if kind.name == "context":
        return all(
            name in value and _fits(value[name], part) for name, part in zip(kind.names, kind.parts, strict=True)
        )
    if kind.name == "function" and isinstance(value, Function):
        return conforms(function_kind(value), kind)
    return True


def function_kind(value: Function) -> Kind:
    """The kind of a function: what it takes and gives as far as that is written."""
    taken = [kind or ANY for kind in value.kinds] or [ANY] * len(value.names)
    return Kind("function", (*taken, value.gives or UNSAID))


def conforms(kind: Kind, to: Kind) -> bool:
    """Whether every value of `kind` is one of `to` (clause 10.3.2.9.2)."""
    if to.name == "Any" or kind.name in ("Null", ""):
        return True
    if kind.name != to.name:
        return False
    if not to.parts or kind is to:
        return True
    if not kind.parts:
        return False
    if to.name == "context":
        parts = dict(zip(kind.names, kind.parts, strict=True))
        return all(name in parts and conforms(parts[name], part) for name, part in zip(to.names, to.parts, strict=True))
    if len(kind.parts) != len(to.parts):
        return False
    if to.name == "function":
        *taken, gives = kind.parts
        return conforms(gives, to.parts[-1]) and all(conforms(b, a) for a, b in zip(taken, to.parts, strict=False))
    return all(conforms(a, b) for a, b in zip(kind.parts, to.parts, strict=True))


def kind_of(value: Value) -> Kind:
    """The narrowest kind of a value."""
    if value is None:
        return Kind("Null")
    if isinstance(value, list):
        kinds = {kind_of(one) for one in value}
        return Kind("list", (kinds.pop() if len(kinds) == 1 else ANY,))
    if isinstance(value, dict):
        return Kind("context", tuple(kind_of(one) for one in value.values()), tuple(value))
    if isinstance(value, Function):
        return function_kind(value)
    return next((Kind(name) for name in _PYTHON if _of_python(value, name)), ANY)


def coerced(value: Value, kind: Kind | None) -> Value:
    """The value where `kind` is asked for: itself, out of or into a list of one, a date as its midnight, or null."""
    if value is None or kind is None or (kind.name == "Any" and kind.test is None) or is_a(value, kind):
        return value
    if isinstance(value, list) and len(value) == 1 and kind.name != "list":
        return value[0] if is_a(value[0], kind) else None
    if kind.name == "list" and not isinstance(value, list):
        return [value] if is_a([value], kind) else None
    if kind.name == "date and time" and isinstance(value, Date):
        return DateTime(value, Time(0, 0, 0, 0, 0))
    return None
