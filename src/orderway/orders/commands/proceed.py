"""Carrying an order on: confirm, hold, resume, cancel, allocate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.stock import commands as stock

from ..rules import MOVES
from .prioritise import rank_by_table

SQL = statements("orders", "proceed")
DESK = ["manager", "administrator"]


def lock(ctx: Context, verb: str, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    """Lock orders in key order and split them by the table of moves: those that may, and refusals for those that may not."""
    found = {order.id: order for order in ctx.fetch(SQL.lock, ids=list(ids))}
    refused = [Refusal("unknown-order", id) for id in ids if id not in found]
    may = []
    for order in found.values():
        if order.state in MOVES[verb]:
            may.append(order)
        else:
            refused.append(Refusal("wrong-state", order.id, {"number": order.number, "state": order.state}))
    return may, refused


def move(ctx: Context, event: str, orders: Sequence[Any], after: Callable[[Any], dict[str, str]]) -> None:
    """Write the state columns that `after` gives for each locked order, and record old and new."""
    new = {order.id: after(order) for order in orders}
    columns = ("state", "held_from", "hold_reason")
    old = {order.id: {name: getattr(order, name) for name in columns} for order in orders}
    full = {id: {**old[id], **new[id]} for id in new}
    ctx.fetch(SQL.move, id=list(full), **{name: [row[name] for row in full.values()] for name in columns})
    ctx.record(event, "order", [Fact(id, id, {name: old[id][name] for name in new[id]}, new[id]) for id in new])


@command("orders.confirm", roles=DESK)
def confirm(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Confirm orders: from here on they bind us."""
    may, refused = lock(ctx, "confirm", [row.id for row in rows])
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    move(ctx, "order.confirmed", may, lambda _: {"state": "confirmed"})
    return Outcome([order.id for order in may], refused)


@dataclass(frozen=True)
class HoldOrder:
    """An order to hold, and why."""

    id: int
    reason: str


@command("orders.hold", row=HoldOrder, roles=[*DESK, "accountant", "quality"], reversible=True)
def hold(ctx: Context, rows: Sequence[HoldOrder]) -> Outcome:
    """Hold orders with a reason; nothing moves until they are resumed."""
    reasons = {row.id: row.reason.strip() for row in rows}
    may, refused = lock(ctx, "hold", list(reasons))
    refused += [Refusal("reason-missing", order.id) for order in may if not reasons[order.id]]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    may = [order for order in may if reasons[order.id]]
    if may:
        move(
            ctx,
            "order.held",
            may,
            lambda o: {"state": "held", "held_from": o.state, "hold_reason": reasons[o.id]},
        )
    return Outcome([order.id for order in may], refused, {"undo": ctx.command_id})


@command("orders.resume", roles=[*DESK, "accountant", "quality"], reversible=True)
def resume(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Let held orders go on where they stood."""
    may, refused = lock(ctx, "resume", [row.id for row in rows])
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    move(ctx, "order.resumed", may, lambda o: {"state": o.held_from, "held_from": "", "hold_reason": ""})
    return Outcome([order.id for order in may], refused, {"undo": ctx.command_id})


@command("orders.cancel", row=HoldOrder, roles=DESK)
def cancel(ctx: Context, rows: Sequence[HoldOrder]) -> Outcome:
    """Cancel orders with a reason and free their stock; refused once something was delivered or invoiced."""
    reasons = {row.id: row.reason.strip() for row in rows}
    may, refused = lock(ctx, "cancel", list(reasons))
    begun = {row.order_id for row in ctx.fetch(SQL.delivered, ids=[order.id for order in may])}
    refused += [Refusal("already-delivered", id) for id in sorted(begun)]
    refused += [Refusal("reason-missing", order.id) for order in may if not reasons[order.id]]
    out = {refusal.subject for refusal in refused}
    may = [order for order in may if order.id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    move(ctx, "order.cancelled", may, lambda o: {"state": "cancelled", "hold_reason": reasons[o.id]})
    demands = ctx.fetch(SQL.demands, ids=[order.id for order in may])
    stock.let_go(ctx.within(), [row.demand_id for row in demands], shrink=True)
    return Outcome([order.id for order in may], refused)


@command("orders.allocate", roles=[*DESK, "warehouse", "planner"])
def allocate(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Reserve stock for confirmed orders by class, due day and age; what is short waits as a backorder."""
    may, refused = lock(ctx, "allocate", [row.id for row in rows])
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    rank_by_table(ctx, may)
    demands = ctx.fetch(SQL.demands, ids=[order.id for order in may])
    short = _allocate(ctx, demands)
    ids = [order.id for order in may]
    ctx.record("order.allocated", "order", [Fact(id, id, says={"short_lines": short.get(id, 0)}) for id in ids])
    return Outcome(ids, refused, {"short": [id for id in ids if short.get(id)]})


def _allocate(ctx: Context, demands: Sequence[Any]) -> dict[int, int]:
    """Reserve stock for the demands of orders; how many lines of each order stay short."""
    lacking = stock.allocate(ctx.within(), [row.demand_id for row in demands]).lacking
    short: dict[int, int] = {}
    for row in demands:
        short[row.order_id] = short.get(row.order_id, 0) + (lacking[row.demand_id] > 0)
    return short


@command("orders.serve_waiting")
def serve_waiting(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Goods came in (the rows are stock levels): let the confirmed orders that wait for them reserve what they lack."""
    _serve(ctx, [row.id for row in rows])
    return Outcome([row.id for row in rows])


@command("orders.serve_freed")
def serve_freed(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These orders gave up goods that were reserved for them: let those that wait for the same reserve what they lack."""
    _serve(ctx, [level.id for level in ctx.fetch(SQL.freed, ids=[row.id for row in rows])])
    return Outcome([row.id for row in rows])


def _serve(ctx: Context, levels: Sequence[int]) -> None:
    waiting = ctx.fetch(SQL.waiting, levels=list(levels))
    orders = sorted({row.order_id for row in waiting})
    may, _ = lock(ctx, "allocate", orders)
    rank_by_table(ctx, may)
    allowed = {order.id for order in may}
    short = _allocate(ctx, [row for row in waiting if row.order_id in allowed])
    ctx.record("order.allocated", "order", [Fact(id, id, says={"short_lines": n}) for id, n in short.items()])
