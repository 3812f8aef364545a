"""From tree to Python closures. Source: OMG DMN 1.5, clause 10.3.2 (semantics); a closure takes the names in scope as a dict.

Whatever the standard calls an error is null here. Nothing is ever made of text: the closures come from the tree only.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from typing import Any

from . import tree
from .arithmetic import OPERATIONS, negative
from .builtins import BUILTINS
from .comparing import ORDERS, PLAIN, beyond, compare, found_in, signed, within
from .kinds import ANY, SAME, Kind, bare, coerced, is_a, kind_of, simple
from .temporal import member
from .tree import KindTree, Tree
from .values import Function, Range, Value
from .walking import MOST, every_way, quantified

Scope = dict[str, Value]
Compiled = Callable[[Scope], Value]
Test = Callable[[Value, Scope], bool | None]
UNKNOWN: Any = object()
_NOT_CONSTANT = frozenset({"now", "today", "?"})


class Compiler:
    """Makes closures; `kinds` are the types that expressions may name beside those of the language."""

    def __init__(self, kinds: Mapping[str, Kind] | None = None) -> None:
        self.kinds = kinds or {}

    def compile(self, of: Tree) -> Compiled:
        """The closure of any node."""
        maker = getattr(self, f"_{type(of).__name__.lower()}")
        return maker(of)  # type: ignore[no-any-return]

    def _constant(self, of: tree.Constant) -> Compiled:
        value = of.value
        return lambda _scope: value

    def _name(self, of: tree.Name) -> Compiled:
        name = of.name
        default = BUILTINS.get(name)
        return (lambda scope: scope.get(name)) if default is None else (lambda scope: scope.get(name, default))

    def _negative(self, of: tree.Negative) -> Compiled:
        inner = self.compile(of.of)
        return lambda scope: negative(inner(scope))

    def _arithmetic(self, of: tree.Arithmetic) -> Compiled:
        left, right, run = self.compile(of.left), self.compile(of.right), OPERATIONS[of.sign]

        def arithmetic(scope: Scope) -> Value:
            try:
                return run(left(scope), right(scope))
            except ArithmeticError:  # beyond 34 digits and 6,144 places is no number
                return None

        return arithmetic

    def _compare(self, of: tree.Compare) -> Compiled:
        left, right, sign = self.compile(of.left), self.compile(of.right), of.sign
        plainly = ORDERS[sign]

        def compared(scope: Scope) -> Value:
            first, second = left(scope), right(scope)
            kind = type(first)
            if kind is type(second) and kind in PLAIN:
                return plainly(first, second)
            return signed(sign, first, second)

        return compared

    def _between(self, of: tree.Between) -> Compiled:
        inner, low, high = self.compile(of.of), self.compile(of.low), self.compile(of.high)

        def between(scope: Scope) -> Value:
            value = inner(scope)
            above, below = compare(value, low(scope)), compare(value, high(scope))
            if (above is not None and above < 0) or (below is not None and below > 0):
                return False
            return None if above is None or below is None else True

        return between

    def _in(self, of: tree.In) -> Compiled:
        inner, test = self.compile(of.of), self._any_of(of.tests)
        return lambda scope: test(inner(scope), scope)

    def _any_of(self, tests: tuple[Tree, ...], *, cell: bool = False) -> Test:
        made = [self.test(one, cell=cell) for one in tests]
        if len(made) == 1:
            return made[0]

        def test(value: Value, scope: Scope) -> bool | None:
            known: bool | None = False
            for one in made:
                truth = one(value, scope)
                if truth is True:
                    return True
                known = None if truth is None else known
            return known

        return test

    def test(self, of: Tree, *, cell: bool = False) -> Test:
        """Whether a value passes one unary test (rule 7); in a cell an expression that holds by itself passes any value."""
        if isinstance(of, tree.Beyond):
            sign, end = of.sign, self.compile(of.end)
            return lambda value, scope: signed(sign, value, end(scope))
        if isinstance(of, tree.Span):
            span = self.compile(of)
            return lambda value, scope: within(value, span(scope))
        inner = self.compile(of)
        if any(isinstance(one, tree.Name) and one.name == "?" for one in nodes(of)):
            return lambda value, scope: inner({**scope, "?": value}) is True

        if not cell or isinstance(of, tree.Constant):
            return lambda value, scope: found_in(value, inner(scope))

        def test(value: Value, scope: Scope) -> bool | None:
            found = inner(scope)
            return True if found is True and not isinstance(value, bool | list | None) else found_in(value, found)

        return test

    def tests(self, of: tree.Tests) -> Test:
        """Whether a value passes the unary tests of a cell; null is no pass."""
        if not of.tests:
            return lambda _value, _scope: True
        test = self._any_of(of.tests, cell=True)
        if of.negated:
            return lambda value, scope: test(value, scope) is False
        return test

    def _both(self, of: tree.Both) -> Compiled:
        left, right, decides = self.compile(of.left), self.compile(of.right), of.either

        def both(scope: Scope) -> Value:
            first = left(scope)
            if first is decides:
                return decides
            second = right(scope)
            if second is decides:
                return decides
            return (
                not decides if first is not decides and isinstance(first, bool) and isinstance(second, bool) else None
            )

        return both

    def _not(self, of: tree.Not) -> Compiled:
        inner = self.compile(of.part)

        def negated(scope: Scope) -> Value:
            truth = inner(scope)
            return not truth if isinstance(truth, bool) else None

        return negated

    def _instanceof(self, of: tree.InstanceOf) -> Compiled:
        inner, kind = self.compile(of.of), self.kind(of.kind)
        plain = None if kind is None else bare(kind)
        return lambda scope: None if plain is None else is_a(inner(scope), plain)

    def kind(self, of: KindTree | None) -> Kind | None:
        """The kind of a written type, None for one that nobody knows."""
        if of is None:
            return None
        if of.name in self.kinds:
            return self.kinds[of.name]
        plain = simple(of.name)
        if plain is None or not (of.parts or of.name == "function"):
            return plain
        parts = [self.kind(part) or ANY for part in of.parts]
        return Kind(SAME.get(of.name, of.name), tuple(parts), of.names)

    def _path(self, of: tree.Path) -> Compiled:
        inner, name = self.compile(of.of), of.name
        return lambda scope: entry_of(inner(scope), name)

    def _filter(self, of: tree.Filter) -> Compiled:
        base, by = self.compile(of.of), self.compile(of.by)

        def filtered(scope: Scope) -> Value:
            found = base(scope)
            if found is None:
                return None
            return kept(found if isinstance(found, list) else [found], by, scope)

        return filtered

    def _call(self, of: tree.Call) -> Compiled:
        function, arguments, names = self.compile(of.function), [self.compile(one) for one in of.arguments], of.names

        def call(scope: Scope) -> Value:
            target = function(scope)
            if not hasattr(target, "invoke"):
                return None
            given = [one(scope) for one in arguments]
            if not names:
                return target.invoke(given)
            return target.invoke_named(dict(zip(names, given, strict=True))) if len(set(names)) == len(names) else None

        return call

    def _if(self, of: tree.If) -> Compiled:
        test, yes, no = self.compile(of.test), self.compile(of.yes), self.compile(of.no)
        return lambda scope: yes(scope) if test(scope) is True else no(scope)

    def _walks(self, walks: tuple[tree.Walk, ...]) -> list[tuple[str, Compiled, Compiled | None]]:
        return [(one.name, self.compile(one.source), self.compile(one.high) if one.high else None) for one in walks]

    def _for(self, of: tree.For) -> Compiled:
        walks, each = self._walks(of.walks), self.compile(of.each)

        def walk(scope: Scope) -> Value:
            done: list[Value] = []
            for inner in every_way(walks, {**scope, "partial": done}):
                if inner is None or len(done) >= MOST:
                    return None
                done.append(each({**inner, "partial": list(done)} if uses_partial else inner))
            return done

        uses_partial = any(isinstance(one, tree.Name) and one.name == "partial" for one in nodes(of.each))
        return walk

    def _quantified(self, of: tree.Quantified) -> Compiled:
        walks, test, every = self._walks(of.walks), self.compile(of.test), of.every
        return lambda scope: quantified(walks, test, every, scope)

    def _items(self, of: tree.Items) -> Compiled:
        items = [self.compile(one) for one in of.items]
        return lambda scope: [one(scope) for one in items]

    def _entries(self, of: tree.Entries) -> Compiled:
        entries = [(name, self.compile(one)) for name, one in of.entries]
        twice = len({name for name, _ in entries}) < len(entries)

        def context(scope: Scope) -> Value:
            if twice:
                return None
            inner, made = dict(scope), {}
            for name, value in entries:
                inner[name] = made[name] = value(inner)
            return made

        return context

    def _span(self, of: tree.Span) -> Compiled:
        low, high, low_closed, high_closed = self.compile(of.low), self.compile(of.high), of.low_closed, of.high_closed

        def span(scope: Scope) -> Value:
            first, last = low(scope), high(scope)
            order = compare(first, last)
            if first is not None and last is not None and (order is None or order > 0):
                return None  # ends without an order among each other, or the wrong way round, are no range
            return Range(first, last, low_closed, high_closed)

        return span

    def _beyond(self, of: tree.Beyond) -> Compiled:
        end, sign = self.compile(of.end), of.sign
        return lambda scope: beyond(sign, end(scope))

    def _definition(self, of: tree.Definition) -> Compiled:
        kinds = tuple(self.kind(one) for one in of.kinds)
        unknown = any(written and not kind for written, kind in zip(of.kinds, kinds, strict=True))
        if of.outside or unknown:
            return lambda _scope: Function(of.names, lambda _given: None, kinds)
        body, fixed = self.compile(of.body), constant(of.body, self)
        gives = None if fixed is UNKNOWN else kind_of(fixed)
        return lambda scope: function(of.names, kinds, body, scope, gives)

    def _tests(self, of: tree.Tests) -> Compiled:
        test = self.tests(of)
        return lambda scope: test(scope.get("?"), scope)


def function(
    names: tuple[str, ...], kinds: tuple[Kind | None, ...], body: Compiled, scope: Scope, gives: Kind | None = None
) -> Function:
    """A function over the names around it; an argument that is not of its parameter's kind makes the result null."""

    def call(given: list[Value]) -> Value:
        inner = dict(scope)
        for name, kind, value in zip(names, kinds, given, strict=True):
            taken = coerced(value, kind)
            if taken is None and value is not None:
                return None
            inner[name] = taken
        return body(inner)

    return Function(names, call, kinds, gives)


