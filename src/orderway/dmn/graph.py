"""Requirement graphs: models with what they import, compiled once, and a run over given inputs.

Source: OMG DMN 1.5, clauses 6.2 and 6.3 (requirements), 6.3.9 (services), 7.3.2 (imports), 10.4 (execution).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..feel import Compiled, Kind, Scope, Value
from ..feel.compiling import function
from ..feel.kinds import coerced
from ..feel.values import Function
from . import model
from .boxes import FIRED, Boxes, Wrong, nothing
from .items import Kinds, member_names
from .tables import Answer

Key = tuple[str, str]


@dataclass(slots=True)
class Run:
    """One evaluation: the values given and found so far by namespace and id, and the answers of the tables by place."""

    values: dict[Key, Value] = field(default_factory=dict)
    fired: list[tuple[str, Answer]] = field(default_factory=list)
    given: Mapping[str, Value] = field(default_factory=dict)


class Models:
    """Models by namespace, compiled. `problems` lists what could not be read."""

    def __init__(self, definitions: Iterable[model.Definitions], names: Iterable[str] = ()) -> None:
        """`names` are in scope everywhere, beside what an element requires: a run is `given` their values."""
        self.of = {one.namespace: one for one in definitions}
        self._names = tuple(names)
        self._kinds: dict[str, Kinds] = {}
        self._compiled: dict[Key, Compiled] = {}
        self.boxes: dict[str, Boxes] = {}
        for namespace in self.of:
            self.boxes[namespace] = Boxes(self._kinds_of(namespace, ()), self._members(namespace))
        for namespace, one in self.of.items():
            for id in one.elements:
                self._compile(namespace, id)

    @property
    def problems(self) -> list[Wrong]:
        """What could not be read."""
        types = [Wrong("types", why) for kinds in self._kinds.values() for why in kinds.problems]
        return types + [one for boxes in self.boxes.values() for one in boxes.problems]

    def _kinds_of(self, namespace: str, within: tuple[str, ...]) -> Kinds:
        if namespace not in self._kinds:
            one = self.of[namespace]
            imported = {
                name: self._kinds_of(space, (*within, namespace))
                for name, space in one.imports
                if space in self.of and space not in (*within, namespace)
            }
            self._kinds[namespace] = Kinds(one.items, imported)
        return self._kinds[namespace]

    def _members(self, namespace: str) -> tuple[str, ...]:
        one = self.of[namespace]
        spaces = [namespace, *(space for _, space in one.imports if space in self.of)]
        names = [name for space in spaces for name in member_names(self.of[space].items)]
        names += [element.name for space in spaces[1:] for element in self.of[space].elements.values()]
        outputs = [name for element in one.elements.values() for name in _result_names(element)]
        return tuple(dict.fromkeys([*names, *outputs]))

    def _requires(self, namespace: str, element: model.Element) -> list[tuple[Key, str, str]]:
        """What an element requires: key, the name of the import (or nothing) and the name."""
        if not isinstance(element, model.Decision | model.Knowledge):
            return []
        prefixes = dict.fromkeys(self._around(namespace), "")
        prefixes |= {space: name for name, space in self.of[namespace].imports if space != namespace}
        found = []
        for required, id in element.requires:
            space = self._home(required, id)
            target = self.of[space].elements.get(id) if space in self.of else None
            if target is not None and (space == namespace or space in prefixes):
                found.append(((space, id), prefixes.get(space, ""), target.name))
        return found

    def _around(self, namespace: str) -> list[str]:
        """The namespaces whose elements count as this one's own: itself, and what it imports without a name, at whatever depth, the first
        import with all of its own before the second (clause 6.3.3)."""
        found: list[str] = []
        ahead = [namespace]
        while ahead:
            space = ahead.pop()
            if space in found or space not in self.of:
                continue
            found.append(space)
            ahead += [other for name, other in reversed(self.of[space].imports) if not name]
        return found

    def _home(self, namespace: str, id: str) -> str:
        """The namespace in which an element stands that is meant to be of `namespace`."""
        return next((space for space in self._around(namespace) if id in self.of[space].elements), namespace)

    def _compile(self, namespace: str, id: str) -> None:
        element, boxes = self.of[namespace].elements[id], self.boxes[namespace]
        boxes.place = element.name
        requires = self._requires(namespace, element)
        names = [*self._names, *(prefix or name for _, prefix, name in requires)]
        if isinstance(element, model.Knowledge):
            names = [*names, element.name]
        if isinstance(element, model.Decision):
            self._compiled[namespace, id] = boxes.typed(boxes.compile(element.logic, names), element.kind)
        elif isinstance(element, model.Knowledge):
            body = element.logic.body if element.logic else None
            inner = [*names, *(name for name, _ in (element.logic.parameters if element.logic else ()))]
            foreign = element.logic is None or element.logic.foreign
            compiled = nothing if foreign else boxes.compile(body, inner)
            typed = boxes.typed(compiled, element.logic.kind if element.logic else "")
            kind = boxes.kinds.of(element.kind) if element.kind else None
            gives = _given_by(kind) if kind and kind.name == "function" else None
            self._compiled[namespace, id] = typed if gives is None else lambda scope: coerced(typed(scope), gives)

    def value(self, run: Run, key: Key) -> Value:
        """The value of an element in a run, found once."""
        if key not in run.values:
            run.values[key] = None  # an element that requires itself finds nothing
            run.values[key] = self._found(run, key)
        return run.values[key]

    def _found(self, run: Run, key: Key) -> Value:
        element = self.of[key[0]].elements[key[1]]
        if isinstance(element, model.InputData):
            kinds = self.boxes[key[0]].kinds
            return coerced(run.given.get(element.name), kinds.of(element.kind) if element.kind else None)
        if isinstance(element, model.Service):
            return self._service(run, key[0], element)
        scope = self._scope(run, key[0], element)
        if isinstance(element, model.Knowledge):
            return self._knowledge(key, element, scope)
        try:
            return self._compiled[key](scope)
        except RecursionError:  # a function without an end is an error of the model: null
            return None

    def _scope(self, run: Run, namespace: str, element: model.Element) -> Scope:
        scope: dict[str, Any] = {**run.given, FIRED: lambda place, answer: run.fired.append((place, answer))}
        for key, prefix, name in self._requires(namespace, element):
            if prefix:
                scope.setdefault(prefix, {})[name] = self.value(run, key)
            else:
                scope[name] = self.value(run, key)
        return scope

    def _knowledge(self, key: Key, element: model.Knowledge, scope: Scope) -> Function | None:
        if element.logic is None:
            return None
        kinds = self.boxes[key[0]].kinds
        parameters = element.logic.parameters
        names = tuple(name for name, _ in parameters)
        made = function(
            names, tuple(kinds.of(kind) if kind else None for _, kind in parameters), self._compiled[key], scope
        )
        scope[element.name] = made
        return made

    def _service(self, run: Run, namespace: str, element: model.Service) -> Function | None:
        taken, outputs = (
            [(self._home(space, id), id) for space, id in some]
            for some in ((*element.inputs, *element.input_decisions), element.outputs)
        )
        if any(space not in self.of or id not in self.of[space].elements for space, id in (*taken, *outputs)):
            return None  # what it would ask is not in the model
        elements = [self.of[space].elements[id] for space, id in taken]
        kinds = self.boxes[namespace].kinds

        def call(given: list[Value]) -> Value:
            inner = Run(dict.fromkeys(taken), run.fired, run.given)
            for key, one, value in zip(taken, elements, given, strict=True):
                inner.values[key] = coerced(value, self.boxes[key[0]].kinds.of(getattr(one, "kind", "") or "Any"))
                if inner.values[key] is None and value is not None:
                    return None
            results = {self.of[space].elements[id].name: self.value(inner, (space, id)) for space, id in outputs}
            value = next(iter(results.values())) if len(results) == 1 else results
            return coerced(value, _given_by(kinds.of(element.kind) if element.kind else None))

        return Function(tuple(one.name for one in elements), call)

    def give(self, run: Run, namespace: str, name: str, value: Value) -> None:
        """Give an input (or a decision's value) to a run; what is not of the input's type counts as null."""
        for space, one in self.of.items():
            if namespace and space != namespace:
                continue
            for id, element in one.elements.items():
                if element.name == name and isinstance(element, model.InputData | model.Decision):
                    kind = self.boxes[space].kinds.of(element.kind) if element.kind else None
                    run.values[space, id] = coerced(value, kind)


def _given_by(kind: Kind | None) -> Kind | None:
    """The kind of what a function gives; of anything else its own."""
    if kind is None or kind.name != "function":
        return kind
    return kind.parts[-1] if kind.parts else None


def _result_names(element: model.Element) -> Iterable[str]:
    """Names that may follow a dot after an element's name: its context's entries, its table's outputs."""
    logic = getattr(element, "logic", None)
    if isinstance(logic, model.FunctionDefinition):
        logic = logic.body
    yield from _names_of(logic)
    if isinstance(element, model.Service):
        yield element.name


def _names_of(logic: model.Expression | None) -> Iterable[str]:
    match logic:
        case model.Context(entries=entries):
            for one in entries:
                yield one.name
                yield from _names_of(one.value)
        case model.DecisionTable(outputs=outputs):
            yield from (one.name for one in outputs)
        case model.Relation(columns=columns):
            yield from columns
        case model.Items(items=items):
            for each in items:
                yield from _names_of(each)
