"""Why not?: which acts on an order would be refused now, in a sentence each, and everything that rests on."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.orders.refusing import blocking

from .acts import ACTS
from .findings import rests_on
from .listing import column
from .respond import found, page, read, show
from .templatetags.ui import Row, number
from .words import CHECKS, STATES, Text, refusal_text

COLUMNS = (
    column("act", lazy("Act"), grow=2, narrow="title", strong=True),
    column("now", lazy("Now"), kind="state", narrow="end"),
    column("because", lazy("Because"), grow=6, narrow="foot"),
)


def _of(count: int, leaves: Any) -> str:
    return _("%(n)s of %(all)s") % {"n": number(count), "all": number(leaves.lines)}


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _passing(leaves: Any) -> str:
    names = [str(CHECKS.get(name, name)) for name in sorted(leaves.waived)]
    return ", ".join(names) or _("none")


LEAVES: Mapping[str, tuple[Text, Callable[[Any], str]]] = {
    "state": (lazy("The order is"), lambda leaves: str(STATES[leaves.state])),
    "begun": (lazy("Lines delivered or invoiced in part"), lambda leaves: _of(leaves.begun, leaves)),
    "undelivered": (lazy("Lines not wholly delivered"), lambda leaves: _of(leaves.undelivered, leaves)),
    "uninvoiced": (lazy("Lines not wholly invoiced"), lambda leaves: _of(leaves.uninvoiced, leaves)),
    "chargeable": (lazy("Lines with something to charge now"), lambda leaves: _of(leaves.chargeable, leaves)),
    "settled": (lazy("All that was invoiced is paid"), lambda leaves: _yes(leaves.settled)),
    "prepay_open": (lazy("A prepayment is awaited"), lambda leaves: _yes(leaves.prepay_open)),
    "waived": (lazy("May pass because somebody said so"), _passing),
}


@page
def why_not(request: HttpRequest, id: int) -> HttpResponse:
    """Which acts on an order are possible now, and why the others are not."""
    told = found(read(request, "orders.why_not", id=id))
    order = read(request, "orders.one", id=id)
    return show(
        request,
        "orders/why_not.html",
        title=_("Why not? %(number)s") % {"number": told.leaves.number},
        sub=f"{order.customer}, {STATES[order.state]}",
        back_url=reverse("order", args=[id]),
        columns=COLUMNS,
        rows=[_row(one, told.leaves, order.currency) for one in told.acts],
        leaves=[(words, value(told.leaves)) for words, value in LEAVES.values()],
    )


def _row(one: Any, leaves: Any, currency: str) -> Row:
    now = {"text": _("Refused"), "tone": "late"} if one.refused else {"text": _("Possible"), "tone": "done"}
    because = [refusal_text(refusal) for refusal in one.refused]
    if one.refused and "facts" in one.rests_on:
        because += [rests_on(check.check, check.evidence, currency) for check in blocking(leaves)]
    cells = {
        "act": str(ACTS[one.command]),
        "now": now,
        "because": {"text": " ".join(because) or _("Nothing stands in the way."), "sub": _leaves(one, leaves)},
    }
    return {"id": one.command.replace(".", "-"), "cells": cells}


def _leaves(one: Any, leaves: Any) -> str:
    """What the answer rests on, by name: the states in which the act is possible (that of the order stands above), and the rest."""
    states = ", ".join(str(words) for state, words in STATES.items() if state in one.states)
    said = [_("possible while: %(states)s") % {"states": states}] if states else []
    said += [
        f"{LEAVES[name][0]}: {LEAVES[name][1](leaves)}" for name in one.rests_on if name in LEAVES and name != "state"
    ]
    return "; ".join(said)


urls = [path("orders/<int:id>/why-not", why_not, name="order-why-not")]
