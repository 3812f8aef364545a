"""Placing orders: prices and taxes as of the day, a demand for every line of goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.catalog.queries import Wanted, offers
from orderway.catalog.rules import tax_of_sale
from orderway.catalog.sums import Tax
from orderway.documents.commands import OpenParcel, open_parcel
from orderway.kernel import clock, numbers
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements
from orderway.parties.queries import terms
from orderway.stock.commands import Want, place_demands

from ..rules import line_net

SQL = statements("orders", "place")
subject("order", "sales_order", order_line="order_id")
LONGEST_TERM = 365  # days to pay
CHANNELS = ("shop", "counter", "phone", "mail", "edi", "file", "fax", "scan", "api", "office")


@dataclass(frozen=True)
class PlaceLine:
    """A line to order. No `price` means the customer's price of the day; `discount` in percent; from any warehouse unless said."""

    item: int
    quantity: Decimal
    price: Decimal | None = None
    description: str = ""
    discount: Decimal = Decimal(0)
    requested_on: date | None = None
    warehouse: int | None = None


@dataclass(frozen=True)
class PlaceOrder:
    """An order to place for a customer. What is left empty comes from the customer: currency of the company, address, terms."""

    customer: int
    lines: Sequence[PlaceLine]
    channel: str = "phone"
    their_reference: str = ""
    ordered_on: date | None = None
    requested_on: date | None = None
    ship_name: str = ""
    ship_street: str = ""
    ship_postcode: str = ""
    ship_city: str = ""
    ship_country: str = ""
    instruction: str = ""
    copied_from: int | None = None
    payment_days: int | None = None


class _Priced(NamedTuple):
    """A line with what the catalogue says of it."""

    place: int
    position: int
    item: int
    description: str
    quantity: Decimal
    unit: str
    price: Decimal
    per: Decimal
    discount: Decimal
    net: Decimal
    tax_category: str
    tax_rate: Decimal
    requested_on: date | None
    warehouse: int | None
    stocked: bool


@command("orders.place", row=PlaceOrder, roles=["manager", "administrator"])
def place(ctx: Context, rows: Sequence[PlaceOrder]) -> Outcome:
    """Place orders: price their lines, demand their goods, give them numbers."""
    customers = terms(ctx, [row.customer for row in rows])
    refused = [r for i, row in enumerate(rows) if (r := _unfit(i, row, customers.get(row.customer)))]
    out = {refusal.subject for refusal in refused}
    fit = [i for i in range(len(rows)) if i not in out]
    priced, unpriced = _price(ctx, rows, fit, customers)
    refused += unpriced
    if ctx.halts(refused):
        return Outcome(refused=refused)
    accepted = [i for i in fit if i in priced]
    if not accepted:
        return Outcome(refused=refused)
    orders = _write(ctx, rows, accepted, priced, customers)
    ctx.record_new("order.placed", "order", [order.id for order in orders])
    return Outcome([o.id for o in orders], refused, {"numbers": [o.number for o in orders]})


def _unfit(index: int, row: PlaceOrder, customer: Any) -> Refusal | None:
    if customer is None or not customer.is_customer:
        return Refusal("unknown-customer", index, {"customer": row.customer, "field": "customer"})
    if not row.lines:
        return Refusal("no-lines", index, {"field": "lines"})
    if row.channel not in CHANNELS:
        return Refusal(
            "unknown-channel", index, {"channel": row.channel, "allowed": list(CHANNELS), "field": "channel"}
        )
    if row.payment_days is not None and not 0 <= row.payment_days <= LONGEST_TERM:
        return Refusal("unknown-term", index, {"days": row.payment_days, "most": LONGEST_TERM, "field": "payment_days"})
    for position, line in enumerate(row.lines, 1):
        if line.quantity <= 0:
            return Refusal("quantity-not-positive", index, {**_at(position, "quantity"), "quantity": line.quantity})
        if not 0 <= line.discount <= 100:
            return Refusal("price-not-possible", index, _at(position, "discount"))
        if line.price is not None and line.price < 0:
            return Refusal("price-not-possible", index, _at(position, "price"))
    return None


def _at(position: int, name: str) -> dict[str, Any]:
    """Where a line is wrong: its position for people, its field as in the row for programs."""
    return {"position": position, "field": f"lines.{position - 1}.{name}"}


