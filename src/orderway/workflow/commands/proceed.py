"""Starting maps, telling them what happened, and moving what may go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction

from orderway.kernel import clock, desk
from orderway.kernel.access import system_actor
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.running import run
from orderway.kernel.sql import fetch, statements

from ..deadlines import promise, zone_of
from ..engine import Move
from ..published import graphs
from ..times import ENDLESS
from ..tokens import Instance, Stock, clear_desk, load, lock, record

SQL = statements("workflow", "proceed")
MAPS = statements("workflow", "maps")
DESK = ["manager", "administrator"]
log = structlog.get_logger()


@dataclass(frozen=True)
class StartMap:
    """A subject to send through the map with this key. A map about a matter opens its own by `title` and `about` (subject 0).

    For this instance only: an `instruction` to all who work on it, its `due_at`, and an `approver` who has to agree at `step`.
    """

    map: str
    subject: int = 0
    title: str = ""
    about: str = ""
    instruction: str = ""
    due_at: datetime | None = None
    approver: int | None = None
    step: str = ""


def begin(ctx: Context, wanted: Sequence[tuple[Any, int, int, str]]) -> None:
    """Let inserted instances begin: the head of each map (as `latest` tells it), the subject, the instance and its start event."""
    compiled = graphs(ctx, {head.digest for head, *_ in wanted})
    stock = Stock()
    move = Move(ctx, stock)
    for head, subject, id, start_event in wanted:
        instance = Instance(
            id=id,
            root=id,
            definition=head.definition_id,
            version=head.version_id,
            digest=head.digest,
            graph=compiled[head.digest],
            subject_type=head.subject_type,
            subject=subject,
        )
        move.begin(instance, start_event)
    promise(ctx, [(one.id, one.graph.care) for one in stock.instances.values()])
    record(ctx, "process.started", [(one, {"map": one.graph.key}) for one in stock.instances.values()])
    move.rest()


def arrive(ctx: Context, subject_type: str, ids: Sequence[int], name: str) -> None:
    """Tell the maps that `name` happened to subjects: one insert, no token is touched. Tokens that wait for it go on when the
    worker drains; where none waits yet, the arrival is kept for the one that comes."""
    if ids:
        ctx.fetch(SQL.insert_arrivals, subject_type=subject_type, subjects=list(ids), name=name)


@command("workflow.advance")
def advance(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Move root instances on as far as they go; those that somebody else is moving are left to them. None is done where nothing came of
    it: what arrived may be for one that somebody else is moving."""
    free = lock(ctx, [row.id for row in rows], skip=True)
    if not free:
        return Outcome()
    move = Move(ctx, load(ctx, free))
    move.wake()
    if not (move.ready or move.stock.seen or move.stock.rung):
        return Outcome()
    move.rest()
    return Outcome(sorted(free))


@dataclass(frozen=True)
class GiveSignal:
    """A signal to give to every instance of the company that listens to it now."""

    name: str


@command("workflow.signal", row=GiveSignal, roles=DESK)
def signal(ctx: Context, rows: Sequence[GiveSignal]) -> Outcome:
    """Give signals: whoever listens now goes on when the worker drains; nobody hears them later."""
    names = sorted({row.name for row in rows})
    ctx.fetch(SQL.signal, names=names)
    ctx.record("signal.given", "company", [Fact(ctx.actor.company_id, ctx.actor.company_id, says={"names": names})])
    return Outcome([ctx.actor.company_id for _ in rows])


