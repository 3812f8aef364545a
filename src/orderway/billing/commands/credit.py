"""Credit notes for what was charged and came back."""

from collections.abc import Sequence
from dataclasses import dataclass

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command
from orderway.kernel.sql import statements
from orderway.orders.commands.deliver import give_up, note

from ..bills import BillLine, bill
from ..refusing import nothing_to_credit
from .issue import BOOKS, SQL, bill_line, lock, write
from .settle import settle

RETURNED = statements("billing", "credit")


@dataclass(frozen=True)
class CreditReturned:
    """An order whose returned goods are credited, and why."""

    id: int
    reason: str


@command("billing.credit_returned", row=CreditReturned, roles=BOOKS)
def credit_returned(ctx: Context, rows: Sequence[CreditReturned]) -> Outcome:
    """Credit what orders were charged for and gave back, which is then owed no more; the credit note names the invoice it corrects."""
    reasons = {row.id: row.reason.strip() for row in rows}
    orders, refused = lock(ctx, list(reasons))
    lines: dict[int, list[BillLine]] = {}
    corrects: dict[int, int] = {}
    for row in ctx.fetch(RETURNED.returned, ids=list(orders)):
        lines.setdefault(row.order_id, []).append(bill_line(row, row.quantity, orders[row.order_id].currency))
        corrects[row.order_id] = row.last_invoice
    refused += [no for id, order in orders.items() for no in nothing_to_credit(order, len(lines.get(id, ())))]
    refused += [Refusal("reason-missing", id) for id in lines if not reasons[id]]
    accepted = [id for id in lines if reasons[id]]
    if ctx.halts(refused) or not accepted:
        return Outcome(refused=refused)
    charged = {line.order_line: -line.quantity for id in accepted for line in lines[id] if line.order_line}
    note(ctx.within(), "invoiced", charged)
    give_up(ctx.within(), {line: -quantity for line, quantity in charged.items()}, "credited")
    opened = ctx.fetch(
        SQL.insert_bills,
        kind="credit_note",
        orders=accepted,
        corrects=[corrects[id] for id in accepted],
        reason=[reasons[id] for id in accepted],
    )
    notes = {row.id: bill(lines[row.order_id], orders[row.order_id].currency) for row in opened}
    given = write(ctx, "credit_note", notes, {row.id: orders[row.order_id] for row in opened})
    ctx.record_new("credit_note.issued", "invoice", list(notes))
    settle(ctx, accepted)
    return Outcome(accepted, refused, {"invoices": list(notes), "numbers": given})
