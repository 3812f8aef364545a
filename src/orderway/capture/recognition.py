"""Who and what a draft means, and what is doubtful about it, for a whole set of drafts at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orderway.catalog.queries import Wanted, by_numbers, offers
from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.sql import statements
from orderway.parties.queries import recognise, terms

from .drafts import LineDraft, OrderDraft
from .rules import Doubt, account_numbers, catalogue_numbers, line_doubts, signs, stated_keys

SQL = statements("capture", "intake")


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft with what a person has settled of it: the customer, items by line (counted from 1), whether stated prices hold."""

    draft: OrderDraft
    sender: str = ""
    customer: int | None = None
    items: Mapping[int, int] = field(default_factory=dict)
    stated_prices: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a draft: the customer, an item a line (None where unknown), whether the stated price of the line holds."""

    customer: int | None
    items: Sequence[int | None]
    stated_prices: Sequence[bool]
    doubts: Sequence[Doubt]


def understand(ctx: Context, asked: Sequence[Asked]) -> list[Known]:
    """What each draft means. The number of statements does not grow with the set."""
    customers = _customers(ctx, asked)
    items = _items(ctx, asked, customers)
    known = terms(ctx, sorted({id for id in customers if id}))
    offered = _offers(ctx, asked, customers, items, known)
    return [_known(i, one, customers[i], items[i], known, offered) for i, one in enumerate(asked)]


def _customers(ctx: Context, asked: Sequence[Asked]) -> list[int | None]:
    stated = [signs(one.draft, one.sender) for one in asked]
    parties = recognise(ctx, list(dict.fromkeys(sign for found in stated for sign in found)))
    numbers = [account_numbers(one.draft) for one in asked]
    accounts = {
        row.number: row.party_id
        for row in ctx.fetch(SQL.by_account, numbers=sorted({n for own in numbers for n in own}))
    }
    found = []
    for one, its_signs, its_numbers in zip(asked, stated, numbers, strict=True):
        by_sign = (parties[sign].party_id for sign in its_signs if sign in parties)
        by_account = (accounts[number] for number in its_numbers if number in accounts)
        found.append(one.customer or next(by_sign, None) or next(by_account, None))
    return found


def _items(ctx: Context, asked: Sequence[Asked], customers: Sequence[int | None]) -> list[list[int | None]]:
    lines = [(customer, line) for one, customer in zip(asked, customers, strict=True) for line in one.draft.lines]
    taught = list(dict.fromkeys((customer, key) for customer, line in lines if customer for key in stated_keys(line)))
    memory = {
        (row.customer, row.stated): row.item_id
        for row in ctx.fetch(SQL.remembered, customer=[c for c, _ in taught], stated=[key for _, key in taught])
    }
    catalogue = by_numbers(ctx, list(dict.fromkeys(number for _, line in lines for number in catalogue_numbers(line))))

    def meant(customer: int | None, line: LineDraft) -> int | None:
        remembered = (memory[customer, key] for key in stated_keys(line) if customer and (customer, key) in memory)
        listed = (catalogue[number].id for number in catalogue_numbers(line) if number in catalogue)
        return next(remembered, None) or next(listed, None)

    return [
        [one.items.get(number) or meant(customer, line) for number, line in enumerate(one.draft.lines, 1)]
        for one, customer in zip(asked, customers, strict=True)
    ]


def _offers(
    ctx: Context,
    asked: Sequence[Asked],
    customers: Sequence[int | None],
    items: Sequence[Sequence[int | None]],
    known: Mapping[int, Any],
) -> dict[tuple[int, int], Any]:
    """Our price and unit by (draft, line) where customer, item and quantity are known."""
    places: list[tuple[int, int]] = []
    wanted: list[Wanted] = []
    for i, one in enumerate(asked):
        customer = known.get(customers[i] or 0)
        if customer is None:
            continue
        day = one.draft.ordered_on or clock.today(customer.timezone)
        for at, line in enumerate(one.draft.lines):
            item, quantity = items[i][at], line.quantity or Decimal(1)
            if item:
                places.append((i, at))
                terms_of = (customer.price_group, customer.currency, day, customer.own_country)
                wanted.append(Wanted(item, quantity, *terms_of))
    return {places[at]: offer for at, offer in offers(ctx, wanted).items()}


def _known(
    i: int,
    one: Asked,
    customer: int | None,
    items: Sequence[int | None],
    known: Mapping[int, Any],
    offered: Mapping[tuple[int, int], Any],
) -> Known:
    draft = one.draft
    doubts: list[Doubt] = []
    party = known.get(customer or 0)
    if party is None or not party.is_customer:
        doubts.append(Doubt("unknown-customer", {"name": draft.customer.name, "sender": one.sender}))
    elif draft.currency and draft.currency != party.currency:
        doubts.append(Doubt("currency-differs", {"stated": draft.currency, "ours": party.currency}))
    if not draft.lines:
        doubts.append(Doubt("no-lines", {}))
    holds = []
    for at, line in enumerate(draft.lines):
        offer = offered.get((i, at))
        holds.append(line.price is not None and (one.stated_prices or (offer is not None and offer.price is None)))
        if items[at] is None or party is not None:
            doubts += line_doubts(line.position or str(at + 1), line, items[at], offer, one.stated_prices)
    return Known(customer if party else None, items, holds, doubts)
