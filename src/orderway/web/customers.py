"""Customers: the list, one with everything about it, and a new one."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .forms import Field, Typed, read_form, shown
from .listing import Filter, Listing, View, column, details, listed
from .order_parts import INVOICES, invoice_row
from .orders import COLUMNS as ORDERS
from .orders import order_row
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, read_if, show, tell
from .templatetags.ui import Row, money, number
from .timeline import days

COLUMNS = (
    column("no", lazy("Number"), kind="id", sort="number"),
    column("name", lazy("Name"), grow=4, strong=True, narrow="sub", sort="name"),
    column("city", lazy("City"), grow=2, narrow="foot", sort="city"),
    column("country", lazy("Country"), soft=True),
    column("email", lazy("Mail"), grow=3, soft=True),
    column("group", lazy("Price group"), soft=True),
)
OF_ONE = [one if one["key"] != "what" else {**one, "narrow": "sub"} for one in ORDERS if one["key"] != "customer"]
TABS = (("orders", lazy("Orders")), ("invoices", lazy("Invoices")), ("details", lazy("Address and terms")))
FIELDS = (
    Field("name", lazy("Name"), required=True, full=True),
    Field("number", lazy("Number"), hint=lazy("Empty: the next free one")),
    Field("vat_id", lazy("VAT number")),
    Field("street", lazy("Street"), full=True),
    Field("postcode", lazy("Postcode")),
    Field("city", lazy("City")),
    Field("country", lazy("Country"), value="DE", required=True, hint=lazy("Two letters, for example DE")),
    Field("email", lazy("Mail"), kind="email"),
    Field("phone", lazy("Phone"), kind="tel"),
    Field(
        "language",
        lazy("Language of papers"),
        kind="select",
        value="de",
        choices=(("de", lazy("German")), ("en", lazy("English"))),
    ),
    Field("price_group", lazy("Price group"), value="list"),
    Field("payment_days", lazy("Days to pay"), kind="number", value="14"),
    Field("prepay_percent", lazy("Prepayment in percent"), kind="number", value="0"),
    Field("credit_limit", lazy("Credit limit"), kind="number", hint=lazy("Above it an order does not pass its check")),
)


CHANGED = tuple(field for field in FIELDS if field.name != "number")


def _row(party: Any) -> Row:
    return {
        "id": party.id,
        "url": f"/customers/{party.id}",
        "label": party.number,
        "cells": {
            "no": party.number,
            "name": party.name,
            "city": party.city,
            "country": party.country,
            "email": party.email,
            "group": party.price_group,
        },
    }


LIST = Listing(
    "parties.list",
    COLUMNS,
    _row,
    (Filter("customers", lazy("Kind"), (("1", lazy("Customers")), ("0", lazy("Suppliers only")))),),
    (View(lazy("All"), {}), View(lazy("Customers"), {"customers": "1"})),
    lazy("Number or name"),
)


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Customers and suppliers, narrowed by the address."""
    new = {"label": _("New customer"), "icon": "plus", "url": "/customers/new", "key": "n", "primary": True}
    mine = may(request, "parties.take_on")
    text = (
        _("No customer fits.") if request.GET else _("No customers yet. Take one on, or let the first mail name one.")
    )
    return show(
        request,
        "layouts/list.html",
        title=_("Customers"),
        actions=[new] if mine else [],
        empty={"text": text, "action": {"label": _("New customer"), "url": "/customers/new"} if mine else None},
        live="customers",
        **listed(request, LIST),
    )


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """Everything about one customer."""
    party = found(read(request, "parties.one", id=id))
    tab = request.GET.get("tab", "orders")
    tab = tab if tab in dict(TABS) else "orders"
    orders = read(request, "orders.list", customer=id, which="all", size=100)
    bills = read_if(request, "billing.invoices", customer=id, size=100)
    if tab == "details":
        part = details(_details(party, request.workplace.currency))  # type: ignore[attr-defined]
    elif tab == "invoices":
        part = {"columns": INVOICES, "rows": [invoice_row(row) for row in bills.rows] if bills else []}
    else:
        part = {
            "columns": OF_ONE,
            "rows": [order_row(row) for row in orders.rows],
        }
    template = "customers/details.html" if tab == "details" else "customers/rows.html"
    return show(request, template, **part, **_frame(request, party, orders, bills, tab))


