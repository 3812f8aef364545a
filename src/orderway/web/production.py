"""The production pages: tickets to place, the plan by machine and day, how far printed matter is."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orderway.kernel.access import Actor
from orderway.kernel.running import ask

from .fields import span
from .forms import typed_day
from .listing import Filter, ListColumn, Listing, listed, many
from .respond import page, read, show
from .shell import counted, most
from .templatetags.ui import Row, day, number
from .units import unit

DAYS = 5  # of a plan on one page


@counted("production")
def count(actor: Actor) -> tuple[int, int]:
    """Job tickets to place."""
    return most(ask("production.unscheduled", actor, size=1).count), 0


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    waiting = read(request, "production.unscheduled", size=1).count
    tabs: list[dict[str, Any]] = [
        {"key": "unscheduled", "label": _("To place"), "url": reverse("production"), "count": many(waiting)},
        {"key": "plan", "label": _("Plan"), "url": reverse("production-plan")},
        {"key": "progress", "label": _("Progress"), "url": reverse("production-progress")},
    ]
    return [{**tab, "current": tab["key"] == current} for tab in tabs]


@page
def unscheduled(request: HttpRequest) -> HttpResponse:
    """Job tickets that planning has to place, the most urgent first."""
    columns: list[ListColumn] = [
        {"key": "order", "label": _("Order"), "kind": "id", "sort": "number"},
        {"key": "customer", "label": _("Customer"), "grow": 3, "narrow": "sub"},
        {"key": "what", "label": _("What"), "grow": 3, "soft": True},
        {"key": "machine", "label": _("Machine"), "sort": "machine"},
        {"key": "quantity", "label": _("Goes in"), "kind": "number"},
        {"key": "time", "label": _("Takes"), "kind": "number", "narrow": "end"},
        {"key": "deadline", "label": _("Deadline"), "kind": "due", "sort": "due"},
    ]
    machines = [(row.key, row.name) for row in read(request, "production.machines")]
    filters = [Filter("machine", _("Machine"), machines)]
    shown = listed(request, Listing("production.unscheduled", columns, _ticket, filters, search=_("Order, customer")))
    text = _("Everything is placed. Job tickets appear here when the papers of a print order are made.")
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": _tabs(request, "unscheduled")},
        title=_("Production"),
        sub=_("%(n)s tickets to place") % {"n": shown["pager"]["count"]},
        empty={"text": text},
        live="production",
    )


def _ticket(row: Any) -> Row:
    late = row.deadline < timezone.localdate()
    cells = {
        "order": row.number,
        "customer": row.customer,
        "what": row.description,
        "machine": row.machine_name,
        "quantity": f"{number(row.quantity)} {unit(row.unit)}",
        "time": span(timedelta(minutes=row.minutes)),
        "deadline": {"text": row.deadline, "note": _("late") if late else "", "tone": "late" if late else ""},
    }
    url = reverse("ticket-plan", args=[row.order_id, row.id])
    label = f"{row.number} {row.machine_name}"
    return {"id": row.id, "url": url, "label": label, "tone": "late" if late else "", "cells": cells}


@page
def plan(request: HttpRequest) -> HttpResponse:
    """What stands on the machines on some days, a row a machine and a column a day."""
    first = _first_day(request)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    machine = request.GET.get("machine") or None
    tickets = read(request, "production.plan_of_days", first=days[0], last=days[-1], machine=machine)
    machines = [row for row in read(request, "production.machines") if machine in (None, row.key)]
    late = sum(ticket.late for ticket in tickets)
    return show(
        request,
        "production/plan.html",
        title=_("Production"),
        sub=_("%(first)s to %(last)s") % {"first": day(days[0]), "last": day(days[-1])},
        late=_("%(n)s late") % {"n": late} if late else "",
        views=_tabs(request, "plan"),
        actions=_steps(first),
        days=days,
        board=[{"machine": row, "cells": _cells(row, days, tickets)} for row in machines],
        live="production",
    )


def _first_day(request: HttpRequest) -> date:
    return typed_day(request.GET.get("day", "")) or timezone.localdate()


def _steps(first: date) -> list[dict[str, str]]:
    ways = ((_("Earlier"), -DAYS, "chevron-left"), (_("Today"), None, "calendar"), (_("Later"), DAYS, "chevron-right"))
    here = reverse("production-plan")
    return [
        {
            "label": label,
            "icon": icon,
            "url": here if by is None else f"{here}?{urlencode({'day': first + timedelta(days=by)})}",
        }
        for label, by, icon in ways
    ]


def _cells(machine: Any, days: Sequence[date], tickets: Sequence[Any]) -> list[dict[str, Any]]:
    """The tickets of a machine by the day they begin on (what began before, on the first), with the hours taken."""
    mine = [ticket for ticket in tickets if ticket.machine_id == machine.id]
    cells = []
    for column in days:
        here = [t for t in mine if max(timezone.localtime(t.planned_start).date(), days[0]) == column]
        minutes = sum(t.minutes for t in here)
        cells.append({"tickets": here, "taken": span(timedelta(minutes=minutes)) if minutes else ""})
    return cells


@page
def progress(request: HttpRequest) -> HttpResponse:
    """How far the printed matter of active orders is."""
    stages = {
        "unscheduled": _("To place"),
        "planned": _("Planned"),
        "in_production": _("In production"),
        "produced": _("Produced"),
    }
    columns: list[ListColumn] = [
        {"key": "order", "label": _("Order"), "kind": "id", "sort": "number"},
        {"key": "customer", "label": _("Customer"), "grow": 3, "narrow": "sub", "sort": "customer"},
        {"key": "what", "label": _("What"), "grow": 3, "soft": True},
        {"key": "run", "label": _("Run"), "kind": "number"},
        {"key": "stage", "label": _("Stage"), "kind": "state"},
        {"key": "done", "label": _("Operations"), "kind": "number", "narrow": "end"},
        {"key": "waste", "label": _("Waste"), "kind": "number"},
        {"key": "ready", "label": _("Ready"), "kind": "moment"},
        {"key": "deadline", "label": _("Deadline"), "kind": "due", "sort": "due"},
    ]
    shown = listed(
        request,
        Listing("production.progress", columns, lambda row: _progress_row(row, stages), search=_("Order, customer")),
    )
    return show(
        request,
        "layouts/list.html",
        **{**shown, "views": _tabs(request, "progress")},
        title=_("Production"),
        sub=_("%(n)s printed lines") % {"n": shown["pager"]["count"]},
        empty={"text": _("No print order is on its way. It appears here when its order form is filled in.")},
        live="production",
    )


def _progress_row(row: Any, stages: dict[str, str]) -> Row:
    late = row.late or (row.stage != "produced" and row.deadline < timezone.localdate())
    cells = {
        "order": row.number,
        "customer": row.customer,
        "what": row.description,
        "run": row.run,
        "stage": {"text": stages[row.stage], "tone": "done" if row.stage == "produced" else ""},
        "done": _("%(done)s of %(all)s") % {"done": row.finished, "all": row.operations},
        "waste": row.waste,
        "ready": row.finished_at or row.planned_end,
        "deadline": {"text": row.deadline, "note": _("late") if late else "", "tone": "late" if late else ""},
    }
    url = reverse("order-production", args=[row.order_id])
    return {"id": row.id, "url": url, "label": row.number, "tone": "late" if late else "", "cells": cells}


urls = [
    path("production", unscheduled, name="production"),
    path("production/plan", plan, name="production-plan"),
    path("production/progress", progress, name="production-progress"),
]
