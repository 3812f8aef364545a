"""How far an order is, for its customer: a page behind a link that stands in our letters, without signing in.

The link names the order and is signed with this installation's secret (docs/decisions/0120). It lives as long as the order does: whoever
holds the letter may look at any time, and sees nothing that the letter did not say already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer

from orderway.kernel.context import Reader
from orderway.kernel.registry import query
from orderway.kernel.sql import statements

from .explaining import OneOrder

SQL = statements("orders", "status")


def status_path(company: int, order: int) -> str:
    """Where the page of an order is on this installation."""
    return f"/status/{_signer().sign(f'{company}.{order}')}"


def status_link(company: int, order: int) -> str:
    """Its whole address, for letters."""
    return settings.PUBLIC_URL + status_path(company, order)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose order a link shows."""

    company: int
    order: int


def holder_of(token: str) -> Holder | None:
    """What the last part of a link names, or None when nobody here made it."""
    try:
        company, order = _signer().unsign(token).split(".")
    except BadSignature:
        return None
    return Holder(int(company), int(order))


def _signer() -> Signer:
    return Signer(salt="orders.status", sep="~")


class Status(NamedTuple):
    """The head (number, their_reference, ordered_on, requested_on, promised_on, state, held_from, language, company, timezone), and the
    lines (position, description, unit, quantity, delivered, goods)."""

    head: Any
    lines: Sequence[Any]


@query("orders.status", OneOrder)
def status(ctx: Reader, asked: OneOrder) -> Status | None:
    """How far an order is as its customer may know it, or None."""
    head = ctx.one(SQL.head, id=asked.id)
    return Status(head, ctx.fetch(SQL.lines, id=asked.id)) if head else None
