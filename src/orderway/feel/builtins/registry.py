"""How a built-in function is declared, chosen by its arguments and called.

A signature is written as people read it: `substring(string: string, start position: number, length?: number)`. `?` marks what
may be left out, `...` what may come any number of times, `|` types to choose from; `any` takes null too. Source: OMG DMN 1.5,
clause 10.3.4; arguments of a wrong type make the call null (clause 10.3.2.13.3).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..values import Date, DateTime, DaysTime, Range, Time, Value, YearsMonths

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,), "number": (Decimal,), "boolean": (bool,), "date": (Date,), "time": (Time,), "date and time": (DateTime,),
    "duration": (DaysTime, YearsMonths), "days and time duration": (DaysTime,), "list": (list,), "context": (dict,),
    "range": (Range,), "point": (Decimal, str, Date, Time, DateTime, DaysTime, YearsMonths),
}  # fmt: skip
_PARAMETER = re.compile(r"([a-z][A-Za-z0-9 ]*?)(\?|\.\.\.)?: ([a-z| ]+)")


class Misfit(Exception):
    """The arguments fit no signature."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, the kinds it takes, whether it may be left out, whether it takes all that follow."""

    name: str
    kinds: tuple[str, ...]
    optional: bool
    many: bool

    def take(self, value: Value) -> Value:
        """The value as this parameter takes it; raises Misfit."""
        for kind in self.kinds:
            if kind == "any":
                return value
            if kind == "function" and hasattr(value, "invoke"):
                return value
            if kind != "function" and isinstance(value, _KINDS[kind]):
                return value
        if value is not None and "list" in self.kinds:
            return [value]
        if isinstance(value, list) and len(value) == 1 and not isinstance(value[0], list):
            return self.take(value[0])
        raise Misfit


@dataclass(frozen=True, slots=True)
class Signature:
    """One way to call a function."""

    written: str
    parameters: tuple[Parameter, ...]
    run: Callable[..., Value]
    purpose: str

    def by_place(self, given: list[Value]) -> list[Value] | None:
        """The arguments in order, or None when there are too many or too few."""
        if self.parameters and self.parameters[-1].many:
            fixed = len(self.parameters) - 1
            if len(given) < fixed + 1:
                return None
            takes = [*self.parameters[:-1], *[self.parameters[-1]] * (len(given) - fixed)]
        else:
            if not sum(not one.optional for one in self.parameters) <= len(given) <= len(self.parameters):
                return None
            takes = list(self.parameters)
        return [one.take(value) for one, value in zip(takes, given, strict=False)]

    def by_name(self, given: Mapping[str, Value]) -> dict[int, Value] | None:
        """The arguments by place, or None when a name is unknown or missing."""
        known = {one.name: place for place, one in enumerate(self.parameters)}
        if not given.keys() <= known.keys() or any(
            not one.optional and one.name not in given for one in self.parameters
        ):
            return None
        return {known[name]: self.parameters[known[name]].take(value) for name, value in given.items()}


@dataclass(slots=True, eq=False)
class Builtin:
    """A built-in function; it is a value of FEEL like any function."""

    name: str
    signatures: list[Signature] = field(default_factory=list)

    def invoke(self, given: list[Value]) -> Value:
        """The result, null when no signature fits."""
        for one in self.signatures:
            try:
                arguments = one.by_place(given)
            except Misfit:
                continue
            if arguments is not None:
                return _ran(one, arguments)
        return None

    def invoke_named(self, given: Mapping[str, Value]) -> Value:
        """The result for arguments by name, null when no signature fits."""
        for one in self.signatures:
            try:
                places = one.by_name(given)
            except Misfit:
                continue
            if places is not None:
                return _ran(one, [places.get(place) for place in range(max(places, default=-1) + 1)])
        return None


def _ran(one: Signature, arguments: list[Value]) -> Value:
    try:
        return one.run(*arguments)
    except ArithmeticError:  # a number beyond 34 digits and 6,144 places is none (clause 10.3.2.3.1)
        return None


BUILTINS: dict[str, Builtin] = {}


def builtin(written: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a signature; the function's docstring is its purpose in the reference."""
    name, _, rest = written.partition("(")
    parameters = []
    for part in filter(None, rest.rstrip(")").split(", ")):
        found = _PARAMETER.fullmatch(part)
        if not found:
            raise ValueError(f"no parameter: {part!r} in {written!r}")
        label, mark, kinds = found.groups()
        parameters.append(Parameter(label, tuple(kinds.split("|")), mark == "?", mark == "..."))

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        signature = Signature(written, tuple(parameters), run, (run.__doc__ or "").strip())
        BUILTINS.setdefault(name, Builtin(name)).signatures.append(signature)
        return run

    return register
