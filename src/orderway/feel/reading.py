"""From text to tree: the operators of FEEL, loosest first. Source: OMG DMN 1.5, clause 10.3.1.2, rules 1 to 24 and 44 to 54."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

from . import tree
from .reading_values import ValueReader
from .scanning import DEEPEST, LONGEST_BRANCH, FeelError, Names
from .tree import Tree

T = TypeVar("T", bound=Tree)

_FIRST_SIGNS = ("<=", ">=", "<", ">", "!=", "=")
_AFTER_SPAN = re.compile(r"\.[^\W\d]|(?:and|or|then|else|return|satisfies|in)\b|[=<>!]")


class Reader(ValueReader):
    """Recursive descent over one text; `names` are those in scope, `members` those that may follow a dot."""

    def expression(self) -> Tree:
        """Rule 1: any expression."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise FeelError("nested too deeply", self.at)
        found = self._either()
        self.depth -= 1
        return found

    def _either(self) -> Tree:
        start, left = self.at, self._all()
        while (place := self._keyword("or")) is not None:
            right_at = place
            left = tree.Both(True, left, self._all(), start, right_at)
        return left

    def _all(self) -> Tree:
        start, left = self.at, self._negated()
        while (place := self._keyword("and")) is not None:
            left = tree.Both(False, left, self._negated(), start, place)
        return left

    def _keyword(self, word: str) -> int | None:
        return self.at if self.take(word) else None

    def _negated(self) -> Tree:
        # `not(x)` is a value in FEEL, so `not(x) = y` compares it; `not x = y` without the bracket negates the comparison
        if self.prefix_not and self.word() == "not" and not self.text[self.at + 3 :].lstrip().startswith("("):
            self.take("not")
            place = self.at
            return tree.Not(self._negated(), place)
        return self._comparison()

    def _comparison(self) -> Tree:
        left = self.sum()
        while True:
            place, sign = self.at, self.sign()
            if sign in _FIRST_SIGNS:
                self.take(sign)
                left = tree.Compare(sign, left, self._compared(), place)
            elif self.take("between"):
                low = self.sum()
                self.must("and")
                left = tree.Between(left, low, self.sum(), place)
            elif self.take("in"):
                left = tree.In(left, self._in_tests(), place)
            else:
                return left

    def _compared(self) -> Tree:
        """What stands behind a comparison: a value, or a range without a second end (`r = >= 2`)."""
        sign = self.sign()
        if sign in ("<", "<=", ">", ">="):
            self.take(sign)
            return tree.Beyond(sign, self.sum())
        return self.sum()

    def _place(self) -> tuple[int, int, Names, bool]:
        """All that moves while reading, to go back to when a reading fails."""
        return self.at, self.depth, self.names, self.in_span

    def _back(self, place: tuple[int, int, Names, bool]) -> None:
        self.at, self.depth, self.names, self.in_span = place

    def _in_tests(self) -> tuple[Tree, ...]:
        if self.sign() == "(":
            start = self._place()
            try:
                self.take("(")
                tests = self._tests()
                self.must(")")
            except FeelError:
                self._back(start)  # (1..5] is a range, no list of tests
            else:
                if self.over or self.sign() not in ("[", ".", "..") or len(tests) > 1:
                    return tests
                self._back(start)
        return (self.test(),)

    def sum(self) -> Tree:
        """Rules 19 and 20."""
        left = self._product()
        while (sign := self.sign()) in ("+", "-"):
            place = self.at
            self.take(sign)
            left = tree.Arithmetic(sign, left, self._product(), place)
        return left

    def _product(self) -> Tree:
        left = self._power()
        while (sign := self.sign()) in ("*", "/"):
            place = self.at
            self.take(sign)
            left = tree.Arithmetic(sign, left, self._power(), place)
        return left

    def _power(self) -> Tree:
        left = self._signed()
        while self.sign() == "**":
            place = self.at
            self.take("**")
            left = tree.Arithmetic("**", left, self._signed(), place)
        return left

    def _signed(self) -> Tree:
        if self.take("-"):
            return tree.Negative(self._signed())
        return self._instance()

    def _instance(self) -> Tree:
        found = self._followed()
        while self.take_words("instance", "of"):
            found = tree.InstanceOf(found, self.kind())
        return found

    def _followed(self) -> Tree:
        found = self.operand()
        while True:
            sign = self.sign()
            if sign == ".":
                self.take(".")
                found = tree.Path(found, self.member())
            elif sign == "[" and not self._opens_backward():
                self.take("[")
                found = tree.Filter(found, self._by())
            elif sign == "(":
                found = self._call(found)
            else:
                return found

    def _opens_backward(self) -> bool:
        # `[a..b[`: the bracket that closes the range from outside is no filter
        return self.in_span and self._closes()

    def _closes(self) -> bool:
        rest = self.text[self.at + 1 :].lstrip()
        return not rest or rest[0] in ",)]}" or bool(_AFTER_SPAN.match(rest))

    def _by(self) -> Tree:
        inside, self.in_span = self.in_span, False
        self.names = Names([*self.member_names, "item"], self.names)
        found = self.expression()
        self.names = self.names.up or self.names
        self.in_span = inside
        self.must("]")
        return found

    def _call(self, function: Tree) -> Tree:
        place = self.at
        self.take("(")
        inside, self.in_span = self.in_span, False
        arguments, names = [], []
        while self.sign() != ")":
            if (name := self.argument_name()) is not None:
                names.append(name)
            arguments.append(self.expression())
            if not self.take(","):
                break
        self.in_span = inside
        self.must(")")
        if names and len(names) != len(arguments):
            raise FeelError("either all arguments have names or none", place)
        return tree.Call(function, tuple(arguments), tuple(names), place)

    def _tests(self) -> tuple[Tree, ...]:
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        return tuple(tests)

    def test(self) -> Tree:
        """Rule 7: one positive unary test."""
        sign = self.sign()
        if sign in _FIRST_SIGNS:
            self.take(sign)
            return tree.Beyond(sign, self.sum())
        return self.expression()

    def unary_tests(self) -> tree.Tests:
        """Rules 14 to 18: the cell of a decision table."""
        if self.text[self.at : self.end] == "-":
            self.move(self.end)
            return tree.Tests(())
        start = self._place()
        if self.take("not") and self.take("("):
            try:
                tests = self._tests()
                self.must(")")
            except FeelError:
                self._back(start)
            else:
                if self.over:
                    return tree.Tests(tests, True)
        self._back(start)
        return tree.Tests(self._tests())

    def whole(self, start: Callable[[], T]) -> T:
        """The tree that `start` reads, when it is the whole text and may be computed within Python's stack."""
        try:
            found = start()
        except RecursionError:
            raise FeelError("too many signs in a row", self.at) from None
        if not self.over:
            raise self.unexpected()
        if not tree.within(found, LONGEST_BRANCH):
            raise FeelError("too many operations in a row", 0)
        return found


def read(text: str, names: Iterable[str] = (), members: Iterable[str] = (), *, prefix_not: bool = False) -> Tree:
    """Read an expression; `names` are in scope, `members` may follow a dot or stand in a filter (both may hold spaces).

    With `prefix_not`, `not x` without brackets is read too. Raises FeelError with the place.
    """
    reader = Reader(text, names, members, prefix_not=prefix_not)
    return reader.whole(reader.expression)


def read_tests(text: str, names: Iterable[str] = (), members: Iterable[str] = ()) -> tree.Tests:
    """Read the unary tests of a cell, as `read`."""
    reader = Reader(text, [*names, "?"], members)
    return reader.whole(reader.unary_tests)
