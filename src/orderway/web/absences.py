"""The absence pages: who is away and when, asking for time off, and deciding what others ask for."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from orderway.kernel.access import Actor
from orderway.kernel.running import ask

from .fields import refusals
from .forms import Field, Typed, read_form, shown
from .listing import column, scope
from .respond import actor, do, found, page, read, show, tell
from .shell import counted, most
from .templatetags.ui import day
from .words import ABSENCE_KINDS, ABSENCE_STATES

COLUMNS = (
    column("person", lazy("Who"), kind="person", narrow="title"),
    column("days", lazy("Days"), kind="id", narrow="sub"),
    column("kind", lazy("Kind"), soft=True),
    column("deputy", lazy("Stand-in"), kind="person", narrow="hide"),
    column("approver", lazy("Approver"), kind="person", soft=True, narrow="hide"),
    column("state", lazy("State"), kind="state", narrow="end"),
)
TONES = {"requested": "wait", "approved": "done", "refused": "late", "withdrawn": ""}


@counted("absences")
def count(actor: Actor) -> tuple[int, int]:
    """The requests that wait for this person's word; none of them is late."""
    return most(len(ask("people.absences", actor, which="decide"))), 0


@page
def absences(request: HttpRequest) -> HttpResponse:
    """Who is away and who will be; mine; and those that wait for my word."""
    which = request.GET.get("which", "coming")
    rows = read(request, "people.absences", which=which if which in ("mine", "decide") else "coming")
    away = {row.id for row in read(request, "people.away")}
    waiting = len(read(request, "people.absences", which="decide"))
    choices = [("coming", _("Everybody")), ("mine", _("Mine")), ("decide", _("To decide"))]
    return show(
        request,
        "layouts/list.html",
        title=_("Absences"),
        sub=_("%(n)s away now") % {"n": len(away)},
        late=_("%(n)s to decide") % {"n": waiting} if waiting else "",
        scope=scope(request, "which", choices),
        actions=[
            {"label": _("Calendar"), "url": reverse("calendar"), "icon": "calendar"},
            {"label": _("Ask for time off"), "url": reverse("absence-new"), "key": "n", "primary": True},
        ],
        columns=COLUMNS,
        rows=[_row(row) for row in rows],
        empty={
            "text": _("Nobody is away. Whoever asks for time off appears here, with the colleague who stands in."),
            "action": {"label": _("Ask for time off"), "url": reverse("absence-new"), "primary": True},
        },
    )


def days(row: Any) -> str:
    """The days of an absence in words."""
    return day(row.first_day) if row.first_day == row.last_day else f"{day(row.first_day)} – {day(row.last_day)}"


def _row(row: Any) -> dict[str, Any]:
    cells = {
        "days": days(row),
        "person": row.person,
        "kind": str(ABSENCE_KINDS.get(row.kind, "")),
        "deputy": row.deputy,
        "approver": row.approver,
        "state": {"text": str(ABSENCE_STATES[row.state]), "tone": TONES[row.state]},
    }
    return {"id": row.id, "url": reverse("absence", args=[row.id]), "label": row.person, "cells": cells}


def _fields(request: HttpRequest) -> tuple[Field, ...]:
    me = actor(request).id
    away = {row.id: row for row in read(request, "people.away")}
    people = [one for one in read(request, "people.persons") if one.id != me]
    approvers = [one for one in people if {"manager", "administrator"} & set(one.roles)]
    return (
        Field("first", lazy("First day"), kind="date", required=True, autofocus=True),
        Field("last", lazy("Last day"), kind="date", required=True),
        Field("kind", lazy("Kind"), kind="select", required=True, choices=tuple(ABSENCE_KINDS.items())),
        Field(
            "approver",
            lazy("Who approves"),
            kind="select",
            required=True,
            choices=tuple((str(one.id), _named(one, away)) for one in approvers),
        ),
        Field(
            "deputy",
            lazy("Who stands in for me"),
            kind="select",
            choices=(("", _("Nobody")), *((str(one.id), _named(one, away)) for one in people)),
            hint=lazy("My open and new work comes to them as well while I am away."),
        ),
        Field("note", lazy("Note"), kind="textarea", full=True, hint=lazy("Only you and who decides can read it.")),
    )


