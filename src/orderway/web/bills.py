"""The lists of billing: what to invoice, invoices, and what is open by age."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orderway.billing.refusing import LAST_LEVEL
from orderway.kernel.access import Actor
from orderway.kernel.running import ask

from .billing import kinds, levels, told_reminded
from .listing import Filter, ListColumn, Listing, listed, many
from .respond import may, page, read, show
from .selection import Act, act
from .shell import counted, most
from .templatetags.ui import Row, money, number

AGES = ("not_due", "to_30", "to_60", "to_90", "older")


@counted("billing")
def count(actor: Actor) -> tuple[int, int]:
    """Orders to invoice."""
    return most(ask("billing.to_invoice", actor, size=1).count), 0


def billing_tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The parts of billing, each a list of its own."""
    to_invoice = read(request, "billing.to_invoice", size=1).count
    overdue = read(request, "billing.invoices", overdue=True, size=1).count
    tabs: list[dict[str, Any]] = [
        {"key": "to-invoice", "label": _("To invoice"), "url": reverse("billing"), "count": many(to_invoice)},
        {"key": "invoices", "label": _("Invoices"), "url": reverse("invoices")},
        {"key": "overdue", "label": _("Overdue"), "url": f"{reverse('invoices')}?overdue=true", "count": many(overdue)},
        {"key": "ages", "label": _("Open items by age"), "url": reverse("open-items")},
    ]
    if may(request, "billing.takings"):
        tabs.append({"key": "takings", "label": _("Takings"), "url": reverse("takings")})
    for tab in tabs:
        tab["current"] = tab["key"] == current
        tab["late"] = tab["key"] == "overdue" and overdue != 0
    return tabs


@page
def to_invoice(request: HttpRequest) -> HttpResponse:
    """Orders with something delivered that nobody charged yet."""
    columns: list[ListColumn] = [
        {"key": "order", "label": _("Order"), "kind": "id"},
        {"key": "customer", "label": _("Customer"), "grow": 5, "narrow": "sub", "sort": "customer"},
        {"key": "reference", "label": _("Their ref."), "grow": 2, "soft": True},
        {"key": "net", "label": _("Net"), "kind": "money", "strong": True},
        {"key": "currency", "label": _("Currency"), "soft": True},
    ]
    shown = listed(request, Listing("billing.to_invoice", columns, _to_invoice_row))
    verb = {"label": _("Issue invoices"), "icon": "file-invoice", "url": reverse("issue-invoices")}
    text = _("Everything delivered is invoiced. An order appears here when some of it was delivered and not charged.")
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": billing_tabs(request, "to-invoice")},
        title=_("Billing"),
        sub=_("%(n)s orders to invoice") % {"n": shown["pager"]["count"]},
        bulk={"verbs": [verb]} if may(request, "billing.issue") else None,
        empty={"text": text},
        live="billing orders",
    )


def _to_invoice_row(row: Any) -> Row:
    cells = {
        "order": row.number,
        "customer": row.customer,
        "reference": row.their_reference,
        "net": row.net,
        "currency": row.currency,
    }
    return {
        "id": row.id,
        "url": reverse("order", args=[row.id]),
        "label": row.number,
        "amount": row.net,
        "cells": cells,
    }


