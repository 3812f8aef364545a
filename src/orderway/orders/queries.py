"""Reading orders."""

from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

SQL = statements("orders", "orders")
VERIFY = statements("orders", "verify")
SORTS = {
    "newest": "o.id desc",
    "promise": "coalesce(o.promised_on, o.requested_on), o.id",
    "number": "o.number, o.id",
    "customer": "p.name, o.id",
    "net": "o.net, o.id",
}
SETS = {
    "active": ["placed", "held", "confirmed"],
    "archived": ["completed", "cancelled"],
    "all": ["placed", "held", "confirmed", "completed", "cancelled"],
}


@dataclass(frozen=True)
class OrderList:
    """Ask for orders: active, archived or all; by words (number, reference, customer), state, channel, customer; late ones only."""

    which: str = "active"
    search: str | None = None
    state: str | None = None
    channel: str | None = None
    customer: int | None = None
    late: bool | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("orders.list", OrderList)
def list_orders(ctx: Reader, asked: OrderList) -> Page:
    """Orders, one page at a time."""
    return page(
        ctx,
        SQL.list,
        SORTS,
        asked,
        states=[asked.state] if asked.state else SETS.get(asked.which, SETS["active"]),
        search=asked.search,
        channel=asked.channel,
        customer=asked.customer,
        late=asked.late or None,
    )


@dataclass(frozen=True)
class OneOrder:
    """Ask for one order by its id."""

    id: int


@query("orders.one", OneOrder)
def one_order(ctx: Reader, asked: OneOrder) -> Any:
    """The head of one order with its customer, or None."""
    return ctx.one(SQL.one, id=asked.id)


@query("orders.lines", OneOrder)
def lines(ctx: Reader, asked: OneOrder) -> list[Any]:
    """The lines of one order with what is allocated, delivered and invoiced."""
    return ctx.fetch(SQL.lines, id=asked.id)


@query("orders.findings", OneOrder)
def findings(ctx: Reader, asked: OneOrder) -> list[Any]:
    """What the last verification of one order found, with its evidence."""
    return ctx.fetch(VERIFY.findings, id=asked.id)
