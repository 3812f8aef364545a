"""What customers are written when their goods leave."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from urllib.parse import quote

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command
from orderway.kernel.sql import statements
from orderway.mail.commands import WriteMessage
from orderway.mail.letters import letter, letter_language
from orderway.orders.status import status_link

SQL = statements("fulfilment", "mails")
# the carriers' own pages; the number comes at the end
TRACKING: Mapping[str, str] = {
    "dhl": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode=",
    "dpd": "https://tracking.dpd.de/status/de_DE/parcel/",
    "fedex": "https://www.fedex.com/fedextrack/?trknbr=",
    "gls": "https://gls-group.com/track/",
    "hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#",
    "ups": "https://www.ups.com/track?tracknum=",
}


def tracking_link(carrier: str, tracking: str) -> str:
    """Where the customer sees how far the goods are; empty for a carrier whose page is not known."""
    if tracking.startswith("https://"):
        return tracking
    words = carrier.lower().split()
    page = TRACKING.get(words[0], "") if words and tracking else ""
    return f"{page}{quote(tracking)}" if page else ""


@command("fulfilment.send_shipping_mails")
def send_shipping_mails(ctx: Context, rows: Sequence[Ref]) -> Outcome:
    """Tell customers that their goods are on the way, with tracking; one mail a shipment, where there is a mail address."""
    ids = [row.id for row in rows]
    heads = [head for head in ctx.fetch(SQL.heads, ids=ids) if head.email]
    found = ctx.fetch(SQL.lines, ids=ids)
    lines = {shipment: list(group) for shipment, group in groupby(found, key=lambda row: row.shipment_id)}
    mails = [_mail(head, lines.get(head.id, []), status_link(ctx.actor.company_id, head.order_id)) for head in heads]
    outcome = ctx.run("mail.write", mails, partial=True)
    refused = [Refusal(r.code, heads[r.subject or 0].id, r.facts) for r in outcome.refused]
    out = {refusal.subject for refusal in refused}
    return Outcome([id for id in ids if id not in out], refused, {"messages": list(outcome.done)})


def _mail(head: Any, lines: Sequence[Any], status: str) -> WriteMessage:
    values = {"shipment": head, "lines": lines, "link": tracking_link(head.carrier, head.tracking), "status": status}
    subject, text = letter("fulfilment/shipped", head.language, values)
    return WriteMessage(
        [head.email],
        subject,
        text,
        f"shipped:shipment:{head.id}",
        subject_type="order",
        subject_id=head.order_id,
        language=letter_language(head.language),
    )
