"""What came over the counter: a line a day, and the payments behind it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .billing import methods
from .bills import billing_tabs
from .listing import Filter, Listing, column, listed
from .respond import page, show
from .templatetags.ui import Row

DAYS = (
    column("day", lazy("Day"), kind="date", sort="day", narrow="title"),
    column("payments", lazy("Payments"), kind="number", grow=2),
    column("cash", lazy("Cash"), kind="money"),
    column("card", lazy("Card"), kind="money"),
    column("total", lazy("Together"), kind="money", strong=True, narrow="end"),
    column("currency", lazy("Currency"), soft=True),
)
BOOK = (
    column("at", lazy("When"), kind="moment", sort="newest"),
    column("number", lazy("Invoice"), kind="id", sort="number"),
    column("customer", lazy("Customer"), grow=4, narrow="sub", sort="customer"),
    column("order", lazy("Order"), soft=True),
    column("method", lazy("How")),
    column("amount", lazy("Amount"), kind="money", strong=True, sort="amount"),
    column("currency", lazy("Currency"), soft=True),
)


@page
def takings(request: HttpRequest) -> HttpResponse:
    """Cash and card, day by day."""
    shown = listed(request, Listing("billing.takings", DAYS, _day))
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": billing_tabs(request, "takings")},
        title=_("Takings"),
        sub=_("%(n)s days") % {"n": shown["pager"]["count"]},
        empty={"text": _("Nothing was paid in cash or by card yet. What the counter takes appears here day by day.")},
        live="billing",
    )


def _day(row: Any) -> Row:
    cells = {"day": row.day, "payments": row.payments, "cash": row.cash, "card": row.card}
    cells |= {"total": row.cash + row.card, "currency": row.currency}
    url = f"{reverse('cash-book')}?since={row.day.isoformat()}&until={row.day.isoformat()}"
    return {"id": row.day.toordinal(), "url": url, "label": row.day.isoformat(), "cells": cells}


@page
def book(request: HttpRequest) -> HttpResponse:
    """The payments behind the takings."""
    ways = methods()
    how = Filter("method", _("How"), [(way, ways[way]) for way in ("cash", "card")])
    shown = listed(request, Listing("billing.cash_book", BOOK, _payment, [how], search=_("Invoice, customer")))
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": billing_tabs(request, "takings")},
        title=_("Cash book"),
        sub=_("%(n)s payments") % {"n": shown["pager"]["count"]},
        back_url=reverse("takings"),
        empty={"text": _("No payment is like this.")},
        live="billing",
    )


def _payment(row: Any) -> Row:
    cells = {"at": row.at, "number": row.number, "customer": row.customer, "order": row.order_number}
    cells |= {"method": methods()[row.method], "amount": row.amount, "currency": row.currency}
    return {"id": row.id, "url": reverse("invoice", args=[row.invoice_id]), "label": row.number, "cells": cells}


urls = [
    path("billing/takings", takings, name="takings"),
    path("billing/takings/payments", book, name="cash-book"),
]
