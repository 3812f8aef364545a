"""Whether an order's money has come: told to the order and to its map, wherever invoices or payments change it."""

from collections.abc import Sequence

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.orders.commands.deliver import note_money
from orderway.workflow.commands.proceed import arrive

SQL = statements("billing", "settle")


@command("billing.settle_orders")
def settle_orders(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """What these orders owe or are owed has changed without a bill: compare it with what was paid."""
    settle(ctx, [row.id for row in rows])
    return Outcome([row.id for row in rows])


def settle(ctx: Context, orders: Sequence[int]) -> None:
    """Compare what is due with what was paid for each order, note what changed, and let the waiting maps go on."""
    rows = ctx.fetch(SQL.balances, ids=sorted(set(orders)))
    settled = {row.id: {"settled": row.open <= 0} for row in rows if row.settled != (row.open <= 0)}
    note_money(ctx.within(), settled, "order.money_changed")
    prepaid = {row.id: {"prepay_open": False} for row in rows if row.prepay_open and row.prepaid}
    note_money(ctx.within(), prepaid, "order.prepaid")
    arrive(ctx, "order", sorted(prepaid), "prepaid")
    arrive(ctx, "order", [row.id for row in rows if row.open <= 0 and not row.uninvoiced], "paid")
