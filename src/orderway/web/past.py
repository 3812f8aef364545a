"""What happened on a map: where it waited, which ways were taken, what was done again, and the cases behind every figure."""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from io import StringIO
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from .export import harmless
from .fields import span
from .heat import legend, levels
from .listing import address, pager
from .past_tables import TABLES
from .respond import asked, found, need, page, read, show
from .templatetags.ui import number
from .trying_cases import TRY, may_try, try_cell, try_url
from .ways import ways_in_words

USUAL = timedelta(days=90)  # the period, unless another one is asked for
BARS = 10
LETTERS = 18  # of what stands beside a bar


class Chosen(NamedTuple):
    """What the page is asked for: the table, the question, and the map as it is live."""

    of: str
    question: Any
    live: Any


def chosen(request: HttpRequest, key: str) -> Chosen:
    """What the address asks for; the last 90 days where it names no period."""
    need(request, "workflow.variants")
    live = found(read(request, "workflow.live", map=key))
    question = asked(request, "workflow.past_cases", map=key)
    if "since" not in request.GET and "until" not in request.GET:
        question = replace(question, since=timezone.localdate() - USUAL)
    of = request.GET.get("of", "")
    return Chosen(of if of in TABLES else "waiting", question, live)


def rows_of(request: HttpRequest, at: Chosen) -> Sequence[Any]:
    """The rows of the chosen table."""
    if at.of == "cases":
        return list(read(request, "workflow.past_cases", at.question).rows)
    named = {name: getattr(at.question, name) for name in ("map", "since", "until", "version", "variant")}
    if at.of == "ways":
        return list(read(request, "workflow.variants", **named))
    rows = list(read(request, "workflow.bottlenecks", **named))
    return sorted((row for row in rows if row.again), key=lambda row: -row.again_took) if at.of == "again" else rows


@page
def past(request: HttpRequest, key: str) -> HttpResponse:
    """One of the tables with its plot, over a chosen period; every row leads to its cases."""
    at = chosen(request, key)
    cases = read(request, "workflow.past_cases", at.question) if at.of == "cases" else None
    rows = list(cases.rows) if cases else rows_of(request, at)
    ways = ways_in_words([row.names for row in rows]) if at.of == "ways" else [{}] * len(rows)
    table, tries = TABLES[at.of], bool(rows) and may_try(request, at.question)
    return show(
        request,
        "maps/past.html",
        title=_("%(map)s: what happened") % {"map": at.live.name},
        back_url=reverse("map", args=[key]),
        views=_views(request, at),
        period={"since": at.question.since, "until": at.question.until, "kept": _kept(request)},
        filters=_filters(request, at),
        filter_choices=[_versions(request, at)],
        file_url=reverse("map-past-file", args=[key]) + address(request),
        map=_map(key, at, rows) if at.of == "waiting" and rows else None,
        tiles=_plot(at.of, rows),
        columns=[*table.columns, *([TRY] if tries and at.of in NARROWER else ())],
        rows=[
            _row(request, at, row, {"no": n, "way": way}, tries=tries)
            for n, (row, way) in enumerate(zip(rows, ways, strict=True), 1)
        ],
        try_url=try_url(at.question) if tries else "",
        pager=pager(request, cases, at.question.after, at.question.size) if cases else None,
        empty={"text": _("Nothing went through this map to its end in this period. Choose a longer one.")},
        about=table.about,
    )


# what a row of a table names of its cases, beside the page's own question
NARROWER: Mapping[str, Callable[[Any], dict[str, str]]] = {
    "waiting": lambda row: {"node": row.node},
    "ways": lambda row: {"variant": row.variant},
    "again": lambda row: {"again_at": row.node},
}


def _row(request: HttpRequest, at: Chosen, row: Any, among: Mapping[str, Any], *, tries: bool) -> dict[str, Any]:
    """A row of the table; `among` are the cells that say how it stands among the others."""
    shown = TABLES[at.of].row(row, lambda **given: address(request, **given))
    narrower = NARROWER.get(at.of)
    more = {"try": try_cell(at.question, **narrower(row))} if tries and narrower else {}
    return shown | {"cells": {**among, **shown["cells"], **more}}


