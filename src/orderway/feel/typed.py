"""The part of FEEL that is total over typed names: every expression of it has one type, known when it is read, and no error.

It is what conditions on flows and the cells of tables in the database are made of. `check` turns the tree of an expression into a
typed one or says where it leaves the part; the typed tree is what becomes SQL (sql.py). Sums and products are kept exact: they
count the digits, a column having at most 17, and leave the part when 34 could be passed. Division rounds, so it is not of it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from . import tree
from .builtins import BUILTINS
from .comparing import compare
from .compiling import UNKNOWN, constant
from .facts import given
from .scanning import FeelError
from .values import Date, DateTime

FactType = Literal["boolean", "number", "string", "date", "datetime"]
COLUMN_DIGITS, MOST_DIGITS = 17, 34


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, a field of a form, an input of a table."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A value of Python; `type` is "null" for null."""

    value: Any
    type: str


@dataclass(frozen=True, slots=True)
class Compare:
    """`left sign right`, both of one type."""

    sign: str
    left: "Typed"
    right: "Typed"
    type: str = "boolean"


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`, or with `either` `left or right`."""

    either: bool
    left: "Typed"
    right: "Typed"
    type: str = "boolean"


@dataclass(frozen=True, slots=True)
class Not:
    """`not part`; null stays null."""

    part: "Typed"
    type: str = "boolean"


@dataclass(frozen=True, slots=True)
class Sum:
    """`left sign right` of numbers with + - *; `digits` is how many its value may have."""

    sign: str
    left: "Typed"
    right: "Typed"
    digits: int
    type: str = "number"


@dataclass(frozen=True, slots=True)
class Applied:
    """A built-in function of typed arguments."""

    name: str
    arguments: tuple["Typed", ...]
    type: str


@dataclass(frozen=True, slots=True)
class Choice:
    """`if test then yes else no`, both of one type."""

    test: "Typed"
    yes: "Typed"
    no: "Typed"
    type: str


Typed = Name | Constant | Compare | Both | Not | Sum | Applied | Choice
FUNCTIONS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "string length": (("string",), "number"), "contains": (("string", "string"), "boolean"),
    "starts with": (("string", "string"), "boolean"), "ends with": (("string", "string"), "boolean"),
    "abs": (("number",), "number"), "floor": (("number",), "number"), "ceiling": (("number",), "number"),
}  # fmt: skip


def check(of: tree.Tree, types: Mapping[str, FactType]) -> Typed:
    """The typed tree of an expression over the names of `types`; raises FeelError with the place where it is not total."""
    return _Checker(types).check(of)


def names(of: Typed) -> Iterator[str]:
    """The names a typed tree rests on."""
    if isinstance(of, Name):
        yield of.name
    for part in ("left", "right", "part", "test", "yes", "no"):
        if (inner := getattr(of, part, None)) is not None:
            yield from names(inner)
    for argument in getattr(of, "arguments", ()):
        yield from names(argument)


def digits(of: Typed) -> int:
    """How many digits a number may have."""
    match of:
        case Sum(digits=found):
            return found
        case Constant(value=Decimal() as value):
            return max(len(value.as_tuple().digits), abs(int(value.as_tuple().exponent)))
        case Choice(yes=yes, no=no):
            return max(digits(yes), digits(no))
        case Applied(arguments=arguments) if of.type == "number":
            return max(digits(one) for one in arguments)
    return COLUMN_DIGITS


def _place(of: tree.Tree) -> int:
    for name in ("at", "left", "of", "function", "test"):
        found = getattr(of, name, None)
        if isinstance(found, int):
            return found
        if found is not None and not isinstance(found, str):
            return _place(found)
    return 0


class _Checker:
    def __init__(self, types: Mapping[str, FactType]) -> None:
        self.types = types

    def check(self, of: tree.Tree) -> Typed:
        fixed = None if isinstance(of, tree.Constant) else self._fixed(of)
        if fixed is not None:
            return fixed
        maker = _MAKERS.get(type(of))
        if maker is None:
            raise FeelError("only names, constants, comparisons and sums can stand here", _place(of))
        return maker(self, of)

    def _fixed(self, of: tree.Tree) -> Typed | None:
        """What a call or a sum of constants comes to."""
        if not isinstance(of, tree.Call | tree.Arithmetic | tree.Negative) or self._names(of):
            return None
        value = constant(of)
        if value is UNKNOWN:
            return None
        if (
            value is None
            and isinstance(of, tree.Call)
            and of.function in (tree.Name("date"), tree.Name("date and time"))
        ):
            said = of.arguments[0].value if of.arguments and isinstance(of.arguments[0], tree.Constant) else "this"
            like = "2026-01-31" if of.function == tree.Name("date") else "2026-01-31T10:30:00Z"
            raise FeelError(f'"{said}" is no date like {like}', of.at)
        return self._constant(tree.Constant(value, _place(of)))

    def _names(self, of: tree.Tree) -> bool:
        from .compiling import nodes  # noqa: PLC0415

        return any(isinstance(one, tree.Name) and one.name in self.types for one in nodes(of))

    def _constant(self, of: tree.Constant) -> Typed:
        match of.value:
            case None:
                return Constant(None, "null")
            case bool():
                return Constant(of.value, "boolean")
            case Decimal():
                return Constant(of.value, "number")
            case str():
                return Constant(of.value, "string")
            case Date(year=year) if 1 <= year <= 9_999:
                return Constant(given(of.value), "date")
            case DateTime(date=day, time=time) if (
                1 < day.year < 9_999 and time.zone is not None and time.nano % 1_000 == 0
            ):
                return Constant(given(of.value), "datetime")
        raise FeelError("a list, a context, a duration or a local time cannot stand here", of.at)

    def _name(self, of: tree.Name) -> Typed:
        if of.name not in self.types:
            raise FeelError(f"no fact or field is called {of.name}", of.at)
        return Name(of.name, self.types[of.name])

    def truth(self, of: tree.Tree, place: int) -> Typed:
        """A part that must be true, false or null."""
        found = self.check(of)
        if found.type not in ("boolean", "null"):
            said = getattr(of, "name", None) or getattr(of, "value", None) or "this"
            raise FeelError(f"{said} is a {found.type}, expected true or false", getattr(of, "at", place))
        return found

    def _both(self, of: tree.Both) -> Typed:
        return Both(of.either, self.truth(of.left, of.left_at), self.truth(of.right, of.right_at))

    def _not(self, of: tree.Not) -> Typed:
        return Not(self.truth(of.part, of.at))

    def _compare(self, of: tree.Compare) -> Typed:
        return self._compared(of.sign, self.check(of.left), self.check(of.right), of.at)

    def _compared(self, sign: str, left: Typed, right: Typed, at: int) -> Typed:
        kinds = {left.type, right.type} - {"null"}
        if len(kinds) > 1:
            raise FeelError(f"cannot compare a {left.type} with a {right.type}", at)
        if sign not in ("=", "!=") and "boolean" in kinds:
            raise FeelError("true and false have no order", at)
        return Compare(sign, left, right)

    def _between(self, of: tree.Between) -> Typed:
        value = self.check(of.of)
        low = self._compared(">=", value, self.check(of.low), of.at)
        return Both(False, low, self._compared("<=", value, self.check(of.high), of.at))

    def _in(self, of: tree.In) -> Typed:
        value = self.check(of.of)
        first, *rest = (self._tested(value, test, of.at) for test in of.tests)
        for one in rest:
            first = Both(True, first, one)
        return first

    def _tested(self, value: Typed, test: tree.Tree, at: int) -> Typed:
        if isinstance(test, tree.Beyond):
            return self._compared(test.sign, value, self.check(test.end), at)
        if isinstance(test, tree.Span):
            low, high = self.check(test.low), self.check(test.high)
            ends = constant(test.low), constant(test.high)
            if UNKNOWN in ends or compare(*ends) not in (-1, 0):
                raise FeelError("the ends of a range must be constants, the lower one first", at)
            above = self._compared(">=" if test.low_closed else ">", value, low, at)
            return Both(False, above, self._compared("<=" if test.high_closed else "<", value, high, at))
        if isinstance(test, tree.Items):
            raise FeelError("write the values of a list in round brackets", at)
        return self._compared("=", value, self.check(test), at)

    def _arithmetic(self, of: tree.Arithmetic) -> Typed:
        left, right = self.check(of.left), self.check(of.right)
        if {left.type, right.type} != {"number"} or of.sign not in "+-*":
            raise FeelError(f"{of.sign} of a {left.type} and a {right.type} cannot stand here", of.at)
        long = digits(left) + digits(right) if of.sign == "*" else max(digits(left), digits(right)) + 1
        if long > MOST_DIGITS:
            raise FeelError(f"may have more than {MOST_DIGITS} digits", of.at)
        return Sum(of.sign, left, right, long)

    def _negative(self, of: tree.Negative) -> Typed:
        right = self.check(of.of)
        if right.type != "number":
            raise FeelError(f"there is no negative {right.type}", _place(of.of))
        return Sum("-", Constant(Decimal(0), "number"), right, digits(right))  # the other sign takes no further digit

    def _call(self, of: tree.Call) -> Typed:
        name = of.function.name if isinstance(of.function, tree.Name) else ""
        if name == "not" and len(of.arguments) == 1 and not of.names:
            return Not(self.truth(of.arguments[0], of.at))
        if name not in FUNCTIONS or of.names:
            known = "the function is not total" if name in BUILTINS else f"no function is called {name}"
            raise FeelError(known, of.at)
        wanted, gives = FUNCTIONS[name]
        arguments = tuple(self.check(one) for one in of.arguments)
        if tuple(one.type for one in arguments) != wanted:
            raise FeelError(f"{name} takes {' and '.join(f'a {one}' for one in wanted)}", of.at)
        return Applied(name, arguments, gives)

    def _if(self, of: tree.If) -> Typed:
        test, yes, no = self.truth(of.test, _place(of.test)), self.check(of.yes), self.check(of.no)
        kinds = {yes.type, no.type} - {"null"}
        if len(kinds) != 1:
            raise FeelError(f"a {yes.type} or a {no.type}: both must be of one type", _place(of.yes))
        return Choice(test, yes, no, kinds.pop())


_MAKERS: dict[type, Callable[[_Checker, Any], Typed]] = {
    tree.Constant: _Checker._constant, tree.Name: _Checker._name, tree.Both: _Checker._both, tree.Not: _Checker._not,
    tree.Compare: _Checker._compare, tree.Between: _Checker._between, tree.In: _Checker._in, tree.If: _Checker._if,
    tree.Arithmetic: _Checker._arithmetic, tree.Negative: _Checker._negative, tree.Call: _Checker._call,
}  # fmt: skip
