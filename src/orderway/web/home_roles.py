"""What a role sees first: the accountant the money, the warehouse what is to be picked, production its tickets; everybody their work."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .fields import amount, due_words
from .listing import column, many
from .respond import actor, may, read
from .templatetags.ui import money
from .work_words import for_whom

WORK = (
    column("no", lazy("About"), kind="id"),
    column("step", lazy("Step"), grow=4, narrow="sub", strong=True),
    column("due", lazy("Due"), kind="number", narrow="end"),
)
BILLS = (
    column("no", lazy("Invoice"), kind="id"),
    column("customer", lazy("Customer"), grow=4, narrow="sub"),
    column("due", lazy("Due"), kind="date"),
    column("open", lazy("Open"), kind="money", strong=True),
)
TO_INVOICE = (
    column("no", lazy("Order"), kind="id"),
    column("customer", lazy("Customer"), grow=4, narrow="sub"),
    column("net", lazy("Net"), kind="money", strong=True),
)
SHIPMENTS = (
    column("no", lazy("Order"), kind="id"),
    column("customer", lazy("Customer"), grow=4, narrow="sub"),
    column("wanted", lazy("Wanted"), kind="date", narrow="end"),
    column("lines", lazy("Lines"), kind="number", narrow="end2"),
)
TICKETS = (
    column("no", lazy("Order"), kind="id"),
    column("machine", lazy("Machine"), grow=3, narrow="sub"),
    column("quantity", lazy("Goes in"), kind="number", narrow="end2"),
    column("deadline", lazy("Deadline"), kind="date", narrow="end"),
)
Tiles = list[dict[str, Any]]


def of_role(request: HttpRequest) -> Tiles | None:
    """The figures and lists of the person's trade; None for those who look over all orders."""
    roles = actor(request).roles
    if roles & {"manager", "administrator", "auditor", "system"}:
        return None
    makers = [make for role, (needs, make) in OF_ROLE.items() if role in roles and may(request, needs)]
    return [tile for make in dict.fromkeys(makers) for tile in make(request)] or None


def work(request: HttpRequest) -> Tiles:
    """What waits for this person, the most urgent first."""
    found = read(request, "workflow.work", size=8)
    now = timezone.now()
    rows = []
    for row in found.rows:
        due, tone = due_words(row.due_at, now)
        cells = {
            "no": {
                "text": row.title or f"{row.subject_type} {row.subject_id}",
                "url": reverse("work-item", args=[row.id]),
            },
            "step": {"text": row.name, "note": for_whom(row)},
            "due": {"text": due, "tone": tone},
        }
        rows.append({"id": f"w{row.id}", "tone": tone, "cells": cells})
    tile = _list(_("Waits for you"), WORK, rows, "", reverse("work"), found.count)
    return [{**tile, "width": 12}] if rows else []


def _money(request: HttpRequest) -> Tiles:
    currency = request.workplace.currency  # type: ignore[attr-defined]
    ages = [row for row in read(request, "billing.ageing") if row.currency == currency]
    late = sum((_sum(row.to_30, row.to_60, row.to_90, row.older) for row in ages), Decimal(0))
    in_time = sum((_sum(row.not_due) for row in ages), Decimal(0))
    overdue = read(request, "billing.invoices", overdue=True, size=12)
    to_invoice = read(request, "billing.to_invoice", size=12)
    bills, orders = [_bill(row) for row in overdue.rows], [_to_invoice(row) for row in to_invoice.rows]
    late_url, url = f"{reverse('invoices')}?overdue=true", reverse("billing")
    return [
        _figure(_("Overdue"), money(late, currency), late_url, "late" if late else ""),
        _figure(_("Open, not yet due"), money(in_time, currency), f"{reverse('invoices')}?open=true"),
        _figure(_("Orders to invoice"), many(to_invoice.count), url, "wait" if orders else ""),
        _list(_("Overdue"), BILLS, bills, _("Nothing is overdue."), late_url, overdue.count),
        _list(_("Orders to invoice"), TO_INVOICE, orders, _("Everything is invoiced."), url, to_invoice.count),
    ]


