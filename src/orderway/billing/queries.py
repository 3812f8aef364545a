"""Reading invoices and what is open."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.orders.explaining import OneOrder
from orderway.workflow.acts import Refused

from .refusing import LAST_LEVEL, REST, InvoiceLeaves, PrepayLeaves, judges, prepay_judges

SQL = statements("billing", "invoices")
REFUSING = statements("billing", "refusing")
SELLING = statements("billing", "sell")
TILL = ["manager", "warehouse", "accountant", "administrator"]  # who sells over the counter
COUNTER = ("COUNTER", "walk-in")  # the sign of the customer who stands for everybody without an account
SORTS = {
    "newest": "i.id desc",
    "due": "i.due_on, i.id",
    "number": "i.number, i.id",
    "customer": "p.name, i.id",
    "open": "i.due - i.paid, i.id",
}
TAKINGS_SORTS = {"newest": "p.received_on desc, i.currency", "day": "p.received_on, i.currency"}
BOOK_SORTS = {"newest": "p.id desc", "amount": "p.amount, p.id", "customer": "c.name, p.id", "number": "i.number, p.id"}


@dataclass(frozen=True)
class InvoiceList:
    """Ask for issued invoices: by words, kind, order, customer or dunning level; open, overdue or remindable ones; sorted, one page."""

    search: str | None = None
    kind: str | None = None
    order: int | None = None
    customer: int | None = None
    open: bool | None = None
    overdue: bool | None = None
    reminded: int | None = None
    remindable: bool | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("billing.invoices", InvoiceList)
def invoices(ctx: Reader, asked: InvoiceList) -> Page:
    """Issued invoices, prepayment invoices and credit notes, one page at a time."""
    narrowed = {name: getattr(asked, name) for name in ("search", "kind", "order", "customer")}
    narrowed |= {name: getattr(asked, name) or None for name in ("open", "overdue", "remindable")}
    narrowed["reminded"] = None if asked.reminded is None else max(0, min(asked.reminded, LAST_LEVEL + 1))
    return page(ctx, SQL.list, SORTS, asked, last_level=LAST_LEVEL, rest=REST, **narrowed)


@dataclass(frozen=True)
class OneInvoice:
    """Ask for one invoice by its id."""

    id: int


@query("billing.invoice", OneInvoice)
def one_invoice(ctx: Reader, asked: OneInvoice) -> Any:
    """The head of one invoice, or None."""
    return ctx.one(SQL.one, id=asked.id)


@query("billing.lines", OneInvoice)
def lines(ctx: Reader, asked: OneInvoice) -> list[Any]:
    """The lines of one invoice."""
    return ctx.fetch(SQL.lines, id=asked.id)


@query("billing.payments", OneInvoice)
def payments(ctx: Reader, asked: OneInvoice) -> list[Any]:
    """What came for one invoice."""
    return ctx.fetch(SQL.payments, id=asked.id)


@query("billing.why_not", OneInvoice)
def why_not(ctx: Reader, asked: OneInvoice) -> Refused | None:
    """Which acts on an invoice would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(REFUSING.leaves, id=asked.id)
    return judges.told(InvoiceLeaves(**row._asdict())) if row else None


@query("billing.why_no_prepayment", OneOrder)
def why_no_prepayment(ctx: Reader, asked: OneOrder) -> Refused | None:
    """Whether a prepayment of an order would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(REFUSING.prepayment, id=asked.id)
    return prepay_judges.told(PrepayLeaves(**row._asdict())) if row else None


@dataclass(frozen=True)
class ToInvoice:
    """Ask for orders with something delivered that was not charged."""

    sort: str = "oldest"
    after: str | None = None
    size: int = 50


@query("billing.to_invoice", ToInvoice)
def to_invoice(ctx: Reader, asked: ToInvoice) -> Page:
    """Orders of which something was delivered and not charged yet, with its net amount."""
    return page(ctx, SQL.to_invoice, {"oldest": "o.id", "customer": "p.name, o.id"}, asked)


@dataclass(frozen=True)
class Ageing:
    """Nothing to narrow."""


@query("billing.ageing", Ageing)
def ageing(ctx: Reader, asked: Ageing) -> list[Any]:
    """Open amounts by currency and age: not due, up to 30, 60, 90 days, older."""
    return ctx.fetch(SQL.ageing)


@dataclass(frozen=True)
class Takings:
    """Ask what came over the counter, from one day to another (both with)."""

    since: date | None = None
    until: date | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("billing.takings", Takings, roles=TILL)
def takings(ctx: Reader, asked: Takings) -> Page:
    """What was paid in cash and by card, a row a day and currency."""
    return page(ctx, SQL.takings, TAKINGS_SORTS, asked, since=asked.since, until=asked.until)


@dataclass(frozen=True)
class CashBook:
    """Ask for the payments in cash and by card: of some days, by one way, by words."""

    since: date | None = None
    until: date | None = None
    method: str | None = None
    search: str | None = None
    sort: str = "newest"
    after: str | None = None
    size: int = 50


@query("billing.cash_book", CashBook, roles=TILL)
def cash_book(ctx: Reader, asked: CashBook) -> Page:
    """The payments behind the takings, one page at a time."""
    narrowed = {"since": asked.since, "until": asked.until, "method": asked.method, "search": asked.search}
    return page(ctx, SQL.cash_book, BOOK_SORTS, asked, **narrowed)


@dataclass(frozen=True)
class WalkIn:
    """Nothing to narrow."""


@query("billing.walk_in", WalkIn, roles=TILL)
def walk_in(ctx: Reader, asked: WalkIn) -> Any:
    """The customer who stands for everybody without an account, or None where nobody was named."""
    return ctx.one(SELLING.walk_in, scheme=COUNTER[0], sign=COUNTER[1])
