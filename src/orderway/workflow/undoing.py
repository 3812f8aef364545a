"""Compensation: BPMN 2.0.2 (formal/13-12-09), clauses 10.7 and 13.5.5. What was completed in a scope is remembered by tokens that
listen at its compensation events; a throw runs their activities one after the other, the last completed first."""

from collections.abc import Sequence

from .graph import Node, Undo
from .moving import Moving, remembered
from .scopes import go_on, settle
from .tokens import Token


def undo(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Run the compensation of what was completed last and not undone yet; when nothing is left, go on or end."""
    does = node.does
    if not isinstance(does, Undo):
        return
    move.wait(tokens)
    for token in tokens:
        memory = _latest(token, does)
        if memory is not None:
            _run(move, memory, token)
        elif does.ends:
            move.drop(token)
            settle(move, token)
        else:
            go_on(move, [token])


def _latest(thrower: Token, does: Undo) -> Token | None:
    """The latest memory in the scope of the thrower, and around it where that is an event sub-process."""
    graph = thrower.instance.graph
    scopes, at = [thrower.scope], thrower.scope
    while at is not None and at.node in graph.inside[at.scope.node if at.scope else ""].parts:
        at = at.scope
        scopes.append(at)
    for token in reversed(thrower.instance.tokens):
        if token.gone or not remembered(token) or not any(token.scope is scope for scope in scopes):
            continue
        if does.activities is None or graph.nodes[token.node].host in does.activities:
            return token
    return None


def _run(move: Moving, memory: Token, thrower: Token) -> None:
    """The token that remembered runs the compensation activity, for the thrower."""
    memory.node = memory.instance.graph.nodes[memory.node].undone_by
    memory.state, memory.parent, memory.scope, memory.changed = "ready", thrower, thrower.scope, True
    memory.moves = thrower.moves + 1
    memory.home.live += 1
    move.put(memory)
