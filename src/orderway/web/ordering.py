"""A new order: typed, pasted from a sheet, or after an earlier one; priced as it is typed."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from orderway.kernel.outcome import Refusal
from orderway.orders.queries import Quote, QuoteLine

from .amounts import typed
from .forms import typed_day
from .refusal_words import REFUSALS, refusal_text
from .respond import TOLD, do, found, may, need, page, read, show, tell
from .templatetags.ui import money, number
from .units import unit
from .words import CHANNELS, Text

BY_HAND = ("phone", "counter", "mail", "fax", "office")
MOST_LINES = 2_000
HEAD = ("customer", "their_reference", "requested_on", "channel", "instruction", "copied_from")
PROBLEMS: Mapping[str, Text] = {
    "unknown-item": lazy("No item has this number."),
    "no-price": lazy("No price for this customer and day; enter one."),
    "quantity-not-positive": lazy("The quantity must be more than 0."),
}


class Line(NamedTuple):
    """A line as it was typed, with what could be made of it."""

    item: str
    quantity: str
    price: str
    note: str

    def quote(self) -> QuoteLine:
        return QuoteLine(self.item.strip(), typed(self.quantity), typed(self.price))


def _customer(request: HttpRequest, text: str) -> Any:
    """The customer meant by what stands in the field: "10001 Kanzlei Bergmann Roth", a number, or a whole name."""
    words = text.strip()
    if not words:
        return None
    for search in dict.fromkeys((words.split()[0], words)):
        rows = read(request, "parties.list", search=search, customers=True, size=20).rows
        exact = [row for row in rows if row.number == search or row.name.casefold() == search.casefold()]
        if len(exact) == 1:
            return exact[0]
    return None


@page
def customers(request: HttpRequest) -> HttpResponse:
    """Customers that fit what is typed, as options of the field."""
    words = request.GET.get("customer", "").strip()
    rows = read(request, "parties.list", search=words or None, customers=True, size=12).rows
    return show(request, "orders/customer_options.html", customers=rows)


@page
def check(request: HttpRequest) -> HttpResponse:
    """Name and price the lines somebody is typing: JSON in and out as ts/lines.ts says."""
    try:
        asked = json.loads(request.body)
        lines = [(int(line["n"]), _typed_line(line)) for line in asked["lines"][:MOST_LINES]]
    except (ValueError, KeyError, TypeError):
        return JsonResponse([], safe=False, status=400)
    customer = _customer(request, str(asked.get("customer", "")))
    quoted = _quote(request, customer, [line for _n, line in lines])
    currency = request.workplace.currency  # type: ignore[attr-defined]
    answers = [{"n": n, **_checked(one, line, currency)} for (n, line), one in zip(lines, quoted, strict=True)]
    return JsonResponse(answers, safe=False)


def _typed_line(given: Mapping[str, Any]) -> Line:
    return Line(*(str(given.get(name) or "").replace("\x00", "").strip() for name in Line._fields))


def _quote(request: HttpRequest, customer: Any, lines: Sequence[Line]) -> Any:
    return read(request, "orders.quote", Quote(customer.id if customer else None, [line.quote() for line in lines]))


def _problem(quoted: Any, line: Line) -> str:
    if not line.item:
        return _("Enter an item number.")
    if quoted.problem:
        return str(PROBLEMS.get(quoted.problem) or REFUSALS.get(quoted.problem, quoted.problem))
    if line.quantity and typed(line.quantity) is None:
        return _("“%(text)s” is not a quantity.") % {"text": line.quantity}
    if line.price and typed(line.price) is None:
        return _("“%(text)s” is not a price.") % {"text": line.price}
    return ""


def _checked(quoted: Any, line: Line, currency: str) -> dict[str, str]:
    if problem := _problem(quoted, line):
        return {"problem": problem}
    per = "" if quoted.per == 1 else _(" per %(n)s") % {"n": number(quoted.per)}
    return {
        "name": quoted.name,
        "price": f"{number(quoted.price, 2)}{per}" if quoted.price is not None else "",
        "amount": money(quoted.net, currency) if quoted.net is not None else "",
        "promise": _from_stock(quoted, typed(line.quantity)),
    }


def _from_stock(quoted: Any, quantity: Decimal | None) -> str:
    if quoted.free is None:
        return ""
    if quantity is not None and quoted.free >= quantity:
        return _("in stock")
    return _("%(n)s %(unit)s free") % {"n": number(quoted.free), "unit": unit(quoted.unit)}


def _lines_of(request: HttpRequest) -> list[Line]:
    count = request.POST.get("lines-count", "0")
    n = min(int(count), MOST_LINES) if count.isdigit() else 0
    given = [{name: request.POST.get(f"lines-{i}-{name}", "") for name in Line._fields} for i in range(n)]
    return [line for one in given if any(line := _typed_line(one))]


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
    lines, customer = _lines_of(request), _customer(request, given["customer"])
    quoted = _quote(request, customer, lines)
    problems = [
        _("Line %(n)d: %(problem)s") % {"n": n, "problem": problem}
        for n, (line, one) in enumerate(zip(lines, quoted, strict=True), 1)
        if (problem := _problem(one, line))
    ]
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
    wanted = [
        {
            "item": one.item,
            "quantity": typed(line.quantity) if line.quantity else Decimal(1),
            "price": typed(line.price),
            "description": line.note,
        }
        for line, one in zip(lines, quoted, strict=True)
    ]
    return {
        "customer": customer.id,
        "lines": wanted,
        "channel": given["channel"] or "phone",
        "their_reference": given["their_reference"],
        "requested_on": typed_day(given["requested_on"]),
        "instruction": given["instruction"],
        "copied_from": int(given["copied_from"]) if given["copied_from"].isdigit() else None,
    }


def _form(
    request: HttpRequest, given: Mapping[str, Any], lines: Sequence[Line], problems: Sequence[str]
) -> HttpResponse:
    customer = {"label": _("New customer"), "icon": "user-plus", "url": "/customers/new"}
    labels = {"item": _("Item"), "quantity": _("Quantity"), "price": _("Unit price"), "note": _("Note")}
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
        error=_error(problems),
        given=given,
        fields=_fields(given),
        actions=[customer] if may(request, "parties.take_on") else [],
        lines={
            "check_url": "/orders/new/check",
            "labels": json.dumps(labels),
            "given": json.dumps([line._asdict() for line in lines]),
            "currency": request.workplace.currency,  # type: ignore[attr-defined]
        },
    )


def _error(problems: Sequence[str]) -> dict[str, str] | None:
    """What stands in the way, the first of it by name; nothing typed is lost."""
    if not problems:
        return None
    more = len(problems) - TOLD
    rest = ngettext("and %(n)d more, each marked in its line.", "and %(n)d more, each marked in its line.", more) % {
        "n": more
    }
    return {
        "what": _("The order was not placed."),
        "kept": _("Everything you typed is still here."),
        "todo": " ".join([*problems[:TOLD], *([rest] if more > 0 else [])]),
    }


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
        {"name": "instruction", "label": _("Instruction"), "value": given.get("instruction", ""), "full": True},
    ]


urls = [
    path("orders/new", new, name="new-order"),
    path("orders/new/check", check, name="new-order-check"),
    path("orders/new/customers", customers, name="new-order-customers"),
]
