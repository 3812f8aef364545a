"""Reading orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.catalog.queries import Wanted, by_numbers, offers
from orderway.catalog.rules import tax_of_sale
from orderway.catalog.sums import Tax
from orderway.kernel import clock
from orderway.kernel.context import Reader
from orderway.kernel.paging import COUNTED, Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements
from orderway.parties.queries import terms
from orderway.stock.queries import free
from orderway.stock.rules import PATIENCE

from .explaining import OneOrder
from .rules import HIGHEST, LOWEST, line_net

SQL = statements("orders", "orders")
VERIFY = statements("orders", "verify")
OVERVIEW = statements("orders", "overview")
PRIORITY = statements("orders", "prioritise")
FAR = 36_500  # days
DUE = "coalesce(o.promised_on, o.requested_on)"
SORTS = {
    "newest": "o.id desc",
    "promise": f"{DUE}, o.id",
    "number": "o.number, o.id",
    "customer": "p.name, o.id",
    "net": "o.net, o.id",
    "priority": f"-o.priority, {DUE}, o.id",
}
# as stock lines up demands (stock.sql, line_up)
SERVED = "d.placed_at >= w.until, case when d.placed_at < w.until then d.placed_at end, d.priority, d.due_on, d.placed_at, d.id"
QUEUE_SORTS = {
    "served": SERVED,
    "item": f"i.number, {SERVED}",
    "due": f"d.due_on is null, d.due_on, {SERVED}",
    "since": "d.placed_at, d.id",
    "customer": "p.name, d.id",
}
SETS = {
    "active": ["placed", "held", "confirmed"],
    "archived": ["completed", "cancelled"],
    "all": ["placed", "held", "confirmed", "completed", "cancelled"],
}


@dataclass(frozen=True)
class OrderList:
    """Ask for orders: active, archived or all; by words (number, reference, customer), state, channel, customer, item, priority.

    Or only those that are late, due within `due` days, or mine.
    """

    which: str = "active"
    search: str | None = None
    state: str | None = None
    channel: str | None = None
    customer: int | None = None
    item: int | None = None
    priority: int | None = None
    late: bool | None = None
    due: int | None = None
    mine: bool | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


def _narrowed(ctx: Reader, asked: OrderList) -> dict[str, Any]:
    return {
        "states": [asked.state] if asked.state else SETS.get(asked.which, SETS["active"]),
        "search": asked.search,
        "channel": asked.channel,
        "customer": asked.customer,
        "item": asked.item,
        "priority": None if asked.priority is None else max(LOWEST - 1, min(asked.priority, HIGHEST + 1)),
        "late": asked.late or None,
        "due": None if asked.due is None else max(-FAR, min(asked.due, FAR)),
        "mine": ctx.actor.id if asked.mine else None,
    }


@query("orders.list", OrderList)
def list_orders(ctx: Reader, asked: OrderList) -> Page:
    """Orders, one page at a time."""
    return page(ctx, SQL.list, SORTS, asked, **_narrowed(ctx, asked))


@query("orders.total", OrderList)
def total(ctx: Reader, asked: OrderList) -> list[Any]:
    """How many orders match and what they come to, by currency; of more than 1,000 only that many are summed."""
    narrowed = _narrowed(ctx, asked)
    given = frozenset(name for name, value in narrowed.items() if value is not None)
    text = OVERVIEW.total.text(frozenset()).replace("{list}", SQL.list.text(given, "null::integer"))
    return fetch(text, ctx.values({**narrowed, "limit": COUNTED, "offset": 0}), ctx.database)


@dataclass(frozen=True)
class NoQuestion:
    """Nothing to narrow."""


@query("orders.counts", NoQuestion)
def counts(ctx: Reader, asked: NoQuestion) -> Any:
    """How many active orders there are, placed, held, late, due in seven days, mine; each exact to 1,000."""
    return ctx.one(OVERVIEW.counts, most=COUNTED + 1)


@query("orders.overview", NoQuestion)
def overview(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """Active orders by stage (check, held, short, deliver, invoice, pay): how many, net, of these late, the oldest order day."""
    return ctx.fetch(OVERVIEW.stages)


@query("orders.weeks", NoQuestion)
def weeks(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """The last thirteen weeks, oldest first: how many orders were placed, and their net."""
    return ctx.fetch(OVERVIEW.weeks)


@dataclass(frozen=True)
class QuoteLine:
    """A line as somebody types it: an item number or GTIN, how many, a price if they name one."""

    item: str
    quantity: Decimal | None = None
    price: Decimal | None = None


@dataclass(frozen=True)
class Quote:
    """Ask what lines would cost a customer today (or on `day`)."""

    customer: int | None
    lines: Sequence[QuoteLine]
    day: date | None = None


class Quoted(NamedTuple):
    """What is known of one typed line. `problem` is a refusal code or empty; `free` is what lies free in all warehouses.

    `tax` is what the sale bears, None where no customer or rate is known.
    """

    item: int | None
    name: str
    unit: str
    price: Decimal | None
    per: Decimal
    net: Decimal | None
    free: Decimal | None
    problem: str
    tax: Tax | None = None


@query("orders.quote", Quote)
def quote(ctx: Reader, asked: Quote) -> list[Quoted]:
    """Name and price typed lines, in their order, without placing anything."""
    customer = terms(ctx, [asked.customer]).get(asked.customer) if asked.customer else None
    known = by_numbers(ctx, sorted({n for line in asked.lines for n in (line.item, line.item.upper())}))
    items = [known.get(line.item) or known.get(line.item.upper()) for line in asked.lines]
    priced = {}
    if customer:
        day = asked.day or clock.today(customer.timezone)
        own = (customer.price_group, customer.currency, day, customer.own_country)
        wanted = [(i, item.id, line.quantity or Decimal(1)) for i, (item, line) in _found(items, asked.lines)]
        found = offers(ctx, [Wanted(id, quantity, *own) for _, id, quantity in wanted])
        priced = {i: found.get(at) for at, (i, _, _) in enumerate(wanted)}
    lying = free(ctx, sorted({item.id for item in items if item}))
    currency = customer.currency if customer else "EUR"
    return [
        _quoted(line, item, priced.get(i), lying, currency)._replace(tax=_tax(customer, priced.get(i)))
        for i, (item, line) in enumerate(zip(items, asked.lines, strict=True))
    ]


def _tax(customer: Any, offer: Any) -> Tax | None:
    """What a sale to the customer at home bears."""
    if not customer or not offer or offer.category is None:
        return None
    own = Tax(offer.category, offer.rate)
    return tax_of_sale(customer.own_country, customer.country, customer.vat_id, own)


def _found(items: Sequence[Any], lines: Sequence[QuoteLine]) -> list[tuple[int, tuple[Any, QuoteLine]]]:
    return [(i, pair) for i, pair in enumerate(zip(items, lines, strict=True)) if pair[0]]


def _quoted(line: QuoteLine, item: Any, offer: Any, lying: Mapping[int, Decimal], currency: str) -> Quoted:
    if item is None:
        return Quoted(None, "", "", None, Decimal(1), None, None, "unknown-item")
    price = line.price if line.price is not None else offer.price if offer else None
    per = offer.per if offer and line.price is None and offer.per else Decimal(1)
    net = None if price is None or line.quantity is None else line_net(line.quantity, price, per, Decimal(0), currency)
    wrong = "quantity-not-positive" if line.quantity is not None and line.quantity <= 0 else ""
    wrong = wrong or ("no-price" if offer and price is None else "")
    stocked = None if item.kind == "service" else lying.get(item.id, Decimal(0))
    return Quoted(item.id, item.name, item.unit, price, per, net, stocked, wrong)


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


@query("orders.by_table", NoQuestion)
def by_table(ctx: Reader, asked: NoQuestion) -> list[int]:
    """The active orders whose class the published table gives; none when there is no table."""
    return [row.id for row in ctx.fetch(PRIORITY.active, versions=None)]


@dataclass(frozen=True)
class Queue:
    """Ask who waits for goods: by words (order, customer, item), item or its kind, or only those whose day is over; in the order in which
    they are served, unless sorted otherwise."""

    search: str | None = None
    item: int | None = None
    kind: str | None = None
    late: bool | None = None
    sort: str = "served"
    after: str | None = None
    size: int = 50


@query("orders.queue", Queue)
def queue(ctx: Reader, asked: Queue) -> Page:
    """The lines of confirmed orders that lack goods, first the one that is served first when goods come in."""
    narrowed = {"search": asked.search, "item": asked.item, "kind": asked.kind, "late": asked.late or None}
    return page(ctx, PRIORITY.queue, QUEUE_SORTS, asked, patience=PATIENCE, **narrowed)
