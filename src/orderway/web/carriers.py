"""Carriers: who takes bookings, on one page for administrators; and the booking of one shipment."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from .advice import SHIPMENT
from .fields import needs, refusals
from .refusing import kept_back
from .respond import do, found, may, need, page, posted_number, read, read_if, show, tell

SPARE = 2  # empty rows for new carriers
_ROW = ("name", "service", "address")


@page
def settings(request: HttpRequest) -> HttpResponse:
    """All carriers as one form, with rows for new ones."""
    need(request, "fulfilment.set_carriers")
    # by id and not by place: somebody else may have entered one meanwhile
    rows = {str(one.id): _stands(one) for one in read(request, "fulfilment.carriers", all=True)}
    names = {key: row["name"] for key, row in rows.items()}
    rows |= {f"new{n}": dict.fromkeys(_ROW, "") | {"active": True} for n in range(1, SPARE + 1)}
    problems: Sequence[str] = ()
    if request.method == "POST":
        rows = {key: _typed(request, key, names.get(key, "")) for key in rows if f"address-{key}" in request.POST}
        given = [row for row in rows.values() if row["name"] or row["address"]]
        outcome = do(request, "fulfilment.set_carriers", given)
        if not outcome.refused:
            tell(request, outcome, _("Saved"))
            return HttpResponseRedirect(reverse("carriers"))
        problems = list(refusals(outcome))
    return show(
        request,
        "layouts/form.html",
        title=_("Carriers"),
        sub=_("who takes bookings of packed shipments"),
        back_url=reverse("control"),
        cancel_url=reverse("control"),
        problems=problems,
        status=422 if problems else 200,
        fieldsets=[
            {"title": names.get(key, _("Another carrier")), "fields": _fields(key, row, key in names)}
            for key, row in rows.items()
        ],
    )


def _stands(one: Any) -> dict[str, Any]:
    return {**{name: getattr(one, name) for name in _ROW}, "active": one.is_active}


def _typed(request: HttpRequest, key: str, name: str) -> dict[str, Any]:
    texts = {field: request.POST.get(f"{field}-{key}", "").replace("\x00", "").strip() for field in _ROW}
    return {**texts, "name": name or texts["name"], "active": f"active-{key}" in request.POST}


def _fields(key: str, row: Mapping[str, Any], known: bool) -> list[dict[str, Any]]:
    token = _("It takes a POST in JSON. Its token stands in ORDERWAY_CARRIER_TOKENS, by the host of this address.")
    named = {"name": f"name-{key}", "label": _("Name"), "value": row["name"], "disabled": known}
    service = {
        "name": f"service-{key}",
        "label": _("Service"),
        "value": row["service"],
        "hint": _("For example: parcel"),
    }
    address = {"name": f"address-{key}", "label": _("Address of its booking service"), "value": row["address"]}
    in_use = {"name": f"active-{key}", "label": _("In use"), "kind": "check", "checked": row["active"]}
    return [named, service, {**address, "hint": token, "full": True}, in_use]


@page
def book(request: HttpRequest, id: int) -> HttpResponse:
    """Choose the carrier of a packed shipment and have it booked."""
    needs(request, "fulfilment.book")
    head = found(read(request, "fulfilment.shipment", id=id))
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "fulfilment.book", [{"id": id, "carrier": posted_number(request, "carrier")}])
        if outcome.done:
            tell(request, outcome, _("The carrier is asked; the tracking number stands here as soon as it answers."))
            return redirect("shipment", id=id)
        problems = refusals(outcome)
    choices = [{"value": str(c.id), "label": _named(c)} for c in read(request, "fulfilment.carriers")]
    field = {
        "name": "carrier",
        "label": _("Carrier"),
        "kind": "select",
        "choices": choices,
        "value": request.POST.get("carrier"),
    }
    stopped = kept_back(request, SHIPMENT, id, "fulfilment.book")
    return _form(request, head, _("Book a carrier for %(order)s"), _("Book"), field, problems, stopped)


def _named(carrier: Any) -> str:
    return f"{carrier.name}, {carrier.service}" if carrier.service else str(carrier.name)


@page
def tracking(request: HttpRequest, id: int) -> HttpResponse:
    """Enter by hand what the carrier did not answer."""
    needs(request, "fulfilment.enter_tracking")
    head, booking = (
        found(read(request, "fulfilment.shipment", id=id)),
        found(read(request, "fulfilment.booking", id=id)),
    )
    typed, problems = request.POST.get("tracking", "").replace("\x00", ""), []
    if request.method == "POST":
        outcome = do(request, "fulfilment.enter_tracking", [{"id": booking.id, "tracking": typed}])
        if outcome.done:
            tell(request, outcome, _("The tracking number is noted."))
            return redirect("shipment", id=id)
        problems = list(refusals(outcome))
    hint = _("As %(carrier)s gave it otherwise.") % {"carrier": booking.carrier}
    field = {"name": "tracking", "label": _("Tracking number"), "value": typed, "required": True, "autofocus": True}
    return _form(request, head, _("Tracking number of %(order)s"), _("Save"), {**field, "hint": hint}, problems)


def _form(  # one argument a thing that differs between the two
    request: HttpRequest,
    head: Any,
    title: str,
    save: str,
    field: Mapping[str, Any],
    problems: Sequence[str],
    stopped: str = "",
) -> HttpResponse:
    back = reverse("shipment", args=[head.id])
    return show(
        request,
        "layouts/form.html",
        title=title % {"order": head.order_number},
        sub=head.customer,
        back_url=back,
        cancel_url=back,
        save_label=save,
        problems=problems,
        stopped=stopped,
        status=422 if problems else 200,
        fieldsets=[{"fields": [field], "one_column": True}],
    )


def booking_words(booking: Any) -> str:
    """How the booking of a shipment stands, in a line; empty where no carrier was asked."""
    if booking is None or booking.state == "booked":
        return ""
    name = {"carrier": booking.carrier, "error": booking.error}
    if booking.state == "failed":
        return _("%(carrier)s did not book: %(error)s") % name
    return _("%(carrier)s is asked again: %(error)s") % name if booking.error else _("%(carrier)s is asked.") % name


def booking_actions(request: HttpRequest, head: Any, booking: Any) -> list[dict[str, Any]]:
    """What may be done about the carrier of a shipment: book one, or settle a booking that failed."""
    failed = booking is not None and booking.state == "failed"
    if not failed and (booking is not None or head.state != "packed" or not read_if(request, "fulfilment.carriers")):
        return []
    label = _("Book again") if failed else _("Book a carrier")
    entries = [("fulfilment.book", label, "shipment-book")]
    entries += [("fulfilment.enter_tracking", _("Tracking number"), "shipment-tracking")] if failed else []
    return [{"label": words, "url": reverse(url, args=[head.id])} for name, words, url in entries if may(request, name)]


urls = [
    path("carriers", settings, name="carriers"),
    path("shipping/<int:id>/book", book, name="shipment-book"),
    path("shipping/<int:id>/tracking", tracking, name="shipment-tracking"),
]
