"""A `Reading` as JSON and back: what a reader's own process answers, and what can be kept.

Rows are lists in the order of the dataclass fields, without names: a table of 100,000 lines stays small. Decimals are
strings, dates ISO.
"""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from orderway.capture import reasons
from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft, Reading

_STATUSES = ("order", "review", "rejected")


def to_json(reading: Reading) -> str:
    """The reading as one line of JSON; `from_json` gives an equal one."""
    why = [reasons.as_json(reason) for reason in reading.reasons]
    orders = [_order(draft) for draft in reading.drafts]
    return json.dumps([reading.status, reading.kind, why, orders], ensure_ascii=True, separators=(",", ":"))


def from_json(stated: str | bytes) -> Reading:
    """The reading `to_json` wrote. Raises `ValueError` where the text is not one."""
    try:
        status, kind, why, drafts = json.loads(stated)
        if status not in _STATUSES or not isinstance(kind, str):
            raise ValueError("not a reading")
        return Reading(status, kind, tuple(map(reasons.from_json, why)), tuple(_order_back(row) for row in drafts))
    except (AttributeError, TypeError, KeyError, IndexError, ArithmeticError, RecursionError) as error:
        raise ValueError(f"not a reading: {error}") from error


def _decimal(value: Decimal | None) -> str | None:
    return None if value is None else str(value)


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _decimal_back(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _day_back(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _party(p: PartyDraft) -> list[Any]:
    return [p.name, p.ids, p.street, p.postcode, p.city, p.country, p.email, p.phone]


def _party_back(row: list[Any]) -> PartyDraft:
    name, ids, *rest = row
    return PartyDraft(name, tuple((scheme, value) for scheme, value in ids), *rest)


def _line(d: LineDraft) -> list[Any]:
    numbers = (_decimal(d.quantity), d.unit, _decimal(d.price), _decimal(d.amount))
    return [
        d.position,
        d.item,
        d.seller_item,
        d.buyer_item,
        d.gtin,
        d.description,
        *numbers,
        _day(d.requested_on),
        d.note,
    ]


def _line_back(row: list[Any]) -> LineDraft:
    position, item, seller, buyer, gtin, described, quantity, unit, price, amount, requested, note = row
    return LineDraft(
        position, item, seller, buyer, gtin, described,
        _decimal_back(quantity), unit, _decimal_back(price), _decimal_back(amount), _day_back(requested), note,
    )  # fmt: skip


def _order(o: OrderDraft) -> list[Any]:
    parties = (_party(o.customer), _party(o.supplier), _party(o.delivery))
    days = (_day(o.ordered_on), _day(o.requested_on))
    return [
        o.number,
        o.reference,
        *parties,
        o.currency,
        *days,
        [_line(line) for line in o.lines],
        _decimal(o.total),
        o.note,
    ]


def _order_back(row: list[Any]) -> OrderDraft:
    number, reference, customer, supplier, delivery, currency, ordered, requested, lines, total, note = row
    return OrderDraft(
        number, reference, _party_back(customer), _party_back(supplier), _party_back(delivery), currency,
        _day_back(ordered), _day_back(requested), tuple(_line_back(line) for line in lines), _decimal_back(total), note,
    )  # fmt: skip
