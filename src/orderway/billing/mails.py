"""What customers are written when they are billed: invoices, prepayment invoices and credit notes, with the paper."""

from collections.abc import Sequence
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.mail.commands import WriteMessage
from orderway.mail.letters import letter, letter_language, places

SQL = statements("billing", "mails")
REMIND = statements("billing", "remind")
LETTERS = {"invoice": "billing/invoice", "prepayment": "billing/prepayment", "credit_note": "billing/credit_note"}


@command("billing.send_bills")
def send_bills(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Send customers the invoices, prepayment invoices and credit notes that were filed; each once, where there is a mail address."""
    ids = [row.id for row in rows]
    bills = [bill for bill in ctx.fetch(SQL.filed, documents=ids) if bill.email]
    outcome = ctx.run("mail.write", [_mail(bill) for bill in bills], partial=True)
    refused = [Refusal(r.code, bills[r.subject or 0].document, r.facts) for r in outcome.refused]
    out = {refusal.subject for refusal in refused}
    return Outcome([id for id in ids if id not in out], refused, {"messages": list(outcome.done)})


def _mail(bill: Any) -> WriteMessage:
    values = {"bill": bill, "places": places(bill.currency)}
    subject, text = letter(LETTERS[bill.kind], bill.language, values)
    return WriteMessage(
        [bill.email],
        subject,
        text,
        f"bill:invoice:{bill.id}",
        [bill.document],
        subject_type="order",
        subject_id=bill.order_id,
        language=letter_language(bill.language),
    )


@command("billing.send_reminders")
def send_reminders(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Send the reminders of these invoices, each level once, with the invoice; what was paid meanwhile is left in peace."""
    bills = ctx.fetch(REMIND.letters, ids=[row.id for row in rows])
    outcome = ctx.run("mail.write", [_reminder(bill) for bill in bills], partial=True)
    refused = [Refusal(r.code, bills[r.subject or 0].id, r.facts) for r in outcome.refused]
    out = {refusal.subject for refusal in refused}
    return Outcome([row.id for row in rows if row.id not in out], refused, {"messages": list(outcome.done)})


def _reminder(bill: Any) -> WriteMessage:
    subject, text = letter("billing/reminder", bill.language, {"bill": bill, "places": places(bill.currency)})
    return WriteMessage(
        [bill.email],
        subject,
        text,
        f"reminder:invoice:{bill.id}:{bill.reminded}",
        [bill.document] if bill.document else [],
        subject_type="order",
        subject_id=bill.order_id,
        language=letter_language(bill.language),
    )
