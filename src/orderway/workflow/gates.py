"""Gateways: BPMN 2.0.2 (formal/13-12-09), clause 13.4, tables 13.1 parallel, 13.2 exclusive, 13.3 inclusive, 13.4 event-based."""

from collections import defaultdict
from collections.abc import Sequence

from .graph import Choose, Gather, Include, Node
from .moving import Moving
from .scopes import go_on
from .tokens import LISTENING, Instance, Token

JOINING = "joining"
JOINED = "joined"


def choose(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """The first true condition decides, else the default."""
    does = node.does
    assert isinstance(does, Choose)  # noqa: S101 - the engine calls by what a node does
    conditions = [(way, way.condition) for way in node.ways if way.condition]
    names = frozenset().union(*(condition.names for _, condition in conditions))
    given = move.given(tokens, names)
    for token in tokens:
        values = given[token.instance.id] | {"outcome": token.outcome}
        way = next((way for way, condition in conditions if move.holds(token, condition, values)), does.default)
        if way is None:
            move.stick(token, "", "no-way", {name: values[name] for name in sorted(names)})
        else:
            move.take(token, way)


def include(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Every true condition opens a way; where several flows lead here, the tokens are first joined, when nothing moves any more."""
    does = node.does
    assert isinstance(does, Include)  # noqa: S101 - as above
    waits = len(does.flows) > 1
    going = [token for token in tokens if not waits or token.state == JOINED]
    for token in tokens:
        if waits and token.state != JOINED:
            token.state, token.changed = JOINING, True
    if not going:
        return
    conditions = [(way, way.condition) for way in node.ways if way.condition]
    always = [way for way in node.ways if way.condition is None and way is not does.default]  # out of a step only
    names = frozenset().union(*(condition.names for _, condition in conditions))
    given = move.given(going, names)
    for token in going:
        values = given[token.instance.id] | {"outcome": token.outcome}
        ways = [way for way, condition in conditions if move.holds(token, condition, values)]
        ways = always + (ways or ([does.default] if does.default else []))
        if ways:
            move.leave(token, ways)
        else:
            move.stick(token, "", "no-way", {name: values[name] for name in sorted(names)})


def join_inclusive(move: Moving) -> None:
    """Join at inclusive gateways what nothing else can still come to: asked when every token of the move rests."""
    for instance in move.stock.instances.values():
        if not instance.graph.joins or instance.ended:
            continue
        waiting: dict[tuple[str, Token | None], list[Token]] = defaultdict(list)
        for token in instance.tokens:
            if token.state == JOINING and not token.gone and token.node in instance.graph.joins:
                waiting[token.node, token.scope].append(token)
        for (node, scope), here in waiting.items():
            if _complete(instance, instance.graph.nodes[node], scope, here):
                first = {token.came_by: token for token in reversed(here)}
                joined = join(move, list(first.values()))
                joined.state = JOINED
                move.put(joined)


def _complete(instance: Instance, node: Node, scope: Token | None, here: Sequence[Token]) -> bool:
    """No token beside can still come by a flow that has none, unless it can come by one that has one, too (table 13.3)."""
    does = node.does
    assert isinstance(does, Include)  # noqa: S101 - as above
    full = frozenset(token.came_by for token in here)
    for token in instance.tokens:
        if token.gone or token.scope is not scope or token.state == LISTENING or token in here:
            continue
        ways = does.reach.get(token.node, frozenset())
        if ways - full and not ways & full:
            return False
    return True


def gather(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """A parallel gateway goes on with one token of each flow."""
    does = node.does
    assert isinstance(does, Gather)  # noqa: S101 - as above
    if len(does.flows) < 2:
        go_on(move, tokens)
        return
    for token in tokens:
        token.state, token.changed = JOINING, True
    for instance, scope in {(token.instance, token.scope): None for token in tokens}:
        by_flow: dict[str, list[Token]] = defaultdict(list)
        for token in instance.tokens:
            if token.state == JOINING and token.node == node.id and token.scope is scope and not token.gone:
                by_flow[token.came_by].append(token)
        while len(by_flow) == len(does.flows):
            together = [by_flow[flow].pop(0) for flow in sorted(by_flow)]
            by_flow = defaultdict(list, {flow: rest for flow, rest in by_flow.items() if rest})
            go_on(move, [join(move, together)])


def join(move: Moving, together: Sequence[Token]) -> Token:
    """One token of several."""
    # a stored token survives before a new one: nothing has to be deleted and inserted for it
    first, *others = sorted(together, key=lambda token: not token.stored)
    first.moves = max(token.moves for token in together)
    for token in others:
        move.drop(token)
    first.outcome = first.reason = first.reason_code = ""
    first.reason_by = None
    return first


def race(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """An event-based gateway: a token listens at each event after it."""
    move.wait(tokens)
    for token in tokens:
        for way in node.ways:
            ear = move.add(token.instance, way.target, token.scope, LISTENING, like=token)
            ear.parent, ear.came_by = token, way.flow
            token.ears.append(ear)
            move.put(ear)
