"""Touches per order: how often people had to act, as a plot with its figures, the orders behind them, and the acts of one (GD-18)."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from orderway.capture.touches import MOST

from .happenings import told
from .listing import Filter, Listing, View, address, column, listed, scope
from .reports import kinds
from .respond import asked, found, page, read, show
from .templatetags.ui import Row, day, number
from .words import CHANNELS, STATES, Text

SHOWN = 14  # bars of the plot
BY: Sequence[tuple[str, Text]] = (("week", lazy("Week")), ("customer", lazy("Customer")), ("channel", lazy("Channel")))
TITLES: dict[str, Text] = {
    "week": lazy("Touches per order by week"),
    "customer": lazy("Touches per order by customer"),
    "channel": lazy("Touches per order by channel"),
}
WHICH: Sequence[tuple[str, Text]] = (("ended", lazy("Ended")), ("active", lazy("Active")), ("all", lazy("All")))
SUMS = (
    column("name", "", grow=4, narrow="title", strong=True),
    column("orders", lazy("Orders"), kind="number", narrow="end2"),
    column("touches", lazy("Touches"), kind="number", narrow="hide"),
    column("each", lazy("Per order"), kind="number", strong=True, narrow="end", decimals=1),
    column("most", lazy("At most"), kind="number", narrow="hide"),
    column("untouched", lazy("Untouched"), kind="percent", narrow="sub"),
)
ORDERS = (
    column("no", lazy("Order"), kind="id", sort="number"),
    column("customer", lazy("Customer"), grow=4, narrow="sub", sort="customer"),
    column("channel", lazy("Channel"), narrow="hide"),
    column("state", lazy("State"), kind="state", narrow="hide"),
    column("ordered", lazy("Ordered"), kind="date", narrow="end2", sort="ordered"),
    column("touches", lazy("Touches"), kind="number", strong=True, narrow="end", sort="touches"),
)
ACTS = (
    column("at", lazy("When"), kind="moment", narrow="end2", sort="oldest"),
    column("who", lazy("Who"), kind="person", narrow="sub", sort="who"),
    column("what", lazy("What"), grow=5, narrow="title", strong=True),
)


@page
def touches(request: HttpRequest) -> HttpResponse:
    """The plot and its figures, by week, customer or channel."""
    question = asked(request, "capture.touch_sums")
    rows = read(request, "capture.touch_sums", question)
    orders, acts = sum(one.orders for one in rows), sum(one.touches for one in rows)
    by = dict(BY)[question.by]
    head = {**SUMS[0], "label": by}
    kept = [{"name": name, "value": getattr(question, name)} for name in ("by", "which")]
    return show(
        request,
        "reports/page.html",
        title=_("Reports"),
        sub=_("%(each)s touches per order") % {"each": number(_each(acts, orders), 1)} if orders else "",
        views=kinds(request, "touches"),
        scope=scope(request, "which", WHICH),
        groups=[{"label": words, "url": address(request, by=key), "current": key == question.by} for key, words in BY],
        period={"since": question.since, "until": question.until, "kept": kept},
        exports=[],
        tiles=_tiles(question, rows, orders, acts) if rows else [],
        columns=(head, *SUMS[1:]),
        rows=[_sum(question, one) for one in _ordered(question, rows)],
        note=_("Only %(n)s orders are counted. Choose a shorter period.") % {"n": number(MOST)}
        if orders >= MOST
        else "",
        empty={"text": _("No order ended in this period. Widen it or choose all.")},
    )


def _each(touches: int, orders: int) -> Decimal:
    return (Decimal(touches) / orders).quantize(Decimal("0.1")) if orders else Decimal(0)


def _name(question: Any, one: Any) -> str:
    if question.by == "week":
        return day(date.fromisoformat(one.key))
    return one.label if question.by == "customer" else str(CHANNELS.get(one.key, one.key))


def _ordered(question: Any, rows: Sequence[Any]) -> list[Any]:
    """Weeks the latest first, else those that need people most."""
    if question.by == "week":
        return list(reversed(rows))
    return sorted(rows, key=lambda one: (-one.touches / one.orders, one.label, one.key))


def _tiles(question: Any, rows: Sequence[Any], orders: int, acts: int) -> list[dict[str, Any]]:
    shown = rows[-SHOWN:] if question.by == "week" else _ordered(question, rows)[:SHOWN]
    names = [_name(question, one) for one in shown]
    each = [_each(one.touches, one.orders) for one in shown]
    # floats only for drawing
    series = [{"name": _("Touches per order"), "values": [float(one) for one in each]}]
    chart = {"kind": "bar", "decimals": 1, "labels": [name[:18] for name in names], "series": series}
    untouched = sum(one.untouched for one in rows)
    said = ngettext(
        "%(n)s of %(all)s order went through untouched", "%(n)s of %(all)s orders went through untouched", orders
    )
    return [
        {
            "title": str(TITLES[question.by]),
            "width": 8,
            "tall": True,
            "chart": json.dumps(chart),
            "chart_words": "; ".join(f"{name} {number(one, 1)}" for name, one in zip(names, each, strict=True)),
        },
        {
            "title": _("Touches per order"),
            "width": 4,
            "tall": True,
            "figure": number(_each(acts, orders), 1),
            "figure_url": f"{reverse('touched-orders')}?{_kept(question)}",
            "sentence": said % {"n": number(untouched), "all": number(orders)},
        },
    ]


def _kept(question: Any, **more: str) -> str:
    """What a drill-down keeps of the question."""
    given = {"which": question.which, "since": question.since, "until": question.until, **more}
    return urlencode({name: str(value) for name, value in given.items() if value})


def _sum(question: Any, one: Any) -> Row:
    url = f"{reverse('touched-orders')}?{_kept(question, **{question.by: one.key})}"
    cells = {
        "name": {"text": _name(question, one), "url": url},
        "orders": one.orders,
        "touches": one.touches,
        "each": _each(one.touches, one.orders),
        "most": one.most,
        "untouched": 100 * one.untouched // one.orders,
    }
    return {"id": f"g-{one.key}", "url": url, "cells": cells}


@page
def orders(request: HttpRequest) -> HttpResponse:
    """The orders behind a figure, each with how often people acted on it."""
    often: list[tuple[str, Text]] = [*((str(n), str(n)) for n in range(4)), ("4", lazy("4 or more"))]
    filters = (
        Filter("which", lazy("Orders"), WHICH),
        Filter("channel", lazy("Channel"), tuple(CHANNELS.items())),
        Filter("touches", lazy("Touches"), often),
    )
    views = (View(lazy("All"), {}), View(lazy("Untouched"), {"touches": "0"}))
    shown = listed(request, Listing("capture.touches", ORDERS, _order, filters, views, lazy("Order or customer")))
    return show(
        request,
        "layouts/list.html",
        title=_("Touches per order"),
        sub=_of(shown["question"], shown["page"].rows),
        back_url=reverse("touches"),
        empty={"text": _("No order fits. Widen the period or choose all.")},
        live="orders",
        **shown,
    )


def _of(question: Any, rows: Sequence[Any]) -> str:
    """What a figure that led here was about, where the address names it."""
    said = [_("week of %(day)s") % {"day": day(question.week)}] if question.week else []
    said += [rows[0].customer] if question.customer and rows else []
    if question.since or question.until:
        said.append(f"{day(question.since) or '…'} – {day(question.until) or '…'}")
    return ", ".join(said)


def _order(one: Any) -> Row:
    url = reverse("touches-of", args=[one.id])
    cells = {
        "no": {"text": one.number, "url": url},
        "customer": one.customer,
        "channel": str(CHANNELS.get(one.channel, one.channel)),
        "state": str(STATES.get(one.state, one.state)),
        "ordered": one.ordered_on,
        "touches": one.touches,
    }
    return {"id": one.id, "url": url, "label": one.number, "cells": cells}


@page
def acts(request: HttpRequest, id: int) -> HttpResponse:
    """What people did to one order, a command once."""
    order = found(read(request, "orders.one", id=id))
    return show(
        request,
        "layouts/list.html",
        title=_("Touches of %(number)s") % {"number": order.number},
        sub=order.customer,
        back_url=reverse("touched-orders"),
        actions=[{"label": _("The order"), "url": reverse("order", args=[id])}],
        empty={"text": _("Nobody had to act on this order: it went through by itself.")},
        live="orders",
        **listed(request, Listing("capture.acts", ACTS, _act, fixed={"id": id})),
    )


def _act(one: Any) -> Row:
    what = ", ".join(dict.fromkeys(str(told(name).text) for name in one.events))
    return {"id": one.id, "cells": {"at": one.at, "who": one.who, "what": what}}


urls = [
    path("reports/touches", touches, name="touches"),
    path("reports/touches/orders", orders, name="touched-orders"),
    path("reports/touches/<int:id>", acts, name="touches-of"),
]