@command("workflow.start_arrived")
def start_arrived(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Start maps by what arrived (ids of arrivals) where nobody waited for it; one that runs for its subject already goes on alone."""
    found = ctx.fetch(SQL.lock_arrivals, ids=[row.id for row in rows])
    if found:
        started = _start_by(ctx, [(row.key, row.subject_id, row.name, row.id) for row in found])
        ctx.fetch(SQL.take_arrivals, ids=sorted(started))
    return Outcome([row.id for row in found])


@command("workflow.start_due")
def start_due(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Start the maps whose clock is due, for the company; one that still runs is left to end."""
    due = ctx.fetch(SQL.lock_clocks, ids=[row.id for row in rows])
    if not due:
        return Outcome()
    _start_by(ctx, [(row.key, ctx.actor.company_id, row.node, row.id) for row in due])
    latest = {row.key: row for row in ctx.fetch(MAPS.latest, keys=sorted({row.key for row in due}))}
    compiled = graphs(ctx, {row.digest for row in latest.values()})
    clocks = {row.id: compiled[latest[row.key].digest].clocks[row.node] for row in due}
    zone = zone_of(ctx, [clocks[row.id] for row in due if row.left != 1])
    again = [
        (row.id, clocks[row.id].after(row.due_at, latest[row.key].published_at, zone), max(row.left - 1, ENDLESS))
        for row in due
        if row.left != 1
    ]
    if again:
        ids, moments, left = (list(column) for column in zip(*again, strict=True))
        ctx.fetch(SQL.wind_clocks, id=ids, due_at=moments, times=left)
    ctx.fetch(SQL.stop_clocks, ids=sorted({row.id for row in due} - {id for id, _, _ in again}))
    return Outcome([row.id for row in due])


def _start_by(ctx: Context, wanted: Sequence[tuple[str, int, str, int]]) -> set[int]:
    """Start maps (key) for subjects at the start that an arrival or a clock means; returns the causes that did."""
    latest = {row.key: row for row in ctx.fetch(MAPS.latest, keys=sorted({key for key, *_ in wanted}))}
    compiled = graphs(ctx, {row.digest for row in latest.values()})
    inserted = ctx.fetch(
        SQL.insert_roots,
        definition=[latest[key].definition_id for key, *_ in wanted],
        version=[latest[key].version_id for key, *_ in wanted],
        subject_type=[latest[key].subject_type for key, *_ in wanted],
        subject=[subject for _, subject, *_ in wanted],
    )
    made = {(row.definition_id, row.subject_id): row.id for row in inserted}
    going, causes = [], set()
    for key, subject, by, cause in wanted:
        head = latest[key]
        id = made.pop((head.definition_id, subject), None)
        if id is not None:
            going.append((head, subject, id, compiled[head.digest].starts.get(by, by)))
            causes.add(cause)
    if going:
        begin(ctx, going)
    return causes


def drain() -> int:
    """Work off arrivals, due timers and ready tokens in sets until nothing is left; returns how many instances were moved.

    Runs on the worker, outside of any transaction.
    """
    total = 0
    while moved := _drain_ready() or _drain_starting():
        total += moved
    return total


def _drain_ready() -> int:
    """Move on what can go on, a thousand at most; 0 when nothing can, or other workers hold it."""
    ready = fetch(SQL.ready.text(frozenset()), {"now": clock.now()})
    companies = groupby(ready, key=lambda row: row.company_id)
    return sum(_advance_some(company, [row.root_id for row in group]) for company, group in companies)


def _drain_starting() -> int:
    """Start the maps that something arrived for which nobody waits for, and those whose clock is due."""
    _keep_orphans()
    starting = fetch(SQL.starting.text(frozenset()), {"now": clock.now()})
    kinds = groupby(starting, key=lambda row: (row.company_id, row.command))
    return sum(_advance_some(company, [row.id for row in group], name) for (company, name), group in kinds)


def _keep_orphans() -> None:
    """Keep what arrived for subjects that are on no map, nor on their way to one: an instance that is not committed yet has looked at
    arrivals before this one came, so it must be seen by the one who says that nobody waits. By two statements: the second sees what
    was committed before the slots were locked."""
    if not fetch(SQL.orphans.text(frozenset()), {}):
        return
    with transaction.atomic():
        slots = [row.slot for row in fetch(SQL.claim.text(frozenset()), {})]
        if slots:
            fetch(SQL.keep_orphans.text(frozenset()), {"slots": slots})


def _advance_some(company: int, roots: Sequence[int], name: str = "workflow.advance") -> int:
    """Advance in one transaction; an exception halves the set down to the instance that raises it, which stops there."""
    try:
        return len(run(name, system_actor(company), [Ref(root) for root in roots]).done)
    except (OperationalError, InterfaceError):
        raise  # the database went away or chose a deadlock victim: nothing was moved, the next drain tries again
    except Exception as error:
        if len(roots) > 1:
            middle = len(roots) // 2
            return _advance_some(company, roots[:middle], name) + _advance_some(company, roots[middle:], name)
        if name != "workflow.advance":
            return _cannot_start(company, roots[0], name, error)
        log.warning("instance cannot move", instance=roots[0], exc_info=error)
        with transaction.atomic():
            values = {"root": roots[0], "company": company, "now": clock.now()}
            fetch(SQL.halt.text(frozenset()), values)
            fetch(SQL.halt_arrivals.text(frozenset()), values)
            fetch(SQL.halt_timers.text(frozenset()), values)
            facts = {"error": f"{type(error).__name__}: {error}"[:500]}
            desk.put(company, "workflow.advance", [("broken", None, roots[0], facts)])
        return 1


def _cannot_start(company: int, id: int, name: str, error: Exception) -> int:
    """What would start a map that breaks starts nothing any more; the desk is told."""
    log.warning("map cannot start", command=name, cause=id, exc_info=error)
    with transaction.atomic():
        drop = SQL.take_arrivals if name == "workflow.start_arrived" else SQL.stop_clocks
        fetch(drop.text(frozenset()), {"ids": [id]})
        facts = {"error": f"{type(error).__name__}: {error}"[:500], "cause": id}
        desk.put(company, name, [("broken", None, id, facts)])
    return 1


@command("workflow.retry", roles=DESK)
def retry(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Try stuck tokens again, by their ids, and move on from there."""
    ids = [row.id for row in rows]
    roots = lock(ctx, {row.root_id for row in ctx.fetch(SQL.roots_of_tokens, tokens=ids)})
    stock = load(ctx, roots)
    stuck = [stock.tokens[id] for id in ids if id in stock.tokens and stock.tokens[id].state == "stuck"]
    found = {token.id for token in stuck}
    refused = [Refusal("not-stuck", id) for id in ids if id not in found]
    if ctx.halts(refused) or not stuck:
        return Outcome(refused=refused)
    clear_desk(ctx, stuck)
    record(ctx, "process.retried", [(t.instance, {"map": t.instance.graph.key, "node": t.node}) for t in stuck])
    move = Move(ctx, stock)
    for token in stuck:
        token.state, token.changed, token.reason_code = "ready", True, ""
        move.put(token)
    move.rest()
    return Outcome(sorted(found), refused)


@dataclass(frozen=True)
class StopMap:
    """A subject to take off all its maps, and why."""

    subject_type: str
    subject: int
    reason: str


@command("workflow.stop", row=StopMap, roles=["administrator"])
def stop(ctx: Context, rows: Sequence[StopMap]) -> Outcome:
    """Take subjects off their maps: tokens go, open work items are withdrawn, what was done stays on record."""
    refused = [Refusal("reason-missing", row.subject) for row in rows if not row.reason.strip()]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    reasons = {(row.subject_type, row.subject): row.reason for row in rows if row.reason.strip()}
    keys = sorted(reasons)
    found = ctx.fetch(SQL.roots_of_subjects, subject_type=[key[0] for key in keys], subject=[key[1] for key in keys])
    roots = lock(ctx, {row.id for row in found})
    stock = load(ctx, roots)
    if roots:
        ctx.fetch(SQL.withdraw, roots=sorted(roots))
        ctx.fetch(SQL.stop_timers, roots=sorted(roots))
        ctx.fetch(SQL.stop_tokens, roots=sorted(roots))
        ctx.fetch(SQL.stop_instances, roots=sorted(roots))
        clear_desk(ctx, stock.tokens.values())
    stopped = [one for one in stock.instances.values() if one.caller is None]
    record(
        ctx,
        "process.stopped",
        [(i, {"map": i.graph.key, "reason": reasons[i.subject_type, i.subject]}) for i in stopped],
    )
    return Outcome(sorted(roots), refused)
