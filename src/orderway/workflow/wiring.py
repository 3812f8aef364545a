"""Walks along the flows of a map: what leads where, and in which order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from .drawn import Element, Flow
from .graph import End, Inside, Node, Throw, Undo, Within


class Wiring:
    """The nodes of a map with what follows each of them."""

    def __init__(self, nodes: Mapping[str, Node], inside: Mapping[str, Inside], parents: Mapping[str, str]) -> None:
        self.nodes, self.inside, self.parents = nodes, inside, parents

    def after(self, node: Node) -> Iterator[str]:
        """Every node that may come next, over events at borders and into and out of sub-processes too."""
        yield from self._onward(node)
        if node.undone_by:
            yield node.undone_by
        if around := node.around:
            yield from around.listens
            yield from (around.escalations or {}).values()
            yield from (around.errors or {}).values()
            if around.undo:
                yield around.undo
        if isinstance(node.does, Within):
            yield from self.inside[node.id].parts

    def _onward(self, node: Node) -> Iterator[str]:
        yield from (way.target for way in node.ways)
        if isinstance(node.does, Within):
            yield self.inside[node.id].start
        parent = self.parents[node.id]
        if parent and not node.ways and isinstance(node.does, End | Throw | Undo):
            yield from (way.target for way in self.nodes[parent].ways)

    def reached(self, starts: Iterable[str]) -> set[str]:
        """All nodes that the starts lead to."""
        reached = set(starts)
        ahead = list(reached)
        while ahead:
            for target in self.after(self.nodes[ahead.pop()]):
                if target not in reached:
                    reached.add(target)
                    ahead.append(target)
        return reached

    def in_order(self, starts: Iterable[str]) -> list[str]:
        """The nodes so that each comes before what follows it, circles aside: reverse postorder of depth-first walks."""
        finished: list[str] = []
        seen: set[str] = set()
        for start in starts:
            if start in seen:
                continue
            seen.add(start)
            walk = [(start, self.after(self.nodes[start]))]
            while walk:
                node, ahead = walk[-1]
                target = next((one for one in ahead if one not in seen), None)
                if target is None:
                    finished.append(node)
                    walk.pop()
                else:
                    seen.add(target)
                    walk.append((target, self.after(self.nodes[target])))
        return finished[::-1]


def reach(join: Element, elements: Mapping[str, Element], flows: Iterable[Flow]) -> Mapping[str, frozenset[str]]:
    """For an inclusive gateway: the flows into it that can still be come by from each node beside it, without passing it
    (clause 13.4.3, table 13.3)."""
    before: dict[str, set[str]] = defaultdict(set)
    for source, target in _beside(join, elements, flows):
        before[target].add(source)
    found: dict[str, set[str]] = defaultdict(set)
    for flow in flows:
        if flow.target != join.id:
            continue
        back, seen = [flow.source], {flow.source, join.id}
        while back:
            node = back.pop()
            found[node].add(flow.id)
            back += before[node] - seen
            seen |= before[node]
    return {node: frozenset(ways) for node, ways in found.items() if node != join.id}


def _beside(join: Element, elements: Mapping[str, Element], flows: Iterable[Flow]) -> Iterator[tuple[str, str]]:
    """The steps from node to node in the scope of `join`: its flows, from activities to events at their border, and links."""
    for flow in flows:
        source = elements.get(flow.source)
        if source is not None and source.parent == join.parent:
            yield flow.source, flow.target
    for element in elements.values():
        if element.parent != join.parent:
            continue
        if element.attached_to:
            yield element.attached_to, element.id
        if element.kind == "intermediateThrowEvent" and element.trigger.kind == "link":
            for other in elements.values():
                if (
                    other.kind == "intermediateCatchEvent"
                    and other.trigger == element.trigger
                    and other.parent == join.parent
                ):
                    yield element.id, other.id
