"""Boxed expressions as closures. Source: OMG DMN 1.5, clauses 7.3 and 10.2.1; what an expression gives is brought to its type."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..feel import Compiled, Compiler, FeelError, Scope, Value, read, read_tests
from ..feel.builtins import BUILTINS
from ..feel.compiling import UNKNOWN, bound, constant, function, kept, nodes
from ..feel.kinds import coerced
from ..feel.tree import Compare, Constant, Name, Tests, Tree
from ..feel.tree import Items as ListOf
from ..feel.values import Function
from ..feel.walking import every_way, quantified
from . import model
from .columns import column
from .items import Kinds
from .tables import Answered, Asked, Table

FIRED = "\0fired"
"""The name in scope of the function that is told which rules hit; no expression can write it."""
NEVER = Tests((Compare("<", Name("?"), Constant(None)),))


def nothing(_scope: Scope) -> Value:
    """The closure of what is missing or cannot be read."""
    return None


class Wrong(NamedTuple):
    """What could not be read: the name of its element and why; of a table the rule (from 1) and the column (from 1, inputs
    first), 0 for what stands in no rule or no column."""

    place: str
    why: str
    rule: int = 0
    column: int = 0


@dataclass(slots=True)
class Boxes:
    """Compiles boxed expressions of one model; `problems` gathers what could not be read, `used` the names that expressions
    rest on, `tables` the tables by the name of their element."""

    kinds: Kinds
    members: tuple[str, ...]
    problems: list[Wrong] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    place: str = ""
    at: tuple[int, int] = (0, 0)

    def _tell(self, text: str, why: object) -> None:
        self.problems.append(Wrong(self.place, f"{text.strip()!r}: {why}", *self.at))

    def compile(self, of: model.Expression | None, names: Sequence[str]) -> Compiled:
        """The closure of an expression with `names` in scope."""
        if of is None:
            return nothing
        inner = getattr(self, f"_{type(of).__name__.lower()}")(of, names)
        return self.typed(inner, of.kind)

    def typed(self, inner: Compiled, kind_name: str) -> Compiled:
        """The closure that brings a value to a type."""
        kind = self.kinds.of(kind_name) if kind_name else None
        if kind is None or (kind.name == "Any" and kind.test is None):
            return inner
        return lambda scope: coerced(inner(scope), kind)

    def _tree(self, text: str, names: Iterable[str]) -> Tree | None:
        try:
            tree = read(text, [*names, *self.kinds], self.members)
        except FeelError as wrong:
            if (several := self._several(text, names)) is None:
                self._tell(text, wrong)
                return None
            tree = several
        self._tell_unknown(text, tree, names)
        return tree

    def _several(self, text: str, names: Iterable[str]) -> Tree | None:
        """Expressions with commas between them (grammar rule 3), which come to a list; None for anything else."""
        try:
            tree = read(f"[{text}\n]", [*names, *self.kinds], self.members) if "," in text else None
        except FeelError:
            return None
        return tree if isinstance(tree, ListOf) and len(tree.items) > 1 else None

    def _tell_unknown(self, text: str, tree: Tree, names: Iterable[str]) -> None:
        known = {*names, *self.members, *BUILTINS, *bound(tree), "?", "item", "partial"}
        for one in nodes(tree):
            if isinstance(one, Name):
                self.used.add(one.name)
            if isinstance(one, Name) and one.name not in known:
                self._tell(text, f"nothing is called {one.name}")

    def expression(self, text: str, names: Iterable[str]) -> Compiled:
        """The closure of an expression as text; null when it cannot be read."""
        tree = self._tree(text, names)
        return nothing if tree is None else Compiler(self.kinds).compile(tree)

    def _literal(self, of: model.Literal, names: Sequence[str]) -> Compiled:
        return self.expression(of.text, names)

    def _context(self, of: model.Context, names: Sequence[str]) -> Compiled:
        known = list(names)
        entries: list[tuple[str, Compiled]] = []
        for one in of.entries:
            inside = [*known, one.name] if isinstance(one.value, model.FunctionDefinition) else known
            entries.append((one.name, self.typed(self.compile(one.value, inside), one.kind)))
            known.append(one.name)
        names_given = [name for name, _ in entries if name]
        twice = len(set(names_given)) < len(names_given)

        def context(scope: Scope) -> Value:
            inner, made = dict(scope), {}
            for name, value in entries:
                if not name:
                    return value(inner)
                inner[name] = made[name] = value(inner)
            return None if twice else made

        return context

    def _invocation(self, of: model.Invocation, names: Sequence[str]) -> Compiled:
        target = self.compile(of.function, names)
        bindings = [(one.name, self.typed(self.compile(one.value, names), one.kind)) for one in of.bindings]

        def call(scope: Scope) -> Value:
            found = target(scope)
            if not hasattr(found, "invoke_named"):
                return None
            return found.invoke_named({name: value(scope) for name, value in bindings})

        return call

    def _items(self, of: model.Items, names: Sequence[str]) -> Compiled:
        items = [self.compile(one, names) for one in of.items]
        return lambda scope: [one(scope) for one in items]

    def _relation(self, of: model.Relation, names: Sequence[str]) -> Compiled:
        rows = [[self.compile(one, names) for one in row] for row in of.rows]
        columns = of.columns
        return lambda scope: [dict(zip(columns, (one(scope) for one in row), strict=False)) for row in rows]

    def _functiondefinition(self, of: model.FunctionDefinition, names: Sequence[str]) -> Compiled:
        parameters = tuple(name for name, _ in of.parameters)
        kinds = tuple(self.kinds.of(kind) if kind else None for _, kind in of.parameters)
        if of.foreign:
            return lambda _scope: Function(parameters, lambda _given: None, kinds)
        body = self.compile(of.body, [*names, *parameters])
        return lambda scope: function(parameters, kinds, body, scope)

    def _conditional(self, of: model.Conditional, names: Sequence[str]) -> Compiled:
        test, yes, no = (self.compile(one, names) for one in (of.test, of.yes, of.no))
        return lambda scope: yes(scope) if test(scope) is True else no(scope)

    def _filter(self, of: model.Filter, names: Sequence[str]) -> Compiled:
        source, by = self.compile(of.of, names), self.compile(of.by, [*names, "item", *self.members])

        def filtered(scope: Scope) -> Value:
            found = source(scope)
            if found is None:
                return None
            return kept(found if isinstance(found, list) else [found], by, scope)

        return filtered

    def _iteration(self, of: model.Iteration, names: Sequence[str]) -> Compiled:
        walks = [(of.name, self.compile(of.source, names), None)]
        each = self.compile(of.each, [*names, of.name, "partial"])
        if of.way != "for":
            return lambda scope: quantified(walks, each, of.way == "every", scope)

        def walk(scope: Scope) -> Value:
            done: list[Value] = []
            for inner in every_way(walks, scope):
                if inner is None:
                    return None
                done.append(each({**inner, "partial": list(done)}))
            return done

        return walk

    def _decisiontable(self, of: model.DecisionTable, names: Sequence[str]) -> Compiled:
        table, place = self.table(of, names), self.place
        self.tables[place] = table

        def decide(scope: Scope) -> Value:
            found = table.decide(scope)
            told = scope.get(FIRED)
            if told is not None:
                told(place, found)
            return found.value

        return decide

    def table(self, of: model.DecisionTable, names: Sequence[str]) -> Table:
        """A decision table, compiled."""
        inputs = [self._asked(of, at, one, names) for at, one in enumerate(of.inputs)]
        outputs = [self._answered(of, at, one, names) for at, one in enumerate(of.outputs)]
        self.at = (0, 0)
        return Table(inputs, outputs, len(of.rules), of.policy, of.aggregation)

    def _asked(self, of: model.DecisionTable, at: int, one: model.Input, names: Sequence[str]) -> Asked:
        compiler = Compiler(self.kinds)
        cells = []
        for row, rule in enumerate(of.rules, 1):
            self.at = (row, at + 1)
            cells.append(self.cell(rule.inputs[at] if at < len(rule.inputs) else "-", names))
        self.at = (0, at + 1)
        allowed = column([self.cell(one.values, names)], compiler) if one.values.strip() else None
        kind = self.kinds.of(one.kind) if one.kind else None
        return Asked(self.expression(one.expression, names), kind, allowed, column(cells, compiler))

    def cell(self, text: str, names: Sequence[str]) -> Tests:
        """The tests of a cell; an empty one asks nothing, one that cannot be read lets nothing pass."""
        try:
            tests = read_tests(text if text.strip() else "-", [*names, *self.kinds], self.members)
        except FeelError as wrong:
            self._tell(text, wrong)
            return NEVER
        self._tell_unknown(text, tests, names)
        return tests

    def _answered(self, of: model.DecisionTable, at: int, one: model.Output, names: Sequence[str]) -> Answered:
        compiler = Compiler(self.kinds)
        texts = [rule.outputs[at] if at < len(rule.outputs) else "null" for rule in of.rules]
        trees = []
        for row, text in enumerate(texts, 1):
            self.at = (row, len(of.inputs) + at + 1)
            trees.append(self._tree(text, names) if text.strip() and text.strip() != "-" else None)
        self.at = (0, len(of.inputs) + at + 1)
        cells = [nothing if tree is None else compiler.compile(tree) for tree in trees]
        constants = [None if tree is None else constant(tree, compiler) for tree in trees]
        default = self.expression(one.default, names) if one.default.strip() else None
        kind = self.kinds.of(one.kind or (of.kind if len(of.outputs) == 1 and of.policy not in "CRO" else ""))
        ranked = self._tree(f"[{one.values}]", names) if one.values.strip() else None
        order = (
            [found for item in ranked.items if (found := constant(item)) is not UNKNOWN]
            if isinstance(ranked, ListOf)
            else []
        )
        return Answered(one.name, kind, order, cells, constants, default)
