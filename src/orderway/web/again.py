"""The same order again in one act; what is otherwise today is told and asked first (SE-52)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .listing import column
from .respond import do, found, need, new_key, page, read, show, tell
from .templatetags.ui import money, number

AGAIN = (
    column("item", lazy("Item"), kind="id"),
    column("what", lazy("What"), grow=3, soft=True, narrow="sub"),
    column("then", lazy("Price then"), kind="number", soft=True, narrow="end2"),
    column("now", lazy("Price today"), kind="number", strong=True, narrow="end"),
    column("stock", lazy("Stock"), kind="number", narrow="foot"),
)


@page
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Place an order like this one, unless a price or the stock is otherwise today: then ask first. A GET leads to the form instead."""
    need(request, "orders.copy")
    order = found(read(request, "orders.one", id=id))
    if request.method != "POST":
        return HttpResponseRedirect(f"/orders/new?copy={id}")
    outcome = do(request, "orders.copy", [{"id": id, "ask": "accepted" not in request.POST}])
    told = next((refusal for refusal in outcome.refused if refusal.code == "otherwise-today"), None)
    if told:
        return _asked_first(request, order, told.facts["lines"])
    if not outcome.done:
        tell(request, outcome, "")
        return HttpResponseRedirect(f"/orders/new?copy={id}")
    tell(request, outcome, _("Order %(number)s placed") % {"number": outcome.values["numbers"][0]})
    return HttpResponseRedirect(f"/orders/{outcome.done[0]}")


def _asked_first(request: HttpRequest, order: Any, lines: Sequence[Mapping[str, Any]]) -> HttpResponse:
    rows = [_otherwise(line, order.currency) for line in lines]
    return show(
        request,
        "orders/again.html",
        title=_("Order %(number)s again") % {"number": order.number},
        back_url=f"/orders/{order.id}",
        cancel_url=f"/orders/{order.id}",
        columns=AGAIN,
        rows=rows,
        left=[{"label": _("Change it first"), "icon": "pencil", "url": f"/orders/new?copy={order.id}"}],
        save_label=_("Order it as it is today"),
        idempotency_key=new_key(),
    )


def _otherwise(line: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """What is otherwise today about a line, as a row."""
    cells = {"item": line["item"], "what": line["description"], "then": "", "now": "", "stock": ""}
    if "now" in line:
        cells |= {"then": money(Decimal(line["then"]), currency), "now": money(Decimal(line["now"]), currency)}
    if "free" in line:
        cells["stock"] = _("%(free)s of %(wanted)s free") % {
            "free": number(Decimal(line["free"])),
            "wanted": number(Decimal(line["wanted"])),
        }
    return {"id": line["position"], "label": line["item"], "cells": cells}


urls = [path("orders/<int:id>/again", again, name="order-again")]
