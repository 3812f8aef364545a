"""Moving tokens: all that stand ready at a node move together, so the work grows with the depth of a map, not with its instances.

What a node does is BPMN 2.0.2 (formal/13-12-09), clause 13 "BPMN Execution Semantics"; here each kind is given to its family.
"""

from collections.abc import Mapping, Sequence

from orderway.kernel.sql import statements

from . import catching, gates, scopes, steps, undoing
from .forms import typed
from .graph import (
    Call,
    Choose,
    Decide,
    End,
    Gather,
    Hear,
    Include,
    Node,
    Pass,
    Pause,
    Race,
    Script,
    Step,
    Throw,
    Undo,
    Wait,
    Within,
    Work,
)
from .moving import MOST_MOVES, Does, Moving, basis_of
from .published import graphs
from .tokens import SQL, Instance, Opened, Token, store

__all__ = ["MOST_MOVES", "Move", "basis_of", "typed"]
MAPS = statements("workflow", "maps")


class Move(Moving):
    """One move of a set of instances whose roots are locked. Use: set tokens going, then `rest()`."""

    def does(self, node: Node) -> Does:
        """What is done with the tokens that begin a node."""
        return DOES[type(node.does)]

    def wake(self) -> None:
        """Set going what may go on: ready tokens, and those whose event has arrived or whose time has come."""
        catching.wake(self)

    def begin(self, instance: Instance, start: str = "") -> None:
        """Let an instance begin, at its plain start or at another one."""
        scopes.open_scope(self, instance, None, "", start or instance.graph.start)

    def go_on(self, tokens: Sequence[Token]) -> None:
        """Let tokens leave the node they stand at, because it is done."""
        scopes.go_on(self, tokens)

    def rest(self) -> None:
        """Move tokens until each waits, is stuck or has ended, then write it all."""
        self.run_to_rest()
        store(self.ctx, self.stock)

    def run_to_rest(self) -> None:
        """Move tokens until each waits, is stuck or has ended; nothing is written."""
        self._run()
        while any(instance.graph.joins for instance in self.stock.instances.values()):
            gates.join_inclusive(self)
            if not self.ready:
                break
            self._run()

    def _run(self) -> None:
        while self.ready:
            drawing, places = next(iter(self.ready.items()))
            if not places:
                del self.ready[drawing]
                continue
            place = min(places, key=lambda node: places[node][0].instance.graph.rank[node])
            tokens = [token for token in places.pop(place) if not token.gone and not self.spins(token)]
            if not tokens:
                continue
            node = tokens[0].instance.graph.nodes[place]
            if node.around is not None:
                tokens = scopes.begin(self, node, node.around, tokens)
            if tokens:
                self.does(node)(self, node, tokens)


def _pass(move: Moving, _: Node, tokens: Sequence[Token]) -> None:
    scopes.go_on(move, tokens)


def _open(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """A person has to decide, unless an earlier approval rests on what still holds."""
    work = node.does
    if not isinstance(work, Work):
        return
    standing = _standing(move, node, work, tokens) if work.holds else {}
    move.wait(tokens)
    due = move.deadlines.after(node.department, work.term) if work.term else None
    notices = move.deadlines.notices(node.department, work.care, due)
    for token in tokens:
        if token.instance.id in standing:
            token.outcome = standing[token.instance.id]
            move.stock.kept.append((token, node))
            scopes.go_on(move, [token])
        else:
            move.stock.opened.append(Opened(token, work, due, notices))


def _standing(move: Moving, node: Node, work: Work, tokens: Sequence[Token]) -> Mapping[int, str]:
    """The outcomes of earlier approvals by instance that rest on what still holds."""
    now = move.given(tokens, frozenset({work.holds}))
    before = move.ctx.fetch(SQL.approvals, instances=[token.instance.id for token in tokens], node=node.id)
    return {
        row.instance_id: row.outcome
        for row in before
        if not row.sends_back and row.basis is not None and row.basis == basis_of(now[row.instance_id][work.holds])
    }


def _call(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Another map runs for the same subjects."""
    call = node.does
    if not isinstance(call, Call):
        return
    move.wait(tokens)
    (latest,) = move.ctx.fetch(MAPS.latest, keys=[call.map])
    graph = graphs(move.ctx, [latest.digest])[latest.digest]
    for token, row in zip(tokens, move.ctx.fetch(SQL.call_ids, count=len(tokens)), strict=True):
        token.called = Instance(
            id=row.id,
            root=token.instance.root,
            definition=latest.definition_id,
            version=latest.version_id,
            digest=latest.digest,
            graph=graph,
            subject_type=token.instance.subject_type,
            subject=token.instance.subject,
            caller=token,
            new=True,
        )
        scopes.open_scope(move, token.called, None, "", like=None)
        token.called.tokens[-1].moves = token.moves


DOES: Mapping[type, Does] = {
    Pass: _pass,
    Work: _open,
    Step: steps.step,
    Script: steps.script,
    Decide: steps.decide,
    Choose: gates.choose,
    Include: gates.include,
    Gather: gates.gather,
    Race: gates.race,
    Wait: catching.wait,
    Hear: catching.hear,
    Pause: catching.pause,
    Call: _call,
    Within: scopes.enter,
    Throw: catching.throw,
    Undo: undoing.undo,
    End: lambda move, node, tokens: (
        scopes.end_all(move, node, tokens)
        if isinstance(node.does, End) and node.does.all
        else scopes.end(move, node, tokens)
    ),
}
