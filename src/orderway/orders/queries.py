"""Reading orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.catalog.queries import PriceAsked, Wanted, by_numbers, offers, why_price
from orderway.catalog.rules import tax_of_sale
from orderway.catalog.sums import Rounding, Tax, breakdown
from orderway.kernel import clock
from orderway.kernel.context import Reader
from orderway.kernel.paging import COUNTED, Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import fetch, statements
from orderway.parties.queries import terms
from orderway.stock.queries import OneDemand, WhyStock, free
from orderway.stock.queries import why as why_stock

from .rules import keeping, line_net, net_left, promised

SQL = statements("orders", "orders")
VERIFY = statements("orders", "verify")
OVERVIEW = statements("orders", "overview")
FAR = 36_500  # days
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
    """Ask for orders: active, archived or all; by words (number, reference, customer), state, channel, customer, item.

    Or only those that are late, due within `due` days, or mine.
    """

    which: str = "active"
    search: str | None = None
    state: str | None = None
    channel: str | None = None
    customer: int | None = None
    item: int | None = None
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
    """What is known of one typed line. `problem` is a refusal code or empty; `free` is what lies free in all warehouses."""

    item: int | None
    name: str
    unit: str
    price: Decimal | None
    per: Decimal
    net: Decimal | None
    free: Decimal | None
    problem: str


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
        _quoted(line, item, priced.get(i), lying, currency)
        for i, (item, line) in enumerate(zip(items, asked.lines, strict=True))
    ]


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


@dataclass(frozen=True)
class OneLine:
    """Ask for one line of an order by its id."""

    id: int


class WhyDay(NamedTuple):
    """The day a line is promised for, on what it rests (`rules.promised`), how it stands (`rules.keeping`), and all these rest on: the day
    agreed for the order, the wishes for the line and the order, today, and how much is wanted, has left and is reserved beside it."""

    day: date | None
    rests_on: str
    keeping: str
    promised_on: date | None
    line_wish: date | None
    order_wish: date | None
    today: date
    wanted: Decimal
    gone: Decimal
    held: Decimal | None


class WhyLine(NamedTuple):
    """What a line's price, stock and day rest on. `prices` are those that could count on the day, the one that does first; `price_group`
    is the customer's; `follows` whether the line has that price (else it was agreed, or the lists changed since); `stock` None
    for what is not stocked."""

    line: Any
    customer: str
    price_group: str
    prices: Sequence[Any]
    follows: bool
    stock: WhyStock | None
    day: WhyDay


@query("orders.why_line", OneLine)
def why_line(ctx: Reader, asked: OneLine) -> WhyLine | None:
    """Why a line costs what it costs, for when it is promised, and why it is reserved or short; None for an unknown one."""
    line = ctx.one(OVERVIEW.line_terms, id=asked.id)
    if line is None:
        return None
    customer = terms(ctx, [line.customer_id])[line.customer_id]
    prices = why_price(
        ctx, PriceAsked(line.item_id, line.quantity, customer.price_group, line.currency, line.ordered_on)
    )
    counts = next((one for one in prices if one.applies), None)
    follows = counts is not None and (counts.price, counts.per) == (line.price, line.per)
    stock = why_stock(ctx, OneDemand(line.demand_id)) if line.demand_id else None
    day = _day(line, clock.today(customer.timezone), stock)
    return WhyLine(line, customer.name, customer.price_group, prices, follows, stock, day)


def _day(line: Any, today: date, stock: WhyStock | None) -> WhyDay:
    day, rests_on = promised(line.promised_on, line.line_wish, line.order_wish)
    wanted = line.quantity - line.cancelled
    gone, held = (stock.demand.met, stock.demand.allocated) if stock else (line.delivered, None)
    state = keeping(day, today, wanted, gone, held)
    leaves = (line.promised_on, line.line_wish, line.order_wish, today, wanted, gone, held)
    return WhyDay(day, rests_on, state, *leaves)


class TaxedLine(NamedTuple):
    """A line as its tax sees it: what is left of it, its category and rate, those of its item's class at home on the day of the order
    (None when the item is no longer sold), and whether the line has what these and the countries make of it."""

    position: int
    item: str
    net: Decimal
    tax: Tax
    at_home: Tax | None
    follows: bool


class TaxSum(NamedTuple):
    """The tax of one category and rate: the sum of its lines, `exact` = base x rate / 100, and the amount, that rounded once."""

    tax: Tax
    base: Decimal
    exact: Decimal
    amount: Decimal


class WhyTax(NamedTuple):
    """What the tax of an order rests on: where it is sold from and to, the customer's VAT number as it is now, lines and sums."""

    order: Any
    own_country: str
    ship_country: str
    vat_id: str
    lines: Sequence[TaxedLine]
    sums: Sequence[TaxSum]


@query("orders.why_tax", OneOrder)
def why_tax(ctx: Reader, asked: OneOrder) -> WhyTax | None:
    """Why an order bears the tax it bears, to the cent (EN 16931-1 BR-CO-17, BR-S-08); None for an unknown one."""
    order = ctx.one(SQL.one, id=asked.id)
    if order is None:
        return None
    customer = terms(ctx, [order.customer_id])[order.customer_id]
    rows = ctx.fetch(SQL.lines, id=asked.id)
    day = (customer.price_group, order.currency, order.ordered_on, customer.own_country)
    found = offers(ctx, [Wanted(row.item_id, row.quantity, *day) for row in rows])
    lines = []
    for at, row in enumerate(rows):
        home = Tax(found[at].category, found[at].rate) if at in found and found[at].category else None
        made = tax_of_sale(customer.own_country, order.ship_country, customer.vat_id, home) if home else None
        tax = Tax(row.tax_category, row.tax_rate)
        net = net_left(row.net, row.quantity, row.cancelled, order.currency)
        lines.append(TaxedLine(row.position, row.item_number, net, tax, home, made == tax))
    taxes = breakdown([(line.tax, line.net) for line in lines], order.currency, Rounding.DOCUMENT)
    sums = [TaxSum(one.tax, one.base, one.base * one.tax.rate / 100, one.amount) for one in taxes]
    return WhyTax(order, customer.own_country, order.ship_country, customer.vat_id, lines, sums)