def entry_of(value: Value, name: str) -> Value:
    """`value.name`: an entry, a property, or those of each item of a list."""
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, list):
        return [entry_of(one, name) for one in value]
    return member(value, name)


def _with_item(scope: Scope, item: Value) -> Scope:
    return {**scope, "item": item, **item} if isinstance(item, dict) else {**scope, "item": item}


def kept(items: list[Value], by: Compiled, scope: Scope) -> Value:
    """The items for which `by` holds, or the one at the position that `by` says (from 1, from the end when negative)."""
    first = by(_with_item(scope, items[0]) if items else scope)
    if isinstance(first, Decimal):
        return _at(items, first)
    found = items[:1] if items and first is True else []
    return found + [item for item in items[1:] if by(_with_item(scope, item)) is True]


def _at(items: list[Value], position: Decimal) -> Value:
    at = int(position)
    return items[at - 1 if at > 0 else at] if at and abs(at) <= len(items) else None


def nodes(of: Any) -> Iterator[Any]:
    """Every node of a tree, itself first."""
    yield of
    for one in fields(of):
        value = getattr(of, one.name)
        for part in value if isinstance(value, tuple) else (value,):
            inner = part[1] if isinstance(part, tuple) else part
            if is_dataclass(inner) and type(inner).__module__ == tree.__name__:
                yield from nodes(inner)


def bound(of: Tree) -> Iterator[str]:
    """The names that a tree gives itself: of walks, parameters and entries."""
    for one in nodes(of):
        match one:
            case tree.Walk(name=name):
                yield name
            case tree.Definition(names=given):
                yield from given
            case tree.Entries(entries=entries):
                yield from (name for name, _ in entries)


def constant(of: Tree, compiler: Compiler | None = None) -> Value:
    """The value of a tree that rests on no name but the built-in functions', else UNKNOWN."""
    for one in nodes(of):
        if isinstance(one, tree.Name) and (one.name not in BUILTINS or one.name in _NOT_CONSTANT):
            return UNKNOWN
    return (compiler or Compiler()).compile(of)({})
