"""The billing pages: one invoice, payments, credit notes and prepayments. The lists stand in bills.py."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .advice import INVOICE, ORDER, PREPAYMENT
from .documents import papers_of
from .fields import amount, decimal, needs, refusals
from .refusing import kept_back, link, unless
from .respond import do, found, may, page, read, show, tell
from .templatetags.ui import day, money, number


def kinds() -> dict[str, str]:
    """The kinds of invoices in words."""
    return {"invoice": _("Invoice"), "prepayment": _("Prepayment invoice"), "credit_note": _("Credit note")}


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One invoice with its lines, deductions and payments."""
    head = found(read(request, "billing.invoice", id=id))
    lines = read(request, "billing.lines", id=id)
    return show(
        request,
        "billing/one.html",
        head=head,
        **_head(head),
        **_actions(request, head),
        **_lines(lines, head),
        payments=_payments(read(request, "billing.payments", id=id), head),
        papers=papers_of(request, "invoice", id),
        live="billing",
    )


def _head(head: Any) -> dict[str, Any]:
    rest = head.due - head.paid
    currency = head.currency
    return {
        "title": head.number or _("Draft"),
        "back_url": reverse("invoices"),
        "badges": [_state(head)],
        "who": f"{head.customer} · {head.customer_number}",
        "kind": kinds()[head.kind],
        "figures": [
            {"label": _("Issued"), "value": day(head.issued_on)},
            {"label": _("Due on"), "value": day(head.due_on), "tone": "late" if _late(head) else ""},
            {"label": _("Total"), "value": money(head.gross, currency)},
            {"label": _("Open"), "value": money(rest, currency), "tone": "late" if _late(head) else ""},
            *([{"label": _("Reminded"), "value": told_reminded(head)}] if head.reminded else []),
        ],
        "section_label": _("Lines"),
    }


def _late(head: Any) -> bool:

    unpaid = head.due > head.paid and head.kind != "credit_note"
    return bool(unpaid and head.due_on and head.due_on < timezone.localdate())


def _state(head: Any) -> dict[str, str]:
    """One word for where an invoice stands."""
    if head.state == "draft":
        return {"text": _("Draft")}
    if head.due <= head.paid:
        return {"text": _("Refunded") if head.kind == "credit_note" else _("Paid"), "tone": "done"}
    if _late(head):
        return {"text": _("Overdue"), "tone": "late"}
    return {"text": _("Partly paid") if head.paid else _("Open")}


def levels() -> dict[int, str]:
    """How often somebody was reminded, in words."""
    return {0: _("never"), 1: _("once"), 2: _("twice"), 3: _("three times")}


def told_reminded(invoice: Any) -> str:
    """How often its customer was reminded of an invoice, and when last; empty where never."""
    if not invoice.reminded:
        return ""
    return _("%(times)s, %(day)s") % {"times": levels()[invoice.reminded], "day": day(invoice.reminded_on)}


def _actions(request: HttpRequest, head: Any) -> dict[str, Any]:
    """What may be done; noting a payment is off while none can be noted, with what stands in the way and what to do."""
    actions: list[dict[str, Any]] = []
    more = [link(INVOICE, head.id)]
    if head.kind == "invoice" and head.state == "issued" and may(request, "billing.credit_returned"):
        url = reverse("order-credit", args=[head.order_id])
        more.insert(0, {"label": _("Credit what came back"), "icon": "receipt-refund", "url": url})
    if may(request, "billing.remind") and _late(head) and not kept_back(request, INVOICE, head.id, "billing.remind"):
        actions.append({"label": _("Remind"), "icon": "bell", "post": reverse("invoice-remind", args=[head.id])})
    stopped = ""
    if may(request, "billing.pay"):
        stopped = kept_back(request, INVOICE, head.id, "billing.pay")
        label = _("Note refund") if head.kind == "credit_note" else _("Note payment")
        url = reverse("invoice-pay", args=[head.id])
        actions.append(unless(stopped, {"label": label, "url": url, "key": "p", "primary": head.due > head.paid}))
    return {"actions": actions, "more_actions": more, "stopped": stopped}


