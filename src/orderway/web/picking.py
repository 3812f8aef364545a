"""Picking with a phone: the list comes whole, scans come back in batches, each line is booked once it is complete.

What was scanned of a line that is not complete yet lies in the person's session; the shipment hears of a line once, as its
command wants it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from orderway.fulfilment.commands.pick import PickLine
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.running import run

from .advice import SHIPMENT
from .fields import needs
from .refusal_words import refusal_text
from .refusing import acts_on
from .respond import actor, page, read, show, tell
from .units import unit

MOST_TOGETHER = 20  # shipments on one walk


@page
def pick(request: HttpRequest) -> HttpResponse:
    """The pick list of one or more shipments as a page for the phone: /shipping/pick?shipment=1&shipment=2."""
    needs(request, "fulfilment.pick")
    heads = _asked_for(request)
    open_ones = [head.id for head in heads if head.state == "open"]
    stopped = {id: acts_on(request, SHIPMENT, id)["fulfilment.pick"].refused for id in open_ones}
    lines = [line for head in heads if not stopped.get(head.id) for line in _open_lines(request, head)]
    tell(request, Outcome(refused=[no for refused in stopped.values() for no in refused]), "")
    if not lines:
        return redirect("shipment", id=heads[0].id) if len(heads) == 1 else redirect("shipping")
    name = "-".join(str(head.id) for head in heads)
    count = len({head.order_id for head in heads})
    return show(
        request,
        "layouts/pick.html",
        title=heads[0].order_number if len(heads) == 1 else _("%(n)s shipments") % {"n": len(heads)},
        sub=f"{heads[0].warehouse} · " + ngettext("%(n)s order", "%(n)s orders", count) % {"n": count},
        back_url=reverse("shipping"),
        done_url=reverse("shipping-picked") + "?" + request.GET.urlencode(),
        scan_url=reverse("shipping-scans"),
        pick_list=json.dumps({"id": name, "lines": lines}),
    )


def _asked_for(request: HttpRequest) -> list[Any]:
    wanted = [int(id) for id in request.GET.getlist("shipment") if id.isdigit()][:MOST_TOGETHER]
    found = [head for id in dict.fromkeys(wanted) if (head := read(request, "fulfilment.shipment", id=id))]
    if not found:
        raise Http404
    return found


def _open_lines(request: HttpRequest, head: Any) -> Iterator[Mapping[str, Any]]:
    counted = _counted(request)
    for line in read(request, "fulfilment.lines", id=head.id):
        if line.picked is None:
            yield {
                "id": str(line.id),
                "place": head.warehouse,
                "item": line.item_number,
                "name": line.item_name,
                "pack": unit(line.unit),
                "order": head.order_number,
                "customer": head.customer,
                "quantity": float(
                    line.quantity
                ),  # the phone counts pieces; what is booked is counted here, in decimals
                "picked": float(counted.get(str(line.id), {}).get("quantity", 0)),
                "codes": [code for code in (line.item_number, line.gtin) if code],
            }


def _counted(request: HttpRequest) -> dict[str, Any]:
    """What lies in the session: line -> {quantity, scanned, keys}."""
    counted: dict[str, Any] = request.session.setdefault("counted", {})
    return counted


@page
@require_POST
def scans(request: HttpRequest) -> HttpResponse:
    """Take a batch of scans in; the answer names the first that could not be taken."""
    needs(request, "fulfilment.pick")
    try:
        batch = json.loads(request.body)
        ids = [int(id) for id in str(batch["list"]).split("-")]
        taken = [(int(s["line"]), _finite(str(s["quantity"])), s) for s in batch["scans"]]
    except (ValueError, KeyError, TypeError, InvalidOperation):
        return JsonResponse({"problem": _("The scan could not be read.")}, status=400)
    known = {
        line.id: line
        for id in ids[:MOST_TOGETHER]
        if read(request, "fulfilment.shipment", id=id)
        for line in read(request, "fulfilment.lines", id=id)
    }
    problems = [p for line, quantity, scan in taken if (p := _count(request, known.get(line), quantity, scan))]
    last = taken[-1][0] if taken else 0
    problems += book(request, known, keep=last)
    return JsonResponse({"problem": problems[0]} if problems else {})


def _finite(text: str) -> Decimal:
    """A quantity; NaN and infinity are none. Raises ValueError or InvalidOperation."""
    quantity = Decimal(text)
    if not quantity.is_finite():
        raise ValueError(text)
    return quantity


def _count(request: HttpRequest, line: Any, quantity: Decimal, scan: Mapping[str, Any]) -> str:
    """Add one scan to its line; a scan that came before counts once. Returns what stands in the way, else ""."""
    if line is None:
        return refusal_text(Refusal("unknown-line", None))
    code, key = str(scan.get("code") or ""), str(scan.get("key") or "")
    if code and code not in (line.item_number, line.gtin):
        return refusal_text(Refusal("wrong-item", line.id, {"scanned": code, "wanted": line.item_number}))
    if line.picked is not None:
        return refusal_text(Refusal("already-picked", line.id, {"order": line.item_number}))
    counted = _counted(request)
    so_far = counted.setdefault(str(line.id), {"quantity": "0", "scanned": "", "keys": [], "short": False})
    if key and key in so_far["keys"]:
        return ""
    total = Decimal(so_far["quantity"]) + quantity
    if not 0 <= total <= line.quantity:
        wanted = {"wanted": line.quantity, "picked": total}
        return refusal_text(Refusal("more-than-wanted", line.id, wanted))
    so_far |= {"quantity": str(total), "scanned": code or so_far["scanned"], "keys": [*so_far["keys"], key]}
    so_far["short"] = (so_far["short"] or bool(scan.get("missing"))) and not key.endswith("-back")
    request.session.modified = True
    return ""


def book(request: HttpRequest, known: Mapping[int, Any], keep: int = 0) -> Sequence[str]:
    """Book the lines that are complete (or short); `keep` is the one in hand, which may still be undone unless it is the last."""
    counted = _counted(request)
    ready = {id: counted[str(id)] for id in known if str(id) in counted and _complete(known[id], counted[str(id)])}
    open_ones = [id for id, line in known.items() if line.picked is None and id not in ready]
    rows = [
        PickLine(id, Decimal(done["quantity"]), done["scanned"])
        for id, done in ready.items()
        if id != keep or not open_ones
    ]
    if not rows:
        return []
    outcome = run("fulfilment.pick", actor(request), rows, partial=True)
    for row in rows:
        counted.pop(str(row.line), None)
    request.session.modified = True
    return [refusal_text(refusal) for refusal in outcome.refused]


def _complete(line: Any, done: Mapping[str, Any]) -> bool:
    return line.picked is None and (done["short"] or Decimal(done["quantity"]) >= line.quantity)


@page
def picked(request: HttpRequest) -> HttpResponse:
    """After the last line: to the shipment, or back to the list when several were picked."""
    heads = _asked_for(request)
    return redirect("shipment", id=heads[0].id) if len(heads) == 1 else redirect("shipping")


urls = [
    path("shipping/pick", pick, name="shipping-pick"),
    path("shipping/scans", scans, name="shipping-scans"),
    path("shipping/picked", picked, name="shipping-picked"),
]