def _price(
    ctx: Context, rows: Sequence[PlaceOrder], fit: Sequence[int], customers: Mapping[int, Any]
) -> tuple[dict[int, list[_Priced]], list[Refusal]]:
    """The priced lines of each fit row, and a refusal for each row with an unknown item or no price."""
    lines = [(i, position, line) for i in fit for position, line in enumerate(rows[i].lines, 1)]
    days = {i: rows[i].ordered_on or clock.today(customers[rows[i].customer].timezone) for i in fit}
    wanted = []
    for i, _, line in lines:
        customer = customers[rows[i].customer]
        wanted.append(
            Wanted(line.item, line.quantity, customer.price_group, customer.currency, days[i], customer.own_country)
        )
    found = offers(ctx, wanted)
    priced: dict[int, list[_Priced]] = {i: [] for i in fit}
    refused: dict[int, Refusal] = {}
    for at, (i, position, line) in enumerate(lines):
        offer = found.get(at)
        if offer is None:
            refused.setdefault(i, Refusal("unknown-item", i, {**_at(position, "item"), "item": line.item}))
        elif line.price is None and offer.price is None:
            refused.setdefault(i, Refusal("no-price", i, {**_at(position, "price"), "item": offer.number}))
        elif offer.category is None:
            refused.setdefault(i, Refusal("no-tax-rate", i, {**_at(position, "item"), "item": offer.number}))
        else:
            priced[i].append(_priced_line(i, position, line, rows[i], offer, customers[rows[i].customer]))
    return {i: done for i, done in priced.items() if i not in refused}, list(refused.values())


def _priced_line(i: int, position: int, line: PlaceLine, row: PlaceOrder, offer: Any, customer: Any) -> _Priced:
    price = offer.price if line.price is None else line.price
    per = offer.per if line.price is None else Decimal(1)
    tax = tax_of_sale(
        customer.own_country, row.ship_country or customer.country, customer.vat_id, Tax(offer.category, offer.rate)
    )
    return _Priced(
        place=i,
        position=position,
        item=offer.id,
        description=line.description or offer.name,
        quantity=line.quantity,
        unit=offer.unit,
        price=price,
        per=per,
        discount=line.discount,
        net=line_net(line.quantity, price, per, line.discount, customer.currency),
        tax_category=tax.category,
        tax_rate=tax.rate,
        requested_on=line.requested_on or row.requested_on,
        warehouse=line.warehouse,
        stocked=offer.kind != "service",
    )


def _write(
    ctx: Context,
    rows: Sequence[PlaceOrder],
    accepted: Sequence[int],
    priced: Mapping[int, list[_Priced]],
    customers: Mapping[int, Any],
) -> list[Any]:
    lines = [line for i in accepted for line in priced[i]]
    stocked = [line for line in lines if line.stocked]
    wants = [Want(line.item, line.quantity, line.requested_on, line.warehouse) for line in stocked]
    demands = iter(place_demands(ctx, wants))
    demand = [next(demands) if line.stocked else None for line in lines]
    heads = [_head(rows[i], customers[rows[i].customer], priced[i]) for i in accepted]
    year = f"{ctx.at:%y}"
    parcels = open_parcel(ctx.within(), [OpenParcel("order")] * len(accepted)).done
    series = numbers.take(ctx, f"order-{year}", len(accepted))
    orders = ctx.fetch(
        SQL.insert_orders,
        number=[f"{year}-{n:05}" for n in series],
        parcel=parcels,
        responsible=ctx.actor.person,
        **columns(heads, *_Head._fields),
    )
    by_place = {i: order.id for i, order in zip(accepted, orders, strict=True)}
    ctx.fetch(
        SQL.insert_lines,
        order=[by_place[line.place] for line in lines],
        demand=demand,
        **columns(lines, *(name for name in _Priced._fields if name not in ("place", "warehouse", "stocked"))),
    )
    return orders


class _Head(NamedTuple):
    customer: int
    channel: str
    their_reference: str
    ordered_on: date
    requested_on: date | None
    currency: str
    net: Decimal
    payment_days: int
    prepay_percent: Decimal
    prepay_open: bool
    ship_name: str
    ship_street: str
    ship_postcode: str
    ship_city: str
    ship_country: str
    instruction: str
    copied_from: int | None


def _head(row: PlaceOrder, customer: Any, lines: Sequence[_Priced]) -> _Head:
    own = not row.ship_street and not row.ship_city
    return _Head(
        customer=row.customer,
        channel=row.channel,
        their_reference=row.their_reference,
        ordered_on=row.ordered_on or clock.today(customer.timezone),
        requested_on=row.requested_on,
        currency=customer.currency,
        net=sum((line.net for line in lines), Decimal(0)),
        payment_days=customer.payment_days if row.payment_days is None else row.payment_days,
        prepay_percent=customer.prepay_percent,
        prepay_open=customer.prepay_percent > 0,
        ship_name=row.ship_name or customer.name,
        ship_street=customer.street if own else row.ship_street,
        ship_postcode=customer.postcode if own else row.ship_postcode,
        ship_city=customer.city if own else row.ship_city,
        ship_country=row.ship_country or customer.country,
        instruction=row.instruction,
        copied_from=row.copied_from,
    )
