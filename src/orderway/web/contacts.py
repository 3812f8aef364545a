"""What passed between a customer and us, in one list: what came in, our mails, notes, and orders taken in person or by phone (DX-05)."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .listing import Filter, Listing, View, column, listed
from .respond import found, page, read, show
from .templatetags.ui import Row
from .words import CHANNELS, Text

KINDS: Mapping[str, Text] = {
    "in": lazy("Came in"),
    "out": lazy("Our mail"),
    "note": lazy("Note"),
    "order": lazy("Order taken"),
}
COLUMNS = (
    column("at", lazy("When"), kind="moment", sort="newest", narrow="end2"),
    column("kind", lazy("Kind"), soft=True, narrow="end"),
    column("what", lazy("What"), grow=5, strong=True, narrow="title"),
    column("who", lazy("Who"), grow=3, sort="who", narrow="sub"),
    column("order", lazy("Order"), kind="id", narrow="foot"),
)


def _row(one: Any) -> Row:
    what = CHANNELS.get(one.what, one.what) if one.kind == "order" else one.what
    order = reverse("order", args=[one.order_id]) if one.order_number else ""
    url = reverse("intake", args=[one.id]) if one.kind == "in" else order
    return {
        "id": f"{one.kind}-{one.id}",
        "url": url,
        "label": str(what),
        "cells": {
            "at": one.at,
            "kind": str(KINDS[one.kind]),
            "what": {"text": str(what), "url": url},
            "who": one.who or _("By itself"),
            "order": {"text": one.order_number or "", "url": order},
        },
    }


@page
def contacts(request: HttpRequest, id: int) -> HttpResponse:
    """Everything that passed between one customer and us, the newest first."""
    party = found(read(request, "parties.one", id=id))
    views = (View(lazy("All"), {}), *(View(words, {"kind": kind}) for kind, words in KINDS.items()))
    kinds = Filter("kind", lazy("Kind"), tuple(KINDS.items()))
    ours = Listing("capture.contacts", COLUMNS, _row, (kinds,), views, lazy("Words, person, order"), {"customer": id})
    return show(
        request,
        "layouts/list.html",
        title=_("Contacts with %(name)s") % {"name": party.name},
        back_url=reverse("customer", args=[id]),
        empty={"text": _("Nothing of this kind passed between this customer and us.")},
        live="orders inbox",
        **listed(request, ours),
    )


urls = [path("customers/<int:id>/contacts", contacts, name="customer-contacts")]
