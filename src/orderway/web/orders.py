"""The list of orders, and what may be done to many of them at once."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext, ngettext_lazy

from orderway.kernel.access import Actor
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.running import ask

from .acts import ACTS, MARKS
from .advice import ORDER
from .listing import Filter, Listing, View, column, listed, many, scope, whole_view
from .refusing import told
from .respond import back, do, may, new_key, page, read, show, tell
from .shell import counted
from .templatetags.ui import Row, money
from .words import CHANNELS, PRIORITIES, STATES, done_refused

WHICH = (("active", lazy("Active")), ("archived", lazy("Archived")), ("all", lazy("All")))
ACTIVE = ("placed", "held", "confirmed")
MOST = 5_000
COLUMNS = (
    column("no", lazy("Order"), kind="id", sort="number"),
    column("customer", lazy("Customer"), grow=3, narrow="sub", sort="customer"),
    column("ref", lazy("Their ref."), grow=2, soft=True),
    column("what", lazy("What"), grow=2, soft=True),
    column("promise", lazy("Promise"), kind="due", sort="promise"),
    column("state", lazy("State"), kind="state"),
    column("priority", lazy("Priority"), sort="priority"),
    column("with", lazy("With"), kind="person"),
    column("net", lazy("Net"), kind="money", strong=True, sort="net"),
)


class Verb(NamedTuple):
    """Something to do to a set of orders: words, icon, whether it asks for a reason, what cannot be taken back, what else it is given."""

    command: str
    label: str | Promise
    icon: str
    done: Any
    reason: bool = False
    irreversible: str | Promise = ""
    given: Mapping[str, str] = {}
    move: str = ""  # its name in the table of moves where that is another than its own


VERBS: Mapping[str, Verb] = {
    "confirm": Verb(
        "orders.confirm",
        ACTS["orders.confirm"],
        "circle-check",
        ngettext_lazy("%(n)d order confirmed", "%(n)d orders confirmed", "n"),
        irreversible=lazy("From here on the orders bind us; the customers get their confirmations."),
    ),
    "allocate": Verb(
        "orders.allocate",
        ACTS["orders.allocate"],
        "packages",
        ngettext_lazy("Goods reserved for %(n)d order", "Goods reserved for %(n)d orders", "n"),
    ),
    "hold": Verb(
        "orders.hold",
        ACTS["orders.hold"],
        "hand-stop",
        ngettext_lazy("%(n)d order put on hold", "%(n)d orders put on hold", "n"),
        reason=True,
    ),
    "resume": Verb(
        "orders.resume",
        ACTS["orders.resume"],
        "player-play",
        ngettext_lazy("%(n)d order goes on", "%(n)d orders go on", "n"),
    ),
    "cancel": Verb(
        "orders.cancel",
        ACTS["orders.cancel"],
        "ban",
        ngettext_lazy("%(n)d order cancelled", "%(n)d orders cancelled", "n"),
        reason=True,
        irreversible=lazy("A cancelled order does not come back; its goods are free for others at once."),
    ),
    "urgent": Verb(
        "orders.prioritise",
        MARKS["urgent"],
        "flag",
        ngettext_lazy("%(n)d order marked as urgent", "%(n)d orders marked as urgent", "n"),
        reason=True,
        given={"flag": "urgent"},
        move="prioritise",
    ),
    "can-wait": Verb(
        "orders.prioritise",
        MARKS["can-wait"],
        "clock",
        ngettext_lazy("%(n)d order can wait", "%(n)d orders can wait", "n"),
        reason=True,
        given={"flag": "wait"},
        move="prioritise",
    ),
    "as-usual": Verb(
        "orders.prioritise",
        MARKS["as-usual"],
        "x",
        ngettext_lazy("%(n)d order is served as usual", "%(n)d orders are served as usual", "n"),
        given={"flag": "normal"},
        move="prioritise",
    ),
}


@counted("orders")
def count(actor: Actor) -> tuple[int, int]:
    """Active orders, and those that are late."""
    counts = ask("orders.counts", actor)
    return min(counts.active, 1_000), min(counts.late, 1_000)


def due_cell(day: date | None, owing: bool) -> dict[str, Any] | None:
    """The promise of an order: its day, and how late it is while goods are owing."""
    if day is None:
        return None
    late = (timezone.localdate() - day).days
    if not owing or late < 0:
        return {"text": day}
    if late == 0:
        return {"text": day, "note": _("today")}
    return {"text": day, "note": _("%(n)d d late") % {"n": late}, "tone": "late"}


def state_cell(state: str, reason: str = "") -> dict[str, Any]:
    """The state of an order: coloured only where it stands still."""
    return {"text": str(STATES.get(state, state)), "tone": "wait" if state == "held" else "", "title": reason}


def priority_cell(priority: int, reason: str = "") -> dict[str, Any]:
    """The class of an order where it is not the usual one; the reason of its mark on pointing."""
    return {"text": str(PRIORITIES[priority]) if priority else "", "title": reason}


def order_row(order: Any) -> Row:
    """An order as a row of a list."""
    return {
        "id": order.id,
        "url": f"/orders/{order.id}",
        "label": order.number,
        "amount": order.net,
        "cells": {
            "no": order.number,
            "customer": order.customer,
            "ref": order.their_reference or "–",
            "what": order.what or "",
            "promise": due_cell(order.promised_on or order.requested_on, order.owing),
            "state": state_cell(order.state, order.hold_reason),
            "priority": priority_cell(order.priority, order.flag_reason),
            "with": order.responsible or "",
            "net": order.net,
        },
    }


def _views(counts: Any) -> list[View]:
    return [
        View(lazy("Active"), {}, counts.active),
        View(lazy("Late"), {"late": "1"}, counts.late, late=True),
        View(lazy("Due in 7 days"), {"due": "7"}, counts.due),
        View(lazy("To confirm"), {"state": "placed"}, counts.placed),
        View(lazy("On hold"), {"state": "held"}, counts.held),
        View(lazy("Urgent"), {"priority": "2"}, counts.urgent),
        View(lazy("Mine"), {"mine": "1"}, counts.mine),
    ]


def order_list(counts: Any) -> Listing:
    """The list of orders as its page asks for it."""
    filters = (
        Filter("state", lazy("State"), tuple(STATES.items())),
        Filter("channel", lazy("Came by"), tuple(CHANNELS.items())),
        Filter("due", lazy("Due"), (("0", lazy("today")), ("7", lazy("in 7 days")), ("30", lazy("in 30 days")))),
        Filter(
            "priority",
            lazy("Priority"),
            tuple((str(value), words) for value, words in sorted(PRIORITIES.items(), reverse=True)),
        ),
        Filter("late", lazy("Late"), (("1", lazy("yes")),)),
        Filter("mine", lazy("With"), (("1", lazy("me")),)),
    )
    return Listing("orders.list", COLUMNS, order_row, filters, _views(counts), lazy("Number, reference, customer"))


def total_rows(totals: Sequence[Any], exact: int | None, key: str = "net") -> list[dict[str, Any]]:
    """The totals under a list, one a currency; nothing where there are more than are summed."""
    if exact is None:
        return []
    words = [ngettext("%(n)d order in this view", "%(n)d orders in this view", row.n) % {"n": row.n} for row in totals]
    return [
        {"label": text, "cells": {key: {"text": money(row.net, row.currency)}}}
        for text, row in zip(words, totals, strict=True)
    ]


def _empty(request: HttpRequest) -> dict[str, Any]:
    if request.GET:
        text = _("No order fits these filters.")
        return {"text": text, "action": {"label": _("All active orders"), "url": "/orders"}}
    text = _("No active orders. One appears here when it is typed, read from a mail or file, or comes from a shop.")
    new = {"label": _("New order"), "url": "/orders/new", "icon": "plus"}
    return {"text": text, "action": new if may(request, "orders.place") else None}


def _bulk(request: HttpRequest) -> dict[str, Any] | None:
    allowed = [(name, verb) for name, verb in VERBS.items() if may(request, verb.command)]
    entries = [{"label": verb.label, "icon": verb.icon, "url": f"/orders/do/{name}"} for name, verb in allowed]
    more = [entry for entry, (_name, verb) in zip(entries, allowed, strict=True) if verb.given]
    first = [entry for entry in entries if entry not in more]
    return {"verbs": first, "more": more, "sum_words": _("{sum} net")} if entries else None


@page
def listing(request: HttpRequest) -> HttpResponse:
    """All orders, narrowed by the address."""
    counts = read(request, "orders.counts")
    context = listed(request, order_list(counts))
    new = {"label": _("New order"), "icon": "plus", "url": "/orders/new", "key": "n", "primary": True}
    return show(
        request,
        "layouts/list.html",
        title=_("Orders"),
        sub=_("%(n)s active") % {"n": many(counts.active)},
        scope=scope(request, "which", WHICH),
        actions=[new] if may(request, "orders.place") else [],
        totals=total_rows(read(request, "orders.total", context["question"]), context["page"].count),
        bulk=_bulk(request),
        empty=_empty(request),
        live="orders",
        **context,
    )


def row_of(verb: Verb, id: int, reason: str) -> dict[str, Any]:
    """The row of a verb's command for one order."""
    return {"id": id, **verb.given, **({"reason": reason} if verb.reason else {})}


