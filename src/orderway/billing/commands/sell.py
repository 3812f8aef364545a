"""Selling over the counter: the customer takes the goods along and pays at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.kernel.values import rounded
from orderway.orders.commands.deliver import note_money
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.stock.commands import Want, lacking_now

from ..queries import COUNTER, TILL
from .pay import Pay

SQL = statements("billing", "sell")
METHODS = ("cash", "card")


@dataclass(frozen=True)
class Sell:
    """Goods and services that somebody takes along and pays at once, in cash or by card.

    No `customer` means whoever walks in: the party with the sign ("COUNTER", "walk-in").
    """

    lines: Sequence[PlaceLine]
    method: str
    customer: int | None = None


@command("billing.sell", row=Sell, roles=TILL)
def sell(ctx: Context, rows: Sequence[Sell]) -> Outcome:
    """Sell over the counter: order, goods, invoice and money in one act, after which nothing is left to do."""
    walk_in = ctx.within().one(SQL.walk_in, scheme=COUNTER[0], sign=COUNTER[1])
    buyers = [row.customer or (walk_in.id if walk_in else None) for row in rows]
    refused = list(_no_sale(rows, buyers))
    refused += _not_there(ctx, rows, _others(range(len(rows)), refused))
    if ctx.halts(refused):
        return Outcome(refused=refused)
    fit = _others(range(len(rows)), refused)
    placed = ctx.run("orders.place", [PlaceOrder(buyers[i] or 0, rows[i].lines, "counter") for i in fit], ctx.partial)
    refused += [Refusal(no.code, fit[no.subject or 0], no.facts) for no in placed.refused]
    if ctx.halts(refused) or not placed.done:
        return Outcome(refused=refused)
    sold = dict(zip(placed.done, [rows[i] for i in _others(fit, refused)], strict=True))
    _hand_over(ctx, list(sold))
    invoices = _take_money(ctx, sold)
    _all(ctx, "orders.complete", [Ref(id) for id in sold])
    return Outcome(list(sold), refused, {**placed.values, **invoices})


def _others(places: Iterable[int], refused: Sequence[Refusal]) -> list[int]:
    out = {refusal.subject for refusal in refused}
    return [i for i in places if i not in out]


def _no_sale(rows: Sequence[Sell], buyers: Sequence[int | None]) -> Iterator[Refusal]:
    for index, (row, buyer) in enumerate(zip(rows, buyers, strict=True)):
        if row.method not in METHODS:
            yield Refusal("unknown-method", index, {"method": row.method, "allowed": list(METHODS)})
        elif buyer is None:
            yield Refusal("no-walk-in", index)


def _not_there(ctx: Context, rows: Sequence[Sell], fit: Sequence[int]) -> Iterator[Refusal]:
    """The first line of each sale that the stock cannot serve now; the levels stay locked."""
    goods = {
        item.id
        for item in ctx.within().fetch(SQL.goods, items=sorted({line.item for i in fit for line in rows[i].lines}))
    }
    baskets = [[(n, line) for n, line in enumerate(rows[i].lines, 1) if line.item in goods] for i in fit]
    wanted = [[Want(line.item, line.quantity, None, line.warehouse) for _, line in basket] for basket in baskets]
    for index, basket, lacking in zip(fit, baskets, lacking_now(ctx.within(), wanted), strict=True):
        short = [(place, left) for place, left in zip(basket, lacking, strict=True) if left > 0]
        for (position, line), left in short[:1]:
            facts = {"position": position, "free": line.quantity - left, "wanted": line.quantity}
            yield Refusal("not-in-stock", index, facts)


def _hand_over(ctx: Context, orders: Sequence[int]) -> None:
    """The goods leave the shelf and the house at once; what the customer pays now needs no prepayment."""
    asked = ctx.within().fetch(SQL.asked_for, ids=list(orders))
    note_money(ctx.within(), {row.id: {"prepay_open": False} for row in asked}, "order.prepaid")
    refs = [Ref(id) for id in orders]
    _all(ctx, "orders.confirm", refs)
    _all(ctx, "orders.allocate", refs)
    shipments = _all(ctx, "fulfilment.release", refs).values["shipments"]
    lines = ctx.within().fetch(SQL.on_shipments, ids=shipments)
    _all(ctx, "fulfilment.pick", [PickLine(line.id, line.quantity) for line in lines])
    _all(ctx, "fulfilment.pack", [PackShipment(id) for id in shipments])
    _all(ctx, "fulfilment.ship", [ShipShipment(id) for id in shipments])
    _all(ctx, "fulfilment.deliver", [Ref(id) for id in shipments])


def _take_money(ctx: Context, sold: Mapping[int, Sell]) -> dict[str, list[Any]]:
    """Charge what was handed over, and note that it was paid; what is given away asks for nothing."""
    issued = _all(ctx, "billing.issue", [Ref(id) for id in sold]).values
    bills = ctx.within().fetch(SQL.dues, ids=issued["invoices"])
    _all(ctx, "billing.pay", [Pay(b.id, b.due, sold[b.order_id].method) for b in bills if b.due])
    by_order = {b.order_id: b for b in bills}
    due = [rounded(by_order[id].due, by_order[id].currency) for id in sold]
    return {"invoices": [by_order[id].id for id in sold], "due": due}


def _all(ctx: Context, name: str, rows: Sequence[Any]) -> Outcome:
    """Run the command on what this sale has just made and holds locked: a refusal would be a mistake here, and undoes the sale."""
    outcome = ctx.run(name, rows)
    if outcome.refused:
        raise RuntimeError(f"{name} refused {outcome.refused}")
    return outcome
