"""How due times were kept: a report by map, step and month."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.workflow.compliance import share_of

from .fields import span
from .listing import Filter, address, column
from .respond import asked, page, read, show
from .templatetags.ui import month

COLUMNS = (
    column("month", lazy("Month"), kind="id", narrow="sub"),
    column("map", lazy("Map"), grow=2, soft=True, narrow="end2"),
    column("step", lazy("Step"), grow=3, narrow="title"),
    column("met", lazy("In time"), kind="number", narrow="hide"),
    column("late", lazy("Late"), kind="number"),
    column("overdue", lazy("Overdue now"), kind="number"),
    column("share", lazy("Kept"), kind="percent", strong=True, narrow="end"),
    column("median", lazy("Half of them within"), kind="number", narrow="hide"),
)


@page
def compliance(request: HttpRequest) -> HttpResponse:
    """Met and late per step and month."""
    question = asked(request, "workflow.compliance")
    rows = read(request, "workflow.compliance", question)
    met, all_ = sum(row.met for row in rows), sum(row.met + row.late + row.overdue for row in rows)
    overdue = sum(row.overdue for row in rows)
    return show(
        request,
        "layouts/list.html",
        title=_("Due times"),
        sub=_("%(share)s %% in time") % {"share": share_of(met, all_)} if all_ else "",
        late=_("%(n)s overdue") % {"n": overdue} if overdue else "",
        back_url=reverse("reports"),
        filter_choices=[_maps(request, question)],
        filters=[],
        columns=COLUMNS,
        rows=[_row(n, row) for n, row in enumerate(rows)],
        empty={"text": _("No step had a due time yet. Due times stand on the steps of a map.")},
    )


def _maps(request: HttpRequest, question: Any) -> dict[str, Any]:
    one = Filter("map", _("Map"), [(row.key, row.name) for row in read(request, "workflow.maps")])
    choices = [
        {"label": label, "url": address(request, map=value), "current": question.map == value}
        for value, label in one.choices
    ]
    return {"label": one.label, "choices": [{"label": _("All"), "url": address(request, map=None)}, *choices]}


def _row(n: int, row: Any) -> dict[str, Any]:
    cells = {
        "month": month(row.month),
        "map": row.map_name,
        "step": row.name or _("The whole map"),
        "met": row.met,
        "late": row.late,
        "overdue": row.overdue,
        "share": row.share,
        "median": span(row.median) if row.median is not None else "",
    }
    return {"id": n, "tone": "late" if row.overdue else "", "cells": cells}


urls = [path("reports/due", compliance, name="compliance")]
