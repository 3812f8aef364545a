"""Starting maps: which ones anybody may start, the form to start one with, and the page of what was started."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from .absences import with_away
from .documents import papers_about
from .drawing_words import SUBJECTS
from .fields import due_words, refusals
from .forms import Field, Typed, read_form, shown
from .maps import MapKey  # noqa: F401 - its addresses are these too
from .respond import actor, do, found, page, read, show, tell
from .templatetags.ui import day, moment
from .words import ROLES
from .work_earlier import before

EVENING = time(18)  # a due date without a time is due when offices close
AGREED = {"agree": lazy("agreed"), "give_back": lazy("gave it back")}
STATES = {"running": lazy("on its way"), "ended": lazy("ended"), "stopped": lazy("stopped")}


@page
def listing(request: HttpRequest) -> HttpResponse:
    """The maps with who may start them, and what the reader started."""
    rows = sorted(read(request, "workflow.startable"), key=lambda row: (not row.mine, row.name))
    return show(
        request,
        "start/page.html",
        title=_("Start"),
        maps=[_startable(row) for row in rows],
        mine=[_started(row) for row in read(request, "workflow.started", size=20).rows],
        empty={"text": _("No map is published yet. An administrator publishes one; then it can be started here.")},
        live="maps work",
    )


def _startable(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "url": reverse("start-map", args=[row.map]) if row.mine else "",
        "live_url": reverse("map", args=[row.map]),
        "about": row.about,
        "subject": SUBJECTS.get(row.subject_type, row.subject_type),
        "who": who_may(row.roles),
        "mine": row.mine,
    }


def who_may(roles: Sequence[str]) -> str:
    """Who may start a map, in words."""
    return ", ".join(str(ROLES.get(role, role)) for role in roles) or _("Everybody")


def _started(row: Any) -> dict[str, Any]:
    due, tone = due_words(row.due_at, timezone.now()) if row.state == "running" else ("", "")
    return {
        "url": reverse("started", args=[row.id]),
        "name": row.title or row.name,
        "map": row.name,
        "at": ", ".join(row.at) if row.at else STATES.get(row.state, row.state),
        "when": moment(row.started_at),
        "due": due,
        "tone": tone,
    }


@page
def one(request: HttpRequest, key: str) -> HttpResponse:
    """Start a map: what it is about, and what whoever starts it adds for this one only."""
    rows = [row for row in read(request, "workflow.startable") if row.map == key]
    row = found(rows[0] if rows else None)
    about, more = _subject_fields(request, row), _adding(request, row.steps)
    given: Typed | None = None
    problems: list[str] = []
    if request.method == "POST":
        given = read_form(request, (*about, *more))
        if not given.problems:
            asked, problems = _row(request, row, given)
            outcome = do(request, "workflow.start", [asked]) if asked else None
            if outcome and outcome.done:
                tell(request, outcome, _("%(what)s: started.") % {"what": row.name})
                return redirect("started", outcome.done[0])
            problems += list(refusals(outcome)) if outcome else []
    if not row.mine:
        problems = [_("This map is started by: %(who)s.") % {"who": who_may(row.roles)}]
    return show(
        request,
        "start/one.html",
        status=422 if given else 200,
        **_form(row, shown(about, given), shown(more, given), problems),
    )


def _form(row: Any, about: list[dict[str, Any]], more: list[dict[str, Any]], problems: list[str]) -> dict[str, Any]:
    if row.subject_type == "order":
        about[0] |= {"list": "order-options", "autocomplete": "off", "autofocus": True}
    return {
        "title": _("Start: %(what)s") % {"what": row.name},
        "sub": row.about,
        "back_url": reverse("start"),
        "cancel_url": reverse("start"),
        "save_label": _("Start"),
        "problems": problems,
        "subject_type": row.subject_type,
        "fieldsets": [
            {"title": _("What it is about"), "fields": about},
            {"title": _("For this one only"), "fields": more},
        ],
    }


def _subject_fields(request: HttpRequest, row: Any) -> tuple[Field, ...]:
    if row.subject_type == "order":
        chosen = request.GET.get("order", "")
        order = read(request, "orders.one", id=int(chosen)) if chosen.isdigit() and len(chosen) < 19 else None
        number = order.number if order else ""
        return (
            Field(
                "order", lazy("Order"), required=True, value=number, hint=lazy("Number, or part of the customer's name")
            ),
        )
    if row.subject_type == "matter":
        return (
            Field("title", lazy("Name"), required=True, hint=lazy("What everybody calls it")),
            Field("about", lazy("What it is about"), kind="textarea", full=True),
        )
    return ()


def _adding(request: HttpRequest, steps: Sequence[tuple[str, str]]) -> tuple[Field, ...]:
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


def _row(request: HttpRequest, row: Any, given: Typed) -> tuple[dict[str, Any] | None, list[str]]:
    """The start as the command takes it, or what stands in its way."""
    values = given.values
    asked: dict[str, Any] = {"map": row.map, "instruction": values.get("instruction", ""), "due_at": _evening(values)}
    if values.get("approver") and not values.get("step"):
        return None, [_("Choose both: who has to agree, and at which step.")]
    if values.get("approver"):
        asked |= {"approver": int(values["approver"]), "step": values["step"]}
    if row.subject_type == "matter":
        asked |= {"title": values["title"], "about": values.get("about", "")}
    if row.subject_type == "order":
        order = _order(request, values["order"])
        if order is None:
            return None, [_("No single order fits “%(words)s”.") % {"words": values["order"]}]
        asked["subject"] = order.id
    return asked, []


def _evening(values: Mapping[str, Any]) -> datetime | None:
    due = values.get("due")
    return datetime.combine(due, EVENING, timezone.get_current_timezone()) if due else None


def _order(request: HttpRequest, text: str) -> Any:
    """The order meant by what stands in the field: its number first, else the only one that fits."""
    words = text.split()
    for search in dict.fromkeys((words[0], text.strip())) if words else ():
        rows = read(request, "orders.list", which="all", search=search, size=20).rows
        exact = [row for row in rows if row.number == search]
        if exact or len(rows) == 1:
            return (exact or rows)[0]
    return None


@page
def orders(request: HttpRequest) -> HttpResponse:
    """Orders that fit what is typed, as options of the field."""
    words = request.GET.get("order", "").strip()
    rows = read(request, "orders.list", which="active", search=words or None, size=12).rows
    return show(request, "start/order_options.html", orders=rows)


@page
def started(request: HttpRequest, id: int) -> HttpResponse:
    """What was started: where it stands, what its starter said, and (for the starter) what can still be added."""
    one = found(read(request, "workflow.instance", id=id))
    return _instance(request, one)


def _instance(request: HttpRequest, one: Any, given: Typed | None = None, problems: Sequence[str] = ()) -> HttpResponse:
    row = one.row
    due, tone = due_words(row.due_at, timezone.now())
    named = shown(_adding(request, one.steps), given) if one.mine else []
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
    given = read_form(request, _adding(request, one.steps))
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
    if due := _evening(values):
        rows.append(("workflow.set_due", {"instance": id, "due_at": due}))
    if values.get("approver"):
        row = {"instance": id, "person": int(values["approver"]), "step": values.get("step", "")}
        rows.append(("workflow.add_approver", row))
    return rows


urls = [
    path("start", listing, name="start"),
    path("start/orders", orders, name="start-orders"),
    path("start/<mapkey:key>", one, name="start-map"),
    path("started/<int:id>", started, name="started"),
    path("started/<int:id>/add", add, name="started-add"),
]
