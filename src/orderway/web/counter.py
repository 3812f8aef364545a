"""The trade counter: selling what somebody takes along and pays at once (SE-06)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.catalog.sums import Totals, totals
from orderway.kernel.outcome import Refusal

from .amounts import typed
from .order_lines import Line, checked, customer_meant, error, lines_of, ordered, problems_of, quote, table
from .refusal_words import refusal_text
from .respond import do, may, need, page, posted_number, read, read_if, show
from .templatetags.ui import money

HEAD = ("customer", "given", "from")


def _buyer(request: HttpRequest, text: str) -> Any:
    """The customer meant, or who stands for everybody without an account."""
    return customer_meant(request, text) if text.strip() else read(request, "billing.walk_in")


@page
def check(request: HttpRequest) -> HttpResponse:
    """Name and price the lines somebody is typing or scanning."""
    need(request, "billing.sell")
    return checked(request, _buyer)


@page
@require_POST
def total(request: HttpRequest) -> HttpResponse:
    """What all of it costs, and what goes back of the cash laid down."""
    need(request, "billing.sell")
    lines, buyer = lines_of(request), _buyer(request, request.POST.get("customer", ""))
    quoted = quote(request, buyer, lines) if buyer else []
    return show(request, "counter/total.html", **_told(request, _totals(request, quoted)))


def _totals(request: HttpRequest, quoted: Sequence[Any]) -> Totals:
    currency = request.workplace.currency  # type: ignore[attr-defined]
    return totals([(one.tax, one.net) for one in quoted if one.tax and one.net is not None], currency)


def _told(request: HttpRequest, sums: Totals) -> dict[str, Any]:
    currency, given = request.workplace.currency, typed(request.POST.get("given", ""))  # type: ignore[attr-defined]
    taxes = [
        {
            "label": _("incl. %(rate)s %% VAT") % {"rate": f"{tax.tax.rate.normalize():f}"},
            "value": money(tax.amount, currency),
        }
        for tax in sums.taxes
        if tax.amount
    ]
    return {"gross": money(sums.gross, currency), "taxes": taxes, **_change(sums.gross, given, currency)}


def _change(due: Decimal, given: Decimal | None, currency: str) -> dict[str, str]:
    if given is None or not due:
        return {}
    back = given - due
    return {"change": money(back, currency)} if back >= 0 else {"lacking": money(-back, currency)}


@page
def counter(request: HttpRequest) -> HttpResponse:
    """Sell over the counter."""
    need(request, "billing.sell")
    if request.method == "POST":
        return _sell(request)
    return _form(request, {"from": request.GET.get("from", "")}, [], [])


def _sell(request: HttpRequest) -> HttpResponse:
    given = {name: request.POST.get(name, "").strip() for name in HEAD}
    lines, buyer = lines_of(request), _buyer(request, given["customer"])
    if buyer is None:
        return _form(request, given, lines, [_nobody(given["customer"])])
    quoted = quote(request, buyer, lines)
    problems = problems_of(lines, quoted)
    laid, due = typed(given["given"]), _totals(request, quoted).gross
    method = request.POST.get("method", "")
    if method == "cash" and laid is not None and laid < due:
        problems.append(_("%(given)s is less than what is to be paid.") % {"given": given["given"]})
    if problems:
        return _form(request, given, lines, problems)
    wanted = [{**line, "warehouse": posted_number(request, "from") or None} for line in ordered(lines, quoted)]
    outcome = do(request, "billing.sell", [{"lines": wanted, "method": method, "customer": buyer.id}])
    if outcome.refused:
        return _form(request, given, lines, [refusal_text(refusal) for refusal in outcome.refused])
    told = {"sold": outcome.done[0], "from": given["from"], "given": str(laid) if laid and method == "cash" else ""}
    return HttpResponseRedirect(f"{reverse('counter')}?{urlencode({k: v for k, v in told.items() if v})}")


def _nobody(typed_in: str) -> str:
    return refusal_text(Refusal("unknown-customer" if typed_in else "no-walk-in"))


def _form(
    request: HttpRequest, given: Mapping[str, Any], lines: Sequence[Line], problems: Sequence[str]
) -> HttpResponse:
    walk_in = read(request, "billing.walk_in")
    return show(
        request,
        "counter/page.html",
        status=422 if problems else 200,
        title=_("Counter"),
        wide=True,
        error=error(_("Nothing was sold."), problems),
        given=given,
        walk_in=walk_in,
        may_name=not walk_in and may(request, "parties.learn"),
        places=_places(request, given["from"]),
        sold=_sold(request) if request.method == "GET" else None,
        actions=[{"label": _("Takings"), "icon": "report", "url": reverse("takings")}],
        lines=table(request, lines, reverse("counter-check"), focus=True),
        gross=money(Decimal(0), request.workplace.currency),  # type: ignore[attr-defined]
    )


def _places(request: HttpRequest, chosen: str) -> list[dict[str, Any]]:
    """The warehouses, with the one the counter takes from: the one chosen last, else the first by rank."""
    places = [{"value": str(row.id), "label": row.name} for row in read(request, "stock.warehouses")]
    for n, place in enumerate(places):
        place["selected"] = place["value"] == chosen or (not chosen and n == 0)
    return places


def _sold(request: HttpRequest) -> dict[str, Any] | None:
    """What was sold just now: the sum, the change and the way to the invoice."""
    id = request.GET.get("sold", "")
    if not id.isdecimal() or len(id) > 18:
        return None
    order = read_if(request, "orders.one", id=int(id))
    bills = read_if(request, "billing.invoices", order=int(id), size=1)
    if order is None or not bills or not bills.rows:
        return None
    bill = bills.rows[0]
    told = {
        "number": order.number,
        "gross": money(bill.gross, bill.currency),
        "url": reverse("invoice", args=[bill.id]),
    }
    told |= {"order_url": reverse("order", args=[order.id]), "invoice": bill.number}
    laid = typed(request.GET.get("given", ""))
    return told | ({"given": money(laid, bill.currency)} | _change(bill.due, laid, bill.currency) if laid else {})


@page
def walk_in(request: HttpRequest) -> HttpResponse:
    """Say which customer stands for everybody without an account."""
    need(request, "parties.learn")
    words = request.POST.get("customer", "").strip()
    problems = []
    if request.method == "POST":
        customer = customer_meant(request, words)
        sign = {"party": customer.id, "scheme": "COUNTER", "value": "walk-in"} if customer else None
        outcome = do(request, "parties.learn", [sign]) if sign else None
        if outcome and outcome.done:
            return HttpResponseRedirect(reverse("counter"))
        problems = [refusal_text(no) for no in outcome.refused] if outcome else [_nobody(words or "?")]
    return show(
        request,
        "counter/walk_in.html",
        title=_("Who buys without an account"),
        back_url=reverse("counter"),
        cancel_url=reverse("counter"),
        save_label=_("Save"),
        problems=problems,
        given={"customer": words},
        actions=[{"label": _("New customer"), "icon": "user-plus", "url": "/customers/new"}],
    )


urls = [
    path("counter", counter, name="counter"),
    path("counter/check", check, name="counter-check"),
    path("counter/total", total, name="counter-total"),
    path("counter/customer", walk_in, name="counter-walk-in"),
]
