"""Which orders go first: the flag a person sets, the class that follows from it and from the published table, and their demands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from orderway.decisions.deciding import NoDecision, consider, note
from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.stock import commands as stock

from ..rules import FLAGS, MOVES, PRIORITY_TABLE, priority_by, served

SQL = statements("orders", "prioritise")
PROCEED = statements("orders", "proceed")


@dataclass(frozen=True)
class PrioritiseOrder:
    """An order to mark as `urgent`, `normal` or `wait` (it can wait), and why; back to `normal` needs no reason."""

    id: int
    flag: str
    reason: str = ""


def _hold(ctx: Context, changes: Sequence[Mapping[str, Any]]) -> None:
    """Before marks are taken back: the orders, then their demands, in key order."""
    ctx.fetch(PROCEED.lock, ids=[change["id"] for change in changes if change["table"] == "sales_order"])
    stock.hold(ctx, [change["id"] for change in changes if change["table"] == "demand"])


@command("orders.prioritise", row=PrioritiseOrder, roles=["manager", "planner", "administrator"], reversible=_hold)
def prioritise(ctx: Context, rows: Sequence[PrioritiseOrder]) -> Outcome:
    """Mark orders as urgent, normal or able to wait; their class and the place of their demands follow at once."""
    asked = {row.id: row for row in rows}
    found = {order.id: order for order in ctx.fetch(PROCEED.lock, ids=list(asked))}
    refused = [no for row in asked.values() if (no := _unfit(row, found.get(row.id)))]
    out = {refusal.subject for refusal in refused}
    may = [order for order in found.values() if order.id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    reasons = {order.id: asked[order.id].reason.strip() for order in may}
    marked = [order._replace(flag=asked[order.id].flag, flag_reason=reasons[order.id]) for order in may]
    ctx.fetch(SQL.flag, id=[o.id for o in marked], flag=[o.flag for o in marked], reason=list(reasons.values()))
    changed = rank_locked(ctx, marked)
    facts = []
    for order, new in zip(may, marked, strict=True):
        after = {"flag": new.flag, "flag_reason": new.flag_reason, **changed[order.id].new}
        before = {name: getattr(order, name) for name in after}
        says = {"reason": reasons[order.id]}
        facts.append(Fact(order.id, order.id, before, after, says, changed[order.id].parts))
    ctx.record("order.prioritised", "order", facts)
    return Outcome([order.id for order in may], refused, {"undo": ctx.command_id})


def _unfit(row: PrioritiseOrder, order: Any) -> Refusal | None:
    if order is None:
        return Refusal("unknown-order", row.id)
    if order.state not in MOVES["prioritise"]:
        return Refusal("wrong-state", row.id, {"number": order.number, "state": order.state})
    if row.flag not in FLAGS:
        return Refusal("unknown-flag", row.id, {"flag": row.flag, "known": list(FLAGS)})
    if row.flag != "normal" and not row.reason.strip():
        return Refusal("reason-missing", row.id)
    return None


class Ranked(NamedTuple):
    """What follows for an order: its class where that is another (else nothing), and the demands that moved with it."""

    new: Mapping[str, int] = {}
    parts: Sequence[Part] = ()


def rank_locked(ctx: Context, orders: Sequence[Any]) -> dict[int, Ranked]:
    """Give locked orders (rows of `lock`) their class, and their demands the place of that; answers what follows for each.

    The published table is asked where there is one, and noted for those whose class it changes. What is reserved stays so.
    """
    said = _said(ctx, orders)
    after = {o.id: priority_by(o.flag, said.found[o.id].result if said else None) for o in orders}
    changed = [order for order in orders if after[order.id] != order.priority]
    ranked = {order.id: Ranked() for order in orders}
    if not changed:
        return ranked
    ids = [order.id for order in changed]
    if said:
        note(ctx, "order", said, ids)
    ctx.fetch(SQL.rank, id=ids, priority=[after[id] for id in ids])
    demands = ctx.fetch(PROCEED.demands, ids=ids)
    moved = stock.prioritise(ctx.within(), {row.demand_id: served(after[row.order_id]) for row in demands})
    parts: dict[int, list[Part]] = {id: [] for id in ids}
    for row in demands:
        if one := moved.get(row.demand_id):
            parts[row.order_id].append(Part("demand", one.id, {"priority": one.before}, {"priority": one.after}))
    return ranked | {id: Ranked({"priority": after[id]}, parts[id]) for id in ids}


def _said(ctx: Context, orders: Sequence[Any]) -> Any:
    """What the table says of these orders, None where none is published."""
    if not any(order.ruled for order in orders):
        return None
    try:
        return consider(ctx, PRIORITY_TABLE, "order", [order.id for order in orders])
    except NoDecision:
        return None


def rank_by_table(ctx: Context, orders: Sequence[Any]) -> None:
    """Give locked orders the class that the published table gives them by now, and record it; without a table nothing is asked."""
    if not any(order.ruled for order in orders):
        return
    ranked = rank_locked(ctx, orders)
    before = {order.id: order.priority for order in orders}
    facts = [Fact(id, id, {"priority": before[id]}, one.new, parts=one.parts) for id, one in ranked.items() if one.new]
    ctx.record("order.ranked", "order", facts)


@command("orders.rank")
def rank(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Give active orders the class that the published table gives them by now: their deadlines have come nearer."""
    locked = ctx.fetch(PROCEED.lock, ids=[row.id for row in rows])
    rank_by_table(ctx, [order for order in locked if order.state in MOVES["prioritise"]])
    return Outcome([row.id for row in rows])


@command("orders.rank_anew")
def rank_anew(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Tables (the rows are versions) were published: where the one of the priorities is among them, rank every active order by it."""
    active = ctx.fetch(SQL.active, versions=[row.id for row in rows])
    rank(ctx, [Ref(order.id) for order in active])
    return Outcome([row.id for row in rows])
