"""What a DMN file says, as it stands there. Source: OMG DMN 1.5 (formal/24-01-01), chapters 6 to 8 and clause 10.2."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Literal:
    """An expression as text (clause 7.3.1); `kind` is a type's name or nothing, here and below."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a context; without a name it is the context's result."""

    name: str
    kind: str
    value: "Expression | None"


@dataclass(frozen=True, slots=True)
class Context:
    """A boxed context (clause 10.2.1.4)."""

    entries: tuple[Entry, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A function called with arguments by name (clause 7.3.6)."""

    function: "Expression | None"
    bindings: tuple[Entry, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A boxed list (clause 10.2.1.5)."""

    items: "tuple[Expression | None, ...]"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts, written as a table (clause 10.2.1.6)."""

    columns: tuple[str, ...]
    rows: "tuple[tuple[Expression | None, ...], ...]"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FunctionDefinition:
    """A boxed function (clause 10.2.1.7); `foreign` when its body is Java's or PMML's."""

    parameters: tuple[tuple[str, str], ...]
    body: "Expression | None"
    foreign: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Conditional:
    """A boxed if, then, else (clause 10.2.1.8)."""

    test: "Expression | None"
    yes: "Expression | None"
    no: "Expression | None"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """A boxed filter (clause 10.2.1.9)."""

    of: "Expression | None"
    by: "Expression | None"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Iteration:
    """A boxed for, some or every (clause 10.2.1.10): `way` says which."""

    way: str
    name: str
    source: "Expression | None"
    each: "Expression | None"
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A column that is asked: its expression, type and the values it may take."""

    expression: str
    kind: str
    values: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """A column that answers: its name, type, the values it may give (first is first in priority), and the one without a hit."""

    name: str
    kind: str
    values: str
    default: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: the cells of the inputs and of the outputs, and what somebody noted."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table (chapter 8); `policy` is a hit policy's first letter, `aggregation` that of C."""

    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str
    aggregation: str
    kind: str = ""


Expression = (
    Literal | Context | Invocation | Items | Relation | FunctionDefinition | Conditional | Filter | Iteration | DecisionTable
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model (clause 7.3.3): of another type, of components, of a function, or a list of one of these."""

    name: str
    of: str
    components: "tuple[ItemDefinition, ...]"
    is_list: bool
    allowed: str
    constraint: str
    function: tuple[tuple[str, ...], str] | None


@dataclass(frozen=True, slots=True)
class InputData:
    """Something the decisions are given."""

    id: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision, what it requires (as namespace and id) and its logic."""

    id: str
    name: str
    kind: str
    requires: tuple[tuple[str, str], ...]
    logic: Expression | None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call."""

    id: str
    name: str
    kind: str
    requires: tuple[tuple[str, str], ...]
    logic: FunctionDefinition | None


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: decisions called as one function (clause 6.3.9)."""

    id: str
    name: str
    kind: str
    inputs: tuple[tuple[str, str], ...]
    input_decisions: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]


Element = InputData | Decision | Knowledge | Service


@dataclass(frozen=True, slots=True)
class Definitions:
    """One file: its elements by id, its types, and by which names it imports other namespaces."""

    namespace: str
    name: str
    imports: tuple[tuple[str, str], ...]
    items: tuple[ItemDefinition, ...]
    elements: dict[str, Element] = field(default_factory=dict)

    def named(self, name: str, kind: type | None = None) -> Element | None:
        """The element of a name; decisions come before services of the same name."""
        found = [one for one in self.elements.values() if one.name == name and isinstance(one, kind or object)]
        return next((one for one in found if not isinstance(one, Service)), found[0] if found else None)
