"""Reminding customers of what is overdue, level by level."""

from collections.abc import Sequence

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements

from ..refusing import not_remindable
from .issue import BOOKS

SQL = statements("billing", "remind")


@command("billing.remind", roles=BOOKS)
def remind(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Remind customers of overdue invoices, one level further each; a letter with the invoice follows by mail."""
    found = {row.id: row for row in ctx.fetch(SQL.lock, ids=[row.id for row in rows])}
    refused = [Refusal("unknown-invoice", row.id, {"invoice": row.id}) for row in rows if row.id not in found]
    refused += [no for invoice in found.values() for no in not_remindable(invoice)]
    out = {refusal.subject for refusal in refused}
    may = [invoice for id, invoice in found.items() if id not in out]
    if ctx.halts(refused) or not may:
        return Outcome(refused=refused)
    ctx.fetch(SQL.remind, ids=[invoice.id for invoice in may], day=may[0].today)
    facts = [
        Fact(
            i.id,
            i.order_id,
            {"reminded": i.reminded, "reminded_on": i.reminded_on},
            {"reminded": i.reminded + 1, "reminded_on": i.today},
            {"number": i.number},
        )
        for i in may
    ]
    ctx.record("invoice.reminded", "invoice", facts)
    return Outcome([invoice.id for invoice in may], refused)
