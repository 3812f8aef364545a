"""From a drawing to a graph that runs, or to the list of what cannot run and why. Pure: the caller says what is known."""

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from .bpmn import Element, Flow, Process
from .conditions import Compare, Condition, ConditionError, Constant, FactType, Name, Tree, parse
from .graph import Call, Choose, Does, End, Gather, Graph, Node, Pass, Pause, Step, Wait, Way, Work
from .problems import ERROR, WARNING, Problem

LONGEST_LABEL = 40
FIELD_TYPES: Mapping[str, FactType] = {
    "string": "string", "text": "string", "choice": "string", "number": "number", "date": "date", "boolean": "boolean",
}  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z", re.IGNORECASE)
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?\Z")


@dataclass(frozen=True, slots=True)
class Shape:
    """The arguments a command takes beside the id of its subject, and which of them it must be given."""

    arguments: AbstractSet[str] = frozenset()
    required: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """What a map may name: facts with their types by subject, commands, roles, and the keys of published maps."""

    facts: Mapping[str, Mapping[str, FactType]] = field(default_factory=dict)
    commands: Mapping[str, Shape] = field(default_factory=dict)
    roles: AbstractSet[str] = frozenset()
    maps: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Compiled:
    """The graph, or None when a problem is an error; the problems in the order of the file."""

    graph: Graph | None
    problems: tuple[Problem, ...]


def duration(text: str) -> timedelta | None:
    """An ISO 8601 duration of weeks, days, hours, minutes and seconds; None for other text (months have no fixed length)."""
    found = _DURATION.match(text)
    if found is None or not any(found.groups()):
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def compile_map(processes: tuple[Process, ...], known: Known) -> Compiled:
    """Compile the one executable process of a file; `known` says which facts, commands, roles and maps there are."""
    runnable = [process for process in processes if process.executable]
    if len(runnable) != 1:
        first = processes[0]
        code = "several-processes" if runnable else "no-process"
        return Compiled(None, (Problem(code, first.id, first.label.text),))
    return _Compiler(runnable[0], known).compile()


