"""Why an order is as it is: its prices, the day that is promised, its tax and its class, each with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.catalog.queries import PriceAsked, Wanted, offers, why_price
from orderway.catalog.rules import tax_of_sale
from orderway.catalog.sums import Rounding, Tax, breakdown
from orderway.decisions.deciding import Considered, NoDecision, consider
from orderway.kernel import clock
from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.parties.queries import terms
from orderway.stock.queries import OneDemand, WhyStock
from orderway.stock.queries import why as why_stock

from .rules import PRIORITY_TABLE, keeping, net_left, priority_by, promised

SQL = statements("orders", "orders")
OVERVIEW = statements("orders", "overview")
PRIORITY = statements("orders", "prioritise")


@dataclass(frozen=True)
class OneOrder:
    """Ask for one order by its id."""

    id: int


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


class WhyPriority(NamedTuple):
    """What the class of an order rests on: what a person said and when, and what the published table says of it now.

    `table` is its name, `version` its number (0: none is published, the flag alone counts), `rules` the numbers of the rules that
    hit, with the columns and their conditions as written, `answer` what came out. `now` is the class that follows from it all; the next run
    writes it where it is another.
    """

    order: Any
    now: int
    key: str
    table: str
    version: int
    rules: Sequence[tuple[int, Sequence[tuple[str, str]]]]
    values: Mapping[str, Any]
    answer: Any


@query("orders.why_priority", OneOrder)
def why_priority(ctx: Reader, asked: OneOrder) -> WhyPriority | None:
    """Why an order is as urgent as it is; None for an unknown one."""
    order = ctx.one(PRIORITY.why, id=asked.id)
    if order is None:
        return None
    try:
        said = consider(ctx, PRIORITY_TABLE, "order", [asked.id])
    except NoDecision:
        return WhyPriority(order, priority_by(order.flag, None), "", "", 0, (), {}, None)
    return _why_by_table(order, said)


def _why_by_table(order: Any, said: Considered) -> WhyPriority:
    answer, logic = said.found[order.id], said.decider.logic
    rows = logic.rules if logic else ()
    names = [one.label or one.expression.strip() for one in logic.inputs] if logic else []
    rules = [(n, list(zip(names, rows[n - 1].inputs, strict=False)) if n <= len(rows) else ()) for n in answer.rules]
    return WhyPriority(
        order,
        priority_by(order.flag, answer.result),
        PRIORITY_TABLE,
        said.decider.name,
        said.version.number,
        rules,
        said.values[order.id],
        answer.result,
    )