def _views(request: HttpRequest, at: Chosen) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label,
            "url": address(request, of=of, node=None, again=None, sort=None),
            "current": of == at.of,
        }
        for of, one in TABLES.items()
    ] + [{"label": _("Against the map"), "url": reverse("map-fit", args=[at.live.map]), "current": False}]


def _kept(request: HttpRequest) -> list[dict[str, str]]:
    names = ("of", "version", "variant", "node", "again")
    return [{"name": name, "value": value} for name in names if (value := request.GET.get(name, ""))]


def _filters(request: HttpRequest, at: Chosen) -> list[dict[str, Any]]:
    """What narrows the figures, each to be taken out."""
    question = at.question
    words = {
        "version": (_("Version"), question.version),
        "variant": (_("Way"), (question.variant or "")[:8]),
        "node": (_("Through"), at.live.labels.get(question.node, question.node)),
        "again": (_("More than once"), at.live.labels.get(question.again, question.again)),
    }
    return [
        {"name": name, "value": value, "remove_url": address(request, **{key: None})}
        for key, (name, value) in words.items()
        if value
    ]


def _versions(request: HttpRequest, at: Chosen) -> dict[str, Any]:
    numbers = range(at.live.version, 0, -1)
    choices = [
        {"label": str(n), "url": address(request, version=str(n)), "current": at.question.version == n} for n in numbers
    ]
    return {"label": _("Version"), "choices": choices}


def _map(key: str, at: Chosen, rows: Sequence[Any]) -> dict[str, Any]:
    """The map with what was waited at each place."""
    waited = {row.node: row.waited for row in rows}
    counts = {
        row.node: {"count": row.visits, "oldest": span(row.waited_median) if row.waited else "", "late": 0}
        for row in rows
    }
    words = _("Workflow map with how often each step was come to and how long half of the visits waited at most.")
    return {
        "url": f"{reverse('map-drawing', args=[key])}?version={at.live.version}",
        "counts": json.dumps(counts),
        "words": f"{at.live.name}: {words} {_('The same figures are in the table below.')}",
        "heat": json.dumps(levels(waited)),
        "legend": legend(waited),
        "legend_words": _("Waited together"),
        "step_url": f"{reverse('map-past', args=[key])}?of=cases&node=",
    }


def _plot(of: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """The plot of a table's largest rows, in hours, days or cases; the same figures stand in the table."""
    plot = TABLES[of].plot
    if plot is None or not rows:
        return []
    shown = rows[:BARS]
    unit, values = plot.drawn(shown)
    labels = [plot.label(n, row) for n, row in enumerate(shown, 1)]
    parts = [(str(name), tone, part) for (name, tone, _value), part in zip(plot.series, values, strict=True)]
    series = [{"name": name, "tone": tone, "values": part} for name, tone, part in parts]
    chart = {
        "kind": "bar",
        "decimals": plot.decimals,
        "labels": [label[:LETTERS] for label in labels],
        "series": series,
    }
    words = "; ".join(
        f"{label}: " + ", ".join(f"{name} {number(round(part[n]))}" for name, _tone, part in parts)
        for n, label in enumerate(labels)
    )
    return [{"title": plot.title, "unit": unit, "width": 12, "chart": json.dumps(chart), "chart_words": words}]


@page
def file(request: HttpRequest, key: str) -> HttpResponse:
    """The chosen table as CSV: lengths in seconds, moments in ISO 8601."""
    at = chosen(request, key)
    table = TABLES[at.of]
    rows = _every_case(request, at) if at.of == "cases" else rows_of(request, at)
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([name for name, _value in table.plain])
    writer.writerows([_plain(value(row)) for _name, value in table.plain] for row in rows)
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"{key}-{at.of}-{timezone.localdate().isoformat()}.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _every_case(request: HttpRequest, at: Chosen) -> Iterator[Any]:
    """All cases that the question means, page after page."""
    question: Any = replace(at.question, after=None, size=200)
    while True:
        found = read(request, "workflow.past_cases", question)
        yield from found.rows
        if found.next is None:
            return
        question = replace(question, after=found.next)


def _plain(value: Any) -> str:
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    if isinstance(value, date):
        return value.isoformat()
    return harmless(str(value))


urls = [
    path("maps/<mapkey:key>/past", past, name="map-past"),
    path("maps/<mapkey:key>/past.csv", file, name="map-past-file"),
]
