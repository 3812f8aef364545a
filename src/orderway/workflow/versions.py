"""Whether an instance that stands somewhere in one version of a map can go on in another. Pure."""

from collections.abc import Iterator, Mapping

from .graph import Gather, Graph, Include
from .tokens import Token


def misfit(old: Graph, new: Graph, token: Token, nodes: Mapping[str, str]) -> str:
    """Why a token cannot stand in the new version: "gone", "other-kind", "other-scope", "other-ways", "listens-otherwise"; "" when it can.

    `nodes` gives the new id of a place whose id changed.
    """
    was, node = old.nodes[token.node], new.nodes.get(nodes.get(token.node, token.node))
    if node is None:
        return "gone"
    repeats = [bool(one.around and one.around.repeat) for one in (was, node)]
    if type(node.does) is not type(was.does) or repeats[0] != repeats[1]:
        return "other-kind"
    scope = scopes(old).get(was.id, "")
    if scopes(new).get(node.id, "") != nodes.get(scope, scope):
        return "other-scope"
    if token.state == "joining" and _flows(was.does) != _flows(node.does):
        return "other-ways"
    listens = [set(one.around.listens) if one.around else set() for one in (was, node)]
    if {nodes.get(one, one) for one in listens[0]} != listens[1]:
        return "listens-otherwise"
    return ""


def _flows(does: object) -> frozenset[str]:
    return does.flows if isinstance(does, Gather | Include) else frozenset()


def scopes(graph: Graph) -> Mapping[str, str]:
    """The sub-process that each place lies in, "" for the process itself."""
    return {
        place: scope
        for scope, inside in graph.inside.items()
        for place in _within(graph, {inside.start, *inside.parts, *inside.listens})
    }


def _within(graph: Graph, first: set[str]) -> Iterator[str]:
    """The places that the ways lead to from the first ones, events at borders included; not into sub-processes."""
    hosted: dict[str, list[str]] = {}
    for one in graph.nodes.values():
        if one.host:
            hosted.setdefault(one.host, []).append(one.id)
    seen, open_ = set(first), list(first)
    while open_:
        place = open_.pop()
        node = graph.nodes.get(place)
        if node is None:
            continue
        yield place
        for following in (*(way.target for way in node.ways), *hosted.get(place, ())):
            if following not in seen:
                seen.add(following)
                open_.append(following)
