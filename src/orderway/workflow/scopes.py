"""Beginning and completing activities: sub-processes, repeated activities, what listens at their borders, and how scopes end.

BPMN 2.0.2 (formal/13-12-09), clauses 13.3.4 sub-process, 13.3.6 loop, 13.3.7 multi-instance, 13.5.4 event sub-process, 13.5.6 end events.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from .conditions import Value
from .graph import Around, Node, Repeat
from .meaning import COUNTS
from .moving import Moving, remembered
from .tokens import LISTENING, Instance, Token

MOST_TIMES = 1_000
DONE = "done"


def go_on(move: Moving, tokens: Sequence[Token]) -> None:
    """Let tokens leave the node they stand at, because it is done."""
    for token in tokens:
        node = token.instance.graph.nodes[token.node]
        if node.around is None and node.ways:
            move.leave(token, node.ways)
        elif node.around is not None and node.around.repeat and token.inner:
            token.state = DONE  # judged together with the other rounds that are done now
            move.put(token)
        else:
            complete(move, token, node)


def complete(move: Moving, token: Token, node: Node) -> None:
    """An activity with something around it is done: nothing listens for it any more, and compensation may find it."""
    for ear in token.ears:
        move.drop(ear)
    token.ears = []
    token.counts = None
    if node.around and node.around.undo and not node.around.repeat:
        remember(move, token, node.around.undo, token.scope)
    if node.ways:
        move.leave(token, node.ways)
        return
    thrower = token.parent
    move.drop(token)
    if thrower is None:
        settle(move, token)
    else:
        move.put(thrower)  # it compensates the one before


def remember(move: Moving, token: Token, event: str, scope: Token | None) -> None:
    """Keep in a scope that an activity was completed: a token that listens at its compensation event."""
    move.add(token.instance, event, scope, LISTENING, like=token)


def begin(move: Moving, node: Node, around: Around, tokens: Sequence[Token]) -> list[Token]:
    """What must happen before an activity is done: listen at its border, and go into its rounds. Returns those that do it now."""
    fresh: list[Token] = []
    rounds: list[Token] = []
    now: list[Token] = []
    for token in tokens:
        if token.state == LISTENING:
            now.append(token)
        elif around.repeat and token.inner:
            (rounds if token.state == DONE else now).append(token)
        else:
            fresh.append(token)
    for token in fresh:
        if not token.ears:
            listen(move, token, around.listens)
    if around.repeat is None:
        return now + fresh
    if rounds:
        _judge_rounds(move, node, around, rounds)
    if fresh:
        _first_rounds(move, node, around.repeat, fresh)
    return now


def listen(move: Moving, token: Token, events: Sequence[str]) -> None:
    """Let a token beside this one listen at each of `events` for it."""
    for event in events:
        ear = move.add(token.instance, event, token.scope, LISTENING, like=token)
        ear.parent = token
        token.ears.append(ear)
        move.put(ear)


def enter(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Sub-processes begin: a token at the start of each, in a scope of its own."""
    move.wait(tokens)
    for token in tokens:
        open_scope(move, token.instance, token, node.id, like=token)


def open_scope(
    move: Moving, instance: Instance, scope: Token | None, id: str, start: str = "", like: Token | None = None
) -> None:
    """Begin at the start of a scope (or at another of its starts), with its event sub-processes listening."""
    inside = instance.graph.inside[id]
    for event in inside.listens:
        move.put(move.add(instance, event, scope, LISTENING, like=like))
    move.put(move.add(instance, start or inside.start, scope, like=like))


def start_part(move: Moving, instance: Instance, scope: Token | None, start: str, like: Token) -> None:
    """An event sub-process begins in a scope; one that interrupts ends everything else there (clause 13.5.4)."""
    graph = instance.graph
    node = graph.nodes[start]
    if node.stops:
        move.empty(instance, scope)
    holder = move.add(instance, node.host, scope, "waiting", like=like)
    for event in graph.inside[node.host].listens:
        move.put(move.add(instance, event, holder, LISTENING, like=like))
    inner = move.add(instance, start, holder, like=like)
    inner.reason, inner.reason_code, inner.reason_by = like.reason, like.reason_code, like.reason_by
    move.leave(inner, node.ways)


def interrupt(move: Moving, host: Token) -> None:
    """Stop an activity with all that runs in it. What was completed in there is forgotten with it: only what is completed can be
    compensated (clause 10.7)."""
    move.drop(host)
    if host.live:
        move.empty(host.instance, host)


def end(move: Moving, _: Node, tokens: Sequence[Token]) -> None:
    """Tokens end; a scope ends with its last one."""
    for token in tokens:
        move.drop(token)
        settle(move, token)


def end_all(move: Moving, _: Node, tokens: Sequence[Token]) -> None:
    """A terminate end event: everything in its scope ends, and the scope is done."""
    for token in tokens:
        if not token.gone:
            move.empty(token.instance, token.scope)
            settle(move, token)


def settle(move: Moving, token: Token) -> None:
    """Where a token was the last of its scope, the scope is done."""
    instance, scope = token.instance, token.scope
    if (scope or instance).live or instance.ended:
        return
    if scope is None:
        move.halt(instance, "ended")
        if instance.caller is not None:
            instance.caller.moves = token.moves
            go_on(move, [instance.caller])
        return
    _leave_memory(move, instance, scope)
    scope.moves, scope.changed = token.moves, True
    go_on(move, [scope])


