"""Stock: what lies where, the moves of an item, and goods that come in or go out by hand."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.orders.queries import QuoteLine

from .forms import Field, Typed, read_form, shown
from .listing import Filter, Listing, View, column, listed
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, show, tell
from .templatetags.ui import Row, number
from .units import unit
from .words import REASONS

LEVELS = (
    column("no", lazy("Item"), kind="id", sort="number"),
    column("name", lazy("Name"), grow=5, strong=True, narrow="sub", sort="name"),
    column("warehouse", lazy("Warehouse"), soft=True, narrow="foot"),
    column("on_hand", lazy("On hand"), kind="number"),
    column("reserved", lazy("Reserved"), kind="number", soft=True),
    column("free", lazy("Free"), kind="number", strong=True, narrow="end", sort="free"),
    column("unit", lazy("Unit"), soft=True),
)
MOVES = (
    column("at", lazy("When"), kind="moment", narrow="end2"),
    column("reason", lazy("Why"), grow=4, strong=True, narrow="title"),
    column("warehouse", lazy("Warehouse"), grow=3, soft=True, narrow="sub"),
    column("quantity", lazy("Quantity"), kind="number", strong=True, narrow="end"),
)
BY_HAND = ("received", "counted", "scrapped", "used")


def level_row(level: Any) -> Row:
    """A stock level as a row of a list."""
    return {
        "id": level.id,
        "url": f"/stock/{level.item_id}",
        "label": level.number,
        "cells": {
            "no": level.number,
            "name": level.name,
            "warehouse": level.warehouse_name,
            "on_hand": level.on_hand,
            "reserved": level.reserved,
            "free": {"text": level.free, "tone": "wait" if level.free <= 0 else ""},
            "unit": unit(level.unit),
        },
    }


def move_row(move: Any) -> Row:
    """A move as a row of a list."""
    sign = "+" if move.quantity > 0 else ""
    return {
        "id": move.id,
        "cells": {
            "at": move.at,
            "reason": str(REASONS.get(move.reason, move.reason)),
            "warehouse": move.warehouse,
            "quantity": f"{sign}{number(move.quantity)}".replace("-", "−"),
        },
    }


def _places(request: HttpRequest) -> list[tuple[str, str]]:
    return [(one.key, one.name) for one in read(request, "stock.warehouses")]


@page
def listing(request: HttpRequest) -> HttpResponse:
    """What lies where, narrowed by the address."""
    places = _places(request)
    views = (View(lazy("All"), {}), *(View(name, {"warehouse": key}) for key, name in places))
    ours = Listing(
        "stock.levels",
        LEVELS,
        level_row,
        (Filter("warehouse", lazy("Warehouse"), places),),
        views,
        lazy("Item number or name"),
    )
    mine = may(request, "stock.move")
    receive = {"label": _("Receive goods"), "icon": "package-import", "url": "/stock/move", "key": "n", "primary": True}
    text = _("Nothing fits.") if request.GET else _("No goods yet. Book in what comes, and it stands here by place.")
    return show(
        request,
        "layouts/list.html",
        title=_("Stock"),
        actions=[
            {"label": _("Back-orders"), "icon": "sort-descending", "url": "/stock/queue"},
            *([receive] if mine else []),
        ],
        empty={"text": text, "action": {"label": _("Receive goods"), "url": "/stock/move"} if mine else None},
        live="stock",
        **listed(request, ours),
    )


@page
def moves(request: HttpRequest, id: int) -> HttpResponse:
    """The ledger of one item."""
    item = found(read(request, "catalog.item", id=id))
    receive = {
        "label": _("Receive goods"),
        "icon": "package-import",
        "url": f"/stock/move?item={item.number}",
        "key": "n",
    }
    context = listed(request, Listing("stock.moves", MOVES, move_row, fixed={"item": id}))
    return show(
        request,
        "layouts/list.html",
        title=_("Moves of %(item)s") % {"item": item.name},
        back_url="/stock",
        actions=[
            {"label": _("Item"), "icon": "tag", "url": f"/items/{id}"},
            *([receive] if may(request, "stock.move") else []),
        ],
        empty={"text": _("Nothing moved yet. What comes in and goes out of this item stands here.")},
        live="stock",
        **context,
    )


def _fields(request: HttpRequest) -> tuple[Field, ...]:
    reasons = tuple((key, REASONS[key]) for key in BY_HAND)
    places = _places(request)
    return (
        Field("item", lazy("Item"), required=True, hint=lazy("Its number or GTIN; a scanner types it")),
        Field("quantity", lazy("Quantity"), kind="number", required=True, hint=lazy("With a minus: goods go out")),
        Field(
            "warehouse",
            lazy("Warehouse"),
            kind="select",
            required=True,
            choices=places,
            value=places[0][0] if places else "",
        ),
        Field("reason", lazy("Why"), kind="select", required=True, choices=reasons, value="received"),
    )


@page
def move(request: HttpRequest) -> HttpResponse:
    """Book goods in or out by hand; the same form stands ready for the next ones."""
    need(request, "stock.move")
    fields = _fields(request)
    if request.method != "POST":
        return _form(request, fields, None, [])
    form = read_form(request, fields)
    raw, problems = (None, []) if form.problems else _raw(request, form)
    if raw is None:
        return _form(request, fields, form, problems)
    outcome = do(request, "stock.move", [raw])
    if outcome.refused:
        return _form(request, fields, form, [refusal_text(refusal) for refusal in outcome.refused])
    tell(
        request,
        outcome,
        _("%(n)s booked for %(item)s") % {"n": number(form.values["quantity"]), "item": form.texts["item"]},
    )
    return HttpResponseRedirect("/stock/move")


def _raw(request: HttpRequest, form: Typed) -> tuple[dict[str, Any] | None, list[str]]:
    number = str(form.values["item"])
    found = read(request, "orders.quote", customer=None, lines=[QuoteLine(number)])[0]
    if found.item is None:
        return None, [_("No item has the number %(number)s.") % {"number": number}]
    place = next(one.id for one in read(request, "stock.warehouses") if one.key == form.values["warehouse"])
    return {**form.values, "item": found.item, "warehouse": place}, []


def _form(request: HttpRequest, fields: Sequence[Field], form: Typed | None, problems: Sequence[str]) -> HttpResponse:
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=_("Receive goods"),
        back_url="/stock",
        cancel_url="/stock",
        save_label=_("Book"),
        problems=problems,
        fieldsets=[{"fields": shown(fields, form, item=request.GET.get("item", ""))}],
    )


urls = [
    path("stock", listing, name="stock"),
    path("stock/move", move, name="stock-move"),
    path("stock/<int:id>", moves, name="stock-moves"),
]
