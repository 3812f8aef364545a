"""One order's printed matter: the order form, its calculation, and its job tickets on the machines."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.production.form import FORM
from orderway.workflow.acts import WhyNot

from .advice import PRINT_JOB, TICKET
from .fields import decimal, needs, refusals, span
from .refusing import acts_on, kept_back, link, told, unless
from .respond import do, found, may, page, read, show, tell
from .templatetags.ui import day, moment, money, number
from .units import unit
from .work_words import TICKET_STATES

NUMBERS = ("run", "pages", "margin")


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """The order forms of an order with their calculations, and its job tickets."""
    order = found(read(request, "orders.one", id=id))
    specs = read(request, "production.specs", order=id)
    makes = specs and may(request, "production.make_papers")
    stopped = kept_back(request, PRINT_JOB, id, "production.make_papers") if makes else ""
    return show(
        request,
        "production/order.html",
        title=order.number,
        who=order.customer,
        back_url=reverse("order", args=[id]),
        actions=_order_actions(request, id, specs, stopped),
        stopped=stopped,
        specs=[_spec(request, row) for row in specs],
        columns=_columns(),
        rows=[_row(request, id, ticket) for ticket in read(request, "production.tickets", order=id)],
        live="production",
    )


def _order_actions(request: HttpRequest, id: int, specs: Sequence[Any], stopped: str) -> list[dict[str, Any]]:
    actions: list[dict[str, Any]] = []
    if specs and may(request, "production.make_papers"):
        make = {"label": _("Make papers and tickets"), "icon": "printer", "post": reverse("print-papers", args=[id])}
        actions.append(unless(stopped, make))
    if may(request, "production.specify"):
        actions.append(
            {"label": _("Order form"), "url": reverse("print-form", args=[id]), "primary": not specs, "key": "f"}
        )
    return actions


def _spec(request: HttpRequest, row: Any) -> dict[str, Any]:
    told = [
        (_("Format"), f"{number(row.width)} × {number(row.height)} mm"),
        (_("Pages"), number(row.pages)),
        (_("Paper"), f"{row.paper_number} {row.paper_name}"),
        (_("Colours"), f"{row.colours_front}/{row.colours_back}"),
        (_("Run"), number(row.run)),
        (_("Finishing"), ", ".join(row.finishing) or "–"),
        (_("Deadline"), day(row.deadline)),
        (_("Press"), f"{row.press}, {number(row.up)} up, {number(row.sheets)} {unit('ST')}"),
        (_("Notes"), row.notes),
    ]
    parts = read(request, "production.parts", id=row.estimate_id)
    return {
        "title": f"{row.position} {row.description}",
        "facts": [{"name": name, "value": value} for name, value in told if value],
        "price": money(row.price, row.currency),
        "cost": money(row.cost, row.currency),
        "parts": [_part(part, row.currency) for part in parts],
    }


def _part(part: Any, currency: str) -> dict[str, str]:
    words = {
        "paper": _("Paper"),
        "plates": _("Plates"),
        "make_ready": _("Make-ready"),
        "run": _("Run"),
        "finishing": _("Finishing"),
        "overhead": _("Overhead"),
        "margin": _("Margin"),
    }
    units = {"P1": "%", "MIN": _("min")}
    return {
        "kind": words.get(part.kind, part.kind),
        "name": part.name,
        "quantity": f"{number(part.quantity)} {units.get(part.unit) or unit(part.unit)}",
        "rate": money(part.rate, currency),
        "amount": money(part.amount, currency),
    }


def _columns() -> list[dict[str, Any]]:
    return [
        {"key": "position", "label": _("Pos"), "soft": True, "narrow": "lead"},
        {"key": "machine", "label": _("Machine"), "grow": 3, "narrow": "title", "strong": True},
        {"key": "state", "label": _("State"), "kind": "state"},
        {"key": "quantity", "label": _("Goes in"), "kind": "number"},
        {"key": "time", "label": _("Takes"), "kind": "number"},
        {"key": "start", "label": _("Start"), "kind": "moment", "narrow": "end"},
        {"key": "end", "label": _("End"), "kind": "moment", "narrow": "end2"},
        {"key": "good", "label": _("Good"), "kind": "number"},
        {"key": "waste", "label": _("Waste"), "kind": "number"},
        {"key": "next", "label": _("Next"), "narrow": "sub"},
    ]


def _row(request: HttpRequest, order: int, ticket: Any) -> dict[str, Any]:
    tones = {"running": "wait", "finished": "done"}
    cells = {
        "position": f"{ticket.line}.{ticket.position}",
        "machine": ticket.machine,
        "state": {"text": TICKET_STATES[ticket.state], "tone": tones.get(ticket.state, ""), "icon": "none"},
        "quantity": f"{number(ticket.quantity)} {unit(ticket.unit)}",
        "time": span(timedelta(minutes=ticket.minutes)),
        "start": ticket.started_at or ticket.planned_start,
        "end": {"text": ticket.finished_at or ticket.planned_end, "tone": "late" if ticket.late else ""},
        "good": ticket.good,
        "waste": ticket.waste,
        "next": _next(request, order, ticket),
    }
    return {"id": ticket.id, "tone": "late" if ticket.late else "", "cells": cells}


def _next(request: HttpRequest, order: int, ticket: Any) -> dict[str, str] | str:
    steps = {
        "unscheduled": ("production.plan", _("Place"), "ticket-plan"),
        "planned": ("production.start", _("Start or move"), "ticket-plan"),
        "running": ("production.finish", _("Finish"), "ticket-finish"),
    }
    command, label, name = steps.get(ticket.state, ("", "", ""))
    ready = command and (may(request, command) or (ticket.state == "planned" and may(request, "production.plan")))
    return {"text": label, "url": reverse(name, args=[order, ticket.id]), "link_class": "act"} if ready else ""


@page
def form(request: HttpRequest, id: int) -> HttpResponse:
    """The offset order form; what it costs is calculated when it is saved."""
    needs(request, "production.specify")
    order = found(read(request, "orders.one", id=id))
    problems: Sequence[str] = ()
    wrong: dict[str, str] = {}
    if request.method == "POST":
        outcome = do(request, "production.specify", [_filled(request, id)])
        if outcome.done:
            tell(request, outcome, _("The order form is filled in; the line is priced by its calculation."))
            return redirect("order-production", id=id)
        wrong = {r.facts["field"].split(".")[-1]: r.facts["reason"] for r in outcome.refused if r.code == "invalid"}
        problems = [] if wrong else refusals(outcome)
    specs = read(request, "production.specs", order=id)
    return show(
        request,
        "layouts/form.html",
        title=_("Order form of %(number)s") % {"number": order.number},
        sub=order.customer,
        back_url=reverse("order-production", args=[id]),
        cancel_url=reverse("order-production", args=[id]),
        save_label=_("Calculate and save"),
        problems=problems,
        stopped=kept_back(request, PRINT_JOB, id, "production.specify"),
        fieldsets=[{"fields": [_form_field(request, one, specs, wrong) for one in FORM]}],
    )


def _filled(request: HttpRequest, id: int) -> dict[str, Any]:
    row: dict[str, Any] = {"id": id}
    for field in FORM:
        text = request.POST.get(field.name, "").strip()
        row[field.name] = (decimal(text) if field.name in NUMBERS else text) or (
            None if field.name in (*NUMBERS, "deadline") else ""
        )
    if request.POST.get("line", "").isdigit():
        row["line"] = int(request.POST["line"])
    return row


def _form_field(request: HttpRequest, field: Any, specs: Sequence[Any], wrong: dict[str, str]) -> dict[str, Any]:
    before = _before(specs[0]) if specs else {}
    kind = {"number": "number", "date": "date", "choice": "select", "text": "textarea"}.get(field.kind, "text")
    shown: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "kind": kind,
        "required": field.required,
        "hint": field.hint,
        "suffix": unit(field.unit) if kind == "number" and field.unit != "P1" else "%" if field.unit == "P1" else "",
        "value": request.POST.get(field.name, before.get(field.name, "")),
        "problem": wrong.get(field.name, ""),
        "full": kind == "textarea",
    }
    if field.name == "grain":
        words = [("", _("Any")), ("height", _("Along the height")), ("width", _("Along the width"))]
        shown["choices"] = [{"value": value, "label": label} for value, label in words]
    return shown


def _before(spec: Any) -> dict[str, str]:
    return {
        "format": f"{spec.width.normalize():f} × {spec.height.normalize():f}",
        "pages": number(spec.pages),
        "paper": spec.paper_number,
        "colours": f"{spec.colours_front}/{spec.colours_back}",
        "run": number(spec.run),
        "finishing": ", ".join(spec.finishing),
        "grain": spec.grain,
        "deadline": spec.deadline.isoformat(),
        "margin": number(spec.margin),
        "notes": spec.notes,
    }


@page
@require_POST
def papers(request: HttpRequest, id: int) -> HttpResponse:
    """Lay out the job tickets and have the papers made."""
    found(read(request, "orders.one", id=id))
    tell(
        request, do(request, "production.make_papers", [{"id": id}]), _("The tickets are laid out; the papers follow.")
    )
    return redirect("order-production", id=id)


def _one_ticket(request: HttpRequest, order: int, ticket: int) -> Any:
    rows = read(request, "production.tickets", order=order)
    return found(next((row for row in rows if row.id == ticket), None))


@page
def place(request: HttpRequest, order: int, id: int) -> HttpResponse:
    """Place a job ticket on a machine, or elsewhere than before; or start it."""
    if not may(request, "production.start"):
        needs(request, "production.plan")
    ticket = _one_ticket(request, order, id)
    asked = _place_asked(request, ticket)
    problems: Sequence[str] = ()
    if request.method == "POST":
        begin = "begin" in request.POST
        row = {
            "id": id,
            "start": _zoned(asked["start"]),
            "machine": asked["machine"],
            "minutes": decimal(asked["minutes"]),
        }
        outcome = do(request, "production.start" if begin else "production.plan", [{"id": id} if begin else row])
        if outcome.done:
            tell(request, outcome, _("Started.") if begin else _("Placed."))
            return redirect(_back(request, order))
        problems = refusals(outcome)
    acts = acts_on(request, TICKET, id)
    form = _place_form(request, order, ticket, asked) | {"stopped": told(acts["production.plan"].refused, TICKET)}
    form |= {} if form["stopped"] else _begin(request, ticket, acts["production.start"])
    return show(request, "layouts/form.html", **form, problems=problems)


def _begin(request: HttpRequest, ticket: Any, start: WhyNot) -> dict[str, Any]:
    """The button that starts a ticket that is placed, off while it cannot run, and why."""
    if ticket.state not in start.states or not may(request, start.command):
        return {}
    stopped = told(start.refused, TICKET)
    begin = {"label": _("Start now"), "form": "form", "name": "begin", "value": "1", "icon": "player-play"}
    return {"left": [unless(stopped, begin)], "stopped": stopped, "save_anyway": True}


def _back(request: HttpRequest, order: int) -> str:
    """The work item that led here, else the order's production page."""
    back = request.GET.get("back", "")
    return back if re.fullmatch(r"/work/\d+", back) else reverse("order-production", args=[order])


