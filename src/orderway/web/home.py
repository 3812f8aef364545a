"""Home: the first dashboard of a person's role."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from . import home_roles
from .listing import column, many
from .orders import COLUMNS as ORDERS
from .orders import order_row
from .respond import may, page, read, show
from .templatetags.ui import day, moment, money, number
from .words import STAGES

LATE = tuple(one for one in ORDERS if one["key"] in ("no", "customer", "what", "promise", "net"))
MENTIONED = (
    column("no", lazy("Order"), kind="id"),
    column("text", lazy("Comment"), grow=6, narrow="sub"),
    column("who", lazy("By"), grow=2, soft=True),
)
SHORT = (
    column("no", lazy("Order"), kind="id"),
    column("customer", lazy("Customer"), grow=4, narrow="sub"),
    column("state", lazy("State"), kind="state"),
    column("net", lazy("Net"), kind="money", strong=True),
)


@page
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person, and what their trade looks at first: who looks over all orders, these by stage, value and age."""
    tiles = home_roles.of_role(request) or _of_orders(request)
    new = {"label": _("New order"), "icon": "plus", "url": "/orders/new", "key": "n", "primary": True}
    return show(
        request,
        "layouts/tiles.html",
        title=_("Home"),
        sub=f"{day(timezone.localdate())}, {moment(timezone.now())}",
        actions=[new] if may(request, "orders.place") else [],
        tiles=[*_mentions(request), *home_roles.work(request), *tiles],
        live="orders stock work billing shipping production notices",
    )


def _of_orders(request: HttpRequest) -> list[dict[str, Any]]:
    """Orders by stage, value, age and late; what came in by week."""
    counts, stages = read(request, "orders.counts"), read(request, "orders.overview")
    weeks = read(request, "orders.weeks")
    currency = request.workplace.currency  # type: ignore[attr-defined]
    tiles = [*_figures(counts, stages, weeks, currency), _by_stage(stages, currency), _by_week(weeks, currency)]
    return [*tiles, _late(request), _newest(request)]


def _mentions(request: HttpRequest) -> list[dict[str, Any]]:
    """Where colleagues wait for an answer; no tile while nobody does."""
    unread = read(request, "people.notices", unseen=True, size=5)
    rows = [
        {"id": row.id, "cells": {"no": {"text": row.label, "url": "/notices"}, "text": row.text, "who": row.by_name}}
        for row in unread.rows
    ]
    tile = {
        "title": _("Colleagues wrote to you"),
        "width": 12,
        "columns": MENTIONED,
        "rows": rows,
        "all_url": "/notices",
        "all_label": _("All %(n)s") % {"n": many(unread.count)},
    }
    return [tile] if rows else []


def _figures(counts: Any, stages: Sequence[Any], weeks: Sequence[Any], currency: str) -> list[dict[str, Any]]:
    late_net = sum((one.late_net for one in stages), Decimal(0))
    value = sum((one.net for one in stages), Decimal(0))
    by_stage = {one.stage: one for one in stages}
    to_invoice = by_stage["invoice"].net if "invoice" in by_stage else Decimal(0)
    return [
        _figure(
            _("Late"), counts.late, "/orders?late=1", _("%(net)s net") % {"net": money(late_net, currency)}, "late"
        ),
        _figure(_("Due today"), counts.today, "/orders?due=0", _("and %(n)s within 7 days") % {"n": many(counts.due)}),
        _figure(_("To confirm"), counts.placed, "/orders?state=placed", _("placed and not yet binding")),
        _figure(
            _("On hold"), counts.held, "/orders?state=held", _("stand still until somebody lets them go on"), "wait"
        ),
        {
            "title": _("Open value"),
            "width": 4,
            "figure": money(value, currency),
            "figure_url": "/orders",
            "spark": [one.net for one in weeks],
            "sentence": _("%(n)s orders · %(net)s ready to invoice")
            % {"n": many(counts.active), "net": money(to_invoice, currency)},
        },
    ]


def _figure(title: str, count: int, url: str, sentence: str, tone: str = "") -> dict[str, Any]:
    shown = many(count if count <= 1_000 else None)
    return {
        "title": title,
        "width": 2,
        "figure": shown,
        "figure_url": url,
        "figure_tone": tone if count else "",
        "sentence": sentence,
    }


def _by_stage(stages: Sequence[Any], currency: str) -> dict[str, Any]:
    rows: Mapping[str, Any] = {one.stage: one for one in stages}
    late = [_plain(rows[key].late_net) if key in rows else 0 for key in STAGES]
    in_time = [_plain(rows[key].net - rows[key].late_net) if key in rows else 0 for key in STAGES]
    labels = [str(label) for label in STAGES.values()]
    series = [{"name": _("Late"), "tone": "late", "values": late}, {"name": _("In time"), "values": in_time}]
    words = ", ".join(_stage_words(rows[key], str(label), currency) for key, label in STAGES.items() if key in rows)
    late_net = sum((one.late_net for one in stages), Decimal(0))
    return {
        "title": _("Value by stage"),
        "unit": _("net, %(currency)s") % {"currency": currency},
        "late": _("late %(net)s") % {"net": money(late_net, currency)} if late_net else "",
        "width": 6,
        "tall": True,
        "chart": json.dumps({"kind": "bar", "decimals": 0, "labels": labels, "series": series}) if stages else "",
        "chart_words": words,
        "sentence": _("No active orders. What comes in stands here by stage."),
    }


def _stage_words(row: Any, label: str, currency: str) -> str:
    count = ngettext("%(n)s order", "%(n)s orders", row.n) % {"n": number(row.n)}
    return f"{label}: {count}, {money(row.net, currency)}"


def _by_week(weeks: Sequence[Any], currency: str) -> dict[str, Any]:
    labels = [_("W%(n)02d") % {"n": one.week.isocalendar().week} for one in weeks]
    series = [{"name": _("net"), "tone": "accent", "values": [_plain(one.net) for one in weeks]}]
    last = weeks[-1]
    return {
        "title": _("Orders taken"),
        "unit": _("net by week, %(currency)s, 13 weeks") % {"currency": currency},
        "width": 6,
        "tall": True,
        "chart": json.dumps({"kind": "line", "decimals": 0, "labels": labels, "series": series}),
        "chart_words": _("This week: %(n)s orders, %(net)s") % {"n": number(last.n), "net": money(last.net, currency)},
    }


def _plain(amount: Decimal) -> float:
    return float(amount)  # only for drawing


def _late(request: HttpRequest) -> dict[str, Any]:
    found = read(request, "orders.list", late=True, sort="promise", size=12)
    return {
        "title": _("Late now"),
        "unit": _("longest first"),
        "width": 7,
        "columns": LATE,
        "rows": [order_row(row) for row in found.rows],
        "sentence": _("Nothing is late."),
        "all_url": "/orders?late=1",
        "all_label": _("All %(n)s") % {"n": many(found.count)},
    }


def _newest(request: HttpRequest) -> dict[str, Any]:
    found = read(request, "orders.list", size=12)
    return {
        "title": _("Newest orders"),
        "width": 5,
        "columns": SHORT,
        "rows": [order_row(row) for row in found.rows],
        "sentence": _("No active orders."),
        "all_url": "/orders",
        "all_label": _("All %(n)s") % {"n": many(found.count)},
    }


urls = [path("", home, name="home")]
