"""One order: its head, its facts, and the tabs Lines, Parcel, Map, Money and Activity."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from orderway.orders.rules import MOVES
from orderway.orders.status import status_path

from . import as_it_was as was
from . import order_facts as facts
from . import order_parts as parts
from .acts import ACTS
from .advice import ORDER
from .maps import labelled
from .order_facts import sums
from .orders import ACTIVE, VERBS, row_of, told_done
from .priorities import figure, marks
from .refusing import kept_back, lines_for, link
from .respond import do, found, may, page, read, read_if, show, tell
from .templatetags.ui import day, moment, money
from .timeline import days
from .words import CHECKS, STATES

_WORK_ITEM = re.compile(r"/work/\d+(\?which=[a-z]+)?")
TABS = (
    ("lines", lazy("Lines")),
    ("parcel", lazy("Parcel")),
    ("map", lazy("Map")),
    ("money", lazy("Money")),
    ("activity", lazy("Activity")),
)


@page
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One order; `?tab=` names the part that is read."""
    order = found(read(request, "orders.one", id=id))
    tab = request.GET.get("tab", "lines")
    if tab not in dict(TABS):
        raise Http404
    lines = read(request, "orders.lines", id=id)
    papers = read_if(request, "documents.in_parcel", id=order.parcel_id) or []
    invoices = _invoices(request, id)
    events = read(request, "kernel.timeline", root_type="order", root_id=id)
    at, all_events = was.asked_moment(request, events), events
    if at:
        order, lines = was.order_at(order, lines, events, at)
        invoices = was.invoices_at(invoices, events, at)
        papers = [paper for paper in papers if paper.at <= at]
        events = [event for event in events if event.at <= at]
    context = _frame(request, order, lines, papers, invoices, events, tab)
    context |= parts.of_tab(request, tab, order, lines, papers, invoices, events, at)
    context |= {"slider": was.slider(order, all_events, at, tab)} | (_past(context, at, tab) if at else {})
    return show(request, f"orders/{tab}.html", **context)


def _past(context: Mapping[str, Any], at: datetime, tab: str) -> dict[str, Any]:
    """What is different about a page of the past: it says so, its tabs stay there, and what stock knew then is not told."""
    tabs = [{**one, "url": f"{one['url']}&{urlencode({'at': at.isoformat()})}"} for one in context["tabs"]]
    return {
        "past": _("As it was on %(at)s.") % {"at": moment(at)},
        "tabs": tabs,
        "facts": context["facts"][1:],
        "tab": tab,
    }


def _invoices(request: HttpRequest, id: int) -> Sequence[Any]:
    found = read_if(request, "billing.invoices", order=id, size=200)
    return found.rows if found else []


def _frame(
    request: HttpRequest,
    order: Any,
    lines: Sequence[Any],
    papers: Sequence[Any],
    invoices: Sequence[Any],
    events: Sequence[Any],
    tab: str,
) -> dict[str, Any]:
    counts = {"lines": len(lines), "parcel": len(papers), "activity": len(events)}
    url = f"/orders/{order.id}"
    actions, more = _actions(request, order, lines)
    return {
        "title": order.number,
        "back_url": "/orders",
        "back_label": _("Back to the orders"),
        "badges": _badges(order),
        "who": _who(order),
        "figures": _figures(order, lines),
        "actions": actions,
        "more_actions": more,
        "facts": [
            facts.stock(lines),
            facts.goods(lines, events),
            facts.money_fact(order, invoices),
            facts.papers(order, papers),
        ],
        "tabs": [
            {"label": label, "url": f"{url}?tab={key}", "count": counts.get(key, ""), "current": key == tab}
            for key, label in TABS
        ],
        "tabs_label": _("Parts of the order"),
        "section_label": dict(TABS)[tab],
        "activity": {
            "days": days(request, events),
            "comment_url": f"{url}/comment" if may(request, "orders.comment") else "",
        },
        "order": order,
        "live": "orders stock shipping billing papers work",
    }


