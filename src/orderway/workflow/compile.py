"""From a drawing to a graph that runs, or to the list of what cannot run and why. Pure: the caller says what is known."""

from collections.abc import Mapping
from dataclasses import dataclass

from .branching import spelt_out
from .drawn import Element, Flow, Process
from .graph import Around, Graph, Include, Inside, Node, Pass, Pause, Way
from .judging import Asked, Known, Shape
from .meaning import CLOCK_SUBJECT, PART_STARTS, STARTS, TASKS, Meaning
from .problems import WARNING, Problem
from .restless import Restless
from .times import When
from .wiring import Wiring

__all__ = ["Asked", "Compiled", "Known", "Shape", "compile_map"]
LONGEST_LABEL = 40
CONTAINERS = ("subProcess", "transaction", "adHocSubProcess")
CONDITIONAL = ("exclusiveGateway", "inclusiveGateway")
LISTENS = ("message", "timer", "signal")
SIGNAL = "signal:"


@dataclass(frozen=True, slots=True)
class Compiled:
    """The graph, or None when a problem is an error; the problems in the order of the file."""

    graph: Graph | None
    problems: tuple[Problem, ...]


def compile_map(processes: tuple[Process, ...], known: Known) -> Compiled:
    """Compile the one executable process of a file; `known` says which facts, commands, roles and maps there are."""
    runnable = [process for process in processes if process.executable]
    if len(runnable) != 1:
        first = processes[0]
        code = "several-processes" if runnable else "no-process"
        return Compiled(None, (Problem(code, first.id, first.label.text),))
    return _Compiler(runnable[0], known).compile()