def _leave_memory(move: Moving, instance: Instance, scope: Token) -> None:
    """What a scope that is done remembers goes to the scope around it, unless its own compensation takes the place of it."""
    around = instance.graph.nodes[scope.node].around
    up = scope.scope.scope if scope.inner and scope.scope else scope.scope
    for other in instance.tokens:
        if other.scope is scope and not other.gone:
            if remembered(other) and not (around and around.undo):
                other.scope, other.changed = up, True
            else:
                move.drop(other)


def _first_rounds(move: Moving, node: Node, repeat: Repeat, tokens: Sequence[Token]) -> None:
    names = repeat.count.names if repeat.count else frozenset()
    asked = repeat.until.names - frozenset(COUNTS) if repeat.until and repeat.before else frozenset()
    given = move.given(tokens, names | _plain(asked))
    for token in tokens:
        values = given[token.instance.id]
        many = _times(repeat, values)
        if many is None or many > MOST_TIMES:
            move.stick(token, "", "no-count", {"count": many})
            continue
        token.counts = {"of": many, "done": 0}
        token.state, token.changed = "waiting", True
        refused = repeat.before and not _true(repeat, token, values, token.outcome, 0)
        if refused or (many == 0 and repeat.kind != "loop"):
            complete(move, token, node)
        else:
            for at in range(1, (many if repeat.kind == "parallel" else 1) + 1):
                _round(move, token, at)


def _times(repeat: Repeat, values: Mapping[str, Value]) -> int | None:
    """How many rounds there are; 0 for a loop without a limit, None when it is not known."""
    if repeat.count is None:
        return 0
    many = repeat.count.value(values)
    return None if many is None or isinstance(many, str) else max(int(many), 0)  # type: ignore[arg-type]


def _round(move: Moving, body: Token, at: int) -> None:
    inner = move.add(body.instance, body.node, body, like=body)
    inner.moves += 1
    inner.counts = {"at": at}
    inner.reason, inner.reason_code, inner.reason_by = body.reason, body.reason_code, body.reason_by
    move.put(inner)


def _judge_rounds(move: Moving, node: Node, around: Around, done: Sequence[Token]) -> None:
    """Rounds that are done: the next one, or the end when all are done or the condition says so."""
    repeat = around.repeat
    assert repeat is not None  # noqa: S101 - only repeated activities have rounds
    names = _plain(repeat.until.names) if repeat.until else frozenset()
    given = move.given(done, names)
    for inner in done:
        body = inner.scope
        if inner.gone or body is None or body.counts is None:
            continue
        _count(body, inner)
        if around.undo:
            remember(move, inner, around.undo, body.scope)
        move.drop(inner)
        if _over(repeat, body, given[inner.instance.id], inner.outcome):
            body.outcome = _most(body.counts) or inner.outcome
            move.empty(body.instance, body)
            complete(move, body, node)
        elif repeat.kind != "parallel":
            _round(move, body, body.counts["done"] + 1)


def _count(body: Token, inner: Token) -> None:
    counts: dict[str, Any] = dict(body.counts or {})
    counts["done"] += 1
    counts["last"] = inner.outcome
    if inner.outcome:
        chosen = counts.get("chosen", {})
        counts["chosen"] = {**chosen, inner.outcome: chosen.get(inner.outcome, 0) + 1}
    body.counts, body.changed = counts, True
    body.moves = max(body.moves, inner.moves)


def _over(repeat: Repeat, body: Token, values: Mapping[str, Value], outcome: str) -> bool:
    counts = body.counts or {}
    if repeat.kind == "loop":
        enough = 0 < counts["of"] <= counts["done"]
        return enough or (repeat.until is not None and not _true(repeat, body, values, outcome, counts["done"]))
    return counts["done"] >= counts["of"] or (
        repeat.until is not None and _true(repeat, body, values, outcome, counts["done"])
    )


def _true(repeat: Repeat, body: Token, values: Mapping[str, Value], outcome: str, at: int) -> bool:
    """Whether the condition of a repeated activity holds, with what the standard counts (clause 13.3.7, table 10.30)."""
    if repeat.until is None:
        return True
    counts = body.counts or {}
    chosen = {f"count_{name}": many for name, many in counts.get("chosen", {}).items()}
    own = {name: 0 for name in repeat.until.names if name.startswith("count_")}
    standing = {
        "numberOfInstances": counts["of"],
        "numberOfCompletedInstances": counts["done"],
        "numberOfActiveInstances": body.live,
        "numberOfTerminatedInstances": 0,
        "loopCounter": at,
        "outcome": outcome,
    }
    return repeat.until.test({**own, **chosen, **standing, **values}) is True


def _plain(names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if name not in COUNTS and not name.startswith("count_"))


def _most(counts: Mapping[str, Any]) -> str:
    """The outcome that most rounds had; of several the one that came last among them."""
    chosen: Mapping[str, int] = counts.get("chosen", {})
    most = max(chosen.values(), default=0)
    best = [name for name, many in chosen.items() if many == most]
    return counts["last"] if counts.get("last") in best else best[-1] if best else ""
