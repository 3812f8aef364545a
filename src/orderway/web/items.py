"""Items: the list, one with its prices, stock and buyers, new ones, and new prices."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .amounts import decimals
from .forms import Field, Typed, read_form, shown
from .listing import Filter, Listing, View, column, details, listed
from .orders import COLUMNS as ORDERS
from .orders import order_row
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, show, tell
from .stock import LEVELS, MOVES, level_row, move_row
from .templatetags.ui import Row, number
from .timeline import days
from .units import OFFERED, UNITS, unit
from .words import KINDS

COLUMNS = (
    column("no", lazy("Number"), kind="id", sort="number"),
    column("name", lazy("Name"), grow=5, strong=True, narrow="sub", sort="name"),
    column("kind", lazy("Kind"), soft=True, sort="kind", narrow="foot"),
    column("gtin", lazy("GTIN"), soft=True),
    column("unit", lazy("Unit"), soft=True),
    column("price", lazy("List price"), kind="money", strong=True),
)
PRICES = (
    column("group", lazy("Price group"), grow=2, strong=True, narrow="title"),
    column("from", lazy("From quantity"), kind="number", narrow="end2"),
    column("price", lazy("Price"), kind="number", strong=True, narrow="end"),
    column("per", lazy("per"), kind="number", narrow="hide"),
    column("currency", lazy("Currency"), soft=True),
    column("since", lazy("Valid from"), kind="date", narrow="sub"),
    column("until", lazy("until"), kind="date"),
)
TABS = (
    ("prices", lazy("Prices")),
    ("stock", lazy("Stock")),
    ("moves", lazy("Moves")),
    ("buyers", lazy("Orders")),
    ("details", lazy("Details")),
)
FIELDS = (
    Field("number", lazy("Number"), required=True),
    Field("name", lazy("Name"), required=True),
    Field("kind", lazy("Kind"), kind="select", value="goods", choices=tuple(KINDS.items())),
    Field("unit", lazy("Unit"), kind="select", value="H87", choices=tuple((code, UNITS[code]) for code in OFFERED)),
    Field("gtin", lazy("GTIN")),
    Field(
        "tax_class",
        lazy("Tax class"),
        kind="select",
        value="standard",
        choices=(("standard", lazy("Standard")), ("reduced", lazy("Reduced"))),
    ),
    Field("weight", lazy("Weight of one"), kind="number", suffix=lazy("kg")),
)
PRICE_FIELDS = (
    Field("price", lazy("Price"), kind="number", required=True),
    Field("per", lazy("for so many"), kind="number", value="1"),
    Field("min_quantity", lazy("From a quantity of"), kind="number", value="1"),
    Field("price_group", lazy("Price group"), value="list", required=True),
    Field("valid_from", lazy("Valid from"), kind="date", required=True),
    Field("valid_to", lazy("until"), kind="date"),
)


def _row(item: Any) -> Row:
    return {
        "id": item.id,
        "url": f"/items/{item.id}",
        "label": item.number,
        "cells": {
            "no": item.number,
            "name": item.name,
            "kind": str(KINDS.get(item.kind, item.kind)),
            "gtin": item.gtin,
            "unit": unit(item.unit),
            "price": item.price,
        },
    }


LIST = Listing(
    "catalog.items",
    COLUMNS,
    _row,
    (Filter("kind", lazy("Kind"), tuple(KINDS.items())),),
    (View(lazy("All"), {}), *(View(words, {"kind": kind}) for kind, words in KINDS.items())),
    lazy("Number, name or GTIN"),
)


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Items, narrowed by the address."""
    mine = may(request, "catalog.add_items")
    text = _("No item fits.") if request.GET else _("No items yet. What is sold, made or bought stands here.")
    new = {"label": _("New item"), "icon": "plus", "url": "/items/new", "key": "n", "primary": True}
    return show(
        request,
        "layouts/list.html",
        title=_("Items"),
        actions=[new] if mine else [],
        empty={"text": text, "action": {"label": _("New item"), "url": "/items/new"} if mine else None},
        live="items",
        **listed(request, LIST),
    )


def _price_row(price: Any) -> Row:
    return {
        "id": price.id,
        "cells": {
            "group": price.price_group,
            "from": price.min_quantity,
            "price": number(price.price, decimals(price.price)),
            "per": price.per,
            "currency": price.currency,
            "since": price.valid_from,
            "until": price.valid_to,
        },
    }


