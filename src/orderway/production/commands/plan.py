"""Job tickets on machines: planned, started, finished."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import columns, statements
from orderway.stock import commands as stock
from orderway.workflow.commands.proceed import arrive

from ..refusing import in_state, not_movable, not_startable
from ..rules import Device, Slot, first_overlap, minutes_of
from .papers import withdraw

SQL = statements("production", "tickets")
PAPERS = statements("production", "papers")
PLANNERS = ["planner", "administrator"]
FLOOR = ["production", "administrator"]
TIMES = ("state", "machine_id", "minutes", "planned_start", "planned_end")


@dataclass(frozen=True)
class PlanTicket:
    """A job ticket to place: when it starts (with a time zone), on which machine and for how many minutes, if not as calculated."""

    id: int
    start: datetime
    machine: int | None = None
    minutes: int | None = None


class _Placed(NamedTuple):
    """A ticket with its place on a machine."""

    id: int
    machine: int
    minutes: int
    start: datetime
    end: datetime


@command("production.plan", row=PlanTicket, roles=PLANNERS)
def plan(ctx: Context, rows: Sequence[PlanTicket]) -> Outcome:
    """Place job tickets on machines, or elsewhere than before; an overlap is refused, what ends after the deadline is named."""
    tickets = {ticket.id: ticket for ticket in ctx.fetch(SQL.lock, ids=[row.id for row in rows])}
    asked = {row.machine for row in rows if row.machine} | {ticket.machine_id for ticket in tickets.values()}
    # who plans on a machine waits here for who plans on it now
    machines = {row.id: Device(*row) for row in ctx.fetch(SQL.lock_machines, ids=sorted(asked))}
    taken = _taken(ctx, machines, rows)
    placed: dict[int, _Placed] = {}
    refused: list[Refusal] = []
    for row in rows:
        place = _place(row, tickets.get(row.id), machines, taken)
        if isinstance(place, Refusal):
            refused.append(place)
            continue
        slot = Slot(place.id, tickets[place.id].number, place.start, place.end)
        taken[place.machine] = [*(s for s in taken[place.machine] if s.ticket != place.id), slot]
        placed[place.id] = place
    if ctx.halts(refused) or not placed:
        return Outcome(refused=refused)
    ctx.fetch(SQL.free, ids=list(placed))  # first off the machines, so that two may change places
    ctx.fetch(SQL.plan, **columns(list(placed.values()), *_Placed._fields))
    late = [id for id, place in placed.items() if place.end > tickets[id].due]
    ctx.record("job_ticket.planned", "job_ticket", [_planned(tickets[p.id], p, p.id in late) for p in placed.values()])
    return Outcome(list(placed), refused, {"late": late})


def _taken(ctx: Context, machines: Mapping[int, Device], rows: Sequence[PlanTicket]) -> dict[int, list[Slot]]:
    """What stands on the machines, tickets that are to move left out."""
    taken: dict[int, list[Slot]] = {id: [] for id in machines}
    for row in ctx.fetch(SQL.taken, machines=list(machines), moving=[row.id for row in rows]):
        taken[row.machine_id].append(Slot(row.id, row.number, row.planned_start, row.planned_end))
    return taken


def _place(
    row: PlanTicket, ticket: Any, machines: Mapping[int, Device], taken: Mapping[int, Sequence[Slot]]
) -> _Placed | Refusal:
    if ticket is None:
        return Refusal("unknown-ticket", row.id)
    if refused := not_movable("plan", ticket):
        return refused[0]
    machine = machines.get(row.machine or ticket.machine_id)
    if machine is None:
        return Refusal("unknown-machine", row.id, {"machine": row.machine})
    if row.start.tzinfo is None:
        return Refusal("invalid", row.id, {"field": "start", "reason": "a moment needs a time zone"})
    if machine.kind != ticket.machine_kind:
        return Refusal("wrong-machine", row.id, {"number": ticket.number, "machine": machine.name})
    minutes = row.minutes if row.minutes is not None else _minutes(ticket, machine)
    if minutes <= 0:
        return Refusal("figures-not-possible", row.id, {"key": minutes})
    end = row.start + timedelta(minutes=minutes)
    if other := first_overlap(taken[machine.id], row.start, end):
        facts = {"machine": machine.name, "ticket": other.ticket, "number": other.number}
        return Refusal("machine-busy", row.id, {**facts, "start": other.start, "end": other.end})
    return _Placed(row.id, machine.id, minutes, row.start, end)


def _minutes(ticket: Any, machine: Device) -> int:
    if machine.id == ticket.machine_id:
        return int(ticket.minutes)
    return minutes_of(machine, ticket.quantity, (ticket.colours_front, ticket.colours_back), ticket.forms)


def _planned(ticket: Any, place: _Placed, late: bool) -> Fact:
    old = {name: getattr(ticket, name) for name in TIMES}
    new = dict(zip(TIMES, ("planned", place.machine, place.minutes, place.start, place.end), strict=True))
    return Fact(ticket.id, ticket.order_id, old, new, {"late": late})


@command("production.start", roles=FLOOR)
def start(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Start planned job tickets of confirmed orders; one waits while its prepayment is open or another runs on its machine."""
    tickets = {ticket.id: ticket for ticket in ctx.fetch(SQL.lock, ids=[row.id for row in rows])}
    ctx.fetch(SQL.lock_machines, ids=sorted({ticket.machine_id for ticket in tickets.values()}))
    running = {row.machine_id: row for row in ctx.fetch(SQL.running, machines=[t.machine_id for t in tickets.values()])}
    refused: list[Refusal] = []
    started: list[int] = []
    for row in rows:
        if refusal := _not_startable(row.id, tickets.get(row.id), running):
            refused.append(refusal)
        else:
            running[tickets[row.id].machine_id] = tickets[row.id]
            started.append(row.id)
    if ctx.halts(refused) or not started:
        return Outcome(refused=refused)
    ctx.fetch(SQL.start, ids=started)
    old, new = {"state": "planned", "started_at": None}, {"state": "running", "started_at": ctx.at}
    ctx.record("job_ticket.started", "job_ticket", [Fact(id, tickets[id].order_id, old, new) for id in started])
    return Outcome(started, refused)