@page
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Issue the invoices of the selected orders."""
    fixed = _(
        "An issued invoice cannot be changed any more; what is wrong with it is credited. The numbers have no gap."
    )
    done = _("Invoices %(numbers)s issued.")
    one = Act(
        "billing.issue",
        "billing.to_invoice",
        _("Issue invoices"),
        lambda outcome: done % {"numbers": ", ".join(outcome.values.get("numbers", ()))},
        reverse("billing"),
        effects=[
            _("What was delivered is charged, less what was paid before; each customer gets one invoice an order.")
        ],
        irreversible=fixed,
    )
    return act(request, one)


@page
def invoices(request: HttpRequest) -> HttpResponse:
    """Issued invoices, prepayment invoices and credit notes."""
    columns: list[ListColumn] = [
        {"key": "number", "label": _("Number"), "kind": "id", "sort": "number"},
        {"key": "kind", "label": _("Kind"), "soft": True},
        {"key": "customer", "label": _("Customer"), "grow": 5, "narrow": "sub", "sort": "customer"},
        {"key": "order", "label": _("Order"), "soft": True},
        {"key": "issued", "label": _("Issued"), "kind": "date", "sort": "newest"},
        {"key": "due", "label": _("Due"), "kind": "date", "sort": "due"},
        {"key": "gross", "label": _("Total"), "kind": "money"},
        {"key": "open", "label": _("Open"), "kind": "money", "strong": True, "sort": "open"},
        {"key": "reminded", "label": _("Reminded"), "soft": True},
        {"key": "currency", "label": _("Currency"), "soft": True},
    ]
    yes = [("true", _("yes"))]
    filters = [
        Filter("kind", _("Kind"), list(kinds().items())),
        Filter("open", _("Open"), yes),
        Filter("overdue", _("Overdue"), yes),
        Filter("remindable", _("Can be reminded"), yes),
        Filter("reminded", _("Reminded"), [(str(n), levels()[n]) for n in range(LAST_LEVEL + 1)]),
    ]
    shown = listed(
        request, Listing("billing.invoices", columns, _invoice_row, filters, search=_("Invoice, order, customer"))
    )
    current = "overdue" if shown["question"].overdue else "invoices"
    verb = {"label": _("Remind"), "icon": "bell", "url": reverse("remind")}
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": billing_tabs(request, current)},
        title=_("Invoices"),
        sub=_("%(n)s shown") % {"n": shown["pager"]["count"]},
        bulk={"verbs": [verb]} if may(request, "billing.remind") and shown["question"].overdue else None,
        empty={"text": _("No invoice is like this. Invoices appear here when they are issued.")},
        live="billing",
    )


def _invoice_row(row: Any) -> Row:
    open_amount = row.open if row.open else ""
    cells = {
        "number": row.number,
        "kind": kinds()[row.kind],
        "customer": row.customer,
        "order": row.order_number,
        "issued": row.issued_on,
        "due": {"text": row.due_on, "tone": "late" if row.overdue else ""},
        "gross": row.gross,
        "open": {"text": open_amount, "tone": "late" if row.overdue else ""},
        "reminded": told_reminded(row),
        "currency": row.currency,
    }
    tone = "late" if row.overdue else ""
    url = reverse("invoice", args=[row.id])
    return {"id": row.id, "url": url, "label": row.number, "tone": tone, "amount": row.open, "cells": cells}


@page
@require_POST
def remind(request: HttpRequest) -> HttpResponse:
    """Remind the customers of the selected invoices."""
    one = Act(
        "billing.remind",
        "billing.invoices",
        _("Remind"),
        lambda outcome: (
            ngettext("%(n)s customer reminded.", "%(n)s customers reminded.", len(outcome.done))
            % {"n": len(outcome.done)}
        ),
        f"{reverse('invoices')}?overdue=true",
        effects=[_("Each customer gets a mail with the invoice, one level further than the last.")],
        irreversible=_("A mail that has left cannot be called back."),
    )
    return act(request, one)


def ages() -> dict[str, str]:
    """The ages of open amounts in words."""
    return {
        "not_due": _("Not due"),
        "to_30": _("1 to 30 days"),
        "to_60": _("31 to 60 days"),
        "to_90": _("61 to 90 days"),
        "older": _("Older"),
    }


@page
def open_items(request: HttpRequest) -> HttpResponse:
    """Open amounts by currency and age, as tiles: a chart and the table it shows."""
    rows = read(request, "billing.ageing")
    tiles = [tile for row in rows for tile in _currency_tiles(row)]
    nothing = {"title": _("Open items"), "width": 12, "sentence": _("Nothing is open: every invoice is paid.")}
    return show(
        request,
        "billing/ages.html",
        title=_("Open items by age"),
        tiles=tiles or [nothing],
        views=billing_tabs(request, "ages"),
        live="billing",
    )


def _currency_tiles(row: Any) -> Sequence[dict[str, Any]]:
    words = ages()
    sums = {age: getattr(row, age) or Decimal(0) for age in AGES}
    total, late = sum(sums.values(), Decimal(0)), sum(sums.values(), Decimal(0)) - sums["not_due"]
    chart = {
        "kind": "bar",
        "decimals": 0,
        "labels": list(words.values()),
        "series": [
            {"name": _("Overdue"), "tone": "late", "values": [0, *(float(sums[age]) for age in AGES[1:])]},
            {"name": _("Not due"), "values": [float(sums["not_due"]), 0, 0, 0, 0]},
        ],
    }
    said = "; ".join(f"{words[age]} {number(sums[age], 2)}" for age in AGES)
    columns = [
        {"key": "age", "label": _("Age"), "grow": 6, "narrow": "title"},
        {"key": "sum", "label": _("Open"), "kind": "money", "strong": True},
        {"key": "part", "label": _("Part"), "kind": "percent", "soft": True, "narrow": "end2"},
    ]
    rows = [
        {
            "id": f"{row.currency}-{age}",
            "tone": "late" if age != "not_due" and sums[age] else "",
            "cells": {"age": words[age], "sum": sums[age], "part": round(sums[age] * 100 / total) if total else 0},
        }
        for age in AGES
    ]
    overdue = _("overdue %(sum)s") % {"sum": money(late, row.currency)} if late else ""
    head = {"unit": money(total, row.currency), "late": overdue}
    return [
        {"title": _("By age"), "width": 6, "tall": True, "chart": json.dumps(chart), "chart_words": said, **head},
        {"title": _("In figures"), "width": 6, "tall": True, "columns": columns, "rows": rows, **head},
    ]


urls = [
    path("billing", to_invoice, name="billing"),
    path("billing/issue", issue, name="issue-invoices"),
    path("billing/invoices", invoices, name="invoices"),
    path("billing/remind", remind, name="remind"),
    path("billing/open-items", open_items, name="open-items"),
]
