"""What really happened to one subject on one map: the ways it took, the decisions people made, what arrived, what facts were. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from ..conditions import Condition, Value
from ..graph import Choose, Graph, Include, Node, Throw, Wait, Way

Place = tuple[str, str]
"""A node by the key of its map and its id."""


@dataclass(frozen=True, slots=True)
class Item:
    """A decision that waited for a person: `state` open, done or withdrawn (kept: an earlier approval still held, nobody was asked).
    `values` are those of its form, as stored. Where others had to agree, they took the time `then` (None: not all of them have),
    and may have `given_back` the step to be decided anew."""

    place: Place
    role: str
    opened_at: datetime
    due_at: datetime | None = None
    done_at: datetime | None = None
    state: str = "open"
    outcome: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    basis: str | None = None
    then: timedelta | None = timedelta()
    given_back: bool = False

    @property
    def took(self) -> timedelta:
        """How long it took; nothing while it is open."""
        return self.done_at - self.opened_at if self.done_at else timedelta()


@dataclass(frozen=True, slots=True)
class Ride:
    """One run through one map: the flows taken with their times, and how it stands ("running", "ended", "stopped")."""

    digest: str
    graph: Graph
    path: Sequence[tuple[str, datetime]]
    state: str
    started_at: datetime
    ended_at: datetime | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision table that was asked: by which version, on which values (as stored)."""

    at: datetime
    digest: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Passage:
    """A step that was come to, and how it was left: by its own way ("" for `border`), by an event at a border, or not at all (None)."""

    came: datetime
    left: datetime | None
    border: str | None


@dataclass(frozen=True)
class Past:
    """Everything that is known of one subject on its way. `rides` begins with the map itself, then what it called; `arrived` are the
    messages and signals in the order they came; `now` the facts of today, `then` what is known of them at past moments."""

    subject: int
    title: str
    rides: Sequence[Ride]
    items: Sequence[Item] = ()
    arrived: Sequence[tuple[str, datetime]] = ()
    asked: Mapping[str, Sequence[Asked]] = field(default_factory=dict)
    now: Mapping[str, Value] = field(default_factory=dict)
    then: Mapping[str, Sequence[tuple[datetime, Value]]] = field(default_factory=dict)

    @property
    def root(self) -> Ride:
        """The run of the map itself."""
        return self.rides[0]

    @cached_property
    def by_place(self) -> Mapping[Place, Sequence[Item]]:
        """Its work items by place, in the order they came."""
        found: dict[Place, list[Item]] = defaultdict(list)
        for item in sorted(self.items, key=lambda item: item.opened_at):
            found[item.place].append(item)
        return found

    @cached_property
    def passages(self) -> Mapping[Place, Sequence[Passage]]:
        """Every time a node was come to, by place."""
        found: dict[Place, Sequence[Passage]] = {}
        for ride in self.rides:
            for node, passages in _passages(ride).items():
                place = (ride.graph.key, node)
                found[place] = [*found.get(place, ()), *passages]
        return found

    @cached_property
    def answers(self) -> "Answers":
        """What the conditions that rest on facts alone really answered."""
        found = Answers({}, {})
        for ride in self.rides:
            _note_answers(ride, found)
        return found

    @cached_property
    def visited(self) -> frozenset[Place]:
        """The places it came to."""
        return frozenset(self.passages)

    @cached_property
    def told_inside(self) -> frozenset[str]:
        """The messages that its maps tell themselves: they are no input from outside."""
        graphs = {id(ride.graph): ride.graph for ride in self.rides}
        does = [node.does for graph in graphs.values() for node in graph.nodes.values()]
        return frozenset(one.name for one in does if isinstance(one, Throw) and one.kind == "message")

    def noticed(self) -> list[tuple[str, datetime]]:
        """What came from outside, at the moment the map went on by it: a worker takes up what arrived a little later."""
        waits: dict[str, list[Passage]] = defaultdict(list)
        for ride in self.rides:
            for node in ride.graph.nodes.values():
                if isinstance(node.does, Wait):
                    waits[node.does.event] += self.passages.get((ride.graph.key, node.id), ())
        begun = {self.root.started_at} if self.root.graph.starts else set()
        heard = []
        for name, at in self.arrived:
            if name in self.told_inside or (name in self.root.graph.starts and at in begun):
                continue
            left = [one.left for one in waits[name] if one.left and not one.border and one.came <= at <= one.left]
            heard.append((name, min(left, default=at)))
        return heard

    def fact(self, name: str, at: datetime) -> Value:
        """A fact as it was at a moment, as far as that is known, else as it is today."""
        known = self.then.get(name)
        if not known:
            return self.now.get(name)
        value = known[0][1]
        for moment, one in known:
            if moment > at:
                break
            value = one
        return value


