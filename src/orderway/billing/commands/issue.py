"""Drafting and issuing invoices for what was delivered."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from orderway.kernel import clock, numbers
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, subject
from orderway.kernel.sql import columns, statements
from orderway.orders.commands.deliver import note
from orderway.orders.rules import line_net, to_invoice

from ..bills import Bill, BillLine, Taken, bill
from ..refusing import not_billed, nothing_due
from .settle import settle

SQL = statements("billing", "issue")
BOOKS = ["accountant", "administrator"]
subject("invoice", "invoice", root="order", root_column="order_id", invoice_line="invoice_id", deduction="invoice_id")
SERIES = {"invoice": "I", "prepayment": "V", "credit_note": "C"}


@command("billing.draft", roles=BOOKS)
def draft(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Prepare an invoice for each order while its goods are on their way; it has no number and binds nobody."""
    orders, refused = lock(ctx, [row.id for row in rows])
    if ctx.halts(refused) or not orders:
        return Outcome(refused=refused)
    fresh = [row.id for row in ctx.fetch(SQL.ensure_drafts, orders=list(orders)) if row.fresh]
    ctx.record_new("invoice.drafted", "invoice", fresh)
    return Outcome(list(orders), refused)


@command("billing.issue", roles=BOOKS)
def issue(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Issue an invoice for what each order delivered and was not charged yet, less its prepayments; the numbers have no gap."""
    orders, refused = lock(ctx, [row.id for row in rows])
    bills = _bills(ctx, orders)
    refused += [
        no for id, order in orders.items() for no in nothing_due(order, len(bills[id].lines) if id in bills else 0)
    ]
    if ctx.halts(refused) or not bills:
        return Outcome(refused=refused)
    charged = {line.order_line: line.quantity for b in bills.values() for line in b.lines if line.order_line}
    note(ctx.within(), "invoiced", charged)
    drafts = {row.order_id: row.id for row in ctx.fetch(SQL.ensure_drafts, orders=list(bills))}
    invoices = {drafts[order]: b for order, b in bills.items()}
    given = write(ctx, "invoice", invoices, {drafts[order]: orders[order] for order in bills})
    ctx.record_new("invoice.issued", "invoice", list(invoices))
    settle(ctx, list(bills))
    return Outcome(list(bills), refused, {"invoices": list(invoices), "numbers": given})


def lock(ctx: Context, ids: Sequence[int]) -> tuple[dict[int, Any], list[Refusal]]:
    """Lock orders in key order; those that are confirmed or completed may be billed."""
    found = {row.id: row for row in ctx.fetch(SQL.lock_orders, ids=list(ids))}
    refused = [Refusal("unknown-order", id) for id in ids if id not in found]
    refused += [no for row in found.values() for no in not_billed(row)]
    out = {refusal.subject for refusal in refused}
    return {id: row for id, row in found.items() if id not in out}, refused


def _bills(ctx: Context, orders: Mapping[int, Any]) -> dict[int, Bill]:
    lines: dict[int, list[BillLine]] = {}
    for order, group in groupby(ctx.fetch(SQL.billable, ids=list(orders)), key=lambda row: row.order_id):
        known = list(group)
        due = [(row, quantity) for row, quantity in zip(known, to_invoice(known), strict=True) if quantity > 0]
        if due:
            lines[order] = [bill_line(row, quantity, orders[order].currency) for row, quantity in due]
    prepaid: dict[int, list[Any]] = {}
    for row in ctx.fetch(SQL.open_prepayments, ids=list(orders)):
        prepaid.setdefault(row.order_id, []).append(row)
    return {id: bill(mine, orders[id].currency, prepaid.get(id, ())) for id, mine in lines.items()}


def bill_line(row: Any, quantity: Decimal, currency: str) -> BillLine:
    """A line over `quantity` of an order line, at the order's price."""
    return BillLine(
        row.position,
        row.line_id,
        row.item_number,
        row.description,
        quantity,
        row.unit,
        row.price,
        row.per,
        row.discount,
        line_net(quantity, row.price, row.per, row.discount, currency),
        row.tax_category,
        row.tax_rate,
    )


def write(ctx: Context, kind: str, bills: Mapping[int, Bill], orders: Mapping[int, Any]) -> list[str]:
    """Give the drafts (invoice id -> bill) their lines, sums, dates and numbers; from here on they are legal documents."""
    lines = [(id, line) for id, b in bills.items() for line in b.lines]
    taken = [(id, t) for id, b in bills.items() for t in b.taken]
    ctx.fetch(SQL.insert_lines, invoice=[id for id, _ in lines], **columns([at for _, at in lines], *BillLine._fields))
    if taken:
        ctx.fetch(
            SQL.insert_deductions, invoice=[id for id, _ in taken], **columns([t for _, t in taken], *Taken._fields)
        )
    days = [clock.today(orders[id].timezone) for id in bills]
    year = f"{ctx.at:%y}"
    series = numbers.take(ctx, f"{kind}-{year}", len(bills))
    given = [f"{SERIES[kind]}{year}-{n:05}" for n in series]
    ctx.fetch(
        SQL.issue,
        id=list(bills),
        number=given,
        issued_on=days,
        due_on=[day + timedelta(days=orders[id].payment_days) for id, day in zip(bills, days, strict=True)],
        **{name: [getattr(b.sums, name) for b in bills.values()] for name in ("net", "tax", "gross", "prepaid", "due")},
    )
    return given
