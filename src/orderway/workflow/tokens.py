"""Instances and tokens while a set of them moves: loaded once, changed in memory, stored once."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from orderway.kernel import desk
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.sql import columns, statements
from orderway.wire import Sent

from .assigning import Given, give
from .conditions import Value
from .deadlines import Planned, plan
from .graph import Graph, Node, Work
from .published import graphs

SQL = statements("workflow", "tokens")


LISTENING = "listening"


@dataclass(slots=True, eq=False)
class Instance:
    """One subject on its way through one map. `stored` (JSON) is what its forms hold so far. `path`, `filled` and `ended` (the state
    it ends in) are what this move adds to its row; `live` counts its tokens that stand in no sub-process and do not only listen;
    `caller` is the token that called it."""

    id: int
    root: int
    definition: int
    version: int
    digest: str
    graph: Graph
    subject_type: str
    subject: int
    caller: "Token | None" = None
    new: bool = False
    stored: str = "{}"
    tokens: "list[Token]" = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    filled: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Value] | None = None
    ended: str = ""
    live: int = 0


@dataclass(slots=True, eq=False)
class Token:
    """One place of an instance. `id` is 0 until it is given one; `reason` travels to the next work item.

    `scope` is the token of the sub-process (or of the repeated activity) it runs in; `parent` the one it listens for, or undoes for.
    `live` counts the tokens in its own scope, `ears` are those that listen for it, `called` is the map that runs for it. `counts`
    holds how often a repeated activity ran (of, done, and each outcome), the round of one of its rounds (at), or how often a timer
    still rings (left). `extras` are the persons who have to agree to what is decided where it stood when it was loaded."""

    id: int
    instance: Instance
    node: str
    state: str
    came_by: str = ""
    scope: "Token | None" = None
    parent: "Token | None" = None
    outcome: str = ""
    reason: str = ""
    reason_code: str = ""
    reason_by: int | None = None
    signal: str = ""
    counts: dict[str, Any] | None = None
    extras: Sequence[int] = ()
    stored: bool = False
    changed: bool = False
    gone: bool = False
    moves: int = 0
    live: int = 0
    ears: "list[Token]" = field(default_factory=list)
    called: Instance | None = None

    @property
    def home(self) -> "Token | Instance":
        """What ends with its last token: the scope, else the instance."""
        return self.scope or self.instance

    @property
    def inner(self) -> bool:
        """Whether this is one round of a repeated activity, whose own token is its scope."""
        return self.scope is not None and self.scope.node == self.node


@dataclass(frozen=True, slots=True)
class Opened:
    """A work item to open for a token, and what to tell about it when."""

    token: Token
    work: Work
    due_at: datetime | None
    notices: Sequence[Planned] = ()


@dataclass(slots=True)
class Stock:
    """Everything that is moved at once, and what has to be written when it rests. `calendar` is the stamp of the company's calendars as
    it was loaded."""

    instances: dict[int, Instance] = field(default_factory=dict)
    tokens: dict[int, Token] = field(default_factory=dict)
    opened: list[Opened] = field(default_factory=list)
    withdrawn: list[Token] = field(default_factory=list)
    paused: list[tuple[Token, datetime]] = field(default_factory=list)
    rung: list[int] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    told: list[tuple[Instance, str]] = field(default_factory=list)
    signals: list[tuple[Instance, str]] = field(default_factory=list)
    stuck: list[tuple[Token, str, str, Mapping[str, Any]]] = field(default_factory=list)
    kept: list[tuple[Token, Node]] = field(default_factory=list)
    failed: dict[int, str] = field(default_factory=dict)
    calendar: str = ""

    def add(self, token: Token) -> None:
        """Let a token stand in its instance."""
        instance = token.instance
        self.instances[instance.id] = instance
        instance.tokens.append(token)
        if token.id:
            self.tokens[token.id] = token
        if token.state != LISTENING:
            token.home.live += 1


def lock(ctx: Context, roots: Collection[int], *, skip: bool = False) -> set[int]:
    """Lock the running roots in key order (the lock of all their instances); with `skip` only those that nobody else holds."""
    statement = SQL.lock_free if skip else SQL.lock
    return {row.id for row in ctx.fetch(statement, roots=sorted(roots))}


def load(ctx: Context, roots: Collection[int]) -> Stock:
    """The running instances of locked roots with all their tokens."""
    return loaded(ctx, ctx.fetch(SQL.load, roots=list(roots)) if roots else ())


def send_load(ctx: Context, items: Collection[int]) -> Sent:
    """Ask for what `loaded` takes: the tokens under the roots of work items, with extra approvers. Sent behind the statement that locks
    these roots it reads what stands there when they are locked, and travels with it."""
    return ctx.send(SQL.load, items=list(items), extras=True)


def loaded(ctx: Context, rows: Sequence[Any], *, extras: bool = False) -> Stock:
    """The instances and tokens of rows; with `extras` those name extra approvers, too."""
    stock = Stock(calendar=rows[0].calendar or "" if rows else "")
    compiled = graphs(ctx, {row.digest for row in rows}) if rows else {}
    for row in rows:
        # taken apart at once: to ask a row for column after column takes longer than all the rest
        id, of, node, came_by, state, _, _, outcome, reason, code, by, signal, counts, filled, *place = row[:21]
        instance = stock.instances.get(of)
        if instance is None:
            root, _, definition, version, digest, kind, subject = place
            instance = Instance(of, root, definition, version, digest, compiled[digest], kind, subject)
            instance.stored = filled
            stock.instances[of] = instance
        token = Token(id, instance, node, state, came_by, None, None, outcome, reason, code, by, signal)
        if counts:
            token.counts = json.loads(counts)
        if extras:
            token.extras = row.extras
        token.stored = True
        instance.tokens.append(token)
        stock.tokens[id] = token
    _tie(stock, rows)
    return stock


def _tie(stock: Stock, rows: Sequence[Any]) -> None:
    """Tie loaded tokens to their scopes, to those they listen for, and to the maps they called."""
    for row in rows:
        token = stock.tokens[row[0]]
        if row.scope:
            token.scope = stock.tokens[row.scope]
        if row.parent:
            token.parent = stock.tokens.get(row.parent)
        if token.state != LISTENING:
            token.home.live += 1
        elif token.parent is not None:
            token.parent.ears.append(token)
        if row.called_by and token.instance.caller is None:
            token.instance.caller = caller = stock.tokens[row.called_by]
            caller.called = token.instance


def store(ctx: Context, stock: Stock) -> None:
    """Write what has changed: a constant number of statements, whatever the number of instances."""
    tokens = [token for instance in stock.instances.values() for token in instance.tokens]
    nameless = [token for token in tokens if not token.id and not token.gone]
    if nameless:
        for token, row in zip(nameless, ctx.fetch(SQL.token_ids, count=len(nameless)), strict=True):
            token.id = row.id
    _insert_called(ctx, stock.instances.values())
    _write_moved(ctx, stock.instances.values(), tokens)
    if stock.withdrawn:
        instances = sorted({token.instance.id for token in stock.withdrawn})
        ctx.fetch(SQL.withdraw_items, instances=instances, tokens=[token.id for token in stock.withdrawn])
    if stock.rung:
        ctx.fetch(SQL.delete_timers, tokens=stock.rung)
    opened = [one for one in stock.opened if not one.token.gone]
    if opened:
        _open(ctx, opened)
    paused = [(token.id, due) for token, due in stock.paused if not token.gone]
    if paused:
        ctx.fetch(SQL.insert_timers, token=[id for id, _ in paused], due_at=[due for _, due in paused])
    if stock.seen:
        ctx.fetch(SQL.settle_arrivals, id=list(stock.seen), state=list(stock.seen.values()))
    _tell(ctx, stock)
    clear_desk(ctx, (token for token in tokens if token.gone))
    _record(ctx, stock)


def _tell(ctx: Context, stock: Stock) -> None:
    """Messages told and signals given by the maps themselves: arrivals, for others to find."""
    if stock.told:
        subjects = [instance for instance, _ in stock.told]
        ctx.fetch(SQL.tell, **columns(subjects, "subject_type", "subject"), name=[name for _, name in stock.told])
    if stock.signals:
        subjects = [instance for instance, _ in stock.signals]
        ctx.fetch(
            SQL.signal,
            **columns(subjects, "subject_type", "subject"),
            name=[name for _, name in stock.signals],
            roots=sorted({instance.root for instance in stock.instances.values()}),
        )


def _insert_called(ctx: Context, instances: Iterable[Instance]) -> None:
    new = [instance for instance in instances if instance.new]
    if new:
        ctx.fetch(
            SQL.insert_instances,
            **columns(new, "id", "root", "definition", "version", "subject_type", "subject"),
            parent=[instance.caller and instance.caller.instance.id for instance in new],
            called_by=[instance.caller and instance.caller.id for instance in new],
            **_taken(new),
        )
        for instance in new:
            instance.path, instance.filled = [], {}  # they stand in its row now


_TOKEN_COLUMNS = ("id", "node", "came_by", "state", "outcome", "reason", "reason_code", "reason_by", "signal")


def _columns(tokens: Sequence[Token], prefix: str = "") -> dict[str, list[Any]]:
    found = {
        **columns(tokens, *_TOKEN_COLUMNS),
        "scope": [token.scope and token.scope.id for token in tokens],
        "parent": [token.parent and token.parent.id for token in tokens],
        "counts": [token.counts and json.dumps(token.counts) for token in tokens],
    }
    return {prefix + name: values for name, values in found.items()} if tokens else {}


def _taken(instances: Sequence[Instance]) -> dict[str, list[str]]:
    """Flows taken and form values that this move adds."""
    return {
        "path": [" ".join(one.path) for one in instances],
        "filled": [json.dumps(one.filled) if one.filled else "{}" for one in instances],
    }


def _write_moved(ctx: Context, instances: Iterable[Instance], tokens: Sequence[Token]) -> None:
    """What has changed of instances and tokens, in one statement that holds only the parts that are needed."""
    moved = [instance for instance in instances if instance.path or instance.filled or instance.ended]
    gone = [token.id for token in tokens if token.gone and token.stored]
    new = [token for token in tokens if not token.gone and not token.stored]
    changed = [token for token in tokens if not token.gone and token.stored and token.changed]
    if moved or gone or new or changed:
        ctx.fetch(
            SQL.store,
            moved=[instance.id for instance in moved],
            ended=[instance.ended for instance in moved],
            **_taken(moved),
            gone=gone or None,
            new_instance=[token.instance.id for token in new],
            new_definition=[token.instance.definition for token in new],
            **_columns(changed),
            **_columns(new, "new_"),
        )


def _open(ctx: Context, opened: Sequence[Opened]) -> None:
    tokens = [one.token for one in opened]
    instances = [token.instance for token in tokens]
    given = give(ctx, opened)
    made = ctx.fetch(
        SQL.open_items,
        token=[token.id for token in tokens],
        node=[token.node for token in tokens],
        why=[token.reason for token in tokens],
        why_code=[token.reason_code for token in tokens],
        why_by=[token.reason_by for token in tokens],
        instance=[instance.id for instance in instances],
        definition=[instance.definition for instance in instances],
        subject_type=[instance.subject_type for instance in instances],
        subject=[instance.subject for instance in instances],
        department=[
            instance.graph.nodes[token.node].department for token, instance in zip(tokens, instances, strict=True)
        ],
        role=[one.role for one in given],
        person=[one.person for one in given],
        priority=[one.priority for one in given],
        due_at=[one.due_at for one in opened],
        same_as=[one.work.same_as for one in opened],
        again=any(one.work.same_as for one in opened) or None,
        round_of=[_round_of(token) for token in tokens],
        told=any(one.notices for one in opened) or any(to.table for to in given) or None,
    )
    _record_given(ctx, opened, given, made)
    if any(one.notices for one in opened):
        ids = {row.token_id: row.id for row in made}
        told = [(one.token.instance.id, ids[one.token.id], notice) for one in opened for notice in one.notices]
        plan(ctx, told)


def _round_of(token: Token) -> int | None:
    """The token of the step that is asked several times at once or in turn; a loop asks the same person again."""
    around = token.instance.graph.nodes[token.node].around
    repeat = around.repeat if around and token.inner else None
    return token.scope.id if token.scope and repeat and repeat.kind != "loop" else None


def _record_given(ctx: Context, opened: Sequence[Opened], given: Sequence[Given], made: Sequence[Any]) -> None:
    """What tables gave out, with the open work of each candidate as it was: who reads it finds the same person again."""
    rows = {row.token_id: row for row in made}
    said = []
    for one, to in zip(opened, given, strict=True):
        row = rows.get(one.token.id)  # asked for where a table has given something out
        if row and to.table and row.assignee_id == to.person:
            place = {"map": one.token.instance.graph.key, "node": one.token.node, "item": row.id}
            said.append((one.token.instance, {**place, **to.says()}))
    record(ctx, "work.given", said)


def _record(ctx: Context, stock: Stock) -> None:
    ended = [
        (i, {"map": i.graph.key}) for i in stock.instances.values() if i.ended == "ended" and i.id not in stock.failed
    ]
    record(ctx, "process.ended", ended)
    failed = [(stock.instances[id], code) for id, code in stock.failed.items()]
    record(ctx, "process.failed", [(i, {"map": i.graph.key, "code": code}) for i, code in failed])
    record(
        ctx,
        "approval.kept",
        [(token.instance, {"map": token.instance.graph.key, "node": node.id}) for token, node in stock.kept],
    )
    record(
        ctx,
        "process.stuck",
        [(t.instance, {"map": t.instance.graph.key, "node": t.node, "code": code}) for t, _, code, _ in stock.stuck],
    )
    _put_on_desk(ctx, stock)


def clear_desk(ctx: Context, tokens: Iterable[Token]) -> None:
    """Take off the desk what stands there about those of these tokens that are stuck: they are gone, nobody can try them again."""
    if stuck := [token.id for token in tokens if token.stored and token.state == "stuck"]:
        desk.close(ctx.actor.company_id, stuck)


def _put_on_desk(ctx: Context, stock: Stock) -> None:
    """One exception a command, code and subject, naming all its stuck tokens: what `workflow.retry` takes."""
    troubles: dict[str, dict[tuple[str, int], dict[str, Any]]] = {}
    for token, command, code, facts in stock.stuck:
        place = {"map": token.instance.graph.key, "node": token.node, "tokens": []}
        found = troubles.setdefault(command, {}).setdefault((code, token.instance.subject), {**facts, **place})
        found["tokens"].append(token.id)
    for command, told in troubles.items():
        rows = [(code, None, subject, facts) for (code, subject), facts in told.items()]
        desk.put(ctx.actor.company_id, command, rows)


def record(ctx: Context, event: str, said: Sequence[tuple[Instance, Mapping[str, Any]]]) -> None:
    """Record an event on the subjects of instances, one statement a kind of subject."""
    for kind in sorted({instance.subject_type for instance, _ in said}):
        facts = [Fact(i.subject, i.subject, says=says) for i, says in said if i.subject_type == kind]
        ctx.record(event, kind, facts)  # one a kind of subject
