"""What every part of the compiler shares: the drawing, what the program knows, the problems found, and reading of expressions."""

import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from .branching import BEHIND
from .conditions import Compare, Condition, ConditionError, Constant, FactType, Name, Tree, parse
from .drawn import Element, Flow, Process
from .expressions import Expression, read
from .problems import ERROR, Problem

FIELD_TYPES: Mapping[str, FactType] = {
    "string": "string", "text": "string", "choice": "string", "number": "number", "date": "date", "boolean": "boolean",
    "money": "number", "file": "string", "datetime": "datetime",
}  # fmt: skip
ASSIGNED: Mapping[str, FactType] = {"person": "string", "role": "string", "skill": "string", "priority": "number"}
NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shape:
    """The arguments a command takes beside the id of its subject, and which of them it must be given."""

    arguments: AbstractSet[str] = frozenset()
    required: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Asked:
    """The inputs and the outputs of a decision with their types; `subject` is the kind of thing that a table decides about."""

    inputs: Mapping[str, FactType]
    outputs: Mapping[str, FactType]
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a map may name: facts with their types by subject, commands, roles, the keys of published maps, and decisions."""

    facts: Mapping[str, Mapping[str, FactType]] = field(default_factory=dict)
    commands: Mapping[str, Shape] = field(default_factory=dict)
    roles: AbstractSet[str] = frozenset()
    maps: AbstractSet[str] = frozenset()
    decisions: Mapping[str, Asked] = field(default_factory=dict)


class Judge:
    """Collects problems while a process is translated; one use."""

    def __init__(self, process: Process, known: Known) -> None:
        self.process, self.known = process, known
        self.elements = {element.id: element for element in process.elements}
        self.flows = process.flows
        self.always: set[str] = set()
        self.facts = known.facts.get(process.subject, {})
        self.outcomes = {outcome.name for element in process.elements for outcome in element.outcomes}
        self.used: set[str] = set()
        self.problems: list[Problem] = []
        self.names: dict[str, FactType] = {}
        self._name_fields()
        self._name_results()

    def tell(self, code: str, place: Element | Flow | Process, what: str = "", level: str = ERROR) -> None:
        """Put a problem down with the id and the label of the place."""
        self.problems.append(Problem(code, place.id.removesuffix(BEHIND), place.label.text, what, level))

    @property
    def broken(self) -> bool:
        """Whether an error was found."""
        return any(problem.level == ERROR for problem in self.problems)

    @property
    def types(self) -> dict[str, FactType]:
        """The names that an expression may use."""
        return {**self.names, **self.facts, "outcome": "string"}

    def _name_fields(self) -> None:
        for element in self.process.elements:
            for form_field in element.fields:
                kind = FIELD_TYPES.get(form_field.type)
                if kind is None or self.names.get(form_field.name, kind) != kind:
                    self.tell("field-type", element, form_field.name)
                    continue
                if form_field.type == "choice" and not form_field.choices:
                    self.tell("no-choices", element, form_field.name)
                self._keep_name(element, form_field.name, kind)

    def _name_results(self) -> None:
        """What scripts and decisions keep may be used like a form field; a script sees the names of those before it in the file."""
        for element in self.process.elements:
            if element.kind == "scriptTask" and element.script and element.result and not element.language:
                try:
                    kind = read(element.script, self.types).type
                except ConditionError:
                    continue  # told where the script itself is read
                if self.names.get(element.result, kind) != kind:
                    self.tell("field-type", element, element.result)
                self._keep_name(element, element.result, kind)
            if element.decision in self.known.decisions:
                for name, kind in self.known.decisions[element.decision].outputs.items():
                    self._keep_name(element, name, kind)

    def _keep_name(self, element: Element, name: str, kind: FactType) -> None:
        if name in self.facts or name == "outcome":
            self.tell("name-is-fact", element, name)
        self.names[name] = kind

    def check_names(self, element: Element, names: Collection[str]) -> None:
        """Names are plain and stand once."""
        told = list(names)
        for name in told:
            if not NAME.match(name):
                self.tell("bad-name", element, name)
        for name in sorted({name for name in told if told.count(name) > 1}):
            self.tell("double-name", element, name)

    def fact(self, element: Element, name: str) -> None:
        """`name` must be a fact of the subject."""
        self.used.add(name)
        if name not in self.facts:
            self.tell("unknown-fact", element, name)

    def condition(
        self, place: Element | Flow, text: str, more: Mapping[str, FactType] | None = None
    ) -> Condition | None:
        """The condition of a place, over the names of the map and `more`; None, and told, when it is none."""
        if isinstance(place, Flow) and place.language:
            self.tell("language", place, place.language)
            return None
        try:
            condition = parse(text, {**self.types, **(more or {})})
        except ConditionError as error:
            self.tell("condition", place, str(error))
            return None
        self.used |= condition.names
        for compared in _compared_with_outcome(condition.tree):
            if compared not in self.outcomes:
                self.tell("unknown-outcome", place, compared)
        return condition

    def expression(self, place: Element, text: str) -> Expression | None:
        """The expression of a place; None, and told, when it is none."""
        try:
            expression = read(text, self.types)
        except ConditionError as error:
            self.tell("expression", place, str(error))
            return None
        self.used |= expression.names
        return expression


def _compared_with_outcome(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Compare):
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if one == Name("outcome", "string") and isinstance(other, Constant) and isinstance(other.value, str):
                yield other.value
    for part in ("left", "right", "part"):
        inner = getattr(tree, part, None)
        if inner is not None:
            yield from _compared_with_outcome(inner)