def _bill(row: Any) -> dict[str, Any]:
    number = {"text": row.number, "url": reverse("invoice", args=[row.id])}
    cells = {"no": number, "customer": row.customer, "due": row.due_on, "open": row.open}
    return {"id": f"i{row.id}", "tone": "late", "cells": cells}


def _to_invoice(row: Any) -> dict[str, Any]:
    number = {"text": row.number, "url": reverse("order", args=[row.id])}
    return {"id": f"o{row.id}", "cells": {"no": number, "customer": row.customer, "net": row.net}}


def _sum(*parts: Decimal | None) -> Decimal:
    return sum((part or Decimal(0) for part in parts), Decimal(0))


def _goods(request: HttpRequest) -> Tiles:
    stages = (("open", _("To pick")), ("picked", _("To pack")), ("packed", _("To ship")), ("shipped", _("On the way")))
    url = reverse("shipping")
    counts = {state: read(request, "fulfilment.shipments", state=state, size=1).count for state, _words in stages}
    figures = [{**_figure(words, many(counts[state]), f"{url}?state={state}"), "width": 3} for state, words in stages]
    today = timezone.localdate()
    picks = read(request, "fulfilment.shipments", state="open", sort="due", size=12)
    rows = [
        {
            "id": f"s{row.id}",
            "tone": "late" if (due := row.promised_on or row.requested_on) and due < today else "",
            "cells": {
                "no": {"text": row.order_number, "url": f"{reverse('shipping-pick')}?shipment={row.id}"},
                "customer": row.customer,
                "wanted": due,
                "lines": row.lines,
            },
        }
        for row in picks.rows
    ]
    list_ = _list(_("Pick next"), SHIPMENTS, rows, _("Nothing is to be picked."), f"{url}?state=open", picks.count)
    return [*figures, {**list_, "width": 12}]


def _press(request: HttpRequest) -> Tiles:
    tickets = read(request, "production.unscheduled", size=12)
    running = read(request, "production.progress", size=50)
    late = [row for row in running.rows if row.late]
    url = reverse("production")
    rows = [
        {
            "id": f"t{row.id}",
            "cells": {
                "no": {"text": row.number, "url": reverse("ticket-plan", args=[row.order_id, row.id])},
                "machine": row.machine_name,
                "quantity": amount(row.quantity, row.unit),
                "deadline": row.deadline,
            },
        }
        for row in tickets.rows
    ]
    list_ = _list(_("To place"), TICKETS, rows, _("Everything is placed."), url, tickets.count)
    return [
        _figure(_("Tickets to place"), many(tickets.count), url),
        _figure(_("In production"), many(running.count), reverse("production-progress")),
        _figure(_("Late"), str(len(late)), reverse("production-progress"), "late" if late else ""),
        {**list_, "width": 12},
    ]


def _figure(title: str, figure: str, url: str, tone: str = "") -> dict[str, Any]:
    return {"title": title, "width": 4, "figure": figure, "figure_url": url, "figure_tone": tone, "sentence": ""}


def _list(
    title: str, columns: Sequence[Any], rows: Sequence[Any], nothing: str, url: str, count: int | None
) -> dict[str, Any]:
    return {
        "title": title,
        "width": 6,
        "columns": columns,
        "rows": rows,
        "sentence": nothing,
        "all_url": url,
        "all_label": _("All %(n)s") % {"n": many(count)},
    }


# role -> the query it needs, and its tiles
OF_ROLE: Mapping[str, tuple[str, Callable[[HttpRequest], Tiles]]] = {
    "accountant": ("billing.ageing", _money),
    "warehouse": ("fulfilment.shipments", _goods),
    "planner": ("production.unscheduled", _press),
    "production": ("production.unscheduled", _press),
}
