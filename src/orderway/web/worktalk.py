"""What people do with a work item beside deciding it: put it off, put it before others, ask a colleague and answer."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from .absences import with_away
from .fields import refusals
from .forms import Field, Typed, read_form, shown
from .respond import actor, do, found, may, page, read, show, tell
from .skills import skilled
from .words import PRIORITIES

MORNING = time(8)
LATER = (
    ("", lazy("As it is")),
    ("hours", lazy("In two hours")),
    ("tomorrow", lazy("Tomorrow morning")),
    ("week", lazy("In a week, in the morning")),
    ("day", lazy("On the morning of the day below")),
    ("now", lazy("Not at all: back into the list")),
)
WHEN = (
    Field("when", lazy("See it again"), kind="select", choices=LATER),
    Field("day", lazy("Day"), kind="date"),
)


@page
def later(request: HttpRequest, id: int) -> HttpResponse:
    """Put an item off, or change its priority."""
    form = found(read(request, "workflow.work_item", id=id))
    choices = tuple((str(value), label) for value, label in PRIORITIES.items())
    fields: tuple[Field, ...] = WHEN
    if may(request, "workflow.prioritise"):
        fields = (
            *WHEN,
            Field("priority", lazy("Priority"), kind="select", choices=choices, value=str(form.row.priority)),
        )
    given: Typed | None = None
    problems: list[str] = []
    if request.method == "POST":
        given = read_form(request, fields)
        problems = [] if given.problems else _rearranged(request, form, given)
        if not problems and not given.problems:
            return HttpResponseRedirect(reverse("work"))
    back = reverse("work-item", args=[id])
    return show(
        request,
        "layouts/form.html",
        status=422 if given else 200,
        title=_("Later or sooner"),
        sub=f"{form.row.name} · {form.row.title}",
        back_url=back,
        cancel_url=back,
        save_label=_("Save"),
        problems=problems,
        fieldsets=[{"fields": shown(fields, given)}],
    )


def _rearranged(request: HttpRequest, form: Any, given: Typed) -> list[str]:
    """Do what was chosen; returns what stands in the way."""
    problems: list[str] = []
    when, day = given.values.get("when", ""), given.values.get("day")
    if when == "day" and day is None:
        return [_("Choose the day.")]
    chosen = int(given.values.get("priority", form.row.priority))
    if chosen != form.row.priority:
        outcome = do(request, "workflow.prioritise", [{"id": form.row.id, "priority": chosen}])
        problems += refusals(outcome)
        if outcome.done:
            tell(request, outcome, _("Saved"))
    if when:
        until = _moment(when, day)
        outcome = do(request, "workflow.snooze", [{"id": form.row.id, "until": until}])
        problems += refusals(outcome)
        if outcome.done:
            tell(request, outcome, _("Put off") if until else _("Back in the list"))
    return problems


def _moment(when: str, day: Any) -> datetime | None:
    """The moment that is meant, mornings by the company's clock."""
    now = timezone.localtime()
    if when == "now":
        return None
    if when == "hours":
        return now + timedelta(hours=2)
    days = {"tomorrow": 1, "week": 7}.get(when, 0)
    return datetime.combine(day if when == "day" else now.date() + timedelta(days=days), MORNING, now.tzinfo)


@page
def ask(request: HttpRequest, id: int) -> HttpResponse:
    """Ask a colleague about an item; it stays where it is."""
    form = found(read(request, "workflow.work_item", id=id))
    away = {row.id: row for row in read(request, "people.away")}
    people = [one for one in read(request, "people.persons") if one.id != actor(request).id]
    fields = (
        Field(
            "person",
            lazy("Whom"),
            kind="select",
            required=True,
            choices=tuple((str(one.id), skilled(with_away(one.name, away.get(one.id)), one.skills)) for one in people),
        ),
        Field("text", lazy("Question"), kind="textarea", required=True, full=True),
    )
    given: Typed | None = None
    problems: list[str] = []
    if request.method == "POST":
        given = read_form(request, fields)
        if not given.problems:
            row = {"id": id, "person": int(given.values["person"]), "text": given.values["text"]}
            outcome = do(request, "workflow.ask", [row])
            if outcome.done:
                tell(request, outcome, _("Asked. The item stays with you."))
                return HttpResponseRedirect(reverse("work-item", args=[id]))
            problems = list(refusals(outcome))
    back = reverse("work-item", args=[id])
    return show(
        request,
        "layouts/form.html",
        status=422 if given else 200,
        title=_("Ask a colleague"),
        sub=f"{form.row.name} · {form.row.title}",
        back_url=back,
        cancel_url=back,
        save_label=_("Ask a colleague"),
        problems=problems,
        fieldsets=[{"fields": shown(fields, given)}],
    )


@page
@require_POST
def answer(request: HttpRequest, id: int, question: int) -> HttpResponse:
    """Answer a question: the next one opens in the list one was in."""
    outcome = do(request, "workflow.answer", [{"id": question, "text": request.POST.get("text", "")}])
    tell(request, outcome, _("Answered"))
    which = request.GET.get("which", "waiting")
    # an item that only the question showed is gone from the list of questions now
    stays = which != "asked" or not outcome.done
    there = reverse("work-item", args=[id]) if stays and read(request, "workflow.work_item", id=id) else reverse("work")
    return HttpResponseRedirect(f"{there}?{urlencode({'which': which})}")


urls = [
    path("work/<int:id>/later", later, name="work-later"),
    path("work/<int:id>/ask", ask, name="work-ask"),
    path("work/<int:id>/answer/<int:question>", answer, name="work-answer"),
]