def _badges(order: Any) -> list[dict[str, Any]]:
    due = order.promised_on or order.requested_on
    badges = []
    if due and order.owing and (late := (timezone.localdate() - due).days) > 0:
        badges.append({"text": ngettext("Late %(n)d day", "Late %(n)d days", late) % {"n": late}, "tone": "late"})
    tone = "wait" if order.state == "held" and not badges else ""
    return [*badges, {"text": STATES.get(order.state, order.state), "tone": tone}]


def _who(order: Any) -> Any:
    link = format_html('<a class="link" href="/customers/{}">{}</a>', order.customer_id, order.customer)
    parts: list[Any] = [link, order.customer_number]
    if order.their_reference:
        parts.append(_("their ref. “%(ref)s”") % {"ref": order.their_reference})
    if order.hold_reason:
        parts.append(order.hold_reason)
    if order.copied_from_number:
        parts.append(_("after %(number)s") % {"number": order.copied_from_number})
    shape = " · ".join(["{}"] * len(parts))
    return format_html(shape, *parts)


def _figures(order: Any, lines: Sequence[Any]) -> list[dict[str, Any]]:
    due = order.promised_on or order.requested_on
    label = _("Promise") if order.promised_on else _("Wanted")
    figures = [{"label": label, "value": day(due)}] if due else []
    figures += figure(order)
    return [*figures, {"label": _("Total incl. VAT"), "value": money(sums(order, lines).gross, order.currency)}]


