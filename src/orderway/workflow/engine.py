"""Moving tokens: all that stand ready at a node move together, so the work grows with the depth of a map, not with its instances.

Tokens move in memory from where they waited to where they wait next; `tokens.store` writes the result once. What a node does is
BPMN 2.0.2 (formal/13-12-09), clause 13 "BPMN Execution Semantics": a token on each outgoing flow of an activity or a parallel
gateway, the first true condition at an exclusive gateway (default otherwise), a parallel join when each incoming flow has a token.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction

from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import commands
from orderway.kernel.sql import statements

from .bpmn import Argument
from .conditions import Value
from .facts import read_facts
from .graph import Call, Choose, End, Gather, Node, Pass, Pause, Step, Wait, Way, Work
from .published import graphs
from .tokens import SQL, Instance, Opened, Stock, Token, store

MAPS = statements("workflow", "maps")
MOST_MOVES = 1_000
Place = tuple[str, str]
log = structlog.get_logger()


class Move:
    """One move of a set of instances whose roots are locked. Use: set tokens going, then `rest()`."""

    def __init__(self, ctx: Context, stock: Stock) -> None:
        # a step acts for the person who set it going, with the right of the published map
        person = ctx.actor.on_behalf_of or ctx.actor.id or None
        self.ctx = replace(ctx.within(), actor=system_actor(ctx.actor.company_id, person))
        self.stock = stock
        self.ready: dict[Place, list[Token]] = defaultdict(list)
        self.facts: dict[tuple[str, frozenset[str]], dict[int, Mapping[str, Value]]] = {}

    def wake(self) -> None:
        """Set going what may go on: ready tokens, and those whose event has arrived or whose time has come."""
        waiting: list[Token] = []
        pausing: list[Token] = []
        for token in self.stock.tokens.values():
            if token.state == "ready":
                self.put(token)
            elif token.state == "waiting":
                does = token.instance.graph.nodes[token.node].does
                if isinstance(does, Wait):
                    waiting.append(token)
                elif isinstance(does, Pause):
                    pausing.append(token)
        for kind in sorted({instance.subject_type for instance in self.stock.instances.values()}):
            instances = [one for one in self.stock.instances.values() if one.subject_type == kind]
            arrived = self._arrived(kind, instances)
            # nobody may be waiting for it yet, and then it is kept for who comes
            self.stock.seen.update({id: "kept" for ids in arrived.values() for id in ids})
            self._take_arrivals([token for token in waiting if token.instance.subject_type == kind], arrived)
        if pausing:
            due = {row.token_id for row in self.ctx.fetch(SQL.due_timers, tokens=[token.id for token in pausing])}
            self.stock.rung += sorted(due)
            self.go_on([token for token in pausing if token.id in due])

    def rest(self) -> None:
        """Move tokens until each waits, is stuck or has ended, then write it all."""
        while self.ready:
            place = min(self.ready, key=lambda at: self.ready[at][0].instance.graph.rank[at[1]])
            tokens = [token for token in self.ready.pop(place) if not self._spins(token)]
            if tokens:
                self._arrive(tokens[0].instance.graph.nodes[place[1]], tokens)
        store(self.ctx, self.stock)

    def go_on(self, tokens: Sequence[Token]) -> None:
        """Let tokens leave the node they stand at, by all of its ways."""
        for token in tokens:
            ways = token.instance.graph.nodes[token.node].ways
            for way in ways[1:]:
                branch = Token(0, token.instance, token.node, "ready", scope=token.scope, parent=token.id or None)
                branch.moves, branch.outcome = token.moves, token.outcome
                self.stock.add(token.instance, branch)
                self._take(branch, way)
            self._take(token, ways[0])

    def _take(self, token: Token, way: Way) -> None:
        token.node, token.came_by, token.state, token.changed = way.target, way.flow, "ready", True
        token.moves += 1
        token.instance.path.append(way.flow)
        self.ready[token.instance.digest, token.node].append(token)

    def put(self, token: Token) -> None:
        """Let a token begin the node it stands at."""
        self.ready[token.instance.digest, token.node].append(token)

    def _spins(self, token: Token) -> bool:
        if token.moves <= MOST_MOVES:
            return False
        self._stick(token, "", "spins", {})
        return True

    def _stick(self, token: Token, command: str, code: str, facts: Mapping[str, Any]) -> None:
        token.state, token.changed = "stuck", True
        token.reason_code = code
        self.stock.stuck.append((token, command, code, facts))

    def _arrive(self, node: Node, tokens: list[Token]) -> None:
        match node.does:
            case Pass():
                self.go_on(tokens)
            case Choose() as choose:
                self._choose(node, choose, tokens)
            case Gather() as gather:
                self._gather(node, gather, tokens)
            case Step() as step:
                self._step(step, tokens)
            case Work() as work:
                self._open(node, work, tokens)
            case Wait():
                self._wait(tokens)
                kind = tokens[0].instance.subject_type
                self._take_arrivals(tokens, self._arrived(kind, [token.instance for token in tokens]))
            case Pause(length=length):
                self._wait(tokens)
                self.stock.paused += [(token, self.ctx.at + length) for token in tokens]
            case Call() as call:
                self._call(call, tokens)
            case End():
                self._end(tokens)

    def _wait(self, tokens: Iterable[Token]) -> None:
        for token in tokens:
            token.state, token.changed = "waiting", True

    def _arrived(self, kind: str, instances: Sequence[Instance]) -> dict[tuple[int, str], list[int]]:
        """The arrivals not taken yet by subject and name; all of one name and subject count once."""
        subjects = sorted({instance.subject for instance in instances})
        arrived: dict[tuple[int, str], list[int]] = defaultdict(list)
        for row in self.ctx.fetch(SQL.arrivals, subject_type=kind, subjects=subjects):
            if self.stock.seen.get(row.id) != "taken":
                arrived[row.subject_id, row.name].append(row.id)
        return arrived

    def _take_arrivals(self, tokens: Sequence[Token], arrived: dict[tuple[int, str], list[int]]) -> None:
        going = []
        for token in tokens:
            does = token.instance.graph.nodes[token.node].does
            taken = arrived.pop((token.instance.subject, does.event), None) if isinstance(does, Wait) else None
            if taken:
                self.stock.seen.update(dict.fromkeys(taken, "taken"))
                going.append(token)
        self.go_on(going)

    def _gather(self, node: Node, gather: Gather, tokens: Sequence[Token]) -> None:
        if len(gather.flows) < 2:
            self.go_on(tokens)
            return
        for token in tokens:
            token.state, token.changed = "joining", True
        for instance, scope in {(token.instance, token.scope): None for token in tokens}:
            by_flow: dict[str, list[Token]] = defaultdict(list)
            for token in instance.tokens:
                if token.state == "joining" and token.node == node.id and token.scope == scope and not token.gone:
                    by_flow[token.came_by].append(token)
            while len(by_flow) == len(gather.flows):
                together = [by_flow[flow].pop(0) for flow in sorted(by_flow)]
                by_flow = defaultdict(list, {flow: rest for flow, rest in by_flow.items() if rest})
                self._join(together)

    def _join(self, together: Sequence[Token]) -> None:
        # a stored token survives before a new one: nothing has to be deleted and inserted for it
        first, *others = sorted(together, key=lambda token: not token.stored)
        for token in others:
            token.gone = True
        first.moves = max(token.moves for token in together)
        first.outcome = first.reason = first.reason_code = ""
        first.parent = first.reason_by = None
        self.go_on([first])

    def _choose(self, node: Node, choose: Choose, tokens: Sequence[Token]) -> None:
        conditions = [(way, way.condition) for way in node.ways if way.condition]
        names = frozenset().union(*(condition.names for _, condition in conditions))
        given = self._given(tokens, names)
        for token in tokens:
            values = given[token.instance.id] | {"outcome": token.outcome}
            way = next((way for way, condition in conditions if condition.test(values)), choose.default)
            if way is None:
                self._stick(token, "", "no-way", {name: values[name] for name in sorted(names)})
            else:
                self._take(token, way)

    def _given(self, tokens: Sequence[Token], names: frozenset[str]) -> dict[int, dict[str, Value]]:
        """The values of names by instance: facts as they are now, form fields as they were filled in."""
        graph = tokens[0].instance.graph
        filled = names & graph.names.keys()
        asked = names - filled - {"outcome"}
        if filled:
            self._fill([token.instance for token in tokens])
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

    def _fill(self, instances: Sequence[Instance]) -> None:
        unread = [instance for instance in instances if instance.values is None]
        if not unread:
            return
        stored = {row.id: row.filled for row in self.ctx.fetch(SQL.values, ids=[instance.id for instance in unread])}
        for instance in unread:
            filled = {**json.loads(stored.get(instance.id, "{}")), **instance.filled}
            instance.values = {
                name: typed(value, instance.graph.names[name])
                for name, value in filled.items()
                if name in instance.graph.names
            }

    def _step(self, step: Step, tokens: Sequence[Token]) -> None:
        # a subject may stand here twice, by two branches: the step runs once a token, a subject once a round
        rounds: list[dict[int, Token]] = []
        for token in tokens:
            for one in rounds:
                if token.instance.subject not in one:
                    one[token.instance.subject] = token
                    break
            else:
                rounds.append({token.instance.subject: token})
        for one in rounds:
            self._run_step(step, list(one.values()))

    def _run_step(self, step: Step, tokens: Sequence[Token]) -> None:
        rows = self._rows(step, tokens)
        refused: dict[int | None, list[Refusal]] = defaultdict(list)
        for refusal in self._attempt(step.command, rows):
            refused[refusal.subject].append(refusal)
        self.facts.clear()
        for token in tokens:
            why = refused.get(token.instance.subject) or refused.get(None)
            if why is None:
                self.go_on([token])
                continue
            refusal = why[0]
            way = step.caught.get(refusal.code) or step.caught.get("")
            if way is None:
                self._stick(token, step.command, refusal.code, refusal.facts)
            else:
                words = [str(one.facts["reason"]) for one in why if one.facts.get("reason")]
                token.reason_code, token.reason, token.reason_by = refusal.code, "\n".join(words), None
                self._take(token, way)

    def _rows(self, step: Step, tokens: Sequence[Token]) -> Mapping[int, Mapping[str, Any]]:
        """The input of a step by subject: its id and the arguments of the drawing."""
        names = frozenset(one.fact or one.field for one in step.arguments if one.value is None)
        given = self._given(tokens, names)
        return {
            token.instance.subject: {
                "id": token.instance.subject,
                **{one.name: _argument(one, given[token.instance.id]) for one in step.arguments},
            }
            for token in sorted(tokens, key=lambda token: token.instance.subject)
        }

    def _attempt(self, name: str, rows: Mapping[int, Mapping[str, Any]]) -> list[Refusal]:
        """Run a step in a savepoint; an exception halves the set down to the subject that raises it."""
        subjects = list(rows)
        read, unfit = commands[name].read([rows[subject] for subject in subjects])
        if unfit:
            wrong = {subjects[refusal.subject or 0]: refusal for refusal in unfit}
            fit = {subject: row for subject, row in rows.items() if subject not in wrong}
            told = [Refusal("invalid", subject, refusal.facts) for subject, refusal in wrong.items()]
            return told + (self._attempt(name, fit) if fit else [])
        try:
            with transaction.atomic():
                return list(self.ctx.run(name, read, partial=True).refused)
        except (OperationalError, InterfaceError):
            raise  # the database went away or chose a deadlock victim: the whole move is tried again
        except Exception as error:
            if len(subjects) > 1:
                first, second = subjects[: len(subjects) // 2], subjects[len(subjects) // 2 :]
                return [
                    refusal
                    for half in (first, second)
                    for refusal in self._attempt(name, {subject: rows[subject] for subject in half})
                ]
            log.warning("step failed", command=name, subject=subjects[0], exc_info=error)
            return [Refusal("broken", subjects[0], {"error": f"{type(error).__name__}: {error}"[:500]})]

    def _open(self, node: Node, work: Work, tokens: Sequence[Token]) -> None:
        standing = self._standing(node, work, tokens) if work.holds else {}
        self._wait(tokens)
        due = self.ctx.at + work.due if work.due is not None else None
        for token in tokens:
            if token.instance.id in standing:
                token.outcome = standing[token.instance.id]
                self.stock.kept.append((token, node))
                self.go_on([token])
            else:
                self.stock.opened.append(Opened(token, work, due))

    def _standing(self, node: Node, work: Work, tokens: Sequence[Token]) -> Mapping[int, str]:
        """The outcomes of earlier approvals by instance that rest on what still holds."""
        now = self._given(tokens, frozenset({work.holds}))
        before = self.ctx.fetch(SQL.approvals, instances=[token.instance.id for token in tokens], node=node.id)
        return {
            row.instance_id: row.outcome
            for row in before
            if not row.sends_back and row.basis is not None and row.basis == basis_of(now[row.instance_id][work.holds])
        }

    def _call(self, call: Call, tokens: Sequence[Token]) -> None:
        self._wait(tokens)
        found = {row.key: row for row in self.ctx.fetch(MAPS.latest, keys=[call.map])}
        latest = found[call.map]
        graph = graphs(self.ctx, [latest.digest])[latest.digest]
        ids = self.ctx.fetch(SQL.call_ids, count=len(tokens))
        for token, row in zip(tokens, ids, strict=True):
            token.id = token.id or row.token
            self.stock.tokens[token.id] = token
            caller = token.instance
            called = Instance(
                id=row.instance,
                root=caller.root,
                parent=caller.id,
                called_by=token.id,
                definition=latest.definition_id,
                version=latest.version_id,
                digest=latest.digest,
                graph=graph,
                subject_type=caller.subject_type,
                subject=caller.subject,
                new=True,
            )
            start = Token(0, called, graph.start, "ready", moves=token.moves)
            self.stock.add(called, start)
            self.put(start)

    def _end(self, tokens: Sequence[Token]) -> None:
        for token in tokens:
            token.gone = True
            instance = token.instance
            if any(not other.gone for other in instance.tokens):
                continue
            instance.ended = True
            if instance.called_by is not None:
                caller = self.stock.tokens[instance.called_by]
                caller.moves = token.moves
                self.go_on([caller])


def _argument(argument: Argument, given: Mapping[str, Value]) -> Value:
    return argument.value if argument.value is not None else given[argument.fact or argument.field]


def basis_of(value: Value) -> str | None:
    """What an approval rests on, as stored; None (nothing there) is never the same again."""
    return None if value is None else str(value)


def typed(value: Any, kind: str) -> Value:
    """A form value as stored in JSON (numbers and dates as text, so that nothing becomes a float) in its own type."""
    if value is None:
        return None
    if kind == "number":
        return Decimal(value)
    return date.fromisoformat(value) if kind == "date" else value