def _place_asked(request: HttpRequest, ticket: Any) -> dict[str, str]:
    """What the form says: as typed, else as planned, else the next full hour."""
    start = timezone.localtime(ticket.planned_start or timezone.now() + timedelta(hours=1))
    return {
        "start": request.POST.get("start")
        or start.strftime("%Y-%m-%dT%H:%M" if ticket.planned_start else "%Y-%m-%dT%H:00"),
        "machine": request.POST.get("machine", str(ticket.machine_id)),
        "minutes": request.POST.get("minutes", number(ticket.minutes)),
    }


def _place_form(request: HttpRequest, order: int, ticket: Any, asked: dict[str, str]) -> dict[str, Any]:
    machines = [{"value": str(row.id), "label": row.name} for row in read(request, "production.machines")]
    where = {"name": "machine", "label": _("Machine"), "kind": "select", "choices": machines, "value": asked["machine"]}
    long = {"name": "minutes", "label": _("Takes"), "kind": "number", "value": asked["minutes"], "suffix": _("minutes")}
    when = {"name": "start", "label": _("Start"), "kind": "datetime-local", "value": asked["start"], "required": True}
    back = _back(request, order)
    return {
        "title": _("Place %(machine)s") % {"machine": ticket.machine},
        "sub": moment(ticket.planned_start) if ticket.planned_start else _("not placed yet"),
        "back_url": back,
        "cancel_url": back,
        "save_label": _("Place"),
        "actions": [link(TICKET, ticket.id)],
        "fieldsets": [{"fields": [when, where, long]}],
    }


