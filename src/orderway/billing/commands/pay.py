"""Payments: what came for an invoice, was charged back, or was refunded for a credit note."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import statements

from ..refusing import more_than_due, not_payable
from .issue import BOOKS
from .settle import settle

SQL = statements("billing", "pay")
subject("payment", "payment", root="invoice", root_column="invoice_id")


@dataclass(frozen=True)
class Pay:
    """Money for an invoice (for a credit note: money given back); a negative amount is a payment that was charged back."""

    invoice: int
    amount: Decimal
    method: str = "transfer"
    reference: str = ""
    received_on: date | None = None


@command("billing.pay", row=Pay, roles=BOOKS)
def pay(ctx: Context, rows: Sequence[Pay]) -> Outcome:
    """Note payments; more than is due is refused, and nobody gets more back than they paid."""
    invoices = {row.id: row for row in ctx.fetch(SQL.lock, ids=[row.invoice for row in rows])}
    paid = {id: invoice.paid for id, invoice in invoices.items()}
    refused, accepted = [], []
    for index, row in enumerate(rows):
        refusal = _not_payable(index, row, invoices.get(row.invoice), paid.get(row.invoice, Decimal(0)))
        if refusal:
            refused.append(refusal)
        else:
            paid[row.invoice] += row.amount
            accepted.append(row)
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    written = ctx.fetch(
        SQL.pay,
        invoice=[row.invoice for row in accepted],
        amount=[row.amount for row in accepted],
        method=[row.method for row in accepted],
        reference=[row.reference for row in accepted],
        received_on=[row.received_on or clock.today(invoices[row.invoice].timezone) for row in accepted],
    )
    ctx.record_new("payment.noted", "payment", [row.id for row in written])
    touched = sorted({row.invoice for row in accepted})
    facts = [
        Fact(
            id,
            invoices[id].order_id,
            {"paid": invoices[id].paid},
            {"paid": paid[id]},
            {"open": invoices[id].due - paid[id]},
        )
        for id in touched
    ]
    ctx.record("invoice.paid", "invoice", facts)
    settle(ctx, [invoices[id].order_id for id in touched])
    return Outcome([row.id for row in written], refused)


def _not_payable(index: int, row: Pay, invoice: Any, paid: Decimal) -> Refusal | None:
    if invoice is None:
        return Refusal("unknown-invoice", index, {"invoice": row.invoice})
    if refused := not_payable(index, invoice):
        return refused[0]
    if row.amount == 0:
        return Refusal("amount-missing", index)
    if not 0 <= paid + row.amount <= invoice.due:
        return more_than_due(index, invoice, paid)
    return None
