"""Reports: one page over active and archived from one state of the database, as a table with its chart, or as a file."""

import json
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .export import FORMATS, made
from .figures import MOST, Report, Table, make, offered, sets
from .forms import typed_day
from .respond import found, may, page, show
from .templatetags.ui import day, number
from .words import Text

GROUPS_SHOWN = 14  # bars of the chart
ROWS_SHOWN = 200  # of the table on the page; a file holds all
TITLES: dict[str, Text] = {
    "month": lazy("%(report)s by month"),
    "customer": lazy("%(report)s by customer"),
    "item": lazy("%(report)s by item"),
    "state": lazy("%(report)s by state"),
    "channel": lazy("%(report)s by channel"),
    "kind": lazy("%(report)s by kind"),
    "carrier": lazy("%(report)s by carrier"),
    "warehouse": lazy("%(report)s by warehouse"),
}


class Asked(NamedTuple):
    """What a report page is asked for."""

    report: Report
    by: str
    which: str
    since: date | None
    until: date | None


def _asked(request: HttpRequest) -> Asked:
    mine = offered(request)
    report = next((one for one in mine if one.key == request.GET.get("of")), found(mine[0] if mine else None))
    by = request.GET.get("by", "")
    which = request.GET.get("which", "all")
    return Asked(
        report,
        by if by in report.groups else next(iter(report.groups)),
        which if which in dict(sets()) else "all",
        typed_day(request.GET.get("since", "")),
        typed_day(request.GET.get("until", "")),
    )


def _address(asked: Asked, **changed: str) -> str:
    given = {"of": asked.report.key, "by": asked.by, "which": asked.which}
    given |= {
        "since": asked.since.isoformat() if asked.since else "",
        "until": asked.until.isoformat() if asked.until else "",
    }
    return "?" + urlencode({key: value for key, value in (given | changed).items() if value})


@page
def reports(request: HttpRequest) -> HttpResponse:
    """A report as chart, sums and rows."""
    asked = _asked(request)
    table = make(request, *asked[:2], asked.since, asked.until, asked.which)
    return show(
        request,
        "reports/page.html",
        title=_("Reports"),
        sub=_("as of %(at)s, one state of all") % {"at": timezone.localtime().strftime("%H:%M:%S")},
        views=kinds(request, asked.report.key),
        scope=[
            {"label": label, "url": _address(asked, which=key), "current": key == asked.which} for key, label in sets()
        ],
        groups=_groups(asked),
        period={"since": asked.since, "until": asked.until, "kept": _kept(asked)},
        exports=[{"label": label, "url": _export_address(asked, key)} for key, label in FORMATS.items()],
        tiles=_tiles(asked, table),
        columns=_columns(asked.report),
        rows=[_row(asked.report, n, row) for n, row in enumerate(table.rows[:ROWS_SHOWN])],
        note=_note(table),
        empty={"text": _("Nothing falls into this report. Widen the period or choose all.")},
    )


def kinds(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The kinds of reports as tabs, those of pages of their own at the end; `current` is the key of the one that is shown."""
    kinds = [
        {"label": one.label, "url": f"{reverse('reports')}?of={one.key}", "key": one.key} for one in offered(request)
    ]
    if may(request, "capture.touch_sums"):
        kinds.append({"label": _("Touches per order"), "url": reverse("touches"), "key": "touches"})
    if may(request, "workflow.compliance"):
        kinds.append({"label": _("Due times"), "url": reverse("compliance"), "key": "due"})
    return [{**one, "current": one["key"] == current} for one in kinds]


def _groups(asked: Asked) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": _address(asked, by=key), "current": key == asked.by}
        for key, (label, _value) in asked.report.groups.items()
    ]


def _kept(asked: Asked) -> list[dict[str, str]]:
    return [
        {"name": "of", "value": asked.report.key},
        {"name": "by", "value": asked.by},
        {"name": "which", "value": asked.which},
    ]


def _export_address(asked: Asked, form: str) -> str:
    return reverse("report-file", args=[form]) + _address(asked)


def _note(table: Table) -> str:
    if table.cut:
        return _("Only the first %(n)s rows are counted. Choose a shorter period.") % {"n": number(MOST)}
    if len(table.rows) > ROWS_SHOWN:
        shown = {"n": number(ROWS_SHOWN), "all": number(len(table.rows))}
        return _("The table shows %(n)s of %(all)s rows; sums and files hold all of them.") % shown
    return ""


def _tiles(asked: Asked, table: Table) -> list[dict[str, Any]]:
    label = str(asked.report.groups[asked.by][0])
    decimals = table.decimals
    unit = f"{number(len(table.rows))} {asked.report.counts} · {table.said}"
    shown = table.groups[-GROUPS_SHOWN:] if asked.by == "month" else table.groups[:GROUPS_SHOWN]
    # floats only for drawing
    series = [{"name": label, "values": [float(total) for _name, _count, total in shown]}]
    chart = {"kind": "bar", "decimals": 0, "labels": [name[:18] for name, _count, _total in shown], "series": series}
    words = "; ".join(f"{name} {number(total, decimals)}" for name, _count, total in shown)
    columns = [
        {"key": "name", "label": label, "grow": 6, "narrow": "title"},
        {"key": "count", "label": capfirst(str(asked.report.counts)), "kind": "number", "narrow": "end2"},
        {"key": "sum", "label": _("Sum"), "kind": "number", "strong": True, "narrow": "end", "decimals": decimals},
    ]
    rows = [
        {"id": f"group-{n}", "cells": {"name": name, "count": count, "sum": total}}
        for n, (name, count, total) in enumerate(table.groups)
    ]
    title = str(TITLES[asked.by]) % {"report": asked.report.label}
    return (
        [
            {"title": title, "unit": unit, "width": 6, "tall": True, "chart": json.dumps(chart), "chart_words": words},
            {"title": _("In figures"), "width": 6, "tall": True, "columns": columns, "rows": rows},
        ]
        if table.groups
        else []
    )


def _columns(report: Report) -> list[dict[str, Any]]:
    narrow = {0: "title", 1: "sub"}
    kinds = {"number": "number", "money": "money", "date": "date", "moment": "moment"}
    return [
        {
            "key": column.key,
            "label": column.label,
            "kind": kinds.get(column.kind, "text"),
            **({"narrow": narrow[n]} if n in narrow else {}),
            **({"grow": 4} if column.key == "customer" else {}),
        }
        for n, column in enumerate(report.columns)
    ]


def _row(report: Report, n: int, row: Any) -> dict[str, Any]:
    return {"id": f"r{n}", "cells": {column.key: column.value(row) for column in report.columns}}


@page
def file(request: HttpRequest, form: str) -> HttpResponse:
    """The same report as a file: CSV, XLSX or PDF."""
    found(FORMATS.get(form))
    asked = _asked(request)
    table = make(request, *asked[:2], asked.since, asked.until, asked.which)

    content, media_type = made(form, asked.report, asked.by, table, _period(asked))
    response = HttpResponse(content, content_type=media_type)
    name = f"{asked.report.key}-{timezone.localdate().isoformat()}.{form}"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _period(asked: Asked) -> str:
    which = dict(sets())[asked.which]
    if asked.since or asked.until:
        return f"{which}, {day(asked.since) or '…'} – {day(asked.until) or '…'}"
    return which


urls = [
    path("reports", reports, name="reports"),
    path("reports/file.<slug:form>", file, name="report-file"),
]
