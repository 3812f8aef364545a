"""A move of a set of instances whose roots are locked: where its tokens stand ready, and how one is put, taken and dropped.

Tokens move in memory from where they waited to where they wait next; `tokens.store` writes the result once. Nothing in here knows
what a node does; that is told in scopes, gates, steps, catching and undoing, one file a family, each a few functions on a `Moving`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from orderway.kernel.access import system_actor
from orderway.kernel.context import Context

from .conditions import Condition, Value
from .deadlines import Deadlines
from .facts import read_facts
from .forms import typed
from .graph import Node, Pause, Way, Work
from .tokens import LISTENING, Instance, Stock, Token

MOST_MOVES = 1_000
Ready = dict[str, dict[str, list[Token]]]  # by drawing and node
Does = Callable[["Moving", Node, Sequence[Token]], None]


@dataclass(slots=True)
class Arrived:
    """What has arrived for subjects of one kind and was not taken yet: the arrivals by subject and name. `subjects` are those that were
    looked at; all of one name and subject count once."""

    subjects: set[int] = field(default_factory=set)
    untaken: dict[tuple[int, str], list[int]] = field(default_factory=lambda: defaultdict(list))


class Moving:
    """Tokens by the node they stand ready at, and the facts read on the way."""

    def __init__(self, ctx: Context, stock: Stock) -> None:
        # a step acts for the person who set it going, with the right of the published map
        person = ctx.actor.on_behalf_of or ctx.actor.id or None
        acting = replace(ctx, actor=system_actor(ctx.actor.company_id, person), within_command=True)
        self.take_up(acting, stock, Deadlines(ctx, stamp=stock.calendar))

    def take_up(self, ctx: Context, stock: Stock, deadlines: Deadlines) -> None:
        """Take a stock in hand, with nothing set going and nothing read yet."""
        self.ctx, self.stock, self.deadlines = ctx, stock, deadlines
        self.ready: Ready = defaultdict(lambda: defaultdict(list))
        self.facts: dict[tuple[str, frozenset[str]], dict[int, Mapping[str, Value]]] = {}
        self.arrived: dict[str, Arrived] = defaultdict(Arrived)

    def forget(self) -> None:
        """Forget what was read: a command has run, and may have changed it."""
        self.facts.clear()
        self.arrived.clear()

    def put(self, token: Token) -> None:
        """Let a token begin the node it stands at."""
        self.ready[token.instance.digest][token.node].append(token)

    def take(self, token: Token, way: Way) -> None:
        """Let a token go a way and stand ready where it leads."""
        token.node, token.came_by, token.state, token.signal, token.changed = way.target, way.flow, "ready", "", True
        token.moves += 1
        token.instance.path.append(way.flow)
        self.ready[token.instance.digest][token.node].append(token)

    def leave(self, token: Token, ways: Sequence[Way]) -> None:
        """Let a token go all of these ways at once: on the first itself, on each other as a new token."""
        for way in ways[1:]:
            branch = self.add(token.instance, token.node, token.scope, like=token)
            self.take(branch, way)
        self.take(token, ways[0])

    def add(
        self,
        instance: Instance,
        node: str,
        scope: Token | None,
        state: str = "ready",
        like: Token | None = None,
    ) -> Token:
        """A new token at a node; with the moves and the outcome of the token that it comes from."""
        token = Token(0, instance, node, state, scope=scope)
        if like is not None:
            token.moves, token.outcome = like.moves, like.outcome
        self.stock.add(token)
        return token

    def wait(self, tokens: Sequence[Token]) -> None:
        """Let tokens stay where they are; those that only listen go on listening."""
        for token in tokens:
            if token.state != LISTENING:
                token.state, token.changed = "waiting", True

    def stick(self, token: Token, command: str, code: str, facts: Mapping[str, Any]) -> None:
        """A token that cannot go on stands still until it is tried again; the desk is told why."""
        token.state, token.changed = "stuck", True
        token.reason_code = code
        self.stock.stuck.append((token, command, code, facts))

    def spins(self, token: Token) -> bool:
        """Whether a token has moved too often without a rest; then it is stuck."""
        if token.moves <= MOST_MOVES:
            return False
        self.stick(token, "", "spins", {})
        return True

    def drop(self, token: Token) -> None:
        """Let a token go, with those that listen for it, its timer, its work item and the map it called."""
        if token.gone:
            return
        token.gone = True
        if token.state != LISTENING:
            token.home.live -= 1
        for ear in token.ears:
            self.drop(ear)
        if token.stored and token.state in ("waiting", LISTENING):
            does = token.instance.graph.nodes[token.node].does
            if isinstance(does, Pause):
                self.stock.rung.append(token.id)
            elif isinstance(does, Work):
                self.stock.withdrawn.append(token)
        if token.called is not None and not token.called.ended:
            self.halt(token.called, "stopped")

    def halt(self, instance: Instance, state: str) -> None:
        """End an instance with all its tokens, and what it called."""
        instance.ended = state
        for token in instance.tokens:
            self.drop(token)

    def empty(self, instance: Instance, scope: Token | None, keep: Token | None = None) -> None:
        """Drop every token that runs in a scope (None: in the instance) but `keep`; what is remembered for compensation stays."""
        for token in list(instance.tokens):
            if not token.gone and token is not keep and within(token, scope) and not remembered(token):
                self.drop(token)
        self._drop_remembered(instance)

    def _drop_remembered(self, instance: Instance) -> None:
        """Drop what is remembered for compensation in scopes that are gone: only what has completed is undone (clause 13.5.5)."""
        for token in instance.tokens:
            if token.scope is not None and token.scope.gone and not token.gone and remembered(token):
                self.drop(token)

    def given(self, tokens: Sequence[Token], names: frozenset[str]) -> dict[int, dict[str, Value]]:
        """The values of names by instance: facts as they are now, form fields as they were filled in. `outcome` is the token's own."""
        graph = tokens[0].instance.graph
        filled = names & graph.names.keys()
        asked = names - filled - {"outcome"}
        if filled:
            self.fill([token.instance for token in tokens])
        facts = self._read(graph.subject, [token.instance.subject for token in tokens], asked)
        given = {}
        for instance in {token.instance: None for token in tokens}:
            values = instance.values or {}
            given[instance.id] = {**facts[instance.subject], **{name: values.get(name) for name in filled}}
        return given

    def _read(self, subject: str, ids: Sequence[int], names: frozenset[str]) -> Mapping[int, Mapping[str, Value]]:
        known = self.facts.setdefault((subject, names), {})
        known.update(read_facts(self.ctx, subject, set(ids) - known.keys(), names))
        return known

    def holds(self, _: Token, condition: Condition, values: Mapping[str, Value]) -> bool:
        """Whether the condition of a way out of a gateway is true for a token that stands there."""
        return condition.test(values) is True

    def fill(self, instances: Sequence[Instance]) -> None:
        """Give what was filled into the forms of instances its types, unless it has them already."""
        for instance in instances:
            if instance.values is None:
                filled = {**json.loads(instance.stored), **instance.filled}
                instance.values = {
                    name: typed(value, instance.graph.names[name])
                    for name, value in filled.items()
                    if name in instance.graph.names
                }

    def keep(self, instance: Instance, name: str, value: Value) -> None:
        """Keep a value for an instance as if it had been filled into a form."""
        instance.filled[name] = value if value is None or isinstance(value, bool | str) else str(value)
        if instance.values is not None:
            instance.values[name] = value


def within(token: Token, scope: Token | None) -> bool:
    """Whether a token runs in a scope, at whatever depth; everything runs in None."""
    at = token.scope
    while at is not None and at is not scope:
        at = at.scope
    return at is scope


def remembered(token: Token) -> bool:
    """Whether a token only remembers a completed activity for compensation."""
    return token.state == LISTENING and bool(token.instance.graph.nodes[token.node].undone_by)


def basis_of(value: Value) -> str | None:
    """What an approval rests on, as stored; None (nothing there) is never the same again."""
    return None if value is None else str(value)
