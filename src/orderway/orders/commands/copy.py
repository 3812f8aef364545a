"""A new order after an earlier one."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements

from .place import PlaceLine, PlaceOrder, place
from .proceed import DESK

SQL = statements("orders", "copy")


@dataclass(frozen=True)
class CopyOrder:
    """An earlier order to take as template; `their_reference` is the customer's for the new one."""

    id: int
    their_reference: str = ""
    channel: str = "phone"


@command("orders.copy", row=CopyOrder, roles=DESK)
def copy(ctx: Context, rows: Sequence[CopyOrder]) -> Outcome:
    """Place orders like earlier ones: the same items, quantities and address; today's prices, no dates, no approvals."""
    found = ctx.fetch(SQL.template, ids=[row.id for row in rows])
    lines = {id: list(group) for id, group in groupby(found, key=lambda line: line.order_id)}
    refused = [Refusal("unknown-order", row.id) for row in rows if row.id not in lines]
    known = [row for row in rows if row.id in lines]
    if ctx.halts(refused) or not known:
        return Outcome(refused=refused)
    placed = place(ctx, [_order(row, lines[row.id]) for row in known])
    refused += [Refusal(r.code, known[r.subject or 0].id, r.facts) for r in placed.refused]
    return Outcome(placed.done, refused, placed.values)


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
        copied_from=row.id,
    )
