"""What a flow that was taken says of the nodes of its map: where somebody came to stand, and where nobody stands any more."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..graph import Call, Decide, Gather, Graph, Hear, Include, Pause, Race, Script, Step, Throw, Wait, Work

STEPS = Work | Step | Script | Decide | Call | Wait | Hear | Pause
# where ways only meet nobody holds anything up: what is waited there is waited on the other ways
MEETS = Gather | Include
CAME, STEP, LEFT, CLEARED = "came", "step", "left", "cleared"


class Turn(NamedTuple):
    """A flow of a version: by it a node was come to (`came`, or `step` where the node is a step people would name), `left` by one, or
    `cleared` of all that stood there."""

    version: int
    flow: str
    node: str
    kind: str


def turns(graphs: Mapping[int, Graph]) -> list[Turn]:
    """The turns of every version (by its id) of one map. A version knows the flows of the others too: what moved over to it
    came by them."""
    own = {version: list(_of(graph)) for version, graph in graphs.items()}
    found = []
    for version, mine in own.items():
        flows = {flow for flow, _, _ in mine}
        others = {turn for rest in own.values() for turn in rest if turn[0] not in flows}
        found += [Turn(version, *turn) for turn in [*mine, *sorted(others)]]
    return found


def _of(graph: Graph) -> Iterator[tuple[str, str, str]]:
    holds = _holds(graph)
    for node in graph.nodes.values():
        for way in node.ways:
            target = graph.nodes[way.target]
            if isinstance(target.does, STEPS) or (isinstance(target.does, Throw) and not target.does.ends):
                yield way.flow, target.id, STEP
            elif isinstance(target.does, Race):
                yield way.flow, target.id, CAME
        # several ways are taken at once, save after a gateway that chooses: one of them says that the node was left
        ways = node.ways if isinstance(node.does, Race) else node.ways[:1]
        yield from ((way.flow, *gone) for way in ways for gone in _gone(graph, holds, node.id))


def _gone(graph: Graph, holds: Mapping[str, frozenset[str]], id: str) -> Iterator[tuple[str, str]]:
    """Where one stands no more once a node was left (the node, and the activity that its event stopped), and where nobody does:
    what lies in them."""
    node = graph.nodes[id]
    yield id, LEFT
    cleared = holds.get(id, frozenset())
    if node.host and node.stops and _begins_part(graph, id):
        around = next((scope for scope, inside in graph.inside.items() if node.host in inside.parts), "")
        cleared = holds[around] - {node.host} - holds[node.host]
    elif node.host and node.stops:
        yield node.host, LEFT
        cleared = holds.get(node.host, frozenset())
    yield from ((one, CLEARED) for one in sorted(cleared) if isinstance(graph.nodes[one].does, STEPS | Race | Throw))


def _begins_part(graph: Graph, id: str) -> bool:
    """Whether a node with a host is the start of an event sub-process, not an event at a border."""
    host = graph.nodes[id].host
    return host in graph.inside and graph.inside[host].start == id


def _holds(graph: Graph) -> Mapping[str, frozenset[str]]:
    """Every node that lies in a sub-process ("" is the process), at whatever depth."""
    borders: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        if node.host and not _begins_part(graph, node.id):
            borders.setdefault(node.host, []).append(node.id)
    found: dict[str, frozenset[str]] = {}

    def within(scope: str) -> frozenset[str]:
        if scope not in found:
            here, ahead = set(graph.inside[scope].parts), [graph.inside[scope].start]
            while ahead:
                id = ahead.pop()
                if id and id not in here:
                    here.add(id)
                    node = graph.nodes[id]
                    ahead += [*(way.target for way in node.ways), *borders.get(id, ()), node.undone_by]
            inner = [within(id) for id in here if id in graph.inside]
            found[scope] = frozenset(here).union(*inner)
        return found[scope]

    for scope in graph.inside:
        within(scope)
    return found