def _lines(lines: Sequence[Any], head: Any) -> dict[str, Any]:
    columns = [
        {"key": "position", "label": _("Pos"), "soft": True, "narrow": "lead"},
        {"key": "what", "label": _("Item"), "grow": 6, "narrow": "title"},
        {"key": "quantity", "label": _("Quantity"), "kind": "number", "narrow": "sub"},
        {"key": "price", "label": _("Unit price"), "kind": "number"},
        {"key": "discount", "label": _("Discount"), "kind": "percent"},
        {"key": "tax", "label": _("Tax"), "kind": "percent"},
        {"key": "net", "label": _("Net %(currency)s") % {"currency": head.currency}, "kind": "money", "strong": True},
    ]
    totals = [
        {"label": _("Net"), "cells": {"net": head.net}, "light": True, "align": "end"},
        {"label": _("Tax"), "cells": {"net": head.tax}, "light": True, "align": "end"},
        {"label": _("Total"), "cells": {"net": head.gross}, "align": "end"},
    ]
    if head.prepaid:
        totals += [
            {"label": _("Paid before"), "cells": {"net": -head.prepaid}, "light": True, "align": "end"},
            {"label": _("To pay"), "cells": {"net": head.due}, "align": "end"},
        ]
    return {"columns": columns, "rows": [_line(line) for line in lines], "totals": totals}


def _line(line: Any) -> dict[str, Any]:
    price = number(line.price, 2 if line.price == round(line.price, 2) else None)
    per = f" / {number(line.per)}" if line.per != 1 else ""
    cells = {
        "position": line.position,
        "what": {"text": line.description, "sub": line.item_number},
        "quantity": amount(line.quantity, line.unit),
        "price": price + per,
        "discount": line.discount.normalize() if line.discount else "",
        "tax": line.tax_rate.normalize() if line.tax_rate else {"text": line.tax_category},
        "net": line.net,
    }
    return {"id": line.id, "cells": cells}


def _payments(rows: Sequence[Any], head: Any) -> list[dict[str, Any]]:
    said = methods()
    return [
        {
            "on": day(row.received_on),
            "method": said.get(row.method, row.method),
            "reference": row.reference,
            "amount": money(row.amount, head.currency),
        }
        for row in rows
    ]


def methods() -> dict[str, str]:
    """How money comes, in words."""
    return {
        "transfer": _("Bank transfer"),
        "cash": _("Cash"),
        "card": _("Card"),
        "direct_debit": _("Direct debit"),
        "cheque": _("Cheque"),
    }


@page
def pay(request: HttpRequest, id: int) -> HttpResponse:
    """Note money that came for an invoice."""
    needs(request, "billing.pay")
    head = found(read(request, "billing.invoice", id=id))
    given = request.POST
    problems: Sequence[str] = ()
    if request.method == "POST":
        row = {"invoice": id, "amount": decimal(given.get("amount", "")), "method": given.get("method", "transfer")}
        row |= {"reference": given.get("reference", ""), "received_on": given.get("received_on") or None}
        outcome = do(request, "billing.pay", [row])
        if outcome.done:
            tell(request, outcome, _("%(amount)s noted.") % {"amount": given.get("amount", "")})
            return redirect("invoice", id=id)
        problems = refusals(outcome)
    form: dict[str, Any] = {"stopped": kept_back(request, INVOICE, id, "billing.pay")}
    form |= _form(_("Payment for %(number)s") % {"number": head.number}, reverse("invoice", args=[id]), _("Note it"))
    return show(
        request, "layouts/form.html", **form, sub=head.customer, problems=problems, fieldsets=_pay_fields(given, head)
    )


def _form(title: str, back: str, save: str) -> dict[str, Any]:
    return {"title": title, "back_url": back, "cancel_url": back, "save_label": save}


