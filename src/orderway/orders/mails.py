"""What customers are written about their orders: that we have it, and that we do it."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.mail.commands import WriteMessage
from orderway.mail.letters import letter, letter_language, places

from .status import status_link

SQL = statements("orders", "mails")


@command("orders.send_receipts")
def send_receipts(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Tell customers that we have their orders, one mail an order; who has no mail address gets none. It is no acceptance."""
    heads = [head for head in _orders(ctx, [row.id for row in rows]) if head["order"].email]
    written = [_mail("orders/receipt", f"receipt:order:{head['order'].id}", head) for head in heads]
    return _written(ctx, [row.id for row in rows], [head["order"].id for head in heads], written)


@command("orders.send_confirmations")
def send_confirmations(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Send customers the papers that confirm their orders, as they are filed; once a version, where there is a mail address."""
    papers = ctx.fetch(SQL.confirmations, documents=[row.id for row in rows])
    heads = {head["order"].id: head for head in _orders(ctx, sorted({paper.order_id for paper in papers}))}
    reached = [paper for paper in papers if paper.order_id in heads and heads[paper.order_id]["order"].email]
    written = [
        _mail("orders/confirmation", f"confirmation:document:{p.id}:{p.version}", heads[p.order_id], [p.id])
        for p in reached
    ]
    return _written(ctx, [row.id for row in rows], [paper.id for paper in reached], written)


def _orders(ctx: Context, ids: Sequence[int]) -> list[dict[str, Any]]:
    """What the templates read, an order each."""
    heads = ctx.fetch(SQL.heads, ids=list(ids))
    rows = ctx.fetch(SQL.lines, ids=list(ids))
    lines = {order: list(group) for order, group in groupby(rows, key=lambda row: row.order_id)}
    return [
        {
            "order": head,
            "lines": lines.get(head.id, []),
            "places": places(head.currency),
            "status": status_link(ctx.actor.company_id, head.id),
        }
        for head in heads
    ]


def _mail(template: str, once: str, head: dict[str, Any], documents: Sequence[int] = ()) -> WriteMessage:
    order = head["order"]
    subject, text = letter(template, order.language, head)
    return WriteMessage(
        [order.email],
        subject,
        text,
        once,
        documents,
        subject_type="order",
        subject_id=order.id,
        language=letter_language(order.language),
    )


def _written(ctx: Context, ids: Sequence[int], reached: Sequence[int], mails: Sequence[WriteMessage]) -> Outcome:
    outcome = ctx.run("mail.write", mails, partial=True)
    refused = [Refusal(r.code, reached[r.subject or 0], r.facts) for r in outcome.refused]
    out = {refusal.subject for refusal in refused}
    return Outcome([id for id in ids if id not in out], refused, {"messages": list(outcome.done)})