def _raw(verb: Verb, ids: Sequence[int], reason: str) -> list[dict[str, Any]]:
    return [row_of(verb, id, reason) for id in ids]


@page
def many_at_once(request: HttpRequest, name: str) -> HttpResponse:
    """Try a verb on the orders of the form (`dry`), or do it to all that allow it."""
    verb = VERBS.get(name)
    if verb is None or request.method != "POST":
        raise Http404
    ids = whole_view(request, "orders.list", MOST)
    dry = bool(request.POST.get("dry"))
    outcome = do(
        request, verb.command, _raw(verb, ids, "–" if dry else request.POST.get("reason", "")), partial=True, dry=dry
    )
    if dry:
        return show(request, "components/dry_run.html", dry=_tried(request, name, verb, ids, outcome))
    told_done(request, verb, outcome)
    return back(request, "/orders")


def told_done(request: HttpRequest, verb: Verb, outcome: Outcome) -> None:
    """Say what a verb did to how many orders, with its undo where it has one."""
    n = len(outcome.done)
    tell(request, outcome, done_refused(str(verb.done % {"n": n}), len(outcome.refused)), _why)


def _why(refusal: Refusal) -> str:
    """The page that tells why an act on an order was refused (web/refusing.py)."""
    return f"/orders/{refusal.subject}/why-not" if refusal.subject and refusal.code != "unknown-order" else ""


