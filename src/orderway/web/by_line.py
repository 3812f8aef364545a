"""What is done to lines of an order, so much of each: goods that came back, and what will never be delivered."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from .fields import amount, decimal, needs, refusals
from .refusing import lines_for
from .respond import do, found, page, read, read_if, show, tell


@page
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Goods of an order that came back: how much of which line, into which warehouse, and why."""
    needs(request, "fulfilment.take_back")
    order = found(read(request, "orders.one", id=id))
    may_come, stopped = lines_for(request, id, "fulfilment.take_back")
    lines = [line for line in read(request, "orders.lines", id=id) if line.id in may_come]
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "fulfilment.take_back", [_returned(request.POST, id, lines)])
        if outcome.done:
            tell(request, outcome, _("Taken back into stock."))
            return redirect("order", id=id)
        problems = refusals(outcome)
    goods = [_much(request.POST, line, amount(line.delivered, line.unit)) for line in lines]
    houses = [{"value": str(w.id), "label": w.name} for w in read_if(request, "stock.warehouses") or []]
    where = {"name": "warehouse", "label": _("Into"), "kind": "select", "choices": houses}
    where["value"] = request.POST.get("warehouse", "")
    sets = [{"title": _("What came back"), "one_column": True, "fields": goods}, {"fields": [where, _why(request)]}]
    head = {"title": _("Take back from order %(number)s") % {"number": order.number}, "save_label": _("Take back")}
    return _form(request, order, **head, problems=problems, stopped=stopped, fieldsets=[] if stopped else sets)


@page
def give_up(request: HttpRequest, id: int) -> HttpResponse:
    """What of an order will never be delivered: how much of which line, and why."""
    needs(request, "orders.short_ship")
    order = found(read(request, "orders.one", id=id))
    may_go, stopped = lines_for(request, id, "orders.short_ship")
    lines = [line for line in read(request, "orders.lines", id=id) if line.id in may_go]
    problems: Sequence[str] = ()
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        rows = [
            {"line": line, "quantity": quantity, "reason": reason} for line, quantity in _typed(request.POST, lines)
        ]
        outcome = do(request, "orders.short_ship", rows)
        if outcome.done:
            tell(request, outcome, _("Given up; the order is smaller by that."))
            return redirect("order", id=id)
        problems = refusals(outcome) or [_("Say how much of which line.")]
    left = [
        _much(request.POST, line, amount(line.quantity - line.cancelled - line.delivered, line.unit)) for line in lines
    ]
    sets = [{"title": _("What will never be delivered"), "one_column": True, "fields": [*left, _why(request)]}]
    free = _("The customer is not charged for it, and goods reserved for it are free for others at once.")
    head = {"title": _("Give up from order %(number)s") % {"number": order.number}, "save_label": _("Give up")}
    return _form(
        request, order, **head, problems=problems, stopped=stopped, fieldsets=[] if stopped else sets, warning=free
    )


def _form(request: HttpRequest, order: Any, **more: Any) -> HttpResponse:
    back = reverse("order", args=[order.id])
    return show(request, "orders/act.html", sub=order.customer, back_url=back, cancel_url=back, **more)


def _much(given: QueryDict, line: Any, of: str) -> dict[str, Any]:
    """The field for how much of a line."""
    return {
        "name": f"line-{line.id}",
        "label": f"{line.position} {line.description}",
        "kind": "number",
        "value": given.get(f"line-{line.id}", ""),
        "suffix": _("of %(delivered)s") % {"delivered": of},
    }


def _why(request: HttpRequest) -> dict[str, Any]:
    return {"name": "reason", "label": _("Why"), "required": True, "value": request.POST.get("reason", "")}


def _typed(given: QueryDict, lines: Sequence[Any]) -> list[tuple[int, str]]:
    """How much was typed of each line; those left empty are left out."""
    typed = [(line.id, given.get(f"line-{line.id}", "").strip()) for line in lines]
    return [(id, decimal(text)) for id, text in typed if text]


def _returned(given: QueryDict, order: int, lines: Sequence[Any]) -> dict[str, Any]:
    return {
        "order": order,
        "warehouse": given.get("warehouse", ""),
        "lines": _typed(given, lines),
        "reason": given.get("reason", ""),
    }


urls = [
    path("orders/<int:id>/take-back", take_back, name="take-back"),
    path("orders/<int:id>/give-up", give_up, name="give-up"),
]