class _Compiler:
    """Collects problems while it translates; one use."""

    def __init__(self, process: Process, known: Known) -> None:
        self.process, self.known = process, known
        self.elements = {element.id: element for element in process.elements if not element.parent}
        self.flows = [flow for flow in process.flows if flow.source in self.elements]
        self.facts = known.facts.get(process.subject, {})
        self.departments = {node: lane.department or lane.label.text for lane in process.lanes for node in lane.holds}
        self.outcomes = {outcome.name for element in process.elements for outcome in element.outcomes}
        self.used: set[str] = set()
        self.problems: list[Problem] = []
        self.names = self._field_names()

    def compile(self) -> Compiled:
        if not self.process.subject:
            self._tell("no-subject", self.process)
        elif self.process.subject not in self.known.facts:
            self._tell("unknown-subject", self.process, self.process.subject)
        self._check_flows()
        self._check_borders()
        nodes = {e.id: self._node(e) for e in self.elements.values() if e.kind != "boundaryEvent"}
        start = self._start()
        if start and not any(problem.level == ERROR for problem in self.problems):
            self._check_ways(start, nodes)
        broken = not start or any(problem.level == ERROR for problem in self.problems)
        process = self.process
        graph = None
        if not broken:
            facts = frozenset(self.used & self.facts.keys())
            rank = {node: place for place, node in enumerate(_in_order(nodes, start))}
            graph = Graph(process.id, process.label, process.subject, start, nodes, self.names, facts, rank)
        return Compiled(graph, tuple(self.problems))

    def _tell(self, code: str, place: Element | Flow | Process, what: str = "", level: str = ERROR) -> None:
        self.problems.append(Problem(code, place.id, place.label.text, what, level))

    def _check_flows(self) -> None:
        no_target = {element.id for element in self.process.elements if element.kind in ("startEvent", "boundaryEvent")}
        places = {element.id: element.parent for element in self.process.elements}
        for flow in self.process.flows:
            outside = flow.source not in places or flow.target not in places or flow.target in no_target
            if outside or places[flow.source] != places[flow.target]:
                self._tell("broken-flow", flow)

    def _check_borders(self) -> None:
        for border in self.elements.values():
            host = self.elements.get(border.attached_to)
            plain = border.trigger.kind == "error" and host is not None and host.kind == "serviceTask"
            if border.kind == "boundaryEvent" and not plain:
                self._tell("boundary", border)

    def _field_names(self) -> Mapping[str, FactType]:
        names: dict[str, FactType] = {}
        for element in self.process.elements:
            for form_field in element.fields:
                kind = FIELD_TYPES.get(form_field.type)
                if kind is None or names.get(form_field.name, kind) != kind:
                    self._tell("field-type", element, form_field.name)
                    continue
                if form_field.name in self.facts or form_field.name == "outcome":
                    self._tell("name-is-fact", element, form_field.name)
                if form_field.type == "choice" and not form_field.choices:
                    self._tell("no-choices", element, form_field.name)
                names[form_field.name] = kind
        return names

    def _start(self) -> str:
        starts = [element for element in self.elements.values() if element.kind == "startEvent"]
        if len(starts) != 1:
            self._tell("several-starts" if starts else "no-start", starts[1] if starts else self.process)
            return ""
        if starts[0].trigger.kind != "none":
            self._tell("start-trigger", starts[0], starts[0].trigger.kind)
        return starts[0].id

    def _node(self, element: Element) -> Node:
        self._check_label(element)
        if element.loop:
            self._tell("loops", element)
        ways = tuple(self._way(flow, element) for flow in self.flows if flow.source == element.id)
        does = self._does(element, ways)
        if isinstance(does, End) and ways:
            self._tell("after-end", element)
        if not isinstance(does, End) and not ways:
            self._tell("dead-end", element)
        return Node(element.id, element.label, self.departments.get(element.id, ""), does, ways)

    def _check_label(self, element: Element) -> None:
        if len(element.label.text) > LONGEST_LABEL:
            self._tell("long-label", element, level=WARNING)
        if element.kind.endswith(("Task", "task")) and not element.label.text:
            self._tell("no-label", element, level=WARNING)

    def _way(self, flow: Flow, source: Element) -> Way:
        condition = None
        if flow.condition:
            if source.kind != "exclusiveGateway":
                self._tell("condition-ignored", flow)
            condition = self._condition(flow)
        return Way(flow.id, flow.target, condition, flow.label)

    def _condition(self, flow: Flow) -> Condition | None:
        types: dict[str, FactType] = {**self.names, **self.facts, "outcome": "string"}
        try:
            condition = parse(flow.condition, types)
        except ConditionError as error:
            self._tell("condition", flow, str(error))
            return None
        self.used |= condition.names
        for compared in _compared_with_outcome(condition.tree):
            if compared not in self.outcomes:
                self._tell("unknown-outcome", flow, compared)
        return condition

    def _does(self, element: Element, ways: tuple[Way, ...]) -> Does:
        trigger = element.trigger.kind
        match element.kind:
            case "startEvent":
                return Pass()
            case "endEvent":
                if trigger != "none":
                    self._tell("end-trigger", element, trigger)
                return End()
            case "userTask":
                return self._work(element)
            case "serviceTask":
                return self._step(element)
            case "exclusiveGateway":
                return self._choose(element, ways)
            case "parallelGateway":
                return Gather(frozenset(flow.id for flow in self.flows if flow.target == element.id))
            case "callActivity":
                return self._call(element)
            case "intermediateCatchEvent" if trigger in ("message", "timer"):
                return self._wait(element)
            case "intermediateThrowEvent" if trigger == "none":
                return Pass()
        self._tell("cannot-run", element, element.kind if trigger == "none" else f"{element.kind} ({trigger})")
        return Pass()

    def _work(self, element: Element) -> Work:
        if not element.role:
            self._tell("no-role", element)
        elif element.role not in self.known.roles:
            self._tell("unknown-role", element, element.role)
        if not element.due:
            self._tell("no-due", element, level=WARNING)
        due = duration(element.due) if element.due else None
        if element.due and due is None:
            self._tell("bad-duration", element, element.due)
        for named in (element.fields, element.checks, element.outcomes):
            self._check_names(element, [one.name for one in named])
        if element.outcomes and all(outcome.sends_back for outcome in element.outcomes):
            self._tell("only-back", element)
        if element.holds:
            self._fact(element, element.holds)
        same = self.elements.get(element.same_as or element.id)
        if same is None or same.kind != "userTask":
            self._tell("same-as", element, element.same_as)
        return Work(
            role=element.role,
            due=due,
            instruction=element.instruction,
            fields=element.fields,
            checks=element.checks,
            outcomes=element.outcomes,
            same_as=element.same_as or element.id,
            holds=element.holds,
        )

    def _check_names(self, element: Element, names: list[str]) -> None:
        for name in names:
            if not _NAME.match(name):
                self._tell("bad-name", element, name)
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._tell("double-name", element, name)

    def _fact(self, element: Element, name: str) -> None:
        self.used.add(name)
        if name not in self.facts:
            self._tell("unknown-fact", element, name)

    def _step(self, element: Element) -> Step:
        if not element.command:
            self._tell("no-command", element)
        elif element.command not in self.known.commands:
            self._tell("unknown-command", element, element.command)
        for argument in element.arguments:
            if (argument.value is not None) + bool(argument.fact) + bool(argument.field) != 1:
                self._tell("argument", element, argument.name)
            if argument.fact:
                self._fact(element, argument.fact)
            if argument.field and argument.field not in self.names:
                self._tell("unknown-field", element, argument.field)
        names = [argument.name for argument in element.arguments]
        self._check_names(element, names)
        shape = self.known.commands.get(element.command)
        if shape:
            for name in sorted(set(names) - shape.arguments):
                self._tell("unknown-argument", element, name)
            for name in sorted(shape.required - set(names)):
                self._tell("missing-argument", element, name)
        return Step(element.command, element.arguments, self._caught(element))

    def _caught(self, step: Element) -> Mapping[str, Way]:
        caught: dict[str, Way] = {}
        for border in (e for e in self.elements.values() if e.attached_to == step.id and e.kind == "boundaryEvent"):
            ways = [flow for flow in self.flows if flow.source == border.id]
            if border.trigger.kind != "error":
                continue
            if len(ways) != 1:
                self._tell("boundary-ways", border)
                continue
            if border.trigger.code in caught:
                self._tell("boundary-twice", border, border.trigger.code)
            caught[border.trigger.code] = Way(ways[0].id, ways[0].target, None, border.label)
        return caught

    def _choose(self, element: Element, ways: tuple[Way, ...]) -> Choose:
        if len(ways) == 1 and ways[0].condition is None:
            return Choose(ways[0])
        default = next((way for way in ways if way.flow == element.default), None)
        if any(way.condition is None for way in ways if way is not default):
            self._tell("no-condition", element)
        if default is None:
            self._tell("no-default", element, level=WARNING)
        return Choose(default)

    def _call(self, element: Element) -> Call:
        if not element.called:
            self._tell("no-map", element)
        elif element.called not in self.known.maps:
            self._tell("unknown-map", element, element.called)
        return Call(element.called)

    def _wait(self, element: Element) -> Wait | Pause:
        if element.trigger.kind == "timer":
            length = duration(element.trigger.duration)
            if not element.trigger.duration:
                self._tell("no-duration", element)
            elif length is None:
                self._tell("bad-duration", element, element.trigger.duration)
            return Pause(length or timedelta())
        event = element.arrive or element.trigger.name
        if not event:
            self._tell("no-event", element)
        return Wait(event)

    def _check_ways(self, start: str, nodes: Mapping[str, Node]) -> None:
        reached = _reached(nodes, start)
        for node in nodes.values():
            if node.id not in reached:
                self._tell("unreachable", self.elements[node.id])
        for spinning in sorted(_spinning(nodes)):
            self._tell("spins", self.elements[spinning])


