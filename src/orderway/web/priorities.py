"""Which orders go first: why one is as urgent as it is, who is served next when goods come in, and how long anybody waits."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from .acts import MARKS
from .forms import Field, read_form, shown
from .listing import Filter, Listing, View, column, listed
from .reasons import values_words
from .refusal_words import refusal_text
from .respond import do, found, may, need, page, read, show, tell
from .templatetags.ui import Row, moment, number
from .units import unit
from .words import FLAGS, KINDS, PRIORITIES

RULES = (
    column("rule", lazy("Rule"), narrow="title", strong=True),
    column("when", lazy("Its conditions"), grow=5, narrow="sub"),
    column("answer", lazy("Answer"), narrow="end"),
)
QUEUE = (
    column("no", lazy("Order"), kind="id"),
    column("customer", lazy("Customer"), grow=3, narrow="sub", sort="customer"),
    column("item", lazy("Item"), grow=3, narrow="foot", sort="item"),
    column("why", lazy("Why now"), grow=2, narrow="end2", sort="served"),
    column("due", lazy("Wanted on"), kind="date", narrow="hide", sort="due"),
    column("since", lazy("Waits since"), kind="date", sort="since"),
    column("owed", lazy("Owed"), kind="number", soft=True, narrow="hide"),
    column("missing", lazy("Lacks"), kind="number", strong=True, narrow="end"),
)
ACTIVE = ("placed", "held", "confirmed")
_MARKS = {"urgent": "urgent", "can-wait": "wait", "as-usual": "normal"}


def marks(flag: str) -> Sequence[str]:
    """The verbs that would change the mark of an order (web/orders.py, VERBS)."""
    return [name for name, given in _MARKS.items() if given != flag]


def figure(order: Any) -> list[dict[str, Any]]:
    """The class of an order for its head, with its Why?; nothing where nobody and no table says anything of it."""
    if order.state not in ACTIVE or not (order.priority or order.flag != "normal" or order.ruled):
        return []
    url = reverse("order-priority", args=[order.id])
    return [{"label": _("Priority"), "value": PRIORITIES[order.priority], "why_url": url}]


@page
def why(request: HttpRequest, id: int) -> HttpResponse:
    """Why an order is as urgent as it is: its mark, the rule of the table, and what follows."""
    said = found(read(request, "orders.why_priority", id=id))
    return show(
        request,
        "orders/priority.html",
        title=_("Why? %(number)s, priority") % {"number": said.order.number},
        sub=str(PRIORITIES[said.order.priority]),
        back_url=f"/orders/{id}",
        actions=_actions(request, said.order),
        mark=_mark(said.order),
        mark_reason=said.order.flag_reason,
        table=_table(said),
        table_name=said.table,
        table_version=_("Version %(n)s") % {"n": said.version},
        table_url=reverse("rule", args=[said.key]) if said.version else "",
        columns=RULES,
        rows=_rules(said),
        follows=_follows(said, read(request, "stock.patience").patience_days),
        live="orders",
    )


def _actions(request: HttpRequest, order: Any) -> list[dict[str, Any]]:
    if not may(request, "orders.prioritise") or order.state not in ACTIVE:
        return []
    urls = {name: f"/orders/{order.id}/{name}" for name in MARKS}
    return [{"label": MARKS[name], ("post" if name == "as-usual" else "url"): urls[name]} for name in marks(order.flag)]


def _mark(order: Any) -> str:
    if order.flag == "normal":
        return _("Nobody marked it.")
    words = {"flag": FLAGS[order.flag], "who": order.flagged_by or _("Orderway"), "at": moment(order.flagged_at)}
    return _("Marked as %(flag)s by %(who)s, %(at)s:") % words


def _table(said: Any) -> str:
    if not said.version:
        return _("No table of priorities is published, so the mark alone counts.")
    if said.answer is None:
        return _("No rule hits, so the mark alone counts.")
    return _("What it says of this order as it stands now: %(values)s.") % {"values": values_words(said.values)}


def _rules(said: Any) -> list[Row]:
    rows: list[Row] = []
    for n, inputs in said.rules:
        conditions = [f"{name} {cell.strip()}" for name, cell in inputs if cell.strip() not in ("", "-")]
        cells = {
            "rule": str(n),
            "when": ", ".join(conditions) or _("always"),
            "answer": str(PRIORITIES[said.now]),
        }
        rows.append({"id": f"rule-{n}", "cells": cells})
    return rows


def _follows(said: Any, patience: int) -> list[str]:
    if said.order.state not in ACTIVE:
        return [_("The order is done with; it waits for nothing any more.")]
    place: Mapping[int, Any] = {
        2: _("When goods come in, it is served before all other classes."),
        1: _("When goods come in, it is served after urgent orders and before normal ones."),
        0: _("When goods come in, it is served after urgent and high orders and before those that can wait."),
        -1: _("When goods come in, it is served after all other classes."),
    }
    said_now = (
        []
        if said.now == said.order.priority
        else [_("It becomes %(priority)s within the hour, or as soon as goods are reserved.")]
    )
    guard = ngettext(
        "Whoever has waited more than %(n)s day goes before all classes.",
        "Whoever has waited more than %(n)s days goes before all classes.",
        patience,
    )
    same = _(
        "Within a class the earlier wanted day goes first, then who ordered first. What is reserved stays reserved."
    )
    words = [one % {"priority": PRIORITIES[said.now]} for one in said_now]
    return [str(place[said.order.priority]), *words, guard % {"n": patience}, same]


def queue_row(line: Any) -> Row:
    """A line that lacks goods as a row of a list."""
    return {
        "id": line.id,
        "url": f"/orders/{line.order_id}",
        "label": line.number,
        "cells": {
            "no": line.number,
            "customer": line.customer,
            "item": {"text": line.item_name, "sub": line.item},
            "why": _why_now(line),
            "due": {"text": line.due_on, "tone": "late" if line.late else ""},
            "owed": line.owed,
            "since": line.placed_at,
            "missing": {"text": line.missing, "note": unit(line.unit)},
        },
    }


def _why_now(line: Any) -> dict[str, str]:
    if line.overdue:
        return {"text": _("has waited too long"), "tone": "late"}
    return {"text": str(PRIORITIES[line.priority])}


@page
def queue(request: HttpRequest) -> HttpResponse:
    """Who lacks goods, in the order in which they are served when some come in."""
    patience = read(request, "stock.patience").patience_days
    sub = ngettext(
        "in the order in which they are served; after %(n)s day everybody goes first",
        "in the order in which they are served; after %(n)s days everybody goes first",
        patience,
    )
    change = {"label": _("Change the patience"), "icon": "clock", "url": "/stock/patience"}
    kinds = [(kind, words) for kind, words in KINDS.items() if kind != "service"]
    filters = (Filter("kind", lazy("Kind"), kinds), Filter("late", lazy("Late"), [("true", lazy("yes"))]))
    late = read(request, "orders.queue", late=True, size=1).count
    views = (View(lazy("All"), {}), View(lazy("Late"), {"late": "true"}, late, late=bool(late)))
    ours = Listing("orders.queue", QUEUE, queue_row, filters, views, lazy("Order, customer, item"))
    return show(
        request,
        "layouts/list.html",
        title=_("Back-orders"),
        sub=sub % {"n": patience},
        back_url="/stock",
        actions=[{"label": _("Report"), "icon": "chart-histogram", "url": f"{reverse('reports')}?of=backorders"}]
        + ([change] if may(request, "stock.set_patience") else []),
        empty={"text": _("Nobody waits for goods. Lines of confirmed orders that are short stand here.")},
        live="orders stock",
        **listed(request, ours),
    )


@page
def patience(request: HttpRequest) -> HttpResponse:
    """Set after how many days of waiting a demand goes before all classes."""
    need(request, "stock.set_patience")
    hint = lazy("Whoever has waited longer for goods is served before urgent orders.")
    now = str(read(request, "stock.patience").patience_days)
    fields = (Field("days", lazy("Days"), kind="number", required=True, hint=hint, value=now),)
    form = read_form(request, fields) if request.method == "POST" else None
    problems: Sequence[str] = []
    if form and not form.problems:
        outcome = do(request, "stock.set_patience", [{"days": form.values["days"]}])
        if outcome.done:
            tell(
                request,
                outcome,
                _("From now on %(n)s days are the most that anybody waits behind others.")
                % {"n": number(form.values["days"])},
            )
            return HttpResponseRedirect("/stock/queue")
        problems = [refusal_text(refusal) for refusal in outcome.refused]
    return show(
        request,
        "layouts/form.html",
        status=422 if form else 200,
        title=_("How long anybody waits"),
        back_url="/stock/queue",
        cancel_url="/stock/queue",
        problems=problems,
        fieldsets=[{"fields": shown(fields, form), "one_column": True}],
    )


urls = [
    path("orders/<int:id>/priority", why, name="order-priority"),
    path("stock/queue", queue, name="stock-queue"),
    path("stock/patience", patience, name="stock-patience"),
]
