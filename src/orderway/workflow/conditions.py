"""The condition language of a map: a small subset of FEEL over typed names, parsed once, to a Python closure and to SQL.

Source: OMG DMN 1.3 (formal/21-02-01), clause 10.3 "FEEL". Kept from it: `=`, `!=`, `<`, `<=`, `>`, `>=`, `in (a, b)`,
`between a and b`, `and`, `or`, `not`, literals (number, string, `true`, `false`, `null`, `date("2026-01-31")`) and names.
Three-valued as there (clause 10.3.2.8, tables 48 and 53): `=` and `!=` are always true or false, also for null; `<` with null
is null; `false and null` is false. Narrower than there: both sides of a comparison must have one type, known when the text is
read, so a condition is total and its two compiled forms agree.
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

FactType = Literal["boolean", "number", "string", "date", "datetime"]
Value = bool | Decimal | int | str | date | datetime | None
Truth = bool | None
Test = Callable[[Mapping[str, Value]], Truth]

_SQL_TYPES: dict[str, str] = {
    "boolean": "boolean", "number": "numeric", "string": "text", "date": "date", "datetime": "timestamptz", "null": "text",
}  # fmt: skip
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"""
    r"""|(?P<sign><=|>=|!=|[=<>(),-]))"""
)
_DEEPEST = 40
_LONGEST = 2_000


class ConditionError(ValueError):
    """The text is no condition over the given names; `why` says what is wrong and `at` the character where (from 0)."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(f"{why} (at character {at + 1})")
        self.why, self.at = why, at


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, a form field or `outcome`."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; `type` is "null" for null."""

    value: Value
    type: str


