"""The maps' pages: the gallery, one map live with its counts, and where one subject is and has been."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, register_converter, reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from lxml import etree

from .drawing_words import SUBJECTS
from .fields import due_words, span
from .respond import found, may, page, read, show
from .templatetags.ui import day, moment

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ORDERWAY = "{https://orderway.org/bpmn/1}"
SECURE = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


class MapKey:
    """The key of a map in an address: the id of its process, which other tools write with dots too."""

    regex = r"[A-Za-z_][A-Za-z0-9_.\-]*"

    def to_python(self, value: str) -> str:
        """The key as the address says it."""
        return value

    def to_url(self, value: str) -> str:
        """The key as it stands in an address."""
        return value


register_converter(MapKey, "mapkey")


@page
def gallery(request: HttpRequest) -> HttpResponse:
    """The published maps, and what is being drawn."""
    rows = read(request, "workflow.maps")
    drawing = may(request, "workflow.save_draft")
    drafts = {row.map: row for row in read(request, "workflow.drafts")} if drawing else {}
    fresh = [row for row in drafts.values() if not row.published]
    columns = [
        {"key": "name", "label": _("Map"), "kind": "id"},
        {"key": "about", "label": _("About"), "grow": 6, "narrow": "sub"},
        {"key": "running", "label": _("On their way"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "version", "label": _("Version"), "kind": "number", "soft": True, "narrow": "end2"},
        {"key": "published", "label": _("Published"), "kind": "date", "soft": True},
        {"key": "by", "label": _("By"), "kind": "person"},
    ]
    return show(
        request,
        "layouts/list.html",
        title=_("Maps"),
        sub=ngettext("%(n)s map", "%(n)s maps", len(rows)) % {"n": len(rows)},
        columns=columns,
        rows=[*(_draft_row(row) for row in fresh), *(_map_row(row, drafts.get(row.key)) for row in rows)],
        empty={
            "text": _("No map is published yet. An administrator publishes one; from then on orders travel along it.")
        },
        actions=[{"label": _("New map"), "url": reverse("map-new"), "icon": "plus", "primary": True, "key": "n"}]
        if drawing
        else [],
        live="maps",
    )


def _draft_row(row: Any) -> dict[str, Any]:
    """A map that is only drawn so far."""
    cells = {"name": row.name, "about": _("Draft, not published"), "published": row.saved_at, "by": row.saved_by}
    return {"id": row.map, "url": reverse("map-edit", args=[row.map]), "label": row.name, "cells": cells}


def _map_row(row: Any, draft: Any = None) -> dict[str, Any]:
    cells = {
        "name": row.name,
        "about": f"{SUBJECTS.get(row.subject_type, row.subject_type)}{_draft_words(draft)}",
        "running": row.running,
        "version": row.number,
        "published": row.published_at,
        "by": row.published_by,
    }
    return {"id": row.key, "url": reverse("map", args=[row.key]), "label": row.name, "cells": cells}


def _draft_words(draft: Any) -> str:
    return f", {_('draft by %(by)s') % {'by': draft.saved_by}}" if draft else ""


@page
def one(request: HttpRequest, key: str) -> HttpResponse:
    """A map with what stands at each step now; `step` opens one of them in the table below."""
    live = found(read(request, "workflow.live", map=key))
    step = request.GET.get("step", "")
    now = timezone.now()
    late = sum(place.late for place in live.places)
    inside = sum(place.standing for place in live.places)
    return show(
        request,
        "maps/one.html",
        title=live.name,
        back_url=reverse("maps"),
        badge_text=_("Version %(n)s") % {"n": live.version},
        actions=_acts(request, key),
        sub=ngettext("%(n)s inside", "%(n)s inside", inside) % {"n": inside} + ("," if late else ""),
        late=ngettext("%(n)s late", "%(n)s late", late) % {"n": late} if late else "",
        map=_map(key, live.name, live.version, _counts(live.places, now), [step])
        | {"step_url": f"{reverse('map', args=[key])}?step="},
        step_name=live.labels.get(step, ""),
        all_url=reverse("map", args=[key]) if step else "",
        live="work orders",
        **(_standing(request, key, step) if step else _places(key, live.places, now)),
    )


def _acts(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    if not may(request, "workflow.save_draft"):
        return []
    edit = {"label": _("Edit"), "url": reverse("map-edit", args=[key]), "icon": "pencil", "key": "e"}
    return [
        {"label": _("Versions"), "url": reverse("map-versions", args=[key]), "icon": "history", "quiet": True},
        edit,
    ]


def _map(key: str, name: str, version: int, counts: Mapping[str, Any], current: Sequence[str]) -> dict[str, Any]:
    words = f"{name}: " + _(
        "Workflow map with how many stand on each step, how old the oldest is and how many are late."
    )
    return {
        "url": f"{reverse('map-drawing', args=[key])}?version={version}",
        "counts": json.dumps(counts),
        "current": json.dumps([step for step in current if step]),
        "words": f"{words} {_('The same figures are in the table below.')}",
    }


def _counts(places: Sequence[Any], now: Any) -> dict[str, Any]:
    return {p.node: {"count": p.standing, "oldest": span(now - p.oldest), "late": p.late} for p in places}


def _places(key: str, places: Sequence[Any], now: Any) -> dict[str, Any]:
    columns = [
        {"key": "name", "label": _("Step"), "kind": "id"},
        {"key": "standing", "label": _("Here"), "kind": "number", "strong": True, "narrow": "end"},
        {"key": "oldest", "label": _("Oldest"), "kind": "number", "narrow": "end2"},
        {"key": "late", "label": _("Late"), "kind": "number"},
        {"key": "stuck", "label": _("Stuck"), "kind": "number"},
    ]
    rows = [
        {
            "id": place.node,
            "url": f"{reverse('map', args=[key])}?step={place.node}",
            "label": place.name,
            "tone": "late" if place.late or place.stuck else "",
            "cells": {
                "name": place.name or _("Where ways meet"),
                "standing": place.standing,
                "oldest": span(now - place.oldest),
                "late": {"text": place.late or "", "tone": "late" if place.late else ""},
                "stuck": {"text": place.stuck or "", "tone": "late" if place.stuck else ""},
            },
        }
        for place in places
    ]
    empty = {
        "text": _("Nothing is on its way here now. Every step of the map shows its count as soon as something is.")
    }
    return {"columns": columns, "rows": rows, "empty": empty}


def _standing(request: HttpRequest, key: str, step: str) -> dict[str, Any]:
    """The work items at one step."""
    now = timezone.now()
    columns = [
        {"key": "title", "label": _("What"), "kind": "id"},
        {"key": "why", "label": _("Why here"), "grow": 6, "soft": True, "narrow": "sub"},
        {"key": "here", "label": _("Here for"), "kind": "number", "narrow": "end"},
        {"key": "due", "label": _("Due"), "kind": "number", "narrow": "end2"},
        {"key": "with", "label": _("With"), "kind": "person"},
    ]
    rows = []
    for row in read(request, "workflow.work", which="all", map=key, node=step, size=200).rows:
        due, tone = due_words(row.due_at, now)
        title = row.title or f"{row.subject_type} {row.subject_id}"
        cells = {
            "title": title,
            "why": row.why,
            "here": span(now - row.opened_at),
            "with": row.assignee or row.department,
        }
        cells |= {"due": {"text": due, "tone": tone}}
        rows.append(
            {"id": row.id, "url": reverse("work-item", args=[row.id]), "label": title, "tone": tone, "cells": cells}
        )
    empty = {
        "text": _("Nobody has to decide anything at this step now; what stands here waits for something to happen.")
    }
    return {"columns": columns, "rows": rows, "empty": empty}


@page
def drawing(request: HttpRequest, key: str) -> HttpResponse:
    """The BPMN drawing of a map, its labels in the reader's language."""
    version = request.GET.get("version", "")
    live = found(read(request, "workflow.live", map=key, version=int(version) if version.isdigit() else None))
    response = HttpResponse(labelled(live.xml), content_type="application/xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def labelled(xml: str) -> bytes:
    """A drawing with every label in the reader's language, as far as the map states it (attribute `orderway:<language>`)."""
    root = etree.fromstring(xml.encode(), SECURE)
    for element in root.iter(f"{BPMN}*"):
        if label := element.get(f"{ORDERWAY}{get_language()}"):
            element.set("name", label)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@page
def position(request: HttpRequest, subject_type: str, id: int) -> HttpResponse:
    """Where a subject is on its maps and the way it took: a part of a page, for the Map tab of an order."""
    found_on = read(request, "workflow.position", subject_type=subject_type, subject=id)
    return show(request, "maps/position.html", positions=[_position(one) for one in found_on])


def _position(one: Any) -> dict[str, Any]:
    now = timezone.now()
    here = {node: {"count": 1, "oldest": span(now - since), "late": 0} for node, _state, since, _code in one.at}
    map_ = _map(one.map, one.name, one.version, here, list(here)) | {
        "passed": json.dumps([flow for flow, _at in one.path])
    }
    ended = {"ended": _("ended"), "stopped": _("stopped")}
    return {
        "name": one.name,
        "version": one.version,
        "map": map_,
        "state": ended.get(one.state, ""),
        "ended": moment(one.ended_at) if one.ended_at else "",
        "here": [
            {"name": one.labels.get(node) or _("Where ways meet"), "since": moment(since), "state": state, "code": code}
            for node, state, since, code in one.at
        ],
        "path": [{"name": one.labels.get(flow, ""), "at": moment(at), "day": day(at)} for flow, at in one.path],
    }


urls = [
    path("maps", gallery, name="maps"),
    path("maps/<mapkey:key>", one, name="map"),
    path("maps/<mapkey:key>/drawing", drawing, name="map-drawing"),
    path("maps/of/<slug:subject_type>/<int:id>", position, name="map-position"),
]
