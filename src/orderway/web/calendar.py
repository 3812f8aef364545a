"""The calendar page: when the company and its departments work, and which days are off."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from .fields import needs, refusals
from .listing import column
from .respond import do, found, may, page, read, show, tell
from .templatetags.ui import day
from .words import WEEKDAYS

HOLIDAYS = (
    column("day", lazy("Day"), kind="id", narrow="title"),
    column("name", lazy("Name"), grow=4, narrow="sub"),
    column("whose", lazy("Whose"), soft=True, narrow="end2"),
)
_SPAN = re.compile(r"\s*(\d{1,2}:\d{2})\s*(?:-|–|to|bis)\s*(\d{1,2}:\d{2})\s*\Z")
_LINE = re.compile(r"\s*(\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.\d{4})[\s,;]+(.+?)\s*\Z")


def clock(minutes: int) -> str:
    """Minutes after midnight as a clock shows them: 480 is 08:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@page
def calendar(request: HttpRequest) -> HttpResponse:
    """The working hours and days off of the company, or of a department."""
    return _page(request, request.GET.get("department", ""))


def _page(
    request: HttpRequest, department: str, problems: Sequence[str] = (), lines: str = "", status: int = 200
) -> HttpResponse:
    shown = found(read(request, "people.calendar", department=department))
    departments = read(request, "people.departments")
    tabs = [{"label": _("Company"), "url": reverse("calendar"), "current": not department}]
    tabs += [
        {"label": one.name, "url": f"{reverse('calendar')}?department={one.key}", "current": one.key == department}
        for one in departments
    ]
    own_zone = next((one.timezone for one in departments if one.key == department), "")
    return show(
        request,
        "calendar/page.html",
        status=status,
        title=_("Calendar"),
        sub=shown.timezone,
        back_url=reverse("absences"),
        views=tabs,
        department=department,
        note="" if shown.hours else _("No hours are entered: every minute counts as working time."),
        theirs=bool(department) and not shown.own,
        days=_days(shown),
        zone={"name": "timezone", "label": _("Time zone of its own"), "value": own_zone, "optional_words": True}
        if department
        else None,
        columns=HOLIDAYS,
        rows=[_holiday(row, departments) for row in shown.holidays],
        lines={
            "name": "lines",
            "label": _("Days off, one a line"),
            "kind": "textarea",
            "rows": 4,
            "value": lines,
            "hint": _("2026-12-25 Christmas Day. A whole year's list can be pasted."),
        },
        empty={"text": _("No days off are entered yet. Paste the year's list below.")},
        problems=problems,
        change=may(request, "people.set_calendar"),
    )


def _days(shown: Any) -> list[dict[str, Any]]:
    by_day: dict[int, list[str]] = {}
    for row in shown.hours if shown.own else ():
        by_day.setdefault(row.weekday, []).append(f"{clock(row.opens)}–{clock(row.closes)}")
    theirs: dict[int, list[str]] = {}
    for row in shown.hours:
        theirs.setdefault(row.weekday, []).append(f"{clock(row.opens)}–{clock(row.closes)}")
    return [
        {
            "name": f"day-{number}",
            "label": name,
            "value": ", ".join(by_day.get(number, [])),
            "placeholder": ", ".join(theirs.get(number, [])),
        }
        for number, name in WEEKDAYS.items()
    ]


def _holiday(row: Any, departments: Sequence[Any]) -> dict[str, Any]:
    names = {one.key: one.name for one in departments}
    whose = names.get(row.department, row.department) if row.department else _("Company")
    cells = {"day": day(row.day), "name": row.name, "whose": whose}
    return {"id": row.id, "label": day(row.day), "cells": cells}


@page
@require_POST
def hours(request: HttpRequest) -> HttpResponse:
    """Set the week of the company or of a department."""
    needs(request, "people.set_calendar")
    department = request.POST.get("department", "")
    row = {
        "department": department,
        "hours": list(_typed_hours(request.POST)),
        "timezone": request.POST.get("timezone", "").strip(),
    }
    outcome = do(request, "people.set_calendar", [row])
    if outcome.refused:
        return _page(request, department, refusals(outcome), status=422)
    tell(request, outcome, _("Saved"))
    return HttpResponseRedirect(f"{reverse('calendar')}?department={department}")


def _typed_hours(given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The spans as typed, `8:00-12:00, 13:00-17:00`; what is no span goes on as it is and is refused by its weekday."""
    for weekday in WEEKDAYS:
        for text in filter(None, (part.strip() for part in str(given.get(f"day-{weekday}", "")).split(","))):
            span = _SPAN.match(text)
            opens, closes = (span[1], span[2]) if span else (text, "")
            yield {"weekday": weekday, "opens": opens, "closes": closes}


@page
@require_POST
def holidays(request: HttpRequest) -> HttpResponse:
    """Enter a list of days off, or take the ticked ones out."""
    needs(request, "people.set_holidays")
    department, lines = request.POST.get("department", ""), request.POST.get("lines", "").replace("\x00", "")
    ticked = [{"id": int(id)} for id in request.POST.getlist("id") if id.isdigit()]
    if "drop" in request.POST and ticked:
        outcome = do(request, "people.drop_holidays", ticked, partial=True)
        tell(request, outcome, _("Taken out of the calendar"))
    elif lines.strip():
        rows, wrong = _typed_days(lines, department)
        if wrong:
            problem = _("This is no day with a name: %(line)s") % {"line": wrong[0]}
            return _page(request, department, [problem], lines, 422)
        outcome = do(request, "people.set_holidays", rows)
        if outcome.refused:
            return _page(request, department, refusals(outcome), lines, 422)
        tell(request, outcome, _("Entered"))
    return HttpResponseRedirect(f"{reverse('calendar')}?department={department}")


def _typed_days(lines: str, department: str) -> tuple[list[dict[str, Any]], list[str]]:
    """The days of a pasted list, ISO or German dates, and the lines that are none."""
    rows, wrong = [], []
    for line in filter(str.strip, lines.splitlines()):
        found_day = _LINE.match(line)
        try:
            when = _date(found_day[1]) if found_day else None
        except ValueError:
            when = None
        if found_day is None or when is None:
            wrong.append(line.strip()[:60])
        else:
            rows.append({"day": when, "name": found_day[2], "department": department})
    return rows, wrong


def _date(text: str) -> date:
    if "." in text:
        day_, month, year = (int(part) for part in text.split("."))
        return date(year, month, day_)
    return date.fromisoformat(text)


urls = [
    path("calendar", calendar, name="calendar"),
    path("calendar/hours", hours, name="calendar-hours"),
    path("calendar/holidays", holidays, name="calendar-holidays"),
]