class _Compiler(Meaning):
    """Puts the elements together; one use."""

    def __init__(self, process: Process, known: Known) -> None:
        process, always = spelt_out(process, TASKS)
        super().__init__(process, known)
        self.always |= always
        self.departments = {node: lane.department or lane.label.text for lane in process.lanes for node in lane.holds}
        self.parents = {element.id: element.parent for element in process.elements}
        self.clocks: dict[str, When] = {}
        self.out: dict[str, list[Flow]] = {id: [] for id in self.elements}
        for flow in process.flows:
            self.out.setdefault(flow.source, []).append(flow)

    def compile(self) -> Compiled:
        if not self.process.subject:
            self.tell("no-subject", self.process)
        elif self.process.subject not in self.known.facts:
            self.tell("unknown-subject", self.process, self.process.subject)
        self.check_care(self.process)
        self._check_flows()
        nodes = {element.id: self._node(element) for element in self.elements.values()}
        inside = {id: self._inside(id) for id in ["", *(e.id for e in self.elements.values() if e.kind in CONTAINERS)]}
        starts = [e for e in self.elements.values() if e.kind == "startEvent" and not e.parent]
        wiring = Wiring(nodes, inside, self.parents)
        if not self.broken:
            self._check_ways(wiring, [start.id for start in starts])
        graph = None if self.broken else self._graph(wiring, starts)
        return Compiled(graph, tuple(self.problems))

    def _graph(self, wiring: Wiring, starts: list[Element]) -> Graph:
        process, nodes = self.process, wiring.nodes
        order = wiring.in_order([*(start.id for start in starts), *wiring.inside[""].parts, *nodes])
        plain = next((start for start in starts if start.trigger.kind == "none"), starts[0])
        return Graph(
            key=process.id,
            label=process.label,
            subject=process.subject,
            start=plain.id,
            nodes=nodes,
            names=self.names,
            facts=frozenset(self.used & self.facts.keys()),
            rank={node: place for place, node in enumerate(order)},
            inside=wiring.inside,
            parents=self.parents,
            care=process.care,
            starts=self._arriving(starts),
            clocks=self.clocks,
            joins=frozenset(n.id for n in nodes.values() if isinstance(n.does, Include) and len(n.does.flows) > 1),
        )

    def _arriving(self, starts: list[Element]) -> Mapping[str, str]:
        """The starts by what arrives: the message's name, a signal's behind its prefix."""
        named = {start.arrive or start.trigger.name: start.id for start in starts if start.trigger.kind == "message"}
        return named | {SIGNAL + start.trigger.name: start.id for start in starts if start.trigger.kind == "signal"}

    def _check_flows(self) -> None:
        entered_by_event = {
            element.id
            for element in self.process.elements
            if element.kind in ("startEvent", "boundaryEvent") or element.by_event or element.undoes
        }
        for flow in self.process.flows:
            outside = flow.source not in self.parents or flow.target not in self.parents
            if outside or flow.target in entered_by_event or self.parents[flow.source] != self.parents[flow.target]:
                self.tell("broken-flow", flow)

    def _node(self, element: Element) -> Node:
        ways = tuple(self._way(flow, element) for flow in self.out[element.id])
        if element.kind == "intermediateThrowEvent" and element.trigger.kind == "link":
            ways += self._link(element)
        self._check_label(element)
        does = self.does(element, ways)
        self._check_end(element, ways)
        if element.kind == "boundaryEvent":
            self._check_border(element)
        part = self._part_of(element)
        if element.kind == "startEvent" and part is None:
            if isinstance(does, Pause):
                self.clocks[element.id] = does.when
            does = Pass()  # what it waits for has come when a token stands here
        return Node(
            id=element.id,
            label=element.label,
            department=self._department(element),
            does=does,
            ways=ways,
            around=self._around(element),
            host=element.attached_to or (part.id if part else ""),
            stops=bool(element.attached_to or part) and (element.interrupting or element.trigger.kind == "error"),
            undone_by=self.process.undone_by.get(element.id, ""),
        )

    def _part_of(self, element: Element) -> Element | None:
        """The event sub-process that a start event starts."""
        parent = self.elements.get(element.parent)
        return parent if parent is not None and parent.by_event and element.kind == "startEvent" else None

    def _department(self, element: Element) -> str:
        place: Element | None = element
        while place is not None:
            if place.id in self.departments:
                return self.departments[place.id]
            place = self.elements.get(place.parent)
        return ""

    def _check_end(self, element: Element, ways: tuple[Way, ...]) -> None:
        ends = element.kind == "endEvent"
        alone = element.by_event or element.undoes or element.trigger.kind == "compensate"
        if ends and ways:
            self.tell("after-end", element)
        if (element.by_event or element.undoes) and ways:
            self.tell("no-ways", element)
        if (not ends and not ways and not alone) or (
            not ends and not ways and element.kind == "intermediateThrowEvent"
        ):
            self.tell("dead-end", element)

    def _link(self, element: Element) -> tuple[Way, ...]:
        """The way from a link to where it lands (clause 10.5.5.2, link event definition)."""
        lands = [
            other
            for other in self.elements.values()
            if other.kind == "intermediateCatchEvent" and other.trigger == element.trigger and other.parent == element.parent
        ]  # fmt: skip
        if len(lands) != 1:
            self.tell("no-link", element, element.trigger.name)
            return ()
        return (Way(element.id, lands[0].id, None, element.label),)

    def _check_border(self, element: Element) -> None:
        host = self.elements.get(element.attached_to)
        if host is None or host.kind not in TASKS or host.by_event or host.parent != element.parent:
            self.tell("boundary", element)
        if element.trigger.kind == "compensate":
            if element.id not in self.process.undone_by:
                self.tell("no-undo", element)
            if self.out[element.id]:
                self.tell("no-ways", element)

    def _around(self, element: Element) -> Around | None:
        borders = [e for e in self.elements.values() if e.kind == "boundaryEvent" and e.attached_to == element.id]
        if not borders and element.loop is None:
            return None
        return Around(
            repeat=self.repeat(element),
            listens=tuple(border.id for border in borders if border.trigger.kind in LISTENS),
            errors=self._catchers(borders, "error"),
            escalations=self._catchers(borders, "escalation"),
            undo=next((border.id for border in borders if border.trigger.kind == "compensate"), ""),
        )

    def _catchers(self, events: list[Element], kind: str) -> Mapping[str, str] | None:
        caught: dict[str, str] = {}
        for event in events:
            if event.trigger.kind == kind:
                if event.trigger.code in caught:
                    self.tell("boundary-twice", event, event.trigger.code)
                caught[event.trigger.code] = event.id
        return caught or None

    def _inside(self, id: str) -> Inside:
        """The scope of a sub-process ("" is the process)."""
        place: Element | Process = self.elements[id] if id else self.process
        here = [element for element in self.elements.values() if element.parent == id]
        starts = [element for element in here if element.kind == "startEvent"]
        part = bool(id) and self.elements[id].by_event
        self._check_starts(place, starts, top=not id, part=part)
        parts = [element for element in here if element.by_event and element.kind == "subProcess"]
        events = [e for e in self.elements.values() if e.kind == "startEvent" and e.parent in {p.id for p in parts}]
        return Inside(
            start=starts[0].id if starts else "",
            parts=tuple(part.id for part in parts),
            listens=tuple(event.id for event in events if event.trigger.kind in LISTENS),
            errors=self._catchers(events, "error"),
            escalations=self._catchers(events, "escalation"),
        )

    def _check_starts(self, place: Element | Process, starts: list[Element], *, top: bool, part: bool) -> None:
        plain = [start for start in starts if start.trigger.kind == "none"]
        if not starts and not (
            isinstance(place, Element) and place.kind != "subProcess"
        ):  # what cannot run is told as a whole
            self.tell("no-start", place)
        elif len(plain) > 1 or (not top and len(starts) > 1):
            self.tell("several-starts", starts[1])
        for start in starts:
            kind = start.trigger.kind
            if part and kind not in PART_STARTS:
                self.tell("event-start", start)
            elif not part and (kind not in STARTS or (not top and kind != "none")):
                self.tell("start-trigger", start, kind)
            if top and kind == "timer" and self.process.subject != CLOCK_SUBJECT:
                self.tell("clock-subject", start, self.process.subject)
        named = [(start.trigger.kind, start.arrive or start.trigger.name) for start in starts]
        for start, name in zip(starts, named, strict=True):
            if name[0] in ("message", "signal") and named.count(name) > 1:
                self.tell("start-twice", start, name[1])

    def _check_label(self, element: Element) -> None:
        if len(element.label.text) > LONGEST_LABEL:
            self.tell("long-label", element, level=WARNING)
        if element.kind.endswith(("Task", "task")) and not element.label.text:
            self.tell("no-label", element, level=WARNING)

    def _way(self, flow: Flow, source: Element) -> Way:
        condition = None
        if (
            flow.condition and flow.id != source.default
        ):  # whatever stands on a default flow is not asked (clause 8.4.13)
            if source.kind not in CONDITIONAL:
                self.tell("condition-ignored", flow)
            condition = self.condition(flow, flow.condition)
        return Way(flow.id, flow.target, condition, flow.label)

    def _check_ways(self, wiring: Wiring, starts: list[str]) -> None:
        reached = wiring.reached([*starts, *wiring.inside[""].parts])
        for node in wiring.nodes.values():
            if node.id not in reached and node.host not in reached:
                self.tell("unreachable", self.elements[node.id])
        for spinning in sorted(Restless(wiring.nodes, wiring.inside, self.parents).spinning()):
            self.tell("spins", self.elements[spinning])
