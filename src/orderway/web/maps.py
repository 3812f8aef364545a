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

from . import standing
from .drawing_words import SUBJECTS
from .fields import span
from .heat import legend, levels
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
    """A map with what stands at each step now and how long; `step` opens one of them in the table below, `by` another table."""
    live = found(read(request, "workflow.live", map=key))
    step, by = request.GET.get("step", ""), request.GET.get("by", "")
    now = timezone.now()
    late = sum(place.late for place in live.places)
    inside = sum(place.standing for place in live.places)
    by = "waiting" if step else by if by in standing.BY else "steps"
    table = {"steps": standing.steps, "departments": standing.departments}.get(by)
    return show(
        request,
        "maps/one.html",
        title=live.name,
        back_url=reverse("maps"),
        badge_text=_("Version %(n)s") % {"n": live.version},
        actions=_acts(request, key),
        sub=ngettext("%(n)s inside", "%(n)s inside", inside) % {"n": inside} + ("," if late else ""),
        late=ngettext("%(n)s late", "%(n)s late", late) % {"n": late} if late else "",
        map=_live_map(key, live, now, step),
        tables=standing.views(request, "" if step else by),
        step_name=live.labels.get(step, step),
        live="work orders",
        **(table(request, key, live.places, now) if table else standing.waiting(request, key, now, step)),
    )


@page
def printed(request: HttpRequest, key: str) -> HttpResponse:
    """The map on one page of paper: the whole drawing with its figures, and the same figures as a list."""
    live = found(read(request, "workflow.live", map=key))
    now = timezone.now()
    figures = [
        {
            "name": place.name or _("Where ways meet"),
            "standing": place.standing,
            "oldest": span(now - place.oldest),
            "waited": span(place.waited),
            "late": place.late,
        }
        for place in live.places
    ]
    return show(
        request,
        "maps/print.html",
        title=live.name,
        back_url=reverse("map", args=[key]),
        sub=_("Version %(n)s, as of %(at)s") % {"n": live.version, "at": moment(now)},
        map=_live_map(key, live, now, "") | {"whole": True},
        figures=figures,
    )


def _live_map(key: str, live: Any, now: Any, step: str) -> dict[str, Any]:
    waited = {place.node: place.waited for place in live.places if not place.meets}
    heat = {"heat": json.dumps(levels(waited)), "legend": legend(waited), "legend_words": _("Waiting together")}
    counts = _counts(live.places, now)
    return (
        _map(key, live.name, live.version, counts, [step]) | heat | {"step_url": f"{reverse('map', args=[key])}?step="}
    )


def _acts(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    acts: list[dict[str, Any]] = [
        {"label": _("Print"), "url": reverse("map-print", args=[key]), "icon": "printer", "quiet": True}
    ]
    if may(request, "workflow.variants"):
        acts.insert(
            0, {"label": _("What happened"), "url": reverse("map-past", args=[key]), "icon": "chart-bar", "key": "w"}
        )
    if may(request, "workflow.save_draft"):
        acts += [
            {"label": _("Versions"), "url": reverse("map-versions", args=[key]), "icon": "history", "quiet": True},
            {"label": _("Edit"), "url": reverse("map-edit", args=[key]), "icon": "pencil", "key": "e"},
        ]
    return acts


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
    """Where a subject is on its maps and the way it took, the instance `first` before the others: a part of a page."""
    first = request.GET.get("first", "")
    found_on = read(request, "workflow.position", subject_type=subject_type, subject=id)
    found_on.sort(key=lambda one: str(one.instance) != first)
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
    path("maps/<mapkey:key>/print", printed, name="map-print"),
    path("maps/<mapkey:key>/drawing", drawing, name="map-drawing"),
    path("maps/of/<slug:subject_type>/<int:id>", position, name="map-position"),
]
