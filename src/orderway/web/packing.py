"""Packing, shipping and noting the arrival: the forms of one shipment."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .advice import SHIPMENT
from .amounts import typed
from .fields import decimal, needs, refusals
from .refusing import kept_back, link
from .respond import do, found, page, read, show, tell
from .templatetags.ui import number


@page
def pack(request: HttpRequest, id: int) -> HttpResponse:
    """Say what lies in which package, and what each weighs."""
    needs(request, "fulfilment.pack")
    head = found(read(request, "fulfilment.shipment", id=id))
    lines = [line for line in read(request, "fulfilment.lines", id=id) if line.picked]
    problems: Sequence[str] = ()
    boxes = _boxes(request.POST, lines)
    if request.method == "POST" and "more" not in request.POST:
        outcome = do(request, "fulfilment.pack", [{"id": id, "boxes": [box["row"] for box in boxes]}])
        if outcome.done:
            tell(request, outcome, _("Packed in %(n)s packages.") % {"n": len(boxes)})
            return redirect("shipment", id=id)
        problems = refusals(outcome)
    stopped = kept_back(request, SHIPMENT, id, "fulfilment.pack")
    return show(request, "shipping/pack.html", **_packing(head, lines, boxes), problems=problems, stopped=stopped)


def _boxes(given: QueryDict, lines: Sequence[Any]) -> list[dict[str, Any]]:
    """The packages of the form as typed and as rows; without a form one with everything in it."""
    count = int(given.get("boxes", "1")) if given.get("boxes", "1").isdigit() else 1
    count = min(count + ("more" in given), 50)
    return [_box(given, lines, n) for n in range(1, count + 1)]


def _box(given: QueryDict, lines: Sequence[Any], n: int) -> dict[str, Any]:
    texts = {
        line.id: given.get(f"q-{line.id}-{n}", number(line.picked) if not given and n == 1 else "") for line in lines
    }
    size = given.get(f"size-{n}", "")
    contents = [(id, decimal(text)) for id, text in texts.items() if text.strip()]
    weight = given.get(f"weight-{n}", "") or _weighed(contents, {line.id: line.weight for line in lines})
    row = {"weight": decimal(weight) if weight.strip() else Decimal(0), "size": size, "contents": contents}
    return {"n": n, "weight": weight, "size": size, "typed": texts, "row": row}


def _weighed(contents: Sequence[tuple[int, str]], weights: Mapping[int, Decimal]) -> str:
    """What a package should weigh by the catalogue, in kilograms; empty where an item's weight is not known."""
    amounts = [(weights[id], typed(text)) for id, text in contents]
    if not amounts or any(not weight or not quantity for weight, quantity in amounts):
        return ""
    return number(sum((weight * (quantity or 0) for weight, quantity in amounts), Decimal(0)))


def _packing(head: Any, lines: Sequence[Any], boxes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    rows = [
        {"line": line, "fields": [{"name": f"q-{line.id}-{box['n']}", "value": box["typed"][line.id]} for box in boxes]}
        for line in lines
    ]
    return {
        "title": _("Pack %(order)s") % {"order": head.order_number},
        "sub": head.customer,
        "back_url": reverse("shipment", args=[head.id]),
        "cancel_url": reverse("shipment", args=[head.id]),
        "save_label": _("Packed"),
        "wide": True,
        "boxes": boxes,
        "packing": rows,
    }


@page
def ship(request: HttpRequest, id: int) -> HttpResponse:
    """Send a packed shipment on its way."""
    needs(request, "fulfilment.ship")
    head = found(read(request, "fulfilment.shipment", id=id))
    problems: Sequence[str] = ()
    given = {name: request.POST.get(name, getattr(head, name)) for name in ("carrier", "tracking")}
    row = {"id": id, **given}
    if request.method == "POST":
        outcome = do(request, "fulfilment.ship", [row])
        if outcome.done:
            tell(request, outcome, _("Shipped as %(number)s.") % {"number": outcome.values["numbers"][0]})
            return redirect("shipment", id=id)
        problems = refusals(outcome)
    fields = [
        {"name": "carrier", "label": _("Carrier"), "value": row["carrier"], "autofocus": True},
        {"name": "tracking", "label": _("Tracking number"), "value": row["tracking"]},
    ]
    irreversible = _(
        "The goods leave the stock and the delivery note gets its number; to undo it, take the goods back."
    )
    back = reverse("shipment", args=[id])
    return show(
        request,
        "shipping/ship.html",
        title=_("Ship %(order)s") % {"order": head.order_number},
        sub=head.customer,
        back_url=back,
        cancel_url=back,
        save_label=_("Ship"),
        fieldsets=[{"fields": fields}],
        problems=problems,
        stopped=kept_back(request, SHIPMENT, id, "fulfilment.ship"),
        irreversible=irreversible,
    )


@page
@require_POST
def deliver(request: HttpRequest, id: int) -> HttpResponse:
    """Note that a shipment arrived."""
    found(read(request, "fulfilment.shipment", id=id))
    outcome = do(request, "fulfilment.deliver", [{"id": id}])
    tell(request, outcome, _("Delivered."), lambda _no: link(SHIPMENT, id)["url"])
    return redirect("shipment", id=id)


urls = [
    path("shipping/<int:id>/pack", pack, name="shipment-pack"),
    path("shipping/<int:id>/ship", ship, name="shipment-ship"),
    path("shipping/<int:id>/deliver", deliver, name="shipment-deliver"),
]
