"""From text to tree: the operands of FEEL. Source: OMG DMN 1.5, clause 10.3.1.2, rules 25 to 66."""

import re
from collections.abc import Iterable
from typing import Any

from . import tree
from .builtins import BUILTINS, MEMBERS
from .scanning import FeelError, Names, Scanner, spaced
from .temporal import temporal
from .tree import KindTree, Tree
from .values import number

_NUMBER = re.compile(r"(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
# Names may hold spaces, so each of these takes what may stand in a name and leaves the trimming to `spaced`: two parts of a pattern
# that both take a space would try every way to share a run of them.
_ARGUMENT_NAME = re.compile(r'([^\W\d][^"\[\](){},:<>=@]*):(?!:)')
_KEY = re.compile(r'([^"{}:,]+):')
_WALK_NAME = re.compile(r"([^\W\d].*?)(?<=\s)in\b", re.DOTALL)
_PARAMETER = re.compile(r"([^\W\d][^,:()]*)(?=[,:)])")
_CONTEXT_KEY = re.compile(r'[{,](?:\s*"((?:[^"\\]|\\.)*)"\s*|([^"{}:,()\[\]]+)):')
_KEYWORDS = frozenset(
    (
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "instance",
        "of",
    )
)
_STARTS = frozenset(("if", "for", "some", "every", "function"))
"""Keywords that begin an operand; any other may be a name where it is in scope."""
_KINDS = (
    "date and time", "years and months duration", "year month duration", "days and time duration", "day time duration",
    "number", "string", "boolean", "date", "time", "Any", "Null", "list", "context", "function", "range",
)  # fmt: skip
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(text: str) -> str:
    """The string of a string literal without its quotes; two \\u of a surrogate pair are one character."""

    def one(found: re.Match[str]) -> str:
        code = found.group(1) or found.group(2)
        if code:
            return chr(int(code, 16))
        return _PLAIN.get(found.group(3), found.group(3) if found.group(3) in "\\\"'" else found.group())

    plain = _ESCAPE.sub(one, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class ValueReader(Scanner):
    """Operands: literals, names, boxes and everything that begins with a word of its own."""

    def __init__(self, text: str, names: Iterable[str], members: Iterable[str], *, prefix_not: bool = False) -> None:
        super().__init__(text)
        names = list(names)
        self.member_names = [*dict.fromkeys([*members, *_keys_in(text)])]
        self.members = Names([*self.member_names, *MEMBERS, *names])
        self.kinds = Names([*_KINDS, *names])
        self.names = Names(names, Names(BUILTINS))
        self.prefix_not, self.in_span = prefix_not, False

    def expression(self) -> Tree:
        """Rule 1; the operators stand in `reading`."""
        raise NotImplementedError

    def sum(self) -> Tree:
        """Rule 19; the operators stand in `reading`."""
        raise NotImplementedError

    def unexpected(self) -> FeelError:
        """What to say of what stands here."""
        if self.over:
            return FeelError("expected a value, found the end", self.at)
        if not (self.word() or self.sign() or _NUMBER.match(self.text, self.at) or self.text[self.at] == '"'):
            return FeelError(f"cannot read {self.text[self.at]!r}", self.at)
        return FeelError(f"did not expect {self.here()}", self.at)

    def operand(self) -> Tree:
        """An operand: literal, name, bracket, list, context, range, `if`, `for`, `some`, `every`, `function`."""
        place = self.at
        if found := self.matching(_NUMBER):
            self.move(found.end())
            try:
                return tree.Constant(number(found.group()), place)
            except ArithmeticError as beyond:
                raise FeelError("a number has at most 6,144 places", place) from beyond
        if found := self.matching(_STRING):
            self.move(found.end())
            return tree.Constant(unescaped(found.group()[1:-1]), place)
        sign = self.sign()
        if sign in ("(", "[", "]"):
            return self._bracket(sign)
        if sign == "{":
            return self._context()
        if sign == "@":
            return self._at_literal()
        return self._worded(place)

    def _worded(self, place: int) -> Tree:
        word = self.word()
        known = self.names.at(self.text, place)
        if known and (len(known[0]) > len(word) or word not in _STARTS):
            if known[0] in ("true", "false", "null"):
                return self._plain(known[0], place)
            self.move(known[1])
            return tree.Name(known[0], place)
        starts: dict[str, Any] = {
            "if": self._if, "for": self._for, "some": self._quantified, "every": self._quantified, "function": self._function,
        }  # fmt: skip
        if word in starts:
            return starts[word]()  # type: ignore[no-any-return]
        if not word or word in _KEYWORDS:
            unexpected = self.unexpected()
            raise FeelError(unexpected.why.replace("did not expect", "expected a value, found"), self.at)
        return self._plain(word, place)

    def _plain(self, word: str, place: int) -> Tree:
        self.move(place + len(word))
        if word in ("true", "false", "null"):
            return tree.Constant({"true": True, "false": False, "null": None}[word], place)
        return tree.Name(word, place)

    def _at_literal(self) -> Tree:
        place = self.at
        self.take("@")
        found = self.matching(_STRING)
        if not found:
            raise FeelError("expected a string after @", self.at)
        self.move(found.end())
        return tree.Constant(temporal(unescaped(found.group()[1:-1])), place)

    def _bracket(self, sign: str) -> Tree:
        """`(x)`, `(< x)`, `(a..b)`, `[a..b]`, `]a..b[` or `[a, b]`."""
        self.take(sign)
        inside, self.in_span = self.in_span, False
        if sign == "(" and (beyond := self.sign()) in ("<", "<=", ">", ">=", "=", "!="):
            self.take(beyond)
            found: Tree = tree.Beyond(beyond, self.sum())
            self.must(")")
        elif sign == "[" and self.take("]"):
            found = tree.Items(())
        else:
            found = self._span_or_list(sign)
        self.in_span = inside
        return found

    def _span_or_list(self, sign: str) -> Tree:
        first = self.expression()
        if self.take(".."):
            self.in_span = True
            high = self.expression()
            self.in_span = False
            closing = self.sign()
            if closing not in (")", "]", "["):
                raise FeelError(f"expected ')', found {self.here()}", self.at)
            self.take(closing)
            return tree.Span(first, high, sign == "[", closing == "]")
        if sign == "(":
            self.must(")")
            return first
        if sign == "]":
            raise FeelError(f"expected '..', found {self.here()}", self.at)
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.must("]")
        return tree.Items(tuple(items))

    def _context(self) -> Tree:
        self.take("{")
        inside, self.in_span = self.in_span, False
        self.names = Names((), self.names)
        entries: list[tuple[str, Tree]] = []
        while self.sign() != "}":
            key = self._key()
            entries.append((key, self.expression()))
            self.names.add(key)
            if not self.take(","):
                break
        self.names = self.names.up or self.names
        self.in_span = inside
        self.must("}")
        return tree.Entries(tuple(entries))

    def _key(self) -> str:
        if found := self.matching(_STRING):
            self.move(found.end())
            self.must(":")
            return unescaped(found.group()[1:-1])
        found = self.matching(_KEY)
        if not found:
            raise FeelError(f"expected a name and ':', found {self.here()}", self.at)
        self.move(found.end())
        return spaced(found.group(1))

    def _if(self) -> Tree:
        self.take("if")
        test = self.expression()
        self.must("then")
        yes = self.expression()
        self.must("else")
        return tree.If(test, yes, self.expression())

    def _walks(self) -> tuple[tree.Walk, ...]:
        walks: list[tree.Walk] = []
        while not walks or self.take(","):
            found = self.matching(_WALK_NAME)
            if not found:
                raise FeelError(f"expected a name and 'in', found {self.here()}", self.at)
            self.move(found.end())
            source = self.expression()
            high = self.expression() if self.take("..") else None
            name = spaced(found.group(1))
            walks.append(tree.Walk(name, source, high))
            self.names = Names([name], self.names)
        return tuple(walks)

    def _for(self) -> Tree:
        self.take("for")
        names = self.names
        walks = self._walks()
        self.must("return")
        self.names = Names(["partial"], self.names)
        found = tree.For(walks, self.expression())
        self.names = names
        return found

    def _quantified(self) -> Tree:
        every = self.word() == "every"
        self.take(self.word())
        names = self.names
        walks = self._walks()
        self.must("satisfies")
        found = tree.Quantified(every, walks, self.expression())
        self.names = names
        return found

    def _function(self) -> Tree:
        self.take("function")
        self.must("(")
        names: list[str] = []
        kinds: list[KindTree | None] = []
        while found := self.matching(_PARAMETER):
            self.move(found.end())
            names.append(spaced(found.group(1)))
            kinds.append(self.kind() if self.take(":") else None)
            if not self.take(","):
                break
        self.must(")")
        outside = self.take("external")
        self.names = Names(names, self.names)
        body = self.expression()
        self.names = self.names.up or self.names
        return tree.Definition(tuple(names), tuple(kinds), body, outside)

    def kind(self) -> KindTree:
        """Rule 54: a type."""
        known = self.kinds.at(self.text, self.at)
        name, end = known or (self.word(), self.at + len(self.word()))
        if not name:
            raise FeelError(f"expected a type, found {self.here()}", self.at)
        self.move(end)
        while self.take("."):
            name += "." + self.member()
        if self.sign() != "<":
            return KindTree(name)
        self.take("<")
        names, parts = self._kind_parts(name)
        if not self.take(">"):
            raise FeelError(f"expected '>', found {self.here()}", self.at)
        if name == "function":
            self.must("->")
            parts.append(self.kind())
        return KindTree(name, tuple(parts), tuple(names))

    def _kind_parts(self, name: str) -> tuple[list[str], list[KindTree]]:
        names: list[str] = []
        parts: list[KindTree] = []
        while self.sign() != ">":
            if name == "context":
                names.append(self._key())
            parts.append(self.kind())
            if not self.take(","):
                break
        return names, parts

    def member(self) -> str:
        """The name after a dot."""
        known = self.members.at(self.text, self.at)
        word = self.word()
        name, end = known if known and len(known[0]) >= len(word) else (word, self.at + len(word))
        if not name:
            raise FeelError(f"expected a name, found {self.here()}", self.at)
        self.move(end)
        return name

    def argument_name(self) -> str | None:
        """The name before a colon in a call by name."""
        found = self.matching(_ARGUMENT_NAME)
        if not found:
            return None
        self.move(found.end())
        return spaced(found.group(1))


def _keys_in(text: str) -> Iterable[str]:
    """Every name that stands as the key of a context in the text: it may follow a dot later."""
    for found in _CONTEXT_KEY.finditer(text):
        yield unescaped(found.group(1)) if found.group(1) is not None else spaced(found.group(2))
