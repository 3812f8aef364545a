"""What stands in the way of orders, in one list: each with its cause in words and what may be done about it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from orderway.capture.exceptions import OTHER, UNREADABLE
from orderway.capture.reasons import from_json, worded
from orderway.kernel.outcome import Refusal

from .findings import rests_on
from .listing import Filter, Listing, View, column, listed
from .respond import do, found, may, page, read, show, tell
from .templatetags.ui import Row
from .words import CHECKS, Text, refusal_text

KINDS: Mapping[str, Text] = {
    "unknown-item": lazy("Unknown item"),
    "unknown-customer": lazy("Unknown customer"),
    "duplicate-order": lazy("Perhaps ordered twice"),
    "price-gap": lazy("Price differs"),
    "credit": lazy("Credit limit"),
    "stock": lazy("Goods lack"),
    "address": lazy("Delivery address"),
    "unreadable-file": lazy("File not read"),
    "rule-error": lazy("Rule or map stopped"),
    "mail-bounced": lazy("Mail not delivered"),
    OTHER: lazy("Stopped otherwise"),
}
ACTS: Mapping[str, Text] = {
    "capture.settle": lazy("Say what is meant"),
    "capture.order": lazy("Make the order at our prices"),
    "capture.reject": lazy("Refuse it"),
    "capture.dismiss": lazy("Set it aside as no order"),
    "capture.reread": lazy("Read it again"),
    "orders.waive": lazy("Let it pass"),
    "orders.hold": lazy("Put on hold"),
    "orders.cancel": lazy("Cancel order"),
    "orders.allocate": lazy("Reserve goods"),
    "orders.prioritise": lazy("Mark as urgent"),
    "parties.change": lazy("Change the customer"),
    "workflow.retry": lazy("Try again"),
    "mail.resend": lazy("Send again"),
}
COLUMNS = (
    column("kind", lazy("What stands in the way"), grow=3, strong=True, narrow="title"),
    column("cause", lazy("Cause, and what may be done"), grow=5, narrow="foot"),
    column("about", lazy("About"), grow=2, soft=True, narrow="sub"),
    column("since", lazy("Since"), kind="moment", narrow="end2"),
)
AGAIN = ("workflow.retry", "mail.resend")


def cause(one: Any) -> str:
    """Why it stands there, in words."""
    if one.code == UNREADABLE:
        return worded([from_json(reason) for reason in one.facts["reasons"]], _)
    if one.source == "finding":
        return rests_on(one.code, one.facts, one.currency)
    if one.source == "short":
        return rests_on("stock", one.facts, one.currency)
    return refusal_text(Refusal(one.code, one.subject_id, one.facts))


def kind_words(one: Any) -> str:
    """What stands in the way, in a word or two: its kind, or the check that found it."""
    if one.kind == OTHER and one.source == "finding":
        return str(CHECKS.get(one.code, one.code))
    return str(KINDS[one.kind])


def _url(one: Any, waive: bool) -> str:
    """Where it is settled; `waive` for who may let findings pass."""
    if one.source == "intake":
        return reverse("intake", args=[one.id])
    if one.source == "desk":
        return reverse("exception", args=[one.id])
    if one.source == "finding" and waive:
        return reverse("order-waive", args=[one.subject_id, one.id])
    return reverse("order", args=[one.subject_id])


def _row(one: Any, waive: bool) -> Row:
    acts = ", ".join(str(ACTS.get(name, name)) for name in one.actions)
    order = reverse("order", args=[one.subject_id]) if one.subject_type == "order" else ""
    return {
        "id": f"{one.source}-{one.id}-{one.code}",
        "url": _url(one, waive),
        "cells": {
            "kind": {"text": kind_words(one), "url": _url(one, waive)},
            "cause": {"text": cause(one), "sub": acts},
            "about": {"text": one.label, "url": order} if order else one.label,
            "since": one.since,
        },
    }


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that stands in the way, narrowed by the address."""
    kinds = Filter("kind", lazy("Kind"), tuple(KINDS.items()))
    row = partial(_row, waive=may(request, "orders.waive"))
    ours = Listing("capture.exceptions", COLUMNS, row, (kinds,), (View(lazy("All"), {}),))
    nothing = _("Nothing stands in the way. What stops an order, a file or a mail stands here with its cause.")
    return show(
        request,
        "layouts/list.html",
        title=_("Exceptions"),
        back_url=reverse("notices"),
        empty={"text": _("Nothing of this kind.") if request.GET else nothing},
        live="notices inbox orders",
        **listed(request, ours),
    )


def _one(request: HttpRequest, id: int) -> Any:
    return found(next(iter(read(request, "capture.exceptions", desk=id).rows), None))


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One thing that stopped on the desk: why, what it is about, and the way to try it again."""
    stopped = _one(request, id)
    acts = [
        {"label": ACTS[name], "icon": "refresh", "post": reverse("exception-again", args=[id]), "primary": True}
        for name in stopped.actions
        if name in AGAIN and may(request, name)
    ]
    if stopped.subject_type == "order":
        acts.insert(0, {"label": _("The order"), "url": reverse("order", args=[stopped.subject_id])})
    return show(
        request,
        "notices/exception.html",
        title=kind_words(stopped),
        sub=stopped.label,
        back_url=reverse("exceptions"),
        actions=acts,
        cause=cause(stopped),
        command=stopped.command,
        code=stopped.code,
        since=stopped.since,
        stays=not any(name in AGAIN for name in stopped.actions),
    )


@page
@require_POST
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Try again what stopped: the step on its map, or the mail."""
    stopped = _one(request, id)
    (name,) = stopped.actions
    rows = [{"id": token} for token in stopped.facts.get("tokens", ())] if name == "workflow.retry" else []
    if name == "mail.resend":
        rows = [{"id": stopped.stopped}]
    outcome = do(request, name, rows, partial=True)
    tell(request, outcome, _("It is tried again."))
    return redirect("exceptions")


urls = [
    path("exceptions", listing, name="exceptions"),
    path("exceptions/<int:id>", one, name="exception"),
    path("exceptions/<int:id>/again", again, name="exception-again"),
]
