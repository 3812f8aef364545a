"""Shipping what was packed, and noting that it arrived."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderway.kernel import numbers
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.orders.commands.deliver import note
from orderway.stock import commands as stock
from orderway.stock.rules import Share
from orderway.workflow.commands.proceed import arrive

from ..rules import in_state, not_shippable
from .pick import FLOOR, tell_maps

SQL = statements("fulfilment", "ship")


@dataclass(frozen=True)
class ShipShipment:
    """A packed shipment that leaves, with its carrier and tracking number where there are any."""

    id: int
    carrier: str = ""
    tracking: str = ""


@command("fulfilment.ship", row=ShipShipment, roles=FLOOR)
def ship(ctx: Context, rows: Sequence[ShipShipment]) -> Outcome:
    """Ship packed shipments: goods leave the stock, the delivery note gets its number, the order learns what was delivered."""
    ways = {row.id: row for row in rows}
    found, refused = _lock(ctx, list(ways))
    lines = ctx.fetch(SQL.lines, ids=[shipment.id for shipment in found])
    refused += not_shippable(found, lines)
    out = {refusal.subject for refusal in refused}
    may = [shipment for shipment in found if shipment.id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    lines = [line for line in lines if line.shipment_id not in out]
    note(ctx.within(), "delivered", _sums(lines, "order_line_id"))
    stock.issue(ctx.within(), _shares(lines), "shipped")
    year = f"{ctx.at:%y}"
    series = numbers.take(ctx, f"delivery-{year}", len(may))
    given = {shipment.id: f"D{year}-{n:05}" for shipment, n in zip(may, series, strict=True)}
    new = {
        s.id: {
            "number": given[s.id],
            "carrier": ways[s.id].carrier or s.carrier,
            "tracking": ways[s.id].tracking or s.tracking,
        }
        for s in may
    }
    ctx.fetch(
        SQL.ship,
        id=list(new),
        number=[row["number"] for row in new.values()],
        carrier=[row["carrier"] for row in new.values()],
        tracking=[row["tracking"] for row in new.values()],
    )
    ctx.record("shipment.shipped", "shipment", [_shipped(ctx, s, new[s.id]) for s in may])
    tell_maps(ctx, [shipment.order_id for shipment in may], "shipped")
    return Outcome([shipment.id for shipment in may], refused, {"numbers": list(given.values())})


def _shipped(ctx: Context, shipment: Any, new: dict[str, str]) -> Fact:
    old = {
        "state": "packed",
        "number": "",
        "carrier": shipment.carrier,
        "tracking": shipment.tracking,
        "shipped_at": None,
    }
    return Fact(shipment.id, shipment.order_id, old, {"state": "shipped", **new, "shipped_at": ctx.at.isoformat()})


def _sums(lines: Sequence[Any], column: str) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in lines:
        sums[getattr(line, column)] = sums.get(getattr(line, column), Decimal(0)) + line.picked
    return sums


def _shares(lines: Sequence[Any]) -> list[Share]:
    sums: dict[tuple[int, int], Decimal] = {}
    for line in lines:
        place = (line.demand_id, line.level_id)
        sums[place] = sums.get(place, Decimal(0)) + line.picked
    return [Share(demand, level, quantity) for (demand, level), quantity in sums.items()]


def _lock(ctx: Context, ids: Sequence[int]) -> tuple[list[Any], list[Refusal]]:
    """The shipments that are there, locked, and refusals of the others."""
    found = {row.id: row for row in ctx.fetch(SQL.lock, ids=list(ids))}
    return list(found.values()), [Refusal("unknown-shipment", id) for id in ids if id not in found]


@command("fulfilment.deliver", roles=[*FLOOR, "manager"])
def deliver(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Note that shipments arrived at the customer; when everything of an order has, its map goes on."""
    found, refused = _lock(ctx, [row.id for row in rows])
    wrong = {row.id: no for row in found for no in in_state("deliver", row.id, row)}
    refused += wrong.values()
    may = [shipment for shipment in found if shipment.id not in wrong]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    ids = [shipment.id for shipment in may]
    ctx.fetch(SQL.deliver, ids=ids)
    new = {"state": "delivered", "delivered_at": ctx.at.isoformat()}
    old = {"state": "shipped", "delivered_at": None}
    ctx.record("shipment.delivered", "shipment", [Fact(s.id, s.order_id, old, new) for s in may])
    reached = ctx.fetch(SQL.delivered_orders, ids=sorted({shipment.order_id for shipment in may}))
    arrive(ctx, "order", [row.order_id for row in reached], "delivered")
    return Outcome(ids, refused)


@command("fulfilment.cancel_shipments")
def cancel_shipments(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """These orders were cancelled: what has not left the house is not picked any more, and what was picked goes back."""
    open_ones = ctx.fetch(SQL.lock_open, orders=[row.id for row in rows])
    ctx.fetch(SQL.cancel, ids=[shipment.id for shipment in open_ones])
    facts = [
        Fact(s.id, s.order_id, {"state": s.state}, {"state": "cancelled"}, {"put_back": s.picked}) for s in open_ones
    ]
    ctx.record("shipment.cancelled", "shipment", facts)
    return Outcome([row.id for row in rows])


@command("fulfilment.backorder")
def backorder(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Something of these orders shipped: what they still lack is allocated and released again, as far as there is stock."""
    ids = [row.order_id for row in ctx.fetch(SQL.still_open, ids=[row.id for row in rows])]
    ctx.run("orders.allocate", [Ref(id) for id in ids], partial=True)
    return Outcome([row.id for row in rows])