def _not_startable(id: int, ticket: Any, running: Mapping[int, Any]) -> Refusal | None:
    if ticket is None:
        return Refusal("unknown-ticket", id)
    other = running.get(ticket.machine_id)
    return next(iter(not_startable(ticket, *((other.id, other.number) if other else (None, "")))), None)


@dataclass(frozen=True)
class FinishTicket:
    """A running job ticket that is done: finished copies that are `good`, and `waste` counted as what went in (sheets or pieces)."""

    id: int
    good: Decimal
    waste: Decimal = Decimal(0)


@command("production.finish", row=FinishTicket, roles=FLOOR)
def finish(ctx: Context, rows: Sequence[FinishTicket]) -> Outcome:
    """Finish running job tickets; after a line's last operation its good copies lie in stock, after the order's last its map goes on."""
    done = {row.id: row for row in rows}
    tickets = {ticket.id: ticket for ticket in ctx.fetch(SQL.lock, ids=list(done))}
    refused = [refusal for row in rows if (refusal := _not_finishable(row, tickets.get(row.id)))]
    out = {refusal.subject for refusal in refused}
    ids = [id for id in done if id not in out]
    if ctx.halts(refused) or not ids:
        return Outcome(refused=refused)
    ctx.fetch(SQL.finish, ids=ids, good=[done[id].good for id in ids], waste=[done[id].waste for id in ids])
    ctx.record("job_ticket.finished", "job_ticket", [_finished(ctx, tickets[id], done[id]) for id in ids])
    lines = ctx.fetch(SQL.made_lines, lines=sorted({tickets[id].order_line_id for id in ids}))
    goods = [stock.Move(line.item_id, line.warehouse_id, line.good, "made") for line in lines if line.good > 0]
    if goods:
        stock.take_in(ctx.within(), goods)
    made = ctx.fetch(SQL.made_orders, orders=sorted({line.order_id for line in lines}))
    arrive(ctx, "order", [row.id for row in made], "production-finished")
    return Outcome(ids, refused, {"made": [row.id for row in made]})


def _not_finishable(row: FinishTicket, ticket: Any) -> Refusal | None:
    if ticket is None:
        return Refusal("unknown-ticket", row.id)
    if refused := in_state("finish", ticket):
        return refused[0]
    if row.good < 0 or row.waste < 0:
        return Refusal("figures-not-possible", row.id, {"key": ticket.number})
    return None


def _finished(ctx: Context, ticket: Any, row: FinishTicket) -> Fact:
    old = {"state": "running", "finished_at": None, "good": None, "waste": None}
    new = {"state": "finished", "finished_at": ctx.at, "good": row.good, "waste": row.waste}
    return Fact(ticket.id, ticket.order_id, old, new)


@command("production.withdraw_tickets")
def withdraw_tickets(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These orders were cancelled: job tickets on which nothing was begun are withdrawn, their machines are free again."""
    withdraw(ctx, ctx.fetch(PAPERS.lock_open_of_orders, orders=[row.id for row in rows]))
    return Outcome([row.id for row in rows])
