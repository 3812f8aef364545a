"""What the floors above report of an order: delivered, invoiced, paid; what will never be delivered; and its completion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any, Literal

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.stock import commands as stock

from ..refusing import cannot_shorten
from ..rules import line_net, missing
from .proceed import DESK, lock, move

SQL = statements("orders", "deliver")


def note(ctx: Context, what: Literal["delivered", "invoiced"], quantities: Mapping[int, Decimal]) -> dict[int, bool]:
    """Add signed quantities (order line -> quantity) to what was delivered or invoiced, and record it on the orders.

    Returns for each order touched whether all of it is now delivered (or invoiced).
    """
    statement = SQL.note_delivered if what == "delivered" else SQL.note_invoiced
    rows = ctx.fetch(statement, line=list(quantities), quantity=list(quantities.values()))
    rest = ctx.fetch(SQL.rest, ids=sorted({row.order_id for row in rows}))
    complete = {row.id: (row.undelivered if what == "delivered" else row.uninvoiced) == 0 for row in rest}
    by_order = groupby(sorted(rows, key=lambda row: (row.order_id, row.id)), key=lambda row: row.order_id)
    facts = [
        Fact(order, order, says={"complete": complete[order]}, parts=_parts(what, group)) for order, group in by_order
    ]
    ctx.record(f"order.{what}", "order", facts)
    return complete


def _parts(what: str, lines: Any) -> list[Part]:
    return [Part("order_line", line.id, {what: line.before}, {what: line.after}) for line in lines]


def note_money(ctx: Context, orders: Mapping[int, Mapping[str, bool]], event: str) -> None:
    """Set `prepay_open` or `settled` on orders (order -> column -> value); the floor that keeps the money knows."""
    if not orders:
        return
    before = {row.id: row for row in ctx.fetch(SQL.lock_money, ids=sorted(orders))}
    after = {id: {"prepay_open": before[id].prepay_open, "settled": before[id].settled, **orders[id]} for id in orders}
    ctx.fetch(
        SQL.note_money,
        id=list(after),
        prepay_open=[row["prepay_open"] for row in after.values()],
        settled=[row["settled"] for row in after.values()],
    )
    facts = [Fact(id, id, {name: getattr(before[id], name) for name in new}, new) for id, new in orders.items()]
    ctx.record(event, "order", facts)


@dataclass(frozen=True)
class ShortShip:
    """So much of a line will never be delivered, and why."""

    line: int
    quantity: Decimal
    reason: str


def give_up(ctx: Context, quantities: Mapping[int, Decimal], reason: str) -> None:
    """What came back and was credited is not owed any more (order line -> quantity): lines and totals shrink.

    For the floor that credits; the stock is not touched, because these goods had left it and came back.
    """
    lines = {line.id: line for line in ctx.fetch(SQL.lock_credited, ids=list(quantities))}
    after = {id: _shortened(lines[id], quantities[id]) for id in lines}
    if not after:
        return
    orders = ctx.fetch(
        SQL.shorten,
        line=list(after),
        cancelled=[cancelled for cancelled, _ in after.values()],
        net=[net for _, net in after.values()],
    )
    rows = [ShortShip(id, quantities[id], reason) for id in after]
    ctx.record("order.given_up", "order", _short_facts(rows, lines, after, {o.id: o for o in orders}))


@command("orders.short_ship", row=ShortShip, roles=[*DESK, "warehouse"])
def short_ship(ctx: Context, rows: Sequence[ShortShip]) -> Outcome:
    """Give up what cannot be delivered: the line and the order's total shrink, the stock it held is freed."""
    lines = {line.id: line for line in ctx.fetch(SQL.lock_lines, ids=[row.line for row in rows])}
    refused = [r for row in rows if (r := _cannot_shorten(row, lines.get(row.line)))]
    out = {refusal.subject for refusal in refused}
    accepted = [row for row in rows if row.line not in out]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    after = {row.line: _shortened(lines[row.line], row.quantity) for row in accepted}
    orders = ctx.fetch(
        SQL.shorten,
        line=list(after),
        cancelled=[cancelled for cancelled, _ in after.values()],
        net=[net for _, net in after.values()],
    )
    stock.shorten(ctx.within(), [(d, row.quantity) for row in accepted if (d := lines[row.line].demand_id)])
    ctx.record("order.short_shipped", "order", _short_facts(accepted, lines, after, {o.id: o for o in orders}))
    return Outcome([row.line for row in accepted], refused)


def _cannot_shorten(row: ShortShip, line: Any) -> Refusal | None:
    if line is None:
        return Refusal("unknown-line", row.line)
    if refused := cannot_shorten(line):
        return refused[0]
    if not row.reason.strip():
        return Refusal("reason-missing", row.line)
    if not 0 < row.quantity <= line.open:
        return Refusal("more-than-open", row.line, {"open": line.open, "wanted": row.quantity})
    return None


def _shortened(line: Any, quantity: Decimal) -> tuple[Decimal, Decimal]:
    cancelled = line.cancelled + quantity
    return cancelled, line_net(line.quantity - cancelled, line.price, line.per, line.discount, line.currency)


def _short_facts(
    rows: Sequence[ShortShip],
    lines: Mapping[int, Any],
    after: Mapping[int, tuple[Decimal, Decimal]],
    orders: Mapping[int, Any],
) -> list[Fact]:
    facts = []
    ordered = sorted(rows, key=lambda row: lines[row.line].order_id)
    for order, group in groupby(ordered, key=lambda row: lines[row.line].order_id):
        given_up = list(group)
        parts = [
            Part(
                "order_line",
                row.line,
                {"cancelled": lines[row.line].cancelled, "net": lines[row.line].net},
                {"cancelled": after[row.line][0], "net": after[row.line][1]},
            )
            for row in given_up
        ]
        says = {"units": [{"line": row.line, "quantity": row.quantity, "reason": row.reason} for row in given_up]}
        facts.append(Fact(order, order, {"net": orders[order].before}, {"net": orders[order].net}, says, parts))
    return facts


@command("orders.complete", roles=[*DESK, "accountant"])
def complete(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Complete orders of which everything is delivered, invoiced and paid; in whatever order that came about."""
    may, refused = lock(ctx, "complete", [row.id for row in rows])
    rest = {row.id: row for row in ctx.fetch(SQL.rest, ids=[order.id for order in may])}
    lacking = {id: missing(row.undelivered, row.uninvoiced, row.settled) for id, row in rest.items()}
    refused += [Refusal("not-finished", id, {"missing": what}) for id, what in lacking.items() if what]
    may = [order for order in may if not lacking[order.id]]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    move(ctx, "order.completed", may, lambda _: {"state": "completed"})
    return Outcome([order.id for order in may], refused)
