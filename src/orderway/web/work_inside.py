"""What an open work item shows of its subject, so that nobody has to leave it: findings to settle, tickets to place, the right paper."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from .fields import amount
from .findings import standing
from .respond import may, read_if
from .templatetags.ui import moment, number
from .work_words import TICKET_STATES

# the paper a role decides by, the best first; who is not named reads the newest
READ_FIRST: Mapping[str, Sequence[str]] = {
    "manager": ("message", "original"),
    "accountant": ("price_sheet", "invoice", "prepayment_invoice"),
    "quality": ("worksheet", "paper_description"),
    "planner": ("worksheet",),
    "production": ("worksheet",),
    "warehouse": ("pick_list", "delivery_note"),
}


def inside(request: HttpRequest, row: Any) -> dict[str, Any]:
    """The context of work/inside.html: `findings`, `short` lines and `tickets` of the order that a work item is about."""
    if row.subject_type != "order":
        return {}
    order = read_if(request, "orders.one", id=row.subject_id)
    if order is None:
        return {}
    here = reverse("work-item", args=[row.id])
    # a confirmed order has been settled: what was found then is in its past
    findings = standing(request, order) if order.state in ("placed", "held") else []
    short = _short(request, order.id) if order.state in ("confirmed", "held") else []
    return {"findings": findings, "short": short, "tickets": _tickets(request, order.id), "inside_back": here}


def _short(request: HttpRequest, order: int) -> list[dict[str, Any]]:
    """The lines whose goods are neither reserved nor gone, each with how much is missing and the page that says why."""
    lines = [
        line for line in read_if(request, "orders.lines", id=order) or () if line.kind == "goods" and line.demand_id
    ]
    missing = {line.id: line.quantity - line.cancelled - line.allocated - line.met for line in lines}
    return [
        {
            "item": line.description,
            "number": line.item_number,
            "missing": _("%(n)s of %(all)s missing")
            % {"n": number(missing[line.id]), "all": amount(line.quantity - line.cancelled, line.unit)},
            "url": reverse("line-why", args=[order, line.id]),
        }
        for line in lines
        if missing[line.id] > 0
    ]


def _tickets(request: HttpRequest, order: int) -> list[dict[str, Any]]:
    """The job tickets that are not finished, each with where and when it stands and the page that places it."""
    placed = may(request, "production.plan")
    return [
        {
            "url": reverse("ticket-plan", args=[order, row.id]) if placed else "",
            "machine": row.machine,
            "amount": amount(row.quantity, row.unit),
            "state": TICKET_STATES.get(row.state, row.state),
            "when": moment(row.planned_start) if row.planned_start else _("not placed yet"),
            "late": row.late,
        }
        for row in read_if(request, "production.tickets", order=order) or ()
        if row.state != "finished"
    ]


def first_paper(role: str, papers: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The paper that lies open beside an item of this role."""
    for kind in READ_FIRST.get(role, ()):
        if found := next((paper for paper in papers if paper["kind"] == kind), None):
            return found
    return papers[0] if papers else None


def proposed(request: HttpRequest, form: Any) -> dict[str, Any]:
    """What an empty form of an order begins with: of the only line that is made to order its run, and the day it is wanted."""
    if form.row.subject_type != "order" or not {"run", "deadline"} & {field.name for field in form.fields}:
        return {}
    made = [line for line in read_if(request, "orders.lines", id=form.row.subject_id) or () if line.kind == "made"]
    if len(made) != 1:
        return {}
    order = read_if(request, "orders.one", id=form.row.subject_id)
    wanted = made[0].requested_on or order.requested_on
    return {"run": made[0].quantity - made[0].cancelled, "deadline": wanted.isoformat() if wanted else None}