def _named(person: Any, away: Any) -> str:
    return with_away(person.name, away.get(person.id))


def with_away(name: str, away: Any) -> str:
    """A name to choose, with the word that they are away and who stands in; so nobody assigns to an empty chair unawares."""
    if away is None:
        return name
    until = {"name": name, "day": day(away.last_day), "deputy": away.deputy}
    if away.deputy:
        return _("%(name)s (away until %(day)s, %(deputy)s stands in)") % until
    return _("%(name)s (away until %(day)s)") % until


@page
def new(request: HttpRequest) -> HttpResponse:
    """Ask for time off."""
    fields = _fields(request)
    form: Typed | None = None
    problems: list[str] = []
    if request.method == "POST":
        form = read_form(request, fields)
        if not form.problems:
            outcome = do(request, "people.request_absence", [_asked(form)])
            if outcome.done:
                tell(request, outcome, _("Asked for. Who decides it is told by mail."))
                return HttpResponseRedirect(f"{reverse('absences')}?which=mine")
            problems = list(refusals(outcome))
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=_("Ask for time off"),
        back_url=reverse("absences"),
        cancel_url=reverse("absences"),
        save_label=_("Ask"),
        problems=problems,
        fieldsets=[{"fields": shown(fields, form)}],
    )


def _asked(form: Typed) -> dict[str, Any]:
    values = dict(form.values)
    values["approver"] = int(values["approver"])
    if "deputy" in values:
        values["deputy"] = int(values["deputy"])
    return values


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """An absence, with what may be done about it."""
    return _one(request, id)


def _one(request: HttpRequest, id: int, problems: Any = (), status: int = 200) -> HttpResponse:
    row = found(next(iter(read(request, "people.absences", which="all", id=id)), None))
    decide = bool(read(request, "people.absences", which="decide", id=id))
    mine = row.person_id == actor(request).id or "administrator" in actor(request).roles
    facts = [
        (_("Who"), row.person),
        (_("Days"), days(row)),
        (_("Kind"), ABSENCE_KINDS.get(row.kind, "")),
        (_("Stand-in"), row.deputy or _("Nobody")),
        (_("To be decided by") if row.state == "requested" else _("Decided by"), row.approver),
        (_("Note"), row.note),
        (_("Reason"), row.reason),
    ]
    return show(
        request,
        "calendar/absence.html",
        status=status,
        title=_("Absence of %(who)s") % {"who": row.person},
        badge_text=ABSENCE_STATES[row.state],
        badge_tone=TONES[row.state],
        back_url=reverse("absences"),
        facts=[{"name": name, "value": value} for name, value in facts if value],
        problems=problems,
        decide=decide,
        absence=row,
        reason={"name": "reason", "label": _("Reason"), "kind": "textarea", "hint": _("Needed to refuse"), "value": ""},
        withdraw={
            "label": _("Withdraw"),
            "post": reverse("absence-withdraw", args=[id]),
            "confirm": _("Withdraw this absence? Whoever stands in no longer does."),
        }
        if mine and row.state in ("requested", "approved") and not (decide and row.person_id != actor(request).id)
        else None,
    )


@page
@require_POST
def decide(request: HttpRequest, id: int) -> HttpResponse:
    """Approve or refuse."""
    row = {"id": id, "approve": "approve" in request.POST, "reason": request.POST.get("reason", "")}
    outcome = do(request, "people.decide_absence", [row])
    if outcome.refused:
        return _one(request, id, refusals(outcome), 422)
    tell(request, outcome, _("Decided. Both are told by mail."))
    return HttpResponseRedirect(f"{reverse('absences')}?which=decide")


@page
@require_POST
def withdraw(request: HttpRequest, id: int) -> HttpResponse:
    """Withdraw an absence; who is back early does the same."""
    outcome = do(request, "people.withdraw_absence", [{"id": id}])
    tell(request, outcome, _("Withdrawn"))
    return HttpResponseRedirect(reverse("absences"))


urls = [
    path("absences", absences, name="absences"),
    path("absences/new", new, name="absence-new"),
    path("absences/<int:id>", one, name="absence"),
    path("absences/<int:id>/decide", decide, name="absence-decide"),
    path("absences/<int:id>/withdraw", withdraw, name="absence-withdraw"),
]