def _frame(request: HttpRequest, party: Any, orders: Any, bills: Any, tab: str) -> dict[str, Any]:
    url = f"/customers/{party.id}"
    counts = {"orders": orders.count, "invoices": bills.count if bills else ""}
    open_now = sum((row.open for row in bills.rows if row.kind != "credit_note"), Decimal(0)) if bills else None
    currency = request.workplace.currency  # type: ignore[attr-defined]
    figures = [{"label": _("Open"), "value": money(open_now, currency)}] if open_now is not None else []
    new = {
        "label": _("New order"),
        "icon": "plus",
        "url": f"/orders/new?customer={party.number}",
        "primary": True,
        "key": "n",
    }
    edit = {"label": _("Change"), "icon": "edit", "url": f"{url}/edit", "key": "e"}
    return {
        "title": party.name,
        "who": " · ".join(part for part in (party.number, party.city, party.email, party.phone) if part),
        "back_url": "/customers",
        "back_label": _("Back to the customers"),
        "figures": figures,
        "actions": [
            *([edit] if may(request, "parties.change") else []),
            *([new] if may(request, "orders.place") else []),
        ],
        "tabs": [
            *(
                {"label": label, "url": f"{url}?tab={key}", "count": counts.get(key, ""), "current": key == tab}
                for key, label in TABS
            ),
            {"label": _("Contacts"), "url": reverse("customer-contacts", args=[party.id])},
        ],
        "party": party,
        "activity": {"days": days(request, read(request, "kernel.timeline", root_type="party", root_id=party.id))},
        "empty": {"text": _("Nothing here yet. What this customer orders and is invoiced stands here.")},
        "live": "orders customers billing",
    }


def _details(party: Any, currency: str) -> list[tuple[str, str]]:
    place = f"{party.street}, {party.postcode} {party.city}, {party.country}"
    limit = money(party.credit_limit, currency) if party.credit_limit is not None else _("none")
    return [
        (_("Address"), place),
        (_("VAT number"), party.vat_id or "–"),
        (_("Language of papers"), _("German") if party.language == "de" else _("English")),
        (_("Price group"), party.price_group),
        (_("Days to pay"), number(party.payment_days)),
        (_("Prepayment in percent"), number(party.prepay_percent)),
        (_("Credit limit"), limit),
    ]


@page
def new(request: HttpRequest) -> HttpResponse:
    """Take on a customer."""
    need(request, "parties.take_on")
    if request.method != "POST":
        return _form(request, None, [])
    form = read_form(request, FIELDS)
    if form.problems:
        return _form(request, form, [])
    country = str(form.values["country"]).upper()
    outcome = do(request, "parties.take_on", [{**form.values, "country": country}])
    if outcome.refused:
        return _form(request, form, [refusal_text(refusal) for refusal in outcome.refused])
    tell(request, outcome, _("%(name)s taken on") % {"name": form.values["name"]})
    return HttpResponseRedirect(f"/customers/{outcome.done[0]}")


def _form(request: HttpRequest, form: Typed | None, problems: Sequence[str]) -> HttpResponse:
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=_("New customer"),
        back_url="/customers",
        cancel_url="/customers",
        save_label=_("Take on"),
        problems=problems,
        fieldsets=[{"fields": shown(FIELDS, form)}],
    )


@page
def edit(request: HttpRequest, id: int) -> HttpResponse:
    """Change name, address, mail and terms; orders that are placed keep those of their day."""
    need(request, "parties.change")
    party = found(read(request, "parties.one", id=id))
    form: Typed | None = None
    problems: Sequence[str] = []
    if request.method == "POST":
        form = read_form(request, CHANGED)
        row = {**{field.name: "" for field in CHANGED if field.kind == "text"}, "email": "", "phone": "", **form.values}
        row |= {"id": id, "country": str(row["country"]).upper(), "unlimited": "credit_limit" not in form.values}
        outcome = None if form.problems else do(request, "parties.change", [row])
        if outcome and outcome.done:
            tell(request, outcome, _("Kept. Orders that are placed keep what held on their day."))
            return HttpResponseRedirect(f"/customers/{id}?tab=details")
        problems = [refusal_text(refusal) for refusal in outcome.refused] if outcome else []
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=_("Change %(name)s") % {"name": party.name},
        back_url=f"/customers/{id}?tab=details",
        cancel_url=f"/customers/{id}?tab=details",
        problems=problems,
        fieldsets=[{"fields": shown(CHANGED, form, **_now(party))}],
    )


def _now(party: Any) -> dict[str, str]:
    """What the form begins with."""
    values = {field.name: getattr(party, field.name) for field in CHANGED}
    return {name: number(value) if isinstance(value, Decimal | int) else value or "" for name, value in values.items()}


urls = [
    path("customers", listing, name="customers"),
    path("customers/new", new, name="new-customer"),
    path("customers/<int:id>", one, name="customer"),
    path("customers/<int:id>/edit", edit, name="edit-customer"),
]
