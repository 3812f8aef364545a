"""Starting maps: which ones anybody may start, and the form to start one with."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.paging import Page

from .drawing_words import SUBJECTS
from .fields import refusals
from .forms import Field, Typed, read_form, shown
from .listing import many
from .maps import MapKey  # noqa: F401 - its addresses are these too
from .respond import do, found, page, read, show, tell
from .started import adding, evening, row_words
from .words import ROLES

LATEST = 8  # of what one has started oneself, on the start page


@page
def listing(request: HttpRequest) -> HttpResponse:
    """The maps with who may start them, and what the reader started."""
    rows = sorted(read(request, "workflow.startable"), key=lambda row: (not row.mine, row.name))
    return show(
        request,
        "start/page.html",
        title=_("Start"),
        maps=[_startable(row) for row in rows],
        **_mine(read(request, "workflow.started", size=LATEST)),
        empty={"text": _("No map is published yet. An administrator publishes one; then it can be started here.")},
        live="maps work",
    )


def _mine(page: Page) -> dict[str, Any]:
    """The latest that the reader has started, and how many there are if these are not all."""
    return {"mine": [row_words(row) for row in page.rows], "mine_count": many(page.count) if page.next else ""}


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


@page
def one(request: HttpRequest, key: str) -> HttpResponse:
    """Start a map: what it is about, and what whoever starts it adds for this one only."""
    rows = [row for row in read(request, "workflow.startable") if row.map == key]
    row = found(rows[0] if rows else None)
    about, more = _subject_fields(request, row), adding(request, row.steps)
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


def _row(request: HttpRequest, row: Any, given: Typed) -> tuple[dict[str, Any] | None, list[str]]:
    """The start as the command takes it, or what stands in its way."""
    values = given.values
    asked: dict[str, Any] = {"map": row.map, "instruction": values.get("instruction", ""), "due_at": evening(values)}
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


urls = [
    path("start", listing, name="start"),
    path("start/orders", orders, name="start-orders"),
    path("start/<mapkey:key>", one, name="start-map"),
]
