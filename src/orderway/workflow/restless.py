"""Ways that go round without a rest: in one map, and over maps that call each other. A rest is whatever a token waits for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from .graph import (
    Call,
    Choose,
    Decide,
    End,
    Gather,
    Graph,
    Include,
    Inside,
    Node,
    Pass,
    Script,
    Step,
    Throw,
    Undo,
    Way,
    Within,
)
from .problems import Problem

_QUICK = Pass | Step | Script | Decide | Choose | Include | Gather | Throw | Undo | End
NONE: AbstractSet[str] = frozenset()


class Restless:
    """What the tokens of a map may do without a rest. `ends` and `fails` are the maps of which that is known: that they may come to
    their end, or fail, as soon as they are called."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        inside: Mapping[str, Inside],
        parents: Mapping[str, str],
        ends: AbstractSet[str] = NONE,
        fails: AbstractSet[str] = NONE,
    ) -> None:
        self.nodes, self.inside, self.parents, self.ends, self.fails = nodes, inside, parents, ends, fails
        self.ending = self._ending()

    def _ending(self) -> set[str]:
        """The nodes from which all tokens of their scope may come to an end: of branches that are all taken, each of them."""
        ending: set[str] = set()
        while more := {id for id, node in self.nodes.items() if id not in ending and self._may_end(node, ending)}:
            ending |= more
        return ending

    def _may_end(self, node: Node, ending: set[str]) -> bool:
        does = node.does
        if any(target in ending for target in self._caught(node)):
            return True
        if not self._passes(node, ending) or (isinstance(does, Throw) and does.kind == "error"):
            return False
        targets = [way.target in ending for way in node.ways]
        return (any(targets) or not targets) if isinstance(does, Choose | Include) else all(targets)

    def _passes(self, node: Node, ending: AbstractSet[str]) -> bool:
        """Whether a token may leave a node at once by its ways."""
        match node.does:
            case Call(map=called):
                return called in self.ends
            case Within():
                return self.inside[node.id].start in ending
        return isinstance(node.does, _QUICK)

    def _may_fail(self, node: Node) -> bool:
        does = node.does
        if isinstance(does, Call):
            return does.map in self.fails
        return isinstance(does, Step) or (isinstance(does, Throw) and does.kind == "error")

    def _caught(self, node: Node) -> Iterator[str]:
        """Where an error of a node may be caught, from the inside out as `catching.fail` looks: at its border, in the event sub-processes
        beside it, at the sub-process around. Which error a command or a map answers with is not known here."""
        if not self._may_fail(node):
            return
        code, place = node.does.name if isinstance(node.does, Throw) else None, node.id
        while place:
            inside = self.inside[self.parents[place]]
            for catches in (self.nodes[place].around, None if place in inside.parts else inside):
                caught = (catches.errors if catches else None) or {}
                if code is None:
                    yield from caught.values()
                elif found := caught.get(code) or caught.get(""):
                    yield found
                    return
            place = self.parents[place]

    def begun(self, starts: Iterable[str], ways: Iterable[Way] = ()) -> set[str]:
        """The nodes that may be begun without a rest when tokens begin at `starts` and come by `ways`. A parallel gateway is passed when
        all its flows are come by."""
        begun, ahead = set[str](), list(starts)
        come: dict[str, set[str]] = defaultdict(set)
        for way in ways:
            come[way.target].add(way.flow)
            ahead.append(way.target)
        while ahead:
            node = self.nodes[ahead.pop()]
            if node.id not in begun:
                begun.add(node.id)
                ahead += [target for target in self._into(node) if target not in begun]
            elif not isinstance(node.does, Gather):
                continue
            if isinstance(node.does, Gather) and not node.does.flows <= come[node.id]:
                continue
            for way in self._out(node):
                if way.flow not in come[way.target]:
                    come[way.target].add(way.flow)
                    ahead.append(way.target)
        return begun

    def spinning(self) -> set[str]:
        """The nodes that a token may come back to without a rest."""
        return {
            id for id in self._circling() if id in self.begun(self._into(self.nodes[id]), self._out(self.nodes[id]))
        }

    def _into(self, node: Node) -> list[str]:
        """Where tokens begin at once beside the ways: in a sub-process, and where an error is caught."""
        return [*self._caught(node), *([self.inside[node.id].start] if isinstance(node.does, Within) else [])]

    def _out(self, node: Node) -> Sequence[Way]:
        return node.ways if self._passes(node, self.ending) else ()

    def _circling(self) -> set[str]:
        """The nodes on circles, parallel gateways taken as ways through: peel off what leads out, what remains goes round."""
        left = {id: {*self._into(one), *(way.target for way in self._out(one))} for id, one in self.nodes.items()}
        while True:
            entered = set().union(*left.values())
            kept = {
                id: targets & left.keys() for id, targets in left.items() if id in entered and targets & left.keys()
            }
            if kept.keys() == left.keys():
                return set(left)
            left = kept

    def may_fail(self, start: str) -> bool:
        """Whether something may fail without a rest when a token begins at `start`."""
        return any(self._may_fail(self.nodes[id]) for id in self.begun([start]))


def restless_calls(graphs: Mapping[str, Graph], keys: Collection[str]) -> Mapping[str, tuple[Problem, ...]]:
    """What is wrong with the calls of the maps `keys`: those that come back to their own map, over others of `graphs` (by key), without
    a rest, and those on a way in the map that goes round without one."""
    if not any(isinstance(node.does, Call) for key in keys for node in graphs[key].nodes.values()):
        return {}
    of = _known(graphs)
    begun = {key: of[key].begun([graph.start]) for key, graph in graphs.items()}
    calls = {
        key: {
            id: does.map for id in begun[key] if isinstance(does := graph.nodes[id].does, Call) and does.map in graphs
        }
        for key, graph in graphs.items()
    }
    found = {}
    for key in keys:
        nodes, spinning = graphs[key].nodes, of[key].spinning()
        problems = [
            Problem("calls-itself", id, nodes[id].label.text, " → ".join(ring))
            for id, called in sorted(calls[key].items())
            if (ring := _way_back(calls, key, called))
        ]
        problems += [
            Problem("spins", id, nodes[id].label.text) for id in sorted(spinning) if isinstance(nodes[id].does, Call)
        ]
        found[key] = tuple(problems)
    return found


def _known(graphs: Mapping[str, Graph]) -> Mapping[str, Restless]:
    """The maps with what they may do without a rest: what one may do rests on those it calls."""
    ends, fails = frozenset[str](), frozenset[str]()
    while True:
        of = {key: Restless(one.nodes, one.inside, one.parents, ends, fails) for key, one in graphs.items()}
        now_ends = frozenset(key for key, one in graphs.items() if one.start in of[key].ending)
        now_fails = frozenset(key for key, one in graphs.items() if of[key].may_fail(one.start))
        if (now_ends, now_fails) == (ends, fails):
            return of
        ends, fails = now_ends, now_fails


def _way_back(calls: Mapping[str, Mapping[str, str]], key: str, called: str) -> list[str]:
    """The shortest ring of calls from a map over the one it calls back to it; empty where none leads back."""
    rings, seen = [[key, called]], {called}
    for ring in rings:
        if ring[-1] == key:
            return ring
        for other in sorted(set(calls[ring[-1]].values()) - seen):
            seen.add(other)
            rings.append([*ring, other])
    return []
