"""Releasing what is allocated to the warehouse, and picking it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import statements
from orderway.orders.refusing import judges
from orderway.stock import commands as stock
from orderway.stock.rules import Share
from orderway.workflow.commands.proceed import arrive

from ..rules import stays

SQL = statements("fulfilment", "pick")
FLOOR = ["warehouse", "administrator"]
subject(
    "shipment", "shipment", root="order", root_column="order_id", shipment_line="shipment_id", package="shipment_id"
)
subject("goods_return", "goods_return", root="order", root_column="order_id", return_line="goods_return_id")


@command("fulfilment.release", roles=[*FLOOR, "manager"])
def release(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Release what confirmed orders hold in stock for picking, one shipment an order and warehouse; again, only what is new."""
    orders = {row.id: row for row in ctx.fetch(SQL.lock_orders, ids=[row.id for row in rows])}
    refused = [r for row in rows if (r := _not_releasable(row.id, orders.get(row.id)))]
    out = {refusal.subject for refusal in refused}
    released = [id for id in orders if id not in out]
    if ctx.halts(refused) or not released:
        return Outcome(refused=refused)
    shipments = ctx.fetch(SQL.open_shipments, ids=released)
    ctx.record_new("shipment.released", "shipment", [row.id for row in shipments])
    return Outcome(released, refused, {"shipments": [row.id for row in shipments]})


@command("fulfilment.release_allocated")
def release_allocated(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Stock was allocated to these orders: release what may go out; an order that waits for its prepayment waits on."""
    ready = [row for row in ctx.fetch(SQL.lock_orders, ids=[r.id for r in rows]) if not _not_releasable(row.id, row)]
    ctx.run("fulfilment.release", [Ref(order.id) for order in ready])
    return Outcome([row.id for row in rows])


def _not_releasable(id: int, order: Any) -> Refusal | None:
    if order is None:
        return Refusal("unknown-order", id)
    if order.state != "confirmed":
        return Refusal("wrong-state", id, {"number": order.number, "state": order.state})
    if order.prepay_open:
        return Refusal("prepayment-open", id, {"number": order.number})
    return None


judges.judged(
    "fulfilment.release",
    lambda leaves: [no] if (no := _not_releasable(leaves.id, leaves)) else [],
    ("state", "prepay_open"),
    frozenset({"confirmed"}),
)


@dataclass(frozen=True)
class PickLine:
    """What was taken for a shipment line. `scanned` is the number or GTIN read from the goods, when somebody scanned."""

    line: int
    quantity: Decimal
    scanned: str = ""


@command("fulfilment.pick", row=PickLine, roles=FLOOR)
def pick(ctx: Context, rows: Sequence[PickLine]) -> Outcome:
    """Record what was picked; a wrong item is refused, a short pick is kept and the rest stays wanted."""
    lines = {line.id: line for line in ctx.fetch(SQL.lock_lines, ids=[row.line for row in rows])}
    refused = [r for row in rows if (r := _not_pickable(row, lines.get(row.line)))]
    out = {refusal.subject for refusal in refused}
    picked = {row.line: row.quantity for row in rows if row.line not in out}
    if ctx.halts(refused) or not picked:
        return Outcome(refused=refused)
    states = ctx.fetch(SQL.pick, line=list(picked), quantity=list(picked.values()))
    short = [
        Share(lines[id].demand_id, lines[id].level_id, lines[id].quantity - q)
        for id, q in picked.items()
        if q < lines[id].quantity
    ]
    if short:
        stock.give_back(ctx.within(), short)
    _record_picked(ctx, lines, picked, states)
    return Outcome(list(picked), refused, {"picked": [row.id for row in states if row.state == "picked"]})


def _not_pickable(row: PickLine, line: Any) -> Refusal | None:
    if line is None:
        return Refusal("unknown-line", row.line)
    if line.picked is not None:
        return Refusal("already-picked", row.line, {"order": line.order_number})
    if refused := stays("pick", row.line, line):
        return refused[0]
    if row.scanned and row.scanned not in (line.item_number, line.gtin):
        return Refusal("wrong-item", row.line, {"scanned": row.scanned, "wanted": line.item_number})
    if not 0 <= row.quantity <= line.quantity:
        return Refusal("more-than-wanted", row.line, {"wanted": line.quantity, "picked": row.quantity})
    return None


def _record_picked(ctx: Context, lines: Any, picked: dict[int, Decimal], states: Sequence[Any]) -> None:
    """`shipment.picked` for what is complete, `shipment.lines_picked` for the rest; the maps hear when an order is picked."""
    by_shipment = {
        id: [Part("shipment_line", n, {"picked": None}, {"picked": picked[n]}) for n in group]
        for id, group in groupby(sorted(picked, key=lambda n: lines[n].shipment_id), key=lambda n: lines[n].shipment_id)
    }
    done = [row for row in states if row.state == "picked"]
    rest = [row for row in states if row.state == "open"]
    ctx.record(
        "shipment.picked",
        "shipment",
        [Fact(s.id, s.order_id, {"state": "open"}, {"state": "picked"}, parts=by_shipment[s.id]) for s in done],
    )
    ctx.record("shipment.lines_picked", "shipment", [Fact(s.id, s.order_id, parts=by_shipment[s.id]) for s in rest])
    tell_maps(ctx, [row.order_id for row in done], "picked")


def tell_maps(ctx: Context, orders: Sequence[int], what: str) -> None:
    """Let the maps know that all shipments of these orders are now `what` (picked, packed or shipped), where they are."""
    if orders:
        reached = ctx.fetch(SQL.orders_reached, ids=sorted(set(orders)), what=what)
        arrive(ctx, "order", [row.order_id for row in reached], what)
