"""The tables beside a live map: by step, by department, and who waits on whom since when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from .fields import due_words, span
from .listing import address, pager
from .respond import asked, read, read_if
from .templatetags.ui import moment
from .words import ROLES

BY = ("steps", "departments", "waiting")


def views(request: HttpRequest, by: str) -> list[dict[str, Any]]:
    """The three tables as tabs."""
    labels = {"steps": _("By step"), "departments": _("By department"), "waiting": _("Who waits on whom")}
    return [
        {"label": labels[one], "url": address(request, by=one, step=None, after=None), "current": one == by}
        for one in BY
    ]


def steps(request: HttpRequest, key: str, places: Sequence[Any], now: datetime) -> dict[str, Any]:
    """What stands at each step."""
    columns = [
        {"key": "name", "label": _("Step"), "kind": "id"},
        {"key": "department", "label": _("Department"), "grow": 2, "soft": True, "narrow": "sub"},
        {"key": "standing", "label": _("Here"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "held", "label": _("In hand"), "kind": "number", "narrow": "hide"},
        {"key": "oldest", "label": _("Oldest"), "kind": "number", "narrow": "end2"},
        {"key": "median", "label": _("Half of them since"), "kind": "number", "narrow": "hide"},
        {"key": "waited", "label": _("Waiting together"), "kind": "number", "narrow": "foot"},
        {"key": "late", "label": _("Late"), "kind": "number"},
        {"key": "stuck", "label": _("Stuck"), "kind": "number"},
    ]
    names = _names(request)
    rows = [
        {
            "id": place.node,
            "url": f"{reverse('map', args=[key])}?step={place.node}",
            "label": place.name,
            "tone": "late" if place.late or place.stuck else "",
            "cells": {
                "name": place.name or _("Where ways meet"),
                "department": names.get(place.department, place.department),
                "standing": place.standing,
                "held": place.held or "",
                "oldest": span(now - place.oldest),
                "median": span(place.median),
                "waited": span(place.waited),
                "late": {"text": place.late or "", "tone": "late" if place.late else ""},
                "stuck": {"text": place.stuck or "", "tone": "late" if place.stuck else ""},
            },
        }
        for place in places
    ]
    return {"columns": columns, "rows": rows, "empty": nothing_here(key)}


def _names(request: HttpRequest) -> dict[str, str]:
    """What the departments are called, by key."""
    return {row.key: row.name for row in read_if(request, "people.departments") or ()}


def nothing_here(key: str) -> dict[str, Any]:
    """What an empty map says, and where one is started."""
    text = _("Nothing is on its way here now. Every step of the map shows its count as soon as something is.")
    start = {"label": _("Start"), "url": reverse("start-map", args=[key]), "icon": "player-play"}
    return {"text": text, "action": start}


def departments(request: HttpRequest, key: str, places: Sequence[Any], now: datetime) -> dict[str, Any]:
    """The same by department: who has how much to do."""
    columns = [
        {"key": "name", "label": _("Department"), "kind": "id"},
        {"key": "standing", "label": _("Here"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "held", "label": _("In hand"), "kind": "number", "narrow": "hide"},
        {"key": "oldest", "label": _("Oldest"), "kind": "number", "narrow": "end2"},
        {"key": "waited", "label": _("Waiting together"), "kind": "number", "narrow": "foot"},
        {"key": "late", "label": _("Late"), "kind": "number"},
    ]
    names = _names(request)
    groups: dict[str, list[Any]] = {}
    for place in places:
        groups.setdefault(place.department, []).append(place)
    rows: list[dict[str, Any]] = []
    by_size = sorted(groups.items(), key=lambda one: -sum(place.standing for place in one[1]))
    for name, group in by_size:
        late = sum(place.late for place in group)
        cells = {
            "name": names.get(name, name) or _("Nobody's"),
            "standing": sum(place.standing for place in group),
            "held": sum(place.held for place in group) or "",
            "oldest": span(now - min(place.oldest for place in group)),
            "waited": span(sum((place.waited for place in group), timedelta())),
            "late": {"text": late or "", "tone": "late" if late else ""},
        }
        rows.append({"id": name or "-", "tone": "late" if late else "", "cells": cells})
    return {"columns": columns, "rows": rows, "empty": nothing_here(key)}


def waiting(request: HttpRequest, key: str, now: datetime, step: str = "") -> dict[str, Any]:
    """Who waits on whom: everything that stands on the map, or at one step of it."""
    question = asked(request, "workflow.waiting_on", map=key, node=step or None)
    found = read(request, "workflow.waiting_on", question)
    columns = [
        {"key": "title", "label": _("Who waits"), "kind": "id"},
        {"key": "name", "label": _("Step"), "grow": 3, "narrow": "sub"},
        {"key": "whom", "label": _("On whom"), "grow": 3, "narrow": "foot"},
        {"key": "since", "label": _("Since"), "kind": "moment", "narrow": "hide"},
        {"key": "here", "label": _("Here for"), "kind": "number", "narrow": "end"},
        {"key": "due", "label": _("Due"), "kind": "number", "narrow": "end2"},
    ]
    return {
        "columns": columns,
        "rows": [_waiting_row(row, now) for row in found.rows],
        "pager": pager(request, found, question.after, question.size),
        "empty": {"text": _("Nothing stands here now.")} if step else nothing_here(key),
    }


def _waiting_row(row: Any, now: datetime) -> dict[str, Any]:
    due, tone = due_words(row.due_at, now) if row.item else ("", "")
    title = row.title or f"{row.subject_type} {row.subject_id}"
    own = f"/orders/{row.subject_id}" if row.subject_type == "order" else ""
    cells = {
        "title": title,
        "name": row.name or _("Where ways meet"),
        "whom": {"text": on_whom(row), "tone": "late" if row.on == "stuck" else "", **_called(row)},
        "since": row.since,
        "here": span(now - row.since),
        "due": {"text": due, "tone": tone},
    }
    url = reverse("work-item", args=[row.item]) if row.item else own
    return {"id": row.id, "url": url, "label": title, "tone": "late" if row.on == "stuck" else tone, "cells": cells}


def _called(row: Any) -> dict[str, str]:
    """Where to read on, when something waits on another map."""
    return {"url": f"{reverse('map', args=[row.called])}?by=waiting"} if row.called else {}


def on_whom(row: Any) -> str:
    """On whom or what something waits, in words."""
    match row.on:
        case "person" | "department":
            return str(row.whom)
        case "role":
            return str(ROLES.get(row.whom, row.whom))
        case "event":
            return _("that it happens: %(what)s") % {"what": row.name or row.node}
        case "time":
            return _("until %(at)s") % {"at": moment(row.due_at)} if row.due_at else _("a time that is not known yet")
        case "map":
            return _("the map %(map)s") % {"map": row.whom}
        case "inside":
            return _("its own steps")
        case "stuck":
            return _("somebody who mends it: %(code)s") % {"code": row.code or "-"}
    return _("the other ways")
