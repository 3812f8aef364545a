"""What one has started: the list of it, the page of one with where it stands, and what can still be added to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from .absences import with_away
from .documents import papers_about
from .fields import due_words, refusals
from .forms import Field, Typed, read_form, shown
from .listing import Filter, Listing, column, listed
from .respond import actor, do, found, page, read, show
from .templatetags.ui import Row, day, moment
from .work_earlier import before

EVENING = time(18)  # a due date without a time is due when offices close
AGREED = {"agree": lazy("agreed"), "give_back": lazy("gave it back")}
STATES = {"running": lazy("on its way"), "ended": lazy("ended"), "stopped": lazy("stopped")}
LATE = Filter("late", lazy("Due"), [("true", lazy("Late only"))])
STARTED = (
    column("what", lazy("What"), kind="id", grow=5),
    column("map", lazy("Map"), sort="map", grow=2, narrow="sub"),
    column("at", lazy("Where it stands"), grow=3, narrow="foot", sort="state"),
    column("started", lazy("Started"), kind="moment", soft=True, sort="started", narrow="end2"),
    column("due", lazy("Due"), sort="due", narrow="end"),
)


def row_words(row: Any) -> dict[str, Any]:
    """One of the rows of `workflow.started` in words."""
    due, tone = due_words(row.due_at, timezone.now()) if row.state == "running" else ("", "")
    return {
        "url": reverse("started", args=[row.id]),
        "name": row.title or row.name,
        "map": row.name,
        "at": ", ".join(row.at) or capfirst(str(STATES.get(row.state, row.state))),
        "when": moment(row.started_at),
        "due": due,
        "tone": tone,
    }


def adding(request: HttpRequest, steps: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
    """What whoever starts it may add: instructions, a due date, and who else has to agree at which step, where the map has any."""
    agreeing = (
        Field("approver", lazy("Also has to agree"), kind="select", choices=_people(request)),
        # one of them always: it says nothing while nobody is chosen
        Field("step", lazy("At the step"), kind="select", choices=tuple(steps)),
    )
    return (
        Field("instruction", lazy("Instructions to everybody who works on it"), kind="textarea", full=True),
        Field("due", lazy("To be done by"), kind="date"),
        *(agreeing if steps else ()),
    )


def _people(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    away = {row.id: row for row in read(request, "people.away")}
    others = [one for one in read(request, "people.persons") if one.id != actor(request).id]
    return (("", "–"), *((str(one.id), with_away(one.name, away.get(one.id))) for one in others))


def evening(values: Mapping[str, Any]) -> datetime | None:
    """The due moment of a form in which a day was typed."""
    due = values.get("due")
    return datetime.combine(due, EVENING, timezone.get_current_timezone()) if due else None


@page
def every(request: HttpRequest) -> HttpResponse:
    """All that the reader has started, with where it stands."""
    maps = [(row.map, row.name) for row in read(request, "workflow.startable")]
    states = [(key, capfirst(str(word))) for key, word in STATES.items()]
    filters = (Filter("map", _("Map"), maps), Filter("state", _("State"), states), LATE)
    return show(
        request,
        "layouts/list.html",
        title=_("Started by you"),
        back_url=reverse("start"),
        live="maps work",
        empty={"text": _("Nothing here. What you start on the start page is listed here with where it stands.")},
        **listed(request, Listing("workflow.started", STARTED, _started_row, filters)),
    )


def _started_row(row: Any) -> Row:
    one = row_words(row)
    due = {"text": one["due"], "tone": one["tone"]} if one["due"] else ""
    cells = {"what": one["name"], "map": one["map"], "at": one["at"], "started": row.started_at, "due": due}
    return {"id": row.id, "url": one["url"], "label": one["name"], "tone": one["tone"], "cells": cells}


@page
def started(request: HttpRequest, id: int) -> HttpResponse:
    """What was started: where it stands, what its starter said, and (for the starter) what can still be added."""
    one = found(read(request, "workflow.instance", id=id))
    return _instance(request, one)


def _instance(request: HttpRequest, one: Any, given: Typed | None = None, problems: Sequence[str] = ()) -> HttpResponse:
    row = one.row
    due, tone = due_words(row.due_at, timezone.now())
    named = shown(adding(request, one.steps), given) if one.mine else []
    order = {"name": _("Order"), "value": row.title, "url": f"/orders/{row.subject_id}"}
    plain = {"name": _("About"), "value": row.title, "url": ""}
    facts = [
        order if row.subject_type == "order" else plain,
        {"name": _("Started"), "value": f"{moment(row.started_at)}, {one.by or _('by itself')}", "url": ""},
        {"name": _("State"), "value": ", ".join(row.at) or str(STATES.get(row.state, row.state)), "url": ""},
    ]
    return show(
        request,
        "start/started.html",
        status=422 if given else 200,
        title=row.title or row.name,
        sub=row.name,
        back_url=reverse("start"),
        facts=facts,
        due=due,
        due_tone=tone,
        **before(request, papers_about(request, row.subject_type, row.subject_id), instance=row.id),
        told=told_words(one.told),
        position_url=f"{reverse('map-position', args=[row.subject_type, row.subject_id])}?first={row.id}",
        fields=named,
        problems=problems,
        form_action=reverse("started-add", args=[row.id]),
        live="work",
    )


def told_words(told: Any) -> dict[str, Any]:
    """What the starter added, in words: instructions with their author, who has to agree where, and the due date."""
    return {
        "said": [{"text": one.text, "by": one.by, "at": moment(one.at)} for one in told.said],
        "approvers": [
            {"step": one.step, "person": one.person, "by": one.by, "state": _answer(one)} for one in told.approvers
        ],
        "due": day(told.due_at) if told.due_at else "",
    }


def _answer(one: Any) -> str:
    if one.state == "done":
        return f"{AGREED.get(one.outcome, one.outcome)}, {moment(one.done_at)}"
    return _("is asked now") if one.state == "open" else _("will be asked")


@page
@require_POST
def add(request: HttpRequest, id: int) -> HttpResponse:
    """Add instructions, a due date or an approver to what one started."""
    one = found(read(request, "workflow.instance", id=id))
    given = read_form(request, adding(request, one.steps))
    problems: list[str] = []
    with transaction.atomic():  # all of it or nothing: what was added already would be added again with the next try
        for name, row in _added(id, given.values):
            problems += refusals(do(request, name, [row]))
        transaction.set_rollback(bool(problems or given.problems))
    if not problems and not given.problems:
        messages.success(request, _("Added"))
        return redirect("started", id)
    return _instance(request, found(read(request, "workflow.instance", id=id)), given, problems)


def _added(id: int, values: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    if values.get("instruction"):
        rows.append(("workflow.instruct", {"instance": id, "text": values["instruction"]}))
    if due := evening(values):
        rows.append(("workflow.set_due", {"instance": id, "due_at": due}))
    if values.get("approver"):
        row = {"instance": id, "person": int(values["approver"]), "step": values.get("step", "")}
        rows.append(("workflow.add_approver", row))
    return rows


urls = [
    path("started", every, name="started-by-me"),
    path("started/<int:id>", started, name="started"),
    path("started/<int:id>/add", add, name="started-add"),
]