def _zoned(typed: str) -> str:
    """A moment as typed, in the company's zone; what cannot be read stays, so that it is refused by name."""
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=timezone.get_current_timezone()).isoformat()
    except ValueError:
        return typed


@page
def finish(request: HttpRequest, order: int, id: int) -> HttpResponse:
    """Say how many came out good, and what was waste."""
    needs(request, "production.finish")
    ticket = _one_ticket(request, order, id)
    good, waste = request.POST.get("good", ""), request.POST.get("waste", "0")
    problems: Sequence[str] = ()
    if request.method == "POST":
        outcome = do(request, "production.finish", [{"id": id, "good": decimal(good), "waste": decimal(waste) or 0}])
        if outcome.done:
            tell(request, outcome, _("Finished."))
            return redirect("order-production", id=order)
        problems = refusals(outcome)
    fields = [
        {
            "name": "good",
            "label": _("Good copies"),
            "kind": "number",
            "value": good,
            "required": True,
            "autofocus": True,
        },
        {"name": "waste", "label": _("Waste"), "kind": "number", "value": waste, "suffix": unit(ticket.unit)},
    ]
    back = reverse("order-production", args=[order])
    head: dict[str, Any] = {
        "title": _("Finish %(machine)s") % {"machine": ticket.machine},
        "back_url": back,
        "cancel_url": back,
    }
    return show(
        request,
        "layouts/form.html",
        **head,
        save_label=_("Finished"),
        problems=problems,
        stopped=kept_back(request, TICKET, id, "production.finish"),
        fieldsets=[{"fields": fields}],
    )


urls = [
    path("orders/<int:id>/production", one, name="order-production"),
    path("orders/<int:id>/production/form", form, name="print-form"),
    path("orders/<int:id>/production/papers", papers, name="print-papers"),
    path("orders/<int:order>/production/tickets/<int:id>", place, name="ticket-plan"),
    path("orders/<int:order>/production/tickets/<int:id>/finish", finish, name="ticket-finish"),
]
