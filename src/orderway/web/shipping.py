"""The shipping pages: what to pick, pack and ship, and one shipment."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.kernel.access import Actor
from orderway.kernel.running import ask
from orderway.workflow.acts import WhyNot

from .advice import SHIPMENT
from .carriers import booking_actions, booking_words
from .documents import papers_of
from .fields import amount
from .listing import Filter, ListColumn, Listing, View, listed
from .refusing import acts_on, link, told, unless
from .respond import found, may, page, read, read_if, show
from .selection import Act, act
from .shell import counted, most
from .templatetags.ui import Row, day, moment, number
from .words import SHIPMENT_STATES

TONES = {"shipped": "", "delivered": "done", "cancelled": "late"}


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One shipment with its lines, packages and papers."""
    head = found(read(request, "fulfilment.shipment", id=id))
    booking = read_if(request, "fulfilment.booking", id=id)
    actions, stopped = _actions(request, head, acts_on(request, SHIPMENT, id))
    return show(
        request,
        "shipping/one.html",
        head=head,
        **_head(head),
        actions=[*booking_actions(request, head, booking), *actions],
        more_actions=[link(SHIPMENT, id)],
        stopped=stopped,
        booking=booking_words(booking),
        **_lines(read(request, "fulfilment.lines", id=id)),
        packages=_packages(read(request, "fulfilment.packages", id=id)),
        papers=papers_of(request, "shipment", id),
        live="shipping",
    )


def _head(head: Any) -> dict[str, Any]:
    figures = [{"label": _("Warehouse"), "value": head.warehouse}]
    if head.requested_on:
        figures.append({"label": _("Wanted"), "value": day(head.requested_on)})
    if head.shipped_at:
        figures.append({"label": _("Shipped"), "value": moment(head.shipped_at)})
    if head.delivered_at:
        figures.append({"label": _("Delivered"), "value": moment(head.delivered_at)})
    return {
        "title": head.number or head.order_number,
        "back_url": reverse("shipping"),
        "badges": [{"text": SHIPMENT_STATES[head.state], "tone": TONES.get(head.state, "")}],
        "figures": figures,
        "section_label": _("Lines"),
        "address": [head.ship_name, head.ship_street, f"{head.ship_postcode} {head.ship_city}", head.ship_country],
    }


def _actions(request: HttpRequest, head: Any, acts: Mapping[str, WhyNot]) -> tuple[list[dict[str, Any]], str]:
    """What comes next, for whoever may; while it would be refused it is off, with what stands in the way and what to do in words."""
    id = head.id
    steps: dict[str, tuple[str, dict[str, Any]]] = {
        "open": (
            "fulfilment.pick",
            {"label": _("Pick"), "url": f"{reverse('shipping-pick')}?shipment={id}", "key": "p"},
        ),
        "picked": ("fulfilment.pack", {"label": _("Pack"), "url": reverse("shipment-pack", args=[id]), "key": "p"}),
        "packed": ("fulfilment.ship", {"label": _("Ship"), "url": reverse("shipment-ship", args=[id]), "key": "s"}),
        "shipped": (
            "fulfilment.deliver",
            {"label": _("Note delivery"), "post": reverse("shipment-deliver", args=[id])},
        ),
    }
    actions: list[dict[str, Any]] = []
    if head.state in ("shipped", "delivered") and may(request, "fulfilment.take_back"):
        actions.append(
            {"label": _("Take back"), "icon": "truck-return", "url": reverse("take-back", args=[head.order_id])}
        )
    name, step = steps.get(head.state, ("", {}))
    if not name or not may(request, name):
        return actions, ""
    stopped = told(acts[name].refused, SHIPMENT, name)
    return [*actions, unless(stopped, {**step, "primary": True})], stopped


def _lines(lines: Sequence[Any]) -> dict[str, Any]:
    columns = [
        {"key": "position", "label": _("Pos"), "soft": True, "narrow": "lead"},
        {"key": "item", "label": _("Item"), "grow": 6, "narrow": "title"},
        {"key": "ordered", "label": _("Ordered"), "kind": "number", "soft": True},
        {"key": "quantity", "label": _("To pick"), "kind": "number", "narrow": "end"},
        {"key": "picked", "label": _("Picked"), "kind": "number", "strong": True, "narrow": "end2"},
    ]
    return {"columns": columns, "rows": [_line(line) for line in lines]}


def _line(line: Any) -> dict[str, Any]:
    short = line.picked is not None and line.picked < line.quantity
    picked: Any = line.picked
    if short:
        missing = _("%(n)s missing") % {"n": number(line.quantity - line.picked)}
        picked = {"text": line.picked, "tone": "late", "note": missing}
    cells = {
        "position": line.position,
        "item": {"text": line.description, "sub": line.item_number},
        "ordered": line.ordered,
        "quantity": amount(line.quantity, line.unit),
        "picked": picked,
    }
    return {"id": line.id, "cells": cells, "tone": "late" if short else ""}


def _packages(rows: Sequence[Any]) -> list[dict[str, Any]]:
    boxes: dict[int, dict[str, Any]] = {}
    for row in rows:
        head = {"number": row.number, "weight": number(row.weight, 3), "size": row.size, "contents": []}
        what = {"quantity": amount(row.quantity, row.unit), "name": row.description, "item": row.item_number}
        boxes.setdefault(row.id, head)["contents"].append(what)
    return list(boxes.values())


@counted("shipping")
def count(actor: Actor) -> tuple[int, int]:
    """Shipments to pick, pack and ship."""
    return most(ask("fulfilment.shipments", actor, size=1).count), 0


