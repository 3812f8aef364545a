"""What stands in the way of orders, in one list: each with its cause in words and what may be done about it."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from orderway.capture.exceptions import CHARGED_BACK, OTHER, SETTLE, UNREADABLE
from orderway.capture.reasons import from_json, worded
from orderway.kernel.outcome import Refusal

from .acts import ACTS
from .exception_words import KINDS, what_stopped
from .fields import refusals
from .findings import rests_on
from .listing import Filter, Listing, View, column, listed
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, show, tell
from .templatetags.ui import Row, money
from .words import CHECKS

COLUMNS = (
    column("kind", lazy("What stands in the way"), grow=3, strong=True, narrow="title"),
    column("cause", lazy("Cause, and what may be done"), grow=5, narrow="foot"),
    column("about", lazy("About"), grow=3, soft=True, narrow="sub", sort="about"),
    column("since", lazy("Since"), kind="moment", narrow="end2", sort="oldest"),
)
AGAIN = ("workflow.retry", "mail.resend", "fulfilment.book_again", "capture.try_again")

# what is done on a page of the shipment
PAGES = {"fulfilment.book": "shipment-book", "fulfilment.enter_tracking": "shipment-tracking"}


def cause(one: Any) -> str:
    """Why it stands there, in words."""
    if one.code == UNREADABLE:
        return worded([from_json(reason) for reason in one.facts["reasons"]], _)
    if one.source == "finding":
        return rests_on(one.code, one.facts, one.currency)
    if one.source == "short":
        return rests_on("stock", one.facts, one.currency)
    if one.code == CHARGED_BACK:
        return _came_back(one)
    return refusal_text(Refusal(one.code, one.subject_id, one.facts))


def _came_back(one: Any) -> str:
    figures = {name: money(Decimal(str(one.facts[name])), one.currency) for name in ("amount", "open")}
    said = _("%(amount)s for %(number)s came back; %(open)s are open.") % {**figures, "number": one.facts["number"]}
    return f"{said} {one.facts['reference']}".strip()


def kind_words(one: Any) -> str:
    """What stands in the way, in a word or two: its kind, or the check that found it."""
    if one.kind == OTHER and one.source == "finding":
        return str(CHECKS.get(one.code, one.code))
    return str(KINDS[one.kind])


def about(one: Any) -> str:
    """What it is about: the order, the mail, else what was about to be done."""
    return what_stopped(one.label) or str(one.label)


def _url(one: Any, waive: bool, pay: bool) -> str:
    """Where it is settled; `waive` for who may let findings pass, `pay` for who may note payments."""
    if one.source == "intake":
        return reverse("intake", args=[one.id])
    if one.source == "desk":
        return reverse("exception", args=[one.id])
    if one.source == "finding" and waive:
        return reverse("order-waive", args=[one.subject_id, one.id])
    if one.source == "payment" and pay:
        return reverse("invoice-pay", args=[one.id])
    return reverse("order", args=[one.subject_id])


def _row(one: Any, waive: bool, pay: bool) -> Row:
    acts = ", ".join(str(ACTS[name]) for name in one.actions)
    order = reverse("order", args=[one.subject_id]) if one.subject_type == "order" else ""
    named = {"text": about(one), "sub": one.customer}
    return {
        "id": f"{one.source}-{one.id}-{one.code}",
        "url": _url(one, waive, pay),
        "cells": {
            "kind": {"text": kind_words(one), "url": _url(one, waive, pay)},
            "cause": {"text": cause(one), "sub": acts},
            "about": {**named, "url": order} if order else named,
            "since": one.since,
        },
    }


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that stands in the way, narrowed by the address."""
    kinds = Filter("kind", lazy("Kind"), tuple(KINDS.items()))
    row = partial(_row, waive=may(request, "orders.waive"), pay=may(request, "billing.pay"))
    search = lazy("Order, customer, item, file")
    ours = Listing("capture.exceptions", COLUMNS, row, (kinds,), (View(lazy("All"), {}),), search)
    nothing = _("Nothing stands in the way. What stops an order, a file or a mail stands here with its cause.")
    narrowed = request.GET.get("kind") or request.GET.get("q")
    return show(
        request,
        "layouts/list.html",
        title=_("Exceptions"),
        back_url=reverse("notices"),
        empty={"text": _("Nothing of this kind.") if narrowed else nothing},
        live="notices inbox orders exception billing",
        **listed(request, ours),
    )


