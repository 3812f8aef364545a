"""Prepayment invoices: so much of the order is paid before anything ships."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements
from orderway.orders.commands.deliver import note_money

from ..bills import Bill, bill, prepayment_lines
from ..refusing import not_prepayable
from .issue import BOOKS, SQL, lock, write
from .settle import settle

LINES = statements("billing", "prepay")


@dataclass(frozen=True)
class Prepay:
    """An order of which `percent` is invoiced before anything ships; None takes what was agreed with the customer."""

    id: int
    percent: Decimal | None = None


@command("billing.issue_prepayment", row=Prepay, roles=BOOKS)
def issue_prepayment(ctx: Context, rows: Sequence[Prepay]) -> Outcome:
    """Issue prepayment invoices; each is taken off the later invoices, tax included, once it is paid."""
    orders, refused = lock(ctx, [row.id for row in rows])
    wanted = {
        row.id: orders[row.id].prepay_percent if row.percent is None else row.percent
        for row in rows
        if row.id in orders
    }
    known = {row.order_id for row in ctx.fetch(LINES.prepaid_already, ids=list(orders))}
    refused += [no for id, order in orders.items() for no in not_prepayable(order, id in known)]
    refused += [Refusal("percent-not-possible", id, {"percent": p}) for id, p in wanted.items() if not 0 < p <= 100]
    out = {refusal.subject for refusal in refused}
    accepted = {id: percent for id, percent in wanted.items() if id not in out}
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    lines: dict[int, list[Any]] = {}
    for row in ctx.fetch(LINES.order_sums, ids=list(accepted)):
        lines.setdefault(row.order_id, []).append(row)
    bills = [_bill(lines[id], percent, orders[id]) for id, percent in accepted.items()]
    opened = ctx.fetch(
        SQL.insert_bills,
        kind="prepayment",
        orders=list(accepted),
        corrects=[None] * len(accepted),
        reason=[""] * len(accepted),
    )
    invoices = {row.id: b for row, b in zip(opened, bills, strict=True)}
    given = write(ctx, "prepayment", invoices, {row.id: orders[row.order_id] for row in opened})
    ctx.record_new("prepayment.issued", "invoice", list(invoices))
    note_money(ctx.within(), {id: {"prepay_open": True} for id in accepted}, "order.prepayment_asked")
    settle(ctx, list(accepted))
    return Outcome(list(accepted), refused, {"invoices": list(invoices), "numbers": given})


def _bill(lines: Sequence[Any], percent: Decimal, order: Any) -> Bill:
    with translation.override(order.language):
        words = _("Prepayment of %(percent)s %% on order %(number)s") % {
            "percent": percent.normalize().to_eng_string(),
            "number": order.number,
        }
    return bill(prepayment_lines(lines, percent, order.currency, words), order.currency)
