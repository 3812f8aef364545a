"""Reading customers and suppliers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

SQL = statements("parties", "parties")
SORTS = {"name": "p.name, p.id", "number": "p.number, p.id", "city": "p.city, p.id"}


def terms(ctx: Reader, ids: Sequence[int]) -> dict[int, Any]:
    """What an order needs to know of each customer: country, price group, payment days, prepayment; missing ids are not visible."""
    return {row.id: row for row in ctx.fetch(SQL.terms, ids=list(ids))}


def recognise(ctx: Reader, signs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """The party each (scheme, value) sign means, where it is known."""
    rows = ctx.fetch(SQL.by_keys, scheme=[s for s, _ in signs], value=[v for _, v in signs])
    return {(row.scheme, row.value): row for row in rows}


@dataclass(frozen=True)
class PartyList:
    """Ask for parties: by words in the name or the number, customers only, sorted, one page."""

    search: str | None = None
    customers: bool | None = None
    sort: str = "name"
    after: str | None = None
    size: int = 50


@query("parties.list", PartyList)
def list_parties(ctx: Reader, asked: PartyList) -> Page:
    """Customers and suppliers, one page at a time."""
    return page(ctx, SQL.list, SORTS, asked, search=asked.search, customers=asked.customers)


@dataclass(frozen=True)
class OneParty:
    """Ask for one party by its id."""

    id: int


@query("parties.one", OneParty)
def one_party(ctx: Reader, asked: OneParty) -> Any:
    """Everything about one party, or None."""
    return ctx.one(SQL.one, id=asked.id)