@dataclass(frozen=True, slots=True)
class Answers:
    """What conditions answered: at a gateway (map, node, text) one time after the other, and by text with the moments."""

    at_gate: dict[tuple[str, str, str], list[bool]]
    ever: dict[str, list[tuple[datetime, bool]]]

    def of(self, place: Place, condition: Condition, times: int, at: datetime) -> bool | None:
        """The answer to a condition asked at a gateway for the `times`th time (from 0): the one it gave there then, else the last one it
        gave anywhere up to that moment, else the first one after; None when it was never asked."""
        here = self.at_gate.get((*place, condition.text), ())
        if times < len(here):
            return here[times]
        found = self.ever.get(condition.text)
        if not found:
            return None
        before = [answer for moment, answer in found if moment <= at]
        return before[-1] if before else found[0][1]


def sources(graph: Graph) -> Mapping[str, tuple[Node, Way]]:
    """The node that each flow leaves, and the way it is."""
    known = _sources.get(id(graph))
    if known is None or known[0] is not graph:
        if len(_sources) >= MOST_GRAPHS:
            _sources.clear()
        known = (graph, {way.flow: (node, way) for node in graph.nodes.values() for way in node.ways})
        _sources[id(graph)] = known
    return known[1]


MOST_GRAPHS = 200
_sources: dict[int, tuple[Graph, Mapping[str, tuple[Node, Way]]]] = {}


def _passages(ride: Ride) -> Mapping[str, list[Passage]]:
    graph, leads = ride.graph, sources(ride.graph)
    came: dict[str, list[datetime]] = defaultdict(list)
    left: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for at, (flow, moment) in enumerate(ride.path):
        if flow not in leads:
            continue
        source, way = leads[flow]
        if at == 0:
            came[source.id].append(ride.started_at)
        stopped = source.host if source.stops and source.host in graph.nodes else ""
        if stopped:
            came[source.id].append(moment)
            left[stopped].append((moment, source.id))
        if not left[source.id] or left[source.id][-1] != (moment, "") or len(source.ways) == 1:
            left[source.id].append((moment, ""))
        came[way.target].append(moment)
    found = {}
    for node, moments in came.items():
        out = left[node]
        found[node] = [
            Passage(moment, *(out[turn] if turn < len(out) else (None, None))) for turn, moment in enumerate(moments)
        ]
    return found


def _note_answers(ride: Ride, found: Answers) -> None:
    """Which conditions were true or false, from the ways taken: before the one taken all were false (clause 13.4.2)."""
    leads = sources(ride.graph)
    taken: list[tuple[Node, datetime, set[str]]] = []
    for flow, at in ride.path:
        if flow not in leads:
            continue
        node = leads[flow][0]
        if isinstance(node.does, Include) and taken and taken[-1][0] is node and taken[-1][1] == at:
            taken[-1][2].add(flow)
        elif isinstance(node.does, Choose | Include):
            taken.append((node, at, {flow}))
    types = ride.graph.facts
    for node, at, flows in taken:
        for way in node.ways:
            if way.condition is not None and way.condition.names <= types:
                answer = way.flow in flows
                found.at_gate.setdefault((ride.graph.key, node.id, way.condition.text), []).append(answer)
                found.ever.setdefault(way.condition.text, []).append((at, answer))
            if isinstance(node.does, Choose) and way.condition is not None and way.flow in flows:
                break  # those behind it were not asked; a default is taken when all were false
