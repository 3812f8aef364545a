"""The formal and factual checks of an order (each a pure function from its facts to a finding)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from stdnum.eu import vat

from orderway.kernel import clock

# postcodes where the format is fixed (UPU addressing sheets)
POSTCODES = {
    "DE": r"\d{5}",
    "AT": r"\d{4}",
    "CH": r"\d{4}",
    "FR": r"\d{5}",
    "IT": r"\d{5}",
    "ES": r"\d{5}",
    "NL": r"\d{4} ?[A-Z]{2}",
    "BE": r"\d{4}",
    "PL": r"\d{2}-\d{3}",
    "US": r"\d{5}(-\d{4})?",
}
Severity = Literal["block", "warn"]


@dataclass(frozen=True, slots=True)
class Found:
    """The result of one check, passed or not, with the values it rests on."""

    check: str
    passed: bool
    severity: Severity
    evidence: Mapping[str, Any] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether it stands in the way, unless a person lets it pass."""
        return not self.passed and self.severity == "block"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an order when it is verified; money in its currency, `short` = lines whose goods are not free in stock."""

    today: date
    lines: int
    ship_street: str
    ship_postcode: str
    ship_city: str
    ship_country: str
    requested_on: date | None
    their_reference: str
    same_reference: int
    vat_id: str
    off_price: tuple[str, ...]
    short: tuple[str, ...]
    open_net: Decimal
    credit_limit: Decimal | None
    payment_days: int


def address(facts: Facts) -> Found:
    """Street, town and, where its form is fixed, the postcode (GD-06)."""
    pattern = POSTCODES.get(facts.ship_country)
    missing = [name for name in ("ship_street", "ship_city", "ship_country") if not getattr(facts, name).strip()]
    fits = pattern is None or re.fullmatch(pattern, facts.ship_postcode.strip()) is not None
    evidence = {"missing": missing, "postcode": facts.ship_postcode, "country": facts.ship_country}
    return Found("address", not missing and fits, "warn" if not missing else "block", evidence)


def vat_number(facts: Facts) -> Found:
    """The VAT id's form and check digit, where one is given (Council Regulation 904/2010, formats by member state)."""
    fine = not facts.vat_id or facts.vat_id[:2] == "GB" or _valid(facts.vat_id)
    return Found("vat-number", fine, "block", {"vat_id": facts.vat_id})


@lru_cache(10_000)  # the orders of one customer ask the same
def _valid(vat_id: str) -> bool:
    return bool(vat.is_valid(vat_id))


def dates(facts: Facts) -> Found:
    """A wanted day that has passed is a slip."""
    fine = facts.requested_on is None or facts.requested_on >= facts.today
    return Found("dates", fine, "warn", {"requested_on": facts.requested_on, "today": facts.today})


def duplicate(facts: Facts) -> Found:
    """The same customer used the same reference before."""
    return Found("duplicate", facts.same_reference == 0, "block", {"reference": facts.their_reference})


def prices(facts: Facts) -> Found:
    """Lines whose price is not that of the customer's list."""
    return Found("prices", not facts.off_price, "warn", {"lines": list(facts.off_price)})


def stock(facts: Facts) -> Found:
    """Lines whose goods are not free in stock (SP-12): they will be short."""
    return Found("stock", not facts.short, "warn", {"lines": list(facts.short)})


def credit(facts: Facts) -> Found:
    """What the customer has open with us, this order included, against the limit agreed."""
    fine = facts.credit_limit is None or facts.open_net <= facts.credit_limit
    return Found("credit", fine, "block", {"open": str(facts.open_net), "limit": str(facts.credit_limit)})


def terms(facts: Facts) -> Found:
    """Payment terms between now and 120 days."""
    return Found("terms", 0 <= facts.payment_days <= 120, "block", {"payment_days": facts.payment_days})


CHECKS: tuple[Callable[[Facts], Found], ...] = (address, vat_number, dates, duplicate, prices, stock, credit, terms)


def verify(facts: Facts) -> list[Found]:
    """All checks, passed or not, in a fixed order."""
    return [check(facts) for check in CHECKS]


def facts_of(row: Any) -> Facts:
    """The facts of a row of `verify.sql`, on the day it is where the company is."""
    known = {f.name: getattr(row, f.name) for f in fields(Facts) if f.name not in ("today", "off_price", "short")}
    return Facts(today=clock.today(row.timezone), off_price=tuple(row.off_price), short=tuple(row.short), **known)