def _pay_fields(given: Any, head: Any) -> list[dict[str, Any]]:
    rest = number(head.due - head.paid, 2)
    how = [{"value": value, "label": label} for value, label in methods().items()]
    hint = _("A negative amount is a payment that was charged back.")
    sum_field = {"name": "amount", "label": _("Amount"), "kind": "number", "value": given.get("amount", rest)}
    return [
        {
            "fields": [
                {**sum_field, "suffix": head.currency, "required": True, "autofocus": True, "hint": hint},
                {
                    "name": "received_on",
                    "label": _("Received on"),
                    "kind": "date",
                    "value": given.get("received_on", ""),
                },
                {"name": "method", "label": _("How"), "kind": "select", "choices": how, "value": given.get("method")},
                {"name": "reference", "label": _("Reference"), "value": given.get("reference", "")},
            ]
        }
    ]


@page
@require_POST
def remind(request: HttpRequest, id: int) -> HttpResponse:
    """Remind the customer of one invoice."""
    outcome = do(request, "billing.remind", [{"id": id}])
    tell(request, outcome, _("The reminder is on its way."), lambda _no: reverse("invoice-why-not", args=[id]))
    return redirect("invoice", id=id)


@page
def credit(request: HttpRequest, id: int) -> HttpResponse:
    """Credit what an order was charged for and gave back."""
    needs(request, "billing.credit_returned")
    order = found(read(request, "orders.one", id=id))
    reason = request.POST.get("reason", "")
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "billing.credit_returned", [{"id": id, "reason": reason}])
        if outcome.done:
            tell(request, outcome, _("Credit note %(number)s issued.") % {"number": outcome.values["numbers"][0]})
            return redirect("invoice", id=outcome.values["invoices"][0])
        problems = refusals(outcome)
    back = _(
        "What came back is credited at the price it was charged; the credit note gets a number and cannot be changed."
    )
    fields = [{"name": "reason", "label": _("Why"), "value": reason, "required": True, "full": True, "hint": back}]
    form: dict[str, Any] = {"stopped": kept_back(request, ORDER, id, "billing.credit_returned")}
    form |= _form(
        _("Credit for order %(n)s") % {"n": order.number}, reverse("order", args=[id]), _("Issue the credit note")
    )
    return show(
        request, "layouts/form.html", **form, sub=order.customer, problems=problems, fieldsets=[{"fields": fields}]
    )


@page
def prepay(request: HttpRequest, id: int) -> HttpResponse:
    """Ask for a part of an order before anything ships."""
    needs(request, "billing.issue_prepayment")
    order = found(read(request, "orders.one", id=id))
    agreed = number(order.prepay_percent) if order.prepay_percent else ""
    percent = request.POST.get("percent", agreed)
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "billing.issue_prepayment", [{"id": id, "percent": decimal(percent) or None}])
        if outcome.done:
            said = _("Prepayment invoice %(number)s issued.") % {"number": outcome.values["numbers"][0]}
            tell(request, outcome, said)
            return redirect("invoice", id=outcome.values["invoices"][0])
        problems = refusals(outcome)
    fields = [{"name": "percent", "label": _("Part of the order"), "kind": "number", "value": percent, "suffix": "%"}]
    form: dict[str, Any] = {"stopped": kept_back(request, PREPAYMENT, id, "billing.issue_prepayment")}
    form |= _form(_("Prepayment for %(n)s") % {"n": order.number}, reverse("order", args=[id]), _("Issue the invoice"))
    return show(
        request, "layouts/form.html", **form, sub=order.customer, problems=problems, fieldsets=[{"fields": fields}]
    )


urls = [
    path("billing/invoices/<int:id>", one, name="invoice"),
    path("billing/invoices/<int:id>/remind", remind, name="invoice-remind"),
    path("billing/invoices/<int:id>/pay", pay, name="invoice-pay"),
    path("orders/<int:id>/credit", credit, name="order-credit"),
    path("orders/<int:id>/prepay", prepay, name="order-prepay"),
]
