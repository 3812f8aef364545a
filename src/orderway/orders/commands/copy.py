"""A new order after an earlier one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orderway.catalog.queries import Wanted, offers
from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements
from orderway.parties.queries import terms
from orderway.stock.queries import free

from ..rules import Again, otherwise
from .place import PlaceLine, PlaceOrder, place
from .proceed import DESK

SQL = statements("orders", "copy")


@dataclass(frozen=True)
class CopyOrder:
    """An earlier order to take as template: by its id, or the last one of a customer. `their_reference` is the customer's for the new one.

    With `ask` nothing is placed where a price is another one today, or less is free than is wanted: that is told instead.
    """

    id: int | None = None
    their_reference: str = ""
    channel: str = "phone"
    customer: int | None = None
    ask: bool = False


@command("orders.copy", row=CopyOrder, roles=DESK)
def copy(ctx: Context, rows: Sequence[CopyOrder]) -> Outcome:
    """Place orders like earlier ones: the same items, quantities and address; today's prices, no dates, no approvals."""
    earlier = _earlier(ctx, rows)
    found = ctx.fetch(SQL.template, ids=sorted({id for id in earlier if id}))
    lines = {id: list(group) for id, group in groupby(found, key=lambda line: line.order_id)}
    refused = [Refusal("unknown-order", _named(row)) for row, id in zip(rows, earlier, strict=True) if id not in lines]
    known = [(row, lines[id]) for row, id in zip(rows, earlier, strict=True) if id in lines]
    changed = _changed(ctx, [lines for row, lines in known if row.ask])
    asks = [bool(row.ask and changed[lines[0].order_id]) for row, lines in known]
    for (row, lines_then), stops in zip(known, asks, strict=True):
        if stops:
            order = lines_then[0].order_id
            refused.append(Refusal("otherwise-today", _named(row), {"order": order, "lines": changed[order]}))
    known = [one for one, stops in zip(known, asks, strict=True) if not stops]
    if ctx.halts(refused) or not known:
        return Outcome(refused=refused)
    placed = place(ctx, [_order(row, lines) for row, lines in known])
    refused += [Refusal(r.code, _named(known[r.subject or 0][0]), r.facts) for r in placed.refused]
    return Outcome(placed.done, refused, placed.values)


def _named(row: CopyOrder) -> int | None:
    return row.id if row.id is not None else row.customer


def _earlier(ctx: Context, rows: Sequence[CopyOrder]) -> list[int | None]:
    """The order each row takes as its template."""
    customers = sorted({row.customer for row in rows if row.id is None and row.customer is not None})
    last = {one.customer_id: one.id for one in ctx.fetch(SQL.last, customers=customers)}
    return [row.id if row.id is not None else last.get(row.customer) for row in rows]


def _changed(ctx: Context, orders: Sequence[Sequence[Any]]) -> Mapping[int, list[dict[str, Any]]]:
    """By order: its lines whose price is another one today, or of which less is free than they want."""
    if not orders:
        return {}
    lines = [line for order in orders for line in order]
    customers = terms(ctx, sorted({line.customer_id for line in lines}))
    wanted = []
    for line in lines:
        who = customers[line.customer_id]
        today = clock.today(who.timezone)
        wanted.append(Wanted(line.item_id, line.quantity, who.price_group, who.currency, today, who.own_country))
    found = offers(ctx, wanted)
    lying = free(ctx, sorted({line.item_id for line in lines}))
    changed: dict[int, list[dict[str, Any]]] = {order[0].order_id: [] for order in orders}
    for at, line in enumerate(lines):
        again = Again(line.kind == "goods", line.quantity, line.price, line.per, lying.get(line.item_id))
        if at in found and (facts := otherwise(again, found[at].price, found[at].per)):
            changed[line.order_id].append(
                {"position": line.position, "item": line.item, "description": line.description, **facts}
            )
    return changed


def _order(row: CopyOrder, lines: Sequence[Any]) -> PlaceOrder:
    head = lines[0]
    return PlaceOrder(
        customer=head.customer_id,
        lines=[PlaceLine(line.item_id, line.quantity, description=line.description) for line in lines],
        channel=row.channel,
        their_reference=row.their_reference,
        ship_name=head.ship_name,
        ship_street=head.ship_street,
        ship_postcode=head.ship_postcode,
        ship_city=head.ship_city,
        ship_country=head.ship_country,
        instruction=head.instruction,
        copied_from=head.order_id,
    )