def _part(request: HttpRequest, tab: str, item: Any) -> dict[str, Any]:
    if tab == "stock":
        rows = read(request, "stock.levels", item=item.id, size=200).rows
        return {"columns": LEVELS[2:], "rows": [level_row(row) for row in rows], "empty": {"text": _("Never stocked.")}}
    if tab == "moves":
        rows = read(request, "stock.moves", item=item.id, size=200).rows
        return {"columns": MOVES, "rows": [move_row(row) for row in rows], "empty": {"text": _("Nothing moved yet.")}}
    if tab == "buyers":
        rows = read(request, "orders.list", item=item.id, which="all", size=100).rows
        return {
            "columns": ORDERS,
            "rows": [order_row(row) for row in rows],
            "empty": {"text": _("Nobody ordered it yet.")},
        }
    if tab == "details":
        return details(_details(item))
    rows = read(request, "catalog.prices", id=item.id)
    return {
        "columns": PRICES,
        "rows": [_price_row(row) for row in rows],
        "empty": {"text": _("No price yet; an order asks for one.")},
    }


def _details(item: Any) -> list[tuple[str, Any]]:
    return [
        (_("Kind"), KINDS.get(item.kind, item.kind)),
        (_("Unit"), unit(item.unit)),
        (_("GTIN"), item.gtin or "–"),
        (_("Tax class"), item.tax_class),
        (_("Weight of one"), f"{number(item.weight)} kg"),
        (_("Sold"), _("yes") if item.is_active else _("no longer")),
    ]


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """Everything about one item."""
    item = found(read(request, "catalog.item", id=id))
    tab = request.GET.get("tab", "prices")
    tab = tab if tab in dict(TABS) else "prices"
    template = "customers/details.html" if tab == "details" else "customers/rows.html"
    return show(request, template, **_part(request, tab, item), **_frame(request, item, tab))


def _frame(request: HttpRequest, item: Any, tab: str) -> dict[str, Any]:
    levels = read(request, "stock.levels", item=item.id, size=200).rows
    free = sum(level.free for level in levels)
    price = {"label": _("Set a price"), "icon": "coin", "url": f"/items/{item.id}/price"}
    receive = {"label": _("Receive goods"), "icon": "package-import", "url": f"/stock/move?item={item.number}"}
    actions = [price] if may(request, "catalog.set_prices") else []
    actions += [receive] if may(request, "stock.move") and item.kind != "service" else []
    return {
        "title": item.name,
        "who": f"{item.number} · {KINDS.get(item.kind, item.kind)}",
        "back_url": "/items",
        "back_label": _("Back to the items"),
        "figures": [{"label": _("Free"), "value": f"{number(free)} {unit(item.unit)}"}] if levels else [],
        "actions": actions,
        "tabs": [{"label": label, "url": f"/items/{item.id}?tab={key}", "current": key == tab} for key, label in TABS],
        "activity": {"days": days(request, read(request, "kernel.timeline", root_type="item", root_id=item.id))},
        "live": "items stock",
    }


@page
def new(request: HttpRequest) -> HttpResponse:
    """Add an item."""
    need(request, "catalog.add_items")
    form = read_form(request, FIELDS) if request.method == "POST" else None
    refused: Sequence[Any] = ()
    if form and not form.problems:
        outcome = do(request, "catalog.add_items", [form.values])
        if outcome.done:
            tell(request, outcome, _("%(name)s added") % {"name": form.values["name"]})
            return HttpResponseRedirect(f"/items/{outcome.done[0]}")
        refused = outcome.refused
    return _form(request, _("New item"), "/items", FIELDS, form, refused)


@page
def price(request: HttpRequest, id: int) -> HttpResponse:
    """Set a price of one item."""
    need(request, "catalog.set_prices")
    item = found(read(request, "catalog.item", id=id))
    form = read_form(request, PRICE_FIELDS) if request.method == "POST" else None
    refused: Sequence[Any] = ()
    if form and not form.problems:
        currency = request.workplace.currency  # type: ignore[attr-defined]
        outcome = do(request, "catalog.set_prices", [{**form.values, "item": id, "currency": currency}])
        if outcome.done:
            tell(request, outcome, _("Price set"))
            return HttpResponseRedirect(f"/items/{id}")
        refused = outcome.refused
    title = _("Price of %(item)s") % {"item": item.name}
    return _form(request, title, f"/items/{id}", PRICE_FIELDS, form, refused)


def _form(
    request: HttpRequest, title: str, url: str, fields: Sequence[Field], form: Typed | None, refused: Sequence[Any]
) -> HttpResponse:
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=title,
        back_url=url,
        cancel_url=url,
        problems=[refusal_text(refusal) for refusal in refused],
        fieldsets=[{"fields": shown(fields, form, valid_from=timezone.localdate().isoformat())}],
    )


urls = [
    path("items", listing, name="items"),
    path("items/new", new, name="new-item"),
    path("items/<int:id>", one, name="item"),
    path("items/<int:id>/price", price, name="item-price"),
]
