"""Items, prices and tax rates: adding them and setting them anew."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

SQL = statements("catalog", "items")
KEEPERS = ["manager", "accountant", "purchasing", "administrator"]
subject("item", "item")
subject("price", "price", root="item", root_column="item_id")
subject("tax_rate", "tax_rate")


@dataclass(frozen=True)
class AddItem:
    """An item to add; `unit` by UN/ECE Recommendation 20, `weight` in kilograms of one unit."""

    number: str
    name: str
    kind: str = "goods"
    unit: str = "H87"
    gtin: str = ""
    tax_class: str = "standard"
    weight: Decimal = Decimal(0)


@command("catalog.add_items", row=AddItem, roles=KEEPERS)
def add_items(ctx: Context, rows: Sequence[AddItem]) -> Outcome:
    """Add items to the catalogue; a number in use is refused."""
    known = {row.number for row in ctx.fetch(SQL.numbers_in_use, numbers=[row.number for row in rows])}
    refused = [Refusal("number-in-use", i, {"number": r.number}) for i, r in enumerate(rows) if r.number in known]
    refused += [Refusal("number-missing", i) for i, row in enumerate(rows) if not row.number.strip()]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    accepted = [row for i, row in enumerate(rows) if i not in out]
    ids = [row.id for row in ctx.fetch(SQL.insert_items, **columns(accepted, *(f.name for f in fields(AddItem))))]
    ctx.record_new("item.added", "item", ids)
    return Outcome(ids, refused)


@dataclass(frozen=True)
class SetPrice:
    """The net price of `per` units for a price group, from a quantity and a day on."""

    item: int
    price: Decimal
    valid_from: date
    price_group: str = "list"
    currency: str = "EUR"
    min_quantity: Decimal = Decimal(1)
    per: Decimal = Decimal(1)
    valid_to: date | None = None


@command("catalog.set_prices", row=SetPrice, roles=KEEPERS)
def set_prices(ctx: Context, rows: Sequence[SetPrice]) -> Outcome:
    """Set prices; one for the same group, quantity and day replaces the earlier."""
    known = {row.id for row in ctx.fetch(SQL.known_items, ids=[row.item for row in rows])}
    refused = [
        Refusal("unknown-item", i, {"position": i + 1, "item": row.item})
        for i, row in enumerate(rows)
        if row.item not in known
    ]
    refused += [Refusal("negative-price", i) for i, row in enumerate(rows) if row.price < 0 or row.per <= 0]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    out = {refusal.subject for refusal in refused}
    accepted = [row for i, row in enumerate(rows) if i not in out]
    ids = [row.id for row in ctx.fetch(SQL.set_prices, **columns(accepted, *(f.name for f in fields(SetPrice))))]
    ctx.record_new("price.set", "price", ids)
    return Outcome(ids, refused)


@dataclass(frozen=True)
class SetTaxRate:
    """The VAT rate of a tax class in a country from a day on."""

    country: str
    tax_class: str
    rate: Decimal
    valid_from: date
    category: str = "S"


@command("catalog.set_tax_rates", row=SetTaxRate, roles=["accountant", "administrator"])
def set_tax_rates(ctx: Context, rows: Sequence[SetTaxRate]) -> Outcome:
    """Set VAT rates; one for the same class, country and day replaces the earlier."""
    ids = [row.id for row in ctx.fetch(SQL.set_tax_rates, **columns(rows, *(f.name for f in fields(SetTaxRate))))]
    ctx.record_new("tax_rate.set", "tax_rate", ids)
    return Outcome(ids)