def _compared_with_outcome(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Compare):
        for one, other in ((tree.left, tree.right), (tree.right, tree.left)):
            if one == Name("outcome", "string") and isinstance(other, Constant) and isinstance(other.value, str):
                yield other.value
    for part in ("left", "right", "part"):
        inner = getattr(tree, part, None)
        if inner is not None:
            yield from _compared_with_outcome(inner)


def _next(node: Node) -> Iterator[str]:
    for way in node.ways:
        yield way.target
    if isinstance(node.does, Step):
        for way in node.does.caught.values():
            yield way.target


def _reached(nodes: Mapping[str, Node], start: str) -> set[str]:
    reached, ahead = {start}, [start]
    while ahead:
        for target in _next(nodes[ahead.pop()]):
            if target not in reached:
                reached.add(target)
                ahead.append(target)
    return reached


def _in_order(nodes: Mapping[str, Node], start: str) -> list[str]:
    """The nodes so that each comes before what follows it, circles aside: reverse postorder of a depth-first walk."""
    finished: list[str] = []
    seen = {start}
    walk = [(start, _next(nodes[start]))]
    while walk:
        node, ahead = walk[-1]
        target = next((one for one in ahead if one not in seen), None)
        if target is None:
            finished.append(node)
            walk.pop()
        else:
            seen.add(target)
            walk.append((target, _next(nodes[target])))
    return finished[::-1]


def _spinning(nodes: Mapping[str, Node]) -> set[str]:
    """The nodes on a circle of nodes that never wait: peel off what leads out, what remains goes round."""
    quick = {n.id for n in nodes.values() if isinstance(n.does, Pass | Step | Choose | Gather)}
    while True:
        leading_out = {one for one in quick if not any(target in quick for target in _next(nodes[one]))}
        entered = {target for one in quick for target in _next(nodes[one])}
        peeled = (quick - leading_out) & entered
        if peeled == quick:
            return quick
        quick = peeled
