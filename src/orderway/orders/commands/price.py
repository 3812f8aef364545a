"""Giving lines another quantity and price, for the floors above that calculate them."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact, Part
from orderway.kernel.sql import columns, statements
from orderway.stock import commands as stock

from ..rules import line_net, served

SQL = statements("orders", "price")
WRITTEN = ("quantity", "price", "per", "net", "demand_id")


class Repriced(NamedTuple):
    """A line that is now wanted `quantity` times (what was cancelled not counted) at `price` for `per` units."""

    line: int
    quantity: Decimal
    price: Decimal
    per: Decimal


class _New(NamedTuple):
    line: int
    quantity: Decimal
    price: Decimal
    per: Decimal
    net: Decimal
    demand_id: int | None


def reprice(ctx: Context, rows: Sequence[Repriced]) -> None:
    """Set quantity and price of lines of placed orders, their net amounts, the orders' sums and what stock is asked for.

    The orders must be locked; a line's discount stays. Where the quantity changes, a new demand takes the old one's place.
    """
    lines = {line.id: line for line in ctx.fetch(SQL.lock_lines, ids=[row.line for row in rows])}
    rows = [row for row in rows if not _stays(lines[row.line], row)]
    if not rows:
        return
    demands = _ask_anew(ctx, [(lines[r.line], r.quantity) for r in rows if _wants(lines[r.line]) != r.quantity])
    new = [_new(row, lines[row.line], demands) for row in rows]
    orders = {row.id: row for row in ctx.fetch(SQL.reprice, **columns(new, *_New._fields))}
    ordered = sorted(new, key=lambda row: (lines[row.line].order_id, row.line))
    ctx.record(
        "order.repriced",
        "order",
        [
            Fact(
                id,
                id,
                {"net": orders[id].before},
                {"net": orders[id].net},
                parts=[_part(lines[n.line], n) for n in group],
            )
            for id, group in groupby(ordered, key=lambda row: lines[row.line].order_id)
        ],
    )


def _stays(line: Any, row: Repriced) -> bool:
    return (_wants(line), line.price, line.per) == (row.quantity, row.price, row.per)


def _wants(line: Any) -> Decimal:
    return Decimal(line.quantity - line.cancelled)


def _ask_anew(ctx: Context, changed: Sequence[tuple[Any, Decimal]]) -> dict[int, int]:
    """New demands by line for those whose quantity changes; what the old ones held is free again."""
    stocked = [(line, quantity) for line, quantity in changed if line.demand_id]
    if not stocked:
        return {}
    stock.let_go(ctx.within(), [line.demand_id for line, _ in stocked], shrink=True)
    wants = [
        stock.Want(line.item_id, quantity, line.requested_on, line.warehouse_id, served(line.priority), line.placed_at)
        for line, quantity in stocked
    ]
    made = stock.place_demands(ctx.within(), wants)
    return {line.id: demand for (line, _), demand in zip(stocked, made, strict=True)}


def _new(row: Repriced, line: Any, demands: dict[int, int]) -> _New:
    net = line_net(row.quantity, row.price, row.per, line.discount, line.currency)
    demand = demands.get(row.line, line.demand_id)
    return _New(row.line, row.quantity + line.cancelled, row.price, row.per, net, demand)


def _part(line: Any, new: _New) -> Part:
    return Part(
        "order_line",
        line.id,
        {name: getattr(line, name) for name in WRITTEN},
        {name: getattr(new, name) for name in WRITTEN},
    )
