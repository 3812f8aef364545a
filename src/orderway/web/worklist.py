"""Work as a table, to take or finish a whole selection in one act."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orderway.kernel.access import Actor
from orderway.kernel.running import ask
from orderway.workflow.rules import hand

from .fields import due_words
from .listing import Filter, ListColumn, Listing, listed, scope
from .respond import actor, found, page, read, show
from .selection import Act, act
from .shell import counted, most
from .templatetags.ui import Row
from .words import PRIORITIES


@counted("work")
def count(actor: Actor) -> tuple[int, int]:
    """What waits for this person with the questions that wait for their answer, and what of it is late."""
    waiting = ask("workflow.work", actor, size=1).count
    asked = ask("workflow.work", actor, which="asked", size=1).count
    late = ask("workflow.work", actor, late=True, size=1).count if waiting != 0 else 0
    return most(most(waiting) + most(asked)), most(late)


def whose(request: HttpRequest) -> list[tuple[str, str]]:
    """Whose work may be shown to this person, the first unless another is named."""
    named = [("waiting", _("For me")), ("mine", _("Mine")), ("free", _("Team")), ("department", _("Department"))]
    seldom = [("acting", _("Standing in")), ("asked", _("Asked")), ("snoozed", _("Put off"))]
    named += [one for one in seldom if read(request, "workflow.work", which=one[0], size=1).count != 0]
    return [*named, ("all", _("Everyone"))] if actor(request).roles & {"administrator", "auditor"} else named


@page
def table(request: HttpRequest) -> HttpResponse:
    """Work items as rows to select."""
    columns: list[ListColumn] = [
        {"key": "title", "label": _("What"), "kind": "id"},
        {"key": "step", "label": _("Step"), "grow": 3, "narrow": "sub"},
        {"key": "why", "label": _("Why here"), "grow": 4, "soft": True},
        {"key": "due", "label": _("Due"), "kind": "number", "sort": "due", "narrow": "end2"},
        {"key": "with", "label": _("With"), "kind": "person"},
        {"key": "department", "label": _("Department"), "soft": True},
    ]
    filters = [Filter("late", _("Late"), [("true", _("yes"))]), Filter("map", _("Map"), _maps(request))]
    return show(
        request,
        "layouts/list.html",
        **_without_empty(
            "why", listed(request, Listing("workflow.work", columns, partial(_row, actor(request)), filters))
        ),
        title=_("Work"),
        back_url=reverse("work"),
        scope=scope(request, "which", whose(request)),
        bulk={
            "verbs": [
                {"label": _("Take"), "icon": "user-check", "url": reverse("work-act", args=["claim"])},
                {"label": _("Approve"), "icon": "check", "url": reverse("work-act", args=["complete"]), "key": "a"},
                {
                    "label": _("Send back"),
                    "icon": "corner-up-left",
                    "url": reverse("work-act", args=["back"]),
                    "key": "r",
                },
            ],
            "sum_words": " ",
        },
        empty={"text": _("Nothing waits for you. Steps of a map appear here when they need a decision of your role.")},
        live="work",
    )


def _without_empty(key: str, context: dict[str, Any]) -> dict[str, Any]:
    """The list without a column that says nothing in any of its rows: the others need the room."""
    if any(row["cells"][key] for row in context["rows"]):
        return context
    return context | {"columns": [column for column in context["columns"] if column["key"] != key]}


def _maps(request: HttpRequest) -> list[tuple[str, str]]:
    return [(row.key, row.name) for row in read(request, "workflow.maps")]


def _row(reader: Actor, row: Any) -> Row:
    """A row; what somebody else decides is only looked at."""
    due, tone = due_words(row.due_at, timezone.now())
    title = row.title or f"{row.subject_type} {row.subject_id}"
    cells = {
        "title": title,
        "step": f"{row.name} ({PRIORITIES[row.priority]})" if row.priority else row.name,
        "why": row.why,
        "due": {"text": due, "tone": tone},
        "with": row.acting_for or row.assignee,
        "department": row.department_name,
    }
    mine = row.acting_for or not hand(row.role, row.assignee_id, reader.id, reader.roles, ()).code
    url = reverse("work-item", args=[row.id])
    return {"id": row.id, "url": url, "label": title, "tone": tone, "cells": cells, "fixed": not mine}


@page
@require_POST
def many(request: HttpRequest, verb: str) -> HttpResponse:
    """Take the selected items, finish each with the outcome that leads on, or send each back for one reason."""
    verbs = {"claim": _("Take"), "complete": _("Approve"), "back": _("Send back")}
    words = found(verbs.get(verb))
    done = _("%(verb)s: %(n)s done.")
    effects = {
        "complete": _(
            "Each item takes the outcome that leads on; one with a form or check items still to fill is refused."
        ),
        "back": _("Each item takes the outcome that sends back, with this reason; one that has none is refused."),
    }
    one = Act(
        "workflow.claim" if verb == "claim" else "workflow.complete",
        "workflow.work",
        words,
        lambda outcome: done % {"verb": words, "n": len(outcome.done)},
        reverse("work-table"),
        effects=[effects[verb]] if verb in effects else [],
        rows=None if verb == "claim" else lambda ids: _finished(request, ids, back=verb == "back"),
        fields=render_to_string("work/reason.html") if verb == "back" else "",
        refs=_titles(request),
    )
    return act(request, one)


def _finished(request: HttpRequest, ids: Sequence[int], *, back: bool) -> list[dict[str, Any]]:
    """Each item as the command finishes it; the dry run of sending back is asked before its reason is typed."""
    ways = read(request, "workflow.ways", ids=ids)
    reason = request.POST.get("reason", "") or ("–" if "dry" in request.POST else "")
    return [{"id": id, "outcome": ways.get(id, ("", ""))[back], "reason": reason if back else ""} for id in ids]


def _titles(request: HttpRequest) -> dict[int, str]:
    """What the items of the list are called, so that a refusal names them."""
    found = read(request, "workflow.work", which="all", size=200).rows
    return {row.id: f"{row.title} · {row.name}" for row in found}


urls = [
    path("work/table", table, name="work-table"),
    path("work/do/<slug:verb>", many, name="work-act"),
]
