"""A new order: typed, pasted from a sheet, or after an earlier one; priced as it is typed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _

from orderway.kernel.outcome import Refusal

from .forms import typed_day
from .order_lines import Line, checked, customer_meant, error, lines_of, ordered, problems_of, quote, table
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, show, tell
from .templatetags.ui import number
from .words import CHANNELS

BY_HAND = ("phone", "counter", "mail", "fax", "office")
HEAD = ("customer", "their_reference", "requested_on", "channel", "payment_days", "instruction", "copied_from")


@page
def customers(request: HttpRequest) -> HttpResponse:
    """Customers that fit what is typed, as options of the field."""
    words = request.GET.get("customer", "").strip()
    rows = read(request, "parties.list", search=words or None, customers=True, size=12).rows
    return show(request, "orders/customer_options.html", customers=rows)


@page
def check(request: HttpRequest) -> HttpResponse:
    """Name and price the lines somebody is typing: JSON in and out as ts/lines.ts says."""
    return checked(request, customer_meant)


@page
def new(request: HttpRequest) -> HttpResponse:
    """Place an order."""
    need(request, "orders.place")
    if request.method == "POST":
        return _place(request)
    given, lines = (
        _template(request) if request.GET.get("copy") else ({"customer": request.GET.get("customer", "")}, [])
    )
    return _form(request, given, lines, [])


def _template(request: HttpRequest) -> tuple[dict[str, Any], list[Line]]:
    """Head and lines after an earlier order: items and quantities, not its dates, prices or approvals."""
    id = request.GET["copy"]
    if not id.isdigit():
        raise Http404
    order = found(read(request, "orders.one", id=int(id)))
    lines = [
        Line(
            line.item_number, number(line.quantity), "", "" if line.description == line.item_name else line.description
        )
        for line in read(request, "orders.lines", id=order.id)
    ]
    customer = f"{order.customer_number} {order.customer}"
    return {
        "customer": customer,
        "copied_from": order.id,
        "instruction": order.instruction,
        "after": order.number,
    }, lines


def _place(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() for name in HEAD}
    lines, customer = lines_of(request), customer_meant(request, given["customer"])
    quoted = quote(request, customer, lines)
    problems = problems_of(lines, quoted)
    if customer is None:
        problems.insert(0, refusal_text(Refusal("unknown-customer")))
    if problems:
        return _form(request, given, lines, problems)
    outcome = do(request, "orders.place", [_row(given, customer, lines, quoted)])
    if outcome.refused:
        return _form(request, given, lines, [refusal_text(refusal) for refusal in outcome.refused])
    tell(request, outcome, _("Order %(number)s placed") % {"number": outcome.values["numbers"][0]})
    return HttpResponseRedirect(f"/orders/{outcome.done[0]}")


def _row(given: Mapping[str, str], customer: Any, lines: Sequence[Line], quoted: Sequence[Any]) -> dict[str, Any]:
    return {
        "customer": customer.id,
        "lines": ordered(lines, quoted),
        "channel": given["channel"] or "phone",
        "their_reference": given["their_reference"],
        "requested_on": typed_day(given["requested_on"]),
        "payment_days": int(given["payment_days"]) if given["payment_days"].isdecimal() else None,
        "instruction": given["instruction"],
        "copied_from": int(given["copied_from"]) if given["copied_from"].isdigit() else None,
    }


def _form(
    request: HttpRequest, given: Mapping[str, Any], lines: Sequence[Line], problems: Sequence[str]
) -> HttpResponse:
    customer = {"label": _("New customer"), "icon": "user-plus", "url": "/customers/new"}
    return show(
        request,
        "orders/new.html",
        status=422 if problems else 200,
        title=_("New order"),
        badge_text=_("after %(number)s") % {"number": given["after"]} if given.get("after") else "",
        back_url="/orders",
        cancel_url="/orders",
        save_label=_("Place the order"),
        wide=True,
        error=error(_("The order was not placed."), problems),
        given=given,
        fields=_fields(given),
        actions=[customer] if may(request, "parties.take_on") else [],
        lines=table(request, lines, "/orders/new/check"),
    )


def _fields(given: Mapping[str, Any]) -> list[dict[str, Any]]:
    channels = [{"value": key, "label": CHANNELS[key]} for key in BY_HAND]
    return [
        {"name": "their_reference", "label": _("Their reference"), "value": given.get("their_reference", "")},
        {"name": "requested_on", "label": _("Wanted date"), "kind": "date", "value": given.get("requested_on", "")},
        {
            "name": "channel",
            "label": _("Came by"),
            "kind": "select",
            "choices": channels,
            "value": given.get("channel", "phone"),
        },
        {
            "name": "payment_days",
            "label": _("Days to pay"),
            "kind": "number",
            "value": given.get("payment_days", ""),
            "hint": _("Empty: as agreed with the customer"),
        },
        {"name": "instruction", "label": _("Instruction"), "value": given.get("instruction", ""), "full": True},
    ]


urls = [
    path("orders/new", new, name="new-order"),
    path("orders/new/check", check, name="new-order-check"),
    path("orders/new/customers", customers, name="new-order-customers"),
]