def _tried(request: HttpRequest, name: str, verb: Verb, ids: Sequence[int], outcome: Outcome) -> dict[str, Any]:
    n = len(outcome.done)
    count = ngettext("%(verb)s: %(n)d order", "%(verb)s: %(n)d orders", len(ids))
    reason = {"name": "reason", "label": _("Why"), "required": True, "full": True} if verb.reason else None
    here = f"/orders?{request.POST.get('view', '')}"
    return {
        "title": count % {"verb": verb.label, "n": len(ids)},
        "done": n,
        "refused": len(outcome.refused),
        "effects": _effects(outcome),
        "refusals": [_refusal(refusal, verb.command) for refusal in outcome.refused[:50]],
        "fields": render_to_string("orders/dry_fields.html", {"field": reason, "next": here}),
        "post": f"/orders/do/{name}",
        "ids": ids,
        "verb": verb.label,
        "idempotency_key": new_key(),
        "irreversible": verb.irreversible,
    }


def _effects(outcome: Outcome) -> list[str]:
    short = len(outcome.values.get("short", ()))
    words = ngettext(
        "%(n)d of them stays short and waits for goods.", "%(n)d of them stay short and wait for goods.", short
    )
    return [words % {"n": short}] if short else []


def _refusal(refusal: Refusal, command: str) -> dict[str, Any]:
    number = str(refusal.facts.get("number") or f"#{refusal.subject}")
    return {"ref": number, "url": f"/orders/{refusal.subject}", "reason": told([refusal], ORDER, command)}


urls = [
    path("orders", listing, name="orders"),
    path("orders/do/<slug:name>", many_at_once, name="orders-do"),
]