def _actions(
    request: HttpRequest, order: Any, lines: Sequence[Any]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The buttons of this state: the first verb that carries the order on is the primary one; ordering it again is always
    in sight; the rest behind "…"."""
    allowed = [n for n, verb in VERBS.items() if order.state in MOVES[verb.move or n] and may(request, verb.command)]
    allowed = [name for name in allowed if not VERBS[name].given or name in marks(order.flag)]
    if not any(_lacks(line) for line in lines):
        allowed = [name for name in allowed if name != "allocate"]
    entries = [_action(order, name) for name in allowed]
    onward = [e for e in entries if e["name"] in ("confirm", "resume", "allocate")][:1]
    for entry in onward:
        entry |= {"primary": True}
    rest = [entry for entry in entries if entry not in onward]
    if may(request, "orders.verify") and order.state == "placed":
        rest.insert(0, {"label": _("Check the order"), "icon": "list-check", "post": f"/orders/{order.id}/verify"})
    if any(line.kind == "made" for line in lines) and may(request, "production.specs"):
        rest.append({"label": _("Print job"), "icon": "printer", "url": f"/orders/{order.id}/production"})
    if any(line.delivered for line in lines) and may(request, "fulfilment.take_back"):
        rest.append({"label": _("Take goods back"), "icon": "truck-return", "url": f"/orders/{order.id}/take-back"})
    if order.prepay_open and order.state in ACTIVE and may(request, "billing.issue_prepayment"):
        rest.append({"label": _("Prepayment invoice"), "icon": "file-dollar", "url": f"/orders/{order.id}/prepay"})
    if may(request, "orders.short_ship") and lines_for(request, order.id, "orders.short_ship")[0]:
        rest.append(
            {"label": ACTS["orders.short_ship"], "icon": "package-export", "url": reverse("give-up", args=[order.id])}
        )
    rest.append(link(ORDER, order.id))
    if may(request, "documents.all_versions"):
        rest.append(
            {"label": _("Take the file along"), "icon": "download", "url": reverse("order-efile", args=[order.id])}
        )
    rest.append({"label": _("What the customer sees"), "icon": "eye", "url": status_path(order.company_id, order.id)})
    if may(request, "orders.place"):
        again = {"label": _("Order again"), "icon": "copy", "post": f"/orders/{order.id}/again", "key": "o"}
        onward = [again, *onward]
        rest.insert(0, {"label": _("Order again, changed"), "icon": "pencil", "url": f"/orders/new?copy={order.id}"})
    return onward, rest


def _lacks(line: Any) -> bool:
    """Whether stock could still be reserved for a line."""
    return bool(line.demand_id) and line.allocated + line.met < line.quantity - line.cancelled


def _action(order: Any, name: str) -> dict[str, Any]:
    verb = VERBS[name]
    asks = verb.reason or verb.irreversible
    target = {"url": f"/orders/{order.id}/{name}"} if asks else {"post": f"/orders/{order.id}/{name}"}
    return {"name": name, "label": verb.label, "icon": verb.icon, **target}


@page
def drawing(request: HttpRequest, id: int, instance: int) -> HttpResponse:
    """The drawing of a map an order is on, as BPMN."""
    positions = read(request, "workflow.position", subject_type="order", subject=id)
    one = found(next((one for one in positions if one.instance == instance), None))
    return HttpResponse(labelled(one.xml), content_type="application/xml")


@page
def act(request: HttpRequest, id: int, name: str) -> HttpResponse:
    """Do a verb to one order, asking first for its reason or what cannot be taken back."""
    if name not in VERBS:
        raise Http404
    order, verb = found(read(request, "orders.one", id=id)), VERBS[name]
    if request.method == "POST":
        row = row_of(verb, id, request.POST.get("reason", ""))
        told_done(request, verb, do(request, verb.command, [row]))
        return HttpResponseRedirect(f"/orders/{id}")
    context = _asking(id, reason=verb.reason) | {"stopped": kept_back(request, ORDER, id, verb.command)}
    title = f"{verb.label}: {order.number}"
    return show(request, "orders/act.html", title=title, warning=verb.irreversible, save_label=verb.label, **context)


def _asking(id: int, *, reason: bool = True) -> dict[str, Any]:
    field = {"name": "reason", "label": _("Why"), "required": True, "full": True, "autofocus": True}
    fieldsets = [{"fields": [field], "one_column": True}] if reason else []
    return {"back_url": f"/orders/{id}", "cancel_url": f"/orders/{id}", "fieldsets": fieldsets}


@page
def verify(request: HttpRequest, id: int) -> HttpResponse:
    """Check one order; what was found stands under its lines."""
    if request.method != "POST":
        raise Http404
    outcome = do(request, "orders.verify", [{"id": id}], partial=True)
    tell(request, outcome, _("The order was checked; nothing stands in the way."), lambda _no: f"/orders/{id}/why-not")
    return HttpResponseRedirect(f"/orders/{id}")


@page
def comment(request: HttpRequest, id: int) -> HttpResponse:
    """Comment on one order; what cannot be kept stands in the field again."""
    if request.method != "POST":
        raise Http404
    found(read(request, "orders.one", id=id))
    outcome = do(request, "orders.comment", [{"id": id, "text": request.POST.get("text", "")}])
    tell(request, outcome, _("Comment kept."))
    said = "" if outcome.done else f"?{urlencode({'said': request.POST.get('text', '')[:2000]})}"
    return HttpResponseRedirect(f"/orders/{id}{said}")


@page
def waive(request: HttpRequest, id: int, finding: int) -> HttpResponse:
    """Let a finding of one order pass, with a reason."""
    order = found(read(request, "orders.one", id=id))
    row = found(next((one for one in read(request, "orders.findings", id=id) if one.id == finding), None))
    if request.method == "POST":
        outcome = do(request, "orders.waive", [{"id": finding, "reason": request.POST.get("reason", "")}])
        tell(request, outcome, _("The finding may pass."))
        back = request.POST.get("back", "")
        return HttpResponseRedirect(back if _WORK_ITEM.fullmatch(back) else f"/orders/{id}")
    title = _("%(number)s: let “%(check)s” pass") % {
        "number": order.number,
        "check": CHECKS.get(row.check_name, row.check_name),
    }
    return show(request, "orders/act.html", title=title, **_asking(id), save_label=_("Let it pass"))


urls = [
    path("orders/<int:id>", one, name="order"),
    path("orders/<int:id>/waive/<int:finding>", waive, name="order-waive"),
    path("orders/<int:id>/map/<int:instance>", drawing, name="order-map"),
    path("orders/<int:id>/comment", comment, name="order-comment"),
    path("orders/<int:id>/verify", verify, name="order-verify"),
    path("orders/<int:id>/<slug:name>", act, name="order-act"),
]