def _views(request: HttpRequest) -> list[View]:
    """The stages of the warehouse, each with how much stands there."""
    words = SHIPMENT_STATES
    counts = {state: read(request, "fulfilment.shipments", state=state, size=1).count for state in list(words)[:3]}
    views = [View(_("To do"))]
    views += [View(words[s], {"state": s}, 1_001 if n is None else n) for s, n in counts.items()]
    return [*views, View(words["shipped"], {"state": "shipped"}), View(words["delivered"], {"state": "delivered"})]


@page
def listing(request: HttpRequest) -> HttpResponse:
    """Shipments by stage, the oldest first."""
    columns: list[ListColumn] = [
        {"key": "order", "label": _("Order"), "kind": "id", "sort": "order"},
        {"key": "customer", "label": _("Customer"), "grow": 4, "narrow": "sub", "sort": "customer"},
        {"key": "city", "label": _("To"), "grow": 2, "soft": True},
        {"key": "warehouse", "label": _("From"), "soft": True},
        {"key": "due", "label": _("Wanted"), "kind": "due", "sort": "due"},
        {"key": "lines", "label": _("Picked"), "kind": "number", "narrow": "end"},
        {"key": "state", "label": _("State"), "kind": "state"},
        {"key": "note", "label": _("Delivery note"), "kind": "text", "soft": True},
    ]
    houses = [Filter("warehouse", _("Warehouse"), _warehouses(request))] if _warehouses(request) else []
    shown = listed(
        request,
        Listing("fulfilment.shipments", columns, _row, houses, _views(request), _("Order, delivery note, customer")),
    )
    text = _("Nothing is to be shipped. A shipment appears here as soon as stock is allocated to a confirmed order.")
    return show(
        request,
        "layouts/list.html",
        title=_("Shipping"),
        sub=_("%(n)s shown") % {"n": shown["pager"]["count"]},
        bulk=_bulk(request, shown["question"].state),
        empty={"text": text},
        live="shipping",
        **shown,
    )


def _warehouses(request: HttpRequest) -> list[tuple[str, str]]:
    rows = read_if(request, "stock.warehouses") or []
    return [(row.key, row.name) for row in rows]


def _row(row: Any) -> Row:
    today = timezone.localdate()
    due = row.promised_on or row.requested_on
    late = bool(due and due < today and row.state in ("open", "picked", "packed"))
    ago = _("%(n)s d late") % {"n": (today - due).days} if late and due else ""
    cells = {
        "order": row.order_number,
        "customer": row.customer,
        "city": row.ship_city,
        "warehouse": row.warehouse,
        "due": {"text": due, "note": ago, "tone": "late" if late else ""},
        "lines": _("%(done)s of %(all)s") % {"done": row.picked_lines, "all": row.lines},
        "state": {"text": SHIPMENT_STATES[row.state], "tone": TONES.get(row.state, "")},
        "note": row.number,
    }
    url = reverse("shipment", args=[row.id])
    return {"id": row.id, "url": url, "label": row.order_number, "tone": "late" if late else "", "cells": cells}


def _bulk(request: HttpRequest, state: str | None) -> dict[str, Any] | None:
    """The verbs of a stage; over all stages only what every shipment has in common, which is nothing."""
    verbs = {
        "open": ("fulfilment.pick", _("Pick together"), "barcode", reverse("shipping-together")),
        "picked": ("fulfilment.pack", _("Pack, one package each"), "package", reverse("shipping-act", args=["pack"])),
        "packed": ("fulfilment.ship", _("Ship"), "truck-delivery", reverse("shipping-act", args=["ship"])),
        "shipped": ("fulfilment.deliver", _("Note delivery"), "check", reverse("shipping-act", args=["deliver"])),
    }
    name, label, icon, url = verbs.get(state or "", ("", "", "", ""))
    return (
        {"verbs": [{"label": label, "icon": icon, "url": url}], "sum_words": " "}
        if name and may(request, name)
        else None
    )


@page
@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Pick the selected shipments on one walk."""
    ids = [id for id in request.POST.getlist("id") if id.isdigit()]
    url = f"{reverse('shipping-pick')}?{urlencode({'shipment': ids}, doseq=True)}"
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if "dry" in request.POST else redirect(url)


@page
@require_POST
def many(request: HttpRequest, verb: str) -> HttpResponse:
    """Pack, ship or note the delivery of the selected shipments."""
    gone = _("The goods leave the stock and the delivery notes get their numbers; to undo it, take the goods back.")
    acts = {
        "pack": (_("Pack"), _("One package each with everything in it, weighed by the catalogue."), "", "picked"),
        "ship": (_("Ship"), _("Each shipment gets its delivery note."), gone, "packed"),
        "deliver": (_("Note delivery"), _("Each order that has everything goes on."), "", "shipped"),
    }
    words, effect, irreversible, stage = found(acts.get(verb))
    back = f"{reverse('shipping')}?state={stage}"
    done = _("%(verb)s: %(n)s shipments done.")
    one = Act(
        f"fulfilment.{verb}",
        "fulfilment.shipments",
        words,
        lambda outcome: done % {"verb": words, "n": len(outcome.done)},
        back,
        effects=[effect],
        irreversible=irreversible,
    )
    return act(request, one)


urls = [
    path("shipping", listing, name="shipping"),
    path("shipping/together", together, name="shipping-together"),
    path("shipping/do/<slug:verb>", many, name="shipping-act"),
    path("shipping/<int:id>", one, name="shipment"),
]