def _one(request: HttpRequest, id: int) -> Any:
    return found(next(iter(read(request, "capture.exceptions", desk=id).rows), None))


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One thing that stopped on the desk: why, what it is about, and the ways to settle it."""
    stopped = _one(request, id)
    stands = _("Step on the map %(map)s") % {"map": stopped.facts["map"]} if stopped.facts.get("map") else ""
    return show(
        request,
        "notices/exception.html",
        title=kind_words(stopped),
        sub=about(stopped),
        back_url=reverse("exceptions"),
        actions=_acts(request, stopped),
        cause=cause(stopped),
        stopped=what_stopped(stopped.command) or stands or about(stopped),
        since=stopped.since,
        said=stopped.facts.get("error", "") if stopped.code == "broken" else "",
        stays=not any(may(request, name) for name in stopped.actions),
    )


def _acts(request: HttpRequest, stopped: Any) -> list[dict[str, Any]]:
    """The order it is about, then what may be done about it."""
    acts: list[dict[str, Any]] = []
    if stopped.subject_type == "order":
        acts.append({"label": _("The order"), "url": reverse("order", args=[stopped.subject_id])})
    mine = [name for name in stopped.actions if may(request, name)]
    if SETTLE in mine:
        acts.append({"label": ACTS[SETTLE], "icon": "check", "url": reverse("exception-settle", args=[stopped.id])})
    for name, url in PAGES.items():
        if name in mine:
            acts.append({"label": ACTS[name], "url": reverse(url, args=[stopped.facts["shipment"]])})
    for name in mine:
        if name in AGAIN:
            again = reverse("exception-again", args=[stopped.id])
            acts.append({"label": ACTS[name], "icon": "refresh", "post": again, "primary": True})
    return acts


@page
@require_POST
def again(request: HttpRequest, id: int) -> HttpResponse:
    """Try again what stopped: the step on its map, the mail, or what follows from an event."""
    stopped = _one(request, id)
    name = found(next((name for name in stopped.actions if name in AGAIN), None))
    own = [stopped.stopped]
    of_name = {"workflow.retry": stopped.facts.get("tokens", ()), "mail.resend": own, "fulfilment.book_again": own}
    ids = of_name.get(name, [id])
    outcome = do(request, name, [{"id": one} for one in ids], partial=True)
    tell(request, outcome, _("It is tried again."))
    return redirect("exceptions")


@page
def settle(request: HttpRequest, id: int) -> HttpResponse:
    """Say how something that stopped was settled in another way."""
    need(request, SETTLE)
    stopped = _one(request, id)
    reason, problems = request.POST.get("reason", ""), []
    if request.method == "POST":
        outcome = do(request, SETTLE, [{"id": id, "reason": reason}])
        if outcome.done:
            tell(request, outcome, _("Settled; how it was settled is kept."))
            return redirect("exceptions")
        problems = list(refusals(outcome))
    hint = _("For example: told the customer by telephone.")
    field = {"name": "reason", "label": _("How"), "value": reason, "required": True, "full": True, "autofocus": True}
    here = reverse("exception", args=[id])
    return show(
        request,
        "layouts/form.html",
        title=_("Settled otherwise: %(what)s") % {"what": kind_words(stopped)},
        sub=about(stopped),
        back_url=here,
        cancel_url=here,
        save_label=_("It is settled"),
        problems=problems,
        fieldsets=[{"title": cause(stopped), "fields": [{**field, "hint": hint}], "one_column": True}],
    )


urls = [
    path("exceptions", listing, name="exceptions"),
    path("exceptions/<int:id>", one, name="exception"),
    path("exceptions/<int:id>/again", again, name="exception-again"),
    path("exceptions/<int:id>/settle", settle, name="exception-settle"),
]
