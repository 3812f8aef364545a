"""Reading items and prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

SQL = statements("catalog", "items")
SORTS = {"number": "i.number, i.id", "name": "i.name, i.id", "kind": "i.kind, i.number"}


class Wanted(NamedTuple):
    """A line to be priced: how much of which item, for which price group, currency, day, and whose VAT."""

    item: int
    quantity: Decimal
    price_group: str
    currency: str
    day: date
    country: str


def offers(ctx: Reader, wanted: Sequence[Wanted]) -> dict[int, Any]:
    """By index of `wanted`: id, number, name, kind, unit, price and per (None when there is no price), category and rate.

    An index is missing when the item is unknown or no longer sold. A quantity break counts from its own quantity on.
    """
    different = list(dict.fromkeys(wanted))  # a file of orders asks the same again and again
    lists = {name: [getattr(line, name) for line in different] for name in Wanted._fields}
    found = {different[row.place - 1]: row for row in ctx.fetch(SQL.offers, **lists)}
    return {at: found[line] for at, line in enumerate(wanted) if line in found}


def by_numbers(ctx: Reader, numbers: Sequence[str]) -> dict[str, Any]:
    """Items by number and by GTIN, where they are known."""
    rows = ctx.fetch(SQL.by_numbers, numbers=list(numbers))
    return {row.gtin: row for row in rows if row.gtin} | {row.number: row for row in rows}


@dataclass(frozen=True)
class ItemList:
    """Ask for items: by words, number or GTIN, by kind, sorted, one page."""

    search: str | None = None
    kind: str | None = None
    sort: str = "number"
    after: str | None = None
    size: int = 50


@query("catalog.items", ItemList)
def list_items(ctx: Reader, asked: ItemList) -> Page:
    """Items with their list price, one page at a time."""
    return page(ctx, SQL.list, SORTS, asked, search=asked.search, kind=asked.kind)


@dataclass(frozen=True)
class OneItem:
    """Ask for one item by its id."""

    id: int


@query("catalog.item", OneItem)
def one_item(ctx: Reader, asked: OneItem) -> Any:
    """Everything about one item, or None."""
    return ctx.one(SQL.one, id=asked.id)


@query("catalog.prices", OneItem)
def prices(ctx: Reader, asked: OneItem) -> list[Any]:
    """All prices of one item, by group, currency, quantity and day."""
    return ctx.fetch(SQL.prices_of, id=asked.id)


@dataclass(frozen=True)
class PriceAsked:
    """Ask which price counts: for so much of an item, a price group, a currency and a day."""

    item: int
    quantity: Decimal
    price_group: str
    currency: str
    day: date


@query("catalog.why_price", PriceAsked)
def why_price(ctx: Reader, asked: PriceAsked) -> list[Any]:
    """The prices that could count for so much of an item, the one that does first.

    The customer's group comes before the list, a larger quantity before a smaller, a younger price before an older; `applies` is false
    where the quantity is not reached.
    """
    return ctx.fetch(
        SQL.price_candidates,
        item=asked.item,
        quantity=asked.quantity,
        price_group=asked.price_group,
        currency=asked.currency,
        day=asked.day,
    )
