"""How far an order is, for whoever holds the link of a letter: no sign-in, no prices, no names, in the customer's language."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from orderway.fulfilment.mails import tracking_link
from orderway.kernel.access import system_actor
from orderway.kernel.running import ask
from orderway.mail.letters import letter_language
from orderway.orders.status import Holder, Status, holder_of
from orderway.people.signing_in import looks_too_often

from .respond import show_open
from .templatetags.ui import day, number
from .units import unit

SCOPES = frozenset({"orders.status", "fulfilment.shipments"})
MOST_SHIPMENTS = 100


class Step(NamedTuple):
    """A step on the way of an order: what it is called, how it stands (done, now, ahead), and when or how much."""

    name: str
    stands: str
    told: str = ""


def status(request: HttpRequest, token: str) -> HttpResponse:
    """The steps of an order, its lines and its parcels, for the holder of a link."""
    if looks_too_often("order status", str(request.META.get("REMOTE_ADDR", ""))):
        return _said(
            request, _("Too many looks from here"), _("Wait a quarter of an hour, then open the link again."), 429
        )
    holder = holder_of(token)
    if holder is None:
        text = _("Perhaps it was cut in the mail. Open it once more from our letter, or write to us.")
        return _said(request, _("This link is not known"), text, 404)
    found, shipments = _read(holder)
    if found is None:
        return _said(request, _("This order is gone"), _("We do not keep it any more."), 410)
    with _speaking(found.head):
        return show_open(request, "orders/status.html", **_told(found, shipments))


def _read(holder: Holder) -> tuple[Status | None, Sequence[Any]]:
    actor = replace(system_actor(holder.company), scopes=SCOPES)
    shipments = ask("fulfilment.shipments", actor, order=holder.order, size=MOST_SHIPMENTS).rows
    return ask("orders.status", actor, id=holder.order), shipments


@contextmanager
def _speaking(head: Any) -> Iterator[None]:
    with translation.override(letter_language(head.language)), timezone.override(ZoneInfo(head.timezone)):
        yield


def _told(found: Status, shipments: Sequence[Any]) -> dict[str, Any]:
    head = found.head
    gone = [one for one in shipments if one.shipped_at]
    return {
        "title": _("Your order %(number)s") % {"number": head.number},
        "sub": _("Your reference: %(ref)s") % {"ref": head.their_reference} if head.their_reference else "",
        "brand": {"name": head.company},
        "cancelled": head.state == "cancelled",
        "steps": steps(found, gone),
        "lines": [_line(line) for line in found.lines],
        "parcels": [_parcel(one) for one in gone],
    }


def steps(found: Status, gone: Sequence[Any]) -> list[Step]:
    """The four steps of an order; `gone` are the shipments that have left, each with shipped_at and delivered_at."""
    head, goods = found.head, [line for line in found.lines if line.goods]
    over = head.state == "completed"
    confirmed = over or "confirmed" in (head.state, head.held_from)
    left = sum(line.delivered >= line.quantity for line in goods)
    all_left = over or bool(goods and left == len(goods))
    arrived = over or (all_left and bool(gone) and all(one.delivered_at for one in gone))
    some = _("%(n)s of %(all)s lines") % {"n": left, "all": len(goods)} if gone and not all_left else ""
    return [
        Step(_("Received"), "done", day(head.ordered_on)),
        Step(_("Confirmed"), "done" if confirmed else "now", "" if confirmed else _("We are checking it.")),
        Step(
            _("On the way"),
            "done" if all_left else "now" if gone else "ahead",
            some or _last(one.shipped_at for one in gone) or _expected(head),
        ),
        Step(
            _("Delivered"), "done" if arrived else "ahead", _last(one.delivered_at for one in gone) if arrived else ""
        ),
    ]


def _last(moments: Iterable[datetime | None]) -> str:
    return day(max((moment for moment in moments if moment), default=None))


def _expected(head: Any) -> str:
    promised: date | None = head.promised_on
    if promised:
        return _("expected %(day)s") % {"day": day(promised)}
    return _("wanted by %(day)s") % {"day": day(head.requested_on)} if head.requested_on else ""


def _line(line: Any) -> dict[str, str]:
    quantity = f"{number(line.quantity)} {unit(line.unit)}"
    left = ""
    if line.goods and 0 < line.delivered < line.quantity:
        left = _("%(n)s have left") % {"n": number(line.delivered)}
    return {"what": line.description, "quantity": quantity, "left": left}


def _parcel(shipment: Any) -> dict[str, str]:
    number_told = " ".join(part for part in (shipment.carrier, shipment.tracking) if part)
    return {
        "name": number_told or shipment.number,
        "when": day(shipment.delivered_at or shipment.shipped_at),
        "state": _("Delivered") if shipment.delivered_at else _("On the way"),
        "url": tracking_link(shipment.carrier, shipment.tracking),
    }


def _said(request: HttpRequest, title: str, text: str, code: int) -> HttpResponse:
    return show_open(request, "orders/status.html", status=code, title=title, text=text)


urls = [path("status/<str:token>", status, name="order-status")]