@dataclass(frozen=True, slots=True)
class Compare:
    """`left sign right`, both of one type."""

    sign: str
    left: "Tree"
    right: "Tree"
    type: str = "boolean"


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`, or with `either` `left or right`."""

    either: bool
    left: "Tree"
    right: "Tree"
    type: str = "boolean"


@dataclass(frozen=True, slots=True)
class Not:
    """`not part`; null stays null."""

    part: "Tree"
    type: str = "boolean"


Tree = Name | Constant | Compare | Both | Not


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: its text, its tree, the names it rests on and the Python form.

    `test(values)` takes a value for each of `names` (None where there is none) and answers True, False or None (not known);
    a flow is taken only on True.
    """

    text: str
    tree: Tree
    names: frozenset[str]
    test: Test

    def sql(self, columns: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
        """The SQL form and its parameters `condition_0`, `condition_1` … `columns` gives the SQL column of each of `names`."""
        parameters: dict[str, Value] = {}
        return _to_sql(self.tree, columns, parameters), parameters


def parse(text: str, types: Mapping[str, FactType]) -> Condition:
    """Read a condition over the names of `types`; raises ConditionError with the place when it is none."""
    reader = _Reader(text, types)
    tree = reader.read()
    return Condition(text, tree, frozenset(_names(tree)), _to_test(tree))


def _names(tree: Tree) -> Iterator[str]:
    match tree:
        case Name(name=name):
            yield name
        case Compare(left=left, right=right) | Both(left=left, right=right):
            yield from _names(left)
            yield from _names(right)
        case Not(part=part):
            yield from _names(part)


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str
    text: str
    at: int


def _words(text: str) -> list[_Word]:
    if len(text) > _LONGEST:
        raise ConditionError(f"longer than {_LONGEST} characters", _LONGEST)
    words, at = [], 0
    end = len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            raise ConditionError(f"cannot read {text[place]!r}", place)
        kind = str(found.lastgroup)
        words.append(_Word(kind, found.group(kind), found.start(kind)))
        at = found.end()
    return [*words, _Word("end", "the end", end)]


class _Reader:
    """Recursive descent: or < and < not < comparison < operand."""

    def __init__(self, text: str, types: Mapping[str, FactType]) -> None:
        self.words, self.types, self.at, self.depth = _words(text), types, 0, 0

    def read(self) -> Tree:
        tree = self._truth(self._either)
        if self._now.kind != "end":
            raise ConditionError(f"did not expect {self._now.text}", self._now.at)
        return tree

    @property
    def _now(self) -> _Word:
        return self.words[self.at]

    def _take(self, text: str) -> bool:
        if self._now.text == text and self._now.kind in ("word", "sign"):
            self.at += 1
            return True
        return False

    def _must(self, text: str) -> None:
        if not self._take(text):
            raise ConditionError(f"expected {text!r}, found {self._now.text}", self._now.at)

    def _truth(self, part: Callable[[], Tree]) -> Tree:
        start = self._now
        tree = part()
        if tree.type not in ("boolean", "null"):
            raise ConditionError(f"{start.text} is a {tree.type}, expected true or false", start.at)
        return tree

    def _either(self) -> Tree:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ConditionError("nested too deeply", self._now.at)
        tree = self._all()
        while self._take("or"):
            tree = Both(True, self._checked(tree), self._truth(self._all))
        self.depth -= 1
        return tree

    def _all(self) -> Tree:
        tree = self._negated()
        while self._take("and"):
            tree = Both(False, self._checked(tree), self._truth(self._negated))
        return tree

    def _checked(self, tree: Tree) -> Tree:
        return self._truth(lambda: tree)

    def _negated(self) -> Tree:
        prefixes = 0
        # `not(x)` is a value in FEEL, so `not(x) = y` compares it; `not x = y` without the bracket negates the comparison.
        while self._now.text == "not" and self.words[self.at + 1].text != "(":
            self.at += 1
            prefixes += 1
        tree = self._truth(self._comparison) if prefixes else self._comparison()
        for _ in range(prefixes):
            tree = Not(tree)
        return tree

    def _comparison(self) -> Tree:
        left = self._operand()
        sign = self._now
        if sign.text in ("=", "!=", "<", "<=", ">", ">=") and sign.kind == "sign":
            self.at += 1
            return self._compare(sign, sign.text, left, self._operand())
        if self._take("between"):
            low = self._operand()
            self._must("and")
            high = self._operand()
            return Both(False, self._compare(sign, ">=", left, low), self._compare(sign, "<=", left, high))
        if self._take("in"):
            return self._among(sign, left)
        return left

    def _among(self, sign: _Word, left: Tree) -> Tree:
        self._must("(")
        tree = self._compare(sign, "=", left, self._operand())
        while self._take(","):
            tree = Both(True, tree, self._compare(sign, "=", left, self._operand()))
        self._must(")")
        return tree

    def _compare(self, place: _Word, sign: str, left: Tree, right: Tree) -> Tree:
        kinds = {left.type, right.type} - {"null"}
        if len(kinds) > 1:
            raise ConditionError(f"cannot compare a {left.type} with a {right.type}", place.at)
        if sign in _ORDER and "boolean" in kinds:
            raise ConditionError("true and false have no order", place.at)
        return Compare(sign, left, right)

    def _operand(self) -> Tree:
        word = self._now
        if self._take("("):
            tree = self._either()
            self._must(")")
            return tree
        if self._take("-"):
            if self._now.kind != "number":
                raise ConditionError("expected a number after -", self._now.at)
            word = self._now
            self.at += 1
            return Constant(-Decimal(word.text), "number")
        if self._take("not"):
            self._must("(")
            inner = self._truth(self._either)
            self._must(")")
            return Not(inner)
        self.at += word.kind != "end"
        if word.kind == "number":
            return Constant(Decimal(word.text), "number")
        if word.kind == "string":
            return Constant(re.sub(r"\\(.)", r"\1", word.text[1:-1]), "string")
        if word.kind == "word":
            return self._word(word)
        raise ConditionError(f"expected a value, found {word.text}", word.at)

    def _word(self, word: _Word) -> Tree:
        if word.text in ("true", "false"):
            return Constant(word.text == "true", "boolean")
        if word.text == "null":
            return Constant(None, "null")
        if word.text == "date" and self._take("("):
            stated = self._now
            self.at += 1
            self._must(")")
            try:
                return Constant(date.fromisoformat(stated.text.strip('"')), "date")
            except ValueError:
                raise ConditionError(f"{stated.text} is no date like 2026-01-31", stated.at) from None
        if word.text in self.types:
            return Name(word.text, self.types[word.text])
        raise ConditionError(f"no fact or field is called {word.text}", word.at)


def _to_test(tree: Tree) -> Test:
    match tree:
        case Not(part=part):
            inner = _to_test(part)
            return lambda values: None if (truth := inner(values)) is None else not truth
        case Both(either=either, left=left, right=right):
            first, second = _to_test(left), _to_test(right)
            return _either(first, second) if either else _all(first, second)
        case Compare(sign=sign, left=left, right=right):
            return _comparing(sign, _to_value(left), _to_value(right))
        case _:
            value = _to_value(tree)
            return lambda values: None if (truth := value(values)) is None else bool(truth)


def _to_value(tree: Tree) -> Callable[[Mapping[str, Value]], Value]:
    match tree:
        case Name(name=name):
            return lambda values: values[name]
        case Constant(value=value):
            return lambda _values: value
        case _:
            return _to_test(tree)


def _either(first: Test, second: Test) -> Test:
    def test(values: Mapping[str, Value]) -> Truth:
        left = first(values)
        if left:
            return True
        right = second(values)
        return right if right or left is not None else None

    return test


def _all(first: Test, second: Test) -> Test:
    def test(values: Mapping[str, Value]) -> Truth:
        left = first(values)
        if left is False:
            return False
        right = second(values)
        return right if right is False or left is not None else None

    return test


def _comparing(
    sign: str, left: Callable[[Mapping[str, Value]], Value], right: Callable[[Mapping[str, Value]], Value]
) -> Test:
    if sign == "=":
        return lambda values: left(values) == right(values)
    if sign == "!=":
        return lambda values: left(values) != right(values)
    compare = _ORDER[sign]

    def test(values: Mapping[str, Value]) -> Truth:
        first, second = left(values), right(values)
        return None if first is None or second is None else compare(first, second)

    return test


def _to_sql(tree: Tree, columns: Mapping[str, str], parameters: dict[str, Value]) -> str:
    match tree:
        case Name(name=name):
            return columns[name]
        case Constant(value=value, type=kind):
            if value is None:
                return "null"
            name = f"condition_{len(parameters)}"
            parameters[name] = value
            return f"%({name})s::{_SQL_TYPES[kind]}"
        case Not(part=part):
            return f"(not {_truth_sql(part, columns, parameters)})"
        case Both(either=either, left=left, right=right):
            first = _truth_sql(left, columns, parameters)
            return f"({first} {'or' if either else 'and'} {_truth_sql(right, columns, parameters)})"
        case Compare(sign=sign, left=left, right=right):
            first, second = _to_sql(left, columns, parameters), _to_sql(right, columns, parameters)
            if sign in _ORDER:
                # Byte order of UTF-8 is code point order, as in Python; a collation of the server would not be.
                byte_order = ' collate "C"' if "string" in (left.type, right.type) else ""
                return f"({first} {sign} {second}{byte_order})"
            return f"({first} is {'not ' if sign == '=' else ''}distinct from {second})"


def _truth_sql(tree: Tree, columns: Mapping[str, str], parameters: dict[str, Value]) -> str:
    text = _to_sql(tree, columns, parameters)
    return "null::boolean" if text == "null" else text
