"""The papers of a print order: asked for here, rendered by jobs (printing.py). The job tickets are laid out with them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements

from ..papers import template_versions
from ..refusing import not_printable
from ..rules import Operation, operations

SQL = statements("production", "papers")
subject("job_ticket", "job_ticket", root="order", root_column="order_id")


@command("production.make_papers", roles=["manager", "planner", "administrator"])
def make_papers(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Have the papers of print orders made (they come when they are rendered), and lay out the job tickets that planning places."""
    ids = [row.id for row in rows]
    orders = {row.id: row for row in ctx.fetch(SQL.lock_orders, ids=ids)}
    specs = ctx.fetch(SQL.specs, orders=ids)
    specified = {spec.order_id for spec in specs}
    refused = [Refusal("unknown-order", id) for id in ids if id not in orders]
    refused += [no for id, order in orders.items() for no in not_printable(order, id in specified)]
    out = {refusal.subject for refusal in refused}
    wanted = [spec for spec in specs if spec.order_id not in out]
    if ctx.halts(refused) or not wanted:
        return Outcome(refused=refused)
    _lay_out(ctx, [spec for spec in wanted if not spec.laid_out])
    templates = template_versions()
    facts = [Fact(s.id, s.order_id, says={"estimate_version": s.version, "templates": dict(templates)}) for s in wanted]
    ctx.record("print_spec.papers_wanted", "print_spec", facts)
    return Outcome([id for id in ids if id not in out], refused)


class _Ticket(NamedTuple):
    order: int
    line: int
    estimate: int
    position: int
    machine: int
    quantity: int
    unit: str
    minutes: int


def _lay_out(ctx: Context, specs: Sequence[Any]) -> None:
    """Job tickets for specifications, in place of those of an earlier calculation."""
    if not specs:
        return
    withdraw(ctx, ctx.fetch(SQL.lock_open_tickets, lines=[spec.order_line_id for spec in specs]))
    parts: dict[int, list[Any]] = {spec.estimate_id: [] for spec in specs}
    for part in ctx.fetch(SQL.finishing_parts, estimates=list(parts)):
        parts[part.estimate_id].append(part)
    tickets = [
        _Ticket(spec.order_id, spec.order_line_id, spec.estimate_id, position, *operation)
        for spec in specs
        for position, operation in enumerate(_operations(spec, parts[spec.estimate_id]), 1)
    ]
    ids = ctx.fetch(SQL.insert_tickets, **columns(tickets, *_Ticket._fields))
    ctx.record_new("job_ticket.laid_out", "job_ticket", [row.id for row in ids])


def _operations(spec: Any, parts: Sequence[Any]) -> list[Operation]:
    return operations(spec.machine_id, spec.sheets, spec.make_ready + spec.run_minutes, spec.quantity, parts)


def withdraw(ctx: Context, tickets: Sequence[Any]) -> None:
    """Withdraw locked tickets on which nothing was begun; their time on the machine is free again."""
    ctx.fetch(SQL.withdraw, ids=[ticket.id for ticket in tickets])
    new = {"state": "cancelled", "planned_start": None, "planned_end": None}
    facts = [Fact(t.id, t.order_id, {name: getattr(t, name) for name in new}, new) for t in tickets]
    ctx.record("job_ticket.withdrawn", "job_ticket", facts)
